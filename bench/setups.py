"""The set-ups that are compared: their servers, their data, and the bare work of each."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from bare import Bare, BareNeo4j, BarePostgres, BareSqlite
from documents import chain, diamonds, observatory
from neo4j import GraphDatabase
from neo4j_server import Neo4jServer
from postgres_server import PostgresServer

from provstore.config import Settings
from provstore.factory import Services, build, migrate

LEVELS: Final = (10, 20, 30)
LINKS: Final = (250, 500, 1000)
_MERGED: Final = 25
"""Runs of the observatory that are told in one document while the catalogues are filled."""


class Servers(NamedTuple):
    """Where the servers are."""

    postgres: str
    neo4j: str


class SetUp(NamedTuple):
    """One way to run the archive."""

    name: str
    settings: Settings
    services: Services
    bare: Bare

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a server process, besides its data folder."""
        names = {"database_url": "DATABASE_URL", "graph_url": "GRAPH_URL"}
        return {
            f"PROVSTORE_{name}": value
            for field, name in names.items()
            if (value := getattr(self.settings, field))
        }


@contextmanager
def servers() -> Iterator[Servers]:
    """The servers that tests are told to use, or ones of our own that end afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="provstore-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # PostgreSQL has an account of its own, which must be able to get to its folder
        folder.chmod(0o711)
        yield Servers(_postgres(stack, folder / "postgres"), _neo4j(stack, folder / "neo4j"))


def _postgres(stack: ExitStack, home: Path) -> str:
    if given := os.environ.get("PROVSTORE_TEST_DATABASE_URL"):
        return given
    # as durable as in an archive: the time of a push is measured too
    server = PostgresServer(home, durable=True)
    stack.callback(server.delete)
    return server.start()


def _neo4j(stack: ExitStack, home: Path) -> str:
    if given := os.environ.get("PROVSTORE_TEST_GRAPH_URL"):
        return given
    server = Neo4jServer(home, heap="2g", page_cache="1g")
    stack.callback(server.delete)
    url = server.start()
    _warm(url)
    return url


@contextmanager
def filled(found: Servers, runs: int) -> Iterator[list[SetUp]]:
    """The three set-ups over the same data; the graph is not written yet."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        chosen = {
            "SQLite": Settings(data_dir=folder),
            "PostgreSQL": Settings(data_dir=folder, database_url=found.postgres),
            "PostgreSQL, Neo4j": Settings(
                data_dir=folder, database_url=found.postgres, graph_url=found.neo4j
            ),
        }
        bare: list[Callable[[], Bare]] = [
            lambda: BareSqlite(folder / "provstore.db"),
            lambda: BarePostgres(found.postgres),
            lambda: BareNeo4j(found.postgres, found.neo4j),
        ]
        setups = []
        for (name, settings), opened in zip(chosen.items(), bare, strict=True):
            migrate(settings)
            services = build(settings)
            stack.callback(services.close)
            if not settings.graph_url:
                _fill(services, runs)
            setups.append(SetUp(name, settings, services, opened()))
            stack.callback(setups[-1].bare.close)
        yield setups


def _warm(graph_url: str) -> None:
    """Have it load and compile its program, as one that has run for a while has done."""
    statements = (
        "UNWIND range(1, 500) AS n MERGE (a:Warm {n: n}) MERGE (a)-[:NEXT]->(:Warm {n: -n})",
        "MATCH p = (a:Warm {n: 1})-[:NEXT*0..]->(b) RETURN collect(b.n), min(length(p))",
        "MATCH (n:Warm) DETACH DELETE n",
    )
    with GraphDatabase.driver(graph_url) as driver:
        for statement in statements * 3:
            driver.execute_query(statement, database_="neo4j")


def _fill(services: Services, runs: int) -> None:
    for document in observatory(runs, merged=_MERGED):
        services.ingest.push(document)
    for levels in LEVELS:
        services.ingest.push(diamonds(levels))
    for links in LINKS:
        services.ingest.push(chain(links))


def count_relationships(graph_url: str) -> int:
    """How many relationships stand in Neo4j, copies included."""
    with GraphDatabase.driver(graph_url) as driver:
        records, _, _ = driver.execute_query("MATCH ()-[r]->() RETURN count(r)", database_="neo4j")
        return int(records[0][0])
