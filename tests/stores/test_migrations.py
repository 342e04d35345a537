"""The schema: created once, equal to the tables, refused where it is of another version."""

import multiprocessing
import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from support.catalogue import ask, fresh, prov, push

from provstore import factory
from provstore.config import Settings
from provstore.errors import StaleSchemaError
from provstore.factory import Services
from provstore.stores.catalogue.database import Database, _alembic_config
from provstore.stores.catalogue.tables import metadata


def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.migrate()
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": False}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
    database.close()


def test_a_catalogue_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    made, updated = (Database(f"sqlite:///{tmp_path / name}") for name in ("a.db", "b.db"))
    made.migrate()
    updated.migrate()
    with updated.engine.begin() as connection:
        config = _alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
    with pytest.raises(StaleSchemaError, match="0001"):
        updated.check_schema()
    assert _schema(updated) != _schema(made)
    updated.migrate()
    assert _schema(updated) == _schema(made)


def _schema(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.exec_driver_sql("SELECT sql FROM sqlite_master").scalars())


def test_migrating_again_changes_nothing(archive: Services, tmp_path: Path) -> None:
    push(archive, prov("used(a, e)"))
    archive.close()
    factory.migrate(Settings(data_dir=tmp_path))
    services = factory.build(Settings(data_dir=tmp_path))
    assert len(ask(services, "a").nodes) == 2
    services.close()


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_catalogue_of_another_version_is_refused(tmp_path: Path, revision: str) -> None:
    services = fresh(tmp_path)
    connection = sqlite3.connect(tmp_path / "provstore.db")
    connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.commit()
    connection.close()
    with pytest.raises(StaleSchemaError, match=revision):
        factory.build(Settings(data_dir=tmp_path))
    with pytest.raises(StaleSchemaError):
        services.maintenance.health()
    services.close()


def test_a_catalogue_without_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StaleSchemaError, match="none"):
        factory.build(Settings(data_dir=tmp_path))


def _migrate(folder: Path, start: "multiprocessing.synchronize.Barrier") -> None:
    start.wait(timeout=60)
    factory.migrate(Settings(data_dir=folder))


def test_two_processes_migrate_at_once(tmp_path: Path) -> None:
    spawned = multiprocessing.get_context("spawn")
    start = spawned.Barrier(2)
    processes = [spawned.Process(target=_migrate, args=(tmp_path, start)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0, 0]
    services = factory.build(Settings(data_dir=tmp_path))
    push(services, prov("used(a, e)"))
    assert services.maintenance.doctor() == []
    services.close()


def test_foreign_keys_and_full_synchronisation_are_on(archive: Services) -> None:
    with archive._database.reading() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "journal_mode")
        }
    assert pragmas == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}
