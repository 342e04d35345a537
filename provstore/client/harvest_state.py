"""What a harvest has taken, so that the next one goes on where it stopped.

One file for each pair of UWS server and archive, a line of JSON for each thing that happened. A
line is on the disk before the harvest goes on; a last line that was broken off is as if it had
never been. When a pass is over, what no list will show again is left out, in a new file that
replaces the old one whole.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

from provstore.client.harvest_answers import instant
from provstore.errors import BusyError

_SUFFIX: Final = ".harvest"


class HarvestState:
    """The state of one harvest; a context, within which no other process has the same.

    Parameters
    ----------
    folder
        Made if it is not there. Only its owner can read it.
    url
        The list of jobs.
    archive
        Where the provenance goes.

    Raises
    ------
    BusyError
        On entering: another process harvests the same.
    """

    def __init__(self, folder: Path, url: str, archive: str) -> None:
        key = hashlib.sha256(json.dumps([url, archive]).encode()).hexdigest()[:32]
        self.path = folder / (key + _SUFFIX)
        self._about = {"url": url, "archive": archive}
        self._file: IO[bytes] | None = None
        self._lock: IO[bytes] | None = None
        self.after: str | None = None
        """The value of AFTER that lists what was not taken yet."""
        self._taken: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = self.path.with_suffix(".lock").open("wb")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise BusyError(f"another process harvests {self._about['url']}") from None
        self._load()
        self._rewrite()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for file in (self._file, self._lock):
            if file is not None:
                file.close()

    def has(self, job: str) -> bool:
        """Whether a job was taken."""
        return job in self._taken

    @property
    def newest(self) -> str | None:
        """The latest creation time of what was taken."""
        times = [moment for text in self._taken.values() if (moment := instant(text))]
        return max(times).isoformat() if times else None

    def take(self, job: str, created: str) -> None:
        """Note that a job is in the archive, or refused by it for good."""
        self._taken[job] = created
        self._append({"job": job, "created": created})

    def finish_pass(self, after: str | None) -> None:
        """Note from where the next pass begins, and forget what it will not be shown."""
        self.after = after
        bound = instant(after) if after else None
        if bound is not None:
            kept = {
                job: created
                for job, created in self._taken.items()
                if (moment := instant(created)) is None or moment >= bound
            }
            self._taken = kept
        self._rewrite()

    def _load(self) -> None:
        if not self.path.exists():
            return
        for line in self.path.read_bytes().splitlines(keepends=True):
            told = _told(line)
            if "job" in told:
                self._taken[str(told["job"])] = str(told.get("created", ""))
            if told.get("after"):
                self.after = str(told["after"])

    def _rewrite(self) -> None:
        """Write all of it anew: a new file, to the disk, then under its name."""
        unfinished = self.path.with_suffix(".new")
        lines = [json.dumps({**self._about, "after": self.after})]
        lines += [json.dumps({"job": job, "created": c}) for job, c in self._taken.items()]
        with unfinished.open("wb") as file:
            file.write("".join(line + "\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())
        if self._file is not None:
            self._file.close()
        unfinished.replace(self.path)
        self._file = self.path.open("ab")

    def _append(self, told: Mapping[str, str]) -> None:
        if self._file is None:
            message = "the state of a harvest is written within its context"
            raise RuntimeError(message)
        self._file.write(json.dumps(told).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


def _told(line: bytes) -> Mapping[str, Any]:
    """What a line tells; nothing where it was broken off."""
    try:
        told = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
