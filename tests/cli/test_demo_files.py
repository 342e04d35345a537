"""The demo observatory: counts and facts written by hand from its description."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table
from numpy.ma import is_masked
from prov.model import ProvDocument

from provstore.cli.demo import DemoNight, write_demo
from provstore.errors import BadParameterError
from provstore.importers.registry import read_document
from provstore.model.document import Document

UUID4 = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
IVOID = "ivo://observatory.example/demo#"
REFERENCE_META_KEYS = 30
MANDATORY_COLUMNS = [
    "dataproduct_type",
    "calib_level",
    "obs_collection",
    "obs_id",
    "obs_publisher_did",
    "access_url",
    "access_format",
    "access_estsize",
    "target_name",
    "s_ra",
    "s_dec",
    "s_fov",
    "s_region",
    "s_resolution",
    "s_xel1",
    "s_xel2",
    "t_min",
    "t_max",
    "t_exptime",
    "t_resolution",
    "t_xel",
    "em_min",
    "em_max",
    "em_res_power",
    "em_xel",
    "o_ucd",
    "pol_states",
    "pol_xel",
    "facility_name",
    "instrument_name",
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> DemoNight:
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def activities(night: DemoNight) -> list[dict[str, Any]]:
    return [a for log in night.folder.glob("*.log") for a in read_log(log)]


@pytest.fixture(scope="module")
def jobs(night: DemoNight) -> dict[str, dict[str, Any]]:
    return {path.stem: json.loads(path.read_bytes()) for path in night.folder.glob("*.json")}


@pytest.fixture(scope="module")
def rows(night: DemoNight) -> list[dict[str, Any]]:
    tables = [Table.read(path, format="ascii.ecsv") for path in night.obscore]
    return [
        {name: None if is_masked(row[name]) else row[name] for name in table.colnames}
        for table in tables
        for row in table
    ]


def read_log(path: Path) -> Iterator[dict[str, Any]]:
    text = path.read_text()
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        array, at = decoder.raw_decode(text, at)
        yield from array


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def outputs(activities: list[dict[str, Any]], suffix: str) -> dict[str, dict[str, Any]]:
    """Activities by the obs_id of their one output, whose path ends so."""
    return {
        activity["output"][0]["reference_meta"]["CTA PROCESS ID"]: activity
        for activity in activities
        if activity["output"] and activity["output"][0]["url"].endswith(suffix)
    }


def parameters(job: dict[str, Any]) -> dict[str, Any]:
    return {
        entity["prov:name"]: entity["prov:value"]
        for entity in job["entity"].values()
        if "prov:value" in entity
    }


def used(job: dict[str, Any]) -> set[str]:
    return {usage["prov:entity"] for usage in job["used"].values()}


def names_in(value: object) -> Iterator[str]:
    """Every name and key of a PROV-JSON document that may have a prefix."""
    if isinstance(value, dict):
        yield from value
        for key, inner in value.items():
            if key != "prefix":
                yield from names_in(inner)
    elif isinstance(value, str) and re.fullmatch(r"[A-Za-z]\w*:[^/\s]\S*", value):
        yield value


class TestSameSeedSameBytes:
    def test_same(self, night: DemoNight, tmp_path: Path) -> None:
        write_demo(tmp_path / "again", seed=1)
        assert contents(tmp_path / "again") == contents(night.folder)

    def test_writing_over_changes_nothing(self, tmp_path: Path) -> None:
        write_demo(tmp_path)
        before = contents(tmp_path)
        write_demo(tmp_path)
        assert contents(tmp_path) == before

    def test_other_seed_other_ids(self, night: DemoNight, tmp_path: Path) -> None:
        other = write_demo(tmp_path, seed=2)
        changed, same = contents(tmp_path), contents(night.folder)
        assert changed.keys() == same.keys()
        assert changed["night-20251210.provenance.log"] != same["night-20251210.provenance.log"]
        assert changed["selection-26004-loose.json"] != same["selection-26004-loose.json"]
        assert other.story.bad_calibration != night.story.bad_calibration

    def test_the_ivoid_of_the_spectrum_does_not_depend_on_the_seed(self, tmp_path: Path) -> None:
        assert write_demo(tmp_path, seed=7).spectrum_did == f"{IVOID}dl4-crab-spectrum"


class TestWhatIsWritten:
    def test_files(self, night: DemoNight) -> None:
        kinds = Counter(path.name.split("-")[0] for path in night.folder.iterdir())
        assert kinds == {
            "night": 1,
            "selection": 16,  # 3 PKS, 5 Crab twice, 2 plane, 1 of 2 Mrk 421
            "analysis": 10,  # 3 products of 3 targets, 1 map
            "catalogue": 1,
            "obscore": 2,
            "README.md": 1,
        }

    def test_everything_but_the_readme_is_handed_over(self, night: DemoNight) -> None:
        handed = {path.name for path in [*night.documents, *night.obscore]}
        assert handed == contents(night.folder).keys() - {"README.md"}
        assert all(path.name.startswith("obscore") for path in night.obscore)
        assert len(night.documents) == 28

    def test_executions_in_the_log(self, activities: list[dict[str, Any]]) -> None:
        assert Counter(a["activity_name"] for a in activities) == {
            "ctapipe-calculate-camcal-coefficients": 4,
            "ctapipe-process": 12 + 12 + 1,
        }
        assert len({a["activity_uuid"] for a in activities}) == 29

    def test_the_log_is_in_the_order_in_which_executions_end(
        self, activities: list[dict[str, Any]]
    ) -> None:
        stops = [a["stop"]["time_utc"] for a in activities]
        assert stops == sorted(stops)
        assert all(a["start"]["time_utc"] < a["stop"]["time_utc"] for a in activities)

    def test_the_log_is_made_of_arrays_without_separator(self, night: DemoNight) -> None:
        text = next(night.folder.glob("*.log")).read_text()
        assert text.startswith('[\n   {\n      "activity_name":')
        assert text.count("\n][\n") == 28

    def test_rows(self, rows: list[dict[str, Any]]) -> None:
        assert Counter(row["dataproduct_subtype"] for row in rows) == {
            "DL2": 12,
            "DL3": 17,
            "DL4": 10,
            "DL5": 1,
        }

    def test_more_nights(self, tmp_path: Path) -> None:
        write_demo(tmp_path, runs=30)
        logs = sorted(tmp_path.glob("*.log"))
        assert [log.name[6:14] for log in logs] == ["20251210", "20251211", "20251212"]
        last = list(read_log(logs[2]))
        assert len(outputs(last, ".dl2.h5")) == 6
        crab = json.loads((tmp_path / "analysis-crab-spectrum.json").read_bytes())
        assert len(used(crab)) == 5 + 5 + 3

    def test_less_than_a_night_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadParameterError, match="runs='11'"):
            write_demo(tmp_path / "none", runs=11)
        assert not (tmp_path / "none").exists()


class TestShapeOfTheLog:
    def test_keys_are_those_of_a_real_log(
        self, samples: Path, activities: list[dict[str, Any]]
    ) -> None:
        real = list(read_log(samples / "ctapipe/generated-0.32.0/night.provenance.log"))[3]
        for mine in activities:
            assert list(mine) == list(real)
            assert list(mine["system"]) == list(real["system"])
            for file in mine["input"] + mine["output"]:
                assert list(file) == list(real["input"][0])
            metadata = mine["input"][1]["reference_meta"]
            assert list(metadata) == list(real["input"][1]["reference_meta"])

    def test_all_but_config_files_have_a_product_id(self, activities: list[dict[str, Any]]) -> None:
        for activity in activities:
            configuration, *data = activity["input"]
            assert configuration["role"] == "Tool Configuration"
            assert configuration["reference_meta"] is None
            for file in [*data, *activity["output"]]:
                assert len(file["reference_meta"]) == REFERENCE_META_KEYS
                assert re.fullmatch(UUID4, file["reference_meta"]["CTA PRODUCT ID"])

    def test_path_and_product_id_name_the_same_files(
        self, activities: list[dict[str, Any]]
    ) -> None:
        told = {
            (file["url"], json.dumps(file["reference_meta"]))
            for activity in activities
            for file in activity["input"] + activity["output"]
        }
        # 3 configuration files; 4 calibrations: light, coefficients; 12 runs: DL0, DL1, DL2
        assert len(told) == 3 + 4 * 2 + 12 * 3
        assert len({url for url, _ in told}) == len(told)
        metadata = [json.loads(text) for _, text in told]
        assert len({m["CTA PRODUCT ID"] for m in metadata if m is not None}) == 4 * 2 + 12 * 3

    def test_outputs_name_the_execution_that_made_them(
        self, activities: list[dict[str, Any]]
    ) -> None:
        for activity in activities:
            for file in activity["output"]:
                assert file["reference_meta"]["CTA ACTIVITY ID"] == activity["activity_uuid"]

    def test_levels(self, activities: list[dict[str, Any]]) -> None:
        levels = Counter(
            file["reference_meta"]["CTA PRODUCT DATA LEVELS"]
            for activity in activities
            for file in activity["output"]
        )
        assert levels == {"": 4, "DL1_IMAGES,DL1_PARAMETERS": 12, "DL1_PARAMETERS,DL2": 12}
        for activity in outputs(activities, ".dl1.h5").values():
            raw = activity["input"][1]
            assert raw["url"].endswith(".dl0.fits.fz")
            assert raw["reference_meta"]["CTA PRODUCT DATA LEVELS"] == "DL0"


class TestFactsOfTheNight:
    def test_one_run_deviates_in_its_reconstruction(self, activities: list[dict[str, Any]]) -> None:
        versions = {
            obs_id: activity["system"]["ctapipe_version"]
            for obs_id, activity in outputs(activities, ".dl2.h5").items()
        }
        assert versions.pop("26006") == "0.18.0"
        assert len(versions) == 11
        assert set(versions.values()) == {"0.19.0"}

    def test_two_calibration_versions(self, activities: list[dict[str, Any]]) -> None:
        versions = [
            activity["system"]["ctapipe_version"]
            for activity in activities
            if activity["activity_name"].endswith("camcal-coefficients")
        ]
        assert versions == ["0.24.0", "0.25.0", "0.25.0", "0.25.0"]

    def test_two_reconstruction_methods(self, activities: list[dict[str, Any]]) -> None:
        methods = {
            obs_id: activity["config"]["ProcessorTool"]["ShowerProcessor"]["reconstructor_types"]
            for obs_id, activity in outputs(activities, ".dl2.h5").items()
        }
        assert methods["26011"] == methods["26012"] == ["ImPACTReconstructor"]
        assert [m for o, m in methods.items() if o < "26011"] == [["HillasReconstructor"]] * 10

    def test_three_runs_use_the_bad_calibration(
        self, night: DemoNight, activities: list[dict[str, Any]]
    ) -> None:
        users = set()
        for obs_id, activity in outputs(activities, ".dl1.h5").items():
            coefficients = activity["input"][2]
            metadata = coefficients["reference_meta"]
            if "urn:uuid:" + metadata["CTA PRODUCT ID"] == night.story.bad_calibration:
                assert coefficients["url"].endswith("_LAMP_OFF.h5")
                assert "do not use" in metadata["CTA PRODUCT DESCRIPTION"]
                users.add(obs_id)
            else:
                assert "LAMP_OFF" not in coefficients["url"]
                assert "do not use" not in metadata["CTA PRODUCT DESCRIPTION"]
        assert users == {"26008", "26009", "26010"}

    def test_a_failed_attempt_has_no_result(self, activities: list[dict[str, Any]]) -> None:
        (failed,) = (a for a in activities if a["status"] == "error")
        assert failed["output"] == []
        assert failed["exit_code"] == 1
        assert failed["input"][1]["reference_meta"]["CTA PROCESS ID"] == "26007"
        assert {a["status"] for a in activities} == {"error", "completed"}
        assert {a["exit_code"] for a in activities if a is not failed} == {0}

    def test_cuts(self, jobs: dict[str, dict[str, Any]]) -> None:
        cuts = {
            name.removeprefix("selection-"): parameters(job)["applied_cuts"]
            for name, job in jobs.items()
            if name.startswith("selection-")
        }
        assert cuts == {
            "26001-loose": "loose",
            "26002-loose": "loose",
            "26003-loose": "loose",
            "26004-loose": "loose",
            "26005-loose": "loose",
            "26006-loose": "loose",
            "26007-loose": "loose",
            "26008-loose": "loose",
            "26004-standard": "standard",
            "26005-standard": "standard",
            "26006-standard": "standard",
            "26007-standard": "standard",
            "26008-standard": "standard",
            "26009-standard": "standard",
            "26010-standard": "standard",
            "26011-standard": "standard",
        }

    def test_selection_agrees_with_reconstruction_on_the_method(
        self, jobs: dict[str, dict[str, Any]]
    ) -> None:
        assert parameters(jobs["selection-26004-loose"])["reco_method"] == "HillasReconstructor"
        assert parameters(jobs["selection-26011-standard"])["reco_method"] == "ImPACTReconstructor"

    def test_one_divergent_pointing(
        self, jobs: dict[str, dict[str, Any]], rows: list[dict[str, Any]]
    ) -> None:
        divergent = {
            name
            for name, job in jobs.items()
            if parameters(job).get("pointing_mode") == "divergent"
        }
        assert divergent == {"selection-26010-standard"}
        in_rows = {r["obs_publisher_did"] for r in rows if r["pointing_mode"] == "divergent"}
        assert in_rows == {f"{IVOID}dl2-26010", f"{IVOID}dl3-26010-standard"}

    def test_one_dl3_is_used_and_its_generation_told_by_nobody(
        self, night: DemoNight, jobs: dict[str, dict[str, Any]]
    ) -> None:
        generated = {
            g["prov:entity"] for job in jobs.values() for g in job["wasGeneratedBy"].values()
        }
        datasets = {e for job in jobs.values() for e in used(job) if e.startswith("dataset:")}
        assert datasets - generated == {"dataset:dl3-26012-standard"}
        assert night.story.unrecorded == f"{IVOID}dl3-26012-standard"

    def test_inputs_of_the_crab_spectrum(self, jobs: dict[str, dict[str, Any]]) -> None:
        assert used(jobs["analysis-crab-spectrum"]) == {
            "dataset:dl3-26004-standard",
            "dataset:dl3-26005-standard",
            "dataset:dl3-26006-standard",
            "dataset:dl3-26007-standard",
            "dataset:dl3-26008-standard",
        }
        assert parameters(jobs["analysis-crab-spectrum"])["spectral_model"] == "log-parabola"

    def test_the_catalogue_is_made_of_spectra_and_maps(
        self, jobs: dict[str, dict[str, Any]]
    ) -> None:
        assert used(jobs["catalogue-1"]) == {
            "dataset:dl4-crab-spectrum",
            "dataset:dl4-crab-map",
            "dataset:dl4-pks2155-spectrum",
            "dataset:dl4-pks2155-map",
            "dataset:dl4-mrk421-spectrum",
            "dataset:dl4-mrk421-map",
            "dataset:dl4-plane190-map",
        }

    def test_three_names_of_one_file(
        self,
        night: DemoNight,
        activities: list[dict[str, Any]],
        jobs: dict[str, dict[str, Any]],
        rows: list[dict[str, Any]],
    ) -> None:
        produced = outputs(activities, ".dl2.h5")["26004"]["output"][0]
        (archived,) = (r for r in rows if r["obs_publisher_did"] == night.story.seam_dataset)
        (consumed,) = used(jobs["selection-26004-standard"])
        product_id = night.story.seam_product.removeprefix("urn:uuid:")
        assert produced["url"] == "/data/dca/DL2/20251210/run26004.dl2.h5"
        assert produced["reference_meta"]["CTA PRODUCT ID"] == product_id
        assert archived["obs_publisher_did"] == f"{IVOID}dl2-26004"
        assert archived["product_id"] == product_id
        assert consumed == f"uuid:{product_id}"
        created = produced["reference_meta"]["CTA PRODUCT CREATION TIME"]
        assert archived["obs_creation_date"].replace("T", " ") == created

    def test_the_readme_names_the_identifiers(self, night: DemoNight) -> None:
        text = (night.folder / "README.md").read_text()
        story = night.story
        for identifier in (
            story.spectrum,
            story.catalogue,
            story.bad_calibration,
            story.unrecorded,
            story.divergent_map,
            story.seam_dataset,
            story.seam_product,
        ):
            assert f"`{identifier}`" in text
        assert "26008, 26009, 26010" in text


class TestProvJson:
    def test_the_reference_library_reads_every_document(
        self, jobs: dict[str, dict[str, Any]]
    ) -> None:
        assert len(jobs) == 26
        for job in jobs.values():
            document = ProvDocument.deserialize(content=json.dumps(job), format="json")
            told = sum(len(records) for name, records in job.items() if name != "prefix")
            assert len(document.records) == told

    def test_every_prefix_is_declared(self, jobs: dict[str, dict[str, Any]]) -> None:
        for job in jobs.values():
            declared = job["prefix"].keys()
            names = [name for section in list(job)[1:] for name in names_in(job[section])]
            assert len(names) > 50
            assert {n.partition(":")[0] for n in names} <= {*declared, "_", "$", "type", "https"}

    def test_no_name_is_local(self, jobs: dict[str, dict[str, Any]]) -> None:
        for job in jobs.values():
            for kind in ("entity", "activity", "agent"):
                for name in job[kind]:
                    assert job["prefix"][name.partition(":")[0]].startswith(
                        ("https://", "ivo://", "urn:uuid:")
                    )

    def test_every_end_is_declared(self, jobs: dict[str, dict[str, Any]]) -> None:
        for job in jobs.values():
            known = {*job["entity"], *job["activity"], *job["agent"]}
            for section in job.keys() - {"prefix", "entity", "activity", "agent"}:
                for relation in job[section].values():
                    ends = [v for k, v in relation.items() if k not in {"prov:role", "prov:type"}]
                    assert known.issuperset(set(ends) - {"Parameter", "ConfigFile"})

    def test_each_job_says_what_ran_with_which_version(
        self, jobs: dict[str, dict[str, Any]]
    ) -> None:
        versions: Counter[tuple[str, str]] = Counter()
        for job in jobs.values():
            (description,) = (e for e in job["entity"].values() if "voprov:version" in e)
            (activity,) = job["activity"].values()
            assert activity["prov:label"] == description["prov:label"]
            assert activity["prov:startTime"] < activity["prov:endTime"]
            versions[description["prov:label"], description["voprov:version"]] += 1
        assert versions == {
            ("event-selection", "1.4.2"): 16,
            ("gammapy-spectrum", "1.3"): 3,
            ("gammapy-map", "1.3"): 4,
            ("gammapy-light-curve", "1.3"): 2,
            ("catalogue-builder", "2.0.1"): 1,
        }

    def test_numbers_are_typed(self, jobs: dict[str, dict[str, Any]]) -> None:
        told = parameters(jobs["selection-26004-standard"])
        assert told["gammaness_min"] == {"$": "0.7", "type": "xsd:double"}
        assert told["multiplicity_min"] == {"$": "3", "type": "xsd:int"}


class TestUwsJob:
    """The light curve of the Crab Nebula, which has loose cuts, was made by a UWS server."""

    @pytest.fixture
    def document(self, night: DemoNight) -> Document:
        found = read_document((night.folder / "analysis-crab-light-curve.xml").read_bytes())
        assert found.format == "uws"
        assert [finding.rule for finding in found.findings] == ["uws/opus"]
        (part,) = found.parts
        return part.document

    def test_it_used_what_the_selections_made(
        self, document: Document, jobs: dict[str, dict[str, Any]]
    ) -> None:
        inputs = [r.ends[1] for r in document.relations if r.type.name == "used"]
        runs = ("26004", "26005", "26006", "26007", "26008")
        assert inputs == [f"{IVOID}dl3-{run}-loose" for run in runs]
        for run in runs:
            assert f"dataset:dl3-{run}-loose" in jobs[f"selection-{run}-loose"]["entity"]

    def test_it_made_what_the_archive_has(
        self, document: Document, rows: list[dict[str, Any]]
    ) -> None:
        made = [r.ends[0] for r in document.relations if r.type.name == "wasGeneratedBy"]
        assert made == [f"{IVOID}dl4-crab-light-curve"]
        (row,) = (row for row in rows if row["obs_publisher_did"] == made[0])
        labels = [
            str(getattr(value, "lexical", value))
            for telling, attributes in document.elements.items()
            if telling.iri == made[0]
            for name, value in attributes
            if name.endswith("#label")
        ]
        assert labels == [row["access_url"].rpartition("/")[2]] == ["crab-light-curve.dl4.fits"]

    def test_its_parameters(self, document: Document) -> None:
        names = {t.iri.rpartition("/")[2] for t in document.elements if "/parameters/" in t.iri}
        assert names == {"energy_max_TeV", "energy_min_TeV", "spectral_model", "time_bin"}


class TestObsCore:
    def test_mandatory_columns(self, night: DemoNight) -> None:
        for path in night.obscore:
            table = Table.read(path, format="ascii.ecsv")
            assert set(MANDATORY_COLUMNS) < set(table.colnames)
            assert len(MANDATORY_COLUMNS) == 30

    def test_units(self, night: DemoNight) -> None:
        table = Table.read(night.obscore[0], format="ascii.ecsv")
        units = {name: str(table[name].unit) for name in table.colnames if table[name].unit}
        assert units == {
            "access_estsize": "kbyte",
            "s_ra": "deg",
            "s_dec": "deg",
            "s_fov": "deg",
            "s_resolution": "arcsec",
            "t_min": "d",
            "t_max": "d",
            "t_exptime": "s",
            "t_resolution": "s",
            "em_min": "m",
            "em_max": "m",
        }

    def test_no_null_where_none_is_allowed(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for name in ("calib_level", "obs_collection", "obs_id", "obs_publisher_did"):
                assert row[name] is not None
            assert row["product_id"] is not None

    def test_every_ivoid_of_a_document_is_in_the_table(
        self, night: DemoNight, rows: list[dict[str, Any]]
    ) -> None:
        listed = [row["obs_publisher_did"] for row in rows]
        assert len(listed) == len(set(listed)) == 40
        told = {
            IVOID + entity.removeprefix("dataset:")
            for path in night.folder.glob("*.json")
            for entity in json.loads(path.read_bytes())["entity"]
            if entity.startswith("dataset:")
        }
        assert len(told) == 17 + 9 + 1  # the light curve of the UWS job is told in XML
        assert told < set(listed)

    def test_location_is_the_access_url(
        self, jobs: dict[str, dict[str, Any]], rows: list[dict[str, Any]]
    ) -> None:
        urls = {row["obs_publisher_did"]: row["access_url"] for row in rows}
        for job in jobs.values():
            for name, entity in job["entity"].items():
                if name.startswith("dataset:") and "prov:location" in entity:
                    assert entity["prov:location"]["$"] == urls[IVOID + name[8:]]

    def test_a_run_and_the_spectrum(self, rows: list[dict[str, Any]]) -> None:
        by_did = {row["obs_publisher_did"]: row for row in rows}
        run = by_did[f"{IVOID}dl3-26004-loose"]
        assert (run["target_name"], run["s_ra"], run["s_dec"]) == ("Crab Nebula", 83.63308, 22.0145)
        # the fourth run: 2025-12-10 (MJD 61019) 20:00 and three times 40 minutes
        assert run["t_min"] == pytest.approx(61019 + 22 / 24, abs=1e-9)
        assert run["t_max"] - run["t_min"] == pytest.approx(28 / 1440, abs=1e-9)
        assert run["t_exptime"] == 1680
        # 50 TeV and 0.05 TeV as wavelengths
        assert run["em_min"] == pytest.approx(2.47968e-20, rel=1e-5)
        assert run["em_max"] == pytest.approx(2.47968e-17, rel=1e-5)
        spectrum = by_did[f"{IVOID}dl4-crab-spectrum"]
        assert spectrum["dataproduct_type"] == "spectrum"
        assert spectrum["t_exptime"] == 5 * 1680
        assert spectrum["t_min"] == run["t_min"]
        assert spectrum["pointing_mode"] is None
