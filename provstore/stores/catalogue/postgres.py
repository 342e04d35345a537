"""PostgreSQL as the catalogue: for several processes and hosts.

A question reads one snapshot (REPEATABLE READ). Whoever writes statements holds one advisory lock
until the commit: two documents that say x→y and y→z at once would each miss the other's half of
what follows. The lock is taken before the first snapshot of the transaction, so writing goes by
READ COMMITTED.
"""

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Connection, Engine, create_engine, text
from sqlalchemy.exc import DatabaseError, OperationalError

from provstore.errors import BusyError, UnavailableError

_WRITER: Final = 0x70726F76_77
"""Number of the advisory lock of whoever writes statements; any number that is always the same."""
_SCHEMA: Final = 0x70726F76_73
"""The same of whoever migrates."""
_CONNECT_TIMEOUT_S: Final = 5
_SETTINGS: Final = (
    # The planner keeps the written order of joins beyond these; views hide several tables each.
    "-c join_collapse_limit=20 -c from_collapse_limit=20 "
    # a walk reads some hundred rows that lie near each other, mostly in memory
    "-c random_page_cost=1.1 "
    # compiling a plan takes longer than most walks
    "-c jit=off -c timezone=UTC"
)

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


class PostgresBackend:
    """See `provstore.stores.catalogue.database.Backend`."""

    def __init__(self, url: URL, writer_timeout_s: float) -> None:
        if importlib.util.find_spec("psycopg") is None:
            raise UnavailableError("psycopg is not installed: install provstore[server]")
        self._timeout_ms = int(writer_timeout_s * 1000)
        self.engine: Engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args={
                "options": _SETTINGS,
                "connect_timeout": _CONNECT_TIMEOUT_S,
                "keepalives_idle": 10,
                "keepalives_interval": 5,
                "keepalives_count": 3,
                "application_name": "provstore",
            },
            # a server that was restarted leaves dead connections in the pool
            pool_pre_ping=True,
            max_overflow=20,
        )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot."""
        options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer of statements."""
        with self.noting() as connection:
            connection.execute(_ADVISORY_LOCK, {"number": _WRITER})
            yield connection

    @contextmanager
    def noting(self) -> Iterator[Connection]:
        """A transaction beside the writer."""
        options = {"isolation_level": "READ COMMITTED"}
        with self.engine.connect().execution_options(**options) as connection, connection.begin():
            connection.execute(_LOCK_TIMEOUT, {"milliseconds": f"{self._timeout_ms}ms"})
            yield connection

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """The only one who changes the schema: in one transaction, with one lock."""
        with self.engine.connect() as connection:
            connection.execute(_LOCK_TIMEOUT, {"milliseconds": f"{self._timeout_ms}ms"})
            connection.execute(_ADVISORY_LOCK, {"number": _SCHEMA})
            yield connection

    def translated(self, error: DatabaseError) -> Exception:
        """The failure by its SQLSTATE."""
        state = getattr(error.orig, "sqlstate", None) or ""
        if state in _BUSY:
            return BusyError("the catalogue is busy writing; try again")
        if state not in _TROUBLES and not isinstance(error, OperationalError):
            return error  # our own fault, to be seen as one
        return UnavailableError(_TROUBLES.get(state, "the catalogue cannot be reached"))


_LOCK_TIMEOUT: Final = text("SELECT set_config('lock_timeout', :milliseconds, true)")
_ADVISORY_LOCK: Final = text("SELECT pg_advisory_xact_lock(:number)")
