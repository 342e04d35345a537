"""Reads which targets the records of datasets name, and where those were observed."""

from collections.abc import Sequence
from math import degrees
from typing import Any, Final

from sqlalchemy import Select, func, select

from provstore.model.regions import Circle, Position
from provstore.model.sphere import angle, normalised, unit
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.tables import footprint, obscore

MOST_POSITIONS: Final = 1000
"""Records of a target whose positions are read."""
_POINTED: Final = 1.0
"""Degrees from a target to where telescopes point that observe it: they wobble around it."""


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


_DIRECTIONS: Final = (
    select(
        obscore.c.target_name,
        func.avg(footprint.c.x),
        func.avg(footprint.c.y),
        func.avg(footprint.c.z),
    )
    .join(
        footprint,
        (footprint.c.element == obscore.c.element) & (footprint.c.part == obscore.c.part),
    )
    .where(obscore.c.target_name.is_not(None))
    .group_by(obscore.c.target_name)
)


def names_at(tx: Transaction, position: Position, radius: float) -> list[str]:
    """The targets whose records lie around a position: on the average within ``radius`` degrees."""
    here = unit(*position)
    near = _DIRECTIONS.where(touches(tx, Circle(*position, _POINTED)))
    found = []
    for name, *told in tx.execute(near):
        x, y, z = told
        direction = normalised((x, y, z))
        if direction is not None and degrees(angle(here, direction)) <= radius:
            found.append(name)
    return sorted(found)
