"""Datasets at places on the sky, and what a region finds of them."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, select
from support.obscore import GOOD, csv_of

from provstore.factory import Services
from provstore.model.regions import Region, parse_region
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.tables import obscore

Rows = Mapping[str, Mapping[str, object]]


def fill(archive: Services, rows: Rows) -> str:
    """Push a table whose rows are given by obs_id; returns the number of its receipt."""
    table = [
        {**GOOD, "obs_id": name, "obs_publisher_did": did(name)}
        | {column: str(value) for column, value in row.items()}
        for name, row in rows.items()
    ]
    return archive.ingest.push_obscore(csv_of(*table), name="t.csv").receipt.id


def did(name: str) -> str:
    """The obs_publisher_did of a row."""
    return f"ivo://example.org/sky?{name}"


def at(archive: Services, region: str | Region) -> list[str]:
    """The obs_id of all rows that touch a region."""
    asked = parse_region(region) if isinstance(region, str) else region
    with archive._database.reading() as tx:
        statement = select(obscore.c.obs_id).where(touches(tx, asked))
        return sorted(tx.execute(statement).scalars())


def those(archive: Services, condition: ColumnElement[bool]) -> list[str]:
    """The obs_id of all rows of a condition."""
    with archive._database.reading() as tx:
        return sorted(tx.execute(select(obscore.c.obs_id).where(condition)).scalars())
