"""A folder of documents that could not be sent yet.

One file per document, named by a checksum, and a small JSON file beside it that says where to and
from whom. The JSON file is written last: a document counts as spooled when it is there. Both reach
the disk before `Spool.add` returns. Processes take turns by a lock on the folder, held only while
files are written or removed, never while something is sent.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from provstore.errors import Finding

_DOCUMENT: Final = ".document"
_ABOUT: Final = ".json"
_FINDINGS: Final = ".findings.json"
_REFUSED: Final = "refused"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One spooled document."""

    key: str
    """Its name in the folder: SHA-256 of the document and of where it goes, hexadecimal."""
    url: str
    source: str | None
    format: str | None
    name: str
    """What the user called it when it was pushed."""


class Spool:
    """The folder; it is made when the first document comes.

    Parameters
    ----------
    folder
        On a disk that outlives the job. Only its owner can read it: provenance logs name users
        and hosts.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def refused(self) -> Path:
        """Where documents lie that a server refused."""
        return self.folder / _REFUSED

    def add(
        self,
        data: bytes,
        *,
        url: str,
        source: str | None,
        format: str | None,  # noqa: A002  as in `Client.push`
        name: str,
    ) -> Waiting:
        """Keep a document; the same one for the same server is kept once.

        Raises
        ------
        OSError
            The disk does not take it.
        """
        goes_to = json.dumps([url, source, format]).encode()
        key = hashlib.sha256(goes_to + b"\0" + data).hexdigest()
        waiting = Waiting(key, url, source, format, name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._turn():
            _write(self._path(key, _DOCUMENT), data)
            _write(self._path(key, _ABOUT), json.dumps(asdict(waiting)).encode())
        return waiting

    def waiting(self) -> list[Waiting]:
        """What is to be sent, oldest first."""
        found = [(_age(path), path) for path in self.folder.glob("*" + _ABOUT)]
        entries = (_read_about(path) for _, path in sorted(found))
        return [entry for entry in entries if entry is not None]

    def read(self, waiting: Waiting) -> bytes | None:
        """The document, or None if another process has sent it meanwhile."""
        try:
            return self._path(waiting.key, _DOCUMENT).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, waiting: Waiting) -> None:
        """Forget a document that the server has."""
        with self._turn():
            self._path(waiting.key, _ABOUT).unlink(missing_ok=True)
            self._path(waiting.key, _DOCUMENT).unlink(missing_ok=True)

    def refuse(self, waiting: Waiting, reason: str, findings: Sequence[Finding]) -> Path:
        """Put a document aside that the server will never take, with what the server said.

        Returns
        -------
        Path
            Where the document lies now.
        """
        aside = self.refused
        aside.mkdir(mode=0o700, exist_ok=True)
        said = {"reason": reason, "findings": [finding.as_json() for finding in findings]}
        with self._turn():
            _write(aside / (waiting.key + _FINDINGS), json.dumps(said, indent=1).encode())
            for suffix in (_DOCUMENT, _ABOUT):
                path = self._path(waiting.key, suffix)
                if path.exists():
                    path.replace(aside / path.name)
        return aside / (waiting.key + _DOCUMENT)

    def _path(self, key: str, suffix: str) -> Path:
        return self.folder / (key + suffix)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with (self.folder / ".lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _write(path: Path, data: bytes) -> None:
    """Write all or nothing: a new file, to the disk, then under its name."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:  # sent meanwhile; reading it will say so
        return 0.0


def _read_about(path: Path) -> Waiting | None:
    try:
        told = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    # the key is a path here, so it is that of the file itself, whatever the content says
    return Waiting(**{**told, "key": path.name.removesuffix(_ABOUT)})
