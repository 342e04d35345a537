"""ObsCore records that documents and headers of files tell, taken back and corrected with them."""

import io
import json
from collections.abc import Callable
from typing import Any, Final

import h5py
import pytest
from astropy.io import fits
from astropy.table import Table
from support.catalogue import EX, ask, prov

from provstore.errors import Finding
from provstore.factory import Services
from provstore.model.ledger import Receipt
from provstore.model.lineage import Direction

DID: Final = "ivo://example.org/cta?dl3/7"
RECORD: Final[dict[str, object]] = {
    "ex:obs_publisher_did": DID,
    "ex:obs_id": "7",
    "ex:obs_collection": "DL3",
    "ex:calib_level": "2",
}
ARCHIVE: Final = (
    f"obs_publisher_did,obs_id,obs_collection,calib_level,target_name\n{DID},7,DL3,2,Crab Nebula\n"
).encode()


def document(**more: object) -> bytes:
    """A run that made a file, and what is told of the file."""
    told = RECORD | {f"ex:{name}": value for name, value in more.items()}
    told = {name: value for name, value in told.items() if value is not None}
    statements = "activity(run) entity(file) wasGeneratedBy(file, run)"
    return prov(statements, {"file": told})


def record_of(archive: Services, name: str = EX + "file") -> dict[str, Any] | None:
    shown = archive.lineage.element(name).obscore
    return None if shown is None else {k: v for k, v in shown.items() if v is not None}


def push(archive: Services, data: bytes, source: str | None = None) -> Receipt:
    return archive.ingest.push(data, source=source).receipt


def noted(receipt: Receipt) -> list[Finding]:
    return [finding for finding in receipt.findings if finding.rule.startswith("obscore/")]


COMPLETE: Final = {
    "obs_publisher_did": DID,
    "obs_id": "7",
    "obs_collection": "DL3",
    "calib_level": 2,
}


class TestADocument:
    def test_a_record_of_the_entity_that_tells_it(self, archive: Services) -> None:
        more = {"target_name": "Crab Nebula", "s_ra": "83.6287", "ev_number": "12"}
        receipt = push(archive, document(**more, dataproduct_subtype="DL3"))
        assert noted(receipt) == []
        record = {"target_name": "Crab Nebula", "s_ra": 83.6287, "ev_xel": 12}
        assert record_of(archive) == COMPLETE | record | {"dataproduct_subtype": "DL3"}
        assert record_of(archive, DID) == record_of(archive)
        [file] = [
            node for node in ask(archive, "run", direction=Direction.FORTH).nodes if node.obs_id
        ]
        assert (file.id, file.obs_publisher_did) == (EX + "file", DID)
        assert (file.level, file.level_from, file.target_name) == ("DL3", "obscore", "Crab Nebula")
        assert archive.maintenance.doctor() == []

    def test_any_namespace_and_typed_values(self, archive: Services) -> None:
        told = {
            "obscore:obs_publisher_did": {"$": DID, "type": "xsd:anyURI"},
            "obscore:obs_id": "7",
            "hess:OBS_COLLECTION": "DL3",
            "obscore:calib_level": 2,
            "obscore:t_min": 60000.5,
        }
        data = prov("entity(file)", {"file": told}).replace(
            b'"ex": "http', b'"obscore": "urn:a:", "hess": "urn:b:", "ex": "http'
        )
        push(archive, data)
        assert record_of(archive) == COMPLETE | {"t_min": 60000.5}

    def test_an_entity_that_is_named_by_its_ivoid(self, archive: Services) -> None:
        told = {name: value for name, value in RECORD.items() if "did" not in name}
        push(archive, prov(f"entity({DID})", {DID: told}))
        assert record_of(archive, DID) == COMPLETE

    def test_the_observation_in_reference_metadata(self, archive: Services) -> None:
        told = {"cta:CTA PROCESS ID": "7", "cta:CTA PRODUCT ID": "x"}
        data = prov("entity(file)", {"file": RECORD | {"ex:obs_id": []} | told})
        push(archive, data.replace(b'"ex": "http', b'"cta": "urn:x-provstore:cta:", "ex": "http'))
        assert record_of(archive) == COMPLETE

    def test_a_blank_entity(self, archive: Services) -> None:
        receipt = push(archive, prov("entity(_:b)", {"_:b": RECORD}))
        assert noted(receipt) == []
        assert record_of(archive, DID) == COMPLETE

    def test_what_bundles_tell_is_one(self, archive: Services) -> None:
        halves = dict(list(RECORD.items())[:2]), dict(list(RECORD.items())[2:])
        told = {
            "prefix": {"ex": EX},
            "entity": {"ex:file": halves[0]},
            "bundle": {"ex:b": {"entity": {"ex:file": halves[1]}}},
        }
        archive.ingest.push(prov_json(told))
        assert record_of(archive) == COMPLETE

    def test_who_only_names_a_dataset_says_nothing_of_it(self, archive: Services) -> None:
        data = document(obs_id=None, obs_collection=None, calib_level=None)
        assert noted(push(archive, data)) == []
        assert noted(push(archive, document(obs_collection=None, calib_level=None))) == []
        assert record_of(archive) is None

    def test_parameters_and_activities_are_no_datasets(self, archive: Services) -> None:
        push(archive, prov("activity(run)", {"run": RECORD}))
        assert record_of(archive, EX + "run") is None
        as_parameters = {name.replace("ex:", "par:"): value for name, value in RECORD.items()}
        data = prov("entity(file)", {"file": as_parameters})
        prefix = b'"par": "urn:x-provstore:parameter:", "ex": "http'
        push(archive, data.replace(b'"ex": "http', prefix))
        assert record_of(archive) is None


def prov_json(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


class TestFindings:
    def test_what_lacks_is_named(self, archive: Services) -> None:
        statements = "entity(a) entity(b)"
        told = {name: RECORD[name] for name in ("ex:obs_publisher_did", "ex:obs_collection")}
        [finding] = noted(push(archive, prov(statements, {"a": told, "b": told})))
        assert (finding.severity, finding.rule, finding.value) == (
            "info",
            "obscore/incomplete",
            EX + "a",
        )
        assert finding.message == (
            "2 entities tell something of an ObsCore dataset and make no record of it, since they "
            f"do not tell calib_level, obs_id; the first is {EX}a"
        )

    @pytest.mark.parametrize(
        ("change", "rule", "words"),
        [
            ({"calib_level": "9"}, "obscore/range", "calib_level = '9' is out of range"),
            ({"s_ra": "400"}, "obscore/range", "s_ra = '400' is out of range"),
            ({"t_min": "2", "t_max": "1"}, "obscore/bounds", "t_min = '2.0' is above t_max"),
            ({"obs_publisher_did": "7"}, "obscore/publisher-did", "'7' is no IVOID"),
            ({"obs_collection": " "}, "obscore/null", "obs_collection = ' ' may not be null"),
            ({"obs_id": ["7", "8"]}, "obscore/several-values", "obs_id = '7' is one of 2 values"),
        ],
    )
    def test_a_broken_rule_makes_no_record_and_loses_nothing_else(
        self, archive: Services, change: dict[str, object], rule: str, words: str
    ) -> None:
        receipt = push(archive, document(**change))
        [finding] = noted(receipt)
        assert (finding.severity, finding.rule) == ("warning", rule)
        assert finding.message.startswith(f"{EX}file: ")
        assert words in finding.message
        assert finding.place == "/entity/ex:file"
        assert (receipt.new.elements, receipt.new.relations) == (2, 1)
        assert record_of(archive) is None
        told = {a["name"]: a["value"] for a in archive.lineage.element(EX + "file").attributes}
        assert told[EX + "calib_level"] == change.get("calib_level", "2")

    def test_a_check_finds_the_same(self, archive: Services) -> None:
        found = archive.ingest.check(document(calib_level="9"))
        assert "obscore/range" in {finding.rule for finding in found}


class TestInTime:
    def test_retraction_takes_it_back(self, archive: Services) -> None:
        receipt = push(archive, document())
        push(archive, prov("entity(file)"))
        archive.ingest.retract(receipt.id)
        assert record_of(archive) is None
        assert archive.maintenance.doctor() == []
        push(archive, document())
        assert record_of(archive) == COMPLETE

    def test_a_correction_stands_in_its_place(self, archive: Services) -> None:
        receipt = push(archive, document(dataproduct_subtype="DL2"))
        archive.ingest.push(document(dataproduct_subtype="DL3"), replaces=receipt.id)
        assert record_of(archive) == COMPLETE | {"dataproduct_subtype": "DL3"}
        assert archive.lineage.element(EX + "file").node.level == "DL3"
        assert archive.maintenance.doctor() == []

    def test_of_several_documents_the_latest_counts(self, archive: Services) -> None:
        push(archive, document(target_name="Crab"))
        later = push(archive, document(target_name="Crab Nebula"))
        assert record_of(archive) == COMPLETE | {"target_name": "Crab Nebula"}
        archive.ingest.retract(later.id)
        assert record_of(archive) == COMPLETE | {"target_name": "Crab"}
        assert archive.maintenance.doctor() == []

    def test_the_archive_and_the_pipeline_tell_of_one_dataset(self, archive: Services) -> None:
        push(archive, document(target_name="Crab"))
        table = archive.ingest.push_obscore(ARCHIVE, name="t.csv").receipt
        for name in (DID, EX + "file"):
            assert record_of(archive, name) == COMPLETE | {"target_name": "Crab Nebula"}
        archive.ingest.retract(table.id)
        assert record_of(archive, DID) == COMPLETE | {"target_name": "Crab"}
        assert archive.maintenance.doctor() == []

    def test_a_dataset_that_was_known_before(self, archive: Services) -> None:
        push(archive, prov("used(fit, file)"))
        push(archive, document(dataproduct_subtype="DL3"))
        assert record_of(archive) == COMPLETE | {"dataproduct_subtype": "DL3"}
        assert archive.maintenance.doctor() == []


KEYS: Final[dict[str, Any]] = {
    "obs_publisher_did": DID,
    "OBS_ID": "7",
    "obs_collection": "DL3",
    "calib_level": 2,
    "s_ra": 83.6287,
}
READ: Final = COMPLETE | {"s_ra": 83.6287}
PRODUCT: Final = {"CTA PRODUCT ID": "9b22dbfc-99e5-40da-9be1-99e4eb3e0025"}


def fits_file(keys: dict[str, Any]) -> bytes:
    primary = fits.PrimaryHDU()
    for key, value in keys.items():
        name = key if len(key) <= 8 else f"HIERARCH {key}"
        primary.header[name] = value
    out = io.BytesIO()
    primary.writeto(out)
    return out.getvalue()


def hdf5_file(keys: dict[str, Any]) -> bytes:
    out = io.BytesIO()
    with h5py.File(out, "w") as file:
        file.attrs.update(keys)
    return out.getvalue()


def ecsv_file(keys: dict[str, Any]) -> bytes:
    table = Table({"energy": [1.0]}, meta=keys)
    out = io.StringIO()
    table.write(out, format="ascii.ecsv")
    return out.getvalue().encode()


@pytest.mark.parametrize("more", [{}, PRODUCT], ids=["alone", "with reference metadata"])
@pytest.mark.parametrize("made", [fits_file, hdf5_file, ecsv_file])
def test_headers_of_files(
    archive: Services, made: Callable[[dict[str, Any]], bytes], more: dict[str, Any]
) -> None:
    receipt = push(archive, made(KEYS | more))
    assert noted(receipt) == []
    assert record_of(archive, DID) == READ
    if more:
        assert record_of(archive, PRODUCT["CTA PRODUCT ID"]) == READ
    archive.ingest.retract(receipt.id)
    assert archive.maintenance.doctor() == []


def test_a_header_that_names_no_dataset_keeps_its_keys_to_itself(archive: Services) -> None:
    keys = {"OBS_ID": "7", "CREATOR": "a tool", "SITE": "Paranal", "S_RA": 1.0}
    push(archive, fits_file(keys), source="pipeline")
    element = archive.lineage.element("7")
    names = {a["name"].rpartition(":")[2] for a in element.attributes}
    assert "OBS_ID" in names
    assert not names & {"site", "SITE", "s_ra", "S_RA"}


def test_a_header_that_lacks_what_a_record_has(archive: Services) -> None:
    keys = {"obs_publisher_did": DID, "OBS_ID": "7", "CREATOR": "a tool", "s_ra": 1.0}
    [finding] = noted(push(archive, fits_file(keys), source="pipeline"))
    assert (finding.rule, "calib_level, obs_collection" in finding.message) == (
        "obscore/incomplete",
        True,
    )
