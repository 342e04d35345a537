"""What is found as CSV (RFC 4180), a row for each dataset.

Values are written as they are, also those that spreadsheets take for formulas: see
`provstore.exporters.csv`. What has no value is empty, a truth value is ``true`` or ``false``.
"""

import csv
import io
from collections.abc import Iterator

from provstore.exporters.chunks import encoded
from provstore.exporters.search_rows import Cell, row_cells, row_columns
from provstore.model.search import SearchTable


def write_search_csv(table: SearchTable) -> Iterator[bytes]:
    """A header row and the rows, as chunks of UTF-8."""
    return encoded(_lines(table))


def _lines(table: SearchTable) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(column.name for column in row_columns(table.keywords))
    for hit in table.rows:
        writer.writerow(map(_written, row_cells(hit, table.keywords)))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _written(cell: Cell) -> Cell:
    return str(cell).lower() if isinstance(cell, bool) else cell
