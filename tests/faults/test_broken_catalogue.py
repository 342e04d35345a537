"""A catalogue that cannot be used: one clear message, and nothing of the driver's text."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support.command import provstore
from support.processes import (
    DOCUMENTS,
    LINEAGE,
    Answer,
    Client,
    Told,
    chain,
    doctor,
    forked_server,
    held,
    how_much,
)

DISK_BYTES = 4_000_000
COMMANDS = [("serve", "--port", "0"), ("doctor",), ("lineage", "x"), ("gaps",)]
NOT_SQLITE = "no SQLite database"
NEWER = "schema 9999, which this version does not know"


def _make(folder: Path) -> Path:
    with forked_server(folder) as server, Client(server.url) as client:
        assert client.push(chain("kept").data).status == 201
    return folder / "provstore.db"


def _no_sqlite(folder: Path) -> None:
    (folder / "provstore.db").write_text("a text where the catalogue should be\n" * 100)


def _newer_schema(folder: Path) -> None:
    with closing(sqlite3.connect(_make(folder))) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()


def _one_clear_message(folder: Path, command: tuple[str, ...], said: str) -> None:
    ended = provstore(*command, data_dir=folder)
    assert ended.returncode == 3
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("provstore: ")
    assert "sqlite3" not in ended.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("spoil", "said"),
    [(_no_sqlite, NOT_SQLITE), (_newer_schema, NEWER)],
    ids=["no SQLite", "newer schema"],
)
def test_commands_say_what_is_wrong(
    tmp_path: Path, spoil: Callable[[Path], None], said: str, command: tuple[str, ...]
) -> None:
    spoil(tmp_path)
    _one_clear_message(tmp_path, command, said)


def test_a_folder_without_schema_is_named_with_the_remedy(tmp_path: Path) -> None:
    _one_clear_message(tmp_path, ("gaps",), "run `provstore serve`")


def _check_unavailable(answer: Answer, said: str, code: str = "unavailable") -> None:
    assert said in answer.problem(503, code)["detail"]
    assert int(answer.headers.get("retry-after", "1")) > 0


def test_a_server_whose_catalogue_is_overwritten_says_so(tmp_path: Path) -> None:
    _make(tmp_path)
    with forked_server(tmp_path) as server, Client(server.url) as client:
        for name in ("provstore.db", "provstore.db-wal"):
            path = tmp_path / name
            path.write_bytes(b"x" * path.stat().st_size)
        for answer in (client.push(chain("lost").data), client.lineage(chain("kept").last)):
            _check_unavailable(answer, "the catalogue's file")


def test_a_server_whose_schema_is_changed_is_not_healthy(tmp_path: Path) -> None:
    with forked_server(tmp_path) as server, Client(server.url) as client:
        assert client.get("/health").status == 200
        with closing(sqlite3.connect(tmp_path / "provstore.db")) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
            connection.commit()
        _check_unavailable(client.get("/health"), NEWER, "stale-schema")


# -- disks


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    place = tmp_path / "disk"
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    if subprocess.run(mounting, check=False, capture_output=True).returncode != 0:
        pytest.skip("root may not mount here")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_read_only_folder_is_named(disk: Path, command: tuple[str, ...]) -> None:
    _make(disk)
    for name in ("provstore.db-wal", "provstore.db-shm"):
        (disk / name).unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    _one_clear_message(disk, command, "cannot be written")
    _one_clear_message(disk / "new", command, "cannot be written")


def _fill(disk: Path, leave: int) -> Path:
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler = disk / "filler"
    filler.write_bytes(bytes(free - leave))
    return filler


def _push_until_refused(client: Client, disk: Path) -> tuple[list[Told], Told]:
    stored: list[Told] = []
    while len(stored) < 1000:
        told = chain(f"disk{len(stored)}")
        answer = client.push(told.data)
        if answer.status != 201:
            _check_unavailable(answer, "disk is full")
            return stored, told
        stored.append(told)
    raise AssertionError(f"{disk} was never full")


def test_a_full_disk_is_told_and_loses_nothing_that_was_acknowledged(disk: Path) -> None:
    large = chain("large", 100)
    with (
        forked_server(disk, async_document_bytes=len(large.data) - 1) as server,
        Client(server.url) as client,
    ):
        filler = _fill(disk, leave=400_000)
        stored, refused = _push_until_refused(client, disk)
        assert len(stored) > 3
        for told in stored:
            assert len(client.lineage(told.last).json()["nodes"]) == 20
        assert client.lineage(refused.last).status == 404
        _check_unavailable(client.push(large.data), "disk is full")  # no 202 for lost bytes
        assert client.get("/health").json()["documents"] == len(stored)
        filler.unlink()
        assert client.push(refused.data).status == 201
    counts = held(disk)
    assert {how_much(counts, told) for told in [*stored, refused]} == {(19, 27)}
    assert doctor(disk) == []


def test_what_a_full_disk_acknowledged_survives_a_kill(disk: Path) -> None:
    with forked_server(disk) as server, Client(server.url) as client:
        filler = _fill(disk, leave=400_000)
        stored, _ = _push_until_refused(client, disk)
        server.kill()
    filler.unlink()
    with forked_server(disk) as server, Client(server.url) as client:
        receipts = client.get(DOCUMENTS, [("limit", "1000")]).json()
        assert receipts["total"] == len(stored)
        for told in stored:
            assert client.get(LINEAGE, [("ID", told.last)]).status == 200
    assert doctor(disk) == []
