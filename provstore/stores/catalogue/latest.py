"""Keeps which records count: the latest of each dataset, which is what an identifier names.

An entity has the record that was told of it last. Where several entities have one
``obs_publisher_did``, the last of their records counts; of one part that of the element which came
first, as answers show it.
"""

from collections.abc import Collection, Iterator
from typing import Final

from sqlalchemy import FromClause, and_, exists, or_, select, update
from sqlalchemy.sql.elements import ColumnElement

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among
from provstore.stores.catalogue.tables import obscore


def _is_last_told(record: FromClause, name: str) -> ColumnElement[bool]:
    """Whether nothing was told later of the same element."""
    later = obscore.alias(name)
    return ~exists().where(later.c.element == record.c.element, later.c.part > record.c.part)


def _counts() -> ColumnElement[bool]:
    other = obscore.alias("other")
    precedes = or_(
        other.c.part > obscore.c.part,
        and_(other.c.part == obscore.c.part, other.c.element < obscore.c.element),
    )
    same_dataset = other.c.obs_publisher_did == obscore.c.obs_publisher_did
    return and_(
        _is_last_told(obscore, "later"),
        ~exists().where(same_dataset, precedes, _is_last_told(other, "later_of_other")),
    )


_COUNTS: Final = _counts()
_DIDS: Final = (
    select(obscore.c.obs_publisher_did).where(among(obscore.c.element, "elements")).distinct()
)
_SETTLE: Final = (
    update(obscore)
    .where(among(obscore.c.obs_publisher_did, "dids"), obscore.c.latest != _COUNTS)
    .values(latest=~obscore.c.latest)
)
_WRONG: Final = select(obscore.c.element, obscore.c.part, obscore.c.latest).where(
    among(obscore.c.element, "elements"), obscore.c.latest != _COUNTS
)


def datasets_of(tx: Transaction, elements: Collection[int]) -> set[str]:
    """The datasets of which records of these elements tell."""
    if not elements:
        return set()
    return set(tx.execute(_DIDS, {"elements": list(elements)}).scalars())


def settle(tx: Transaction, dids: Collection[str]) -> None:
    """Decide anew which records of these datasets count.

    Records of an element that tell of another dataset are among those to be named.
    """
    if dids:
        tx.execute(_SETTLE, {"dids": sorted(dids)})


def differences(tx: Transaction, elements: Collection[int]) -> Iterator[str]:
    """A sentence for each record of these elements that wrongly counts, or does not."""
    for element, part, latest in tx.execute(_WRONG, {"elements": list(elements)}):
        does, should = ("counts", "should not") if latest else ("does not count", "should")
        yield f"record of element {element} in part {part}: {does}, {should}"
