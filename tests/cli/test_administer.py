"""`token`, `rebuild`, `doctor`, `serve`."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
from pathlib import Path

import pytest
from support.command import COMMAND, clean_environment, provstore
from support.processes import until
from support.server import Server, free_port, running_server
from support.told import one_step

from provstore.cli.serve import listen_url
from provstore.client import Client
from provstore.errors import ForbiddenError, UnauthenticatedError


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A catalogue with one document."""
    (tmp_path / "run.json").write_bytes(one_step("care"))
    folder = tmp_path / "data"
    assert provstore("ingest", tmp_path / "run.json", data_dir=folder).returncode == 0
    return folder


def test_a_token_lets_its_bearer_push_until_it_is_revoked(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        made = provstore(
            *("token", "create", "--name", "dl3", "--role", "pusher", "--source", "dl3"),
            data_dir=server.data_dir,
        )
        assert made.returncode == 0
        secret = made.stdout.removesuffix("\n")
        assert secret
        assert secret not in made.stderr

        with pytest.raises(UnauthenticatedError):
            Client(server.url, token="").push(one_step("token"))
        pushed = Client(server.url, token=secret).push(one_step("token"))
        assert pushed["source"] == "dl3"
        with pytest.raises(ForbiddenError):
            Client(server.url, token=secret).push(one_step("token"), source="other")

        listed = provstore("token", "list", data_dir=server.data_dir)
        header, row = (line.split("\t") for line in listed.stdout.splitlines())
        assert header == ["id", "name", "role", "source", "created", "revoked"]
        assert row[1:4] == ["dl3", "pusher", "dl3"]
        assert row[5] == "False"
        assert secret not in listed.stdout

        assert provstore("token", "revoke", row[0], data_dir=server.data_dir).returncode == 0
        with pytest.raises(UnauthenticatedError):
            Client(server.url, token=secret).push(one_step("token2"))
        (token,) = json.loads(provstore("token", "list", "--json", data_dir=server.data_dir).stdout)
        assert token["revoked"] is True


def test_a_token_is_made_before_the_first_start(tmp_path: Path) -> None:
    done = provstore("token", "create", "--name", "first", "--json", data_dir=tmp_path)
    told = json.loads(done.stdout)
    assert (told["name"], told["role"], told["source"]) == ("first", "pusher", None)
    assert told["token"]


def test_no_tokens_is_status_1(data: Path) -> None:
    done = provstore("token", "list", data_dir=data)
    assert (done.returncode, len(done.stdout.splitlines())) == (1, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["create"],
        ["create", "--name", " "],
        ["create", "--name", "x", "--role", "emperor"],
        ["create", "--name", "x", "--source", "night shift"],
        ["revoke"],
        ["revoke", "77"],
        ["revoke", "x"],
        [],
    ],
)
def test_wrong_usage_of_tokens_is_status_2(data: Path, arguments: list[str]) -> None:
    assert provstore("token", *arguments, data_dir=data).returncode == 2


def test_a_well_catalogue_has_no_differences(data: Path) -> None:
    done = provstore("doctor", data_dir=data)
    assert (done.returncode, done.stdout) == (0, "")
    assert "documents 1" in done.stderr
    told = json.loads(provstore("doctor", "--json", data_dir=data).stdout)
    assert told["differences"] == []
    assert told["health"]["status"] == "ok"


def test_a_difference_is_found_and_rebuilt(data: Path) -> None:
    with sqlite3.connect(data / "provstore.db") as database:
        names = [row[1] for row in database.execute("PRAGMA table_info(element)")]
        assert "name" in names
        database.execute("UPDATE element SET name = 'not what was told'")
    database.close()
    sick = provstore("doctor", data_dir=data)
    assert sick.returncode == 1
    assert len(sick.stdout.splitlines()) >= 3
    done = provstore("rebuild", "derived", data_dir=data)
    assert (done.returncode, done.stdout) == (0, "3 elements derived anew\n")
    assert provstore("doctor", data_dir=data).returncode == 0


@pytest.mark.parametrize("content", [None, b"max_rows = ", b"\xff"])
def test_a_settings_file_that_cannot_be_read_is_wrong_usage(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "settings.toml"
    if content is not None:
        file.write_bytes(content)
    done = provstore("doctor", data_dir=tmp_path / "data", config=file)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"provstore: PROVSTORE_CONFIG='{file}' is not allowed: a TOML file")


def test_a_setting_with_a_wrong_value_is_wrong_usage(tmp_path: Path) -> None:
    done = provstore("doctor", data_dir=tmp_path, graph_url="http://host:7474")
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    told = "provstore: PROVSTORE_GRAPH_URL='http://host:7474' is not allowed: "
    assert line.startswith(f"{told}an address of Neo4j begins with one of bolt://, ")


def test_rebuild_takes_only_what_there_is(data: Path) -> None:
    told = json.loads(provstore("rebuild", "--json", data_dir=data).stdout)
    assert told == {"rebuilt": "all", "elements": 3}
    assert provstore("rebuild", "nothing", data_dir=data).returncode == 2


def test_a_server_says_where_it_is_and_ends_when_asked(tmp_path: Path) -> None:
    graph = f"bolt://127.0.0.1:{free_port()}"
    server = Server(tmp_path / "data", settings={"graph_url": graph})
    try:
        assert server.log.splitlines()[0] == server.url
        assert f"provstore.db, its graph {graph}" in server.log.splitlines()[1]
        assert Client(server.url, token="").health()["status"] == "ok"
        assert server.stop() in {0, -signal.SIGTERM}
    finally:
        server.kill()


def test_the_log_says_that_the_graph_is_well_too(tmp_path: Path, neo4j: str) -> None:
    with running_server(tmp_path / "data", settings={"graph_url": neo4j}) as server:
        until(lambda: "the graph shows the whole catalogue: 0 elements" in server.log)
        lines = server.log.splitlines()
    told = [line.split(maxsplit=1) for line in lines if "Neo4j" in line or "the graph " in line]
    assert [level for level, _ in told] == ["INFO:", "WARNING:", "INFO:"], told
    assert told[0][1].endswith(" can be used")


def test_two_workers_answer(tmp_path: Path) -> None:
    with running_server(tmp_path / "data", workers=2) as server:
        client = Client(server.url, token="")
        client.push(one_step("workers"))
        assert {client.health()["status"] for _ in range(20)} == {"ok"}


def test_what_was_pushed_is_there_after_the_next_start(tmp_path: Path) -> None:
    with running_server(tmp_path / "data") as server:
        receipt = Client(server.url, token="").push(one_step("again"))
    with running_server(tmp_path / "data") as server:
        assert Client(server.url, token="").receipt(receipt["id"])["sha256"] == receipt["sha256"]


def test_a_taken_port_is_wrong_usage(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = provstore("serve", "--port", port, data_dir=tmp_path)
    assert done.returncode == 2
    assert port in done.stderr


def test_port_0_is_any_free_one(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0"],
        env=clean_environment(data_dir=tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        assert int(url.rpartition(":")[2]) > 0
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("archive.example.org", "http://archive.example.org:8000"),
        ("0.0.0.0", f"http://{socket.gethostname()}:8000"),  # noqa: S104  compared, not bound
    ],
)
def test_the_address_of_users_is_that_of_the_listener(host: str, url: str) -> None:
    assert listen_url(host, 8000) == url


def test_the_base_url_of_the_settings_is_kept(tmp_path: Path) -> None:
    port = free_port()
    settings = {"base_url": f"http://localhost:{port}"}
    server = Server(tmp_path / "data", port=port, settings=settings)
    try:
        assert server.log.splitlines()[0] == f"http://localhost:{port}"
        receipt = Client(server.url, token="").push(one_step("base"))
        assert receipt["url"].startswith(f"http://localhost:{port}/")
    finally:
        server.kill()
