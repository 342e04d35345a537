"""Many clients, several server processes, one catalogue: nothing is lost, nothing is double."""

import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from support.catalogue import rows
from support.command import COMMAND, clean_environment
from support.processes import (
    ARRAY,
    DOCUMENTS,
    NO_ANSWER,
    Answer,
    Client,
    Told,
    chain,
    doctor,
    forked_server,
    held,
    how_much,
)
from support.server import running_server

pytestmark = pytest.mark.usefixtures("engine")

CLIENTS = 8
DOCUMENTS_IN_ALL = 500
DEADLINE_S = 240.0
"""Beyond it something hangs; a machine that is busy with other tests takes a minute."""


def _push_all(url: str, documents: list[Told], done: list[Told]) -> list[dict[str, Any]]:
    """Push in turn on one connection; what is acknowledged is noted in ``done`` at once."""
    receipts = []
    with Client(url) as client:
        for told in documents:
            answer = client.push(told.data)
            assert answer.status == 201, answer.body
            receipts.append(answer.json())
            done.append(told)
    return receipts


def _read_until(stop: threading.Event, url: str, done: list[Told]) -> int:
    """Ask for the lineage of what was acknowledged last; how often."""
    asked = 0
    with Client(url) as client:
        while not stop.is_set():
            if done:
                answer = client.lineage(done[-1].last)
                assert answer.status == 200, answer.body
                found = answer.json()
                assert (len(found["nodes"]), len(found["edges"])) == (20, 27)
                asked += 1
    return asked


@pytest.mark.slow
def test_500_documents_of_8_clients_arrive_once_each_while_others_read(tmp_path: Path) -> None:
    documents = [chain(f"night{number}") for number in range(DOCUMENTS_IN_ALL)]
    done: list[Told] = []
    stop = threading.Event()
    with running_server(tmp_path, workers=2) as server, ThreadPoolExecutor(CLIENTS + 2) as pool:
        started = time.monotonic()
        readers = [pool.submit(_read_until, stop, server.url, done) for _ in range(2)]
        pushers = [
            pool.submit(_push_all, server.url, documents[client::CLIENTS], done)
            for client in range(CLIENTS)
        ]
        try:
            receipts = [receipt for pusher in pushers for receipt in pusher.result()]
        finally:
            stop.set()
        took = time.monotonic() - started
        assert all(reader.result() > 0 for reader in readers)
        with Client(server.url) as client:
            _check_counts(client)
        assert " 500 " not in server.log
    assert took < DEADLINE_S
    assert len({receipt["id"] for receipt in receipts}) == DOCUMENTS_IN_ALL
    assert {receipt["new"]["relations"] for receipt in receipts} == {27}
    # the first tells of the shared agent, the others know it
    assert sorted(receipt["new"]["elements"] for receipt in receipts) == [19] * 499 + [20]
    counts = held(tmp_path)
    assert {how_much(counts, told) for told in documents} == {(19, 27)}
    assert rows(tmp_path, "SELECT count(*) FROM element WHERE iri = :iri", iri=ARRAY) == [(1,)]
    assert doctor(tmp_path) == []


def _check_counts(client: Client) -> None:
    health = client.get("/health").json()
    assert health["documents"] == DOCUMENTS_IN_ALL
    assert health["elements"] == DOCUMENTS_IN_ALL * 19 + 1
    assert health["relations"] == DOCUMENTS_IN_ALL * 27
    assert client.get(DOCUMENTS, [("limit", "1")]).json()["total"] == DOCUMENTS_IN_ALL


def test_one_document_pushed_to_two_processes_at_once_is_stored_once(tmp_path: Path) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(forked_server(tmp_path)) for _ in range(2)]
        for number in range(10):
            told = chain(f"twice{number}")
            answers = _push_at_once([server.url for server in servers] * 2, told.data)
            assert sorted(answer.status for answer in answers) == [200, 200, 200, 201]
            receipts = [_without_url(answer) for answer in answers]
            assert receipts == [receipts[0]] * 4
            assert how_much(held(tmp_path), told) == (told.elements, told.relations)
    assert rows(tmp_path, "SELECT count(*) FROM document") == [(10,)]
    assert doctor(tmp_path) == []


def _push_at_once(urls: list[str], data: bytes) -> list[Answer]:
    barrier = threading.Barrier(len(urls))

    def push(url: str) -> Answer:
        with Client(url) as client:
            client.get("/health")  # the connection stands, and the server is warm
            barrier.wait()
            return client.push(data)

    with ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(push, urls))


def _without_url(answer: Answer) -> dict[str, Any]:
    receipt: dict[str, Any] = answer.json()
    del receipt["url"]  # each server tells its own address
    return receipt


def test_two_servers_that_start_at_once_on_an_empty_folder_migrate_once(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--port", "0"]
    with ExitStack() as stack:
        processes = [stack.enter_context(_started(command, tmp_path)) for _ in range(2)]
        urls = [_first_line(process) for process in processes]
        answers = _push_at_once(urls, chain("first").data)
        assert sorted(answer.status for answer in answers) == [200, 201]
    assert rows(tmp_path, "SELECT count(*) FROM alembic_version") == [(1,)]
    assert doctor(tmp_path) == []


@contextmanager
def _started(command: list[str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        command,
        env=clean_environment(data_dir=folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _first_line(process: subprocess.Popen[str]) -> str:
    """The address of a server, once it is answered there."""
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    assert url, "the server did not start"
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        with suppress(*NO_ANSWER), Client(url) as client:
            assert client.get("/health").status == 200
            return url
        time.sleep(0.05)
    raise AssertionError("the server does not answer")
