"""What the compose file starts, started as plain processes: it is healthy and does its work."""

import time
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess, TimeoutExpired, run

import psycopg
import pytest
from neo4j import GraphDatabase
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


def _greet(deployed: Deployment, port: int, timeout_s: float = 60) -> CompletedProcess[bytes]:
    [*_, script] = deployed.services["neo4j"]["healthcheck"]["test"]
    assert "/7687 " in script
    command = script.replace("/7687 ", f"/{port} ")
    return run(["bash", "-c", command], check=False, timeout=timeout_s, capture_output=True)


def test_an_open_port_is_no_health(deployed: Deployment) -> None:
    """A server that hangs, one that speaks something else, and none."""
    deployed.neo4j.freeze()
    try:
        with pytest.raises(TimeoutExpired):
            _greet(deployed, deployed.neo4j.port, timeout_s=5)
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


def _in_the_graph(deployed: Deployment) -> int:
    auth = ("neo4j", deployed.neo4j.password)
    with GraphDatabase.driver(deployed.neo4j.url, auth=auth) as driver:
        asked = "MATCH (e:Element) WHERE e.iri STARTS WITH $namespace RETURN count(e) AS number"
        records, _, _ = driver.execute_query(asked, namespace=TOLD.namespace, database_="neo4j")
        return int(records[0]["number"])


def _engine_of_lineage(client: Client) -> str:
    answer = client.lineage(TOLD.last)
    assert len(answer.json()["nodes"]) == 20
    return str(answer.json()["engine"])


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_document_is_pushed_and_its_lineage_asked_of_the_graph(deployed: Deployment) -> None:
    with (
        deployed.running("api") as api,
        deployed.running("worker") as worker,
        Client(deployed.url) as client,
    ):
        assert client.push(TOLD.data).status == 201
        _wait_until(lambda: _engine_of_lineage(client) == "neo4j")
        assert _in_the_graph(deployed) == 19
        _wait_until(lambda: "provstore works" in deployed.log("worker").read_text())
        worker.terminate()
        assert worker.wait(60) == 0
        # its check is about the lease, which a process of the API takes now
        _wait_until(lambda: deployed.check("worker").returncode == 0)
        api.terminate()
        assert api.wait(60) == 0
        assert deployed.check("worker").returncode == 1
    for name in ("api", "worker"):
        assert "Traceback" not in deployed.log(name).read_text()
