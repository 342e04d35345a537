"""Positions on the sky are found by their index, at the poles and across RA 0 too."""

import pytest
from sqlalchemy import text

from provstore.factory import Services

pytestmark = pytest.mark.postgres

_CONE = """
SELECT obs_id FROM obscore
WHERE spoint(radians(s_ra), radians(s_dec))
    <@ scircle(spoint(radians(:ra), radians(:dec)), radians(:radius))
ORDER BY obs_id
"""
PLACES = {
    "crab": (83.6331, 22.0145),
    "near-crab": (84.1, 22.2),
    "pole-0": (0.0, 89.9),
    "pole-180": (180.0, 89.9),
    "south": (10.0, -89.95),
    "before-0": (359.95, 10.0),
    "at-0": (0.0, 10.0),
    "after-0": (0.05, 10.0),
}

CONES = [
    (83.6331, 22.0145, 1.0, ["crab", "near-crab"]),
    (83.6331, 22.0145, 0.1, ["crab"]),
    (90.0, 90.0, 0.2, ["pole-0", "pole-180"]),
    (0.0, 89.9, 0.15, ["pole-0"]),
    (200.0, -90.0, 0.1, ["south"]),
    (0.0, 10.0, 0.1, ["after-0", "at-0", "before-0"]),
    (359.99, 10.0, 0.1, ["after-0", "at-0", "before-0"]),
    (359.99, 10.0, 0.02, ["at-0"]),
    (20.0, 60.0, 1.0, []),
]


@pytest.fixture
def sky(archive: Services) -> Services:
    """The places above, and many others south of the equator."""
    columns = "obs_id,obs_publisher_did,dataproduct_type,calib_level,obs_collection,s_ra,s_dec"
    header = f"{columns},facility_name,instrument_name"
    places = PLACES | {f"other{n}": (n % 360, -1.0 - n % 80) for n in range(3000)}
    lines = [
        f"{name},ivo://x/y?{name},event-list,2,c,{ra},{dec},f,i"
        for name, (ra, dec) in places.items()
    ]
    archive.ingest.push_obscore("\n".join([header, *lines]).encode(), name="t.csv")
    with archive._database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE obscore"))
    return archive


def test_cones(sky: Services) -> None:
    for ra, dec, radius, found in CONES:
        cone = {"ra": ra, "dec": dec, "radius": radius}
        with sky._database.reading() as tx:
            assert list(tx.execute(text(_CONE), cone).scalars()) == found, cone
            plan = " ".join(tx.execute(text("EXPLAIN " + _CONE), cone).scalars())
        assert "ix_obscore_position" in plan
        assert "Seq Scan" not in plan
