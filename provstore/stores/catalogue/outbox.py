"""What changed in the catalogue since the graph beside it was written.

A row says which elements or relations changed, never how: whoever brings the graph up to date
writes their present state. So a row may be worked off twice, and late. All that writes statements
does so in `recording`; outside of it `note` fails, so that no change can be forgotten. What is kept
of all that is upstream follows from the same notes. Where no graph is attached
(`provstore.stores.catalogue.attachment`) no row is written.
"""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, exists, select, text, update

from provstore.stores.catalogue import tables
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.names import insert_rows, take_ids
from provstore.stores.catalogue.tables import outbox

MOST_IN_ROW: Final = 1000
"""Numbers in one row: a batch consists of whole rows, and a large document of many batches."""
_OPTION: Final = "provstore_changes"
_STAMP_BITS: Final = 63


class What(IntEnum):
    """What the numbers of a row are of; stored, never renumber."""

    ELEMENTS = 1
    """Elements that came, went, or of which something shown in the graph changed."""
    RELATIONS = 2
    """Relations that came or went."""
    NODES = 3
    """Elements that became part of another node, or of one of their own."""
    HEIRS = 4
    """Elements that may inherit from others than before. These concern no graph: they are followed
    in the transaction, and no row says so."""
    LOSERS = 5
    """Those of them that may inherit from fewer."""


_OF_GRAPH: Final = (What.ELEMENTS, What.RELATIONS, What.NODES)


class State(NamedTuple):
    """Which state of the catalogue a transaction sees, as far as a graph is concerned."""

    catalogue: str
    """Which catalogue it is, for ever."""
    position: int
    """Number of the last row that was written to the outbox."""
    stamp: int
    """Random, of the last transaction that wrote some: the same stamp is the same state."""


class Lag(NamedTuple):
    """How far the graph is behind."""

    rows: int
    seconds: float
    """Since the oldest change that it does not show."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the outbox, from the first on."""

    position: int
    """Number of the last of these rows."""
    stamp: int
    """Of the transaction that wrote it."""
    is_all: bool
    """Whether no row is left: then the snapshot in which they were taken is `stamp`'s state."""
    changed: dict[What, list[int]] = field(default_factory=dict)


class Changes:
    """What a transaction has noted so far, as ranges of numbers."""

    def __init__(self) -> None:
        self.ranges: dict[What, list[tuple[int, int]]] = {}

    def note(self, what: What, numbers: Iterable[int]) -> None:
        """See `provstore.stores.catalogue.outbox.note`."""
        ranges = self.ranges.setdefault(what, [])
        if isinstance(numbers, range):
            if numbers:
                ranges.append((numbers[0], numbers[-1]))
        else:  # at once: whoever derives a whole catalogue anew notes all that there is
            ranges.extend(_united((number, number) for number in numbers))

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not any(self.ranges.values())

    def numbers(self, *several: What) -> set[int]:
        """The numbers that were noted as any of these."""
        ranges = (one for what in several for one in self.ranges.get(what, []))
        return {number for first, last in ranges for number in range(first, last + 1)}

    def rows(self) -> Iterator[tuple[What, int, int]]:
        """Ranges that neither overlap nor touch, none longer than a row may be."""
        for what in _OF_GRAPH:
            for first, last in _united(self.ranges.get(what, [])):
                for start in range(first, last + 1, MOST_IN_ROW):
                    yield what, start, min(start + MOST_IN_ROW - 1, last)


def _united(ranges: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    pending: tuple[int, int] | None = None
    for first, last in sorted(ranges):
        if pending is None:
            pending = (first, last)
        elif first <= pending[1] + 1:
            pending = (pending[0], max(last, pending[1]))
        else:
            yield pending
            pending = (first, last)
    if pending is not None:
        yield pending


Following = Callable[[Transaction, Changes], None]
"""What follows from the changes of a transaction, written in it."""


@contextmanager
def recording(database: Database, follow: Following) -> Iterator[Transaction]:
    """A writing transaction whose changes are followed at its end; raises as `writing`.

    Parameters
    ----------
    database
        Where to write.
    follow
        Brings up to date what is kept of everything upstream. Where a graph is attached the changes
        go to its outbox too.
    """
    with database.writing() as tx:
        changes = Changes()
        tx.execution_options(**{_OPTION: changes})
        yield tx
        follow(tx, changes)
        if is_attached(tx):
            _write(tx, list(changes.rows()))


def note(tx: Transaction, what: What, numbers: Iterable[int]) -> None:
    """Note that elements or relations changed in a transaction that is `recording`.

    Parameters
    ----------
    tx
        The transaction.
    what
        What the numbers are of.
    numbers
        In any order, also several times; a `range` is taken as one.
    """
    # a KeyError is a writer that does not record
    tx.get_execution_options()[_OPTION].note(what, numbers)


def is_attached(tx: Transaction) -> bool:
    """Whether a graph is attached, so that changes are kept."""
    return bool(tx.execute(_ATTACHED).scalar())


_ATTACHED: Final = select(exists(select(tables.projection.c.id)))


def _write(tx: Transaction, changes: Sequence[tuple[What, int, int]]) -> None:
    if not changes:
        return
    first = take_ids(tx, outbox, len(changes))
    stamp, now = new_stamp(), clock(tx)
    rows = [(number, stamp, now, *change) for number, change in enumerate(changes, start=first)]
    insert_rows(tx, outbox, rows)
    renew(tx, rows[-1][0], stamp)


def renew(tx: Transaction, position: int, stamp: int) -> None:
    """Say that the catalogue is in another state."""
    tx.execute(update(tables.catalogue).values(position=position, stamp=stamp))


def new_stamp() -> int:
    """A stamp that no other state has; 0 is none."""
    return secrets.randbits(_STAMP_BITS) or 1


def clock(tx: Transaction) -> float:
    """Seconds since 1970 by the clock of the catalogue, which all its processes share."""
    if tx.dialect.name == "postgresql":
        return float(tx.execute(_CLOCK).scalar_one())
    return time.time()


_CLOCK: Final = text("SELECT extract(epoch FROM clock_timestamp())")


def state(tx: Transaction) -> State:
    """The state that this transaction sees."""
    row = tx.execute(_STATE).one()
    return State(*row)


_STATE: Final = select(tables.catalogue.c.id, tables.catalogue.c.position, tables.catalogue.c.stamp)


def lag(tx: Transaction) -> Lag:
    """How much waits in the outbox; the rows have numbers without gaps, and are not counted."""
    waiting = tx.execute(_OLDEST).one_or_none()
    if waiting is None:
        return Lag(0, 0.0)
    last, first, since = waiting
    return Lag(last - first + 1, max(0.0, clock(tx) - since))


_LAST: Final = select(tables.catalogue.c.position).scalar_subquery()
_OLDEST: Final = select(_LAST, outbox.c.id, outbox.c.at).order_by(outbox.c.id).limit(1)


def take(tx: Transaction, most: int) -> Batch | None:
    """The first rows, of about ``most`` elements and relations; None where there are none."""
    rows = tx.execute(_ROWS.limit(most + 1)).all()
    if not rows:
        return None
    taken, size = 0, 0
    for row in rows:
        size += row.last - row.first + 1
        if taken and size > most:
            break
        taken += 1
    return _batch(rows[:taken], is_all=taken == len(rows))


_ROWS: Final = select(
    outbox.c.id, outbox.c.stamp, outbox.c.what, outbox.c.first, outbox.c.last
).order_by(outbox.c.id)


def _batch(rows: Sequence[Any], *, is_all: bool) -> Batch:
    found: dict[What, set[int]] = {}
    for row in rows:
        found.setdefault(What(row.what), set()).update(range(row.first, row.last + 1))
    changed = {what: sorted(numbers) for what, numbers in found.items()}
    return Batch(rows[-1].id, rows[-1].stamp, is_all, changed)


def moving(tx: Transaction) -> set[int]:
    """All elements that became part of another node, as far as rows are left that say so."""
    rows = tx.execute(_MOVING).all()
    return {number for row in rows for number in range(row.first, row.last + 1)}


_MOVING: Final = select(outbox.c.first, outbox.c.last).where(outbox.c.what == What.NODES.value)


def stamp_at(tx: Transaction, position: int) -> int | None:
    """The stamp of a row; None where there is no such row (any more)."""
    return tx.execute(_STAMP_AT, {"position": position}).scalar()


_STAMP_AT: Final = select(outbox.c.stamp).where(outbox.c.id == bindparam("position"))


def drop(tx: Transaction, position: int) -> None:
    """Delete the rows up to a number: the graph shows them."""
    tx.execute(delete(outbox).where(outbox.c.id <= position))
