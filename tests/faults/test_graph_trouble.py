"""What may be wrong with Neo4j is told once, and in /health; answers go on from the catalogue."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
from support.processes import Client, Told, chain, until
from support.proxy import Proxy
from support.server import Server, running_server
from support.servers import private_neo4j
from support.traffic import check_lineage

JOBS: Final = 2
WHILE_S: Final = 3.0
"""How long trouble lasts: questions and the worker meet it many times."""
PASSWORD: Final = "long enough"
TOO_OLD: Final = "5.20.0"
DISK: Final = "96m"
_DRIVERS_WORDS: Final = ("Traceback", "neo4j.exceptions", "ServiceUnavailable", "AuthError")


class Troubled:
    """A server whose Neo4j is not well, as its users and its administrator see it."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._count = 0
        self._known = 0

    def warnings(self) -> list[str]:
        """What its log has warned of since all was well."""
        return self._warnings()[self._known :]

    def _warnings(self) -> list[str]:
        lines = self._server.log.splitlines()
        return [line for line in lines if line.startswith(("WARNING", "ERROR"))]

    def push(self) -> Told:
        """Push a document, which is taken whatever Neo4j does."""
        self._count += 1
        told = chain(f"trouble{self._count}", JOBS)
        with Client(self._server.url) as client:
            assert client.push(told.data).status == 201
        return told

    def engine(self, told: Told) -> str:
        """Ask for its lineage, which is answered right; gives who answered."""
        with Client(self._server.url) as client:
            return check_lineage(client, told, JOBS)

    def graph(self) -> dict[str, Any]:
        """What /health says of the graph; the server itself is well."""
        with Client(self._server.url) as client:
            answer = client.get("/health")
        assert answer.status == 200
        found: dict[str, Any] = answer.json()["graph"]
        return found

    def check(self, finding: str) -> None:
        """Trouble is found; the catalogue answers; one line of the log has told it."""
        until(lambda: bool(self.push()) and finding in self.graph()["finding"])
        end = time.monotonic() + WHILE_S
        while time.monotonic() < end:
            assert self.engine(self.push()) == "catalogue"
        assert finding in self.graph()["finding"]
        told = self.warnings()
        assert [finding in line for line in told].count(True) == 1, told
        # a graph with nothing in it is written anew as soon as that can be: said once too
        assert ["written anew" in line for line in told].count(True) == len(told) - 1 <= 1, told
        assert not [word for word in _DRIVERS_WORDS if word in self._server.log]

    def check_well(self) -> None:
        """Neo4j answers, and shows what came meanwhile."""
        told = self.push()
        until(lambda: self.engine(told) == "neo4j")
        assert self.graph()["finding"] == ""
        self._known = len(self._warnings())


@contextmanager
def _troubled(folder: Path, **settings: str) -> Iterator[Troubled]:
    with running_server(folder, settings=settings) as server:
        yield Troubled(server)


@pytest.mark.slow
def test_a_wrong_password(tmp_path: Path) -> None:
    told = {"graph_password": "another one"}
    with (
        private_neo4j(tmp_path / "neo4j", password=PASSWORD) as neo4j,
        _troubled(tmp_path / "archive", graph_url=neo4j.url, **told) as troubled,
    ):
        troubled.check("does not let in GRAPH_USER with GRAPH_PASSWORD")


@pytest.mark.slow
def test_a_server_that_is_not_there_until_it_is(tmp_path: Path, neo4j: str) -> None:
    with Proxy(neo4j) as proxy:
        proxy.refuse()
        with _troubled(tmp_path / "archive", graph_url=proxy.url) as troubled:
            troubled.check("cannot be reached at the address of GRAPH_URL")
            proxy.accept()
            troubled.check_well()


@pytest.mark.slow
def test_connections_that_break_off(tmp_path: Path, neo4j: str) -> None:
    with (
        Proxy(neo4j) as proxy,
        _troubled(tmp_path / "archive", graph_url=proxy.url) as troubled,
    ):
        for _ in range(4):
            troubled.check_well()
            proxy.cut()
            troubled.push()
            until(lambda: troubled.graph()["behind"] == 0)
            assert len(troubled.warnings()) <= 1


@pytest.mark.slow
def test_a_server_that_takes_nothing_in(tmp_path: Path) -> None:
    told = {"server.databases.default_to_read_only": "true"}
    with private_neo4j(tmp_path / "neo4j"):
        pass  # one that is new does not start so
    with (
        private_neo4j(tmp_path / "neo4j", settings=told) as neo4j,
        _troubled(tmp_path / "archive", graph_url=neo4j.url) as troubled,
    ):
        troubled.check("set to be read only")


@pytest.mark.slow
def test_an_old_version(tmp_path: Path) -> None:
    with (
        private_neo4j(tmp_path / "neo4j", version=TOO_OLD) as neo4j,
        _troubled(tmp_path / "archive", graph_url=neo4j.url) as troubled,
    ):
        troubled.check("is no Neo4j of version 5.26 or newer")


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own, which few may make; else the test is skipped."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("no mount here")
    if done.returncode:
        pytest.skip(f"no small disk can be made here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.slow
def test_a_full_disk(tmp_path: Path) -> None:
    with (
        _small_disk(tmp_path / "disk") as disk,
        private_neo4j(disk / "neo4j") as neo4j,
        _troubled(tmp_path / "archive", graph_url=neo4j.url) as troubled,
    ):
        troubled.check_well()
        rest = disk / "filled"
        _fill(rest)
        troubled.check("cannot write to its disk")
        rest.unlink()
        neo4j.kill()
        # a full disk may cut its last records short, so that it does not start with them any more
        shutil.rmtree(neo4j.home / "data")
        neo4j.start()
        troubled.check_well()


def _fill(path: Path) -> None:
    """Leave no byte free."""
    block = bytes(1 << 16)
    with path.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(block)
        except OSError:
            return
