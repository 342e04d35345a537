"""A real server: ``provstore serve`` in a process of its own, with a folder of its own."""

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from support.command import COMMAND, clean_environment

_PATIENCE_S = 60.0


class Server:
    """A running server.

    Parameters
    ----------
    data_dir
        Its data folder: a second server on the same folder goes on with the same catalogue.
    workers
        Its processes.
    port
        Any free one if not given.
    settings
        More settings, without the prefix ``PROVSTORE_``.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        workers: int = 1,
        port: int = 0,
        settings: Mapping[str, str | int] | None = None,
    ) -> None:
        self.data_dir = data_dir
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        data_dir.mkdir(parents=True, exist_ok=True)
        texts = {name: str(value) for name, value in (settings or {}).items()}
        self._log = (data_dir / "server.log").open("ab")
        self._process = subprocess.Popen(
            [*COMMAND, "serve", "--port", str(self.port), "--workers", str(workers)],
            env=clean_environment(data_dir=data_dir, **texts),
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    @property
    def log(self) -> str:
        """What it wrote to stdout and stderr."""
        return (self.data_dir / "server.log").read_text(errors="replace")

    @property
    def workers(self) -> list[int]:
        """Numbers of the processes that answer, or have answered, in the order of their starts."""
        return [int(pid) for pid in re.findall(r"Started server process \[(\d+)\]", self.log)]

    def stop(self) -> int:
        """Ask it to end; its exit status."""
        self._process.terminate()
        status = self._process.wait(_PATIENCE_S)
        self._log.close()
        return status

    def kill(self) -> None:
        """End it and its workers without warning, as a power cut would."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._log.close()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the server did not start:\n{self.log}")
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(self.url + "/health", timeout=_PATIENCE_S) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


@contextmanager
def running_server(
    data_dir: Path, *, workers: int = 1, settings: Mapping[str, str | int] | None = None
) -> Iterator[Server]:
    """A server that is gone afterwards, whatever happens."""
    server = Server(data_dir, workers=workers, settings=settings)
    try:
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
