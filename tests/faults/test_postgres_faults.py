"""PostgreSQL crashes and restarts under the pushes of many: nothing is lost, nothing is double."""

import hashlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Final

import psycopg
import pytest
from postgres_server import PostgresServer
from sqlalchemy import text
from support.archive import Archive
from support.processes import DOCUMENTS, Answer, Client, Told, chain, how_much, until
from support.server import Server, running_server
from support.servers import private_postgres

from provstore import factory
from provstore.client.client import Client as OurClient
from provstore.client.delivery import Delivery, State, flush
from provstore.client.spool import Spool
from provstore.errors import UnavailableError
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.names import insert_rows
from provstore.stores.catalogue.tables import counter

PUSHERS: Final = 3
ASYNC_BYTES: Final = 10_000
SMALL, LARGE = 9, 60
"""Jobs of a document that is judged at once, and of one that is judged later."""
_ACCEPTED: Final = frozenset({200, 201, 202})


class Log:
    """What was sent by all clients, and what they were told."""

    def __init__(self) -> None:
        self.sent: list[Told] = []
        self.receipts: dict[str, str] = {}
        """Receipt of each namespace."""
        self.refused: int = 0
        """How often a server had to say that it cannot now."""
        self._lock = threading.Lock()

    def next(self) -> Told:
        """A document that nobody has sent."""
        with self._lock:
            number = len(self.sent)
            told = chain(f"restart{number}", LARGE if number % 8 == 0 else SMALL)
            self.sent.append(told)
            return told

    def push_until(self, stop: threading.Event, url: str) -> None:
        """Push one after the other, each until it is taken."""
        with Client(url) as client:
            while not stop.is_set():
                told = self.next()
                answer = self._taken(lambda: client.push(told.data))  # noqa: B023  called at once
                self.receipts[told.namespace] = answer.json()["id"]

    def read_until(self, stop: threading.Event, url: str) -> None:
        """Ask for what was acknowledged last."""
        with Client(url) as client:
            while not stop.is_set():
                namespaces = list(self.receipts)
                receipts = [self.receipts[name] for name in namespaces[-1:]]
                for receipt in receipts:
                    answer = self._taken(lambda: client.get(f"{DOCUMENTS}/{receipt}"))  # noqa: B023  called at once
                    assert answer.json()["status"] in {"accepted", "pending"}

    def deliver_until(self, stop: threading.Event, url: str, spool: Spool) -> None:
        """Push as a pipeline does, whose documents may end in its spool."""
        client = OurClient(url, "")
        while not stop.is_set():
            told = self.next()
            outcome = Delivery(client, spool).deliver(told.data, name=told.namespace)
            assert outcome.state in {
                State.ACCEPTED,
                State.KNOWN,
                State.PENDING,
                State.SPOOLED,
            }, outcome

    def _taken(self, ask: Callable[[], Answer]) -> Answer:
        """The answer of success, after any number that say when to come again."""
        while (answer := ask()).status not in _ACCEPTED:
            problem = answer.json()
            assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE, problem
            answer.problem(503, problem["code"])
            assert answer.headers["retry-after"] == "5"
            self.refused += 1
            time.sleep(0.1)
        return answer


def _crash(server: PostgresServer) -> None:
    server.crash()


def _stop(server: PostgresServer) -> None:
    server.stop()


def _restart_often(postgres: PostgresServer, random: Random) -> None:
    for end in (_crash, _stop, _crash, _stop, _crash):
        time.sleep(random.uniform(0.2, 0.8))
        end(postgres)
        time.sleep(random.uniform(0.0, 0.6))
        postgres.start()
    time.sleep(1.0)


@pytest.mark.slow
def test_restarts_under_pushes_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    log, spool = Log(), Spool(tmp_path / "spool")
    with private_postgres(durable=True) as postgres:
        archive = Archive(
            tmp_path / "archive", database_url=postgres.url, async_document_bytes=ASYNC_BYTES
        )
        with running_server(archive.folder, workers=2, settings=archive.told) as server:
            until(lambda: _starts(server) == [2, 2])
            _push_through_restarts(postgres, server, log, spool)
            _check_the_ledger(server, log)
            assert " 500 " not in server.log
            assert "Traceback" not in server.log
            assert "Child process" not in server.log  # none had to be replaced
        _check_the_catalogue(archive, log)


def _push_through_restarts(
    postgres: PostgresServer, server: Server, log: Log, spool: Spool
) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(PUSHERS + 2) as pool:
        tasks = [pool.submit(log.push_until, stop, server.url) for _ in range(PUSHERS)]
        tasks.append(pool.submit(log.deliver_until, stop, server.url, spool))
        tasks.append(pool.submit(log.read_until, stop, server.url))
        try:
            _restart_often(postgres, Random(5))  # noqa: S311  moments, no secret
        finally:
            stop.set()
        for task in tasks:
            task.result()
    assert log.refused > 0
    for outcome in flush(spool, lambda url: OurClient(url, "")):
        assert outcome.state in {State.ACCEPTED, State.KNOWN, State.PENDING}, outcome
    assert spool.waiting() == []
    assert not spool.refused.exists()


def _check_the_ledger(server: Server, log: Log) -> None:
    with Client(server.url) as client:
        until(lambda: client.get("/health").json()["pending"] == 0)
        for told in log.sent:
            again = client.push(told.data)
            assert again.status == HTTPStatus.OK, again.body  # it was there
            receipt = again.json()
            assert receipt["status"] == "accepted"
            assert receipt["sha256"] == hashlib.sha256(told.data).hexdigest()
            assert log.receipts.get(told.namespace, receipt["id"]) == receipt["id"]
            assert client.get(f"{DOCUMENTS}/{receipt['id']}/raw").body == told.data


def _check_the_catalogue(archive: Archive, log: Log) -> None:
    counts = archive.held()
    for told in log.sent:
        assert how_much(counts, told) == (told.elements, told.relations)
    assert archive.rows("SELECT status, count(*) FROM document GROUP BY status") == [
        ("accepted", len(log.sent))
    ]
    assert archive.doctor() == []


@pytest.mark.slow
def test_a_process_that_starts_while_postgres_is_away_waits_for_it(tmp_path: Path) -> None:
    with private_postgres() as postgres:
        archive = Archive(tmp_path, database_url=postgres.url)
        with running_server(archive.folder, workers=2, settings=archive.told) as server:
            until(lambda: _starts(server) == [2, 2])
            postgres.stop()
            os.kill(server.workers[0], signal.SIGKILL)
            until(lambda: _starts(server) == [3, 2] and "the start waits" in server.log)
            postgres.start()
            until(lambda: _starts(server) == [3, 3])
            with Client(server.url) as client:
                assert client.push(chain("after").data).status == HTTPStatus.CREATED
            assert "Traceback" not in server.log


def _starts(server: Server) -> list[int]:
    """How many processes began to start, and how many are ready."""
    told = ("Waiting for application startup", "Application startup complete")
    return [server.log.count(words) for words in told]


class _Interrupted(list[tuple[object, ...]]):
    """Rows during whose sending the server gives up the statement."""

    def __init__(self, tx: Transaction, admin: str) -> None:
        super().__init__([("some", 1), ("more", 1)])
        [self._pid] = tx.execute(text("SELECT pg_backend_pid()")).one()
        self._admin = admin.replace("+psycopg", "")

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        yield self[0]
        with psycopg.connect(self._admin, autocommit=True) as connection:
            connection.execute("SELECT pg_cancel_backend(%s)", [self._pid])
        yield self[1]


def test_rows_that_the_server_does_not_take_are_told_like_any_other_failure(
    tmp_path: Path,
) -> None:
    with private_postgres() as postgres:
        archive = Archive(tmp_path, database_url=postgres.url)
        factory.migrate(archive.settings)
        database = Database(postgres.url)
        with pytest.raises(UnavailableError, match="cannot be reached"), database.writing() as tx:
            insert_rows(tx, counter, _Interrupted(tx, postgres.admin_url))
        with database.writing() as tx:
            insert_rows(tx, counter, [("some", 1)])
        database.close()
        assert archive.rows("SELECT next FROM counter WHERE name = 'some'") == [(1,)]
