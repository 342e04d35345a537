"""Another process holds the writer: a push is told to come again, and reads go on."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from support.engines import settings
from support.processes import Answer, Client, chain
from support.server import Server

from provstore.stores.catalogue.database import Database

TIMEOUT_S = 1.0
"""WRITER_TIMEOUT_S of the server of these tests."""
PATIENCE_S = 10.0
"""Most that an answer may take beyond it on a busy machine."""

Holder = Callable[[Path], AbstractContextManager[None]]


@contextmanager
def writer_held(folder: Path) -> Iterator[None]:
    """As a process of ours does that writes."""
    database = Database(settings(folder).catalogue_url)
    with database.writing():
        yield
    database.close()


@contextmanager
def database_held(folder: Path) -> Iterator[None]:
    """As any other program does that writes to the file."""
    with closing(sqlite3.connect(folder / "provstore.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def test_a_push_is_told_to_come_again_and_is_taken_then(server: Server, client: Client) -> None:
    check(server, client, writer_held)


@pytest.mark.sqlite
def test_another_program_may_hold_the_file(server: Server, client: Client) -> None:
    check(server, client, database_held)


def check(server: Server, client: Client, holder: Holder) -> None:
    before, told = chain(f"before-{holder.__name__}"), chain(f"after-{holder.__name__}")
    assert client.push(before.data).status == 201
    with holder(server.data_dir):
        started = time.monotonic()
        answer = client.push(told.data)
        took = time.monotonic() - started
        answer.problem(503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        assert TIMEOUT_S * 0.9 < took < TIMEOUT_S + PATIENCE_S
        assert client.lineage(before.last).status == 200
        assert client.lineage(told.last).status == 404
        assert client.push(before.data).status == 200  # what is known needs no writer
    assert client.push(told.data).status == 201
    assert client.lineage(told.last).status == 200


def test_reads_do_not_wait_behind_pushes_that_wait(server: Server, client: Client) -> None:
    told = chain("reads-go-on")
    assert client.push(told.data).status == 201
    with ThreadPoolExecutor(8) as pool, writer_held(server.data_dir):
        pushes = [pool.submit(_push_alone, server.url, number) for number in range(8)]
        time.sleep(TIMEOUT_S / 4)
        assert not any(push.done() for push in pushes)
        assert client.lineage(told.last).status == 200
        assert not all(push.done() for push in pushes)
        for push in pushes:
            push.result().problem(503, "busy")


def _push_alone(url: str, number: int) -> Answer:
    with Client(url) as client:
        return client.push(chain(f"waits{number}").data)
