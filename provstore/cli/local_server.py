"""A server of one's own: a process on this host, with a data folder of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from provstore.cli.output import note
from provstore.cli.serve import DEFAULT_PORT, listen
from provstore.client import Client
from provstore.errors import BadParameterError, ProvstoreError, ServerError

_HOST: Final = "127.0.0.1"
_PORTS: Final = range(DEFAULT_PORT, DEFAULT_PORT + 200)
_START_PATIENCE_S: Final = 60.0
_STOP_PATIENCE_S: Final = 15.0
_POLL_S: Final = 0.1
_LOG_TAIL: Final = 40
"""Lines of a log that say why a server failed."""


class LocalServer:
    """A running ``provstore serve``."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, log: Path) -> None:
        self._process = process
        self._log = log
        self.url = f"http://{_HOST}:{port}"

    def wait(self) -> None:
        """Return when the server ends by itself."""
        self._process.wait()

    def stop(self) -> None:
        """Ask the server to end, and see to it that it does."""
        self._process.terminate()
        try:
            self._process.wait(_STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def log_tail(self) -> list[str]:
        """The last lines that it logged."""
        return self._log.read_text(errors="replace").splitlines()[-_LOG_TAIL:]

    def wait_until_ready(self) -> None:
        """Return when the server answers.

        Raises
        ------
        ServerError
            It ended, or it took longer than a minute.
        """
        client = Client(self.url, token="", timeout=_START_PATIENCE_S)
        deadline = time.monotonic() + _START_PATIENCE_S
        while True:
            try:
                client.health()
            except ServerError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise ServerError(f"the server did not start: {error}") from error
                time.sleep(_POLL_S)
            else:
                return


@contextmanager
def local_server(
    data_dir: Path, settings: Mapping[str, str] | None = None
) -> Iterator[LocalServer]:
    """A server on the first free port from 8000, stopped in the end.

    Settings of the environment are not handed on: it uses nothing but its data folder, and what
    is named here. Where the work with it fails, the end of its log is shown.

    Parameters
    ----------
    data_dir
        Its data folder.
    settings
        More of its settings, by their names in the environment.

    Raises
    ------
    ServerError
        It does not start.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    port, log = _first_free_port(), data_dir / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603  our own command with our own arguments
            [sys.executable, "-m", "provstore.cli.main", "serve", "--port", str(port)],
            env={**_environment(data_dir), **(settings or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            # Ctrl-C is for the command that started it, which then stops it.
            start_new_session=True,
        )
    server = LocalServer(process, port, log)
    try:
        server.wait_until_ready()
        yield server
    except ProvstoreError:
        for line in server.log_tail():
            note(f"server: {line}")
        raise
    finally:
        server.stop()


def _environment(data_dir: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PROVSTORE_")}
    return {**kept, "PROVSTORE_DATA_DIR": str(data_dir)}


def _first_free_port() -> int:
    for port in _PORTS:
        try:
            with listen(_HOST, port) as probe:
                return int(probe.getsockname()[1])
        except BadParameterError:
            continue
    raise ServerError(f"no port from {_PORTS.start} to {_PORTS.stop - 1} is free")
