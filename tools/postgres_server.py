#!/usr/bin/env python3
"""A throw-away PostgreSQL server with pg_sphere, on the loopback address, for tests and the demo.

As root it runs as the user ``postgres``, else as the caller. It goes on when the command ends::

    tools/postgres_server.py start [PORT] [--durable]  start it, print its URL; safe to repeat
    tools/postgres_server.py url [PORT]                the URL of the plain role
    tools/postgres_server.py admin-url [PORT]          the URL of the superuser
    tools/postgres_server.py crash [PORT]              end it as a power cut would; start recovers
    tools/postgres_server.py stop [PORT]               end it, delete its data

Exit codes: 0 done, 2 wrong usage, 3 no PostgreSQL to be had, 4 it did not do what was asked.
"""

import argparse
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from throwaway import AbsentError, free_port, is_alive, kill_family, last_lines, locked

DATABASE: Final = "provstore"
PORT: Final = 54329
ADVICE: Final = "as root: tools/postgres_server.py start, or apt-get install postgresql-NN-pgsphere"
_AS_ROOT: Final = "postgres"
_DEBIAN: Final = Path("/usr/lib/postgresql")
_UNSAFE: Final = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    # a worker of it in a database keeps a user that is no superuser from dropping that
    "autovacuum=off",
)
_OPTIONS: Final = (
    "listen_addresses=127.0.0.1",
    # their paths may be no longer than 107 bytes, which temporary folders exceed
    "unix_socket_directories=",
    "max_connections=200",
    "timezone=UTC",
)
_STARTS: Final = 5
_started: Final[list["subprocess.Popen[bytes]"]] = []
"""Kept: they may outlive this process, and Python warns of those that are forgotten before."""
_TWICE_AN_OPERATOR: Final = "is already the commutator of operator"
_FAULTY_OPERATOR: Final = re.compile(
    r"CREATE OPERATOR @ \(\s*LEFTARG\s*=\s*(?:bigint|spoint),\s*RIGHTARG\s*=\s*smoc\b[^;]*;\n?"
)


class Programs(NamedTuple):
    """An installed PostgreSQL that has pg_sphere."""

    bin: Path
    extensions: Path


class PostgresServer:
    """A PostgreSQL server, known by the folder of its data; any process may start and stop it.

    Parameters
    ----------
    home
        Folder of its data, passwords and logs; made where there is none. As root, the user
        ``postgres`` must be able to get there.
    port
        Where a new one listens; 0 chooses a free one.
    durable
        Whether a commit is on the disk when it is acknowledged. That is slower, and what only tests
        of power cuts need: nothing else outlives the server.
    """

    def __init__(self, home: Path, *, port: int = 0, durable: bool = False) -> None:
        self.home = home.resolve()
        self._data = self.home / "data"
        self._port = port
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The URL of a role that may make databases and is no superuser, as in an archive."""
        return self._url(DATABASE, "password")

    @property
    def admin_url(self) -> str:
        """The URL of the superuser."""
        return self._url("postgres", "admin_password")

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.home / "server.log"

    @property
    def pid(self) -> int | None:
        """Number of its first process while it runs."""
        if self._process is not None and self._process.poll() is None:
            # it may not have said so yet
            return self._process.pid
        try:
            pid = int((self._data / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        except (FileNotFoundError, IndexError, ValueError):
            return None
        return pid if is_alive(pid, "postgres") else None

    def start(self) -> str:
        """Start it, wait until it answers, and give its URL; one that runs goes on running.

        Raises
        ------
        AbsentError
            There is no PostgreSQL with pg_sphere on this machine.
        RuntimeError
            It did not start.
        """
        programs = installed()
        with locked(self.home.with_name(f"{self.home.name}.lock")):
            if not (self.home / "ready").exists():
                self._make(programs)
            elif self.pid is None:
                self._launch(programs)
        return self.url

    def stop(self, *, how: signal.Signals = signal.SIGINT) -> None:
        """End it in order and keep its data: SIGTERM waits for clients, SIGINT ends them."""
        pid = self.pid
        if pid is None:
            return
        os.kill(pid, how)
        deadline = time.monotonic() + 60
        while self.pid == pid:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not end:\n{last_lines(self.log)}")
            time.sleep(0.01)

    def crash(self) -> None:
        """End all its processes without warning, as a power cut would; `start` recovers."""
        pid = self.pid
        if pid is None:
            raise RuntimeError("this PostgreSQL server does not run")
        kill_family(pid, "postgres")
        if self._process is not None:
            # else it would be waited for when it is forgotten
            self._process.poll()

    def delete(self) -> None:
        """End it and delete its data."""
        with locked(self.home.with_name(f"{self.home.name}.lock")):
            self._remove()

    def _url(self, role: str, password: str) -> str:
        told = self._told()
        address = f"127.0.0.1:{told['port']}"
        return f"postgresql+psycopg://{role}:{told[password]}@{address}/{DATABASE}"

    def _told(self) -> Mapping[str, Any]:
        try:
            text = (self.home / "server.json").read_text(encoding="utf-8")
        except FileNotFoundError:
            raise RuntimeError(f"no PostgreSQL server was started in {self.home}") from None
        told: dict[str, Any] = json.loads(text)
        return told

    def _make(self, programs: Programs) -> None:
        """Make a new server, in place of one whose making was broken off."""
        self._remove()
        try:
            self._initialise(programs)
            self._launch(programs)
            self._fill(programs)
            (self.home / "ready").touch()
        except BaseException:
            self._remove()
            raise

    def _remove(self) -> None:
        if self.pid is not None:
            self.crash()
        shutil.rmtree(self.home, ignore_errors=True)

    def _initialise(self, programs: Programs) -> None:
        self.home.mkdir(mode=0o700, parents=True)
        password = secrets.token_urlsafe(18)
        told = {
            "port": self._port or free_port(),
            "password": secrets.token_urlsafe(18),
            "admin_password": password,
        }
        (self.home / "server.json").write_text(json.dumps(told), encoding="utf-8")
        first = self.home / "admin"
        first.write_text(password, encoding="utf-8")
        _give(self.home)
        account = ["-U", "postgres", f"--pwfile={first}", "--auth=scram-sha-256"]
        text = ["--encoding=UTF8", "--locale=C.UTF-8"]
        _run([str(programs.bin / "initdb"), "-D", str(self._data), *account, *text, "--no-sync"])
        first.unlink()

    def _fill(self, programs: Programs) -> None:
        # In the database from which all others are made: only a superuser may add it.
        try:
            self._sql(programs, "template1", "CREATE EXTENSION pg_sphere")
        except RuntimeError as error:
            if _TWICE_AN_OPERATOR not in str(error):
                raise
            repair(programs)
            self._sql(programs, "template1", "CREATE EXTENSION pg_sphere")
        password = self._told()["password"]
        role = f"CREATE ROLE {DATABASE} LOGIN CREATEDB PASSWORD '{password}'"
        self._sql(programs, "postgres", role)
        self._sql(programs, "postgres", f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")

    def _sql(self, programs: Programs, database: str, statement: str) -> None:
        told = self._told()
        at = ["-h", "127.0.0.1", "-p", str(told["port"]), "-U", "postgres", "-d", database]
        command = [str(programs.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", *at]
        _run([*command, "-c", statement], PGPASSWORD=told["admin_password"])

    def _launch(self, programs: Programs) -> None:
        port = self._told()["port"]
        if _is_taken(port):
            raise RuntimeError(f"port {port} is taken")
        # of one that was killed; a number given anew would keep this one from starting
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        options = [*_OPTIONS, f"port={port}", *(() if self._durable else _UNSAFE)]
        command = [str(programs.bin / "postgres"), "-D", str(self._data)]
        command += [part for option in options for part in ("-c", option)]
        for attempt in range(_STARTS):
            # processes of one that was killed may hold its memory for a moment
            time.sleep(attempt)
            with self.log.open("wb") as log:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd="/",
                    env=_environment(),
                    start_new_session=True,
                    **_account(),
                )
            _started.append(self._process)
            if self._answers(programs):
                return
            if "shared memory" not in last_lines(self.log):
                break
        raise RuntimeError(f"PostgreSQL did not start:\n{last_lines(self.log)}")

    def _answers(self, programs: Programs) -> bool:
        """Wait until it takes connections, or ends."""
        at = ["-h", "127.0.0.1", "-p", str(self._told()["port"])]
        probe = [str(programs.bin / "pg_isready"), "-q", *at]
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                return False
            if subprocess.run(probe, check=False).returncode == 0:
                return True
            time.sleep(0.02)
        return False


def installed() -> Programs:
    """The newest PostgreSQL here that has pg_sphere.

    Raises
    ------
    AbsentError
        There is none.
    """
    versions = [folder for folder in _DEBIAN.glob("[0-9]*") if (folder / "bin" / "initdb").exists()]
    found = [
        Programs(folder / "bin", Path("/usr/share/postgresql") / folder.name / "extension")
        for folder in sorted(versions, key=lambda folder: int(folder.name), reverse=True)
    ]
    if asked := shutil.which("pg_config"):
        said = [
            subprocess.run([asked, option], capture_output=True, text=True, check=True).stdout
            for option in ("--bindir", "--sharedir")
        ]
        found.append(Programs(Path(said[0].strip()), Path(said[1].strip()) / "extension"))
    for programs in found:
        if (programs.extensions / "pg_sphere.control").exists():
            return programs
    raise AbsentError(f"no PostgreSQL with pg_sphere; {ADVICE}")


def install() -> None:
    """Install Debian's packages, as root; a server that is installed already is left as it is.

    Raises
    ------
    AbsentError
        This Debian has none, or they cannot be installed.
    """
    name = r"^postgresql-[0-9]+-pgsphere$"
    _apt("apt-get", "update", "-qq")
    packages = _apt("apt-cache", "search", "--names-only", name).split("\n")
    newest = max(packages, key=lambda line: int("0" + "".join(re.findall(r"-(\d+)-", line)[:1])))
    if not newest:
        raise AbsentError("no package postgresql-NN-pgsphere here")
    options = ["-qq", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    _apt("apt-get", "install", *options, newest.split()[0])


def repair(programs: Programs) -> None:
    """Take out of pg_sphere's script the operators that newer minor releases refuse.

    In version 1.2.0, that of Debian 12, ``@`` and ``<@`` have one commutator, which PostgreSQL
    15.18 takes and 15.20 refuses. Later versions of pg_sphere have no ``@``. Only for machines on
    which nothing but tests runs: it changes a file of a Debian package.

    Raises
    ------
    AbsentError
        The file cannot be written here.
    """
    scripts = [
        path
        for path in programs.extensions.glob("pg_sphere--*.sql")
        # "--" twice: from one version to the next
        if path.name.count("--") == 1 and _FAULTY_OPERATOR.search(path.read_text(encoding="utf-8"))
    ]
    for path in scripts:
        text = _FAULTY_OPERATOR.sub("", path.read_text(encoding="utf-8"))
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            fault = "this PostgreSQL refuses pg_sphere's operators @ for smoc"
            advice = "as root: tools/postgres_server.py start takes them out"
            raise AbsentError(f"{fault}; {advice}: {error}") from error
        _say(f"repaired {path}: took out the operators @ for smoc, which this PostgreSQL refuses")


def _apt(*command: str) -> str:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout
    except FileNotFoundError:
        raise AbsentError(f"no {command[0]}; install PostgreSQL with pg_sphere") from None
    except subprocess.CalledProcessError as error:
        raise AbsentError(f"{' '.join(command)} failed: {error.stderr.strip()}") from None


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _account() -> dict[str, Any]:
    """Whose processes they are: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": _AS_ROOT, "group": _AS_ROOT, "extra_groups": []}


def _give(folder: Path) -> None:
    if os.geteuid() == 0:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, _AS_ROOT, _AS_ROOT)


def _environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", **more}


def _run(command: Sequence[str], **environment: str) -> None:
    done = subprocess.run(
        command,
        cwd="/",
        env=_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        **_account(),
    )
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {(done.stderr or done.stdout).strip()}")


def _say(text: str) -> None:
    print(f"postgres_server: {text}", file=sys.stderr)


def home_of(port: int) -> Path:
    """Where the command keeps the server of a port."""
    return Path(tempfile.gettempdir()) / f"provstore-postgres-{os.getuid()}" / str(port)


def main() -> int:
    """Do what the command line says; gives the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=["start", "url", "admin-url", "crash", "stop"])
    parser.add_argument("port", type=int, nargs="?", default=PORT)
    parser.add_argument("--durable", action="store_true", help="a commit outlives a power cut")
    chosen = parser.parse_args()
    server = PostgresServer(home_of(chosen.port), port=chosen.port, durable=chosen.durable)
    try:
        _do(chosen.action, server)
    except (AbsentError, RuntimeError) as error:
        _say(str(error))
        return 3 if isinstance(error, AbsentError) else 4
    return 0


def _do(action: str, server: PostgresServer) -> None:
    match action:
        case "start":
            try:
                installed()
            except AbsentError:
                if os.geteuid() != 0:
                    raise
                _say("installing PostgreSQL with pg_sphere")
                install()
            print(server.start())
        case "url":
            print(server.url)
        case "admin-url":
            print(server.admin_url)
        case "crash":
            server.crash()
        case _:
            server.delete()


if __name__ == "__main__":
    sys.exit(main())
