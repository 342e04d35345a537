"""Two servers and a worker on one PostgreSQL and one Neo4j: as if they were one."""

import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest
from support.archive import Archive
from support.processes import DOCUMENTS, Answer, Client, chain, how_much, until
from support.traffic import check_lineage

from provstore import factory

TIMES: Final = 15
JOBS: Final = 4
ASYNC_BYTES: Final = 20_000
LARGE: Final = 100
"""Jobs of a document that is judged later."""
CLIENTS: Final = 4
"""Who push one document at the same moment."""


@pytest.fixture
def archive(tmp_path: Path, postgres: str, neo4j: str) -> Archive:
    """An empty archive on real servers."""
    told = {"database_url": postgres, "graph_url": neo4j, "async_document_bytes": ASYNC_BYTES}
    archive = Archive(tmp_path, **told)
    factory.migrate(archive.settings)
    return archive


@pytest.fixture
def urls(archive: Archive) -> Iterator[list[str]]:
    """Two servers, and a worker beside them."""
    with ExitStack() as stack:
        stack.enter_context(archive.worker())
        yield [stack.enter_context(archive.server()).url for _ in range(2)]


def _push_at_once(urls: list[str], data: bytes) -> list[Answer]:
    """From clients that take turns with the servers, all at one moment."""
    barrier = threading.Barrier(CLIENTS)

    def push(number: int) -> Answer:
        with Client(urls[number % len(urls)]) as client:
            client.get("/health")  # the connection stands
            barrier.wait()
            return client.push(data)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(push, range(CLIENTS)))


def _receipt(answer: Answer) -> dict[str, Any]:
    receipt: dict[str, Any] = answer.json()
    del receipt["url"]  # each server tells its own address
    return receipt


@pytest.mark.slow
def test_a_document_that_comes_to_both_at_once_is_stored_once(
    archive: Archive, urls: list[str]
) -> None:
    for number in range(TIMES):
        told = chain(f"both{number}", JOBS)
        answers = _push_at_once(urls, told.data)
        assert sorted(answer.status for answer in answers) == [200] * (CLIENTS - 1) + [201]
        receipts = [_receipt(answer) for answer in answers]
        assert receipts == [receipts[0]] * CLIENTS
        assert receipts[0]["sha256"] == hashlib.sha256(told.data).hexdigest()
        for url in urls:
            with Client(url) as client:
                check_lineage(client, told, JOBS)
    assert archive.rows("SELECT status, count(*) FROM document GROUP BY status") == [
        ("accepted", TIMES)
    ]
    archive.check_graph()
    assert archive.doctor() == []


@pytest.mark.slow
def test_a_large_document_that_comes_to_both_is_worked_off_once(
    archive: Archive, urls: list[str]
) -> None:
    documents = [chain(f"large{number}", LARGE) for number in range(3)]
    receipts = []
    for told in documents:
        answers = _push_at_once(urls, told.data)
        assert {answer.status for answer in answers} <= {200, 202}
        [receipt] = {answer.json()["id"] for answer in answers}
        receipts.append(receipt)
    with Client(urls[0]) as client:
        until(lambda: client.get("/health").json()["pending"] == 0)
        for receipt, told in zip(receipts, documents, strict=True):
            found = client.get(f"{DOCUMENTS}/{receipt}").json()
            assert found["status"] == "accepted"
            assert found["new"]["relations"] == told.relations
            check_lineage(client, told, LARGE)
    counts = archive.held()
    assert {how_much(counts, told) for told in documents} == {(2 * LARGE + 1, 3 * LARGE)}
    archive.check_graph()
    assert archive.doctor() == []


@pytest.mark.slow
def test_whoever_writes_the_graph_is_replaced_when_killed(archive: Archive) -> None:
    with archive.server() as api:
        with archive.worker() as worker:
            until(lambda: archive.let_have_lease(worker))
            archive.wait_until_shown()
            worker.kill()
            killed = archive.holder()
            with Client(api.url) as client:
                told = chain("orphan", JOBS)
                assert client.push(told.data).status == 201
                check_lineage(client, told, JOBS)  # nobody shows it in the graph now
                assert client.get("/health").json()["graph"]["behind"] > 0
        archive.wait_until_shown()  # as soon as the lease of the dead has ended
        assert archive.holder() != killed
        with Client(api.url) as client:
            assert check_lineage(client, told, JOBS) == "neo4j"
            assert client.get("/health").json()["graph"]["written_by"] == archive.holder()
        archive.check_graph()
