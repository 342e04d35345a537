"""Lineage, impact, gaps and elements over HTTP."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.served import archive_at

pytestmark = pytest.mark.usefixtures("engine")

EX = "https://example.org/"
HOSTILE = [
    "it's",
    'say "x"',
    "two words",
    "line\nbreak",
    "<script>alert(1)</script>",
    "a'; DROP TABLE element; --",
    "`}) DETACH DELETE n //",
    "50%_\\",
    "数据",
    "a+b&c=d#e?f",
    "%41",
]
NODE_KEYS = {
    *("id", "same", "name", "kind", "kinds", "class", "level", "level_from", "complete", "depth"),
    *("steps", "declared", "obs_publisher_did", "obs_id", "target_name", "attributes"),
}


def _chain() -> dict[str, Any]:
    """raw -> calibrate -> events -> analyse -> spectrum, calibrate with an agent and a name."""
    return {
        "prefix": {"ex": EX},
        "entity": {"ex:raw": {}, "ex:events": {}, "ex:spectrum": {"ex:unit": ["TeV", "erg"]}},
        "activity": {"ex:calibrate": {"prov:label": "calibrate"}, "ex:analyse": {}},
        "agent": {"ex:observer": {}},
        "used": {
            "_:u1": {"prov:activity": "ex:calibrate", "prov:entity": "ex:raw"},
            "_:u2": {"prov:activity": "ex:analyse", "prov:entity": "ex:events"},
        },
        "wasGeneratedBy": {
            "_:g1": {"prov:entity": "ex:events", "prov:activity": "ex:calibrate"},
            "_:g2": {"prov:entity": "ex:spectrum", "prov:activity": "ex:analyse"},
        },
        "wasAssociatedWith": {
            "_:a1": {"prov:activity": "ex:calibrate", "prov:agent": "ex:observer"}
        },
    }


@pytest.fixture(scope="module")
def client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("lineage")) as client:
        hostile = {
            "prefix": {"ex": EX},
            "entity": {f"ex:{name}": {} for name in HOSTILE},
            "wasDerivedFrom": {
                f"_:d{number}": {
                    "prov:generatedEntity": "ex:spectrum",
                    "prov:usedEntity": "ex:" + n,
                }
                for number, n in enumerate(["never described"])
            },
        }
        for document in (_chain(), hostile):
            answer = client.post("/api/v1/documents", content=json.dumps(document))
            assert answer.status_code == 201, answer.text
        yield client


def _lineage(client: httpx.Client, **parameters: str) -> httpx.Response:
    return client.get("/api/v1/lineage", params=parameters)


def _names(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {node["id"].removeprefix(EX) for node in answer.json()["nodes"]}


def test_without_a_bound_everything_is_answered(client: httpx.Client) -> None:
    answer = _lineage(client, ID=EX + "spectrum")
    assert _names(answer) == {
        *("spectrum", "analyse", "events", "calibrate", "raw", "observer", "never described")
    }
    told = answer.json()
    assert told["roots"] == [EX + "spectrum"]
    assert (told["direction"], told["cut"], told["notes"]) == ("back", None, [])
    assert answer.headers["provstore-engine"] == told["engine"] == "catalogue"
    assert "provstore-cut" not in answer.headers
    assert answer.headers["vary"] == "Accept"


def test_nodes_and_edges_have_their_fixed_names(client: httpx.Client) -> None:
    told = _lineage(client, ID=EX + "spectrum").json()
    assert all(set(node) >= NODE_KEYS for node in told["nodes"])
    assert all(set(edge) >= {"kind", "from", "to", "role", "time", "id"} for edge in told["edges"])
    edge = {key: told["edges"][0][key] for key in ("kind", "from", "to")}
    assert edge in [
        {"kind": "wasGeneratedBy", "from": EX + "spectrum", "to": EX + "analyse"},
        {"kind": "wasDerivedFrom", "from": EX + "spectrum", "to": EX + "never described"},
    ]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        # an activity has the steps of the results that led to it
        (
            {"steps": "1"},
            {"spectrum", "analyse", "events", "never described", "calibrate", "observer"},
        ),
        ({"depth": "1"}, {"spectrum", "analyse", "never described"}),
        ({"depth": "0"}, {"spectrum"}),
        ({"steps": "0", "via": "activity"}, {"spectrum", "analyse"}),
        ({"via": "derivation"}, {"spectrum", "never described"}),
        (
            {"agents": "hide", "via": "activity"},
            {"spectrum", "analyse", "events", "calibrate", "raw"},
        ),
        (
            {"stop": "calibrate", "via": "activity", "agents": "hide"},
            {
                "spectrum",
                "analyse",
                "events",
                "calibrate",
            },
        ),
        ({"direction": "forth"}, {"spectrum"}),
    ],
)
def test_each_parameter_bounds_the_answer(
    client: httpx.Client, parameters: dict[str, str], expected: set[str]
) -> None:
    assert _names(_lineage(client, ID=EX + "spectrum", **parameters)) == expected


def test_both_directions_are_one_answer(client: httpx.Client) -> None:
    found = _names(_lineage(client, ID=EX + "events", direction="both", agents="hide"))
    assert found == {"events", "calibrate", "raw", "analyse", "spectrum"}


def test_a_limit_cuts_and_says_so(client: httpx.Client) -> None:
    answer = _lineage(client, ID=EX + "spectrum", limit="2")
    assert len(answer.json()["nodes"]) == 2
    assert answer.json()["cut"] == answer.headers["provstore-cut"]
    assert "limit" in answer.headers["provstore-cut"]
    picture = _lineage(client, ID=EX + "spectrum", limit="2", format="svg")
    assert picture.headers["provstore-cut"] == answer.headers["provstore-cut"]


@pytest.mark.parametrize("name", HOSTILE)
def test_an_identifier_is_data_whatever_it_holds(client: httpx.Client, name: str) -> None:
    for path in ("/api/v1/lineage", "/api/v1/elements", "/provsap"):
        answer = client.get(path, params={"ID": EX + name})
        assert answer.status_code == 200, answer.text
    told = client.get("/api/v1/elements", params={"ID": EX + name}).json()
    assert told["id"] == EX + name


@pytest.mark.parametrize(
    ("asked", "accept", "media_type"),
    [
        (None, None, "application/json"),
        (None, "*/*", "application/json"),
        (None, "text/csv", "text/csv; charset=utf-8; header=present"),
        (None, "image/svg+xml, */*;q=0.1", "image/svg+xml"),
        ("prov-n", "image/svg+xml", "text/provenance-notation; charset=utf-8"),
        ("csv", None, "text/csv; charset=utf-8; header=present"),
        ("image/svg+xml", None, "image/svg+xml"),
    ],
)
def test_format_wins_over_accept(
    client: httpx.Client, asked: str | None, accept: str | None, media_type: str
) -> None:
    parameters = {"ID": EX + "spectrum"} | ({} if asked is None else {"format": asked})
    headers = {} if accept is None else {"Accept": accept}
    answer = client.get("/api/v1/lineage", params=parameters, headers=headers)
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


def test_w3c_is_the_flavour_unless_ivoa_is_asked_for(client: httpx.Client) -> None:
    document = {
        "prefix": {"ex": EX, "voprov": "http://www.ivoa.net/documents/ProvenanceDM/index.html#"},
        "entity": {
            "ex:dataset": {
                "prov:type": {"$": "voprov:DatasetEntity", "type": "prov:QUALIFIED_NAME"}
            }
        },
    }
    client.post("/api/v1/documents", content=json.dumps(document))
    asked = {"ID": EX + "dataset", "format": "prov-json"}
    assert "entity" in _lineage(client, **asked).json()
    assert "datasetEntity" in _lineage(client, **asked, model="IVOA").json()


def test_a_summary_counts_by_kind_and_level(client: httpx.Client) -> None:
    answer = _lineage(client, ID=EX + "spectrum", summary="true", via="activity")
    told = answer.json()
    assert (told["nodes"], told["edges"]) == (6, 5)
    assert told["kinds"] == {"activity": 2, "agent": 1, "entity": 3}
    assert told["levels"] == {"unknown": 3}
    assert "attributes" not in answer.text
    refused = _lineage(client, ID=EX + "spectrum", summary="true", format="svg")
    assert refused.status_code == 400


def test_an_unknown_identifier_is_not_found(client: httpx.Client) -> None:
    answer = _lineage(client, ID="ivo://nowhere/x")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-identifier")
    assert "ivo://nowhere/x" in answer.json()["detail"]


def test_an_unknown_identifier_beside_a_known_one_is_a_note(client: httpx.Client) -> None:
    ids = httpx.QueryParams([("ID", EX + "raw"), ("id", "ivo://nowhere/x\n数")])
    answer = client.get("/api/v1/lineage", params=ids)
    assert answer.status_code == 200
    assert "ivo://nowhere/x" in answer.json()["notes"][0]
    assert "ivo://nowhere/x" in answer.headers["provstore-note"]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("", "ID"),
        ("ID=x&steps=1&depth=1", "depth"),
        ("ID=x&steps=-1", "steps"),
        ("ID=x&direction=BACK", "direction"),
        ("ID=x&format=pdf", "format"),
        ("ID=x&format=", "format"),
        ("ID=x&via=agent", "via"),
        ("ID=x&limit=0", "limit"),
        ("ID=x&model=OPM", "model"),
        ("ID=x&depht=1", "depht"),
        ("ID=x&steps=1&steps=1", "steps"),
    ],
)
def test_bad_parameters_are_named(client: httpx.Client, query: str, name: str) -> None:
    answer = client.get(f"/api/v1/lineage?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")
    assert answer.json()["detail"].startswith(f"{name}=")


def test_impact_is_a_list_of_datasets_with_counts(client: httpx.Client) -> None:
    answer = client.get("/api/v1/impact", params={"ID": EX + "raw"})
    told = answer.json()
    assert {node["id"] for node in told["items"]} == {EX + "events", EX + "spectrum"}
    assert (told["total"], told["next"]) == (2, None)
    assert told["counts"] == {"unknown": 2}
    assert told["activities"] == 2
    assert answer.headers["provstore-engine"] == "catalogue"
    cut = client.get("/api/v1/impact", params={"ID": EX + "raw", "limit": "1"})
    assert (len(cut.json()["items"]), cut.json()["total"]) == (1, 2)
    assert cut.headers["provstore-cut"] == cut.json()["cut"] == "limit=1"


def test_gaps_are_read_page_by_page(client: httpx.Client) -> None:
    found: dict[str, str] = {}
    url: str = "/api/v1/gaps?limit=1"
    while url:
        page = client.get(url).json()
        assert len(page["items"]) <= 1
        found |= {item["id"].removeprefix(EX): item["reason"] for item in page["items"]}
        url = page["next"] or ""
    assert found["raw"] == "no-generation"
    assert found["never described"] == "undeclared"
    assert "events" not in found


def test_an_element_has_its_attributes_as_a_list(client: httpx.Client) -> None:
    told = client.get("/api/v1/elements", params={"ID": EX + "spectrum"}).json()
    assert set(told) >= NODE_KEYS | {"aliases", "asserted_by"}
    string = "http://www.w3.org/2001/XMLSchema#string"
    assert sorted(told["attributes"], key=lambda pair: str(pair["value"])) == [
        {"name": EX + "unit", "value": value, "datatype": string, "language": None}
        for value in ("TeV", "erg")
    ]
    assert {"kind": "iri", "value": EX + "spectrum"} in told["aliases"]
    assert len(told["asserted_by"]) >= 1


def test_elements_are_asked_one_at_a_time(client: httpx.Client) -> None:
    answer = client.get("/api/v1/elements", params=[("ID", EX + "raw"), ("ID", EX + "events")])
    assert answer.status_code == 400
