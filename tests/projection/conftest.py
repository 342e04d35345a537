"""An archive whose graph is a real Neo4j."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import engines
from support.catalogue import fresh
from support.projected import connection

from provstore.factory import Services
from provstore.services.projection import Projector
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.neo4j import Neo4j


@pytest.fixture(scope="session", autouse=True)
def _both_engines(engine: str) -> None:
    """Everything here runs on both engines."""


@pytest.fixture
def server(neo4j: str) -> Iterator[Neo4j]:
    """A Neo4j with nothing in it."""
    with connection(neo4j) as opened:
        yield opened


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Services]:
    """The services over an empty catalogue; nothing writes the graph but the test."""
    services = fresh(tmp_path)
    yield services
    services.close()


@pytest.fixture
def database(archive: Services, tmp_path: Path) -> Iterator[Database]:
    """Its catalogue."""
    del archive
    opened = Database(engines.settings(tmp_path).catalogue_url)
    yield opened
    opened.close()


@pytest.fixture
def projector(database: Database, server: Neo4j) -> Projector:
    """A worker."""
    return Projector(database, server)
