"""What a worker writes, and what it finds out about the graph before it does."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

import pytest
from support import engines
from support.catalogue import EX, prov, push
from support.projected import dump, settle, state, wanted, wipe
from throwaway import free_port

from provstore.errors import ConflictError, GraphUnavailableError
from provstore.factory import Services
from provstore.services import projection as services_projection
from provstore.services.maintenance import Maintenance
from provstore.services.projection import Projector, is_up_to_date, wait_until_shown
from provstore.stores.catalogue import attachment, outbox
from provstore.stores.catalogue.database import Database
from provstore.stores.graph import projection
from provstore.stores.graph.faults import Fault
from provstore.stores.graph.neo4j import GraphTransaction, Neo4j

T = TypeVar("T")
PRODUCT = "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
ONE_THING = {"urn:x-provstore:cta:CTA PRODUCT ID": PRODUCT}


def relationships(server: Neo4j) -> set[str]:
    rows = server.read("MATCH (a)-[r]->(b) RETURN a.iri, type(r), b.iri", {})
    return {f"{a.removeprefix(EX)} {kind} {b.removeprefix(EX)}" for a, kind, b in rows}


def nodes(server: Neo4j) -> dict[str, set[str]]:
    rows = server.read("MATCH (n:Element) RETURN n.iri, labels(n)", {})
    return {iri.removeprefix(EX): set(labels) - {"Element"} for iri, labels in rows}


def test_what_relations_become(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(
        archive,
        prov(
            "entity(c) entity(m) activity(a) agent(g) wasGeneratedBy(c, a) hadMember(c, m) "
            "wasAssociatedWith(a, g, p) wasStartedBy(b, -, a)"
        ),
    )
    settle(database, projector)
    assert nodes(server) == {
        "c": {"Entity", "Collection"},
        "m": {"Entity"},
        "a": {"Activity"},
        "g": {"Agent"},
        "p": {"Entity"},
        "b": {"Activity"},
    }
    assert relationships(server) == {
        "c WAS_GENERATED_BY a",
        "c HAD_MEMBER m",
        "m IS_MEMBER_OF c",
        "m WAS_GENERATED_WITHIN a",
        "a WAS_ASSOCIATED_WITH g",
        "g TOOK_PART_IN a",
        "a HAD_PLAN p",
        "b WAS_STARTED_BY_ACTIVITY a",
    }


def test_two_uses_in_two_roles_are_two_relationships(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov("used(a, e) [prov:role=bias] used(a, e) [prov:role=dark]"))
    settle(database, projector)
    rows = server.read("MATCH ()-[r:USED]->() RETURN r.role ORDER BY r.role", {})
    assert rows == [("bias",), ("dark",)]


def test_a_tie_moves_relations_to_the_first_element_and_back(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov("entity(first) wasGeneratedBy(first, maker)"))
    push(archive, prov("entity(second) used(user, second)"))
    settle(database, projector)
    [tied, _] = push(
        archive,
        prov("entity(first)", {"first": ONE_THING}),
        prov("entity(second)", {"second": ONE_THING}),
    )
    settle(database, projector)
    assert relationships(server) == {"first WAS_GENERATED_BY maker", "user USED first"}
    assert nodes(server).keys() == {"first", "maker", "user"}
    archive.ingest.retract(tied.id)
    settle(database, projector)
    assert relationships(server) == {"first WAS_GENERATED_BY maker", "user USED second"}
    assert nodes(server).keys() == {"first", "maker", "user", "second"}
    assert dump(server) == wanted(database)


def test_the_thousandth_name_of_a_thing_touches_none_of_its_relations(
    archive: Services, database: Database, projector: Projector
) -> None:
    settle(database, projector)
    push(archive, prov("entity(e) used(a, e) used(b, e)", {"e": ONE_THING}))
    settle(database, projector)
    push(archive, prov("entity(other)", {"other": ONE_THING}))
    with database.reading() as tx:
        batch = outbox.take(tx, 1000)
    assert batch is not None
    # the new element, what it was tied to; of the nodes that another took the place of, its own
    assert {what.name: len(numbers) for what, numbers in batch.changed.items()} == {
        "ELEMENTS": 2,
        "NODES": 1,
    }


def test_a_walk_may_stop_at_what_a_description_says_later(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov("entity(e) entity(d) isDescribedBy(e, d)"))
    settle(database, projector)
    asked = "MATCH (n:Element {iri: $iri}) RETURN n.level, n.stops"
    assert server.read(asked, {"iri": EX + "e"}) == [(None, [])]
    push(archive, prov("entity(d)", {"d": {"voprov:name": "DL3"}}))
    settle(database, projector)
    assert dump(server) == wanted(database)
    assert server.read(asked, {"iri": EX + "e"}) == [("DL3", ["DL3"])]


def test_a_large_document_is_written_in_several_transactions(
    archive: Services, database: Database, server: Neo4j
) -> None:
    worker = Projector(database, server)
    settle(database, worker)
    push(archive, prov(" ".join(f"used(a{n}, e{n % 7})" for n in range(6000))))
    stamps = {state(server)["stamp"]}
    for _ in range(20):
        worker.turn()
        stamps.add(state(server)["stamp"])
    # the first, the last, and random ones where it shows no state that the catalogue had
    assert len(stamps) > 2
    assert dump(server) == wanted(database)
    with database.reading() as tx:
        now = outbox.state(tx)
    assert state(server)["stamp"] == state(server)["whole"] == now.stamp
    assert state(server)["position"] == now.position


def test_what_was_written_and_not_noted_is_not_written_again(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    class Dying(Projector):
        def _note_shown(self, position: int, stamp: int) -> None:
            raise KeyboardInterrupt

    settle(database, projector)
    push(archive, prov("used(a, e)"))
    dying = Dying(database, server)
    dying._hold(by_force=True)
    dying.turn()
    with pytest.raises(KeyboardInterrupt):
        dying.turn()
    written = state(server)
    projector._hold(by_force=True)
    projector._graph = None
    projector.turn()
    with database.reading() as tx:
        assert is_up_to_date(tx)
    assert state(server) == written


def test_a_worker_that_lost_its_lease_writes_nothing(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    other = Projector(database, server)
    other._hold(by_force=True)
    other.turn()
    push(archive, prov("used(a, e)"))
    settle(database, other)
    after = state(server)
    push(archive, prov("used(b, e)"))
    # the first still believes that it has the lease: the graph itself stops it
    with database.reading() as tx:
        batch = outbox.take(tx, 1000)
        assert batch is not None
        with pytest.raises(projection.OvertakenError):
            projector._bring(tx, batch)
    assert state(server) == after


def test_a_dead_worker_is_replaced(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    settle(database, projector)
    push(archive, prov("used(a, e)"))
    other = Projector(database, server)
    other.turn()
    assert nodes(server) == {}
    with database.noting() as tx:  # as ten seconds later
        attachment.hold(tx, projector._holder, for_s=-1.0)
    settle(database, other)
    assert nodes(server).keys() == {"a", "e"}


@pytest.mark.parametrize("fate", ["emptied", "another catalogue's", "older", "never held"])
def test_a_graph_that_is_not_what_it_should_be_is_written_anew(
    archive: Services,
    database: Database,
    projector: Projector,
    server: Neo4j,
    caplog: pytest.LogCaptureFixture,
    fate: str,
) -> None:
    settle(database, projector)
    push(archive, prov("used(a, e)"))
    settle(database, projector)
    spoil = {
        "another catalogue's": "SET s.catalogue = 'other'",
        "older": "SET s.position = s.position - 1",
        "never held": "SET s.whole = 7",
    }
    if fate == "emptied":
        wipe(server)
    else:
        server.auto("MATCH (n:Element) DETACH DELETE n")
        server.auto(f"MATCH (s:Projection) {spoil[fate]}")
    caplog.clear()
    projector._looked_at = float("-inf")
    for _ in range(3):
        projector.turn()
    assert dump(server) == wanted(database)
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("the graph is written anew: ")


def test_a_worker_goes_on_until_it_is_told_to_stop(
    archive: Services, database: Database, projector: Projector, server: Neo4j
) -> None:
    stopping = threading.Event()
    thread = threading.Thread(target=projector.run, args=(stopping,))
    thread.start()
    try:
        push(archive, prov("used(a, e)"))
        assert wait_until_shown(database, 60)
        assert dump(server) == wanted(database)
    finally:
        stopping.set()
        thread.join(60)
    with database.reading() as tx:
        known = attachment.attached(tx)
    assert known is not None
    assert known.holder == ""
    assert not thread.is_alive()


def test_a_graph_is_detached(archive: Services, database: Database, projector: Projector) -> None:
    settle(database, projector)
    push(archive, prov("used(a, e)"))
    with pytest.raises(ConflictError, match="GRAPH_URL is set"):
        Maintenance(database, projector=projector).detach_graph()
    [finding] = archive.maintenance.doctor()
    assert "rebuild graph --detach" in finding
    archive.maintenance.detach_graph()
    push(archive, prov("used(b, e)"))
    with database.reading() as tx:
        assert outbox.take(tx, 10) is None
    assert archive.maintenance.doctor() == []
    assert "graph" not in archive.maintenance.health()


def test_a_graph_that_cannot_be_reached_stays_as_it_is(
    database: Database, projector: Projector, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(database, projector)
    monkeypatch.setattr("provstore.services.projection._PATIENCE_S", 0.5)
    with database.reading() as tx:
        before = attachment.attached(tx)
    nobody = Neo4j(f"bolt://127.0.0.1:{free_port()}", "neo4j", "", 10.0)
    try:
        with pytest.raises(GraphUnavailableError, match="Neo4j"):
            Projector(database, nobody).rebuild()
    finally:
        nobody.close()
    with database.reading() as tx:
        assert attachment.attached(tx) == before


class TestDoctor:
    @pytest.fixture
    def doctor(self, database: Database, projector: Projector) -> Maintenance:
        return Maintenance(database, projector=projector)

    @pytest.fixture(autouse=True)
    def _content(self, archive: Services, database: Database, projector: Projector) -> None:
        settle(database, projector)
        push(archive, prov("entity(e) activity(a) used(a, e) wasAssociatedWith(a, g)"))
        settle(database, projector)

    def test_a_graph_that_is_right_has_no_difference(self, doctor: Maintenance) -> None:
        assert doctor.doctor(10) == []

    @pytest.mark.parametrize(
        ("spoil", "findings"),
        [
            (
                "MATCH (n:Activity) SET n.name = 'b'",
                [f"{EX}a: name is 'b' in the graph, should be 'a'"],
            ),
            (
                "MATCH ()-[r:USED]->() DELETE r",
                [
                    "the graph has 0 of USED, should have 1",
                    f"{EX}a: the graph lacks USED to node 1 with {{'key': 1}}",
                ],
            ),
            (
                "MATCH (n:Agent) DETACH DELETE n",
                [
                    "the graph has 0 of Agent, should have 1",
                    "the graph has 2 of Element, should have 3",
                    "the graph has 0 of TOOK_PART_IN, should have 1",
                    "the graph has 0 of WAS_ASSOCIATED_WITH, should have 1",
                    f"{EX}a: the graph lacks WAS_ASSOCIATED_WITH to node 3 with {{'key': 2}}",
                    f"{EX}g: the graph has no node",
                ],
            ),
        ],
        ids=["name", "relation", "node"],
    )
    def test_what_differs_is_told(
        self, doctor: Maintenance, server: Neo4j, spoil: str, findings: list[str]
    ) -> None:
        server.auto(spoil)
        assert sorted(doctor.doctor(0)) == sorted(findings)

    def test_what_the_graph_lacks_is_a_difference(
        self, doctor: Maintenance, archive: Services
    ) -> None:
        push(archive, prov("entity(later)"))
        start = time.monotonic()
        [finding] = doctor.doctor(0.2)
        assert time.monotonic() - start >= 0.2
        assert finding.startswith("the graph lacks 1 changes")


class Troubled(Neo4j):
    """A connection that breaks off some of its writes: before the commit, or after it."""

    def __init__(self, url: str, before: set[int], after: set[int]) -> None:
        super().__init__(url, "neo4j", "", 30.0)
        self.begun, self._before, self._after = 0, before, after

    def write(self, work: Callable[[GraphTransaction], T]) -> T:
        self.begun += 1
        if self.begun in self._before:
            raise GraphUnavailableError(Fault.BUSY.finding, Fault.BUSY)
        written = super().write(work)
        if self.begun in self._after:
            raise GraphUnavailableError(Fault.HANGING.finding, Fault.HANGING)
        return written


def test_a_moment_s_trouble_does_not_undo_what_was_written(
    archive: Services, database: Database, server: Neo4j, neo4j: str
) -> None:
    push(archive, prov(" ".join(f"used(a{n}, e{n % 7})" for n in range(6000))))
    # to begin, and to clear what is empty, are three; elements and relations are of several parts
    troubled = Troubled(neo4j, before={4, 5}, after={7})
    try:
        assert Projector(database, troubled).rebuild() == 6007
    finally:
        troubled.close()
    assert troubled.begun < 15  # nothing was written twice but the first part
    assert dump(server) == wanted(database)


def test_a_moment_s_trouble_while_an_old_graph_is_deleted_is_waited_out(
    archive: Services, database: Database, projector: Projector, server: Neo4j, neo4j: str
) -> None:
    push(archive, prov("used(a, e)"))
    settle(database, projector)
    troubled = Troubled(neo4j, before={2}, after={3})
    try:
        assert Projector(database, troubled).rebuild() == 2
    finally:
        troubled.close()
    assert dump(server) == wanted(database)


def test_trouble_that_lasts_is_told(
    archive: Services, database: Database, neo4j: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services_projection, "_TROUBLE_S", 0.3)
    push(archive, prov("used(a, e)"))
    server = Troubled(neo4j, before=set(range(4, 1000)), after=set())
    try:
        with pytest.raises(GraphUnavailableError, match="try again later"):
            Projector(database, server).rebuild()
    finally:
        server.close()
    assert server.begun > 4


def test_a_long_writer_does_not_undo_what_was_written(
    archive: Services,
    database: Database,
    server: Neo4j,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On SQLite the worker cannot prolong its lease while a large document is taken in."""
    monkeypatch.setattr(services_projection, "_RENEW_S", 0.0)
    push(archive, prov(" ".join(f"used(a{n}, e{n % 7})" for n in range(6000))))
    impatient = Database(engines.settings(tmp_path).catalogue_url, writer_timeout_s=0.05)
    with ExitStack() as writer:

        def report(done: int, total: int) -> None:
            writer.close()
            if done < total:
                writer.enter_context(database.writing())

        assert Projector(impatient, server).rebuild(report) == 6007
    impatient.close()
    assert dump(server) == wanted(database)
