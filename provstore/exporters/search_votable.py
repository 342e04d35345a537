"""What is found as a VOTable, a row for each dataset: the answer to a query (DALI 1.1, 4.4)."""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.search_rows import Cell, RowColumn, row_cells, row_columns
from provstore.exporters.votable import END, ESCAPED, START, Column, Rows, info, table
from provstore.model.search import SearchTable

_NUMBERS: Final[Mapping[str, str]] = {
    "integer": "int",
    "long": "long",
    "real": "double",
    "boolean": "boolean",
}
"""Datatypes by the type of a column; all others are texts, of any characters."""


def write_search_votable(found: SearchTable) -> Iterator[bytes]:
    """The table as chunks of UTF-8.

    ``QUERY_STATUS`` is OK before the rows, and OVERFLOW behind them where a limit left some out.
    """
    return encoded(_pieces(found))


def _pieces(found: SearchTable) -> Iterator[str]:
    yield START
    yield '<RESOURCE type="results">\n'
    yield info("QUERY_STATUS", "OK")
    yield info("QUERY", found.adql)
    yield info("total", str(found.total))
    for note in found.notes:
        yield info("note", note)
    row = Rows(escapes=True)  # whether some text needs it is not known yet
    columns = map(_column, row_columns(found.keywords))
    cells = (map(_written, row_cells(hit, found.keywords)) for hit in found.rows)
    yield from table("datasets", list(columns), map(row, cells))
    if row.has_escaped:
        yield ESCAPED
    if found.cut is not None:
        yield info("QUERY_STATUS", "OVERFLOW")
    yield "</RESOURCE>\n"
    yield END


def _column(column: RowColumn) -> Column:
    datatype = _NUMBERS.get(column.type, "unicodeChar")
    return Column(column.name, column.utype, column.ucd, datatype, column.unit)


def _written(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return str(cell).lower()
    return None if cell is None else str(cell)
