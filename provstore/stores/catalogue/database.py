"""The connection to the catalogue: reading, writing, and its schema, whatever the engine.

What each engine does in its own way stands behind `Backend`: `provstore.stores.catalogue.sqlite`
and `provstore.stores.catalogue.postgres`.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Final, Protocol

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from provstore.errors import BadParameterError, StaleSchemaError
from provstore.stores.catalogue.postgres import PostgresBackend
from provstore.stores.catalogue.sqlite import SqliteBackend

Transaction = Connection
"""What repositories work in; services open and close it."""

_ALLOWED: Final = "sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
_MIGRATIONS: Final = Path(__file__).parent / "migrations"


class Backend(Protocol):
    """One engine. Its transactions commit at their end, or undo everything on an exception."""

    engine: Engine

    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot that writes nothing."""

    def writing(self) -> AbstractContextManager[Connection]:
        """The only writer; raises `BusyError` where it does not become free in time."""

    def noting(self) -> AbstractContextManager[Connection]:
        """A small writing transaction that waits for no writer, where the engine has such."""

    def migrating(self) -> AbstractContextManager[Connection]:
        """The only one who changes the schema; raises as `writing`. The caller commits."""

    def translated(self, error: DatabaseError) -> Exception:
        """The failure in our own words; ``error`` itself where it is a fault of ours."""


class Database:
    """One catalogue database; safe to share between threads.

    Parameters
    ----------
    url
        SQLAlchemy URL, ``sqlite:///PATH`` or ``postgresql+psycopg://…``.
    writer_timeout_s
        Longest wait for the writer, in seconds.

    Raises
    ------
    BadParameterError
        The URL names no engine that can hold a catalogue.
    NotInstalledError
        The engine's driver is not installed.
    UnavailableError
        The folder of SQLite's file cannot be made.
    """

    def __init__(self, url: str, *, writer_timeout_s: float = 20.0) -> None:
        self.url = _parsed(url)
        self._backend = _backend(self.url, writer_timeout_s)
        self.engine = self._backend.engine

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
        with self._translated(), self._backend.reading() as tx:
            yield tx

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
        with self._translated(), self._backend.writing() as tx:
            yield tx

    @contextmanager
    def noting(self) -> Iterator[Transaction]:
        """A small transaction on rows that no document writes; raises as `writing`.

        On PostgreSQL it does not wait for the writer, who may be at work for minutes.
        """
        with self._translated(), self._backend.noting() as tx:
            yield tx

    def migrate(self) -> None:
        """Create the schema or bring it to this version; safe to call from several processes.

        Raises
        ------
        StaleSchemaError
            The schema is of a version that this program does not know.
        BusyError, UnavailableError
            As in `writing`.
        """
        with self._translated(), self._backend.migrating() as connection:
            _refuse_unknown(connection)
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    def is_new(self) -> bool:
        """Whether there is no schema yet; raises as `check_schema` for that of a newer version."""
        with self.reading() as tx:
            return _refuse_unknown(tx) is None

    def check_schema(self) -> None:
        """Refuse a catalogue of another version.

        Raises
        ------
        StaleSchemaError
            The schema is older or newer than this program.
        """
        with self.reading() as tx:  # a replica takes no other
            found = _refuse_unknown(tx)
        wanted = ScriptDirectory.from_config(_alembic_config()).get_current_head()
        if found != wanted:
            raise StaleSchemaError(
                f"the catalogue has schema {found or 'none'}, this version needs {wanted}: "
                "run `provstore serve` or `provstore ingest` of this version once"
            )

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """The driver's own text stays here."""
        try:
            yield
        except DatabaseError as error:
            told = self._backend.translated(error)
            if told is error:
                raise
            raise told from error


def _parsed(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        # what it is may hold a password
        raise BadParameterError("PROVSTORE_DATABASE_URL", "…", _ALLOWED) from error


def _backend(url: URL, writer_timeout_s: float) -> Backend:
    match url.get_backend_name():
        case "sqlite":
            return SqliteBackend(url, writer_timeout_s)
        case "postgresql":
            return PostgresBackend(url, writer_timeout_s)
        case _:
            shown = url.render_as_string(hide_password=True)
            raise BadParameterError("PROVSTORE_DATABASE_URL", shown, _ALLOWED)


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
