"""The server of these tests: another process, with limits that are quick to reach."""

from collections.abc import Iterator
from typing import Final

import pytest
from support.processes import Client
from support.server import Server, running_server

LIMITS: Final = {
    "max_document_bytes": 10_000_000,
    "max_lineage_nodes": 300,
    "max_rows": 20,
    "writer_timeout_s": 1,
}


@pytest.fixture(scope="session")
def server(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server; documents in it differ by a tag."""
    with running_server(tmp_path_factory.mktemp("faults"), settings=LIMITS) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A connection to it."""
    with Client(server.url) as client:
        yield client


@pytest.fixture(scope="module")
def module_client(server: Server) -> Iterator[Client]:
    """A connection for what a module's tests share."""
    with Client(server.url) as client:
        yield client
