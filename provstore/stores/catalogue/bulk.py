"""Many rows at once, as each engine takes them quickest."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Table, insert

from provstore.stores.catalogue.database import Transaction


def insert_rows(tx: Transaction, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given as tuples in the order of the table's columns."""
    if tx.dialect.name == "postgresql":
        _copy(tx.connection.cursor(), table, rows)
    else:
        tx.exec_driver_sql(_insertion(table, tx.dialect), list(rows))


def _copy(cursor: Any, table: Table, rows: Sequence[tuple[object, ...]]) -> None:  # noqa: ANN401  psycopg's own, which need not be installed
    with cursor, cursor.copy(f'COPY "{table.name}" FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


@cache
def _insertion(table: Table, dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect))
