"""The schema: created once, equal to the tables, refused where it is of another version."""

from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text
from support.catalogue import ask, fresh, prov, push
from support.engines import connected, is_postgres, settings
from support.processes import FORKS

from provstore import factory
from provstore.config import Settings
from provstore.errors import StaleSchemaError
from provstore.factory import Services
from provstore.stores.catalogue.database import Database, _alembic_config
from provstore.stores.catalogue.tables import metadata


def is_ours(thing: object, name: str | None, *_: object) -> bool:
    """Whether the tables say it: what positions are indexed by is each engine's own."""
    return name not in _OF_POSITIONS and not str(name).startswith("footprint_box")


_OF_POSITIONS = {"ix_obscore_position", "ix_footprint_cap", "ix_footprint_large"}


# SQLAlchemy does not read an index on an expression back from SQLite; the search's plan asks for it
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection:sqlalchemy.exc.SAWarning")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based")
def test_the_migrations_make_the_tables(tmp_path: Path) -> None:
    database = Database(settings(tmp_path).catalogue_url)
    database.migrate()
    with database.engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": False}
        context = MigrationContext.configure(
            connection, opts={**options, "include_object": is_ours}
        )
        assert compare_metadata(context, metadata) == []
    database.close()


def test_a_catalogue_of_the_first_version_is_brought_to_this_one(tmp_path: Path) -> None:
    made, updated = (Database(settings(tmp_path / name).catalogue_url) for name in "ab")
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
    made.close()
    updated.close()


_OF_POSTGRES = """
SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT tablename, indexname, indexdef, '', '', '' FROM pg_indexes
WHERE schemaname = 'public'
UNION ALL SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), '', '', ''
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""


def _schema(database: Database) -> set[tuple[object, ...]]:
    statement = _OF_POSTGRES if is_postgres() else "SELECT sql FROM sqlite_master"
    with database.engine.connect() as connection:
        return {tuple(row) for row in connection.execute(text(statement))}


@pytest.mark.postgres
def test_texts_are_ordered_by_their_bytes_and_regions_indexed(tmp_path: Path) -> None:
    database = Database(settings(tmp_path).catalogue_url)
    database.migrate()
    schema = _schema(database)
    database.close()
    texts = {row for row in schema if row[2] == "text" and row[0] != "alembic_version"}
    assert {row[5] for row in texts} == {"C"}
    assert len(texts) > 50
    [index] = [row[2] for row in schema if row[1] == "ix_obscore_position"]
    assert "USING gist (spoint(radians(s_ra), radians(s_dec)))" in str(index)


def test_migrating_again_changes_nothing(archive: Services, tmp_path: Path) -> None:
    push(archive, prov("used(a, e)"))
    archive.close()
    factory.migrate(settings(tmp_path))
    services = factory.build(settings(tmp_path))
    assert len(ask(services, "a").nodes) == 2
    services.close()


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_catalogue_of_another_version_is_refused(tmp_path: Path, revision: str) -> None:
    services = fresh(tmp_path)
    with connected(tmp_path) as connection:
        changed = text("UPDATE alembic_version SET version_num = :revision")
        connection.execute(changed, {"revision": revision})
    with pytest.raises(StaleSchemaError, match=revision):
        factory.build(settings(tmp_path))
    with pytest.raises(StaleSchemaError):
        services.maintenance.health()
    services.close()


def test_a_catalogue_without_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StaleSchemaError, match="none"):
        factory.build(settings(tmp_path))


def _migrate(chosen: Settings, start: Barrier) -> None:
    start.wait(timeout=60)
    factory.migrate(chosen)


def test_several_processes_migrate_at_once(tmp_path: Path) -> None:
    start = FORKS.Barrier(3)
    chosen = settings(tmp_path)
    processes = [FORKS.Process(target=_migrate, args=(chosen, start)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    services = factory.build(settings(tmp_path))
    push(services, prov("used(a, e)"))
    assert services.maintenance.doctor() == []
    services.close()


@pytest.mark.sqlite
def test_foreign_keys_and_full_synchronisation_are_on(archive: Services) -> None:
    with archive._database.reading() as tx:
        pragmas = {
            name: tx.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "synchronous", "journal_mode")
        }
    assert pragmas == {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal"}


@pytest.mark.postgres
def test_the_settings_of_a_connection_to_postgresql(archive: Services) -> None:
    names = (
        "join_collapse_limit",
        "from_collapse_limit",
        "jit",
        "TimeZone",
        "transaction_isolation",
    )
    with archive._database.reading() as tx:
        found = [tx.exec_driver_sql(f"SHOW {name}").scalar() for name in names]
        assert found == ["20", "20", "off", "UTC", "repeatable read"]
        assert tx.exec_driver_sql("SHOW transaction_read_only").scalar() == "on"
    with archive._database.writing() as tx:
        assert tx.exec_driver_sql("SHOW transaction_isolation").scalar() == "read committed"
        assert tx.exec_driver_sql("SHOW transaction_read_only").scalar() == "off"
