"""What the page on growth says of PostgreSQL: partitions, and a second server that takes over."""

import json
import os
import shutil
import subprocess
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from postgres_server import PostgresServer, installed
from pydantic import SecretStr
from sqlalchemy.engine import URL, make_url
from support.command import provstore
from support.composed import ROOT
from support.pages import Block, blocks, commands
from support.processes import Client, ForkedServer, chain
from support.server import free_port
from support.servers import private_postgres

from provstore.config import Settings

PAGE = ROOT / "docs" / "grow.md"
TOLD = [chain(f"growth{number}") for number in range(3)]
_PATIENCE_S = 60


def _block(having: str) -> Block:
    [block] = [block for block in blocks(PAGE) if having in block.text]
    return block


def _environment(url: URL) -> dict[str, str]:
    """What PostgreSQL's own programs read, for a role and a server."""
    return {
        "PATH": f"{installed().bin}:{os.environ['PATH']}",
        "PGPORT": str(url.port),
        "PGPASSWORD": str(url.password),
    }


def _ask(server: PostgresServer, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(server.admin_url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


# -- partitions


def _partition(url: URL) -> int:
    [command] = commands(_block("partition-body.sql"))
    done = subprocess.run(
        ["bash", "-c", command.text],
        cwd=ROOT,
        env=_environment(url),
        capture_output=True,
        check=False,
    )
    return done.returncode


def test_attributes_are_partitioned_and_nothing_else_is_different(tmp_path: Path) -> None:
    data = tmp_path / "data"
    files = [tmp_path / f"{number}.json" for number in range(2)]
    for file, told in zip(files, TOLD, strict=False):
        file.write_bytes(told.data)
    with private_postgres() as server:
        url = server.url
        assert provstore("ingest", files[0], data_dir=data, database_url=url).returncode == 0
        before = provstore("lineage", TOLD[0].last, data_dir=data, database_url=url).stdout
        assert _partition(make_url(url)) == 0
        assert _partition(make_url(url)) == 3  # of psql: an error in a script
        parts = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'body'::regclass"
        assert _ask(server, parts) == [(32,)]
        assert provstore("ingest", files[1], data_dir=data, database_url=url).returncode == 0
        after = provstore("lineage", TOLD[0].last, data_dir=data, database_url=url).stdout
        assert after == before != ""
        done = provstore("doctor", data_dir=data, database_url=url)
        assert (done.returncode, done.stderr.partition(";")[0]) == (0, "0 difference(s)")


# -- a second server


@contextmanager
def _second(first: PostgresServer) -> Iterator[PostgresServer]:
    """A streaming replica; without it the first server acknowledges nothing."""
    server = PostgresServer(first.home.with_name("second"))
    server.home.mkdir()
    told = json.loads((first.home / "server.json").read_text())
    (server.home / "server.json").write_text(json.dumps({**told, "port": free_port()}))
    (server.home / "ready").touch()
    url = make_url(first.admin_url)
    account = {}
    if os.geteuid() == 0:
        account = {"user": "postgres", "group": "postgres"}
        for path in (server.home, *server.home.iterdir()):
            shutil.chown(path, "postgres", "postgres")
    copy = ["pg_basebackup", "-h", "127.0.0.1", "-U", "postgres", "-c", "fast", "-R"]
    subprocess.run(
        [*copy, "-D", str(server.home / "data")],
        env=_environment(url),
        cwd="/",
        check=True,
        **account,  # type: ignore[call-overload]  # keywords of the same function
    )
    try:
        server.start()
        _ask(first, "ALTER SYSTEM SET synchronous_standby_names = '*'")
        assert _ask(first, "SELECT pg_reload_conf()") == [(True,)]
        yield server
    finally:
        server.delete()


def _address(first: PostgresServer, second: PostgresServer) -> str:
    """The one of the page, with these two servers in it."""
    text = tomllib.loads(_block("target_session_attrs").text)["database_url"]
    for name, server in (("pg1", first), ("pg2", second)):
        there = f"{name}.example.org:5432"
        assert there in text
        text = text.replace(there, f"127.0.0.1:{make_url(server.url).port}")
    password = SecretStr(str(make_url(first.url).password))
    return Settings(database_url=text, database_password=password).catalogue_url


def _wait_for(client: Client, data: bytes) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while client.push(data).status != 201:
        assert time.monotonic() < deadline, "no document is taken"
        time.sleep(0.05)


@pytest.mark.slow
def test_a_second_server_takes_over_and_no_acknowledged_document_is_lost(tmp_path: Path) -> None:
    with private_postgres(durable=True) as first, _second(first) as second:
        server = ForkedServer(tmp_path / "data", database_url=_address(first, second))
        try:
            with Client(server.url) as client:
                assert client.push(TOLD[0].data).status == 201
                first.crash()
                refused = client.push(TOLD[1].data)
                refused.problem(503, "unavailable")
                assert int(refused.headers["retry-after"]) > 0
                assert _ask(second, "SELECT pg_promote()") == [(True,)]
                _wait_for(client, TOLD[2].data)
                for told, status in zip(TOLD, (200, 404, 200), strict=True):
                    assert client.lineage(told.last).status == status
        finally:
            server.kill()
