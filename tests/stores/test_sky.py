"""Datasets are found by where they are on the sky, on either engine alike."""

import math
import random
from pathlib import Path
from typing import Final

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from support.places import Rows, at, fill
from support.touching import CASES

from provstore.errors import BadParameterError
from provstore.factory import Services
from provstore.model.regions import Circle, Polygon, Position, Region, Union, parse_region
from provstore.model.shapes import shape_of, touch
from provstore.model.sphere import Vector, combined, perpendicular, unit
from provstore.stores.catalogue.sky import MOST_SIDES

PLACES: Final[Rows] = {
    "crab": {"s_ra": 83.6331, "s_dec": 22.0145},
    "near-crab": {"s_ra": 84.1, "s_dec": 22.2},
    "pole-0": {"s_ra": 0, "s_dec": 89.9},
    "pole-180": {"s_ra": 180, "s_dec": 89.9},
    "south": {"s_ra": 10, "s_dec": -89.95},
    "before-0": {"s_ra": 359.95, "s_dec": 10},
    "at-0": {"s_ra": 0, "s_dec": 10},
    "after-0": {"s_ra": 0.05, "s_dec": 10},
    "half-told": {"s_ra": 20},
    "nowhere": {},
}
EVERYWHERE: Final = sorted(set(PLACES) - {"half-told", "nowhere"})


AT: Final = [
    ("circle 83.6331 22.0145 1", ["crab", "near-crab"]),
    ("circle 83.6331 22.0145 0.1", ["crab"]),
    ("circle 90 90 0.2", ["pole-0", "pole-180"]),
    ("circle 0 89.9 0.15", ["pole-0"]),
    ("circle 200 -90 0.1", ["south"]),
    ("circle 0 10 0.1", ["after-0", "at-0", "before-0"]),
    ("circle 359.99 10 0.1", ["after-0", "at-0", "before-0"]),
    ("circle 359.99 10 0.02", ["at-0"]),
    ("circle 20 60 1", []),
    ("circle 20 60 180", EVERYWHERE),
    ("NOT (circle 20 0 0)", EVERYWHERE),
    ("position 0 10", ["at-0"]),
    ("position 360 10", ["at-0"]),
    ("position 0 10.0000001", []),
    ("range 359.9 0.01 9 11", ["at-0", "before-0"]),
    ("box 0 90 1 0.02", []),
    ("box 0 90 0.02 1", ["pole-0", "pole-180"]),
    ("polygon 359.9 9 359.9 11 0.1 11 0.1 9", ["after-0", "at-0", "before-0"]),
    ("UNION (circle 0 89.9 0.15 circle 84.1 22.2 0.1)", ["near-crab", "pole-0"]),
    ("INTERSECTION (circle 0 10 0.1 range 0 1 0 20)", ["after-0", "at-0"]),
]


def test_datasets_without_region_are_where_their_position_is(archive: Services) -> None:
    fill(archive, PLACES)
    for region, names in AT:
        assert at(archive, region) == names, region


def test_a_region_counts_and_not_the_position(archive: Services) -> None:
    rows: Rows = {
        "elsewhere": {"s_ra": 10, "s_dec": 10, "s_region": "CIRCLE ICRS 200 -40 2"},
        "alone": {"s_region": "CIRCLE ICRS 200 -40 2"},
        "position": {"s_ra": 10, "s_dec": 10},
    }
    fill(archive, rows)
    assert at(archive, "circle 10 10 1") == ["position"]
    assert at(archive, "position 200 -41.9") == ["alone", "elsewhere"]


def test_regions_by_hand(archive: Services) -> None:
    """All that touch, and none that does not, of those for which it was said."""
    names = {region: str(n) for n, region in enumerate(dict.fromkeys(one for one, _, _ in CASES))}
    fill(archive, {name: {"s_region": region} for region, name in names.items()})
    asked: dict[str, dict[str, bool]] = {}
    for one, other, is_so in CASES:
        asked.setdefault(other, {})[names[one]] = is_so
    for region, told in asked.items():
        found = set(at(archive, region))
        assert {name: name in found for name in told} == told, region
    for region, name in names.items():
        is_empty = any(one == region and other == "circle 0 0 180" for one, other, _ in CASES)
        assert (name in at(archive, region)) or is_empty, region
    assert archive.maintenance.doctor() == []


# -- compared with others


def _near(centre: Vector, reach: float, turned: float) -> Position:
    """The point at a distance (rad) and a position angle from another."""
    east = perpendicular(centre)
    north = (
        centre[1] * east[2] - centre[2] * east[1],
        centre[2] * east[0] - centre[0] * east[2],
        centre[0] * east[1] - centre[1] * east[0],
    )
    away = combined(math.cos(turned), east, math.sin(turned), north)
    x, y, z = combined(math.cos(reach), centre, math.sin(reach), away)
    return Position(
        math.degrees(math.atan2(y, x)) % 360, math.degrees(math.atan2(z, math.hypot(x, y)))
    )


def _some(seed: random.Random, count: int) -> dict[str, Position | Circle | Polygon]:
    """Positions, circles and star-shaped polygons, many of them near others, at poles and at 0."""
    middles = [unit(0, 90), unit(0, -90), unit(0, 0), unit(359.999, 40), unit(83.6, 22)]
    found: dict[str, Position | Circle | Polygon] = {}
    for number in range(count):
        if seed.random() < 0.3:
            middle = unit(seed.uniform(0, 360), math.degrees(math.asin(seed.uniform(-1, 1))))
        else:
            middle = unit(
                *_near(seed.choice(middles), 10 ** seed.uniform(-5, 0), seed.uniform(0, 7))
            )
        size = 10 ** seed.uniform(-6, 0.1)
        match number % 3:
            case 0:
                found[f"position-{number}"] = _near(middle, size, 1)
            case 1:
                found[f"circle-{number}"] = Circle(*_near(middle, size, 1), math.degrees(size))
            case _:
                corners = seed.randrange(3, 8)
                turns = sorted(seed.uniform(0, 1) for _ in range(corners))
                turns = [(n + 0.9 * turn) * math.tau / corners for n, turn in enumerate(turns)]
                star = tuple(_near(middle, size * seed.uniform(0.4, 1), turn) for turn in turns)
                found[f"polygon-{number}"] = Polygon(star[:: seed.choice([1, -1])])
    return found


def _written(region: Position | Circle | Polygon) -> dict[str, object]:
    match region:
        case Position(ra, dec):
            return {"s_ra": repr(ra), "s_dec": repr(dec)}
        case Circle(ra, dec, radius):
            return {"s_region": f"CIRCLE ICRS {ra!r} {dec!r} {radius!r}"}
        case Polygon(points):
            numbers = " ".join(f"{point.ra!r} {point.dec!r}" for point in points)
            return {"s_region": f"POLYGON ICRS {numbers}"}


def _seeded(number: int) -> random.Random:
    return random.Random(number)  # noqa: S311  no secret


def _one(number: int) -> Position | Circle | Polygon:
    *_, last = _some(_seeded(number), 1 + number % 3).values()
    return last


STORED: Final = _some(_seeded(1), 300)
SHAPES: Final = {name: shape_of(region) for name, region in STORED.items()}
REGIONS: Final = st.integers(0, 1_000_000).map(_one)


@pytest.fixture
def sky(archive: Services) -> Services:
    fill(archive, {name: _written(region) for name, region in STORED.items()})
    return archive


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(region=REGIONS, other=REGIONS)
def test_what_is_found_is_what_touches(sky: Services, region: Region, other: Region) -> None:
    """Without an index, one by one: so both engines find the same."""
    for asked in (region, Union((region, other))):
        shape = shape_of(asked)
        wanted = sorted(name for name, stored in SHAPES.items() if touch(shape, stored))
        assert at(sky, asked) == wanted


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(centre=REGIONS, power=st.floats(-5, 2.25))
def test_cones_find_the_positions_and_circles_that_astropy_finds(
    sky: Services, centre: Position | Circle | Polygon, power: float
) -> None:
    ra, dec, *_ = centre.points[0] if isinstance(centre, Polygon) else centre
    radius = min(10**power, 180.0)
    found = {name for name in at(sky, Circle(ra, dec, radius)) if not name.startswith("poly")}
    discs = {name: r for name, r in STORED.items() if not isinstance(r, Polygon)}
    places = SkyCoord(
        [disc[0] for disc in discs.values()], [d[1] for d in discs.values()], unit="deg"
    )
    apart = places.separation(SkyCoord(ra, dec, unit="deg")).to_value(u.deg)
    reach = [radius + (disc.radius if isinstance(disc, Circle) else 0) for disc in discs.values()]
    assert found == {
        name for name, far, most in zip(discs, apart, reach, strict=True) if far <= most + 1e-10
    }


@pytest.mark.postgres
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(region=REGIONS)
def test_what_is_found_is_what_pg_sphere_says(
    sky: Services, region: Position | Circle | Polygon
) -> None:
    of_type, asked = _sphere(region)
    statement = text(_OVERLAPPING[of_type])
    polygons = {name: _sphere(r)[1] for name, r in STORED.items() if isinstance(r, Polygon)}
    with sky._database.engine.connect() as connection:
        connection.execute(text("CREATE TEMP TABLE truth (name text, region spoly)"))
        rows = [{"name": name, "region": region} for name, region in polygons.items()]
        connection.execute(text("INSERT INTO truth VALUES (:name, CAST(:region AS spoly))"), rows)
        wanted = connection.execute(statement, {"asked": asked}).scalars().all()
    assert [name for name in at(sky, region) if name in polygons] == sorted(wanted)


_OVERLAPPING: Final = {
    "scircle": "SELECT name FROM truth WHERE region && CAST(:asked AS scircle)",
    "spoly": "SELECT name FROM truth WHERE region && CAST(:asked AS spoly)",
}


def _sphere(region: Position | Circle | Polygon) -> tuple[str, str]:
    match region:
        case Position(ra, dec):
            return "scircle", f"<({ra}d,{dec}d),0d>"
        case Circle(ra, dec, radius):
            return "scircle", f"<({ra}d,{dec}d),{radius}d>"
        case Polygon(points):
            return "spoly", "{" + ",".join(f"({point.ra}d,{point.dec}d)" for point in points) + "}"


@pytest.mark.samples
@pytest.mark.parametrize("suffix", ["ecsv", "vot"])
def test_cones_in_the_hess_table(archive: Services, samples: Path, suffix: str) -> None:
    """The counts that astropy computes from the file, around targets and poles."""
    path = samples / "gammapy" / "generated-2.1" / f"hess_dl3_dr1_obscore.{suffix}"
    archive.ingest.push_obscore(path.read_bytes(), name=path.name)
    table = Table.read(path)
    pointings = SkyCoord(table["s_ra"], table["s_dec"])
    assert len(table) == 105
    for (ra, dec), counts in HESS_CONES.items():
        apart = pointings.separation(SkyCoord(ra, dec, unit="deg")).to_value(u.deg)
        for radius, count in zip((0.4, 1, 5, 30, 90, 180), counts, strict=True):
            inside = [str(obs_id) for obs_id in table["obs_id"][apart <= radius]]
            assert at(archive, Circle(ra, dec, radius)) == sorted(inside), (ra, dec, radius)
            assert len(inside) == count


HESS_CONES: Final = {
    (83.633333, 22.014444): (0, 2, 4, 9, 22, 105),  # Crab Nebula
    (329.716938, -30.225588): (0, 21, 21, 26, 86, 105),  # PKS 2155-304
    (228.529, -59.1575): (11, 20, 20, 39, 87, 105),  # MSH 15-52
    (83.8667, -69.2697): (0, 1, 1, 6, 90, 105),  # SN 1987A
    (0.0, -30.0): (0, 0, 0, 30, 90, 105),
    (359.9, -30.0): (0, 0, 0, 30, 90, 105),
    (0.0, 90.0): (0, 0, 0, 0, 18, 105),
    (123.0, -90.0): (0, 0, 0, 4, 87, 105),
}
"""How many are within the radii above, as astropy counts them."""


def test_a_region_of_many_sides_is_refused(archive: Services) -> None:
    numbers = " ".join(f"{n * 0.3} {n % 2}" for n in range(MOST_SIDES + 1))
    with pytest.raises(BadParameterError, match=r"1001 sides.*at most 1000 sides"):
        at(archive, parse_region(f"polygon {numbers}"))
