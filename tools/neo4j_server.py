#!/usr/bin/env python3
"""A real Neo4j Community server without a container: Maven Central's jars, on loopback only.

Needs Java 17 or 21 and Maven. As a command it prints the server's address and runs until it is told
to stop::

    tools/neo4j_server.py --home FOLDER [--port 7687] [--heap 512m] [--page-cache 128m]
"""

import argparse
import atexit
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from throwaway import AbsentError, free_port, kill_family, last_lines, locked

POM: Final = Path(__file__).with_name("neo4j-pom.xml")
LEAST_JAVA: Final = 17
ADVICE: Final = "as root: apt-get install default-jre-headless maven"
QUICK_START: Final = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""For servers that live for a minute: they start in 0.6 of the time, and are slower under load."""
_MAIN: Final = "org.neo4j.server.CommunityEntryPoint"
_ADMIN: Final = "org.neo4j.server.startup.Neo4jAdminCommand"
_JVM: Final = (
    "-XX:+ExitOnOutOfMemoryError",
    "-Dlog4j2.disable.jmx=true",
    *(
        f"--add-opens=java.base/{package}=ALL-UNNAMED"
        for package in ("java.io", "java.nio", "sun.nio.ch")
    ),
)
_SETTINGS: Final[Mapping[str, str]] = {
    "server.default_listen_address": "127.0.0.1",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    # else it reports to its makers
    "dbms.usage_report.enabled": "false",
    # else an empty database is 500 MB
    "db.tx_log.preallocate": "false",
    "db.tx_log.rotation.retention_policy": "keep_none",
    # else each stop waits ten seconds for connections that nobody makes
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
}
# The preamble of Bolt, and four versions of it that a client may speak.
_HANDSHAKE: Final = bytes.fromhex("6060b017 00080805 00020404 00000000 00000000")


class Neo4jServer:
    """A Neo4j server in a process of its own.

    Parameters
    ----------
    home
        Folder of its data, settings and logs; made where there is none. What is in it stays when
        the server ends.
    port
        Where Bolt listens; 0 chooses a free one.
    heap, page_cache
        Most memory of Java's heap and for pages of the store, as Java writes sizes.
    password
        Of the user ``neo4j``; without one, everybody may do everything. One that is given counts
        from the first start on a home.
    jvm
        Options of Java, as `QUICK_START`.
    settings
        Lines of ``neo4j.conf`` beside those that are needed.
    version
        Of Neo4j, 5.x; that of `POM` if not given.
    """

    def __init__(  # noqa: PLR0913  what a server is started with
        self,
        home: Path,
        *,
        port: int = 0,
        heap: str = "512m",
        page_cache: str = "128m",
        password: str = "",
        jvm: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
        version: str = "",
    ) -> None:
        self.home = home.resolve()
        self.port = port or free_port()
        self.url = f"bolt://127.0.0.1:{self.port}"
        self.password = password
        self._jvm = [f"-Xmx{heap}", *_JVM, *jvm]
        self._version = version or version_of_the_pom()
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = {
            **_SETTINGS,
            "server.bolt.listen_address": f"127.0.0.1:{self.port}",
            "server.bolt.advertised_address": f"127.0.0.1:{self.port}",
            "server.memory.pagecache.size": page_cache,
            "dbms.security.auth_enabled": "true" if password else "false",
            **(settings or {}),
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        """Number of the running process."""
        return self._running().pid

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.home / "console.log"

    def start(self, patience_s: float = 120.0) -> str:
        """Start it and wait until it answers; gives its URL.

        Raises
        ------
        AbsentError
            Java or Maven is missing, or Maven cannot fetch the jars.
        RuntimeError
            It did not start, or another server answers at its port.
        """
        if speaks_bolt(self.port):
            # else an old server would pass for a quick start
            raise RuntimeError(f"another server answers on port {self.port}")
        classes = f"{jars(self._version)}/*"
        self._write_settings()
        if self.password and not (self.home / "data").exists():
            self._set_password(classes)
        self._launch(classes)
        atexit.register(self.stop)
        self._wait(patience_s)
        return self.url

    def stop(self, patience_s: float = 60.0) -> None:
        """End it in order; nothing happens to one that does not run."""
        atexit.unregister(self.stop)
        if self._process is None:
            return
        self._process.terminate()
        # one that is frozen ends when it goes on
        self._process.send_signal(signal.SIGCONT)
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """End it without warning, as a power cut would; `start` goes on with the same data."""
        process = self._running()
        process.kill()
        process.wait()
        self._process = None

    def delete(self) -> None:
        """End it and delete its home; one that another process left behind at this home too."""
        self.stop()
        left = self._left_behind()
        if left is not None:
            kill_family(left, "java")
        shutil.rmtree(self.home, ignore_errors=True)

    def freeze(self) -> None:
        """Let it hang: it keeps its connections and takes new ones, and answers nothing."""
        self._running().send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen one go on."""
        self._running().send_signal(signal.SIGCONT)

    def wait(self) -> int:
        """Wait until it ends by itself; gives its exit code."""
        return self._running().wait()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            raise RuntimeError("this Neo4j server does not run")
        return self._process

    def _left_behind(self) -> int | None:
        """Number of a process that still runs at this home."""
        with suppress(FileNotFoundError, ValueError):
            pid = int((self.home / "pid").read_text(encoding="utf-8"))
            said = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
            return pid if f"--home-dir={self.home}\0" in said else None
        return None

    def _write_settings(self) -> None:
        folder = self.home / "conf"
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in self._settings.items())
        (folder / "neo4j.conf").write_text(lines, encoding="utf-8")

    def _set_password(self, classes: str) -> None:
        command = [java(), "-cp", classes, _ADMIN, "dbms", "set-initial-password", self.password]
        place = {"NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.home / "conf")}
        done = subprocess.run(
            command, env={**os.environ, **place}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"Neo4j took no password: {done.stderr or done.stdout}")

    def _launch(self, classes: str) -> None:
        folders = [f"--home-dir={self.home}", f"--config-dir={self.home / 'conf'}"]
        command = [java(), *self._jvm, "-cp", classes, _MAIN, *folders]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--console-mode"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # an interrupt at the terminal is for whoever started it, who then stops it
                start_new_session=True,
            )
        (self.home / "pid").write_text(str(self._process.pid), encoding="utf-8")

    def _wait(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while not speaks_bolt(self.port):
            ended = self._running().poll() is not None
            if ended or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Neo4j did not start:\n{last_lines(self.log)}")
            time.sleep(0.05)


def version_of_the_pom() -> str:
    """The version of Neo4j that is used unless another is asked for."""
    found = re.search(r"<neo4j\.version>([^<]+)<", POM.read_text(encoding="utf-8"))
    assert found is not None, POM  # noqa: S101  the file is ours
    return found[1]


def java() -> str:
    """The Java to use: ``NEO4J_JAVA``, else that of the path.

    Raises
    ------
    AbsentError
        There is none, or it is too old.
    """
    program = os.environ.get("NEO4J_JAVA") or shutil.which("java")
    if program is None:
        raise AbsentError(f"no Java; {ADVICE}")
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=True).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < LEAST_JAVA:
        raise AbsentError(f"Neo4j needs Java {LEAST_JAVA} or newer; {ADVICE}")
    return program


def jars(version: str) -> Path:
    """The folder of the server's jars, in the user's cache; Maven fills it at the first call.

    Raises
    ------
    AbsentError
        It is empty, and there is no Maven, or Maven cannot fetch them.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "provstore"
    folder = cache / f"neo4j-{version}"
    with locked(cache / "neo4j.lock"):
        if not folder.is_dir():
            # by another name until all are there: a half-filled folder would never be filled
            part = cache / f"neo4j-{version}.{secrets.token_hex(4)}"
            try:
                _fetch(version, part)
                part.rename(folder)
            finally:
                shutil.rmtree(part, ignore_errors=True)
    return folder


def _fetch(version: str, folder: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise AbsentError(f"no Maven; {ADVICE}")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}"]
    done = subprocess.run(
        [maven, "-B", "-q", "-f", str(POM), f"-Dneo4j.version={version}", *goal],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).splitlines() or [f"exit code {done.returncode}"]
        raise AbsentError(f"Maven could not fetch Neo4j {version}: {said[0]}")


def speaks_bolt(port: int) -> bool:
    """Whether something on the loopback address answers as Bolt does."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            connection.settimeout(2)
            connection.sendall(_HANDSHAKE)
            return len(connection.recv(4)) == len("BOLT")
    except OSError:
        return False


def main() -> int:
    """Run a server until a signal ends it, or it ends by itself; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, help="folder of its data; may be there already")
    parser.add_argument("--port", type=int, default=7687, help="0 chooses a free one")
    parser.add_argument("--heap", default="512m", help="most memory of Java's heap")
    parser.add_argument("--page-cache", default="128m", help="memory for pages of the store")
    parser.add_argument("--password", default="", help="of the user neo4j; without, all may enter")
    parser.add_argument("--fetch", action="store_true", help="only fetch the jars")
    chosen = vars(parser.parse_args())
    try:
        if chosen.pop("fetch"):
            print(jars(version_of_the_pom()))
            return 0
        if chosen["home"] is None:
            parser.error("--home is required")
        return _serve(Neo4jServer(**chosen))
    except (AbsentError, RuntimeError) as error:
        print(f"neo4j_server: {error}", file=sys.stderr)
        return 3 if isinstance(error, AbsentError) else 4


def _serve(server: Neo4jServer) -> int:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    with server:
        print(server.url, flush=True)
        return server.wait()


if __name__ == "__main__":
    sys.exit(main())
