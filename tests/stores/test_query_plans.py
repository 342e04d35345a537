"""The statements of a walk read indexes, however large the catalogue is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event
from support.catalogue import EX, prov, push

from provstore.factory import Services
from provstore.model.lineage import Agents, Bounds, Direction, LineageQuestion, SapQuestion

_JOBS = " ".join(
    f"wasGeneratedBy(e{n}, a{n}) used(a{n}, e{n - 1}) wasAssociatedWith(a{n}, ag, plan)"
    f"wasConfiguredBy(a{n}, cfg) wasStartedBy(a{n}, -, a{n - 1}) hadMember(all, e{n})"
    f"isDescribedBy(a{n}, desc) entity(e{n})"
    for n in range(1, 60)
)
_STATEMENT = re.compile(r"\s*(?:SELECT|WITH)\b", re.IGNORECASE)
Plan = list[str]


@pytest.fixture
def plans(archive: Services) -> Iterator[dict[str, Plan]]:
    """The plan of every statement that is run while the fixture is in use."""
    told = {f"e{n}": {"ex:doi": f"10.1/{n // 2}"} for n in range(1, 60)}
    push(archive, prov(_JOBS + "wasGeneratedBy(all, merge)", told))
    found: dict[str, Plan] = {}
    engine = archive._database.engine

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:  # noqa: ANN401  the driver's own types
        if _STATEMENT.match(statement) and statement not in found:
            found[statement] = []
            rows = cursor.connection.execute("EXPLAIN QUERY PLAN " + statement, parameters)
            found[statement] = [row[3] for row in rows]

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


QUESTIONS = [
    LineageQuestion((EX + "e50",)),
    LineageQuestion((EX + "e50",), bounds=Bounds(steps=3)),
    LineageQuestion((EX + "e50",), bounds=Bounds(stop=("DL3",)), descriptions=2),
    LineageQuestion((EX + "e5",), Direction.FORTH),
    LineageQuestion((EX + "e5",), Direction.BOTH, agents=Agents.WALK),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=range(len(QUESTIONS)))
def test_lineage_scans_nothing(
    archive: Services, plans: dict[str, Plan], question: LineageQuestion
) -> None:
    assert len(archive.lineage.ask(question).nodes) > 10
    check(plans)
    used = " ".join(line for plan in plans.values() for line in plan)
    assert "ix_relation_subj" in used
    if question.direction is not Direction.BACK:
        assert "ix_relation_obj" in used


def test_provsap_scans_nothing(archive: Services, plans: dict[str, Plan]) -> None:
    question = SapQuestion((EX + "e50",), None, members=True, walk_agents=True, descriptions=2)
    assert len(archive.lineage.sap(question).nodes) > 10
    check(plans)


def check(plans: dict[str, Plan]) -> None:
    assert plans
    for statement, plan in plans.items():
        if statement.startswith("SELECT EXISTS") and "WHERE" not in statement:
            continue  # ends at the first row, if there is any
        for line in plan:
            assert not re.match(r"SCAN (?:relation|element|body|tie|alias|gen)", line), (
                statement,
                plan,
            )
            assert "BLOOM FILTER" not in line, (statement, plan)
            assert "AUTOMATIC" not in line, (statement, plan)
