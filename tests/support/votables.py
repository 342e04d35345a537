"""VOTables as their readers see them."""

from dataclasses import dataclass
from typing import Final

from lxml import etree

_SPACE: Final = "{http://www.ivoa.net/xml/VOTable/v1.3}"
Row = dict[str, str | None]


@dataclass(frozen=True)
class Service:
    """A service descriptor."""

    utype: str
    params: dict[str, str]
    inputs: dict[str, str | None]
    """Names of the parameters, with the column that gives each, if one does."""


@dataclass(frozen=True)
class Table:
    """The first table of a document, and what is said around it."""

    rows: list[Row]
    ids: dict[str, str | None]
    """Of the columns, by name."""
    infos: list[tuple[str, str]]
    told: str
    """The text of the last INFO."""
    services: list[Service]

    def having(self, **values: str) -> list[Row]:
        """The rows with these values."""
        return [row for row in self.rows if values.items() <= row.items()]


def read_table(data: bytes) -> Table:
    """Read a document of our own."""
    root = etree.fromstring(data)
    fields = list(root.iter(_SPACE + "FIELD"))
    names = [str(field.get("name")) for field in fields]
    infos = list(root.iter(_SPACE + "INFO"))
    return Table(
        [
            dict(zip(names, (cell.text for cell in row), strict=True))
            for row in root.iter(_SPACE + "TR")
        ],
        {name: field.get("ID") for name, field in zip(names, fields, strict=True)},
        [(str(info.get("name")), str(info.get("value"))) for info in infos],
        (infos[-1].text or "") if infos else "",
        [
            _service(resource)
            for resource in root.iter(_SPACE + "RESOURCE")
            if resource.get("type") == "meta"
        ],
    )


def _service(resource: "etree._Element") -> Service:
    return Service(
        str(resource.get("utype")),
        {
            str(param.get("name")): str(param.get("value"))
            for param in resource.findall(_SPACE + "PARAM")
        },
        {
            str(param.get("name")): param.get("ref")
            for param in resource.findall(f"{_SPACE}GROUP/{_SPACE}PARAM")
        },
    )
