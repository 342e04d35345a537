"""The servers of the tests are real: they answer, hang, crash, and come back with what they had."""

import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString, Self

import psycopg
import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError
from neo4j_server import Neo4jServer, speaks_bolt
from postgres_server import PostgresServer, Programs, repair
from support.processes import until
from support.proxy import Proxy
from support.require import require
from support.servers import (
    database,
    drop_database,
    empty_graph,
    fresh_database,
    private_neo4j,
    private_postgres,
    template_database,
)
from throwaway import is_alive

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / "tools"
_ENDS = (pytest.skip.Exception, pytest.fail.Exception)


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg:", "postgresql:")


def _ask(url: str, statement: LiteralString) -> list[tuple[object, ...]]:
    """The rows of one statement, on a connection of its own."""
    with _connection(url) as connection:
        found = connection.execute(statement)
        return found.fetchall() if found.description else []


def _connection(url: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(_plain(url), autocommit=True, connect_timeout=5)


class _Kept:
    """A connection whose statement is sent without waiting for what comes."""

    def __init__(self, url: str) -> None:
        self._connection = _connection(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        self._connection.close()

    def send(self, statement: str) -> None:
        self._connection.pgconn.send_query(statement.encode())
        self._connection.pgconn.flush()

    def has_answer(self, patience_s: float) -> bool:
        """Whether something has come before patience ends."""
        return bool(select.select([self._connection.fileno()], [], [], patience_s)[0])


def _cypher(url: str, statement: LiteralString, password: str = "") -> list[list[object]]:
    auth = ("neo4j", password) if password else None
    with GraphDatabase.driver(url, auth=auth, max_transaction_retry_time=20) as graph:
        return [record.values() for record in graph.execute_query(statement).records]


class TestPostgres:
    def test_the_role_is_no_superuser_and_has_pg_sphere(self, postgres: str) -> None:
        assert _ask(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [
            (False,)
        ]
        inside = "SELECT spoint(0.1, 0.1) <@ scircle(spoint(0, 0), 0.2)"
        assert _ask(postgres, inside) == [(True,)]
        _ask(postgres, "CREATE EXTENSION IF NOT EXISTS pg_sphere")

    def test_a_database_is_empty_and_gone_afterwards(self) -> None:
        with database() as url:
            _ask(url, "CREATE TABLE t (x bigint)")
            with database() as other:
                tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                assert (_ask(url, tables), _ask(other, tables)) == ([("t",)], [])
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            _ask(url, "SELECT 1")

    def test_a_template_is_filled_once_and_copied(self) -> None:
        filled: list[str] = []

        def fill(url: str) -> None:
            filled.append(url)
            _ask(url, "CREATE TABLE t AS SELECT 7 AS x")

        names = {template_database("seven", fill) for _ in range(2)}
        [name] = names
        assert len(filled) <= 1  # another process may have been first
        first, second = fresh_database(name), fresh_database(name)
        try:
            _ask(first, "DELETE FROM t")
            assert (_ask(first, "SELECT x FROM t"), _ask(second, "SELECT x FROM t")) == ([], [(7,)])
        finally:
            drop_database(first)
            drop_database(second)

    def test_what_a_durable_one_acknowledged_outlives_its_crash(self) -> None:
        with private_postgres(durable=True) as server:
            assert _ask(server.url, "SHOW fsync") == [("on",)]
            _ask(server.url, "CREATE TABLE t AS SELECT 7 AS x")
            before = server.pid
            server.crash()
            assert server.pid is None
            with pytest.raises(psycopg.OperationalError, match="refused"):
                _ask(server.url, "SELECT 1")
            url = server.url
            assert server.start() == url
            assert server.pid != before
            assert _ask(url, "SELECT x FROM t") == [(7,)]

    def test_another_process_may_stop_it_and_start_it(self) -> None:
        with private_postgres() as server:
            other = PostgresServer(server.home)
            assert other.start() == server.url
            assert other.pid == server.pid
            other.stop()
            until(lambda: server.pid is None)
            server.start()
            assert _ask(other.url, "SELECT 1") == [(1,)]

    def test_a_taken_port_is_said(self) -> None:
        with private_postgres() as server:
            port = int(server.url.rpartition(":")[2].partition("/")[0])
            second = PostgresServer(server.home.with_name("second"), port=port)
            try:
                with pytest.raises(RuntimeError, match=f"port {port} is taken"):
                    second.start()
            finally:
                second.delete()


def _operator(name: str, left: str, right: str, commutator: str) -> str:
    ends = f"   LEFTARG    = {left},\n   RIGHTARG   = {right},\n"
    return f"CREATE OPERATOR {name} (\n{ends}   COMMUTATOR = '{commutator}'\n);\n"


def test_the_repair_takes_two_operators_out_of_pg_sphere(tmp_path: Path) -> None:
    """Written as Debian 12 has them: of the operators ``@``, those for MOCs only are refused."""
    kept = (_operator("@", "spoint", "scircle", "~"), _operator("<@", "spoint", "smoc", "@>"))
    faulty = [_operator("@", left, "smoc", "@>") for left in ("bigint", "spoint")]
    script = tmp_path / "pg_sphere--1.2.0.sql"
    script.write_text(kept[0] + faulty[0] + kept[1] + faulty[1])
    repair(Programs(tmp_path, tmp_path))
    assert script.read_text() == "".join(kept)


class TestNeo4j:
    def test_it_is_the_community_edition_and_a_test_finds_it_empty(self, neo4j: str) -> None:
        edition = "CALL dbms.components() YIELD versions, edition RETURN edition, versions[0]"
        [[name, version]] = _cypher(neo4j, edition)
        assert (name, str(version)[:5]) == ("community", "5.26.")
        _cypher(neo4j, "CREATE CONSTRAINT c FOR (n:N) REQUIRE n.x IS UNIQUE")
        _cypher(neo4j, "CREATE INDEX i FOR (n:N) ON (n.y)")
        _cypher(neo4j, "UNWIND range(1, 100) AS x CREATE (:N {x: x})-[:R]->(:M)")
        with empty_graph() as url:
            assert url == neo4j
            assert _cypher(url, "MATCH (n) RETURN count(n)") == [[0]]
            assert _cypher(url, "SHOW CONSTRAINTS") == []
            assert _cypher(url, "SHOW INDEXES YIELD type RETURN DISTINCT type") == [["LOOKUP"]]

    def test_a_killed_one_comes_back_with_its_data_and_password(self, tmp_path: Path) -> None:
        with private_neo4j(tmp_path, password="long enough") as server:
            _cypher(server.url, "CREATE (:N {x: 7})", password="long enough")
            before = server.pid
            server.kill()
            assert not is_alive(before, "java")
            assert not speaks_bolt(server.port)
            assert server.start() == server.url
            assert server.pid != before
            with pytest.raises(AuthError):
                _cypher(server.url, "RETURN 1", password="another one")
            found = _cypher(server.url, "MATCH (n:N) RETURN n.x", password="long enough")
            assert found == [[7]]
            _freeze_and_thaw(server)

    def test_another_server_at_the_port_is_not_taken_for_it(
        self, neo4j: str, tmp_path: Path
    ) -> None:
        port = int(neo4j.rpartition(":")[2])
        with pytest.raises(RuntimeError, match="another server answers"):
            Neo4jServer(tmp_path, port=port).start()

    def test_what_it_says_when_it_does_not_start(self, neo4j: str, tmp_path: Path) -> None:
        assert neo4j, "there is Java"
        server = Neo4jServer(tmp_path, settings={"no.such.setting": "1"})
        with pytest.raises(RuntimeError, match=r"no\.such\.setting"):
            server.start()

    def test_the_command_runs_one_until_it_is_told_to_stop(
        self, neo4j: str, tmp_path: Path
    ) -> None:
        assert neo4j, "there is Java"
        with _command(tmp_path) as (command, url):
            assert _cypher(url, "RETURN 1") == [[1]]
            command.terminate()
            assert command.wait(60) == 0
            assert not speaks_bolt(int(url.rpartition(":")[2]))

    def test_what_a_killed_command_left_behind_is_removed(self, neo4j: str, tmp_path: Path) -> None:
        assert neo4j, "there is Java"
        with _command(tmp_path) as (command, url):
            command.kill()
            command.wait()
            assert speaks_bolt(int(url.rpartition(":")[2]))
            Neo4jServer(tmp_path).delete()
            assert not speaks_bolt(int(url.rpartition(":")[2]))
            assert not tmp_path.exists()


def _freeze_and_thaw(server: Neo4jServer) -> None:
    """It takes connections and answers when it goes on; frozen, it ends when it is stopped."""
    server.freeze()
    with socket.create_connection(("127.0.0.1", server.port), 5):
        assert not speaks_bolt(server.port)
    server.thaw()
    assert speaks_bolt(server.port)
    pid = server.pid
    server.freeze()
    server.stop()
    assert not is_alive(pid, "java")


@contextmanager
def _command(home: Path) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """A server that was started by the command, and its URL."""
    arguments = ["--home", str(home), "--port", "0", "--heap", "384m", "--page-cache", "64m"]
    with subprocess.Popen(
        [sys.executable, str(TOOLS / "neo4j_server.py"), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        try:
            assert command.stdout is not None
            yield command, command.stdout.readline().strip()
        finally:
            command.terminate()
            # a test that fails leaves none behind either
            Neo4jServer(home).delete()


class TestAbsent:
    """Where a program is not installed."""

    def test_the_command_says_what_to_install(self, tmp_path: Path) -> None:
        done = subprocess.run(
            [sys.executable, str(TOOLS / "neo4j_server.py"), "--fetch"],
            env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 3
        assert done.stderr == (
            "neo4j_server: no Maven; as root: apt-get install default-jre-headless maven\n"
        )

    def test_a_test_is_skipped_with_advice(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("PROVSTORE_TEST_REQUIRE", raising=False)
        with pytest.raises(_ENDS, match="no postgres: install it"):
            require("postgres", present=False, advice="install it")

    def test_a_demanded_one_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PROVSTORE_TEST_REQUIRE", "neo4j, postgres")
        with pytest.raises(_ENDS, match="postgres is required and absent"):
            require("postgres", present=False, advice="install it")
        require("postgres", present=True, advice="")


class TestProxy:
    @pytest.fixture
    def proxy(self, postgres: str) -> Iterator[Proxy]:
        with Proxy(postgres) as proxy:
            yield proxy

    def test_it_passes_on(self, proxy: Proxy) -> None:
        long = _ask(proxy.url, "SELECT repeat('x', 1000000)")
        assert long == [("x" * 1_000_000,)]
        assert proxy.connections == 1

    @pytest.mark.parametrize("how", ["freeze", "delay"])
    def test_nothing_comes_while_it_is_frozen_or_slow(self, proxy: Proxy, how: str) -> None:
        with _Kept(proxy.url) as kept:
            if how == "freeze":
                proxy.freeze()
            else:
                proxy.delay_s = 3600.0
            kept.send("SELECT 7")
            assert not kept.has_answer(0.3)
            if how == "freeze":
                proxy.thaw()
                assert kept.has_answer(30)

    def test_a_cut_breaks_connections_off_and_takes_new_ones(self, proxy: Proxy) -> None:
        with _connection(proxy.url) as kept:
            proxy.cut()
            with pytest.raises(psycopg.OperationalError, match="closed the connection"):
                kept.execute("SELECT 1")
        assert _ask(proxy.url, "SELECT 7") == [(7,)]

    def test_refusing_leaves_the_connections_that_there_are(self, proxy: Proxy) -> None:
        with _connection(proxy.url) as kept:
            proxy.refuse()
            with pytest.raises(psycopg.OperationalError, match="refused"):
                _ask(proxy.url, "SELECT 1")
            assert kept.execute("SELECT 7").fetchall() == [(7,)]
            proxy.accept()
            assert _ask(proxy.url, "SELECT 8") == [(8,)]

    def test_neo4j_stands_behind_it_too(self, neo4j: str) -> None:
        with Proxy(neo4j) as proxy:
            assert proxy.url != neo4j
            assert _cypher(proxy.url, "RETURN 7") == [[7]]

    def test_it_ends_while_frozen_with_connections(self, postgres: str) -> None:
        with Proxy(postgres) as proxy, _Kept(proxy.url) as kept:
            proxy.freeze()
            kept.send("SELECT 7")
