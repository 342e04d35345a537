"""Regions as s_region writes them: STC-S of TAP 1.0, and the shapes of DALI."""

import pytest

from provstore.model.regions import (
    Box,
    Circle,
    Complement,
    Intersection,
    Polygon,
    Position,
    Range,
    Region,
    RegionError,
    Union,
    parse_region,
)

TRIANGLE = Polygon((Position(1, 1), Position(2, 1), Position(2, 2)))


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("CIRCLE ICRS 83.6 22.0 2.5", Circle(83.6, 22.0, 2.5)),
        ("Circle ICRS GEOCENTER SPHERICAL2 83.6 -22 2.5", Circle(83.6, -22.0, 2.5)),
        ("circle 83.6 22 0", Circle(83.6, 22.0, 0.0)),
        ("CIRCLE FK5 TOPOCENTER 0 90 180", Circle(0.0, 90.0, 180.0)),
        ("Circle  UNKNOWNFRAME 360 -90 1e-3", Circle(360.0, -90.0, 0.001)),
        ("Position ICRS 10 20", Position(10, 20)),
        ("BOX ICRS 10 20 4 2", Box(10, 20, 4, 2)),
        ("POLYGON ICRS 1 1 2 1 2 2", TRIANGLE),
        ("polygon 1,1,2,1,2,2", TRIANGLE),
        ("1 1 2 1 2 2", TRIANGLE),
        ("10 20 1.5", Circle(10, 20, 1.5)),
        ("10 20", Position(10, 20)),
        ("range 10 20 -5 5", Range(10, 20, -5, 5)),
        ("range 359 1 -1 1", Range(359, 1, -1, 1)),
        ("Union ICRS (Circle 1 2 3 Polygon 1 1 2 1 2 2)", Union((Circle(1, 2, 3), TRIANGLE))),
        (
            "INTERSECTION (circle 1 2 3, NOT (position 1 2))",
            Intersection((Circle(1, 2, 3), Complement(Position(1, 2)))),
        ),
    ],
)
def test_it_is_read(text: str, region: Region) -> None:
    assert parse_region(text) == region


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "an empty text is no shape"),
        ("HEXAGON 1 2 3", "HEXAGON is no shape"),
        ("CIRCLE ICRS 1 2", "CIRCLE has 3 numbers, not 2"),
        ("CIRCLE 1 2 3 4", "CIRCLE has 3 numbers, not 4"),
        ("CIRCLE ICRS 1 2 x", "CIRCLE has 3 numbers, not 2"),
        ("CIRCLE ICRS 1 2 3 x", "nothing may follow the region, but 'x' does"),
        ("CIRCLE GALACTIC 1 2 3", "it is in GALACTIC: coordinates of ObsCore are ICRS"),
        ("CIRCLE 361 2 3", "the right ascension 361.0 is not within 0 to 360"),
        ("CIRCLE 1 -91 3", "the declination -91.0 is not within -90 to 90"),
        ("CIRCLE 1 2 -3", "the radius -3.0 is not within 0 to 180"),
        ("CIRCLE 1 2 181", "the radius 181.0 is not within 0 to 180"),
        ("CIRCLE 1 2 1e999", "a number in it is not finite"),
        ("CIRCLE nan 2 3", "CIRCLE has 3 numbers, not 0"),
        ("BOX 1 2 3 -4", "the height -4.0 is not within 0 to 180"),
        ("POLYGON 1 1 2 2", "at least 3 points of two numbers, not 4 numbers"),
        ("POLYGON 1 1 2 1 2 2 3", "not 7 numbers"),
        ("1 2 3 4", "not 4 numbers"),
        ("RANGE 10 20 1 0", "the lower declination of the range is above the upper one"),
        ("UNION CIRCLE 1 2 3", "UNION needs its regions in parentheses"),
        ("UNION (CIRCLE 1 2 3", "the parenthesis of UNION is not closed"),
        ("UNION (CIRCLE 1 2 3)", "UNION has at least two regions, not 1"),
        ("NOT (CIRCLE 1 2 3 CIRCLE 1 2 3)", "NOT has one region, not 2"),
        ("NOT (" * 30 + "CIRCLE 1 2 3" + ")" * 30, "more than 20 deep"),
        ("POLYGON " + "1 " * 100_001, "more than 100000 words and numbers"),
    ],
)
def test_it_is_none(text: str, why: str) -> None:
    with pytest.raises(RegionError) as error:
        parse_region(text)
    assert why in str(error.value)
