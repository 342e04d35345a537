"""Which engine holds the catalogues of a test: SQLite, unless the test runs on both.

A module or folder runs on both where its tests use the fixture `engine`; what is about one of them
is marked ``sqlite`` or ``postgres``. A catalogue is known by its data folder, on either engine: on
PostgreSQL each folder has a database of its own, which goes when the test ends.
"""

import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from sqlalchemy import Connection, create_engine, update
from sqlalchemy.pool import NullPool

from provstore.config import Settings
from provstore.stores.catalogue.database import Database
from provstore.stores.catalogue.tables import catalogue, metadata

_ENGINES: Final = ("sqlite", "postgres")
_STAYING: Final = {
    "keyword": "id <= 1",
    "kwset": "id <= 1",
    "counter": "name IN ('keyword', 'kwset')",
}
"""Rows that a new catalogue has."""
_DELETE_ALL: Final = [
    f'DELETE FROM "{table.name}" WHERE NOT ({_STAYING.get(table.name, "FALSE")})'  # noqa: S608  a table of our own
    for table in reversed(metadata.sorted_tables)
    if table is not catalogue
]

_chosen: str = "sqlite"
_databases: Final[list[dict[Path, str]]] = []
"""URLs by folder, on PostgreSQL: of the run, then of the test."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses `engine` on each of them."""
    if "engine" in metafunc.fixturenames:
        marked = [name for name in _ENGINES if metafunc.definition.get_closest_marker(name)]
        chosen = marked or _ENGINES
        metafunc.parametrize("engine", chosen, indirect=True, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Choose before any fixture of the test is made: the last test may have been on another."""
    global _chosen  # noqa: PLW0603  what the helpers below ask, which are no fixtures
    call = getattr(item, "callspec", None)
    _chosen = "sqlite" if call is None else call.params.get("engine", "sqlite")


@pytest.fixture(scope="session")
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the engine that holds the catalogues of this test."""
    with _dropped_afterwards():
        yield request.param


@pytest.fixture(autouse=True)
def _databases_of_the_test() -> Iterator[None]:
    with _dropped_afterwards():
        yield


@contextmanager
def _dropped_afterwards() -> Iterator[None]:
    made: dict[Path, str] = {}
    _databases.append(made)
    try:
        yield
    finally:
        # not by `remove`, which takes the first that is equal: most are empty
        _databases[:] = [other for other in _databases if other is not made]
        for url in made.values():
            _servers().drop_database(url)


def is_postgres() -> bool:
    """Whether the catalogues of this test are on PostgreSQL."""
    return _chosen == "postgres"


def database_url(folder: Path) -> str:
    """Where the catalogue of a data folder is, as the setting says it: empty for its own file."""
    return _url_of(folder, template=None) if is_postgres() else ""


def settings(folder: Path, **changes: Any) -> Settings:  # noqa: ANN401  any setting
    """The settings for the catalogue in ``folder``."""
    return Settings.model_validate(
        {"data_dir": folder, "database_url": database_url(folder), **changes}
    )


@contextmanager
def connected(folder: Path) -> Iterator[Connection]:
    """A connection to the catalogue in ``folder``, beside its services; it may write."""
    engine = create_engine(settings(folder).catalogue_url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def empty_catalogue(folder: Path) -> None:
    """Put an empty catalogue into ``folder``: quicker than to migrate, which most tests wait for.

    One that is there is emptied.
    """
    if not is_postgres():
        folder.mkdir(exist_ok=True)
        (folder / "provstore.db").write_bytes(_migrated_file())
    elif any(folder in made for made in _databases):
        clear_catalogue(folder)
    else:
        _url_of(folder, _servers().template_database("catalogue", _migrate))


def clear_catalogue(folder: Path) -> None:
    """Delete all that the catalogue in ``folder`` holds; services over it may go on."""
    with connected(folder) as connection:
        for statement in ["; ".join(_DELETE_ALL)] if is_postgres() else _DELETE_ALL:
            connection.exec_driver_sql(statement)
        new = {"id": str(uuid.uuid4()), "position": 0, "stamp": 0}
        connection.execute(update(catalogue).values(new))


def _url_of(folder: Path, template: str | None) -> str:
    for made in _databases:
        if folder in made:
            return made[folder]
    url: str = _servers().fresh_database(template)
    _databases[-1][folder] = url
    return url


@cache
def _migrated_file() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "provstore.db"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


def _servers() -> ModuleType:
    """Imported where it is needed: the drivers are heavy, and most runs start no server."""
    from support import servers

    return servers
