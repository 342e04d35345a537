"""Tables of links as VOTables (DataLink 1.1), and the services that they name (its section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from provstore.exporters.chunks import encoded
from provstore.exporters.votable import (
    END,
    ESCAPED,
    MEDIA_TYPE,
    START,
    Column,
    Rows,
    attribute,
    info,
    table,
)
from provstore.exporters.xml_text import xml_text
from provstore.model.search import Hit

PATH: Final = "/datalink/links"
STANDARD_ID: Final = "ivo://ivoa.net/std/DataLink#links-1.1"
LINKS_TYPE: Final = f"{MEDIA_TYPE};content=datalink"
"""Media type of a table of links, as the standard writes it."""
ID_COLUMN: Final = "datalink_id"
"""By which descriptors name the column ID."""

COLUMNS: Final = (
    Column("ID", ucd="meta.id;meta.main", datatype="char", id=ID_COLUMN),
    Column("access_url", ucd="meta.ref.url", datatype="char"),
    Column("service_def", ucd="meta.ref", datatype="char"),
    Column("error_message", ucd="meta.code.error", datatype="char"),
    Column("description", ucd="meta.note", datatype="char"),
    Column("semantics", ucd="meta.code", datatype="char"),
    Column("content_type", ucd="meta.code.mime", datatype="char"),
    Column("content_length", ucd="phys.size;meta.file", datatype="long", unit="byte"),
    Column("content_qualifier", datatype="char"),
    Column("local_semantics", ucd="meta.id.assoc", datatype="char"),
    Column("link_auth", ucd="meta.code", datatype="char"),
    Column("link_authorized", ucd="meta.code", datatype="boolean"),
    Column("dataset", ucd="meta.ref.ivoid", datatype="char"),
)
"""Those of the standard, and what a link leads to, by the name that this service knows it by."""


class LinkRow(NamedTuple):
    """A row; of `access_url`, `service_def` and `error_message` exactly one is set."""

    id: str
    """What was asked for, as written."""
    semantics: str
    access_url: str | None = None
    service_def: str | None = None
    error_message: str | None = None
    description: str | None = None
    content_type: str | None = None
    content_length: int | None = None
    """In bytes."""
    content_qualifier: str | None = None
    local_semantics: str | None = None
    link_auth: str | None = None
    """``false``, ``optional`` or ``true``."""
    link_authorized: bool | None = None
    dataset: str | None = None

    def cells(self) -> list[str | None]:
        """The row in the order of `COLUMNS`."""
        told = {**self._asdict(), "ID": self.id}
        return [_cell(told[column.name]) for column in COLUMNS]


def _cell(value: str | int | None) -> str | None:
    return str(value).lower() if isinstance(value, bool) else None if value is None else str(value)


class Input(NamedTuple):
    """A parameter of a service."""

    name: str
    description: str
    ref: str = ""
    """The column that has its values; empty where the user gives one."""
    options: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A service that is applied to rows of a table."""

    id: str
    """By which rows name it."""
    name: str
    description: str
    url: str
    content_type: str
    inputs: Sequence[Input]
    example: str = ""
    """A URL that works."""
    standard_id: str = ""
    utype: str = "adhoc:service"

    def pieces(self) -> Iterator[str]:
        """The descriptor as XML."""
        head = f"{attribute('utype', self.utype)}{attribute('ID', self.id)}"
        yield f'<RESOURCE type="meta"{head}{attribute("name", self.name)}>\n'
        yield f"<DESCRIPTION>{xml_text(self.description)}</DESCRIPTION>\n"
        told = {
            "standardID": self.standard_id,
            "accessURL": self.url,
            "contentType": self.content_type,
            "exampleURL": self.example,
        }
        for name, value in told.items():
            if value:
                yield f"{_param(name, value)}/>\n"
        yield '<GROUP name="inputParams">\n'
        for parameter in self.inputs:
            yield f"{_param(parameter.name, '')}{attribute('ref', parameter.ref)}>\n"
            yield f"<DESCRIPTION>{xml_text(parameter.description)}</DESCRIPTION>\n"
            if parameter.options:
                options = (f"<OPTION{attribute('value', one)}/>" for one in parameter.options)
                yield f"<VALUES>{''.join(options)}</VALUES>\n"
            yield "</PARAM>\n"
        yield "</GROUP>\n</RESOURCE>\n"

    def with_example(self, **query: str) -> "Descriptor":
        """The same with an example for these parameters."""
        return replace(self, example=f"{self.url}?{urlencode(query)}")


def record_by_datalink(record: Mapping[str, Any], base_url: str) -> dict[str, Any]:
    """An ObsCore record that leads to the links of its dataset, where it led to the file.

    The size of the file goes: ``access_estsize`` is that of what ``access_url`` gives.
    """
    query = urlencode({"ID": record["obs_publisher_did"]})
    return {
        **record,
        "access_url": f"{base_url.rstrip('/')}{PATH}?{query}",
        "access_format": LINKS_TYPE,
        "access_estsize": None,
    }


def hit_by_datalink(hit: Hit, base_url: str) -> Hit:
    """A dataset that was found, with its record as of `record_by_datalink`."""
    values = record_by_datalink(hit.record.values, base_url)
    return replace(hit, record=replace(hit.record, values=values))


def _param(name: str, value: str) -> str:
    # an empty value is written: it says that the client gives one
    shown = attribute("value", value) or ' value=""'
    return f'<PARAM{attribute("name", name)} datatype="char" arraysize="*"{shown}'


def write_links(
    rows: Sequence[LinkRow], services: Sequence[Descriptor], *, is_cut: bool = False
) -> Iterator[bytes]:
    """A table of links as chunks of UTF-8, a row on each line.

    Parameters
    ----------
    rows
        The links; those of one identifier stand together.
    services
        All that rows name, and others that may be applied to the rows.
    is_cut
        Whether identifiers were left out: said as DALI has it (1.1, section 4.4.1).
    """
    return encoded(_pieces(rows, services, is_cut=is_cut))


def _pieces(
    rows: Sequence[LinkRow], services: Sequence[Descriptor], *, is_cut: bool
) -> Iterator[str]:
    cells = [row.cells() for row in rows]
    row = Rows()
    lines = [row(line) for line in cells]
    yield START
    yield '<RESOURCE type="results">\n'
    yield info("standardID", STANDARD_ID)
    yield info("QUERY_STATUS", "OK")
    if not row.is_sayable:
        yield ESCAPED
        lines = list(map(Rows(escapes=True), cells))
    yield from table("links", list(_columns(cells)), lines)
    if is_cut:
        yield info("QUERY_STATUS", "OVERFLOW")
    yield "</RESOURCE>\n"
    for service in services:
        yield from service.pieces()
    yield END


def _columns(cells: Sequence[Sequence[str | None]]) -> Iterator[Column]:
    """The columns as the standard has them, but for texts that are no ASCII (VOTable 1.4, 2.1)."""
    for place, column in enumerate(COLUMNS):
        is_ascii = all((line[place] or "").isascii() for line in cells)
        yield column if is_ascii else column._replace(datatype="unicodeChar")
