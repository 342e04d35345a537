"""PostgreSQL as the catalogue: for several processes and hosts.

A question reads one snapshot (REPEATABLE READ). Whoever writes statements holds one advisory lock
until the commit: two documents that say x→y and y→z at once would each miss the other's half of
what follows. The lock is taken before the first snapshot of the transaction, so writing goes by
READ COMMITTED.
"""

import importlib.util
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, OperationalError

from provstore.errors import BusyError, NotInstalledError, UnavailableError

if TYPE_CHECKING:
    import psycopg

_WRITER: Final = 0x70726F76_77
"""Number of the advisory lock of whoever writes statements; any number that is always the same."""
_SCHEMA: Final = 0x70726F76_73
"""The same of whoever migrates."""

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY: Final = frozenset({"55P03", "40001", "40P01"})
_TROUBLES: Final = {
    "53100": "the catalogue cannot be written: the disk of its server is full",
    "25006": "the catalogue cannot be written: its server is read-only",
    "28P01": "the catalogue's server does not accept the password",
    "28000": "the catalogue's server does not let this user in",
    "3D000": "the catalogue's database is not there",
    "42501": "the catalogue's user may not do this: give it the rights on its own tables",
    "53300": "the catalogue's server has no connection left",
    "57P01": "the catalogue's server is going down",
    "57P03": "the catalogue's server is starting",
}
_REFUSALS: Final = {
    "25006": re.compile("read-write mode during recovery"),
    "28P01": re.compile("password authentication failed|no password supplied"),
    "28000": re.compile('no pg_hba.conf entry|role ".*" (?:does not exist|is not permitted)'),
    "3D000": re.compile('database ".*" does not exist'),
    "42501": re.compile("permission denied for database"),
    "53300": re.compile("too many (?:clients|connections)|remaining connection slots"),
    "57P01": re.compile("is shutting down"),
    "57P03": re.compile("is starting up|not yet accepting connections|in recovery mode"),
}


class PostgresBackend:
    """See `provstore.stores.catalogue.database.Backend`."""

    def __init__(self, url: URL, writer_timeout_s: float) -> None:
        if importlib.util.find_spec("psycopg") is None:
            raise NotInstalledError("psycopg is not installed: install provstore[server]")
        self._limit = f"{int(writer_timeout_s * 1000)}ms"
        self.engine: Engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            # a server that was restarted leaves dead connections in the pool
            pool_pre_ping=True,
            # as many as there are threads: none waits for one that waits for the writer
            pool_size=20,
            max_overflow=-1,
        )
        event.listen(self.engine, "do_connect", _connect)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer of statements."""
        with self._transaction() as connection:
            self._lock(connection, _WRITER)
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """A transaction beside the writer."""
        with self._transaction() as connection:
            connection.execute(_LOCK_TIMEOUT, {"limit": self._limit})
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """The only one who changes the schema: in one transaction, with one lock."""
        with self.engine.connect() as connection:
            self._lock(connection, _SCHEMA)
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        options = {"isolation_level": "READ COMMITTED"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    def _lock(self, connection: Connection, number: int) -> None:
        connection.execute(_ADVISORY_LOCK, {"limit": self._limit, "number": number})

    def translated(self, error: DatabaseError) -> Exception:
        """The failure by its SQLSTATE."""
        state = getattr(error.orig, "sqlstate", None) or ""
        if state not in _TROUBLES:
            state = _state_of(str(error.orig)) or state
        if state in _BUSY:
            return BusyError("the catalogue is busy writing; try again")
        if state not in _TROUBLES and not isinstance(error, OperationalError):
            return error  # our own fault, to be seen as one
        return UnavailableError(_TROUBLES.get(state, "the catalogue's server cannot be reached"))


def _connect(
    dialect: object, record: object, places: object, arguments: dict[str, Any]
) -> "psycopg.Connection[Any]":
    """Instead of SQLAlchemy."""
    del dialect, record, places
    from provstore.stores.catalogue.postgres_connection import (  # noqa: PLC0415  where it is installed
        connect,
    )

    return connect(arguments)


def _state_of(message: str) -> str:
    """A SQLSTATE by what is said: of a connection that is refused the library passes none on."""
    return next((state for state, words in _REFUSALS.items() if words.search(message)), "")


_LOCK_TIMEOUT: Final = text("SELECT set_config('lock_timeout', :limit, true)")
_ADVISORY_LOCK: Final = text(
    "SELECT set_config('lock_timeout', :limit, true), pg_advisory_xact_lock(:number)"
)
