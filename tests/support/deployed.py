"""The services of `docker-compose.yml` as plain processes, where no container engine runs.

Commands, settings, secrets and health checks are those of the compose file and the `Dockerfile`;
only addresses, folders and programs are this machine's.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from neo4j_server import Neo4jServer
from postgres_server import PostgresServer, installed
from sqlalchemy.engine import make_url
from support.command import COMMAND, clean_environment
from support.composed import ROOT, compose, exec_form, image_environment, only
from support.server import free_port
from support.servers import private_neo4j, private_postgres

CONF: Final = ROOT / "deploy" / "neo4j" / "neo4j.conf"
_INIT: Final = ROOT / "deploy" / "postgres" / "init.sql"
_ARCHIVE: Final = "archive"
"""Role and database: the throw-away server has a ``provstore`` of its own."""
_PATIENCE_S: Final = 120.0
_NOT_HERE: Final = (
    "server.directories.",
    "server.default_listen",
    "server.http.",
    "server.jvm.",  # read by the start script alone
)
_HEALTH: Final = "/opt/provstore/lib/health.py"


class Deployment:
    """All services; each is started by its name, as the engine would."""

    def __init__(self, folder: Path, postgres: PostgresServer, neo4j: Neo4jServer) -> None:
        self.postgres, self.neo4j = postgres, neo4j
        self.services: dict[str, Any] = compose()["services"]
        self._folder = folder
        api = f"127.0.0.1:{free_port()}"
        self.url = f"http://{api}"
        self._here = {
            "postgres:5432/provstore": f"127.0.0.1:{_port(postgres)}/{_ARCHIVE}",
            "//provstore@": f"//{_ARCHIVE}@",
            "neo4j:7687": f"127.0.0.1:{neo4j.port}",
            "127.0.0.1/7687": f"127.0.0.1/{neo4j.port}",
            "api:8000": api,
            "127.0.0.1:8000": api,
            "0.0.0.0": "127.0.0.1",  # noqa: S104  replaced, not bound
            _HEALTH: str(ROOT / "deploy" / "health.py"),
        }
        self._words = {
            "8000": api.rpartition(":")[2],
            "5432": str(_port(postgres)),
            "provstore": _ARCHIVE,
            "python": sys.executable,
            "pg_isready": str(installed().bin / "pg_isready"),
        }

    @contextmanager
    def running(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A service of ours, healthy; it is gone afterwards, whatever happens."""
        assert exec_form(only("ENTRYPOINT")) == ["provstore"]
        command = [*COMMAND, *(self._word(word) for word in self.services[name]["command"])]
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self._environment(name),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy(name, process)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def log(self, name: str) -> Path:
        """What a service of ours prints."""
        return self._folder / f"{name}.log"

    def check(self, name: str) -> subprocess.CompletedProcess[str]:
        """Run the health check of a service once."""
        kind, *words = self.services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        return subprocess.run(
            [self._word(word) for word in words],
            env=self._environment(name) if "command" in self.services[name] else None,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def _wait_until_healthy(self, name: str, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while self.check(name).returncode:
            ended = process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"{name} is not healthy:\n{self.log(name).read_text()}")
            time.sleep(0.1)

    def _environment(self, name: str) -> dict[str, str]:
        """What the image and the compose file set, and nothing else of provstore's."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        secrets = home / "secrets"
        secrets.mkdir(exist_ok=True)
        for secret in self.services[name]["secrets"]:
            shutil.copy(self._folder / "secrets" / secret, secrets)
        folders = {image_environment()["HOME"]: str(home), "/run/secrets": str(secrets)}
        told = {**image_environment(), **self.services[name]["environment"]}
        del told["PATH"]
        return clean_environment() | {key: self._text(text, folders) for key, text in told.items()}

    def _word(self, word: str) -> str:
        return self._words.get(word) or self._text(word, {})

    def _text(self, text: str, folders: dict[str, str]) -> str:
        for there, here in {**self._here, **folders}.items():
            text = text.replace(there, here)
        return text


@contextmanager
def deployment(folder: Path) -> Iterator[Deployment]:
    """The databases of the compose file, with its settings and passwords; they run already."""
    subprocess.run([ROOT / "deploy" / "make-secrets", folder / "secrets"], check=True)
    with ExitStack() as stack:
        postgres = stack.enter_context(private_postgres())
        initialise(postgres, folder / "secrets" / "provstore_database_password")
        neo4j = stack.enter_context(_neo4j(folder))
        yield Deployment(folder, postgres, neo4j)


def initialise(server: PostgresServer, password: Path) -> None:
    """What the image of PostgreSQL does over an empty data folder."""
    text = _INIT.read_text(encoding="utf-8")
    text = text.replace("/run/secrets/provstore_database_password", str(password))
    for word in ("ROLE", "DATABASE", "OWNER", "\\connect"):
        text = text.replace(f"{word} provstore", f"{word} {_ARCHIVE}")
    url = make_url(server.admin_url).set(drivername="postgresql")
    psql = [str(installed().bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run(
        [*psql, url.render_as_string(hide_password=False)], input=text, text=True, check=True
    )


def conf() -> list[tuple[str, str]]:
    """The settings of `deploy/neo4j/neo4j.conf`; that of Java's options stands several times."""
    lines = CONF.read_text(encoding="utf-8").splitlines()
    split = [line.partition("=") for line in lines if line and line[0] != "#"]
    return [(name, value) for name, _, value in split]


@contextmanager
def _neo4j(folder: Path) -> Iterator[Neo4jServer]:
    user, _, password = (folder / "secrets" / "neo4j_auth").read_text().strip().partition("/")
    assert user == "neo4j"
    told = dict(conf())
    ours = {name: value for name, value in told.items() if not name.startswith(_NOT_HERE)}
    heap, pages = told["server.memory.heap.max_size"], told["server.memory.pagecache.size"]
    with private_neo4j(
        folder / "neo4j", password=password, heap=heap, page_cache=pages, settings=ours
    ) as server:
        yield server


def _port(server: PostgresServer) -> int:
    port = make_url(server.url).port
    assert port is not None
    return port
