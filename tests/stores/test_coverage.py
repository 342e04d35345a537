"""Where and when records are is kept with them: written, taken back, rebuilt, checked."""

import json
from pathlib import Path
from typing import Final

import pytest
from alembic import command
from sqlalchemy import text
from support.catalogue import prov, push
from support.engines import connected, is_postgres, settings
from support.places import Rows, at, did, fill, those

from provstore import factory
from provstore.factory import Services
from provstore.model.search import Span
from provstore.stores.catalogue.database import Database, _alembic_config
from provstore.stores.catalogue.spans import observed_in

ROWS: Final[Rows] = {
    "position": {"s_ra": 83.6, "s_dec": 22, "t_min": 60000, "t_max": 60001},
    "circle": {
        "s_region": "CIRCLE ICRS 83.6 22 2",
        "t_intervals": "60000.1 60000.2 60000.3 60000.4",
    },
    "polygon": {"s_region": "POLYGON ICRS 83 21 85 21 85 23 83 23"},
    "whole": {"s_region": "CIRCLE ICRS 0 0 180"},
    "neither": {},
}
HERE: Final = "circle 83.6 22 0.1"
NOW: Final = observed_in([Span(60000.15, 60000.25)])


def assert_found(archive: Services, *more: str) -> None:
    assert at(archive, HERE) == sorted(["circle", "polygon", "position", "whole", *more])
    assert those(archive, NOW) == ["circle", "position"]
    assert archive.maintenance.doctor() == []


def kept(folder: Path) -> list[int]:
    """How many rows each table has."""
    tables = ["footprint", "observed", *([] if is_postgres() else ["footprint_box"])]
    with connected(folder) as connection:
        return [
            connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()  # noqa: S608  our own
            for table in tables
        ]


def test_what_is_taken_back_is_found_no_more(archive: Services, tmp_path: Path) -> None:
    first = fill(archive, ROWS)
    second = fill(archive, {"late": {"s_ra": 83.6, "s_dec": 22}})
    assert_found(archive, "late")
    archive.ingest.retract(first)
    assert at(archive, HERE) == ["late"]
    assert those(archive, NOW) == []
    archive.ingest.retract(second)
    assert kept(tmp_path)[0] == 0
    assert set(kept(tmp_path)) == {0}
    fill(archive, ROWS)
    assert_found(archive)


def test_each_record_of_a_dataset_is_where_it_says(archive: Services) -> None:
    fill(archive, ROWS)
    again = fill(archive, {"position": {"s_ra": 10, "s_dec": -10}})
    assert at(archive, "circle 10 -10 1") == ["position", "whole"]
    assert_found(archive)  # the condition is of records: which of them counts, the search says
    archive.ingest.retract(again)
    assert at(archive, "circle 10 -10 1") == ["whole"]
    assert_found(archive)


def test_what_a_document_says_of_its_entities_is_found(archive: Services) -> None:
    told = {"obs_publisher_did": did("told"), "obs_id": "told", "obs_collection": "DL3"}
    place = {"calib_level": "2", "s_ra": "83.6", "s_dec": "22"}
    attributes = {f"obscore:{name}": value for name, value in (told | place).items()}
    document = json.loads(prov("entity(events)", {"events": attributes}))
    document["prefix"]["obscore"] = "http://www.ivoa.net/documents/ObsCore/#"
    [receipt] = push(archive, json.dumps(document).encode())
    assert at(archive, HERE) == ["told"]
    archive.ingest.retract(receipt.id)
    assert at(archive, HERE) == []


DAMAGES: Final = {
    "missing": "DELETE FROM footprint WHERE element = 1",
    "moved": "UPDATE footprint SET x = -x WHERE element = 1",
    "timeless": "DELETE FROM observed WHERE element = 1",
    "delayed": "UPDATE observed SET last = last + 1 WHERE element = 1",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_wrong_is_told_and_rebuilt(archive: Services, tmp_path: Path, damage: str) -> None:
    fill(archive, ROWS)
    with connected(tmp_path) as connection:
        connection.execute(text(DAMAGES[damage]))
    [sentence] = archive.maintenance.doctor()
    assert "record of element 1 in part 1: is at" in sentence
    archive.maintenance.rebuild()
    assert_found(archive)


@pytest.mark.sqlite
def test_an_index_that_lost_a_row_is_told_and_rebuilt(archive: Services, tmp_path: Path) -> None:
    fill(archive, ROWS)
    with connected(tmp_path) as connection:
        connection.execute(text("DELETE FROM footprint_box WHERE id = 1"))
    assert "position" not in at(archive, HERE)
    [sentence] = archive.maintenance.doctor()
    assert "footprint 1 is not in the index of positions" in sentence
    archive.maintenance.rebuild()
    assert_found(archive)


def test_records_of_the_version_before_are_found(archive: Services, tmp_path: Path) -> None:
    fill(archive, ROWS)
    before = kept(tmp_path)
    archive.close()
    database = Database(settings(tmp_path).catalogue_url)
    with database.engine.begin() as connection:
        config = _alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0005")
    database.close()
    factory.migrate(settings(tmp_path))
    services = factory.build(settings(tmp_path))
    assert kept(tmp_path) == before
    assert_found(services)
    fill(services, {"late": {"s_ra": 83.6, "s_dec": 22}})
    assert_found(services, "late")
    services.close()
