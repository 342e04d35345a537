"""Points, circles and arcs on the unit sphere: exact, without a projection.

Points are unit vectors, angles radians. Distances come from half of the angle, which is exact for
neighbours and for antipodes alike; its cosine is for neither.
"""

import math
from collections.abc import Iterator
from typing import Final, NamedTuple

Vector = tuple[float, float, float]

TOLERANCE: Final = 1e-11
"""Two millionths of an arc second: what is this near to a boundary is on it."""
HALF_TURN: Final = math.pi
QUARTER_TURN: Final = math.pi / 2
TURN: Final = 2 * math.pi
_TINY: Final = 1e-15
"""Lengths below are rounding alone."""


def unit(ra: float, dec: float) -> Vector:
    """The point at a right ascension and a declination, both in degrees."""
    longitude, latitude = math.radians(ra), math.radians(dec)
    across = math.cos(latitude)
    return across * math.cos(longitude), across * math.sin(longitude), math.sin(latitude)


def dot(a: Vector, b: Vector) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    """The vector product."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def combined(s: float, a: Vector, t: float, b: Vector) -> Vector:
    """The vector ``s a + t b``."""
    return s * a[0] + t * b[0], s * a[1] + t * b[1], s * a[2] + t * b[2]


def negated(a: Vector) -> Vector:
    """The antipode."""
    return -a[0], -a[1], -a[2]


def normalised(a: Vector) -> Vector | None:
    """The point in a direction; None of a vector that is none but for rounding."""
    length = math.hypot(*a)
    return None if length < _TINY else (a[0] / length, a[1] / length, a[2] / length)


def perpendicular(a: Vector) -> Vector:
    """A point a quarter of a turn away, always the same."""
    x, y, z = a
    across = math.hypot(x, y)
    # from the pole of the coordinates, unless the point is there
    return (y / across, -x / across, 0.0) if across > abs(z) / 2 else _from_meridian(x, z)


def _from_meridian(x: float, z: float) -> Vector:
    across = math.hypot(x, z)
    return -z / across, 0.0, x / across


def angle(a: Vector, b: Vector) -> float:
    """How far two points are apart."""
    return 2 * math.atan2(math.dist(a, b), math.hypot(a[0] + b[0], a[1] + b[1], a[2] + b[2]))


class Arc(NamedTuple):
    """A part of a circle, counter-clockwise around its axis as seen from outside of the sphere."""

    axis: Vector
    radius: float
    """From the axis: a quarter of a turn for a great circle."""
    start: Vector
    length: float
    """The angle around the axis; a turn for the whole circle."""

    @property
    def end(self) -> Vector:
        """Where it ends."""
        return self.point(self.length)

    def point(self, turned: float) -> Vector:
        """The point behind an angle around the axis from the start."""
        along = combined(1, self.start, -dot(self.axis, self.start), self.axis)
        x, y, z = combined(math.cos(turned), along, math.sin(turned), cross(self.axis, along))
        up = math.cos(self.radius)
        return x + up * self.axis[0], y + up * self.axis[1], z + up * self.axis[2]

    def covers(self, point: Vector) -> bool:
        """Whether the meridian of a point, from the axis, meets it; its ends within the tolerance.

        For a point of its circle: whether it is on the arc.
        """
        if self.length >= TURN:
            return True
        slack = TOLERANCE / max(math.sin(self.radius), TOLERANCE)
        turned = self._turned(point)
        return turned <= self.length + slack or turned >= TURN - slack

    def _turned(self, point: Vector) -> float:
        axis, start = self.axis, self.start
        along = dot(start, point) - dot(axis, start) * dot(axis, point)
        return math.atan2(dot(axis, cross(start, point)), along) % TURN

    def nearest(self, point: Vector) -> float:
        """The distance to its nearest point."""
        if self.covers(point):
            return abs(angle(self.axis, point) - self.radius)
        return min(angle(point, self.start), angle(point, self.end))

    def farthest(self, point: Vector) -> float:
        """The distance to its farthest point."""
        return HALF_TURN - self.nearest(negated(point))


def great_arc(a: Vector, b: Vector) -> Arc | None:
    """The shorter way between two points; None where they are one or antipodes."""
    axis = normalised(cross(a, b))
    return None if axis is None else Arc(axis, QUARTER_TURN, a, angle(a, b))


def circle(centre: Vector, radius: float) -> Arc:
    """A whole circle."""
    start = combined(math.cos(radius), centre, math.sin(radius), perpendicular(centre))
    return Arc(centre, radius, start, TURN)


def crossings(a: Arc, b: Arc) -> Iterator[Vector]:
    """Where two arcs meet; of two on one circle nothing: their ends say it."""
    between = cross(a.axis, b.axis)
    sine = dot(between, between)
    if sine < _TINY**2:
        return
    cosine = dot(a.axis, b.axis)
    up_a, up_b = math.cos(a.radius), math.cos(b.radius)
    base = combined((up_a - cosine * up_b) / sine, a.axis, (up_b - cosine * up_a) / sine, b.axis)
    height = (1 - dot(base, base)) / sine
    if height < -TOLERANCE / sine:
        return
    reach = math.sqrt(max(height, 0.0))
    for sign in (reach, -reach):
        point = normalised(combined(1, base, sign, between))
        if point is not None and a.covers(point) and b.covers(point):
            yield point
