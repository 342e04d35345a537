"""Reading and storing a document of 100,000 records, beside `prov` and a bare `executemany`."""

import argparse
import resource
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from documents import pipeline_document
from measure import compare
from prov.model import ProvDocument

from provstore.config import Settings
from provstore.factory import build, migrate
from provstore.importers.registry import read_document
from provstore.services.ingest import _arrive
from provstore.services.reading import Reading, read
from provstore.stores.catalogue.tables import metadata


def parse(data: bytes, rounds: int) -> None:
    text = data.decode()
    compare(
        "PROV-JSON, parse",
        ("provstore", lambda: read_document(data)),
        ("prov", lambda: ProvDocument.deserialize(content=text, format="json")),
        rounds=rounds,
        goal="at most 0.50",
    )


def _settings(folder: Path) -> Settings:
    return Settings(data_dir=folder, async_document_bytes=10**9, max_document_bytes=10**9)


def store(data: bytes, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        rows = _stored_rows(base / "once", data)
        count = sum(len(found) for _, found in rows)
        empty = [base / f"round{number}" for number in range(2 * rounds)]
        for folder in empty:
            migrate(_settings(folder))
        folders = iter(empty)
        reading = read(data, "", {})
        compare(
            f"PROV-JSON, store what was read ({count} rows)",
            ("provstore: derive, write, commit", lambda: _store(next(folders), reading)),
            ("bare executemany of the same rows", lambda: _bare(next(folders), rows)),
            rounds=rounds,
            goal="at most 3.00",
        )


def _store(folder: Path, reading: Reading) -> None:
    services = build(_settings(folder))
    arrival = _arrive(reading.data, None)
    services.ingest._store(reading, arrival, None)  # noqa: SLF001  a push reads first; this is the rest
    services.close()


def _push(folder: Path, data: bytes) -> None:
    settings = _settings(folder)
    migrate(settings)
    services = build(settings)
    services.ingest.push(data)
    services.close()


def _stored_rows(folder: Path, data: bytes) -> list[tuple[str, list[tuple[object, ...]]]]:
    _push(folder, data)
    with closing(sqlite3.connect(folder / "provstore.db")) as connection:
        return [
            (table.name, connection.execute(f"SELECT * FROM {table.name}").fetchall())
            for table in metadata.sorted_tables
        ]


def _bare(folder: Path, rows: list[tuple[str, list[tuple[object, ...]]]]) -> None:
    with closing(sqlite3.connect(folder / "provstore.db", isolation_level=None)) as connection:
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        for table, found in rows:
            if found:
                marks = ",".join("?" * len(found[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", found)
        connection.execute("COMMIT")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    data = pipeline_document(options.records)
    print(f"{options.records} records, {len(data) / 1e6:.1f} MB")
    parse(data, options.rounds)
    store(data, options.rounds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"peak memory of this process, prov's and the kept rows' included: {peak:.0f} MB")


if __name__ == "__main__":
    main()
