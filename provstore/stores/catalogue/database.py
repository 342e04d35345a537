"""The connection to the catalogue: settings of the engine, reading and writing.

SQLite runs in WAL with `synchronous=FULL`: what is acknowledged is on disk. One writer at a time
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

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from provstore.errors import BusyError, StaleSchemaError, UnavailableError

Transaction = Connection
"""What repositories work in; services open and close it."""

_MIGRATIONS: Final = Path(__file__).parent / "migrations"
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


class Database:
    """One catalogue database; safe to share between threads.

    Parameters
    ----------
    url
        SQLAlchemy URL, ``sqlite:///PATH``.
    writer_timeout_s
        Longest wait for the writer, in seconds.
    """

    def __init__(self, url: str, *, writer_timeout_s: float = 20.0) -> None:
        self.url = make_url(url)
        self._timeout_s = writer_timeout_s
        self._writer = threading.Lock()
        self._path = self._prepare_folder()
        self.engine: Engine = create_engine(
            self.url, connect_args={"timeout": writer_timeout_s, "check_same_thread": False}
        )
        event.listen(self.engine, "connect", _configure)
        event.listen(self.engine, "begin", _begin)

    def _prepare_folder(self) -> Path:
        if self.url.get_backend_name() != "sqlite" or not self.url.database:
            message = f"{self.url.get_backend_name()} is no catalogue; use sqlite:///PATH"
            raise UnavailableError(message)
        path = Path(self.url.database)
        with _folder_trouble():
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One snapshot for all statements inside.

        Raises
        ------
        UnavailableError
            The database cannot be read.
        """
        with _translated(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The only writer; commits at the end, or undoes everything on an exception.

        Raises
        ------
        BusyError
            The writer did not become free in time.
        UnavailableError
            The database cannot be written.
        """
        deadline = time.monotonic() + self._timeout_s
        with _translated(), self._lock(deadline):
            options = {"provstore_writing": True}
            with (
                self.engine.connect().execution_options(**options) as connection,
                connection.begin(),
            ):
                yield connection

    @contextmanager
    def _lock(self, deadline: float) -> Iterator[None]:
        if not self._writer.acquire(timeout=max(0.0, deadline - time.monotonic())):
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

    def migrate(self) -> None:
        """Create the schema or bring it to this version; safe to call from several processes.

        Raises
        ------
        StaleSchemaError
            The schema is of a version that this program does not know.
        BusyError, UnavailableError
            As in `writing`.
        """
        deadline = time.monotonic() + self._timeout_s
        with _translated(), self._lock(deadline), self.engine.connect() as connection:
            _refuse_unknown(connection)
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def check_schema(self) -> None:
        """Refuse a catalogue of another version.

        Raises
        ------
        StaleSchemaError
            The schema is older or newer than this program.
        """
        with _translated(), self.engine.connect() as connection:
            found = _refuse_unknown(connection)
        wanted = ScriptDirectory.from_config(_alembic_config()).get_current_head()
        if found != wanted:
            raise StaleSchemaError(
                f"the catalogue has schema {found or 'none'}, this version needs {wanted}: "
                "run `provstore serve` or `provstore ingest` of this version once"
            )


def _refuse_unknown(connection: Connection) -> str | None:
    """The revision of the schema, which has to be one that this program knows."""
    found = MigrationContext.configure(connection).get_current_revision()
    scripts = ScriptDirectory.from_config(_alembic_config())
    if found not in {None, *(script.revision for script in scripts.walk_revisions())}:
        raise StaleSchemaError(
            f"the catalogue has schema {found}, which this version does not know: "
            "it was written by a newer version of provstore, use that"
        )
    return found


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    return config


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
def _translated() -> Iterator[None]:
    """The driver's own text stays here."""
    try:
        yield
    except DatabaseError as error:
        code = getattr(error.orig, "sqlite_errorcode", 0) & _PRIMARY_CODE
        if code in _BUSY:
            raise BusyError("the catalogue is busy writing; try again") from error
        if code not in _TROUBLES and not isinstance(error, OperationalError):
            raise  # our own fault, to be seen as one
        raise UnavailableError(_TROUBLES.get(code, "the catalogue cannot be reached")) from error


@contextmanager
def _folder_trouble() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"the catalogue's folder cannot be written: {error.strerror}"
        raise UnavailableError(message) from error
