"""One contract for every engine: the same nodes, distances and relations for the same question.

The expected answer is that of the reference walk, which shares no code with any of them. The walk
over the catalogue has the same test in `tests/services/test_walk_reference.py`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.catalogue import EX, ask, depths, fresh, nodes, prov, push
from support.graph import bring_up_to_date
from support.reference_walk import Question
from support.stories import Story, check, sap_questions, stories
from support.stories import questions as any_question

from provstore.factory import Services
from provstore.model.lineage import Bounds, Direction, Lineage, LineageQuestion
from provstore.stores.catalogue import outbox, resolve
from provstore.stores.catalogue.database import Transaction
from provstore.stores.graph.sessions import Rows

# each example takes its document back, which the graph has to follow too
_drawn: Final = settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def archive(tmp_path: Path, neo4j: str) -> Iterator[Services]:
    services = fresh(tmp_path, graph_url=neo4j, graph_max_wait_s=0.05)
    bring_up_to_date(services)
    yield services
    services.close()


def ask_all(
    archive: Services, story: Story, questions: Sequence[Question], stop: tuple[str, ...] = ()
) -> None:
    [receipt] = push(archive, story.data)
    try:
        bring_up_to_date(archive)
        asked_neo4j(check(archive, story, questions, stop), questions)
    finally:
        archive.ingest.retract(receipt.id)


def asked_neo4j(answers: Sequence[Lineage], questions: Sequence[Question]) -> None:
    """Neo4j walked wherever it is to walk; a test of the catalogue alone would pass as well."""
    is_its_own = all(
        question.steps is None and (question.depth is None or question.depth > 2)
        for question in questions
    )
    if is_its_own:
        assert {answer.engine for answer in answers} <= {"neo4j"}


@_drawn
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.booleans())
def test_everything(archive: Services, story: Story, questions: list[Question], stop: bool) -> None:  # noqa: FBT001  drawn
    ask_all(archive, story, questions, ("STOP",) if stop else ())


@_drawn
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.integers(0, 5), st.booleans())
def test_within_a_depth(
    archive: Services,
    story: Story,
    questions: list[Question],
    depth: int,
    stop: bool,  # noqa: FBT001  drawn
) -> None:
    for question in questions:
        question.depth = depth
    ask_all(archive, story, questions, ("STOP",) if stop else ())


@_drawn
@given(stories(), st.lists(any_question, min_size=3, max_size=3), st.integers(0, 3))
def test_within_steps(
    archive: Services, story: Story, questions: list[Question], steps: int
) -> None:
    for question in questions:
        question.steps = steps
    ask_all(archive, story, questions)


@_drawn
@given(stories(), st.lists(sap_questions, min_size=3, max_size=3))
def test_provsap(archive: Services, story: Story, questions: list[Question]) -> None:
    ask_all(archive, story, questions)


def test_thirty_diamonds(archive: Services) -> None:
    diamonds = " ".join(
        f"wasDerivedFrom(d{n}, l{n}) wasDerivedFrom(d{n}, r{n}) "
        f"wasDerivedFrom(l{n}, d{n + 1}) wasDerivedFrom(r{n}, d{n + 1})"
        for n in range(30)
    )
    push(archive, prov(diamonds))
    bring_up_to_date(archive)
    found = ask(archive, "d0")
    assert found.engine == "neo4j"
    assert len(found.nodes) == 91
    assert depths(found)["d30"] == 60


def test_a_long_chain(archive: Services) -> None:
    push(archive, prov(" ".join(f"wasDerivedFrom(e{n}, e{n + 1})" for n in range(1000))))
    bring_up_to_date(archive)
    found = ask(archive, "e0")
    assert (found.engine, depths(found)["e1000"]) == ("neo4j", 1000)
    back = ask(archive, "e1000", direction=Direction.FORTH, bounds=Bounds(depth=10))
    assert nodes(back) == {f"e{n}" for n in range(990, 1001)}


def test_a_hub(archive: Services) -> None:
    jobs = (f"used(a{n}, hub) wasGeneratedBy(e{n}, a{n})" for n in range(2000))
    push(archive, prov(" ".join(jobs)))
    bring_up_to_date(archive)
    found = ask(archive, "hub", direction=Direction.FORTH)
    assert (found.engine, len(found.nodes)) == ("neo4j", 4001)
    cut = ask(archive, "hub", direction=Direction.FORTH, bounds=Bounds(limit=10))
    assert (cut.engine, len(cut.nodes), cut.cut) == ("neo4j", 10, "limit=10")
    assert max(depths(cut).values()) == 1


def test_what_the_graph_does_not_show_yet_is_in_the_answer(archive: Services) -> None:
    push(archive, prov("used(a, e) wasGeneratedBy(f, a)"))
    bring_up_to_date(archive)
    assert ask(archive, "f").engine == "neo4j"
    push(archive, prov("wasDerivedFrom(e, origin)"))
    found = ask(archive, "f")
    assert (found.engine, nodes(found)) == ("catalogue", {"f", "a", "e", "origin"})


def test_who_waited_in_vain_waits_for_the_others_too(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    push(archive, prov("used(a, e)"))
    bring_up_to_date(archive)
    push(archive, prov("used(a, later)"))
    server, sent = archive._neo4j, list[str]()
    assert server is not None
    read = server.read

    def counted(text: str, parameters: Mapping[str, Any]) -> Rows:
        sent.append(text)
        return read(text, parameters)

    monkeypatch.setattr(server, "read", counted)
    assert ask(archive, "a").engine == "catalogue"
    assert len(sent) > 1
    sent.clear()
    assert ask(archive, "a").engine == "catalogue"
    assert len(sent) == 1  # it asks once, in case the graph has come
    bring_up_to_date(archive)
    assert ask(archive, "a").engine == "neo4j"


def walk_from(archive: Services, tx: Transaction, name: str) -> tuple[str, int]:
    """Who walks back from an element in a snapshot, and how many nodes there are."""
    [plan] = LineageQuestion((EX + name,)).plans()
    roots = resolve.find(tx, EX + name).elements
    walk = archive.lineage._graph.walk(tx, roots, plan, Bounds())
    return walk.engine, len(walk.depth)


def test_a_graph_that_is_ahead_of_the_question_is_proved_right(archive: Services) -> None:
    push(archive, prov("used(a, e) wasGeneratedBy(f, a)"))
    bring_up_to_date(archive)
    with archive._database.reading() as tx:
        outbox.state(tx)  # the snapshot begins here
        push(archive, prov("wasGeneratedBy(g, b)"))
        bring_up_to_date(archive)
        assert walk_from(archive, tx, "f") == ("neo4j", 3)


def test_a_graph_that_is_ahead_of_the_question_is_proved_wrong(archive: Services) -> None:
    receipts = push(archive, prov("used(a, e) wasGeneratedBy(f, a)"), prov("used(a, gone)"))
    bring_up_to_date(archive)
    with archive._database.reading() as tx:
        outbox.state(tx)
        push(archive, prov("wasDerivedFrom(e, later)"))
        bring_up_to_date(archive)
        assert walk_from(archive, tx, "f") == ("catalogue", 4)
    with archive._database.reading() as tx:
        outbox.state(tx)
        archive.ingest.retract(receipts[1].id)
        bring_up_to_date(archive)
        assert walk_from(archive, tx, "f") == ("catalogue", 5)


def change(archive: Services, statement: str) -> None:
    """Change the graph behind its worker's back: it still says that it shows the catalogue."""
    assert archive._neo4j is not None
    archive._neo4j.auto(statement)


def test_a_graph_that_says_it_is_right_is_proved_all_the_same(archive: Services) -> None:
    """As a reader meets it while Neo4j commits: the new state beside the old relationships."""
    push(archive, prov("used(a, e) wasGeneratedBy(f, a) wasDerivedFrom(e, origin)"))
    bring_up_to_date(archive)
    assert ask(archive, "f").engine == "neo4j"
    change(archive, "MATCH ()-[r:WAS_DERIVED_FROM]->() DELETE r")
    found = ask(archive, "f")
    assert (found.engine, nodes(found)) == ("catalogue", {"f", "a", "e", "origin"})


def test_the_nearest_nodes_are_proved_to_be_the_nearest(archive: Services) -> None:
    """The numbers of `e0` to `e9` rise; the graph lacks the way to the first of them."""
    push(archive, prov(" ".join(f"wasDerivedFrom(f, e{n})" for n in range(10))))
    bring_up_to_date(archive)
    first_six = {"f", "e0", "e1", "e2", "e3", "e4"}
    found = ask(archive, "f", bounds=Bounds(limit=6))
    assert (found.engine, nodes(found), found.cut) == ("neo4j", first_six, "limit=6")
    change(archive, f"MATCH ()-[r:WAS_DERIVED_FROM]->({{iri: '{EX}e0'}}) DELETE r")
    found = ask(archive, "f", bounds=Bounds(limit=6))
    assert (found.engine, nodes(found), found.cut) == ("catalogue", first_six, "limit=6")


def test_that_there_is_more_than_the_limit_is_proved(archive: Services) -> None:
    push(archive, prov(" ".join(f"wasDerivedFrom(e{n}, e{n + 1})" for n in range(5))))
    bring_up_to_date(archive)
    made = "CREATE (n)-[:WAS_DERIVED_FROM {key: -1}]->(:Element {iid: 9000, iri: 'urn:x'})"
    change(archive, f"MATCH (n:Element {{iri: '{EX}e5'}}) {made}")
    found = ask(archive, "e0", bounds=Bounds(limit=6))
    assert (found.engine, len(found.nodes), found.cut) == ("catalogue", 6, None)


def test_another_catalogue_s_graph_is_not_asked(
    archive: Services, tmp_path: Path, neo4j: str
) -> None:
    push(archive, prov("used(a, e)"))
    bring_up_to_date(archive)
    (tmp_path / "other").mkdir()
    other = fresh(tmp_path / "other", graph_url=neo4j, graph_max_wait_s=0.05)
    push(other, prov("used(a, b) used(a, c)"))
    found = ask(other, "a")
    assert (found.engine, nodes(found)) == ("catalogue", {"a", "b", "c"})
    other.close()
