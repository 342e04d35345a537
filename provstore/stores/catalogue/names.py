"""The prefixes of stored bodies, numbers for new rows, and lists as parameters."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Dialect,
    FromClause,
    Select,
    Table,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy import update as update_rows

from provstore.model.identifiers import OWN_PREFIXES, WELL_KNOWN, Compactor
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import counter, namespace


@cache
def members(name: str) -> Select[Any]:
    """The members of a list bound by `as_list`: any number of them in one parameter."""
    return select(func.json_each(bindparam(name)).table_valued("value").c.value)


class Rows(NamedTuple):
    """A list of tuples bound by `as_list`, to be joined with."""

    table: FromClause
    columns: Sequence[ColumnElement[Any]]


def pairs(name: str, width: int) -> Rows:
    """The rows of a list of tuples."""
    each = func.json_each(bindparam(name)).table_valued("value")
    columns = [func.json_extract(each.c.value, f"$[{index}]") for index in range(width)]
    return Rows(each, columns)


def as_list(values: Sequence[object]) -> str:
    """A list as the parameter that `members` and `pairs` read."""
    return orjson.dumps(values).decode()


def fetch(tx: Transaction, statement: Select[Any], values: str) -> list[tuple[Any, ...]]:
    """The rows of a statement over ``members("list")``, as the driver's own tuples.

    The wrapping of rows costs as much as the rows of a large closure themselves.
    """
    return list(tx.execute(statement, {"list": values}).cursor.fetchall())


_TAKE: Final = (
    update_rows(counter)
    .where(counter.c.name == bindparam("table"))
    .values(next=counter.c.next + bindparam("count"))
    .returning(counter.c.next)
)
_BEGIN_COUNTING: Final = insert(counter).values(name=bindparam("table"), next=bindparam("value"))


def take_ids(tx: Transaction, table: Table, count: int) -> int:
    """Reserve ``count`` numbers and return the first; they are never given again."""
    following = tx.execute(_TAKE, {"table": table.name, "count": count}).scalar()
    if following is None:
        following = 1 + count
        tx.execute(_BEGIN_COUNTING, {"table": table.name, "value": following})
    return int(following) - count


def insert_rows(tx: Transaction, table: Table, rows: Sequence[tuple[object, ...]]) -> None:
    """Insert rows given as tuples in the order of the table's columns.

    The statement is run by the driver: preparing a dictionary per row costs more than inserting it.
    """
    if rows:
        tx.exec_driver_sql(_insertion(table, tx.dialect), list(rows))


@cache
def _insertion(table: Table, dialect: Dialect) -> str:
    return str(insert(table).compile(dialect=dialect))


class Names(Compactor):
    """Compacts IRIs under the prefixes of the whole catalogue, and expands them again."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        super().__init__({**prefixes, **WELL_KNOWN, **OWN_PREFIXES})

    def expand(self, name: str) -> str:
        """The IRI of a name that `compact` made."""
        prefix, colon, local = name.partition(":")
        uri = self.prefixes.get(prefix) if colon else None
        return name if uri is None else uri + local

    def adopt(self, declared: Iterable[tuple[str, str]]) -> None:
        """Use the prefixes that a document declares where neither they nor theirs are taken.

        A namespace inside of one that is in use is not taken up: an IRI is written in one way for
        ever, since stored texts are compared.
        """
        for prefix, uri in declared:
            taken = prefix in self.prefixes or self._longest_namespace(uri) is not None
            if prefix and ":" not in prefix and uri and not taken:
                self._take(prefix, uri)


def load_names(tx: Transaction) -> Names:
    """The prefixes of the catalogue as it is in this transaction."""
    rows = tx.execute(select(namespace.c.prefix, namespace.c.iri))
    return Names(dict(rows.all()))


def save_names(tx: Transaction, names: Names) -> None:
    """Keep the prefixes that were taken up since `load_names`."""
    insert_rows(tx, namespace, list(names.minted.items()))
    names.minted.clear()
