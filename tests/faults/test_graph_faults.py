"""Neo4j dies, hangs and loses its worker while documents come: nobody waits, nobody is misled."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Final

import pytest
from neo4j_server import Neo4jServer
from support.archive import Archive
from support.processes import Client, Told, chain, until
from support.servers import private_neo4j, private_postgres
from support.traffic import Traffic, check_lineage

from provstore import factory

DOCUMENTS: Final = 2000
ENDLESS: Final = 100_000
CRASHES: Final = 4
DOCUMENTS_BETWEEN: Final = 25


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A Neo4j that may be killed; a test may find what another has left in it."""
    with private_neo4j(tmp_path_factory.mktemp("neo4j") / "home") as server:
        yield server


@pytest.fixture
def archive(tmp_path: Path, postgres: str, server: Neo4jServer) -> Archive:
    """An empty archive on PostgreSQL and this Neo4j."""
    archive = Archive(tmp_path / "archive", database_url=postgres, graph_url=server.url)
    factory.migrate(archive.settings)
    return archive


@pytest.mark.slow
@pytest.mark.timeout(900)
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
@pytest.mark.parametrize(("where", "kills"), [("beside the server's own", 20), ("alone", 5)])
def test_the_worker_is_killed_often(archive: Archive, where: str, kills: int) -> None:
    """Its lease is taken away from whoever has it, as if it had ended: two may think they have."""
    random = Random(20)  # noqa: S311  moments, no secret
    graph = "" if where == "alone" else archive.told["graph_url"]
    with archive.worker(), archive.server(graph_url=graph) as api:
        archive.wait_until_shown()
        with Traffic([api.url], "worker", most=ENDLESS, pushers=2, askers=1) as traffic:
            for _ in range(kills):
                with archive.worker() as worker:
                    until(lambda: archive.let_have_lease(worker))
                    time.sleep(random.uniform(0.0, 0.4))
            archive.expire_lease()
        archive.check_graph()
    assert len(traffic.acknowledged) > kills
    assert archive.doctor() == []


@pytest.mark.slow
def test_the_catalogue_crashes_while_the_graph_is_written(
    tmp_path: Path, server: Neo4jServer
) -> None:
    """One that may lose what it had committed last, so that the graph shows what never was."""
    with private_postgres() as postgres:
        archive = Archive(tmp_path / "archive", database_url=postgres.url, graph_url=server.url)
        factory.migrate(archive.settings)
        with archive.server() as api:
            for crash in range(CRASHES):
                _push_until_taken(
                    api.url, [chain(f"{crash}-{number}", 2) for number in range(DOCUMENTS_BETWEEN)]
                )
                postgres.crash()
                postgres.start()
            last = chain("last", 2)
            _push_until_taken(api.url, [last])
            archive.check_graph()
            with Client(api.url) as client:
                assert check_lineage(client, last, 2) == "neo4j"
        assert archive.doctor() == []


def _push_until_taken(url: str, documents: Sequence[Told]) -> None:
    with Client(url) as client:
        for told in documents:
            until(lambda: client.push(told.data).status in {200, 201})  # noqa: B023  called at once
