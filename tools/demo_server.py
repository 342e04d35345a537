#!/usr/bin/env python3
"""The demo on PostgreSQL and Neo4j, which are started for it and are gone afterwards.

``PROVSTORE_DATABASE_URL`` and ``PROVSTORE_GRAPH_URL`` name servers to use instead; the catalogue
and the graph in them have to be empty. Arguments are those of ``provstore demo``::

    tools/demo_server.py [--json] [--runs N] [--seed N]

Exit codes: that of the demo, 3 where a server is not to be had, 4 where one does not start.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import neo4j_server
import postgres_server
from neo4j_server import Neo4jServer
from postgres_server import PostgresServer
from throwaway import AbsentError

_DATABASE: Final = "PROVSTORE_DATABASE_URL"
_GRAPH: Final = "PROVSTORE_GRAPH_URL"
_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interruption:
    """What a signal does: it ends this program in order, or the demo where that runs.

    Only the first one counts: a second would break off the end that the first one asked for.
    """

    def __init__(self) -> None:
        self._demo: subprocess.Popen[bytes] | None = None
        self._held = False
        self._waiting = 0
        for number in _SIGNALS:
            signal.signal(number, self)

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        """Take a signal."""
        if self._held:
            self._waiting = self._waiting or number
        else:
            self._held = True
            self._act(number)

    def hold(self) -> None:
        """Let no signal do anything from now on."""
        self._held = True

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let signals wait for the end of something that cannot be broken off."""
        self._held = True
        yield
        if self._waiting:
            self._act(self._waiting)
        else:
            self._held = False

    def tell(self, demo: "subprocess.Popen[bytes]") -> None:
        """Hand signals on to the demo from now on."""
        self._demo = demo

    def _act(self, number: int) -> None:
        if self._demo is None:
            sys.exit(128 + number)
        self._demo.send_signal(number)


def main(arguments: Sequence[str]) -> int:
    """Start what is not named, run the demo, stop what was started; gives the exit code."""
    interruption = Interruption()
    lacking = list(_lacking())
    for advice in lacking:
        _say(advice)
    if lacking:
        return 3
    with ExitStack() as stack:
        try:
            settings = _servers(stack, interruption)
        except (AbsentError, RuntimeError) as error:
            _say(str(error))
            return 4
        return _demo(arguments, settings, interruption)


def _lacking() -> Iterator[str]:
    """How to have what is not on this machine, a line for each."""
    checks: Mapping[str, Callable[[], object]] = {
        _DATABASE: postgres_server.installed,
        _GRAPH: _fetch_neo4j,
    }
    for name, check in checks.items():
        if name in os.environ:
            continue
        try:
            check()
        except AbsentError as error:
            yield f"{error}; or name a server in {name}"


def _fetch_neo4j() -> None:
    neo4j_server.java()
    _say("Neo4j is taken from the cache, or fetched once from Maven Central")
    neo4j_server.jars(neo4j_server.version_of_the_pom())


def _servers(stack: ExitStack, interruption: Interruption) -> dict[str, str]:
    """The settings that name the servers; those that were started end with the stack."""
    folder = Path(tempfile.mkdtemp(prefix="provstore-demo-servers-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    # PostgreSQL has an account of its own, which must be able to get to its folder
    folder.chmod(0o711)
    settings: dict[str, str] = {}
    if _DATABASE not in os.environ:
        postgres = PostgresServer(folder / "postgres")
        stack.callback(postgres.delete)
        with interruption.held():
            # it could not be stopped before it has said who it is
            settings |= {_DATABASE: postgres.start(), "PROVSTORE_DATABASE_PASSWORD": ""}
        _say("PostgreSQL runs")
    if _GRAPH not in os.environ:
        neo4j = Neo4jServer(folder / "neo4j")
        stack.callback(neo4j.delete)
        settings |= {_GRAPH: neo4j.start(), "PROVSTORE_GRAPH_PASSWORD": ""}
        _say(f"Neo4j runs at {neo4j.url}, without a password")
    # last in, first out: nothing breaks off the end
    stack.callback(interruption.hold)
    return settings


def _demo(arguments: Sequence[str], settings: Mapping[str, str], interruption: Interruption) -> int:
    with interruption.held():
        demo = subprocess.Popen(
            [sys.executable, "-m", "provstore.cli.main", "demo", "--server", *arguments],
            env={**os.environ, **settings},
            # an interrupt at the terminal comes here, and is handed on once
            start_new_session=True,
        )
        interruption.tell(demo)
    status = demo.wait()
    return status if status >= 0 else 128 - status


def _say(text: str) -> None:
    print(f"demo_server: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
