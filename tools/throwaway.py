"""What the throw-away servers have in common: ports, locks, processes. For Linux."""

import fcntl
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

_DEATH_TAKES_S: Final = 30.0


class AbsentError(RuntimeError):
    """A program is not on this machine; the message says in one line how to have it."""


def free_port() -> int:
    """A port of the loopback address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of a file, waiting for it; a process that dies lets it go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def is_alive(pid: int, name: str) -> bool:
    """Whether a process runs under this number whose program has this name.

    One that has ended counts as dead although its parent has not asked how, as happens where the
    first process of a container asks after nobody.
    """
    state, program = _of_process(pid)
    return program == name and state not in "ZX"


def kill_family(pid: int, name: str) -> None:
    """End a process and its children without warning, and wait until they are gone."""
    family = [pid, *_children(pid)]
    for member in family:
        with suppress(ProcessLookupError):
            os.kill(member, signal.SIGKILL)
    deadline = time.monotonic() + _DEATH_TAKES_S
    while any(is_alive(member, name) for member in family):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{name} {pid} does not end")
        time.sleep(0.01)


def last_lines(log: Path, count: int = 15) -> str:
    """The end of a log, for a message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


def _children(pid: int) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == pid:
                found.append(int(folder.name))
    return found


def _of_process(pid: int) -> tuple[str, str]:
    """State and program of a process; of none, dead and nameless."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return "X", ""
    head, _, rest = text.rpartition(")")
    return rest.split()[0], head.partition("(")[2]
