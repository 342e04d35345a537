"""Datasets are found over HTTP, and the keywords by which they are."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from support import found
from support.found import IVO
from support.served import archive_at

from provstore.model.obscore import COLUMNS

pytestmark = pytest.mark.usefixtures("engine")

Parameters = dict[str, str | list[str]]


@pytest.fixture(scope="module")
def client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("found")) as client:
        fill(client)
        yield client


def fill(client: httpx.Client) -> None:
    told = client.post("/api/v1/documents", content=found.DOCUMENT)
    assert told.status_code == 201, told.text
    told = client.put("/api/v1/obscore?name=t.csv", content=found.TABLE)
    assert told.status_code == 201, told.text


def search(client: httpx.Client, **parameters: str | list[str]) -> dict[str, Any]:
    answer = client.get("/api/v1/search", params=parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    told: dict[str, Any] = answer.json()
    return told


def names(told: dict[str, Any]) -> list[str]:
    return [item["obs_publisher_did"].removeprefix(IVO) for item in told["items"]]


def test_an_answer_has_its_fixed_names(client: httpx.Client) -> None:
    told = search(client, obs_id="crab4", facet=["reco_version", "data_rights"])
    assert set(told) == {"items", "total", "next", "facets", "adql", "notes"}
    [item] = told["items"]
    assert set(item) == {column.name for column in COLUMNS} | {"keywords", "complete"}
    assert item["t_max"] == 60001.02
    assert item["calib_level"] == 4
    assert item["pointing_mode"] is None
    assert item["complete"] is True
    assert item["keywords"] == {
        "applied_cuts": {"state": "single", "values": ["loose"]},
        "reco_version": {"state": "mixed", "values": ["0.19", "0.9"]},
    }
    assert told["facets"] == [
        {
            "name": "reco_version",
            "values": [{"value": "0.19", "count": 1}, {"value": "0.9", "count": 1}],
            "mixed": 1,
            "unknown": 0,
        },
        {
            "name": "data_rights",
            "values": [{"value": "secure", "count": 1}],
            "mixed": 0,
            "unknown": 0,
        },
    ]
    assert (told["total"], told["next"], told["notes"]) == (1, None, [])
    assert told["adql"] == "SELECT * FROM ivoa.obscore\nWHERE LOWER(obs_id) = 'crab4'"


CRAB = ["crab1", "crab2", "crab4"]
ASKED: list[tuple[Parameters, list[str]]] = [
    ({}, ["crab1", "crab2", "crab4", "empty", "pks3"]),
    ({"target": "crab nebula"}, CRAB),
    ({"TARGET": "crab nebula", "Level": "dl4"}, ["crab4"]),
    ({"target": ["PKS2155-304", "Crab Nebula"]}, [*CRAB, "pks3"]),
    ({"level": "DL4"}, ["crab4"]),
    ({"collection": "dco", "type": "spectrum"}, ["crab4"]),
    ({"obs_id": "pks3"}, ["pks3"]),
    ({"proposal_id": "P1"}, ["crab1", "crab4"]),
    ({"data_rights": "public", "target_class": "blazar"}, ["pks3"]),
    ({"sub_array": "LST"}, ["crab1", "pks3"]),
    ({"sub_array": "lst"}, ["crab1", "pks3"]),
    ({"pointing_mode": "divergent"}, ["crab2"]),
    ({"where": "pointing_mode!=divergent"}, ["crab1", "pks3"]),
    ({"where": ["t_min >= 60001", "calib_level < 4"]}, ["crab2", "pks3"]),
    ({"exclude": "pointing_mode=divergent", "target": "Crab Nebula"}, ["crab1", "crab4"]),
    ({"keyword": "reco_version>=0.19"}, ["crab2", "crab4", "pks3"]),
    ({"keyword": "reco_version>=0.19", "match": "all"}, ["crab2", "pks3"]),
    ({"keyword": "reco_version=mixed"}, ["crab4"]),
    ({"keyword": ["reco_version=0.19", "applied_cuts=standard"]}, ["pks3"]),
    ({"exclude": "reco_version=0.9"}, ["crab2", "empty", "pks3"]),
    # positions: of each form, near and not near
    ({"pos": "CIRCLE 83.63 22.01 0.1"}, CRAB),
    ({"pos": "CIRCLE 83.63 25.0 0.4"}, []),
    ({"pos": "CIRCLE 83.63 25.0 0.6"}, CRAB),
    ({"pos": "83.63,22.01"}, CRAB),
    ({"pos": "83.63,22.01", "radius": "1"}, CRAB),
    ({"pos": "05:34:31.9 +22:00:52"}, CRAB),
    ({"pos": "83.63,28.0", "radius": "4"}, CRAB),
    ({"pos": "RANGE 320 340 -40 -20"}, ["pks3"]),
    ({"pos": "RANGE 320 340 -Inf 0"}, ["pks3"]),
    ({"pos": "RANGE 320 90 -90 90"}, [*CRAB, "pks3"]),
    ({"pos": "RANGE 90 320 -90 90"}, []),
    ({"pos": "RANGE -Inf +Inf -90 90"}, [*CRAB, "pks3"]),
    ({"pos": "POLYGON 82 20 85 20 85 24 82 24"}, CRAB),
    ({"pos": ["83.63 22.01", "329.72 -30.23"]}, [*CRAB, "pks3"]),
    ({"box": "83.63,22.01,1,1"}, CRAB),
    ({"box": "329.72,-30.23,1,1", "pos": "0,0"}, ["pks3"]),
    # MJD 60000 is 2023-02-25
    ({"time": "60000/60000.5"}, ["crab1", "crab4"]),
    ({"time": "2023-02-26"}, ["crab2", "crab4"]),
    ({"time": "2023-02-27T12:00:00/"}, ["pks3"]),
    ({"time": "/2023-02-25T00:00:00"}, ["crab1", "crab4"]),
    ({"time": ["60001.01", "60002.51"]}, ["crab2", "crab4", "pks3"]),
    ({"simultaneous": IVO + "crab1"}, ["crab4"]),
    ({"simultaneous": IVO + "crab4"}, ["crab1", "crab2"]),
    ({"simultaneous": "60001.0/60002"}, ["crab2", "crab4"]),
    ({"simultaneous": IVO + "crab4", "time": "60001/"}, ["crab2"]),
    # 100 TeV are 1.24e-20 m, 10 TeV 1.24e-19 m, 0.1 TeV 1.24e-17 m
    ({"energy": "50 TeV/"}, [*CRAB, "pks3"]),
    ({"energy": "/1 TeV"}, ["crab1", "crab2", "pks3"]),
    ({"energy": "101 TeV/"}, []),
    ({"energy": "1/5 TeV"}, ["crab1", "crab2", "pks3"]),
    ({"energy": "1e-18 m"}, ["crab1", "crab2", "pks3"]),
    # 1e28 Hz are 41 TeV
    ({"energy": "1e28 Hz"}, [*CRAB, "pks3"]),
]


@pytest.mark.parametrize(("parameters", "expected"), ASKED)
def test_each_parameter_finds_what_fits(
    client: httpx.Client, parameters: Parameters, expected: list[str]
) -> None:
    told = search(client, **parameters)
    assert names(told) == expected
    assert told["total"] == len(expected)
    assert told["adql"].startswith("SELECT * FROM ivoa.obscore")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (["t_min"], ["crab1", "crab4", "crab2", "pks3", "empty"]),
        (["-t_min", "obs_id"], ["pks3", "crab2", "crab1", "crab4", "empty"]),
        (["-obs_publisher_did"], ["pks3", "empty", "crab4", "crab2", "crab1"]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
def test_the_pages_of_any_size_are_the_whole(
    client: httpx.Client, order: list[str], expected: list[str], limit: int
) -> None:
    told = search(client, order=order, limit=str(limit), where="calib_level>0")
    seen = names(told)
    while told["next"] is not None:
        assert len(told["items"]) == limit
        assert told["total"] == 5
        answer = client.get(told["next"])
        assert answer.status_code == 200, answer.text
        told = answer.json()
        seen += names(told)
    assert seen == expected


HOSTILE = [
    "it's",
    'say "x"',
    "a'; DROP TABLE obscore; --",
    "50%_\\",
    "%",
    "_",
    "*",
    "' OR '1'='1",
    "x\x1f\x7f",
    "数据",
    "<script>alert(1)</script>",
    "\\",
    "LIKE '%'",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_name_of_anything_finds_nothing(client: httpx.Client, text: str) -> None:
    for parameters in (
        {"target": text},
        {"obs_id": text},
        {"where": f"obs_title={text}"},
        {"where": f"obs_title~{text}"},
        {"keyword": f"applied_cuts=x{text}"},
        {"keyword": f"applied_cuts~x{text}"},
    ):
        assert search(client, **parameters)["items"] == []
    literal = search(client, level=text)["adql"].splitlines()[-1]
    told = text.lower().replace("'", "''")
    assert literal == f"WHERE LOWER(dataproduct_subtype) = '{told}'"


def test_percent_and_underscore_mean_themselves(client: httpx.Client) -> None:
    assert names(search(client, proposal_id="100%_sure")) == ["pks3"]
    assert names(search(client, where="proposal_id~*%_s*")) == ["pks3"]
    assert names(search(client, sub_array="%")) == []
    assert names(search(client, sub_array="_")) == []


LONG = "x" * 10_000


@pytest.mark.parametrize(
    ("parameters", "name", "value", "allowed"),
    [
        ({"target": LONG}, "target", LONG, "2000 characters"),
        ({"target": "a\0b"}, "target", "a\0b", "NUL"),
        ({"target": ""}, "target", "", "characters"),
        ({"where": "target_name=" + LONG}, "where", "target_name=" + LONG, "2000 characters"),
        ({"where": "target_name=a\0"}, "where", "target_name=a\0", "NUL"),
        ({"where": "target_name"}, "where", "target_name", "one of ="),
        ({"where": "=3"}, "where", "=3", "a name"),
        ({"where": "t_min="}, "where", "t_min=", "a value"),
        ({"where": 'target_name="a'}, "where", 'target_name="a', "double quotes"),
        ({"where": "target_name!=unknown"}, "where", "target_name!=unknown", "after ="),
        ({"where": "targetname=x"}, "where", "targetname", "target_name"),
        ({"where": "t_min>NaN"}, "where", "t_min>NaN", "finite"),
        ({"where": "t_min>inf"}, "where", "t_min>inf", "finite"),
        ({"where": "t_min>1_000"}, "where", "t_min>1_000", "finite"),
        ({"where": "'; DROP TABLE obscore=1"}, "where", "'; DROP TABLE obscore", "a column"),
        ({"keyword": "reco_versio>=0.19"}, "keyword", "reco_versio", "did you mean reco_version"),
        ({"keyword": LONG + "=1"}, "keyword", LONG + "=1", "2000 characters"),
        ({"keyword": "reco_version=*"}, "keyword", "reco_version=*", "asked for with ~"),
        ({"keyword": "gammaness_min>nan"}, "keyword", "gammaness_min>nan", "number"),
        ({"exclude": "nothing=1"}, "exclude", "nothing", "known are"),
        ({"match": "some"}, "match", "some", "any, all"),
        ({"pos": "nowhere"}, "pos", "nowhere", "CIRCLE ra dec radius"),
        ({"pos": "CIRCLE 83 22 -1"}, "pos", "CIRCLE 83 22 -1", "radius -1"),
        ({"pos": "CIRCLE 83 22 NaN"}, "pos", "CIRCLE 83 22 NaN", "CIRCLE"),
        ({"pos": "CIRCLE 83 122 1"}, "pos", "CIRCLE 83 122 1", "declination"),
        ({"pos": "POLYGON 1 1 2 2"}, "pos", "POLYGON 1 1 2 2", "at least 3 points"),
        ({"pos": "RANGE 20 30 1 0"}, "pos", "RANGE 20 30 1 0", "above"),
        ({"pos": "CIRCLE GALACTIC 1 1 1"}, "pos", "CIRCLE GALACTIC 1 1 1", "GALACTIC"),
        ({"pos": "361,0"}, "pos", "361,0", "right ascension"),
        ({"pos": "1,1", "radius": "-1"}, "radius", "-1", "0 to 180"),
        ({"pos": "1,1", "radius": "nan"}, "radius", "nan", "0 to 180"),
        ({"pos": "1,1", "radius": "wide"}, "radius", "wide", "0 to 180"),
        ({"radius": "1"}, "radius", "1", "pos=ra,dec"),
        ({"pos": "CIRCLE 1 1 1", "radius": "2"}, "radius", "2", "pos=ra,dec"),
        ({"box": "1,1,1"}, "box", "1,1,1", "ra,dec,width,height"),
        ({"time": "soon"}, "time", "soon", "ISO 8601"),
        ({"time": "60001/60000"}, "time", "60001/60000", "not after"),
        ({"time": "/"}, "time", "/", "ISO 8601"),
        ({"time": "nan/"}, "time", "nan/", "ISO 8601"),
        ({"time": "1e999/"}, "time", "1e999/", "ISO 8601"),
        ({"time": "2023-02-30"}, "time", "2023-02-30", "ISO 8601"),
        ({"simultaneous": IVO + "nobody"}, "simultaneous", IVO + "nobody", "obs_publisher_did"),
        ({"simultaneous": IVO + "empty"}, "simultaneous", IVO + "empty", "tells its times"),
        (
            {"simultaneous": IVO + "crab1", "time": "60002/"},
            "simultaneous",
            IVO + "crab1",
            "overlaps",
        ),
        ({"energy": "50"}, "energy", "50", "unit"),
        ({"energy": "-1 TeV/"}, "energy", "-1 TeV/", "50 TeV/"),
        ({"energy": "nan TeV"}, "energy", "nan TeV", "50 TeV/"),
        ({"energy": "5 furlong"}, "energy", "5 furlong", "50 TeV/"),
        ({"order": "brightness"}, "order", "brightness", "a column"),
        ({"facet": "brightness"}, "facet", "brightness", "a column"),
        ({"limit": "0"}, "limit", "0", "from 1"),
        ({"limit": "1001"}, "limit", "1001", "1000"),
        ({"cursor": "x"}, "cursor", "x", "next"),
        ({"format": "xls"}, "format", "xls", "json"),
        ({"level": ["DL3", "DL4"]}, "level", "DL4", "once only"),
        ({"colour": "red"}, "colour", "red", "target"),
    ],
)  # fmt: skip
def test_a_value_that_is_not_allowed_is_told_with_what_is(
    client: httpx.Client, parameters: Parameters, name: str, value: str, allowed: str
) -> None:
    answer = client.get("/api/v1/search", params=parameters)
    assert answer.status_code == 400, answer.text
    problem = answer.json()
    assert problem["code"] == "bad-parameter"
    detail = problem["detail"]
    assert detail.startswith(f"{name}={value[:200]!r} is not allowed: ")
    assert allowed in detail


def test_a_next_page_asks_the_same(client: httpx.Client) -> None:
    told = search(client, target="crab nebula", limit="1", facet="data_rights", order="-t_max")
    asked = parse_qsl(urlsplit(told["next"]).query)
    assert asked[:-1] == [
        ("target", "crab nebula"),
        ("limit", "1"),
        ("facet", "data_rights"),
        ("order", "-t_max"),
    ]
    assert asked[-1][0] == "cursor"


def test_all_keywords_that_the_data_have_are_told(client: httpx.Client) -> None:
    told = client.get("/api/v1/keywords").json()
    assert (told["total"], told["next"]) == (2, None)
    cuts, version = told["items"]
    assert cuts == {
        "name": "applied_cuts",
        "type": "text",
        "unit": "",
        "ucd": "meta.code",
        "description": "Which cuts selected the events, DL2 to DL3",
        "origin": [
            "parameter applied_cuts of any activity",
            "attribute EV_CLASS of an entity",
            "attribute applied_cuts of an entity",
        ],
        "values": [{"value": "loose", "count": 3}, {"value": "standard", "count": 1}],
        "kept": True,
        "least": None,
        "most": None,
        "mixed": 0,
        "unknown": 1,
        "collections": [{"value": "DCO", "count": 4}],
        "levels": [{"value": "DL3", "count": 3}, {"value": "DL4", "count": 1}],
        "types": [{"value": "event", "count": 3}, {"value": "spectrum", "count": 1}],
    }
    assert version["name"] == "reco_version"
    assert version["type"] == "version"
    assert version["values"] == [{"value": "0.19", "count": 3}, {"value": "0.9", "count": 2}]
    assert (version["least"], version["most"]) == ("0.9", "0.19")
    assert (version["mixed"], version["unknown"]) == (1, 1)
    assert version["origin"][0] == "version of the activity ctapipe-process that made DL2"


def test_keywords_are_counted_under_the_conditions_given(client: httpx.Client) -> None:
    parameters = {"target": "PKS 2155-304", "keyword": "reco_version>=0.19"}
    told = client.get("/api/v1/keywords", params=parameters).json()
    cuts, version = told["items"]
    assert cuts["values"] == [{"value": "standard", "count": 1}]
    assert version["values"] == [{"value": "0.19", "count": 1}]
    assert (version["mixed"], version["unknown"]) == (0, 0)
    answer = client.get("/api/v1/keywords", params={"keyword": "reco_versio=1"})
    assert answer.status_code == 400
    assert "did you mean reco_version" in answer.json()["detail"]


def test_an_archive_without_datasets_finds_none(
    tmp_path_factory: pytest.TempPathFactory, engine: str
) -> None:
    with archive_at(tmp_path_factory.mktemp("nothing")) as client:
        told = search(client, target="Crab", keyword="reco_version=1", facet="reco_version")
        assert (told["items"], told["total"], told["next"]) == ([], 0, None)
        assert told["facets"] == [{"name": "reco_version", "values": [], "mixed": 0, "unknown": 0}]
        told = client.get("/api/v1/keywords").json()
        assert (told["items"], told["total"]) == ([], 0)


def test_records_lead_to_datalink_where_so_set(
    tmp_path_factory: pytest.TempPathFactory, engine: str
) -> None:
    with archive_at(tmp_path_factory.mktemp("linked"), access_by_datalink=True) as client:
        row = {**found.ROWS[0], "access_url": "https://example.org/1.fits", "access_estsize": 7}
        client.put("/api/v1/obscore?name=t.csv", content=found.table_of(row))
        [item] = search(client)["items"]
        base = str(client.base_url).rstrip("/")
        assert (
            item["access_url"] == f"{base}/datalink/links?ID=ivo%3A%2F%2Fexample.org%2Fdco%3Fcrab1"
        )
        assert item["access_format"] == "application/x-votable+xml;content=datalink"
        assert item["access_estsize"] is None


def test_the_interface_is_documented(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    taken = {parameter["name"] for parameter in paths["/api/v1/search"]["get"]["parameters"]}
    assert {"target", "where", "keyword", "exclude", "match", "pos", "time", "order"} <= taken
    assert json.dumps(paths["/api/v1/keywords"]["get"]).count('"cursor"') == 0
