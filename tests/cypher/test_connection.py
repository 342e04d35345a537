"""The connection to Neo4j against real servers: well, busy, hanging, gone, and set up wrongly."""

import logging
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Final

import pytest
from neo4j_server import Neo4jServer
from support.processes import until
from support.proxy import Proxy
from support.servers import private_neo4j

from provstore.errors import GraphUnavailableError
from provstore.stores.graph import neo4j as connection
from provstore.stores.graph.faults import Fault
from provstore.stores.graph.neo4j import GraphTransaction, Neo4j, Status

PASSWORD: Final = "not-the-default"
PATIENCE_S: Final = 60.0
# some seconds of work that takes no memory
LONG: Final = "UNWIND range(1, $most) AS i WITH i WHERE i % 7 = 3 RETURN count(i)"
NEVER: Final = (
    "UNWIND range(1, 1000000) AS i UNWIND range(1, 1000000) AS j WITH i, j WHERE i = j + 2000000 "
    "RETURN count(i)"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    home = tmp_path_factory.mktemp("neo4j")
    settings = {"db.memory.transaction.max": "64m"}
    with private_neo4j(home, password=PASSWORD, settings=settings) as started:
        yield started


@pytest.fixture
def well(server: Neo4jServer) -> Neo4jServer:
    """The server, running whatever was done to it before."""
    with suppress(RuntimeError):
        server.thaw()
    with opened(server.url) as graph:
        is_up = graph.wait_up(5)
    if not is_up:
        with suppress(RuntimeError):
            server.kill()
        server.start()
    return server


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """Whatever a server did, the threads that called it come to an end."""
    yield
    deadline = time.monotonic() + PATIENCE_S
    while _calling() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _calling() == []


def _calling() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("neo4j-")]


@contextmanager
def opened(url: str, timeout_s: float = 30.0, password: str = PASSWORD) -> Iterator[Neo4j]:
    with closing(Neo4j(url, "neo4j", password, timeout_s)) as graph:
        yield graph


def fault(call: Callable[[], object]) -> Fault:
    """What a call fails with; its text is ours."""
    with pytest.raises(GraphUnavailableError) as raised:
        call()
    assert str(raised.value) == Fault(raised.value.fault).finding
    return Fault(raised.value.fault)


def met(graph: Neo4j) -> Fault:
    """What is met first by reading until something is."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            graph.read("RETURN 1", {})
        except GraphUnavailableError as error:
            return Fault(error.fault)
    raise AssertionError("every call has an answer")


def one(graph: Neo4j) -> object:
    return graph.read("RETURN 1", {})


class TestWell:
    def test_the_first_call_needs_no_other_before_it(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.state().status in {Status.UNKNOWN, Status.UP}
            assert graph.wait_up(PATIENCE_S)
            assert graph.read("RETURN $a AS a, [1, 2] AS b", {"a": "x"}) == [("x", [1, 2])]
            state = graph.state()
            assert (state.status, state.fault, state.finding) == (Status.UP, None, "")
            assert state.version.startswith("5.")

    def test_a_read_writes_nothing(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            assert fault(lambda: graph.read("CREATE (n:Refused)", {})) is Fault.STATEMENT
            assert graph.read("MATCH (n:Refused) RETURN count(n)", {}) == [(0,)]

    def test_a_transaction_is_whole_or_not_there(self, well: Neo4jServer) -> None:
        def write(transaction: GraphTransaction) -> object:
            return transaction.run("CREATE (n:Whole {x: $x}) RETURN n.x", {"x": 1})

        def break_off(transaction: GraphTransaction) -> None:
            write(transaction)
            raise KeyError("ours")

        def say_nonsense(transaction: GraphTransaction) -> None:
            write(transaction)
            transaction.run("nonsense")

        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            with pytest.raises(KeyError, match="ours"):
                graph.write(break_off)
            assert fault(lambda: graph.write(say_nonsense)) is Fault.STATEMENT
            assert graph.read("MATCH (n:Whole) RETURN count(n)", {}) == [(0,)]
            assert graph.write(write) == [(1,)]
            assert graph.auto("MATCH (n:Whole) DETACH DELETE n RETURN count(n)") == [(1,)]

    def test_schema_may_be_made_twice(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            graph.apply_schema()
            made = graph.read("SHOW INDEXES YIELD name, state WHERE state <> 'ONLINE'", {})
            names = graph.read("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name", {})
            graph.apply_schema()
            assert made == []
            assert len(names) == 3 + 32
            again = graph.read("SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name", {})
            assert again == names

    def test_a_contradiction_is_told_apart(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            graph.auto("CREATE CONSTRAINT IF NOT EXISTS FOR (n:Once) REQUIRE n.x IS UNIQUE")
            twice = "UNWIND [1, 1] AS x CREATE (n:Once {x: x})"
            assert fault(lambda: graph.write(lambda tx: tx.run(twice))) is Fault.CONFLICT
            assert graph.state().finding == ""

    def test_of_two_that_wait_for_each_other_one_is_sent_away(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            graph.auto("UNWIND [1, 2] AS x CREATE (n:Locked {x: x})")
            both = threading.Barrier(2, timeout=PATIENCE_S)

            def lock(first: int, second: int) -> str:
                def work(transaction: GraphTransaction) -> str:
                    text = "MATCH (n:Locked {x: $x}) SET n.y = 1"
                    transaction.run(text, {"x": first})
                    both.wait()
                    transaction.run(text, {"x": second})
                    return "written"

                try:
                    return graph.write(work)
                except GraphUnavailableError as error:
                    return error.fault

            with ThreadPoolExecutor(2) as pool:
                outcomes = list(pool.map(lock, (1, 2), (2, 1)))
            assert sorted(outcomes) == ["busy", "written"]
            assert graph.state().finding == ""
            graph.auto("MATCH (n:Locked) DELETE n")

    def test_a_mistake_of_ours_is_no_fault_of_the_server(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            with pytest.raises(ValueError, match="object"):
                graph.read("RETURN $x", {"x": object()})
            assert graph.state().status is Status.UP

    def test_a_number_that_is_too_large_for_it(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            assert fault(lambda: graph.read("RETURN $x", {"x": 2**63})) is Fault.STATEMENT


class TestBusy:
    def test_what_takes_long_is_waited_for(self, well: Neo4jServer) -> None:
        """Over a second, so that the watchdog asks whether the server is still there."""
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            most = 7_000_000
            started = time.monotonic()
            while time.monotonic() - started < 1.5:
                started = time.monotonic()
                assert graph.read(LONG, {"most": most}) == [(most // 7,)]
                most *= 2

    def test_what_takes_too_long_is_ended(
        self, well: Neo4jServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with opened(well.url, timeout_s=0.5) as graph:
            assert graph.wait_up(PATIENCE_S)
            with caplog.at_level(logging.INFO):
                assert fault(lambda: graph.read(NEVER, {})) is Fault.SLOW
                assert fault(lambda: graph.read(NEVER, {})) is Fault.SLOW
            state = graph.state()
            assert (state.status, state.finding) == (Status.UP, Fault.SLOW.finding)
            assert [r.getMessage().partition(" (")[0] for r in caplog.records] == [state.finding]
            one(graph)
            assert graph.state().finding == ""

    def test_what_takes_too_much_memory(self, well: Neo4jServer) -> None:
        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            greedy = "UNWIND range(1, 5000000) AS i RETURN collect('text ' + i)"
            assert fault(lambda: graph.read(greedy, {})) is Fault.MEMORY
            assert graph.state().finding == Fault.MEMORY.finding
            one(graph)
            assert graph.state() == graph.state()._replace(status=Status.UP, fault=None)


class TestHanging:
    def test_nobody_waits_for_it(self, well: Neo4jServer, caplog: pytest.LogCaptureFixture) -> None:
        with opened(well.url) as graph, caplog.at_level(logging.INFO):
            assert graph.wait_up(PATIENCE_S)
            before = threading.active_count()
            well.freeze()
            with ThreadPoolExecutor(20) as pool:
                faults = set(pool.map(lambda _: met(graph), range(20)))
            assert faults == {Fault.HANGING}
            assert fault(lambda: graph.write(lambda tx: tx.run("RETURN 1"))) is Fault.HANGING
            assert graph.state().status is Status.HANGING
            assert not graph.wait_up(5)
            assert threading.active_count() - before <= 20 + 8 + 1
            well.thaw()
            assert graph.wait_up(PATIENCE_S)
            one(graph)
        assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "INFO"]

    def test_a_long_statement_on_a_server_that_begins_to_hang(self, well: Neo4jServer) -> None:
        with opened(well.url, timeout_s=300) as graph, ThreadPoolExecutor(1) as pool:
            assert graph.wait_up(PATIENCE_S)
            asked = pool.submit(fault, lambda: graph.read(NEVER, {}))
            time.sleep(1)
            well.freeze()
            assert asked.result(PATIENCE_S) is Fault.HANGING
            well.thaw()

    def test_a_transaction_on_a_server_that_begins_to_hang(self, well: Neo4jServer) -> None:
        def work(transaction: GraphTransaction) -> None:
            transaction.run("CREATE (n:Half)")
            well.freeze()
            for _ in range(1000):
                transaction.run("RETURN 1")

        with opened(well.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            assert fault(lambda: graph.write(work)) is Fault.HANGING
            well.thaw()
            assert graph.wait_up(PATIENCE_S)
            assert graph.read("MATCH (n:Half) RETURN count(n)", {}) == [(0,)]

    def test_closing_does_not_wait_for_it(self, well: Neo4jServer) -> None:
        graph = Neo4j(well.url, "neo4j", PASSWORD, 30.0)
        assert graph.wait_up(PATIENCE_S)
        well.freeze()
        asked = threading.Thread(target=lambda: met(graph))
        asked.start()
        graph.close()
        asked.join(PATIENCE_S)
        assert not asked.is_alive()
        assert fault(lambda: one(graph)) is Fault.CLOSED
        assert not graph.wait_up(PATIENCE_S)
        well.thaw()

    def test_a_port_that_takes_connections_and_says_nothing(self) -> None:
        silent = socket.create_server(("127.0.0.1", 0))
        with silent, opened(f"bolt://127.0.0.1:{silent.getsockname()[1]}") as graph:
            assert fault(lambda: one(graph)) is Fault.UNKNOWN
            deadline = time.monotonic() + PATIENCE_S
            while graph.state().status is Status.UNKNOWN and time.monotonic() < deadline:
                time.sleep(0.05)
            assert graph.state().fault is Fault.HANGING
            assert fault(lambda: one(graph)) is Fault.HANGING

    def test_a_network_that_hangs(self, well: Neo4jServer) -> None:
        with Proxy(well.url) as proxy, opened(proxy.url) as graph:
            assert graph.wait_up(PATIENCE_S)
            proxy.freeze()
            assert met(graph) is Fault.HANGING
            proxy.thaw()
            assert graph.wait_up(PATIENCE_S)
            one(graph)


class TestGone:
    @pytest.mark.slow
    def test_killed_and_started_again(
        self, well: Neo4jServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with (
            opened(well.url, timeout_s=300) as graph,
            ThreadPoolExecutor(1) as pool,
            caplog.at_level(logging.INFO),
        ):
            assert graph.wait_up(PATIENCE_S)
            graph.auto("CREATE (n:Kept)")
            asked = pool.submit(fault, lambda: graph.read(NEVER, {}))
            time.sleep(1)
            well.kill()
            # a large process takes a moment to die, and seems to hang meanwhile
            assert asked.result(PATIENCE_S) in {Fault.UNREACHABLE, Fault.HANGING}
            until(lambda: graph.state().status is Status.DOWN)
            assert fault(lambda: one(graph)) is Fault.UNREACHABLE
            assert fault(lambda: graph.write(lambda tx: tx.run("RETURN 1"))) is Fault.UNREACHABLE
            assert fault(graph.apply_schema) is Fault.UNREACHABLE
            assert graph.state().status is Status.DOWN
            assert not graph.wait_up(2)
            well.start()
            assert graph.wait_up(PATIENCE_S)
            assert graph.read("MATCH (n:Kept) RETURN count(n)", {}) == [(1,)]
        told = [record for record in caplog.records if record.name == connection.__name__]
        levels = [level for level, _ in groupby(record.levelname for record in told)]
        assert levels == ["INFO", "WARNING", "INFO"]
        assert len(told) == len([r for r in caplog.records if r.name.startswith(("prov", "neo"))])

    def test_never_there(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        with opened(f"bolt://127.0.0.1:{port}") as graph:
            assert met(graph) is Fault.UNREACHABLE
            assert not graph.wait_up(0.5)

    def test_a_connection_that_breaks_off(self, well: Neo4jServer) -> None:
        with (
            Proxy(well.url) as proxy,
            opened(proxy.url, timeout_s=300) as graph,
            ThreadPoolExecutor(1) as pool,
        ):
            assert graph.wait_up(PATIENCE_S)
            asked = pool.submit(fault, lambda: graph.read(NEVER, {}))
            time.sleep(0.5)  # after one second who looks whether Neo4j answers is cut off too
            proxy.cut()
            assert asked.result(PATIENCE_S) is Fault.UNREACHABLE
            assert graph.wait_up(PATIENCE_S)
            one(graph)


class TestSetUpWrongly:
    def test_a_wrong_password(self, well: Neo4jServer, caplog: pytest.LogCaptureFixture) -> None:
        with opened(well.url, password="another word") as graph, caplog.at_level(logging.INFO):
            assert met(graph) is Fault.REFUSED
            assert not graph.wait_up(2)
            state = graph.state()
        assert (state.status, state.finding) == (Status.DOWN, Fault.REFUSED.finding)
        [line] = [record.getMessage() for record in caplog.records]
        assert line == f"{Fault.REFUSED.finding} (Neo.ClientError.Security.Unauthorized)"

    def test_no_password(self, well: Neo4jServer) -> None:
        with opened(well.url, password="") as graph:
            assert met(graph) is Fault.REFUSED

    def test_a_version_that_is_too_old(
        self, well: Neo4jServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connection, "LEAST_VERSION", (2100, 1))
        with opened(well.url) as graph:
            assert met(graph) is Fault.VERSION
            assert graph.state().status is Status.DOWN

    def test_an_address_that_the_driver_does_not_take(self) -> None:
        with opened("nonsense://127.0.0.1") as graph:
            assert met(graph) is Fault.SETTINGS

    @pytest.mark.slow
    def test_a_server_that_may_only_be_read(self, tmp_path: Path) -> None:
        with private_neo4j(tmp_path):
            pass  # one with no data does not start so
        settings = {"server.databases.default_to_read_only": "true"}
        with (
            private_neo4j(tmp_path, settings=settings) as server,
            opened(server.url, password="") as graph,
        ):
            assert graph.wait_up(PATIENCE_S)
            write = lambda tx: tx.run("CREATE (n:Refused)")  # noqa: E731  short
            assert fault(lambda: graph.write(write)) is Fault.READ_ONLY
            one(graph)
            state = graph.state()
            assert (state.status, state.fault) == (Status.UP, Fault.READ_ONLY)


class TestFull:
    @pytest.mark.slow
    def test_a_full_disk(self, well: Neo4jServer, caplog: pytest.LogCaptureFixture) -> None:
        """No file may grow any further: what the server meets is what a full disk gives it."""
        with opened(well.url) as graph, caplog.at_level(logging.INFO):
            assert graph.wait_up(PATIENCE_S)
            caplog.clear()
            logs = well.home.glob("data/transactions/neo4j/neostore.transaction.db.*")
            largest = max(log.stat().st_size for log in logs) + 1_000_000
            resource.prlimit(well.pid, resource.RLIMIT_FSIZE, (largest, largest))
            many = "UNWIND range(1, 1000) AS i CREATE (n:Full {text: $text + i})"

            def fill() -> None:
                for _ in range(100):
                    graph.write(lambda tx: tx.run(many, {"text": "x" * 1000}))

            assert fault(fill) is Fault.STORAGE
            assert fault(lambda: one(graph)) is Fault.STORAGE
            assert not graph.wait_up(3)
            assert graph.state().finding == Fault.STORAGE.finding
            [line] = [record.getMessage() for record in caplog.records]
            assert line.startswith(Fault.STORAGE.finding)
            well.kill()
            well.start()
            assert graph.wait_up(PATIENCE_S)
            one(graph)
