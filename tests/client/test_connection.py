"""Where the client's settings come from."""

from pathlib import Path

import pytest

from provstore.client import Client
from provstore.client.connection import Connection
from provstore.errors import BadParameterError


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "TOKEN", "SOURCE", "SPOOL", "DATA_DIR", "CONFIG"):
        monkeypatch.delenv(f"PROVSTORE_{name}", raising=False)
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", "/home/somebody")


@pytest.fixture
def settings_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "provstore.toml"
    file.write_text('url = "http://of.file"\ntoken = "t1"\nsource = "s1"\ndata_dir = "/data"\n')
    monkeypatch.setenv("PROVSTORE_CONFIG", str(file))
    return file


def test_nothing_said_is_the_server_of_this_host() -> None:
    connection = Connection()
    assert (connection.named_url, connection.url) == (None, "http://127.0.0.1:8000")
    assert (connection.token, connection.source) == (None, None)
    assert connection.spool == Path("/home/somebody/.local/share/provstore/spool")


def test_the_file_is_read(settings_file: Path) -> None:
    connection = Connection()
    assert (connection.named_url, connection.token) == ("http://of.file", "t1")
    assert (connection.source, connection.spool) == ("s1", Path("/data/spool"))


def test_the_environment_wins_over_the_file(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVSTORE_URL", "http://of.environment")
    monkeypatch.setenv("PROVSTORE_SPOOL", "/spool")
    connection = Connection()
    assert (connection.url, connection.token) == ("http://of.environment", "t1")
    assert connection.spool == Path("/spool")


def test_arguments_win_over_both(settings_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVSTORE_URL", "http://of.environment")
    connection = Connection(url="http://of.argument", token="", spool=Path("/mine"))
    assert (connection.url, connection.token) == ("http://of.argument", None)
    assert connection.spool == Path("/mine")


def test_the_spool_follows_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/xdg")
    assert Connection().spool == Path("/xdg/provstore/spool")


@pytest.mark.parametrize("content", [None, b"url = ", b"\xff"])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "broken.toml"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("PROVSTORE_CONFIG", str(file))
    with pytest.raises(BadParameterError, match="PROVSTORE_CONFIG"):
        _ = Connection().url


def test_a_client_asks_nobody_before_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVSTORE_URL", "http://nobody.example/")
    assert Client().url == "http://nobody.example"
