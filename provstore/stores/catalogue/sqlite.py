"""SQLite as the catalogue: one file, no server.

It runs in WAL with `synchronous=FULL`: what is acknowledged is on disk. One writer at a time
commits; a lock file beside the database makes the wait fair between processes, where SQLite's own
busy handler starves some of them.
"""

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from provstore.errors import BadParameterError, BusyError, UnavailableError

_CACHE_KIB: Final = 65_536
_CHECKPOINT_PAGES: Final = 4000
_POLL_S: Final = 0.002

# Result codes of SQLite: https://www.sqlite.org/rescode.html
_PRIMARY_CODE: Final = 0xFF
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_NO_WRITING: Final = "the catalogue cannot be written: its disk is full, or its folder is read-only"
_TROUBLES: Final = {
    sqlite3.SQLITE_FULL: _NO_WRITING,
    sqlite3.SQLITE_IOERR: _NO_WRITING,
    sqlite3.SQLITE_READONLY: _NO_WRITING,
    sqlite3.SQLITE_CANTOPEN: _NO_WRITING,
    sqlite3.SQLITE_CORRUPT: "the catalogue's file is damaged: restore it from a copy",
    sqlite3.SQLITE_NOTADB: "the catalogue's file is no SQLite database",
}


class SqliteBackend:
    """See `provstore.stores.catalogue.database.Backend`."""

    def __init__(self, url: URL, writer_timeout_s: float) -> None:
        self._timeout_s = writer_timeout_s
        self._writer = threading.Lock()
        self._path = _prepared(url)
        self.engine: Engine = create_engine(
            url,
            connect_args={"timeout": writer_timeout_s, "check_same_thread": False},
            max_overflow=-1,  # as many as there are threads
        )
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer."""
        options = {"provstore_writing": True}
        with (
            self._lock(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
        ):
            yield connection

    noting = writing
    """SQLite has one writer, whatever it writes."""

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """The only writer; Alembic begins its own transactions."""
        with self._lock(), self.engine.connect() as connection:
            yield connection

    def translated(self, error: DatabaseError) -> Exception:
        """The failure by the primary result code."""
        code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _BUSY:
            return BusyError("the catalogue is busy writing; try again")
        if code not in _TROUBLES and not isinstance(error, OperationalError):
            return error  # our own fault, to be seen as one
        return UnavailableError(_TROUBLES.get(code, "the catalogue cannot be reached"))

    @contextmanager
    def _lock(self) -> Iterator[None]:
        deadline = time.monotonic() + self._timeout_s
        if not self._writer.acquire(timeout=self._timeout_s):
            raise BusyError("the catalogue is busy writing; try again")
        try:
            with self._lock_file(deadline):
                yield
        finally:
            self._writer.release()

    @contextmanager
    def _lock_file(self, deadline: float) -> Iterator[None]:
        with _folder_trouble():
            handle = os.open(f"{self._path}-writer", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            while not _try_lock(handle):
                if time.monotonic() > deadline:
                    raise BusyError("another process is writing to the catalogue; try again")
                time.sleep(_POLL_S)
            yield
        finally:
            os.close(handle)  # closing gives the lock back


def _prepared(url: URL) -> Path:
    """The database's file, in a folder that is there."""
    if not url.database:
        raise BadParameterError("PROVSTORE_DATABASE_URL", str(url), "sqlite:///PATH, with a file")
    path = Path(url.database)
    with _folder_trouble():
        path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _configure(connection: Any, record: object) -> None:  # noqa: ANN401  the driver's own type
    del record
    # The driver would begin transactions by its own rules; `_begin` does it by ours.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        f"cache_size=-{_CACHE_KIB}",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("provstore_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


@contextmanager
def _folder_trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"the catalogue's folder cannot be written: {error.strerror}"
        raise UnavailableError(message) from error
