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
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from provstore.errors import BadParameterError
from provstore.model.coverage import Footprint, footprint_of, shape_of_record
from provstore.model.regions import Region
from provstore.model.shapes import Cap, Disc, Shape, shape_of, touch
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
    centre: list[ColumnElement[Any]] = [literal(value, Double()) for value in cap[:3]]
    is_near = _Reaches(footprint.c.reach, *centre, literal(cap.reach, Double()))
    near = and_(_indexed(tx.dialect.name, shape.cap), is_near)
    sure = _Reaches(footprint.c.core, *centre, literal(cap.core, Double()))
    decided = bindparam(None, _decide(tx, shape, and_(near, not_(sure))), type_=_NUMBERS)
    found = select(footprint.c.element, footprint.c.part).where(
        near, or_(sure, _Decided(footprint.c.id, decided))
    )
    return tuple_(obscore.c.element, obscore.c.part).in_(found)


_NUMBERS: Final = lists.ListOf(footprint.c.id.type)


def _decide(tx: Transaction, shape: Shape, undecided: ColumnElement[bool]) -> list[int]:
    """The footprints of records that touch a shape, of those for which it has to be computed."""
    kept, told = footprint.c, obscore.c
    has_more = and_(kept.element == told.element, kept.part == told.part, kept.reach != kept.core)
    rows = tx.execute(
        select(kept.id, *_CIRCLE, told.s_ra, told.s_dec, told.s_region)
        .select_from(footprint.outerjoin(obscore, has_more))
        .where(undecided)
        .order_by(kept.id)
    )
    return [number for number, *row in rows if touch(shape, _shape(*row))]


_CIRCLE: Final = tuple(footprint.c[name] for name in Footprint._fields)


def _shape(  # noqa: PLR0913, PLR0917  the columns above
    x: float,
    y: float,
    z: float,
    reach: float,
    core: float,
    s_ra: float | None,
    s_dec: float | None,
    s_region: str | None,
) -> Shape:
    """That of a record, which is only read where it is no circle."""
    told = None if reach == core else shape_of_record(s_ra, s_dec, s_region)
    return Disc((x, y, z), 2 * math.atan(reach)) if told is None else told


class _Reaches(FunctionElement[Any]):
    """Whether two circles reach from centre to centre, their radii as tangents of their halves.

    Of `footprint` the column that is the first argument, and four numbers: centre and radius. The
    tangent of half the distance of the centres is the chord to the other one by that to its
    antipode. One element, for building the formula of many takes longer than most searches; not a
    boolean, as `lists.Among` is none.
    """

    type = NullType()
    inherit_cache = True
    name = "reaches"


@compiles(_Reaches)
def _reaches(element: _Reaches, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    kept, x, y, z, other = (f"({compiler.process(part, **options)})" for part in element.clauses)
    centre = tuple(zip("xyz", (x, y, z), strict=True))
    apart = " + ".join(f"({_SQUARE.format(axis, '-', value)})" for axis, value in centre)
    to_antipode = " + ".join(f"({_SQUARE.format(axis, '+', value)})" for axis, value in centre)
    # tan(a + b) = (tan a + tan b) / (1 - tan a tan b)
    above, below = f"({kept} + {other})", f"(1.0 - {kept} * {other})"
    is_within = f"({apart}) * {below} * {below} <= ({to_antipode}) * {above} * {above}"
    return f"({above} > 0.0 AND ({below} <= 0.0 OR {is_within}))"


class _Decided(lists.Among):
    """`lists.Among` beside an alternative, where PostgreSQL would read an array for each row."""

    inherit_cache = True
    name = "decided"


@compiles(_Decided, "postgresql")
def _decided(element: _Decided, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    number, numbers = (compiler.process(part, **options) for part in element.clauses)
    return f"{number} IN (SELECT unnest(CAST({numbers} AS BIGINT[])))"


_SQUARE: Final = "(footprint.{0} {1} {2}) * (footprint.{0} {1} {2})"


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
