"""Whether a graph is attached to the catalogue, what it shows, and which worker writes it.

One row of the table `projection`. Its worker holds a lease: a time by the catalogue's clock until
which nobody else writes the graph. A worker that died is replaced when that time is over.
"""

from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import delete, or_, select, update

from provstore.stores.catalogue import outbox
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import insert_rows
from provstore.stores.catalogue.tables import projection

LEASE_S: Final = 10.0
"""How long a worker that says nothing keeps the lease, in seconds."""
_ROW: Final = 1
_NOBODY: Final = ""


class Stage(StrEnum):
    """Whether the graph is kept up to date, or has to be written anew first."""

    LIVE = "live"
    REBUILDING = "rebuilding"


class Attached(NamedTuple):
    """The row."""

    position: int
    """Number of the last row of the outbox that the graph shows."""
    stamp: int
    """That of this row's transaction."""
    stage: Stage
    holder: str
    """Who has, or had, the lease; empty is nobody."""
    until: float
    """When the lease ends, by the catalogue's clock, in seconds since 1970."""


def attached(tx: Transaction) -> Attached | None:
    """The graph that is attached, or None."""
    row = tx.execute(
        select(
            projection.c.position,
            projection.c.stamp,
            projection.c.state,
            projection.c.holder,
            projection.c.until,
        )
    ).one_or_none()
    if row is None:
        return None
    position, stamp, stage, holder, until = row
    return Attached(position, stamp, Stage(stage), holder, until)


def attach(tx: Transaction) -> None:
    """From now on keep what changes; nothing happens where a graph is attached.

    The transaction has to be a writing one: no document may be half written meanwhile. The graph
    has to be written anew, since what changed before was not kept: nothing that stands in one has
    the stamp which the catalogue's state has now.
    """
    if outbox.is_attached(tx):
        return
    now = outbox.state(tx)
    outbox.renew(tx, now.position, outbox.new_stamp())
    insert_rows(tx, projection, [(_ROW, now.position, 0, Stage.REBUILDING.value, _NOBODY, 0.0)])


def detach(tx: Transaction) -> None:
    """Keep no changes any more, and forget those that were; needs a writing transaction."""
    tx.execute(delete(projection))
    outbox.drop(tx, outbox.state(tx).position)


def hold(tx: Transaction, holder: str, *, by_force: bool = False, for_s: float = LEASE_S) -> bool:
    """Take the lease, or prolong it; False where somebody else has it.

    Parameters
    ----------
    tx
        A noting transaction.
    holder
        Who asks.
    by_force
        Take it from whoever has it, who finds that out before the next change of the graph.
    for_s
        How long it is kept unless it is prolonged, in seconds.
    """
    now = outbox.clock(tx)
    change = update(projection).values(holder=holder, until=now + for_s)
    if not by_force:
        is_free = or_(projection.c.holder.in_([holder, _NOBODY]), projection.c.until < now)
        change = change.where(is_free)
    return bool(tx.execute(change).rowcount)


def release(tx: Transaction, holder: str) -> None:
    """Give the lease back, if it is still one's own."""
    of_holder = projection.c.holder == holder
    tx.execute(update(projection).where(of_holder).values(holder=_NOBODY, until=0.0))


def begin_rebuild(tx: Transaction, holder: str) -> bool:
    """Say that the graph is being written anew, so that it is again if that comes to no end.

    False, and nothing is changed, where another worker writes the graph now.
    """
    change = update(projection).where(projection.c.holder == holder)
    return bool(tx.execute(change.values(state=Stage.REBUILDING.value)).rowcount)


def shown(tx: Transaction, holder: str, position: int, stamp: int) -> bool:
    """Say up to which row of the outbox the graph shows all, and delete these rows.

    False, and nothing is changed, where another worker writes the graph now.
    """
    change = update(projection).where(projection.c.holder == holder)
    live = change.values(position=position, stamp=stamp, state=Stage.LIVE.value)
    if not tx.execute(live).rowcount:
        return False
    outbox.drop(tx, position)
    return True
