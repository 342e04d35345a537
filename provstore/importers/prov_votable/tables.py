"""The tables of a PROV-VOTable: what each is about, and its rows by column."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.strict_xml import local_name, place_of

_UTYPE: Final = re.compile(r"\s*(\w+):(.+?)\s*\Z")
_OF_PROVENANCE: Final = frozenset({"prov", "voprov"})
_DRAFT_PREFIX: Final = re.compile(r"[a-z]{1,4}_(?=\w)")
"""The draft prefixes columns with their table, so that joins keep names unique: ``a_startTime``."""
_DATA: Final = frozenset({"DATA", "TABLEDATA"})
_SERIALIZATIONS: Final = frozenset({"BINARY", "BINARY2", "FITS", "PARQUET"})


class Column(NamedTuple):
    """One column."""

    name: str
    """What it says of a record: the last part of its utype, else its name without the prefix."""
    datatype: str


class Row(NamedTuple):
    """One record."""

    place: str
    cells: Mapping[str, str]
    """By the name of the column; without those that are null, which VOTable does not tell from
    empty texts (VOTable 1.4, section 6)."""


@dataclass(slots=True)
class Table:
    """The records of one kind."""

    record: str
    """Name of the record as in PROV-N and voprov: ``wasGeneratedBy``."""
    is_provenance: bool
    """Whether its utype says that it is provenance."""
    columns: Sequence[Column]
    rows: Sequence[Row]
    place: str


def read_tables(root: etree._Element, findings: Findings) -> list[Table]:
    """The tables of a document, in order.

    Errors are other serializations than TABLEDATA, rows of another length than the columns, and
    columns of one name.
    """
    return [
        _table(element, findings)
        for element in root.iter("{*}TABLE")
        if "ref" not in element.attrib
    ]


def _table(element: etree._Element, findings: Findings) -> Table:
    columns = [_column(child) for child in element.iterchildren("{*}FIELD")]
    names = [column.name for column in columns]
    for name in sorted(name for name, count in Counter(names).items() if count > 1):
        message = "the table has two columns that say this"
        findings.error("votable/duplicate-column", place_of(element), name, message)
    space, name = _utype(element.get("utype", ""))
    record = name or element.get("name", "")
    rows = list(_rows(element, names, findings))
    table_place = place_of(element)
    return Table(_first_lower(record), space in _OF_PROVENANCE, columns, rows, table_place)


def _utype(text: str) -> tuple[str, str]:
    match = _UTYPE.match(text)
    return ("", "") if match is None else (match.group(1).lower(), match.group(2))


def _first_lower(name: str) -> str:
    return name[:1].lower() + name[1:]


def _column(field: etree._Element) -> Column:
    _, told = _utype(field.get("utype", ""))
    name = told.rpartition(".")[2] if "." in told else ""
    bare = _DRAFT_PREFIX.sub("", field.get("name", ""), count=1)
    return Column(name or bare or field.get("name", ""), field.get("datatype", "char"))


def _rows(element: etree._Element, names: Sequence[str], findings: Findings) -> Iterator[Row]:
    for data in element.iterchildren("{*}DATA"):
        for serialized in data.iterchildren(tag=etree.Element):
            form = local_name(serialized)
            if form in _SERIALIZATIONS:
                message = f"the rows are serialized as {form}; provenance is read from TABLEDATA"
                findings.error("votable/serialization", place_of(serialized), form, message)
            for row in serialized.iterchildren("{*}TR"):
                yield _row(row, names, findings)


def _row(row: etree._Element, names: Sequence[str], findings: Findings) -> Row:
    cells = [cell.text or "" for cell in row.iterchildren("{*}TD")]
    if len(cells) != len(names):
        message = f"the row has {len(cells)} cells, the table {len(names)} columns"
        findings.error("votable/row-length", place_of(row), str(len(cells)), message)
    told = zip(names, cells, strict=False)
    return Row(place_of(row), {name: cell for name, cell in told if cell})
