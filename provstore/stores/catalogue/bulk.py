"""Many rows at once, as each engine takes them quickest."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Dialect, Table, insert
from sqlalchemy.exc import DBAPIError

from provstore.stores.catalogue.database import Transaction


def insert_rows(tx: Transaction, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given as tuples in the order of the table's columns."""
    if tx.dialect.name == "postgresql":
        _copy(tx, table, rows)
    else:
        tx.exec_driver_sql(_insertion(table, tx.dialect), list(rows))


def _copy(tx: Transaction, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    # by name: a column that a migration added stands last in the database
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    statement = f'COPY "{table.name}" ({columns}) FROM STDIN'
    driver: Any = tx.dialect.loaded_dbapi
    try:
        cursor: Any = tx.connection.cursor()
        with cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except driver.Error as error:
        # told as the errors of all other statements are, which SQLAlchemy sees itself
        told = DBAPIError.instance(statement, None, error, driver.Error, dialect=tx.dialect)
        raise told from error


@cache
def _insertion(table: Table, dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect))
