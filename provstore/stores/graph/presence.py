"""What there is at all in a catalogue: most have no ties, or no collections, and need no search."""

from typing import Final, NamedTuple

from sqlalchemy import exists, select, text

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import IS_MEMBERSHIP, relation, relation_end, tie


class Presence(NamedTuple):
    """Which tables have rows that every walk would look for."""

    ties: bool
    third_ends: bool
    memberships: bool


def presence(tx: Transaction) -> Presence:
    """What this transaction sees, in one statement."""
    return Presence(*tx.execute(_PRESENCE).one())


# ordered, or PostgreSQL looks for one among all relations where memberships are many
_A_MEMBERSHIP: Final = (
    select(relation.c.kind).where(text(IS_MEMBERSHIP)).order_by(relation.c.kind).limit(1)
)
_PRESENCE: Final = select(
    exists(select(tie.c.a)),
    exists(select(relation_end.c.relation)),
    _A_MEMBERSHIP.scalar_subquery().is_not(None),
)
