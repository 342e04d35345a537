"""The prefixes of stored bodies, numbers for new rows, and lists as parameters."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Executable,
    FromClause,
    Table,
    bindparam,
    insert,
    literal_column,
    select,
)
from sqlalchemy import update as update_rows

from provstore.model.identifiers import OWN_PREFIXES, WELL_KNOWN, Compactor
from provstore.stores.catalogue import bulk, lists
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import counter, namespace


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column's value is in the list bound as ``name``: any length in one parameter."""
    return lists.Among(column, bindparam(name, type_=lists.ListOf(column.type)))


class Rows(NamedTuple):
    """A list of tuples of integers, to be joined with."""

    table: FromClause
    columns: Sequence[ColumnElement[Any]]


def pairs(name: str, width: int) -> Rows:
    """The rows of the list of tuples of integers bound as ``name``."""
    each = lists.Each(bindparam(name, type_=lists.ListOfRows())).table_valued("value")
    columns = [lists.Cell(each.c.value, literal_column(str(index))) for index in range(width)]
    return Rows(each, columns)


def fetch(tx: Transaction, statement: Executable, values: Sequence[int]) -> list[tuple[Any, ...]]:
    """The rows of a statement over ``among(…, "list")``, as the driver's own tuples.

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

    The driver does it: preparing a dictionary per row costs more than inserting it.
    """
    if rows:
        bulk.insert_rows(tx, table, rows)


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


_PREFIXES: Final = select(namespace.c.prefix, namespace.c.iri)


def load_names(tx: Transaction) -> Names:
    """The prefixes of the catalogue as it is in this transaction."""
    return Names(dict(tx.execute(_PREFIXES).all()))


def save_names(tx: Transaction, names: Names) -> None:
    """Keep the prefixes that were taken up since `load_names`."""
    insert_rows(tx, namespace, list(names.minted.items()))
    names.minted.clear()
