"""Neo4j dies, hangs and loses its worker while documents come: nobody waits, nobody is misled."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

import pytest
from neo4j_server import Neo4jServer
from support.archive import Archive
from support.processes import until
from support.servers import private_neo4j
from support.traffic import Traffic

from provstore import factory

DOCUMENTS: Final = 2000
KILLS: Final = 20
ENDLESS: Final = 100_000


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Neo4jServer]:
    """A Neo4j that may be killed."""
    with private_neo4j(tmp_path / "neo4j") as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path, postgres: str, server: Neo4jServer) -> Archive:
    """An empty archive on PostgreSQL and this Neo4j."""
    archive = Archive(tmp_path / "archive", database_url=postgres, graph_url=server.url)
    factory.migrate(archive.settings)
    return archive


@pytest.mark.slow
def test_neo4j_is_killed_during_an_ingest_of_2000_documents(
    archive: Archive, server: Neo4jServer
) -> None:
    with archive.server() as one, archive.server() as other:
        archive.wait_until_shown()
        with Traffic([one.url, other.url], "killed", most=DOCUMENTS) as traffic:
            traffic.wait_for(DOCUMENTS // 4)
            server.kill()
            traffic.phase = "down"
            traffic.wait_for(DOCUMENTS // 2)
            traffic.phase = "again"
            server.start()
            traffic.wait_for(DOCUMENTS)
            traffic.phase = "after"
            traffic.wait_for_answers(10, "neo4j")
        archive.check_graph()
    assert traffic.engines["before"]["neo4j"] > 0
    assert traffic.engines["down"].keys() == {"catalogue"}
    assert archive.rows("SELECT count(*) FROM document") == [(DOCUMENTS,)]
    assert archive.doctor() == []


@pytest.mark.slow
def test_neo4j_hangs_for_ten_seconds(archive: Archive, server: Neo4jServer) -> None:
    with archive.server() as api:
        archive.wait_until_shown()
        with Traffic([api.url], "hangs", most=ENDLESS, pause_s=0.05) as traffic:
            traffic.wait_for_answers(10, "neo4j")
            server.freeze()
            traffic.phase = "frozen"
            pushed = len(traffic.acknowledged)
            time.sleep(10.0)
            assert len(traffic.acknowledged) > pushed
            traffic.phase = "between"
            server.thaw()
            traffic.phase = "after"
            traffic.wait_for_answers(10, "neo4j")
        archive.check_graph()
    assert traffic.engines["frozen"].keys() == {"catalogue"}
    assert traffic.engines["frozen"].total() > 1


@pytest.mark.slow
@pytest.mark.parametrize("where", ["beside-the-servers-own", "alone"])
def test_the_worker_is_killed_20_times(archive: Archive, where: str) -> None:
    """Its lease is taken away from whoever has it, as if it had ended: two may think they have."""
    random = Random(20)  # noqa: S311  moments, no secret
    graph = "" if where == "alone" else archive.told["graph_url"]
    with archive.worker(), archive.server(graph_url=graph) as api:
        archive.wait_until_shown()
        with Traffic([api.url], "worker", most=ENDLESS, pushers=2, askers=1) as traffic:
            for _ in range(KILLS):
                with archive.worker() as worker:
                    until(lambda: archive.let_have_lease(worker))
                    time.sleep(random.uniform(0.0, 0.4))
            archive.expire_lease()
        archive.check_graph()
    assert len(traffic.acknowledged) > KILLS
    assert archive.doctor() == []
