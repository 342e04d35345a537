"""What PostgreSQL cannot do is said in one clear sentence of our own; nothing hangs."""

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from support.catalogue import ask, prov, push
from support.command import provstore
from support.engines import connected, empty_catalogue, settings
from support.proxy import Proxy
from support.servers import database, drop_database, postgres_url, private_postgres

from provstore import factory
from provstore.config import Settings
from provstore.errors import UnavailableError
from provstore.factory import Services
from provstore.stores.catalogue import postgres_connection
from provstore.stores.catalogue.database import Database

DRIVERS_WORDS = re.compile(
    r"psycopg|FATAL|connection to server|sqlalche|SQLSTATE|SELECT|INSERT|errors\.|\n"
)


pytestmark = pytest.mark.postgres


def said(url: str) -> str:
    """How a catalogue is unavailable."""
    database = Database(url)
    with pytest.raises(UnavailableError) as told:
        database.migrate()
    database.close()
    message = str(told.value)
    assert not DRIVERS_WORDS.search(message), message
    return message


def run(url: str, statement: str) -> object:
    """Run a statement as a person would; gives the first value of its answer, if it has one."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        answer = connection.execute(text(statement))
        return answer.scalar() if answer.returns_rows else None


TROUBLES: dict[str, tuple[dict[str, Any], str]] = {
    "password": ({"password": "wrong"}, "does not accept the password"),
    "user": ({"username": "nobody"}, "does not accept the password"),
    "database": ({"database": "absent"}, "database is not there"),
    "port": ({"port": 1}, "cannot be reached"),
    "host": ({"host": "nowhere.invalid"}, "cannot be reached"),
}


@pytest.mark.parametrize("what", TROUBLES)
def test_where_and_who(what: str) -> None:
    changes, words = TROUBLES[what]
    url = make_url(postgres_url()).set(**changes)
    assert words in said(url.render_as_string(hide_password=False))


def test_no_connection_left(postgres: str) -> None:
    name = make_url(postgres).database
    run(postgres, f'ALTER DATABASE "{name}" CONNECTION LIMIT 0')
    assert "no connection left" in said(postgres)


def test_a_server_that_is_too_old(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_connection, "LEAST_VERSION", 99)
    assert "99 is the oldest that can be used" in said(postgres)


def test_another_encoding(postgres: str) -> None:
    name = f"{make_url(postgres).database}_ascii"
    run(postgres, f"CREATE DATABASE {name} TEMPLATE template0 ENCODING SQL_ASCII LOCALE 'C'")
    url = make_url(postgres).set(database=name).render_as_string(hide_password=False)
    try:
        assert "SQL_ASCII" in said(url)
    finally:
        drop_database(url)


def test_without_pg_sphere_an_administrator_is_told_what_to_run() -> None:
    with database("template0") as url:
        assert "CREATE EXTENSION pg_sphere" in said(url)
        tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
        assert run(url, tables) == 0


_RAISE = """
CREATE FUNCTION trouble() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'words of the server' USING ERRCODE = '{}'; END $$;
CREATE TRIGGER trouble BEFORE INSERT ON document EXECUTE FUNCTION trouble()
"""
"""Has the server give the state that it gives when its disk is full, or it is a replica."""
REFUSALS = {
    "rights": ("REVOKE ALL ON document FROM CURRENT_USER", "may not do this"),
    "read-only": (_RAISE.format("25006"), "read-only"),
    "full": (_RAISE.format("53100"), "disk of its server is full"),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_what_the_server_does_not_let_us_do(tmp_path: Path, what: str) -> None:
    statement, words = REFUSALS[what]
    empty_catalogue(tmp_path)
    with connected(tmp_path) as connection:
        connection.exec_driver_sql(statement)
    services = factory.build(settings(tmp_path))
    with pytest.raises(UnavailableError, match=words) as told:
        push(services, prov("used(a, e)"))
    assert not DRIVERS_WORDS.search(str(told.value))
    services.close()


def test_a_server_that_was_restarted_is_reached_again() -> None:
    with private_postgres(durable=True) as server:
        database = Database(server.url)
        database.migrate()
        services = factory.build(Settings(database_url=server.url))
        push(services, prov("used(a, e)"))
        server.crash()
        for _ in range(2):
            with pytest.raises(UnavailableError):
                push(services, prov("used(a, e2)"))
            with pytest.raises(UnavailableError):
                ask(services, "a")
        server.start()
        push(services, prov("used(a, e3)"))
        assert {node.name for node in ask(services, "a").nodes} == {"a", "e", "e3"}
        services.close()
        database.close()


def test_a_server_that_hangs_is_given_up(
    archive: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "_PATIENCE_S", 0.3)
    monkeypatch.setattr(postgres_connection, "CONNECT_TIMEOUT_S", 2)
    push(archive, prov("used(a, e)"))
    with Proxy(settings(tmp_path).catalogue_url) as proxy:
        services = factory.build(Settings(database_url=proxy.url + "?connect_timeout=2"))
        assert len(ask(services, "a").nodes) == 2
        proxy.freeze()
        for _ in range(2):
            with pytest.raises(UnavailableError, match="cannot be reached"):
                ask(services, "a")
            with pytest.raises(UnavailableError, match="cannot be reached"):
                push(services, prov("used(a, e2)"))
        proxy.thaw()
        assert len(ask(services, "a").nodes) == 2
        services.close()


def test_a_statement_that_takes_long_is_waited_for(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connection, "_PATIENCE_S", 0.1)
    with archive._database.reading() as tx:
        assert tx.execute(text("SELECT pg_sleep(0.5), 7")).one()[1] == 7


def test_the_command_says_so_in_one_line(tmp_path: Path) -> None:
    for command in (["serve", "--port", "0"], ["doctor", "--wait", "0"], ["doctor"]):
        ended = provstore(
            *command, data_dir=tmp_path, database_url="postgresql+psycopg://me:secret@127.0.0.1:1/x"
        )
        assert ended.returncode == 3, ended
        assert ended.stderr.count("\n") == 1, ended.stderr
        assert "the catalogue's server cannot be reached" in ended.stderr
        assert "secret" not in ended.stderr
