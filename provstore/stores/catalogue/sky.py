"""Conditions on rows of `obscore` by where on the sky they are.

Both engines find the rows whose outer circle may touch that of the region by their own index, and
compare the circles exactly: in this field most regions are circles, and that is all. What circles
leave open is decided by `provstore.model.shapes`, before the statement that uses the condition: so
both engines find the same, and pg_sphere, which knows no complement, no circle beyond a hemisphere
and no polygon that crosses itself, is only asked for what it can say.
"""

import math
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Double,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from provstore.errors import BadParameterError
from provstore.model.coverage import Footprint, footprint_of, shape_of_record
from provstore.model.regions import Region
from provstore.model.shapes import Cap, Shape, shape_of, touch
from provstore.model.sphere import QUARTER_TURN, TOLERANCE
from provstore.stores.catalogue import lists
from provstore.stores.catalogue.coverage import FOOTPRINT_BOX
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import footprint, obscore

MOST_SIDES: Final = 1000
"""Of a region that is asked for."""
_MARGIN: Final = 1e-7
"""In radians: R*Tree rounds to single precision, pg_sphere to a thousand millionth."""
_CAP: Final[ColumnElement[Any]] = literal_column(
    "scircle(spoint(atan2(footprint.y, footprint.x), "
    "atan2(footprint.z, sqrt(footprint.x * footprint.x + footprint.y * footprint.y))), "
    "least(2 * atan(footprint.reach), pi() / 2))"
)
"""As `ix_footprint_cap` has it, or it would not be used."""
_LARGE: Final[ColumnElement[bool]] = literal_column("footprint.reach > 1")


def touches(tx: Transaction, region: Region) -> ColumnElement[bool]:
    """Rows whose ``s_region`` touches a region; without one, whose position is in it.

    Boundaries belong to regions. A row without region and position touches nothing.

    Parameters
    ----------
    tx
        The transaction of the statement that has the condition: rows of which circles say too
        little are read, and decided, here.
    region
        In degrees, ICRS; `provstore.model.shapes.shape_of` says what it is on the sky.

    Raises
    ------
    BadParameterError
        The region has more than `MOST_SIDES`.
    """
    shape = shape_of(region)
    if len(shape.arcs) > MOST_SIDES:
        sides = f"a region with {len(shape.arcs)} sides"
        raise BadParameterError("region", sides, f"at most {MOST_SIDES} sides")
    cap = footprint_of(shape, TOLERANCE)
    near = and_(_indexed(tx.dialect.name, shape.cap), _reaches(footprint.c.reach, cap, cap.reach))
    sure = _reaches(footprint.c.core, cap, cap.core)
    decided = bindparam(None, _decide(tx, shape, and_(near, not_(sure))), type_=_NUMBERS)
    found = select(footprint.c.element, footprint.c.part).where(
        near, or_(sure, lists.Among(footprint.c.id, decided))
    )
    return tuple_(obscore.c.element, obscore.c.part).in_(found)


_NUMBERS: Final = lists.ListOf(footprint.c.id.type)


def _decide(tx: Transaction, shape: Shape, undecided: ColumnElement[bool]) -> list[int]:
    """The footprints of records that touch a shape, of those for which it has to be computed."""
    columns = (obscore.c.s_ra, obscore.c.s_dec, obscore.c.s_region)
    same = and_(footprint.c.element == obscore.c.element, footprint.c.part == obscore.c.part)
    rows = tx.execute(
        select(footprint.c.id, *columns)
        .select_from(footprint.join(obscore, same))
        .where(undecided)
        .order_by(footprint.c.id)
    )
    return [number for number, *told in rows if _touches_record(shape, *told)]


def _touches_record(
    shape: Shape, s_ra: float | None, s_dec: float | None, s_region: str | None
) -> bool:
    other = shape_of_record(s_ra, s_dec, s_region)
    return other is not None and touch(shape, other)


def _reaches(radius: ColumnElement[Any], cap: Footprint, of_cap: float) -> ColumnElement[bool]:
    """Whether two radii together reach from centre to centre; both as tangents of their halves.

    The tangent of half the distance is that of the chords to the centre and to its antipode.
    """
    kept = footprint.c
    x, y, z, other = map(_number, (cap.x, cap.y, cap.z, of_cap))
    chord = (kept.x - x) * (kept.x - x) + (kept.y - y) * (kept.y - y) + (kept.z - z) * (kept.z - z)
    chord_to_antipode = (
        (kept.x + x) * (kept.x + x) + (kept.y + y) * (kept.y + y) + (kept.z + z) * (kept.z + z)
    )
    # tan(a + b) = (tan a + tan b) / (1 - tan a tan b)
    above, below = radius + other, 1.0 - radius * other
    is_within = chord * below * below <= chord_to_antipode * above * above
    return and_(above > 0.0, or_(below <= 0.0, is_within))


def _number(value: float) -> ColumnElement[Any]:
    return literal(value, Double())


def _indexed(dialect: str, cap: Cap) -> ColumnElement[bool]:
    """What the index says: never too little."""
    radius = cap.outer + _MARGIN
    if dialect == "postgresql":
        return true() if radius > QUARTER_TURN else or_(_overlaps(cap, radius), _LARGE)
    bounds = []
    for axis, value in zip("xyz", cap.centre, strict=True):
        # the chord of the radius: further away in space is no point of the circle
        reach = 2 * math.sin(min(radius, math.pi) / 2)
        bounds += [
            FOOTPRINT_BOX.c[f"{axis}0"] <= value + reach,
            FOOTPRINT_BOX.c[f"{axis}1"] >= value - reach,
        ]
    return footprint.c.id.in_(select(FOOTPRINT_BOX.c.id).where(*bounds))


def _overlaps(cap: Cap, radius: float) -> ColumnElement[bool]:
    x, y, z = cap.centre
    centre = func.spoint(math.atan2(y, x), math.atan2(z, math.hypot(x, y)))
    return _CAP.op("&&", is_comparison=True)(func.scircle(centre, radius))
