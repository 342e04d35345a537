"""One record per dataset, whatever table its columns are published in, on either engine."""

import csv
import io
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from support.catalogue import EX, prov, push
from support.engines import settings

from provstore import factory
from provstore.errors import RefusedDocumentError
from provstore.factory import Services
from provstore.model.obscore import COLUMNS, HIGH_ENERGY, NUMBERS
from provstore.stores.catalogue.database import Database, _alembic_config
from provstore.web.facts import obscore_facts

DID: Final = "ivo://example.org/cta?dl3/7"
_WORDS: Final[dict[str, str | float]] = {
    "dataproduct_type": "event",
    "calib_level": 2,
    "obs_publisher_did": DID,
    "publisher_id": "ivo://example.org",
    "access_url": "https://example.org/run7.fits",
    "access_format": "application/fits",
    "data_rights": "public",
    "s_region": "CIRCLE ICRS 83.6 22.0 2.5",
    "o_ucd": "phot.count",
    "s_ucd": "pos.eq",
    "em_ucd": "em.energy",
    "pol_states": "/I/",
    "t_intervals": "60000.1 60000.2",
    "messenger_pdgid": "+22",
}


def a_record() -> dict[str, str | float]:
    """A value in every column, another one in each."""
    record: dict[str, str | float] = {}
    for number, column in enumerate(COLUMNS, start=1):
        match column.type:
            case "timestamp":
                record[column.name] = f"2026-01-01T00:00:{number % 60:02}"
            case "real":
                record[column.name] = number + 0.5
            case "integer" | "long":
                record[column.name] = number
            case _:
                record[column.name] = f"{column.name} of run 7"
    return record | _WORDS


def table_of(*records: dict[str, Any]) -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for record in records for name in record))
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def record_of(archive: Services, name: str) -> dict[str, Any] | None:
    """The record that answers show, without what it leaves open."""
    shown = archive.lineage.element(name).obscore
    return None if shown is None else {k: v for k, v in shown.items() if v is not None}


def test_every_column_is_kept_and_shown_as_one_record(archive: Services) -> None:
    record = a_record()
    archive.ingest.push_obscore(table_of(record), name="t.csv")
    assert record_of(archive, DID) == record
    shown = obscore_facts(archive.lineage.element(DID).obscore)
    assert [fact.column.name for fact in shown] == [column.name for column in COLUMNS]
    assert archive.maintenance.doctor() == []


def test_a_table_may_leave_out_all_of_the_extension(archive: Services) -> None:
    high_energy = {column.name for column in HIGH_ENERGY}
    record = {name: value for name, value in a_record().items() if name not in high_energy}
    archive.ingest.push_obscore(table_of(record), name="t.csv")
    assert record_of(archive, DID) == record


def test_a_refusal_names_row_column_value_and_reason(archive: Services) -> None:
    good, bad = a_record(), a_record() | {"obs_publisher_did": DID + "8", "s_dec": 91}
    with pytest.raises(RefusedDocumentError) as refusal:
        archive.ingest.push_obscore(table_of(good, bad), name="t.csv")
    [finding] = refusal.value.findings[-1:]
    assert (finding.place, finding.value) == ("row 2, column s_dec", "91")
    assert finding.message == "row 2: s_dec = '91' is out of range: allowed is -90 to 90"
    push(archive, prov("entity(e)"))
    assert archive.lineage.element(EX + "e").obscore is None


def test_records_of_the_version_before_are_kept(archive: Services, tmp_path: Path) -> None:
    record = a_record()
    archive.ingest.push_obscore(table_of(record), name="t.csv")
    archive.close()
    database = Database(settings(tmp_path).catalogue_url)
    with database.engine.begin() as connection:
        config = _alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0003")
    database.close()
    factory.migrate(settings(tmp_path))
    services = factory.build(settings(tmp_path))
    new = {column.name for column in HIGH_ENERGY} - {"obs_mode", "pointing_mode"}
    assert record_of(services, DID) == {k: v for k, v in record.items() if k not in new}
    again = record | {"obs_title": "corrected"}
    services.ingest.push_obscore(table_of(again), name="t.csv")
    assert record_of(services, DID) == again
    services.close()


HC_EV_M: Final = 1.239841984332e-6


@pytest.mark.samples
def test_the_hess_table_with_all_columns_of_all_rows(archive: Services, samples: Path) -> None:
    """Compared with the cells of the file, read by nothing but a splitter of lines."""
    path = samples / "gammapy" / "generated-2.1" / "hess_dl3_dr1_obscore.ecsv"
    archive.ingest.push_obscore(path.read_bytes(), name=path.name)
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    names, *rows = csv.reader(lines, delimiter=" ")
    assert (len(names), len(rows)) == (29, 105)
    types = {column.name: column.type for column in COLUMNS}
    assert set(names) <= types.keys()
    for row in rows:
        told: dict[str, Any] = {
            name: float(cell) if types[name] in NUMBERS else cell
            for name, cell in zip(names, row, strict=True)
            if cell
        }
        # energies in TeV: the lower one is the longer wavelength
        bounds = {"em_min": told["em_max"], "em_max": told["em_min"]}
        for name, energy in bounds.items():
            told[name] = pytest.approx(HC_EV_M / (energy * 1e12), rel=1e-9)
        assert record_of(archive, told["obs_publisher_did"]) == told
