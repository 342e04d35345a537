"""Searches by place and time read indexes, however large the catalogue is."""

from typing import Any

import pytest
from sqlalchemy import event, select, text
from support.engines import is_postgres
from support.places import fill

from provstore.factory import Services
from provstore.model.regions import parse_region
from provstore.model.search import Span
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.spans import observed_in
from provstore.stores.catalogue.tables import obscore


@pytest.fixture
def many(archive: Services) -> Services:
    """Three thousand records all over the sky, in circles of half a degree, on as many days."""
    rows = {
        str(n): {
            "s_region": f"CIRCLE ICRS {n * 37 % 360} {n % 179 - 89} 0.5",
            "t_min": 57000 + n,
            "t_max": 57000.01 + n,
        }
        for n in range(3000)
    }
    fill(archive, rows)
    with archive._database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
    return archive


def plans(archive: Services, *conditions: Any) -> str:  # noqa: ANN401  functions of a transaction
    """How the statements are run that decide and use conditions."""
    how = "EXPLAIN " if is_postgres() else "EXPLAIN QUERY PLAN "
    found: list[str] = []

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:  # noqa: ANN401  the driver's own types
        if statement.startswith("SELECT"):
            rows = cursor.connection.execute(how + statement, parameters)
            found.extend(row[-1].strip() for row in rows)

    event.listen(archive._database.engine, "before_cursor_execute", explain)
    with archive._database.reading() as tx:
        for condition in conditions:
            tx.execute(select(obscore.c.obs_id).where(condition(tx))).all()
    event.remove(archive._database.engine, "before_cursor_execute", explain)
    return "\n".join(found)


@pytest.mark.parametrize(
    "region", ["circle 83.6 22 1", "circle 0 90 1", "position 0 0", "box 359.9 -20 2 1"]
)
def test_places_are_found_by_their_index(many: Services, region: str) -> None:
    def condition(tx: Transaction) -> Any:  # noqa: ANN401  of SQLAlchemy
        return touches(tx, parse_region(region))

    plan = plans(many, condition)
    index = "ix_footprint_cap" if is_postgres() else "SCAN footprint_box VIRTUAL TABLE INDEX 2"
    assert plan.count(index) == 2, plan  # what decides, and what finds
    assert "Seq Scan" not in plan, plan
    assert "SCAN obscore" not in plan, plan
    assert "SCAN footprint\n" not in plan, plan


def test_times_are_found_by_their_index(many: Services) -> None:
    plan = plans(many, lambda _: observed_in([Span(58000.0, 58001.0)]))
    assert "ix_observed_time" in plan, plan
    assert "Seq Scan" not in plan, plan
    assert "SCAN ob" not in plan, plan
