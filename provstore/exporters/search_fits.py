"""What is found as FITS: a binary table, a row for each dataset (FITS 4.0, section 7.3).

The header of a table says how many rows follow and how wide their texts are. So the rows wait in a
file until the last of them is known, and memory holds a few at a time. UCDs and utypes are
``TUCDn`` and ``TUTYPn``, as TOPCAT and STILTS have them.

Texts are ASCII there: other characters are written as ``_xHHHH_`` (ISO/IEC 9075-14, 9.1), and
``ESCAPED`` says whether that happened. A text that is empty and none at all are the same, and
blanks at the end of one do not count.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

import orjson

from provstore.errors import BadParameterError, NotInstalledError
from provstore.exporters.chunks import chunked
from provstore.exporters.search_rows import Cell, RowColumn, row_cells, row_columns
from provstore.model.search import SearchTable

if TYPE_CHECKING:  # they need not be installed
    import numpy as np
    from astropy.io.fits import Header

_BLOCK: Final = 2880
"""Bytes; both parts of a FITS file are filled up to a multiple of them."""
_MOST_COLUMNS: Final = 999
_ROWS: Final = 1000
"""As many are packed at once."""
_ASCII: Final = re.compile(r"[^ -~]|_(?=x[0-9A-Fa-f]{4})")
_LAST_OF_FOUR: Final = 0xFFFF
_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "integer": ("J", ">i4"),
    "long": ("K", ">i8"),
    "real": ("D", ">f8"),
    "boolean": ("L", "S1"),
}
"""``TFORMn``, and the same as numpy has it, by the type of a column; all others are texts."""
_NULLS: Final[Mapping[str, Cell]] = {
    "integer": -(1 << 31),
    "long": -(1 << 63),
    "real": float("nan"),
}
"""What stands where there is no value: ``TNULLn`` of the integers."""
_DESCRIBED: Final[Mapping[str, str]] = {"TUNIT": "unit", "TUCD": "ucd", "TUTYP": "utype"}


def write_search_fits(found: SearchTable) -> Iterator[bytes]:
    """The file in chunks: an empty primary part, and the table.

    Raises
    ------
    NotInstalledError
        astropy is not installed.
    BadParameterError
        There are more keywords than a table in FITS has columns for.
    """
    try:
        import astropy  # noqa: F401, PLC0415  takes a quarter of a second, for this format only
    except ImportError as error:
        reason = "FITS is written by astropy: install provstore[obscore]"
        raise NotInstalledError(reason) from error
    columns = row_columns(found.keywords)
    if len(columns) > _MOST_COLUMNS:
        allowed = f"csv or votable: a table in FITS has at most {_MOST_COLUMNS} columns"
        raise BadParameterError("format", "fits", allowed)
    return chunked(_pieces(found, columns))


def _pieces(found: SearchTable, columns: Sequence[RowColumn]) -> Iterator[bytes]:
    from astropy.io.fits import PrimaryHDU  # noqa: PLC0415  as above

    with TemporaryFile() as file:
        waiting = _Waiting(file, columns)
        for hit in found.rows:
            waiting.add(row_cells(hit, found.keywords))
        yield PrimaryHDU().header.tostring().encode("ascii")
        yield _header(found, waiting).tostring().encode("ascii")
        size = 0
        for piece in waiting.packed():
            size += len(piece)
            yield piece
    yield bytes(-size % _BLOCK)


class _Waiting:
    """Rows that wait for the header."""

    def __init__(self, file: IO[bytes], columns: Sequence[RowColumn]) -> None:
        self._file, self.columns = file, columns
        self.widths = [1] * len(columns)
        """Of the texts, in characters."""
        self.rows = 0
        self.has_escaped = False

    def add(self, cells: Sequence[Cell]) -> None:
        """Add a row."""
        told = [self._ascii(cell) if isinstance(cell, str) else cell for cell in cells]
        sizes = (len(cell) if isinstance(cell, str) else 1 for cell in told)
        self.widths = list(map(max, self.widths, sizes))
        self._file.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
        self.rows += 1

    def _ascii(self, text: str) -> str:
        told = ascii_text(text)
        self.has_escaped = self.has_escaped or told != text
        return told

    def sized(self) -> Iterator[tuple[RowColumn, int]]:
        """The columns with their widths."""
        return zip(self.columns, self.widths, strict=True)

    @property
    def types(self) -> "np.dtype[Any]":
        """A row as a table has it."""
        import numpy as np  # noqa: PLC0415  comes with astropy

        return np.dtype(
            [
                (column.name, _TYPES[column.type][1] if column.type in _TYPES else f"S{width}")
                for column, width in self.sized()
            ]
        )

    def packed(self) -> Iterator[bytes]:
        """The rows as a table has them."""
        import numpy as np  # noqa: PLC0415  as above

        types = self.types
        self._file.seek(0)
        lines = iter(self._file)
        while some := list(islice(lines, _ROWS)):
            rows = [tuple(map(_packable, self.columns, orjson.loads(line))) for line in some]
            yield np.array(rows, dtype=types).tobytes()


def _packable(column: RowColumn, cell: Cell) -> Cell | bytes:
    if column.type == "boolean":
        return b"T" if cell else b"F"
    if cell is None:
        return _NULLS.get(column.type, b"")
    return cell.encode("ascii") if isinstance(cell, str) else cell


def ascii_text(text: str) -> str:
    """A text with all but printable ASCII as ``_xHHHH_``, or six digits where four do not do."""
    return _ASCII.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"_x{code:04X}_" if code <= _LAST_OF_FOUR else f"_x{code:06X}_"


def _header(found: SearchTable, waiting: _Waiting) -> "Header":
    from astropy.io.fits import Header  # noqa: PLC0415  as above

    header = Header(
        [
            ("XTENSION", "BINTABLE"),
            ("BITPIX", 8),
            ("NAXIS", 2),
            ("NAXIS1", waiting.types.itemsize),
            ("NAXIS2", waiting.rows),
            ("PCOUNT", 0),
            ("GCOUNT", 1),
            ("TFIELDS", len(waiting.columns)),
        ]
    )
    for number, (column, width) in enumerate(waiting.sized(), 1):
        for name, value in _cards(column, width):
            header[f"{name}{number}"] = value
    header["EXTNAME"] = "datasets"
    header["TOTAL"] = (found.total, "datasets that were found")
    header["OVERFLOW"] = (found.cut is not None, "whether a limit left some out")
    header["ESCAPED"] = (waiting.has_escaped, "whether texts hold _xHHHH_ (ISO/IEC 9075-14)")
    header["ADQL"] = ascii_text(" ".join(found.adql.splitlines()))
    for note in found.notes:
        header.add_comment(ascii_text(note))
    return header


def _cards(column: RowColumn, width: int) -> Iterator[tuple[str, Cell]]:
    yield "TTYPE", column.name
    yield "TFORM", _TYPES[column.type][0] if column.type in _TYPES else f"{width}A"
    for name, part in _DESCRIBED.items():
        value = getattr(column, part)
        if value:
            yield name, value
    if column.type in {"integer", "long"}:
        yield "TNULL", _NULLS[column.type]
