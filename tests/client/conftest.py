"""The server that these tests share."""

from collections.abc import Iterator

import pytest
from support.server import Server, running_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server with an empty catalogue at first; documents in it differ by a tag."""
    with running_server(tmp_path_factory.mktemp("server")) as running:
        yield running
