"""Small ObsCore tables, and what becomes of them."""

from typing import Final

from provstore.errors import Severity
from provstore.importers.base import Findings
from provstore.importers.obscore.importer import read_obscore
from provstore.model.obscore import ObsCoreRecord

GOOD: Final = {
    "obs_publisher_did": "ivo://example.org/a",
    "obs_id": "1",
    "obs_collection": "DL3",
    "calib_level": "2",
}
"""The least that a row has."""


def read(data: bytes) -> tuple[list[ObsCoreRecord], Findings]:
    findings = Findings()
    return read_obscore(data, findings, name="a table"), findings


def rules(findings: Findings, severity: Severity = Severity.ERROR) -> list[str]:
    return [f.rule for f in findings.items if f.severity is severity]


def csv_of(*rows: dict[str, str]) -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *([row.get(name, "") for name in names] for row in rows)]
    return "\n".join(",".join(line) for line in lines).encode()


def votable(fields: str, rows: str = "", *, before: str = "", table: str = "") -> bytes:
    required = "".join(
        f'<FIELD name="{n}" datatype="char" arraysize="*"/>' for n in GOOD if n != "calib_level"
    )
    return (
        f'<?xml version="1.0"?>{before}<VOTABLE version="1.4" '
        'xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">'
        f'<INFO name="QUERY_STATUS" value="OK"/><TABLE {table}>{required}'
        f'<FIELD name="calib_level" datatype="int"/>{fields}'
        f"<DATA>{rows or '<TABLEDATA/>'}</DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()
