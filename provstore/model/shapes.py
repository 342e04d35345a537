"""What regions are on the sphere, and whether two of them touch.

Every shape is closed: its boundary, within `TOLERANCE`, belongs to it. It knows its boundary as
arcs, and of any point the side it is on. Two shapes touch where their boundaries cross or one has a
point of the other's; combined ones where a corner of their common pattern of arcs is in both.
"""

import math
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import combinations, pairwise, product
from typing import Final, NamedTuple

from provstore.model.regions import (
    Box,
    Circle,
    Complement,
    Intersection,
    Polygon,
    Position,
    Range,
    Region,
    Union,
)
from provstore.model.sphere import (
    HALF_TURN,
    QUARTER_TURN,
    TOLERANCE,
    TURN,
    Arc,
    Vector,
    angle,
    circle,
    combined,
    cross,
    crossings,
    dot,
    great_arc,
    negated,
    normalised,
    perpendicular,
    unit,
)

INSIDE: Final = 1
ON_BOUNDARY: Final = 0
OUTSIDE: Final = -1


class Cap(NamedTuple):
    """Two circles around one point: the shape is in the outer one, and has the inner one."""

    centre: Vector
    outer: float
    inner: float
    """Negative where the centre is not in the shape: then the outer one for a shape that has some
    point, and a turn for one that may have none. Caps whose inner radii together reach from centre
    to centre belong to shapes that touch, whatever the signs."""


class Shape:
    """A closed part of the sphere."""

    arcs: Sequence[Arc] = ()
    centre: Vector
    """A point about its middle."""
    most = HALF_TURN
    """How far from there it may reach, for all that is known before."""
    is_combined = False
    """Whether it is an intersection or a complement, or has one in it: it may have no point."""

    def side(self, point: Vector) -> int:
        """`INSIDE`, `ON_BOUNDARY` or `OUTSIDE`."""
        raise NotImplementedError

    def has(self, point: Vector) -> bool:
        """Whether a point is in it."""
        return self.side(point) >= ON_BOUNDARY

    @cached_property
    def cap(self) -> Cap:
        """Between which circles it is."""
        centre = self.centre
        outer = self.most
        if not self.has(negated(centre)):
            outer = min(outer, max(arc.farthest(centre) for arc in self.arcs))
        if self.side(centre) == INSIDE:
            return Cap(centre, outer, min(arc.nearest(centre) for arc in self.arcs))
        return Cap(centre, outer, -TURN if self.is_combined else -outer)


class Disc(Shape):
    """What is at most `radius` away from a point: that alone for 0."""

    def __init__(self, centre: Vector, radius: float) -> None:
        self.centre, self.radius = centre, radius
        self.arcs = (circle(centre, radius),)

    def side(self, point: Vector) -> int:
        """As `Shape.side`."""
        return _side(self.radius - angle(self.centre, point))

    def reaches(self, other: Shape) -> bool:
        """Whether it touches another one that is not combined."""
        if other.has(self.centre):
            return True
        most = self.radius + TOLERANCE
        return any(arc.nearest(self.centre) <= most for arc in other.arcs)

    @cached_property
    def cap(self) -> Cap:
        """As `Shape.cap`."""
        return Cap(self.centre, self.radius, self.radius)


class _Convex(Shape):
    """What is on the inner side of great circles, whose inward poles are given."""

    def __init__(self, centre: Vector, poles: Sequence[Vector], arcs: Sequence[Arc]) -> None:
        self.centre, self.arcs = centre, arcs
        self._poles = poles

    def side(self, point: Vector) -> int:
        return _side(min(dot(pole, point) for pole in self._poles))


class _Zone(Shape):
    """Between two parallels, and two meridians unless it goes all around."""

    def __init__(self, region: Range) -> None:
        width = region.ra_max - region.ra_min
        self._width = math.radians(width if width >= 0 else width + 360)
        self._west = math.radians(region.ra_min)
        self._south, self._north = math.radians(region.dec_min), math.radians(region.dec_max)
        self._is_whole = self._width >= TURN
        self.arcs = tuple(self._arcs(region))
        middle = (region.dec_min + region.dec_max) / 2
        if self._width > HALF_TURN:
            self.centre = unit(0, math.copysign(90, middle))
        else:
            self.centre = unit(region.ra_min + math.degrees(self._width) / 2, middle)

    def _arcs(self, region: Range) -> Iterable[Arc]:
        for dec in (region.dec_min, region.dec_max):
            start = unit(region.ra_min, dec)
            yield Arc((0.0, 0.0, 1.0), QUARTER_TURN - math.radians(dec), start, self._width)
        if self._is_whole:
            return
        for ra in (region.ra_min, region.ra_max):
            axis = unit(ra - 90, 0)
            start = unit(ra, region.dec_min)
            yield Arc(axis, QUARTER_TURN, start, self._north - self._south)

    def side(self, point: Vector) -> int:
        x, y, z = point
        across = math.hypot(x, y)
        latitude = math.atan2(z, across)
        depth = min(latitude - self._south, self._north - latitude)
        if self._is_whole or across <= TOLERANCE:
            # at a pole all meridians meet
            return _side(depth if self._is_whole else min(depth, 0.0))
        east = (math.atan2(y, x) - self._west) % TURN
        within = min(east, self._width - east)
        beyond = min(east - self._width, TURN - east)
        sideways = within if within >= 0 else -beyond
        return _side(min(depth, sideways * across))


class _Polygon(Shape):
    """Inside is the smaller side.

    The standard has the corners counter-clockwise as seen from the inside of the sphere (DALI 1.2,
    "Polygon"), but its own examples are in both orders, and so are archives.
    """

    def __init__(self, corners: Sequence[Vector]) -> None:
        self.arcs = tuple(_edges(corners))
        self._corners = [arc.start for arc in self.arcs]
        found = normalised(_sum(self._corners))
        self.centre = self._corners[0] if found is None else found
        if min(dot(self.centre, corner) for corner in self._corners) > TOLERANCE:
            self._reference, self._is_inside = negated(self.centre), False
        else:
            self._reference, self._is_inside = self._left_of_an_edge()

    def _left_of_an_edge(self) -> tuple[Vector, bool]:
        """A point near the longest edge, and whether it is on the smaller side."""
        edge = max(self.arcs, key=lambda arc: arc.length)
        middle = edge.point(edge.length / 2)
        room = min(arc.nearest(middle) for arc in self.arcs if arc is not edge)
        reference = combined(math.cos(room / 2), middle, math.sin(room / 2), edge.axis)
        return reference, self._area_on_the_left() <= TURN

    def _area_on_the_left(self) -> float:
        """In steradians."""
        first, *others = self._corners
        area = 0.0
        for a, b in pairwise(others):
            below = 1 + dot(first, a) + dot(a, b) + dot(b, first)
            # Van Oosterom and Strackee 1983
            area += 2 * math.atan2(dot(first, cross(a, b)), below)
        return area % (2 * TURN)

    def side(self, point: Vector) -> int:
        for arc in self.arcs:
            if abs(dot(arc.axis, point)) <= TOLERANCE and arc.covers(point):
                return ON_BOUNDARY
        return INSIDE if self._crossed(point) % 2 != self._is_inside else OUTSIDE

    def _crossed(self, point: Vector) -> int:
        """How many edges are between a point and the reference."""
        axis = normalised(cross(point, self._reference)) or perpendicular(point)
        heights = [dot(axis, corner) for corner in self._corners]
        crossed = 0
        for index, below in enumerate(heights):
            above = heights[index - 1]
            # a corner on the way counts as above, for both of its edges
            if (below >= 0) == (above >= 0):
                continue
            a, b = self._corners[index], self._corners[index - 1]
            met = combined(abs(above), a, abs(below), b)
            if dot(axis, cross(point, met)) >= 0 and dot(axis, cross(met, self._reference)) >= 0:
                crossed += 1
        return crossed


class _Combined(Shape):
    """What is in any of several shapes, or what is in all of them."""

    def __init__(self, parts: Sequence[Shape], *, any_of_them: bool) -> None:
        self.parts = parts
        self.is_union = any_of_them
        self.is_combined = not any_of_them or any(part.is_combined for part in parts)
        self.arcs = [arc for part in parts for arc in part.arcs]
        smallest = min(parts, key=lambda part: part.cap.outer)
        if not any_of_them:
            self.most = smallest.cap.outer
        middle = normalised(_sum([part.cap.centre for part in parts])) if any_of_them else None
        self.centre = smallest.cap.centre if middle is None else middle

    def side(self, point: Vector) -> int:
        sides = [part.side(point) for part in self.parts]
        return max(sides) if self.is_union else min(sides)


class _Complement(Shape):
    is_combined = True

    def __init__(self, part: Shape) -> None:
        self._part = part
        self.arcs = part.arcs
        self.centre = negated(part.cap.centre)

    def side(self, point: Vector) -> int:
        return -self._part.side(point)


def shape_of(region: Region) -> Shape:
    """What a region is on the sphere.

    A box has great circles as sides, which meet the arms of a cross at right angles: in the middle
    the arms are along the coordinates (STC 1.33, "Box"; ADQL 2.1, "BOX"). It ends a quarter of a
    turn from there however wide it is. A polygon is the smaller of both sides of its line; if that
    crosses itself, what an odd number of its turns encloses. A range whose first meridian is the
    greater one goes across 0 (DALI 1.2, "Range").
    """
    match region:
        case Union(parts) | Intersection(parts):
            shapes = [shape_of(part) for part in parts]
            return _Combined(shapes, any_of_them=isinstance(region, Union))
        case Complement(part):
            return _Complement(shape_of(part))
        case _:
            return _simple(region)


def _simple(region: Position | Circle | Box | Polygon | Range) -> Shape:
    match region:
        case Position(ra, dec):
            return Disc(unit(ra, dec), 0.0)
        case Circle(ra, dec, radius):
            return Disc(unit(ra, dec), math.radians(radius))
        case Box():
            return _box(region)
        case Polygon(points):
            return _polygon([unit(*point) for point in points])
        case Range():
            return _Zone(region)


def touch(a: Shape, b: Shape) -> bool:
    """Whether two shapes have a point in common."""
    apart = angle(a.cap.centre, b.cap.centre)
    if apart > a.cap.outer + b.cap.outer + TOLERANCE:
        return False
    if apart <= a.cap.inner + b.cap.inner + TOLERANCE:
        return True
    for one, other in ((a, b), (b, a)):
        if isinstance(one, _Combined) and one.is_union:
            return any(touch(part, other) for part in one.parts)
        if isinstance(one, Disc) and not other.is_combined:
            return one.reaches(other)
    arcs_a, arcs_b = ([arc for arc in shape.arcs if _is_near(arc, a, b)] for shape in (a, b))
    if a.is_combined or b.is_combined:
        return _share_a_corner(a, b, [*arcs_a, *arcs_b])
    return (
        any(b.has(arc.start) for arc in arcs_a)
        or any(a.has(arc.start) for arc in arcs_b)
        or any(True for pair in product(arcs_a, arcs_b) for _ in crossings(*pair))
    )


def _is_near(arc: Arc, *shapes: Shape) -> bool:
    """Whether an arc may have a point in all of the shapes."""
    return all(arc.nearest(s.cap.centre) <= s.cap.outer + TOLERANCE for s in shapes)


def _share_a_corner(a: Shape, b: Shape, arcs: Sequence[Arc]) -> bool:
    """Whether some corner of the pattern of arcs is in both.

    What they share is faces of that pattern, and each face has a corner, or a whole circle around.
    """
    if any(a.has(arc.start) and b.has(arc.start) for arc in arcs):
        return True
    met = (point for pair in combinations(arcs, 2) for point in crossings(*pair))
    return any(a.has(point) and b.has(point) for point in met)


def _side(depth: float) -> int:
    if abs(depth) <= TOLERANCE:
        return ON_BOUNDARY
    return INSIDE if depth > 0 else OUTSIDE


def _sum(points: Iterable[Vector]) -> Vector:
    x, y, z = (math.fsum(numbers) for numbers in zip(*points, strict=True))
    return x, y, z


def _polygon(corners: Sequence[Vector]) -> Shape:
    distinct = [c for i, c in enumerate(corners) if angle(c, corners[i - 1]) > TOLERANCE]
    return _Polygon(distinct) if len(distinct) > 1 else Disc(corners[0], 0.0)


def _edges(corners: Sequence[Vector]) -> Iterable[Arc]:
    for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
        if angle(a, negated(b)) > TOLERANCE:
            ways = [great_arc(a, b)]
        else:
            # no shorter way is between antipodes: any is as good
            middle = perpendicular(a)
            ways = [great_arc(a, middle), great_arc(middle, b)]
        yield from (way for way in ways if way is not None)


def _box(box: Box) -> Shape:
    centre, east, north = _axes(box)
    across, up = math.radians(box.width) / 2, math.radians(box.height) / 2
    is_wide, is_high = across >= QUARTER_TURN, up >= QUARTER_TURN
    if is_wide and is_high:
        return Disc(centre, QUARTER_TURN)
    poles = [centre]
    for arm, half, is_open in ((east, across, is_wide), (north, up, is_high)):
        if not is_open:
            poles += [combined(math.sin(half), centre, s * math.cos(half), arm) for s in (1, -1)]
    if is_wide or is_high:
        arm, half, along = (north, up, east) if is_wide else (east, across, north)
        return _Convex(centre, poles, tuple(_lune(centre, arm, half, along)))
    corners = []
    for sign_x, sign_y in ((1, 1), (-1, 1), (-1, -1), (1, -1)):
        side = combined(sign_x * math.tan(across), east, sign_y * math.tan(up), north)
        corners.append(normalised(combined(1, centre, 1, side)) or centre)
    edges = [great_arc(a, b) for a, b in zip(corners, corners[1:] + corners[:1], strict=True)]
    arcs = tuple(edge for edge in edges if edge is not None)
    return _Convex(centre, poles, arcs or (circle(centre, 0.0),))


def _axes(box: Box) -> tuple[Vector, Vector, Vector]:
    """The middle of a box, and the points a quarter of a turn to its east and north."""
    ra = box.ra % 360
    return unit(ra, box.dec), unit(ra + 90, 0), unit(ra, box.dec + 90)


def _lune(centre: Vector, arm: Vector, half: float, along: Vector) -> Iterable[Arc]:
    """Both sides of what is within an angle from the middle on one arm and ends on the other."""
    for sign in (1, -1):
        middle = combined(math.cos(half), centre, sign * math.sin(half), arm)
        yield Arc(cross(negated(along), middle), QUARTER_TURN, negated(along), HALF_TURN)
