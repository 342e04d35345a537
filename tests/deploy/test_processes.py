"""What the compose file starts, started as plain processes: it is healthy and does its work."""

from collections.abc import Iterator
from subprocess import CompletedProcess, TimeoutExpired, run

import psycopg
import pytest
from neo4j_server import java
from psycopg import sql
from sqlalchemy.engine import make_url
from support.deployed import Deployment, conf, deployment
from support.processes import Client, chain
from support.server import free_port

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
TOLD = chain("deployed")


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployed")
    with deployment(folder) as started:
        yield started


@pytest.mark.parametrize("name", ["postgres", "neo4j"])
def test_the_databases_are_healthy(deployed: Deployment, name: str) -> None:
    done = deployed.check(name)
    assert (done.returncode, done.stderr) == (0, "")


def _greet(deployed: Deployment, port: int) -> CompletedProcess[bytes]:
    [*_, script] = deployed.services["neo4j"]["healthcheck"]["test"]
    assert "/7687 " in script
    command = script.replace("/7687 ", f"/{port} ")
    return run(["bash", "-c", command], check=False, timeout=5, capture_output=True)


def test_an_open_port_is_no_health(deployed: Deployment) -> None:
    """A server that hangs, one that speaks something else, and none."""
    deployed.neo4j.freeze()
    try:
        with pytest.raises(TimeoutExpired):
            _greet(deployed, deployed.neo4j.port)
    finally:
        deployed.neo4j.thaw()
    assert _greet(deployed, make_url(deployed.postgres.url).port or 0).returncode
    assert _greet(deployed, free_port()).returncode


def test_java_takes_its_options(deployed: Deployment) -> None:
    options = [value for name, value in conf() if name == "server.jvm.additional"]
    assert len(options) == 7
    run([java(), *options, "-version"], check=True, capture_output=True)


def test_postgres_takes_the_settings(deployed: Deployment) -> None:
    words = deployed.services["postgres"]["command"]
    settings = [word.removeprefix("-c").split("=") for word in words if word.startswith("-c")]
    assert len(settings) > 3
    url = deployed.postgres.admin_url.replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        for name, value in settings:
            text = sql.SQL("ALTER SYSTEM SET {} = {}").format(
                sql.Identifier(name), sql.Literal(value)
            )
            connection.execute(text)


def test_the_role_of_the_catalogue_is_no_superuser(deployed: Deployment) -> None:
    query = "SELECT rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = 'archive'"
    with psycopg.connect(deployed.postgres.admin_url.replace("+psycopg", "")) as connection:
        assert connection.execute(query).fetchall() == [(False, False, False)]


def test_a_document_is_pushed_and_its_lineage_asked(deployed: Deployment) -> None:
    with deployed.running("api") as api, Client(deployed.url) as client:
        assert client.push(TOLD.data).status == 201
        answer = client.lineage(TOLD.last).json()
        assert len(answer["nodes"]) == 20
        api.terminate()
        assert api.wait(60) == 0
    assert "Traceback" not in deployed.log("api").read_text()
