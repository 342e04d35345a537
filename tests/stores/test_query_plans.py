"""The statements of a walk read indexes, however large the catalogue is."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, text
from support.catalogue import EX, prov, push
from support.engines import is_postgres

from provstore.factory import Services
from provstore.model.lineage import Agents, Bounds, Direction, LineageQuestion, SapQuestion
from provstore.model.search import Condition, Operator, SearchQuestion

_JOBS = " ".join(
    f"wasGeneratedBy(e{n}, a{n}) used(a{n}, e{n - 1}) wasAssociatedWith(a{n}, ag, plan)"
    f"wasConfiguredBy(a{n}, cfg) wasStartedBy(a{n}, -, a{n - 1}) hadMember(all, e{n})"
    f"isDescribedBy(a{n}, desc) entity(e{n})"
    for n in range(1, 60)
)
_STATEMENT = re.compile(r"\s*(?:SELECT|WITH|UPDATE|DELETE)\b", re.IGNORECASE)
_SCAN = re.compile(
    r"^SCAN (?:relation|element|body|tie|alias|gen|parameter)"
    r"|Seq Scan on (?:relation|element|body|tie|alias|parameter)"
)
Plan = list[str]


@pytest.fixture
def plans(archive: Services) -> Iterator[dict[str, Plan]]:
    """The plan of every statement that is run while the fixture is in use."""
    told = {f"e{n}": {"ex:doi": f"10.1/{n // 2}"} for n in range(1, 60)}
    push(archive, prov(_JOBS + "wasGeneratedBy(all, merge)", told))
    if is_postgres():
        grow(archive)
    found: dict[str, Plan] = {}
    engine = archive._database.engine
    how = "EXPLAIN " if is_postgres() else "EXPLAIN QUERY PLAN "

    def explain(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:  # noqa: ANN401  the driver's own types
        if _STATEMENT.match(statement) and statement not in found:
            found[statement] = []
            rows = cursor.connection.execute(how + statement, parameters)
            found[statement] = [row[-1].strip() for row in rows]

    event.listen(engine, "before_cursor_execute", explain)
    yield found
    event.remove(engine, "before_cursor_execute", explain)


def grow(archive: Services) -> None:
    """Add what no question reaches: the planner of PostgreSQL reads small tables through."""
    with archive._database.writing() as tx:
        for statement in _MORE:
            tx.execute(text(statement))
    with archive._database.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("ANALYZE"))


_MORE = (
    """INSERT INTO element (id, iri, declared, inferred)
    SELECT 1000 + n, 'urn:x:' || n, 1, 0 FROM generate_series(1, 20000) n""",
    """INSERT INTO body SELECT 1000 + n, '{"prov:label": "' || n || '"}'
    FROM generate_series(1, 20000) n""",
    "INSERT INTO alias SELECT 1000 + n, 'x' || n, 9, 1000 + n FROM generate_series(1, 20000) n",
    """INSERT INTO relation (id, kind, subj, obj, bundle)
    SELECT 1000 + n, CASE n % 9 WHEN 0 THEN 9 ELSE 1 + n % 2 END, 1000 + n, 1001 + n, 0
    FROM generate_series(1, 19999) n""",
    "INSERT INTO relation_end SELECT 1000 + n, 2, 1000 + n, NULL FROM generate_series(1, 19999) n",
    "INSERT INTO element_keywords SELECT 1000 + n, 1, 1 FROM generate_series(1, 20000) n",
    """INSERT INTO parameter SELECT 1000 + n, 'x' || n % 9, n || '', n
    FROM generate_series(1, 20000) n""",
    "INSERT INTO tie SELECT 1000 + n, 1001 + n, 3, 'x' || n FROM generate_series(1, 19999) n",
)

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


def test_ingest_and_retraction_scan_nothing(archive: Services, plans: dict[str, Plan]) -> None:
    again = "used(a1, e0) used(a1, -) used(-, e3) used(-, -) wasStartedBy(a9, -, a8)"
    told = {"e7": {"ex:doi": "10.1/1", "prov:label": "x"}}
    document = prov(again + "hadMember(all, e7) entity(e7) used(new, e7)", told)
    [first, second] = push(archive, prov("used(a1, -)  used(-, e3) used(-, -)"), document)
    assert second.known.relations == 6
    archive.ingest.retract(first.id)
    archive.ingest.retract(second.id)
    check(plans)


def check(plans: dict[str, Plan]) -> None:
    assert plans
    for statement, plan in plans.items():
        if re.search("EXISTS|LIMIT", statement) and not re.search(r"json_each|ANY\(", statement):
            continue  # ends at the first row, if there is any
        for line in plan:
            assert not _SCAN.search(line), (statement, plan)
            assert "BLOOM FILTER" not in line, (statement, plan)
            assert "AUTOMATIC" not in line, (statement, plan)


PARAMETERS = {
    "value": ("value = '7'", "ix_parameter_value"),
    "number": ("num BETWEEN 7 AND 7.5", "ix_parameter_num"),
    "larger": ("num > 19990", "ix_parameter_num"),
}


@pytest.mark.parametrize("asked", PARAMETERS)
def test_parameters_are_found_by_their_indexes(
    archive: Services, plans: dict[str, Plan], asked: str
) -> None:
    condition, index = PARAMETERS[asked]
    statement = f"SELECT activity FROM parameter WHERE name = 'x7' AND {condition}"  # noqa: S608  of our own
    with archive._database.reading() as tx:
        tx.execute(text(statement)).all()
    check(plans)
    assert index in " ".join(plans[statement])


@pytest.mark.sqlite
def test_products_of_a_target_are_found_by_its_level(
    archive: Services, plans: dict[str, Plan]
) -> None:
    head = "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_subtype,target_name\n"
    rows = "".join(f"ivo://x/y?{n},{n},DCO,3,DL{n % 5},Crab\n" for n in range(20))
    archive.ingest.push_obscore((head + rows).encode(), name="t.csv")
    level = Condition("dataproduct_subtype", Operator.EQUAL, "dl4")
    asked = SearchQuestion(target_names=("crab",), columns=(level,))
    assert archive.search.search(asked).total == 4
    used = " ".join(line for plan in plans.values() for line in plan)
    assert "ix_obscore_target_name (target_name=? AND latest=? AND <expr>=?)" in used
