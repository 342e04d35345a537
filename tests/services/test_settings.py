"""Settings that cannot be meant are refused where they are read."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from support.command import provstore

from provstore.config import Settings
from provstore.errors import BadParameterError
from provstore.model.keyword_rules import shipped


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime"])
def test_a_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=r"of 'dl3', is no IANA time zone"):
        Settings(source_zones={"dl3": name})


def test_zones_are_taken_by_their_iana_names() -> None:
    zones = {"dl3": "Atlantic/Canary", "site": "UTC"}
    assert Settings(source_zones=zones).source_zones == zones


# -- servers


@pytest.mark.parametrize(
    "url",
    [
        "",
        "bolt://127.0.0.1:7687",
        "bolt+s://graph.example",
        "bolt+ssc://[::1]:7687",
        "neo4j://graph.example?policy=local",
        "neo4j+s://graph.example",
        "neo4j+ssc://graph.example",
    ],
)
def test_addresses_of_neo4j(url: str) -> None:
    assert Settings(graph_url=url).graph_url == url


@pytest.mark.parametrize("url", ["http://graph.example:7474", "graph.example:7687", "bolt://", "x"])
def test_an_address_that_is_none_of_neo4j_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"begins with one of bolt://, bolt\+s://"):
        Settings(graph_url=url)


def test_the_address_of_neo4j_holds_no_password() -> None:
    with pytest.raises(BadParameterError, match="GRAPH_USER and GRAPH_PASSWORD") as refused:
        Settings(graph_url="bolt://neo4j:s3cret@graph.example:7687")
    assert "bolt://graph.example:7687" in str(refused.value)
    assert "s3cret" not in str(refused.value)


def test_waits_for_the_graph() -> None:
    assert Settings(graph_max_wait_s=0).graph_max_wait_s == 0
    with pytest.raises(ValidationError):
        Settings(graph_max_wait_s=-1)
    with pytest.raises(ValidationError):
        Settings(graph_timeout_s=0)


SERVER = "postgresql+psycopg://provstore@db.example:5432/archive?sslmode=require"


def test_the_password_is_put_into_the_address_of_the_catalogue() -> None:
    settings = Settings(database_url=SERVER, database_password=SecretStr("p@ss:/w%rd"))
    assert settings.catalogue_url == (
        "postgresql+psycopg://provstore:p%40ss%3A%2Fw%25rd@db.example:5432/archive?sslmode=require"
    )
    assert Settings(database_url=SERVER).catalogue_url == SERVER


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:///x.db",
        "postgresql+psycopg://db/x",
        "postgresql+psycopg://@db/x",
        SERVER.replace("@", ":old@"),
    ],
)
def test_a_password_that_fits_nowhere_is_refused(url: str) -> None:
    settings = Settings(database_url=url, database_password=SecretStr("s3cret"))
    with pytest.raises(BadParameterError, match="PROVSTORE_DATABASE_PASSWORD") as refused:
        _ = settings.catalogue_url
    assert "s3cret" not in str(refused.value)
    assert "old" not in str(refused.value)


# -- secrets in files


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("DATABASE_PASSWORD", "GRAPH_PASSWORD", "CONFIG"):
        monkeypatch.delenv(f"PROVSTORE_{name}", raising=False)
    monkeypatch.setenv("PROVSTORE_SECRETS_DIR", str(tmp_path))
    return tmp_path


def _passwords() -> tuple[str, str]:
    known = Settings()
    return known.database_password.get_secret_value(), known.graph_password.get_secret_value()


def test_passwords_are_read_from_files(secrets: Path) -> None:
    assert _passwords() == ("", "")
    (secrets / "provstore_graph_password").write_text(" of neo4j\n")
    assert _passwords() == ("", "of neo4j")
    (secrets / "provstore_database_password").write_text("of postgres\n")
    (secrets / "provstore_max_rows").write_text("3")  # no secret: not looked at
    assert _passwords() == ("of postgres", "of neo4j")
    assert Settings().max_rows == 1000
    assert "of postgres" not in repr(Settings())


def test_the_environment_wins_over_secrets_and_they_over_the_settings_file(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    toml = secrets / "provstore.toml"
    toml.write_text('database_password = "d0"\ngraph_password = "g0"\n')
    monkeypatch.setenv("PROVSTORE_CONFIG", str(toml))
    assert _passwords() == ("d0", "g0")
    (secrets / "provstore_database_password").write_text("d1")
    (secrets / "provstore_graph_password").write_text("g1")
    monkeypatch.setenv("PROVSTORE_GRAPH_PASSWORD", "g2")
    assert _passwords() == ("d1", "g2")


def test_secrets_that_cannot_be_read_are_wrong_usage(tmp_path: Path) -> None:
    absent = provstore("doctor", data_dir=tmp_path / "data", secrets_dir=tmp_path / "absent")
    assert (absent.returncode, absent.stdout) == (2, "")
    assert absent.stderr.endswith("/absent' is not allowed: a folder\n")
    (tmp_path / "provstore_graph_password").write_bytes(b"s3cret\xff")
    broken = provstore("doctor", data_dir=tmp_path / "data", secrets_dir=tmp_path)
    assert (broken.returncode, broken.stdout) == (2, "")
    assert "(provstore_graph_password: it is no UTF-8)" in broken.stderr
    assert "s3cret" not in broken.stderr
    (tmp_path / "provstore_graph_password").unlink()
    (tmp_path / "provstore_graph_password").mkdir()
    folder = provstore("doctor", data_dir=tmp_path / "data", secrets_dir=tmp_path)
    assert (folder.returncode, folder.stdout) == (2, "")
    assert "(provstore_graph_password: Is a directory)" in folder.stderr


@pytest.mark.parametrize(
    "url",
    [
        "ftp://cds.example/sesame",
        "cds.example/sesame",
        "https://",
        "https://cds.example/sesame?name=",
        "https://cds.example/sesame#x",
        "https://user:secret@cds.example/sesame",
        "https://cds.example/a sesame",
        "file:///etc/passwd",
    ],
)
def test_an_address_of_sesame_is_a_plain_one(url: str) -> None:
    with pytest.raises(ValidationError, match="an address of Sesame is"):
        Settings(sesame_url=url)


def test_sesame_is_asked_where_it_is_named() -> None:
    assert not Settings().sesame_url
    assert Settings().sesame_timeout_s == 3.0
    named = "https://cds.example/cgi-bin/nph-sesame"
    assert Settings(sesame_url=named).sesame_url == named


# -- keyword rules


def test_without_a_file_the_rules_are_the_shipped_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVSTORE_KEYWORDS_FILE", "")
    settings = Settings()
    assert settings.keywords_file is None
    assert settings.keyword_rules is shipped()


def test_a_file_adds_to_the_shipped_rules(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(
        '[[keyword]]\nname = "zenith_max"\n[[keyword.from]]\nparameter = "zd"\nactivity = "*"\n'
    )
    rules = Settings(keywords_file=file).keyword_rules
    assert set(rules.by_name) == {*shipped().by_name, "zenith_max"}


def test_rules_that_cannot_be_read_end_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadParameterError, match="No such file") as refused:
        Settings(keywords_file=tmp_path / "none.toml")
    assert refused.value.name == "PROVSTORE_KEYWORDS_FILE"

    file = tmp_path / "rules.toml"
    file.write_text('[[keyword]]\nname = "Zenith"\n')
    with pytest.raises(BadParameterError, match=r"rules\.toml, keyword 'Zenith'"):
        Settings(keywords_file=file)

    file.write_bytes(b"\xff\xfe")
    with pytest.raises(BadParameterError, match="a file of keyword rules"):
        Settings(keywords_file=file)
    with pytest.raises(BadParameterError, match="Is a directory"):
        Settings(keywords_file=tmp_path)


def test_a_mistake_in_the_rules_is_told_by_commands(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text('[[keywords]]\nname = "zenith"\n')
    done = provstore("doctor", data_dir=tmp_path / "data", keywords_file=file)
    assert done.returncode == 2
    assert "PROVSTORE_KEYWORDS_FILE" in done.stderr
    assert "'keywords' is not allowed: one of keyword, source" in done.stderr
