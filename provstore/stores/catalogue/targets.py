"""Reads which targets the records of datasets name, and where those were observed."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Select, func, select

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among
from provstore.stores.catalogue.tables import obscore

MOST_POSITIONS: Final = 1000
"""Records of a target whose positions are read."""


def _distinct_names() -> Select[Any]:
    """A step through the index for each name: far fewer than there are records."""
    names = select(func.min(obscore.c.target_name).label("name")).cte("names", recursive=True)
    following = (
        select(func.min(obscore.c.target_name))
        .where(obscore.c.target_name > names.c.name)
        .correlate(names)
        .scalar_subquery()
    )
    names = names.union_all(select(following).where(names.c.name.is_not(None)))
    return select(names.c.name).where(names.c.name.is_not(None))


_NAMES: Final = _distinct_names()
_POSITIONS: Final = (
    select(obscore.c.s_ra, obscore.c.s_dec)
    .where(
        among(obscore.c.target_name, "names"),
        obscore.c.s_ra.is_not(None),
        obscore.c.s_dec.is_not(None),
    )
    .limit(MOST_POSITIONS)
)


def target_names(tx: Transaction) -> list[str]:
    """All names of targets as they are spelt, in the engine's order."""
    return list(tx.execute(_NAMES).scalars())


def positions(tx: Transaction, names: Sequence[str]) -> list[tuple[float, float]]:
    """Right ascension and declination (degrees) in up to `MOST_POSITIONS` records of spellings."""
    return [(ra, dec) for ra, dec in tx.execute(_POSITIONS, {"names": names})]
