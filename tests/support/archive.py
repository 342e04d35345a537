"""One archive that several processes work on, as an observatory sets it up: its settings, its
processes, and what its catalogue holds.
"""

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from support.command import clean_environment
from support.graph_dump import graph_dump
from support.processes import FORKS, ForkedServer, forked_server, held_by

from provstore import factory
from provstore.cli.worker import worker
from provstore.config import Settings
from provstore.factory import Services

_LOADED: Final = ("main", "cli.embedded", "cli.worker", "stores.graph.neo4j")
FORKS.set_forkserver_preload(
    [
        *(f"provstore.{name}" for name in _LOADED),
        "psycopg",
        "uvicorn",
        "uvicorn.protocols.http.auto",
    ]
)
_PATIENCE_S: Final = 60.0


class Archive:
    """The settings that all processes of an archive share.

    Parameters
    ----------
    folder
        Its data folder.
    told
        Settings, without the prefix ``PROVSTORE_``.
    """

    def __init__(self, folder: Path, **told: Any) -> None:  # noqa: ANN401  any setting
        self.folder = folder
        self.told: Mapping[str, Any] = told

    @property
    def settings(self) -> Settings:
        """The settings of the services in this process."""
        return Settings.model_validate({"data_dir": self.folder, **self.told})

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The services over it, in this process."""
        services = factory.build(self.settings)
        try:
            yield services
        finally:
            services.close()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection to its catalogue, beside all services."""
        engine = create_engine(self.settings.catalogue_url, poolclass=NullPool)
        with engine.begin() as connection:
            yield connection

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of one statement on its catalogue; ``:name`` stands for a value."""
        with self.connected() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def held(self) -> Counter[tuple[str, str]]:
        """How much it says in each namespace, as `support.processes.held`."""
        with self.connected() as connection:
            return held_by(connection)

    def doctor(self) -> list[str]:
        """What `provstore doctor` finds, in the graph too where there is one."""
        with self.services() as services:
            return services.maintenance.doctor(_PATIENCE_S)

    # -- the graph

    def wait_until_shown(self) -> None:
        """Wait until the graph shows all that the catalogue holds."""
        deadline = time.monotonic() + _PATIENCE_S
        while self._behind() != [("live", 0)]:
            assert time.monotonic() < deadline, self._behind()
            time.sleep(0.05)

    def _behind(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT state, (SELECT count(*) FROM outbox) FROM projection")

    def expire_lease(self, *, but_of: str = "nobody") -> None:
        """As if whoever writes the graph had said nothing for long.

        Parameters
        ----------
        but_of
            What is in the name of one who keeps it.
        """
        others = text("UPDATE projection SET until = 0 WHERE holder NOT LIKE '%' || :name || '%'")
        with self.connected() as connection:
            connection.execute(others, {"name": but_of})

    def let_have_lease(self, worker: "WorkerProcess") -> bool:
        """Take the lease away from all others; whether the worker has it."""
        if worker.has_lease(self):
            return True
        self.expire_lease(but_of=worker.name)  # it may have got it since it was asked
        return False

    def holder(self) -> str:
        """Who has the lease, or had it last."""
        [(holder,)] = self.rows("SELECT holder FROM projection")
        return str(holder)

    def check_graph(self) -> None:
        """The graph is what one is that was made from nothing."""
        self.wait_until_shown()
        found = graph_dump(self.told["graph_url"])
        with self.services() as services:
            services.maintenance.rebuild_graph()
        anew = graph_dump(self.told["graph_url"])
        assert found.differences(anew) == []
        assert len(anew.nodes) > 0

    # -- its processes

    def server(self, **changes: object) -> AbstractContextManager[ForkedServer]:
        """A server of it, which is gone afterwards."""
        return forked_server(self.folder, **{**self.told, **changes})

    @contextmanager
    def worker(self) -> Iterator["WorkerProcess"]:
        """A worker of it, which is gone afterwards."""
        worker = WorkerProcess(self)
        try:
            yield worker
        finally:
            worker.kill()


class WorkerProcess:
    """The command ``provstore worker``."""

    def __init__(self, archive: Archive) -> None:
        told = {"data_dir": archive.folder, **archive.told}
        self._process = FORKS.Process(target=_work, args=(clean_environment(**told),), daemon=True)
        self._process.start()

    @property
    def name(self) -> str:
        """What is in the name under which it has the lease."""
        return f":{self._process.pid}:"

    def has_lease(self, archive: Archive) -> bool:
        """Whether it is the one that writes the graph."""
        return self.name in archive.holder()

    def kill(self) -> None:
        """End it without warning."""
        self._process.kill()
        self._process.join()

    def stop(self) -> int | None:
        """Ask it to end; its exit status."""
        self._process.terminate()
        self._process.join()
        return self._process.exitcode


def _work(environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    worker()
