"""What is common to all VOTables that are written here (VOTable 1.4, TABLEDATA).

Where a text has a character that XML forbids, all cells are escaped as ``_xHHHH_`` (ISO/IEC
9075-14, 9.1), and an ``INFO`` named ``provstore_escaped`` says so: before the table, or behind it
where the rows are not known before they are written.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from provstore.exporters.xml_text import escaped_text, is_plain, is_sayable, xml_attribute, xml_text

MEDIA_TYPE: Final = "application/x-votable+xml"
START: Final = """<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
"""
END: Final = "</VOTABLE>\n"
_TEXTS: Final = frozenset({"char", "unicodeChar"})


class Column(NamedTuple):
    """One FIELD of a table."""

    name: str
    utype: str = ""
    ucd: str = ""
    datatype: str = "unicodeChar"
    unit: str = ""
    id: str = ""
    """By which the rest of the document names it; most columns need none."""

    def field(self) -> str:
        """The column as XML."""
        size = "*" if self.datatype in _TEXTS else ""
        return (
            f"<FIELD name={xml_attribute(self.name)}{attribute('ID', self.id)}"
            f"{attribute('utype', self.utype)}{attribute('ucd', self.ucd)}"
            f"{attribute('unit', self.unit)}"
            f' datatype="{self.datatype}"{attribute("arraysize", size)}/>\n'
        )


class Rows:
    """Makes the rows of a document; all of them escape their texts, or none."""

    def __init__(self, *, escapes: bool = False) -> None:
        self._escapes = escapes
        self.is_sayable = True
        """Whether XML has all characters of the rows so far."""
        self.has_escaped = False
        """Whether some text of the rows so far stands there otherwise than it is."""

    def __call__(self, cells: Iterable[str | None]) -> str:
        """The row of these cells; an empty one is null."""
        told = "".join(f"<TD>{self._text(cell)}</TD>" if cell else "<TD/>" for cell in cells)
        return f"<TR>{told}</TR>\n"

    def _text(self, cell: str) -> str:
        if self._escapes:
            told = escaped_text(cell)
            self.has_escaped = self.has_escaped or told != cell
            return xml_text(told)
        if is_plain(cell):
            return cell
        self.is_sayable = self.is_sayable and is_sayable(cell)
        return xml_text(cell)


def attribute(name: str, value: str) -> str:
    """An attribute with the blank before it; nothing where the value is empty."""
    return f" {name}={xml_attribute(value)}" if value else ""


def info(name: str, value: str, text: str = "") -> str:
    """An INFO element."""
    told = f"<INFO{attribute('name', name)}{attribute('value', value)}"
    return f"{told}>{xml_text(text)}</INFO>\n" if text else f"{told}/>\n"


ESCAPED: Final = info("provstore_escaped", "true")

_AFTER_ROWS: Final = "</TABLEDATA></DATA>\n</TABLE>\n"


def table(
    name: str, columns: Sequence[Column], rows: Iterable[str], utype: str = ""
) -> Iterator[str]:
    """A table in pieces of XML; the rows are those that `Rows` made."""
    yield f"<TABLE name={xml_attribute(name)}{attribute('utype', utype)}>\n"
    for column in columns:
        yield column.field()
    yield "<DATA><TABLEDATA>\n"
    yield from rows
    yield _AFTER_ROWS


def error_document(message: str) -> bytes:
    """The VOTable that tells of a request that failed (DALI 1.1, section 4.4.1)."""
    told = info("QUERY_STATUS", "ERROR", message)
    return f'{START}<RESOURCE type="results">\n{told}</RESOURCE>\n{END}'.encode()


def broken_off(message: str) -> bytes:
    """How a document ends that failed between two rows of its table (DALI 1.1, section 4.4.1)."""
    told = info("QUERY_STATUS", "ERROR", message)
    return f"{_AFTER_ROWS}{told}</RESOURCE>\n{END}".encode()
