"""`make demo-server`: the demo on PostgreSQL and Neo4j says what the demo says."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import clean_environment, provstore
from support.require import require

from provstore.cli.demo import write_demo

TOOLS = Path(__file__).parents[2] / "tools"
TOOL = (sys.executable, str(TOOLS / "demo_server.py"))
_PATIENCE_S = 180


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder for temporary files that the account of PostgreSQL can get to."""
    folder = Path(tempfile.mkdtemp(prefix="provstore-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def servers() -> None:
    """Skips the test where PostgreSQL and Neo4j cannot be started."""
    from neo4j_server import jars, java, version_of_the_pom
    from postgres_server import installed
    from throwaway import AbsentError

    for name, check in (("postgres", installed), ("neo4j", java)):
        try:
            check()
        except AbsentError as error:
            require(name, present=False, advice=str(error))
    try:
        jars(version_of_the_pom())
    except AbsentError as error:
        require("neo4j", present=False, advice=str(error))


def left(folder: Path) -> list[str]:
    """Processes that name the folder in their command or their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:  # it ended meanwhile, or it is not ours
            continue
        if os.fsencode(folder) in said:
            found.append(said.replace(b"\0", b" ").decode(errors="replace"))
    return found


def answers(printed: str) -> str:
    """What was printed, without what differs between two runs."""
    without_port = re.sub(r"http://127\.0\.0\.1:\d+", "http://127.0.0.1", printed)
    return re.sub(r"^engine: .*$", "engine:", without_port, flags=re.MULTILINE)


@pytest.mark.usefixtures("servers")
def test_the_answers_are_those_of_the_demo(place: Path) -> None:
    done = subprocess.run(
        TOOL,
        env=clean_environment() | {"TMPDIR": str(place)},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    plain = provstore("demo")
    assert "\nengine: neo4j\n" in done.stdout
    assert "\nengine: catalogue\n" in plain.stdout
    assert answers(done.stdout) == answers(plain.stdout)
    assert left(place) == []
    assert list(place.iterdir()) == []


@pytest.mark.usefixtures("servers")
@pytest.mark.parametrize(
    ("said", "signalled"),
    [
        ("PostgreSQL runs", signal.SIGTERM),
        ("a server with an empty catalogue", signal.SIGINT),
    ],
)
def test_nothing_is_left_when_it_is_stopped(
    place: Path, said: str, signalled: signal.Signals
) -> None:
    demo = subprocess.Popen(
        TOOL,
        env=clean_environment() | {"TMPDIR": str(place)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stderr is not None
    while said not in (line := demo.stderr.readline()):
        assert line, "it ended"
    demo.send_signal(signalled)
    demo.communicate(timeout=_PATIENCE_S)
    assert demo.returncode != 0
    assert left(place) == []
    assert list(place.iterdir()) == []


def test_what_is_not_there_is_told_in_a_line_each(tmp_path: Path) -> None:
    without = (
        "import sys, pathlib, postgres_server, demo_server\n"
        "postgres_server._DEBIAN = pathlib.Path('nowhere')\n"
        "sys.exit(demo_server.main([]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", without],
        env=clean_environment()
        | {"PYTHONPATH": str(TOOLS), "PATH": str(tmp_path), "NEO4J_JAVA": ""},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 3
    assert done.stdout == ""
    postgres, neo4j = done.stderr.splitlines()
    assert "apt-get install postgresql-NN-pgsphere" in postgres
    assert "PROVSTORE_DATABASE_URL" in postgres
    assert "apt-get install default-jre-headless maven" in neo4j
    assert "PROVSTORE_GRAPH_URL" in neo4j


def test_a_catalogue_in_use_is_not_touched(postgres: str, neo4j: str, tmp_path: Path) -> None:
    night = write_demo(tmp_path / "night")
    assert provstore("ingest", night.documents[0], database_url=postgres).returncode == 0
    before = provstore("doctor", "--json", database_url=postgres).stdout
    done = provstore("demo", "--server", database_url=postgres, graph_url=neo4j)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "DATABASE_URL has 1 documents" in done.stderr
    assert provstore("doctor", "--json", database_url=postgres).stdout == before


def test_a_graph_in_use_is_not_touched(neo4j: str, tmp_path: Path) -> None:
    from neo4j import GraphDatabase

    with GraphDatabase.driver(neo4j) as driver:
        driver.execute_query("CREATE (:Projection {id: 1, catalogue: 'theirs'})")
        new = f"sqlite:///{tmp_path / 'new.db'}"
        done = provstore("demo", "--server", database_url=new, graph_url=neo4j)
        held = driver.execute_query("MATCH (n) RETURN n.catalogue").records
    assert done.returncode == 2
    assert "GRAPH_URL has the graph of a catalogue" in done.stderr
    assert [list(row) for row in held] == [["theirs"]]


@pytest.mark.parametrize("missing", ["database_url", "graph_url"])
def test_both_servers_have_to_be_named(missing: str) -> None:
    named = {"database_url": "sqlite:///new.db", "graph_url": "bolt://127.0.0.1:1"} | {missing: ""}
    done = provstore("demo", "--server", **named)
    assert done.returncode == 2
    assert f"PROVSTORE_{missing.upper()}" in done.stderr
    assert "make demo-server" in done.stderr
