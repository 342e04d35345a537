"""The shipped keyword rules, on what real software and the demo observatory write."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from astropy.io.votable.ucd import check_ucd

from provstore.cli.demo import write_demo
from provstore.importers.metadata.parameters import parameters
from provstore.model.keyword_rules import shipped
from provstore.model.keywords import Found, Keyword, Thing, ValueKind
from provstore.model.obscore import EXTENSION
from provstore.model.quantities import UNITS

RULES = shipped()


def _values(found: list[Found]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for one in found:
        values.setdefault(one.keyword, []).append(one.value)
    return values


def _activity(name: str, version: str | None = None, **told: str) -> dict[str, list[str]]:
    thing = Thing((name,), version, parameters=list(told.items()))
    return _values(RULES.of_activity(thing))


def _entity(**told: str) -> dict[str, list[str]]:
    return _values(RULES.of_entity(Thing(("file",), attributes=list(told.items()))))


@pytest.mark.parametrize("keyword", RULES.by_name.values(), ids=lambda keyword: keyword.name)
def test_each_keyword_is_described(keyword: Keyword) -> None:
    assert keyword.description
    assert check_ucd(keyword.ucd, check_controlled_vocabulary=True)
    assert keyword.unit in UNITS
    assert keyword.places


def test_the_columns_of_the_observatory_are_keywords_with_their_ucd() -> None:
    same = {c.name: c.ucd for c in EXTENSION if c.name in RULES.by_name}
    assert {name: RULES.by_name[name].ucd for name in same} == same
    assert set(same) == {
        "calib_version",
        "reco_version",
        "reco_method",
        "applied_cuts",
        "spectral_model",
    }


@pytest.mark.parametrize(
    "name", ["calib_version", "reco_version", "reco_method", "applied_cuts", "spectral_model"]
)
def test_what_a_dataset_says_in_the_words_of_obscore(name: str) -> None:
    assert _entity(**{name: "7"}) == {name: ["7"]}


# -- CTAO and ctapipe


def test_serial_stages_of_one_program_are_told_apart_by_the_level() -> None:
    found = RULES.of_activity(Thing(("ctapipe-process",), "0.19.0"))
    assert found == [
        Found("reco_version", "0.19.0", "DL2"),
        Found("pipeline_version", "0.19.0"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ctapipe-calculate-pixel-statistics", ["calib_version"]),
        ("ctapipe-calculate-camcal-coefficients", ["calib_version"]),
        ("ctapipe-apply-models", ["reco_version", "pipeline_version"]),
        ("ctapipe-merge", ["pipeline_version"]),
        ("ctapipe-compute-irf", ["irf_version"]),
        ("ctapipe-train-energy-regressor", []),
        ("catalogue-builder", []),
    ],
)
def test_versions_of_the_tools_of_ctapipe(name: str, expected: list[str]) -> None:
    assert list(_activity(name, "0.32.0")) == expected


def _parts_of_log(text: str) -> Iterator[dict[str, Any]]:
    """The activities of a log of ctapipe: JSON arrays, one behind the other."""
    decoder, position = json.JSONDecoder(), 0
    while position < len(text.rstrip()):
        part, position = decoder.raw_decode(text, position)
        yield from part
        position += len(text[position:]) - len(text[position:].lstrip())


def _thing(told: dict[str, Any]) -> Thing:
    leaves = parameters(told.get("config", {}), lambda _: False, "")
    texts = [(name, getattr(value, "lexical", str(value))) for name, value in leaves]
    version = told["system"]["ctapipe_version"]
    return Thing((told["activity_name"],), version, parameters=texts)


@pytest.mark.samples
def test_a_log_of_ctapipe(samples: Path) -> None:
    log = samples / "ctapipe" / "generated-0.32.0" / "night.provenance.log"
    found = [
        (told["activity_name"], RULES.of_activity(_thing(told)))
        for told in _parts_of_log(log.read_text())
    ]
    reco = Found("reco_version", "0.32.0", "DL2")
    pipeline = Found("pipeline_version", "0.32.0")
    assert found == [
        ("toy-dl1-writer", []),
        ("toy-dl1-writer", []),
        ("ctapipe-merge", [pipeline]),
        ("ctapipe-process", [reco, Found("reco_method", "HillasReconstructor", "DL2"), pipeline]),
        ("ctapipe-process", [reco, pipeline]),  # failed before it was configured
        ("ctapipe-merge", [pipeline]),
    ]


def test_the_calibration_of_ctapipe_is_named_by_its_files() -> None:
    said = _activity(
        "ctapipe-process",
        **{"ProcessorTool.HDF5MonitoringSource.input_files": '["/cal/a.h5","/cal/b.h5"]'},
    )
    assert said == {"calib_file": ["/cal/a.h5", "/cal/b.h5"]}


# -- H.E.S.S. and gammapy


def test_versions_in_headers_of_event_lists() -> None:
    said = _entity(DST_VER="prod-5", ANA_VER="hap-18-12", CAL_VER="2.1", IRF="std_zen20")
    assert said == {
        "calib_version": ["2.1"],
        "reco_version": ["hap-18-12"],
        "pipeline_version": ["prod-5"],
        "irf": ["std_zen20"],
    }


@pytest.mark.samples
def test_a_header_of_hess(samples: Path) -> None:
    header = samples / "gammapy" / "generated-2.1" / "hess_events_020136_header.txt"
    cards = re.findall(r"^([A-Z0-9_-]+) *= +'(.*?) *'", header.read_text(), re.MULTILINE)
    assert _values(RULES.of_entity(Thing(("events",), attributes=cards))) == {
        "applied_cuts": ["std"],
        "software": ["SASH FITS::EventListWriter"],
    }


def test_an_analysis() -> None:
    said = _activity("gammapy-spectrum", "1.3", spectral_model="log-parabola")
    assert said == {"spectral_model": ["log-parabola"], "analysis_version": ["1.3"]}
    assert _activity("ctlike", "2.0", irf="Prod5-North", caldb="prod5") == {"irf": ["Prod5-North"]}


# -- LST


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("drs4_pedestal", ["calib_version"]),
        ("calibrate_charge", ["calib_version"]),
        ("CalibrationHDF5Writer", ["calib_version"]),
        ("CatBCalibrationHDF5Writer", ["calib_version"]),
        ("r0_to_dl1", ["pipeline_version"]),
        ("dl1ab", ["pipeline_version"]),
        ("dl1_datacheck", []),
        ("dl1_to_dl2", ["reco_version", "pipeline_version"]),
        ("lstchain_dl1_to_dl2", ["reco_version", "pipeline_version"]),
        ("DataReductionFITSWriter", ["selection_version"]),
        ("lstchain", ["selection_version"]),
        ("IRFFITSWriter", ["irf_version"]),
    ],
)
def test_versions_of_the_tools_of_lst(name: str, expected: list[str]) -> None:
    assert list(_activity(name, "v0.12.3")) == expected


def test_cuts_of_lstchain() -> None:
    said = _activity(
        "DataReductionFITSWriter",
        **{
            "DataReductionFITSWriter.DL3Cuts.global_gh_cut": "0.7",
            "DataReductionFITSWriter.DL3Cuts.min_gh_cut": "0.1",
            "DataReductionFITSWriter.DL3Cuts.global_theta_cut": "0.2",
            "DataReductionFITSWriter.input_irf": "/irf/irf_pointlike.fits.gz",
        },
    )
    assert said == {
        "irf": ["/irf/irf_pointlike.fits.gz"],
        "gammaness_min": ["0.7"],
        "theta_max": ["0.2"],
    }


def test_raw_data_of_the_lst_and_simulations_are_sources() -> None:
    assert RULES.is_source(Thing(("R0SubrunDataset", "f0e1")))
    assert RULES.is_source(Thing(("gamma_20deg_run1.simtel.zst",)))
    assert not RULES.is_source(Thing(("DL1SubrunDataset",)))
    assert not RULES.is_source(Thing(("run26012.standard.dl3.fits.gz",)))


# -- the demo observatory


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


def test_its_night(demo: Path) -> None:
    (log,) = demo.glob("night-*")
    told = [_values(RULES.of_activity(_thing(a))) for a in _parts_of_log(log.read_text())]
    versions = [one["calib_version"] for one in told if "calib_version" in one]
    assert versions == [["0.24.0"], ["0.25.0"], ["0.25.0"], ["0.25.0"]]
    methods = [one["reco_method"][0] for one in told if "reco_method" in one]
    # twelve runs, of which the two of Mrk 421 come last, and one that was tried twice
    assert methods == ["HillasReconstructor"] * 11 + ["ImPACTReconstructor"] * 2
    files = {one["calib_file"][0].rpartition("/")[2] for one in told if "calib_file" in one}
    assert files == {
        "camcal96001.h5",
        "camcal96002.h5",
        "camcal96003_LAMP_OFF.h5",
        "camcal96004.h5",
    }


def test_its_selections(demo: Path) -> None:
    told = json.loads((demo / "selection-26004-loose.json").read_text())
    names = {
        entity["prov:name"]: entity["prov:value"]
        for entity in told["entity"].values()
        if "prov:value" in entity
    }
    texts = {n: v["$"] if isinstance(v, dict) else v for n, v in names.items()}
    assert _activity("event-selection", "1.4.2", **texts) == {
        "reco_method": ["HillasReconstructor"],
        "applied_cuts": ["loose"],
        "selection_version": ["1.4.2"],
        "gammaness_min": ["0.3"],
        "theta_max": ["0.2"],
    }


def test_the_creation_date_has_a_value_of_each_file() -> None:
    keyword = RULES.by_name["creation_date"]
    assert keyword.kind is ValueKind.TIME
    assert keyword.most_values == 0
    assert _entity(generatedAtTime="2025-12-12T01:28:00Z") == {
        "creation_date": ["2025-12-12T01:28:00Z"]
    }
