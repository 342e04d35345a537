"""PostgreSQL and Neo4j for tests: real servers, started when the first test asks for one.

All processes that run tests on this machine share one PostgreSQL, in which each test has a database
of its own. The Community edition of Neo4j has one database only, so each process has a Neo4j of its
own, and each test finds it empty. What is shared ends with its last user; what a killed process
left behind is removed by the next.

``PROVSTORE_TEST_DATABASE_URL`` (of a role that may make databases) and ``PROVSTORE_TEST_GRAPH_URL``
(without a password; **all that is in it is deleted**) name other servers to use.
"""

import atexit
import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

import psycopg
from neo4j import GraphDatabase, Session
from neo4j_server import QUICK_START, Neo4jServer
from postgres_server import PostgresServer
from psycopg import sql
from sqlalchemy.engine import make_url
from support.require import require
from throwaway import AbsentError, locked

from provstore.cypher.loader import schema

_PLACE: Final = Path(tempfile.gettempdir()) / f"provstore-tests-{os.getuid()}"
_SMALL: Final[dict[str, Any]] = {"heap": "384m", "page_cache": "64m", "jvm": QUICK_START}
_MOST_GRAPHS: Final = 64
_RUN: Final = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"{os.getpid():x}")[:12]
"""The same in all processes of one run of tests."""
_opened: Final = ExitStack()
_absent: Final[dict[str, AbsentError]] = {}
"""Why there is no server of a name: not tried again, since to find out may take long."""


def close_all() -> None:
    """Stop the servers that this process uses and no other does."""
    postgres_url.cache_clear()
    graph_url.cache_clear()
    _opened.close()


atexit.register(close_all)


@cache
def postgres_url() -> str:
    """The URL of a PostgreSQL that makes databases; skips the test where there is none."""
    given = os.environ.get("PROVSTORE_TEST_DATABASE_URL")
    if given:
        return given
    with _Needed("postgres"):
        return _opened.enter_context(_shared_postgres()).url


def fresh_database(template: str | None = None) -> str:
    """The URL of a new database: an empty one with pg_sphere, or a copy.

    Parameters
    ----------
    template
        Name of the database to copy, as of `template_database`.
    """
    name = f"t_{secrets.token_hex(8)}"
    _make_database(name, template)
    return _url_of(name)


def template_database(name: str, fill: Callable[[str], object]) -> str:
    """The name of a database to copy, which is made once in a run of tests.

    Parameters
    ----------
    name
        What is in it; short.
    fill
        Fills the empty database with this URL, and leaves no connection open.
    """
    full = f"template_{_RUN}_{name}"
    postgres_url()
    with locked(_PLACE / "templates.lock"):
        if not _exists(full):
            part = f"{full}_part"
            drop_database(_url_of(part))
            _make_database(part, None)
            fill(_url_of(part))
            _administer("ALTER DATABASE {} RENAME TO {}", part, full)
    return full


def drop_database(url: str) -> None:
    """Drop a database, and the connections to it."""
    _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(url).database))


@contextmanager
def database(template: str | None = None) -> Iterator[str]:
    """A new database, as `fresh_database` makes it, that is dropped afterwards."""
    url = fresh_database(template)
    try:
        yield url
    finally:
        drop_database(url)


@contextmanager
def private_postgres(*, durable: bool = False) -> Iterator[PostgresServer]:
    """A PostgreSQL for one test, which may crash, stop and start it.

    Parameters
    ----------
    durable
        Whether what it has acknowledged outlives its crash.
    """
    # not in a folder of pytest's: the server has an account of its own, which may not go there
    home = Path(tempfile.mkdtemp(prefix="provstore-postgres-"))
    home.chmod(0o711)
    server = PostgresServer(home / "server", durable=durable)
    try:
        with _Needed("postgres"):
            server.start()
        yield server
    finally:
        server.delete()
        shutil.rmtree(home)


@cache
def graph_url() -> str:
    """The URL of a Neo4j that this process has for itself; skips the test where there is none.

    With ``PROVSTORE_TEST_GRAPH_URL`` it is that, and others may use it too: see `empty_graph`.
    """
    given = os.environ.get("PROVSTORE_TEST_GRAPH_URL")
    if given:
        return given
    with _Needed("neo4j"):
        return _opened.enter_context(_own_neo4j()).url


@contextmanager
def empty_graph(*, keeps_schema: bool = False) -> Iterator[str]:
    """The URL of a Neo4j with nothing in it, no constraint either; one test at a time has it.

    Parameters
    ----------
    keeps_schema
        The constraints and indexes of provstore stay, as in a graph that was emptied: to drop and
        make them takes longer than most tests. Not on a server that was given, whose are unknown.
    """
    url = graph_url()
    is_given = "PROVSTORE_TEST_GRAPH_URL" in os.environ
    kept = frozenset(schema()) if keeps_schema and not is_given else frozenset[str]()
    _PLACE.mkdir(exist_ok=True)
    with ExitStack() as stack:
        if is_given:
            stack.enter_context(locked(_PLACE / "graph.lock"))
        with GraphDatabase.driver(url) as driver, driver.session(database="neo4j") as session:
            _clear(session, kept)
        yield url


@contextmanager
def private_neo4j(home: Path, **options: Any) -> Iterator[Neo4jServer]:  # noqa: ANN401  as given
    """A Neo4j for one test, which may kill, freeze and start it.

    Parameters
    ----------
    home
        Folder of its data.
    options
        As of `Neo4jServer`.
    """
    server = Neo4jServer(home, **{**_SMALL, **options})
    try:
        with _Needed("neo4j"):
            server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def _shared_postgres() -> Iterator[PostgresServer]:
    server = PostgresServer(_PLACE / "postgres")
    door = _PLACE / "postgres.door"
    _PLACE.mkdir(exist_ok=True)
    with (_PLACE / "postgres.users").open("ab") as users:
        with locked(door):
            if _alone(users):
                # what is there was left behind
                server.delete()
            server.start()
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield server
        finally:
            with locked(door):
                if _alone(users):
                    server.delete()


@contextmanager
def _own_neo4j() -> Iterator[Neo4jServer]:
    """A Neo4j in the first folder that no other process uses."""
    _PLACE.mkdir(exist_ok=True)
    with ExitStack() as stack:
        for number in range(_MOST_GRAPHS):
            user = stack.enter_context((_PLACE / f"neo4j-{number}.user").open("ab"))
            if _alone(user):
                break
        server = Neo4jServer(_PLACE / f"neo4j-{number}", **_SMALL)
        server.delete()
        try:
            server.start()
            yield server
        finally:
            server.delete()


def _alone(file: BinaryIO) -> bool:
    """Whether no other process has a lock of the file; this one then has it."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class _Needed:
    """Skips the test where a program is absent, or fails it where that was demanded."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        if self._name in _absent:
            require(self._name, present=False, advice=str(_absent[self._name]))

    def __exit__(self, kind: object, error: BaseException | None, at: object) -> Literal[False]:
        if isinstance(error, AbsentError):
            _absent[self._name] = error
            require(self._name, present=False, advice=str(error))
        return False


def _url_of(name: str) -> str:
    return make_url(postgres_url()).set(database=name).render_as_string(hide_password=False)


def _make_database(name: str, template: str | None) -> None:
    _administer("CREATE DATABASE {} TEMPLATE {}", name, template or "template1")


def _administer(statement: str, *names: str) -> None:
    with _administration() as connection:
        connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _exists(name: str) -> bool:
    with _administration() as connection:
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return found.rowcount == 1


def _administration() -> "psycopg.Connection[tuple[Any, ...]]":
    plain = make_url(postgres_url()).set(drivername="postgresql")
    return psycopg.connect(plain.render_as_string(hide_password=False), autocommit=True)


def _clear(session: Session, kept: frozenset[str]) -> None:
    session.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS").consume()
    for constraint in session.run("SHOW CONSTRAINTS YIELD name").value():
        if constraint not in kept:
            session.run(f"DROP CONSTRAINT `{constraint}`").consume()
    for index in session.run("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").value():
        if index not in kept:
            session.run(f"DROP INDEX `{index}`").consume()
