"""Servers are killed while they store: what was acknowledged stays, and nothing is half there."""

import hashlib
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from support.catalogue import rows
from support.engines import is_postgres, settings
from support.processes import (
    DOCUMENTS,
    FORKS,
    NO_ANSWER,
    Client,
    Told,
    chain,
    doctor,
    forked_server,
    held,
    how_much,
    until,
)

from provstore.factory import migrate

pytestmark = pytest.mark.usefixtures("engine")

KILLS: Final = 20
KILLS_BESIDE_POSTGRES: Final = 8
"""Fewer: what is killed is a client there, and what it leaves PostgreSQL undoes by itself."""
STARTS: Final = 10
CLIENTS: Final = 3
ASYNC_BYTES: Final = 10_000
SMALL, LARGE = 9, 60
"""Jobs of a document that is judged at once, and of one that is judged later."""


class Log:
    """What clients have sent, and what was acknowledged; they share it."""

    def __init__(self) -> None:
        self.sent: list[Told] = []
        self.receipts: list[tuple[Told, dict[str, Any]]] = []
        self.interrupted: list[float] = []
        """When the pushes began that were never answered."""
        self._lock = threading.Lock()

    def next(self) -> Told:
        """A document that nobody has sent."""
        with self._lock:
            number = len(self.sent)
            told = chain(f"kill{number}", LARGE if number % 4 == 0 else SMALL)
            self.sent.append(told)
            return told

    def push_until_killed(self, url: str) -> None:
        with Client(url) as client:
            while True:
                told, began = self.next(), time.monotonic()
                try:
                    answer = client.push(told.data)
                except NO_ANSWER:
                    self.interrupted.append(began)
                    return
                assert answer.status in {201, 202}, answer.body
                self.receipts.append((told, answer.json()))


def _one_life(folder: Path, log: Log, seconds: float) -> int:
    """Start a server, push to it, kill it; how many pushes were under way at that moment."""
    with (
        ThreadPoolExecutor(CLIENTS) as pool,
        forked_server(folder, async_document_bytes=ASYNC_BYTES) as server,
    ):
        before = len(log.interrupted)
        pushing = [pool.submit(log.push_until_killed, server.url) for _ in range(CLIENTS)]
        time.sleep(seconds)
        killed = time.monotonic()
        server.kill()
        for push in pushing:
            push.result()
    return sum(began < killed for began in log.interrupted[before:])


@pytest.mark.slow
def test_after_many_kills_all_that_was_acknowledged_is_there_and_nothing_is_half(
    tmp_path: Path,
) -> None:
    random, log = Random(20), Log()  # noqa: S311  moments, no secret
    kills = KILLS_BESIDE_POSTGRES if is_postgres() else KILLS
    hits = [_one_life(tmp_path, log, random.uniform(0.1, 0.8)) for _ in range(kills)]
    assert sum(hit > 0 for hit in hits) >= kills - 2, hits
    with forked_server(tmp_path) as server, Client(server.url) as client:
        until(lambda: client.get("/health").json()["pending"] == 0)
        for told, receipt in log.receipts:
            _check_acknowledged(client, told, receipt)
    assert {len(told.data) > ASYNC_BYTES for told, _ in log.receipts} == {True, False}
    assert len(log.receipts) > kills
    counts = held(tmp_path)
    for told in log.sent:
        assert how_much(counts, told) in {(0, 0), (told.elements, told.relations)}
    assert rows(tmp_path, "SELECT DISTINCT status FROM document") == [("accepted",)]
    assert doctor(tmp_path) == []


def _check_acknowledged(client: Client, told: Told, receipt: dict[str, Any]) -> None:
    path = f"{DOCUMENTS}/{receipt['id']}"
    now = client.get(path).json()
    assert now["status"] == "accepted"
    assert now["sha256"] == receipt["sha256"] == hashlib.sha256(told.data).hexdigest()
    assert client.get(f"{path}/raw").body == told.data
    found = client.lineage(told.last).json()
    assert (len(found["nodes"]), len(found["edges"])) == (told.elements + 1, told.relations)


def test_a_server_that_is_killed_while_it_makes_the_catalogue_makes_it_the_next_time(
    tmp_path: Path,
) -> None:
    random, killed = Random(7), 0  # noqa: S311  moments, no secret
    for number in range(STARTS):
        folder = tmp_path / str(number)
        chosen = settings(folder)
        process = FORKS.Process(target=migrate, args=(chosen,))
        process.start()
        if not is_postgres():
            until(folder.exists)
        time.sleep(random.uniform(0.0, 0.3 if is_postgres() else 0.08))
        process.kill()
        process.join()
        killed += process.exitcode == -signal.SIGKILL
        migrate(chosen)
        assert rows(folder, "SELECT count(*) FROM alembic_version") == [(1,)]
        assert doctor(folder) == []
    assert killed > 1  # how many are still making it depends on the machine; some must be
