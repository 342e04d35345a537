"""What regions are on the sphere, by hand and compared with other computations."""

import math

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord
from hypothesis import assume, given
from hypothesis import strategies as st
from support.touching import CASES

from provstore.model.regions import Circle, Polygon, Position, parse_region
from provstore.model.shapes import shape_of, touch
from provstore.model.sphere import TOLERANCE, Vector, angle, combined, cross, dot, unit


@pytest.mark.parametrize(("one", "other", "is_so"), CASES)
def test_whether_two_regions_touch(one: str, other: str, is_so: bool) -> None:  # noqa: FBT001  what is expected
    a, b = (shape_of(parse_region(text)) for text in (one, other))
    assert touch(a, b) is is_so
    assert touch(b, a) is is_so


# -- compared with others

DECLINATIONS = st.one_of(
    st.floats(-90, 90), st.sampled_from([-90.0, -89.9999999, -1e-9, 0.0, 60.0, 89.9999999, 90.0])
)
ASCENSIONS = st.one_of(st.floats(0, 360), st.sampled_from([0.0, 1e-9, 180.0, 359.9999999, 360.0]))
POSITIONS = st.builds(Position, ASCENSIONS, DECLINATIONS)
RADII = st.one_of(st.floats(0, 180), st.floats(-9, 2).map(lambda power: 10**power))


@given(POSITIONS, POSITIONS, RADII, RADII)
def test_circles_touch_where_their_centres_are_near(
    a: Position, b: Position, r: float, s: float
) -> None:
    apart = SkyCoord(*a, unit="deg").separation(SkyCoord(*b, unit="deg")).to_value(u.deg)
    assume(abs(apart - (r + s)) > 1e-8)
    one, other = shape_of(Circle(*a, r)), shape_of(Circle(*b, s))
    assert touch(one, other) is bool(apart < r + s)


@st.composite
def convex_polygons(draw: st.DrawFn) -> tuple[Polygon, list[Vector]]:
    """One with its corners on a circle, in order, and the inward poles of its sides."""
    centre = draw(POSITIONS)
    radius = math.radians(draw(st.floats(0.001, 85)))
    turns = sorted(draw(st.lists(st.integers(0, 71), min_size=3, max_size=8, unique=True)))
    north, east = unit(centre.ra, centre.dec + 90), unit(centre.ra + 90, 0)
    corners = []
    for turned in (math.radians(5 * turn) for turn in turns):
        away = combined(math.cos(turned), east, math.sin(turned), north)
        corners.append(combined(math.cos(radius), unit(*centre), math.sin(radius), away))
    polygon = Polygon(tuple(map(_position, corners)))
    points = [unit(*position) for position in polygon.points]
    poles = [cross(a, b) for a, b in zip(points, points[1:] + points[:1], strict=True)]
    return (Polygon(polygon.points[::-1]) if draw(st.booleans()) else polygon), poles


def _position(point: Vector) -> Position:
    x, y, z = point
    return Position(
        math.degrees(math.atan2(y, x)) % 360, math.degrees(math.atan2(z, math.hypot(x, y)))
    )


@given(convex_polygons(), POSITIONS, st.lists(st.floats(0.01, 1), min_size=8, max_size=8))
def test_points_in_convex_polygons(
    told: tuple[Polygon, list[Vector]], anywhere: Position, weights: list[float]
) -> None:
    polygon, poles = told
    corners = [unit(*corner) for corner in polygon.points]
    # what is inside is what has only positive parts of the corners
    within = (0.0, 0.0, 0.0)
    for weight, corner in zip(weights, corners, strict=False):
        within = combined(1, within, weight, corner)
    shape = shape_of(polygon)
    assert touch(shape, shape_of(_position(within)))
    point = unit(*anywhere)
    heights = [dot(pole, point) for pole in poles]
    assume(min(map(abs, heights)) > 1e-9)
    # of a polygon that is thinner than the tolerance no side says more than its neighbour
    assume(shape.cap.inner > 1e-9)
    assert touch(shape, shape_of(anywhere)) is all(height > 0 for height in heights)


@given(convex_polygons(), POSITIONS)
def test_caps_hold_their_polygon_and_are_in_it(
    told: tuple[Polygon, list[Vector]], anywhere: Position
) -> None:
    shape, point = shape_of(told[0]), unit(*anywhere)
    apart = angle(shape.cap.centre, point)
    if shape.has(point):
        assert apart <= shape.cap.outer + TOLERANCE
    else:
        assert apart >= shape.cap.inner - TOLERANCE
