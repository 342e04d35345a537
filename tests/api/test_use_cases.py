"""What people ask of the demo observatory, over HTTP and by the command: which datasets they get.

The expected datasets are written by hand from what the demo says of itself: runs 26001 to 26003 are
PKS 2155-304, 26004 to 26008 the Crab Nebula, 26009 and 26010 the galactic plane, 26011 and 26012
Mrk 421; ctapipe 0.24.0 calibrated up to 26004, 0.25.0 after; 26006 was reconstructed with 0.18.0,
all others with 0.19.0; the lamp was off for the calibration of 26008 to 26010; nobody recorded how
the DL3 file of 26012 was made.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import pytest
from support.command import provstore
from support.served import archive_at

from provstore.cli.demo import write_demo

IVO: Final = "ivo://observatory.example/demo#"
FAR: Final = "ivo://far.example/data#"

# two datasets where spheres are hard: on the line where right ascensions begin anew, at a pole
FAR_TABLE: Final = (
    "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,s_ra,s_dec,s_region,"
    "em_min,em_max,data_rights\n"
    f"{FAR}line,line,far,3,event,359.9,10,CIRCLE 359.9 10 0.3,1e-20,1e-17,proprietary\n"
    f"{FAR}pole,pole,far,3,event,120,89.8,,1e-18,1e-17,proprietary\n"
)


def runs(numbers: Iterable[int], *names: str) -> set[str]:
    """Datasets of runs, such as ``dl2-{}`` and ``dl3-{}-loose``."""
    return {name.format(number) for number in numbers for name in names}


DL4_CRAB: Final = {"dl4-crab-spectrum", "dl4-crab-map", "dl4-crab-light-curve"}
DL4_PKS: Final = {"dl4-pks2155-spectrum", "dl4-pks2155-map", "dl4-pks2155-light-curve"}
DL4_MRK: Final = {"dl4-mrk421-spectrum", "dl4-mrk421-map", "dl4-mrk421-light-curve"}
PLANE: Final = {*runs((26009, 26010), "dl2-{}", "dl3-{}-standard"), "dl4-plane190-map"}
CRAB_RUNS: Final = runs(range(26004, 26009), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard")
PKS_RUNS: Final = runs(range(26001, 26004), "dl2-{}", "dl3-{}-loose")
MRK_RUNS: Final = runs((26011, 26012), "dl2-{}", "dl3-{}-standard")
DL5: Final = {"dl5-catalogue-1"}
ALL: Final = CRAB_RUNS | PKS_RUNS | MRK_RUNS | PLANE | DL4_CRAB | DL4_PKS | DL4_MRK | DL5
OLD_RECONSTRUCTION: Final = {"dl2-26006", "dl3-26006-loose", "dl3-26006-standard", *DL4_CRAB, *DL5}
BAD_CALIBRATION: Final = {
    *runs((26008,), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard"),
    *PLANE,
    *DL4_CRAB,
    *DL5,
}
UNRECORDED: Final = {"dl3-26012-standard"}


class Case(NamedTuple):
    asked: Mapping[str, str | Sequence[str]]
    found: set[str]


CASES: Final = {
    "cone: a target": Case({"pos": "83.63,22.01", "radius": "0.1", "level": "DL4"}, DL4_CRAB),
    "cone: across 0/360": Case({"pos": "0.2,10", "radius": "0.4"}, {FAR + "line"}),
    "cone: at a pole": Case({"pos": "300,89.9", "radius": "0.5"}, {FAR + "pole"}),
    "ObsCore: a target at a time": Case(
        {"target": "crab nebula", "time": "61020.03/61020.04"},
        {*runs((26008,), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard"), *DL4_CRAB},
    ),
    "ObsCore: a region of the sky": Case(
        {"pos": "RANGE 80 95 15 25"}, {*CRAB_RUNS, *DL4_CRAB, *PLANE}
    ),
    "ObsCore: above 51 TeV": Case({"energy": "51 TeV/"}, {FAR + "line"}),
    "optional: public data of all blazars": Case(
        {"data_rights": "public", "target_class": "BLLac"}, {*PKS_RUNS, *DL4_PKS}
    ),
    "optional: a proposal": Case({"proposal_id": "DCO-2025-002"}, PLANE),
    "ObsConfig: includes LSTs": Case({"sub_array": "LST"}, {*PKS_RUNS, *CRAB_RUNS, *MRK_RUNS}),
    "ObsConfig: a target without divergent pointing": Case(
        {"target": "Galactic Plane l=190", "where": "pointing_mode!=divergent"},
        {"dl2-26009", "dl3-26009-standard"},
    ),
    "provenance: a pipeline's version and a target": Case(
        {"target": "Crab Nebula", "keyword": "reco_version>=0.19", "match": "all"},
        CRAB_RUNS - runs((26006,), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard"),
    ),
    "provenance: a method of reconstruction": Case(
        {"keyword": "reco_method=ImPACTReconstructor"}, {*MRK_RUNS, *DL4_MRK, *DL5} - UNRECORDED
    ),
    "provenance: loose cuts": Case(
        {"keyword": "applied_cuts=loose"},
        {
            *runs(range(26001, 26009), "dl3-{}-loose"),
            *DL4_PKS,
            "dl4-crab-light-curve",
            *DL5,
        },
    ),
    "provenance: one calibration version only": Case(
        {"keyword": "calib_version=0.24.0", "match": "all"},
        {
            *PKS_RUNS,
            *DL4_PKS,
            *runs((26004,), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard"),
        },
    ),
    "provenance: not with the bad calibration file": Case(
        {"where": "obs_collection~DCO*", "exclude": "calib_file~*LAMP_OFF*"}, ALL - BAD_CALIBRATION
    ),
    "provenance: mixed versions": Case({"keyword": "reco_version=mixed"}, {*DL4_CRAB, *DL5}),
    "provenance: unknown": Case(
        {"where": "obs_collection~DCO*", "keyword": "reco_version=unknown"}, UNRECORDED
    ),
    "managers: all of a run": Case(
        {"obs_id": "26004"}, runs((26004,), "dl2-{}", "dl3-{}-loose", "dl3-{}-standard")
    ),
    "managers: all of a pipeline's version": Case(
        {"keyword": "pipeline_version=0.18.0"}, OLD_RECONSTRUCTION
    ),
}

ADQL: Final[Mapping[str, Sequence[str]]] = {
    "cone: a target": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE (1 = INTERSECTS(s_region, CIRCLE(83.63, 22.01, 0.1)) OR "
            "s_region IS NULL AND 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(83.63, "
            "22.01, 0.1)))"
        ),
        "  AND LOWER(dataproduct_subtype) = 'dl4'",
    ],
    "cone: across 0/360": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE (1 = INTERSECTS(s_region, CIRCLE(0.2, 10, 0.4)) OR s_region IS "
            "NULL AND 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(0.2, 10, 0.4)))"
        ),
    ],
    "cone: at a pole": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE (1 = INTERSECTS(s_region, CIRCLE(300, 89.9, 0.5)) OR s_region "
            "IS NULL AND 1 = CONTAINS(POINT(s_ra, s_dec), CIRCLE(300, 89.9, 0.5)))"
        ),
    ],
    "ObsCore: a target at a time": [
        "SELECT * FROM ivoa.obscore",
        "WHERE (t_min <= 61020.04 AND t_max >= 61020.03)",
        "  AND target_name = 'Crab Nebula'",
    ],
    "ObsCore: a region of the sky": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE (1 = INTERSECTS(s_region, POLYGON(80, 15, 85, 15, 90, 15, 95, "
            "15, 95, 25, 90, 25, 85, 25, 80, 25)) OR s_region IS NULL AND 1 = "
            "CONTAINS(POINT(s_ra, s_dec), POLYGON(80, 15, 85, 15, 90, 15, 95, 15, "
            "95, 25, 90, 25, 85, 25, 80, 25)))"
        ),
    ],
    "ObsCore: above 51 TeV": [
        "SELECT * FROM ivoa.obscore",
        "WHERE em_min <= 2.4310627143764756e-20",
    ],
    "optional: public data of all blazars": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(data_rights) = 'public'",
        "  AND LOWER(target_class) = 'bllac'",
    ],
    "optional: a proposal": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(proposal_id) = 'dco-2025-002'",
    ],
    "ObsConfig: includes LSTs": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(sub_array_name) LIKE '%lst%'",
    ],
    "ObsConfig: a target without divergent pointing": [
        "SELECT * FROM ivoa.obscore NATURAL JOIN ivoa.obscore_hea",
        "WHERE target_name = 'Galactic Plane l=190'",
        "  AND LOWER(pointing_mode) <> 'divergent'",
    ],
    "provenance: a pipeline's version and a target": [
        "SELECT * FROM ivoa.obscore",
        "WHERE target_name = 'Crab Nebula'",
        (
            "  AND obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'reco_version' AND keyword_value = "
            "'0.19.0')"
        ),
        (
            "  AND obs_publisher_did NOT IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'reco_version' AND NOT "
            "keyword_value = '0.19.0' AND obs_publisher_did IS NOT NULL)"
        ),
    ],
    "provenance: a method of reconstruction": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'reco_method' AND keyword_value = "
            "'ImPACTReconstructor')"
        ),
    ],
    "provenance: loose cuts": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'applied_cuts' AND keyword_value = "
            "'loose')"
        ),
    ],
    "provenance: one calibration version only": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'calib_version' AND keyword_value "
            "= '0.24.0')"
        ),
        (
            "  AND obs_publisher_did NOT IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'calib_version' AND NOT "
            "keyword_value = '0.24.0' AND obs_publisher_did IS NOT NULL)"
        ),
    ],
    "provenance: not with the bad calibration file": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(obs_collection) LIKE 'dco%'",
        (
            "  AND obs_publisher_did NOT IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'calib_file' AND keyword_value = "
            "'/data/dca/CAL/20251210/camcal96003_LAMP_OFF.h5' AND "
            "obs_publisher_did IS NOT NULL)"
        ),
    ],
    "provenance: mixed versions": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'reco_version' AND state = 'mixed')"
        ),
    ],
    "provenance: unknown": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(obs_collection) LIKE 'dco%'",
        (
            "  AND obs_publisher_did NOT IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'reco_version' AND "
            "obs_publisher_did IS NOT NULL)"
        ),
    ],
    "managers: all of a run": [
        "SELECT * FROM ivoa.obscore",
        "WHERE LOWER(obs_id) = '26004'",
    ],
    "managers: all of a pipeline's version": [
        "SELECT * FROM ivoa.obscore",
        (
            "WHERE obs_publisher_did IN (SELECT obs_publisher_did FROM "
            "provenance.keyword WHERE keyword = 'pipeline_version' AND "
            "keyword_value = '0.18.0')"
        ),
    ],
}
"""The query that asks the same, as tables of TAP have it: regions as ADQL 2.1 writes them."""


@pytest.fixture(scope="module", name="client")
def _client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    del engine
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder / "files")
    with archive_at(folder) as client:
        client.timeout = httpx.Timeout(60.0)
        for file in sorted((folder / "files").iterdir()):
            _take(client, file)
        told = client.put("/api/v1/obscore?name=far.csv", content=FAR_TABLE)
        assert told.status_code == 201, told.text
        yield client


def _take(client: httpx.Client, file: Path) -> None:
    if file.name == "README.md":
        return
    if file.name.startswith("obscore"):
        told = client.put(f"/api/v1/obscore?name={file.name}", content=file.read_bytes())
    else:
        told = client.post("/api/v1/documents", content=file.read_bytes())
    assert told.status_code == 201, told.text


def short(items: Iterable[Mapping[str, str]]) -> set[str]:
    return {item["obs_publisher_did"].removeprefix(IVO) for item in items}


@pytest.mark.parametrize("name", CASES)
def test_over_http(client: httpx.Client, name: str) -> None:
    asked, found = CASES[name]
    answer = client.get("/api/v1/search", params={**asked, "limit": "100"})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert short(told["items"]) == found
    assert told["total"] == len(found)
    assert told["adql"] == "\n".join(ADQL[name])


@pytest.mark.parametrize("name", CASES)
def test_by_the_command(client: httpx.Client, name: str) -> None:
    asked, found = CASES[name]
    options = [part for key, value in asked.items() for part in _option(key, str(value))]
    done = provstore("search", *options, "--json", "--url", str(client.base_url))
    assert done.returncode == 0, done.stderr
    assert short(json.loads(done.stdout)["items"]) == found


def _option(name: str, value: str) -> list[str]:
    return [f"--{value}"] if name == "match" else [f"--{name.replace('_', '-')}", value]


def test_from_an_image_back_to_the_selected_events(client: httpx.Client) -> None:
    answer = client.get(
        "/api/v1/lineage", params={"ID": IVO + "dl4-crab-map", "stop": "DL3", "agents": "hide"}
    )
    found = {
        node["obs_publisher_did"].removeprefix(IVO)
        for node in answer.json()["nodes"]
        if node["level"] == "DL3"
    }
    assert found == runs(range(26004, 26009), "dl3-{}-standard")
