"""Datasets are found by where they are on the sky, on either engine alike."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from sqlalchemy import select
from support.obscore import GOOD, csv_of

from provstore.factory import Services
from provstore.model.regions import Region, parse_region
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.tables import obscore

Rows = Mapping[str, Mapping[str, object]]


def fill(archive: Services, rows: Rows) -> None:
    """Push a table; rows by obs_id."""
    table = [
        {
            **GOOD,
            "obs_id": name,
            "obs_publisher_did": f"ivo://x/y?{name}",
            **{column: str(value) for column, value in row.items()},
        }
        for name, row in rows.items()
    ]
    archive.ingest.push_obscore(csv_of(*table), name="t.csv")


def found(archive: Services, region: str | Region) -> list[str]:
    asked = parse_region(region) if isinstance(region, str) else region
    with archive._database.reading() as tx:
        statement = select(obscore.c.obs_id).where(touches(tx, asked)).order_by(obscore.c.obs_id)
        return list(tx.execute(statement).scalars())


PLACES: Final[Rows] = {
    "crab": {"s_ra": 83.6331, "s_dec": 22.0145},
    "near-crab": {"s_ra": 84.1, "s_dec": 22.2},
    "pole-0": {"s_ra": 0, "s_dec": 89.9},
    "pole-180": {"s_ra": 180, "s_dec": 89.9},
    "south": {"s_ra": 10, "s_dec": -89.95},
    "before-0": {"s_ra": 359.95, "s_dec": 10},
    "at-0": {"s_ra": 0, "s_dec": 10},
    "after-0": {"s_ra": 0.05, "s_dec": 10},
    "nowhere": {},
}
EVERYWHERE: Final = sorted(set(PLACES) - {"nowhere"})


@pytest.mark.parametrize(
    ("region", "names"),
    [
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
        ("position 0 10", ["at-0"]),
        ("position 360 10", ["at-0"]),
        ("position 0 10.0000001", []),
    ],
)
def test_positions_in_circles(archive: Services, region: str, names: list[str]) -> None:
    fill(archive, PLACES)
    assert found(archive, region) == names
