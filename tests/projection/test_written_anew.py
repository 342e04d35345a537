"""A large graph is written anew without its indexes, which are made when all is there."""

from collections.abc import Iterator

import pytest
from support.catalogue import prov, push
from support.projected import dump, settle, state, wanted

from provstore.cypher.loader import schema
from provstore.errors import GraphUnavailableError
from provstore.factory import Services
from provstore.services import projection as services_projection
from provstore.services.ahead import ahead
from provstore.services.projection import Projector
from provstore.stores.catalogue import attachment
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.faults import Fault
from provstore.stores.graph.neo4j import Neo4j
from provstore.stores.graph.projection import Projection

ALL_KINDS = (
    "entity(c) entity(m) entity(n) activity(a) agent(g) wasGeneratedBy(c, a) hadMember(c, m) "
    "hadMember(c, n) wasAssociatedWith(a, g, p) wasStartedBy(b, -, a) wasAttributedTo(m, g) "
    "used(a, e, 2026-01-01T00:00:00) [prov:role=bias] used(a, e) [prov:role=dark]"
)


def indexes(server: Neo4j) -> set[str]:
    return {name for (name,) in server.read("SHOW INDEXES YIELD name", {})} & schema().keys()


@pytest.fixture
def _large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services_projection, "_MANY", 1)


@pytest.fixture(autouse=True)
def _with_indexes(server: Neo4j) -> Iterator[None]:
    """Other tests find them."""
    yield
    server.auto("MATCH (n:Element) DETACH DELETE n")
    server.apply_schema()


@pytest.mark.usefixtures("_large")
def test_it_is_as_one_that_is_kept(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov(ALL_KINDS))
    settle(database, projector)
    kept = dump(server)
    seen: list[set[str]] = []
    projector.rebuild(lambda _done, _total: seen.append(indexes(server)))
    assert seen == [{"element_iid", "projection_id"}]
    assert indexes(server) == schema().keys()
    assert dump(server) == kept == wanted(database)


def test_a_small_one_keeps_its_indexes(
    archive: Services, projector: Projector, server: Neo4j
) -> None:
    push(archive, prov(ALL_KINDS))
    seen: list[set[str]] = []
    projector.rebuild(lambda _done, _total: seen.append(indexes(server)))
    projector.rebuild(lambda _done, _total: seen.append(indexes(server)))
    assert seen[1] == schema().keys()


@pytest.mark.usefixtures("_large")
def test_one_that_lacks_its_indexes_is_unfinished(
    archive: Services,
    database: Database,
    projector: Projector,
    server: Neo4j,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settle(database, projector)
    push(archive, prov(ALL_KINDS))

    def die(self: Projection) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Projection, "complete", die)
        with pytest.raises(KeyboardInterrupt):
            projector.rebuild()
    assert state(server)["position"] < 0
    settle(database, Projector(database, server))
    assert indexes(server) == schema().keys()
    assert dump(server) == wanted(database)


def test_who_goes_on_with_a_graph_makes_the_indexes_that_it_lacks(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov(ALL_KINDS))
    settle(database, projector)
    server.drop_schema({"projection_id"})
    assert indexes(server) == {"projection_id"}
    push(archive, prov("used(z, e)"))
    with database.noting() as tx:
        attachment.hold(tx, projector._holder, for_s=-1.0)
    settle(database, Projector(database, server))
    assert indexes(server) == schema().keys()
    assert dump(server) == wanted(database)


def test_what_contradicts_a_constraint_is_a_conflict(server: Neo4j) -> None:
    server.drop_schema({"projection_id"})
    server.auto("UNWIND [1, 2] AS iid CREATE (:Element {iid: iid, iri: 'http://example.org/e'})")
    with pytest.raises(GraphUnavailableError) as found:
        server.apply_schema()
    assert found.value.fault == Fault.CONFLICT


class TestAhead:
    def test_the_next_is_made_while_one_is_worked_on(self) -> None:
        made: list[int] = []

        def numbers() -> Iterator[int]:
            for number in range(4):
                made.append(number)
                yield number

        taken: list[int] = []
        with ahead(numbers()) as items:
            for item in items:
                taken.append(item)
                assert len(made) <= len(taken) + 1
        assert taken == made == [0, 1, 2, 3]

    def test_a_failure_comes_in_its_turn(self) -> None:
        def numbers() -> Iterator[int]:
            yield 0
            raise KeyError("broken")

        taken: list[int] = []
        with pytest.raises(KeyError, match="broken"), ahead(numbers()) as items:
            taken.extend(items)
        assert taken == [0]
