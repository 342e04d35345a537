"""Fixtures that every test may use."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["support.engines"]

settings.register_profile(
    "default",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
    # not Phase.explain: it traces every line of a failing example, for minutes
    phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink),
)
settings.load_profile("default")

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def data() -> Path:
    """Our own files."""
    return ROOT / "tests" / "data"


@pytest.fixture(scope="session")
def samples() -> Path:
    """Files of real software; the tests that read them are skipped where they are not there."""
    folder = Path(os.environ.get("PROVSTORE_SAMPLES", ROOT.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip(f"no sample files: set PROVSTORE_SAMPLES to their folder ({folder} is none)")
    return folder


@pytest.fixture
def postgres() -> Iterator[str]:
    """The URL of an empty database in a real PostgreSQL; without one the test is skipped."""
    from support.servers import database

    with database() as url:
        yield url


@pytest.fixture
def neo4j() -> Iterator[str]:
    """The URL of a real Neo4j with no nodes in it; without one the test is skipped."""
    from support.servers import empty_graph

    with empty_graph(keeps_schema=True) as url:
        yield url


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Stop the servers that tests had started.

    Not later: a worker of pytest-xdist that has said that it is done has five seconds to end, and
    is interrupted then, while a Neo4j on a busy machine still stops.
    """
    # not imported for this: their drivers are heavy, and most runs start no server
    servers = sys.modules.get("support.servers")
    if servers is not None:
        servers.close_all()
