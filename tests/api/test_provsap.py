"""ProvSAP over HTTP: the worked figure of the draft, the vectors of django-prov_vo, errors.

The graphs and what is expected of them are written by hand, from the draft of 2017 and from what
the demonstrator's tests ask.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from support.served import archive_at

pytestmark = pytest.mark.usefixtures("engine")

EX = "https://example.org/fig/"

FIGURE_USED = ["A1 E1", "A4 E2", "A4 E3", "A4 C1", "A5 E6", "AF1 E6", "A6 E10", "A7 C3"]
FIGURE_GENERATED = ["E2 A1", "E3 A2", "C1 A3", "E6 A4", "C2 A4", "E10 A5", "C3 A5"]
FIGURE_MEMBERS = ["C2 E6", "C2 E7", "C2 E8", "C2 E9", "C1 E4", "C1 E5", "C3 E11", "C3 C4", "C3 E12"]
PAIRS = {
    "used": ("prov:activity", "prov:entity"),
    "wasGeneratedBy": ("prov:entity", "prov:activity"),
    "wasDerivedFrom": ("prov:generatedEntity", "prov:usedEntity"),
    "wasInformedBy": ("prov:informed", "prov:informant"),
    "hadMember": ("prov:collection", "prov:entity"),
    "hadStep": ("voprov:activityFlow", "voprov:activity"),
    "wasAssociatedWith": ("prov:activity", "prov:agent"),
    "wasAttributedTo": ("prov:entity", "prov:agent"),
    "wasInfluencedBy": ("prov:influencee", "prov:influencer"),
}


def _relations(section: str, pairs: Iterable[str]) -> dict[str, dict[str, str]]:
    first, second = PAIRS[section]
    told = (pair.split() for pair in pairs)
    return {
        f"_:{section}{number}": {first: f"ex:{left}", second: f"ex:{right}"}
        for number, (left, right) in enumerate(told)
    }


def _document(entities: str, activities: str, agents: str, **relations: list[str]) -> bytes:
    document: dict[str, Any] = {
        "prefix": {"ex": EX},
        "entity": {f"ex:{name}": {} for name in entities.split()},
        "activity": {f"ex:{name}": {} for name in activities.split()},
        "agent": {f"ex:{name}": {} for name in agents.split()},
    }
    for section, pairs in relations.items():
        document[section] = _relations(section, pairs)
    return json.dumps(document).encode()


FIGURE = _document(
    "E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11 E12 C1 C2 C3 C4",
    "A1 A2 A3 A4 A5 A6 A7 AF1",
    "Ag1 Ag2 Ag3 Ag4",
    used=FIGURE_USED,
    wasGeneratedBy=FIGURE_GENERATED,
    wasDerivedFrom=["E6 E2", "E2 E1"],
    wasInformedBy=["A6 A5"],
    hadMember=FIGURE_MEMBERS,
    hadStep=["AF1 A5", "AF1 A6"],
    wasAssociatedWith=["A4 Ag2", "A3 Ag1", "A7 Ag4"],
    wasAttributedTo=["E6 Ag3"],
)
DEMONSTRATOR = _document(
    "dr4 obs all",
    "act flow",
    "org",
    used=["act obs"],
    wasGeneratedBy=["dr4 act"],
    wasAssociatedWith=["act org"],
    wasAttributedTo=["dr4 org"],
    hadStep=["flow act"],
    hadMember=["all dr4"],
)


class Graph(NamedTuple):
    nodes: set[str]
    edges: set[str]


def _name(iri: str) -> str:
    return iri.removeprefix("ex:")


def _graph(answer: httpx.Response) -> Graph:
    assert answer.status_code == 200, answer.text
    told = answer.json()
    nodes = {_name(n) for section in ("entity", "activity", "agent") for n in told.get(section, {})}
    edges = {
        f"{section} {_name(body[first])} {_name(body[second])}"
        for section, (first, second) in PAIRS.items()
        for body in told.get(section, {}).values()
    }
    return Graph(nodes, edges)


@pytest.fixture(scope="module")
def client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("provsap")) as client:
        for document in (FIGURE, DEMONSTRATOR):
            assert client.post("/api/v1/documents", content=document).status_code == 201
        yield client


def _ask(client: httpx.Client, *names: str, **parameters: str) -> Graph:
    ids = [("ID", EX + name) for name in names]
    return _graph(client.get("/provsap", params=[*ids, ("MODEL", "W3C"), *parameters.items()]))


def test_the_figure_of_the_draft_and_what_plain_breadth_first_search_adds(
    client: httpx.Client,
) -> None:
    found = _ask(client, "E6", DEPTH="2")
    figure = {"E6", "A4", "E2", "E3", "C1", "E1", "C2", "Ag2", "Ag3"}
    assert found.nodes == figure | {"A1"}
    assert found.edges == {
        *("wasGeneratedBy E6 A4", "wasDerivedFrom E6 E2", "wasDerivedFrom E2 E1"),
        *("used A4 E2", "used A4 E3", "used A4 C1", "wasGeneratedBy C2 A4", "hadMember C2 E6"),
        *("wasAttributedTo E6 Ag3", "wasAssociatedWith A4 Ag2"),
        "wasGeneratedBy E2 A1",
    }


def test_depth_0_is_the_node_alone(client: httpx.Client) -> None:
    assert _ask(client, "E6", DEPTH="0") == Graph({"E6"}, set())


def test_depth_is_1_unless_it_is_given(client: httpx.Client) -> None:
    assert _ask(client, "E6") == _ask(client, "E6", DEPTH="1") != _ask(client, "E6", DEPTH="2")
    assert _ask(client, "E6").nodes == {"E6", "A4", "E2", "C2", "Ag3"}


def test_all_is_the_whole_history(client: httpx.Client) -> None:
    assert _ask(client, "C3", DEPTH="ALL").nodes == {
        *("C3", "A5", "AF1", "E6", "A4", "C2", "Ag2", "Ag3", "E2", "E3", "C1", "E1", "A1"),
        *("A2", "A3", "Ag1"),
    }


def test_forth_is_what_was_made_from_it(client: httpx.Client) -> None:
    expected = {"E1", "A1", "E2", "A4", "E6"}
    assert expected <= _ask(client, "E1", DIRECTION="FORTH", DEPTH="3").nodes
    assert _ask(client, "E1", DIRECTION="FORTH", DEPTH="1").nodes == {"E1", "A1", "E2"}
    forward = _ask(client, "E1", DIRECTION="FORWARD", DEPTH="ALL")
    assert forward == _ask(client, "E1", DIRECTION="FORTH", DEPTH="ALL")
    assert {"A7", "C3", "A6", "E10", "C2"} <= forward.nodes


def test_membership_is_walked_down_only_when_asked(client: httpx.Client) -> None:
    assert _ask(client, "C2").nodes == {"C2", "A4"}
    assert _ask(client, "C2", MEMBERS="true").nodes == {"C2", "A4", "E6", "E7", "E8", "E9"}


def test_steps_of_a_flow_are_walked_down_only_when_asked(client: httpx.Client) -> None:
    assert _ask(client, "AF1").nodes == {"AF1", "E6"}
    assert _ask(client, "AF1", STEPS="1").nodes == {"AF1", "E6", "A5", "A6"}


def test_several_ids_are_one_answer(client: httpx.Client) -> None:
    assert _ask(client, "A1", "A6").nodes == {"A1", "E1", "A6", "E10", "A5", "AF1"}


def test_an_agent_is_a_dead_end(client: httpx.Client) -> None:
    assert _ask(client, "org") == Graph({"org"}, set())


def test_an_agent_is_left_again_when_asked(client: httpx.Client) -> None:
    assert _ask(client, "org", AGENT="TRUE", DEPTH="1") == Graph(
        {"org", "act", "dr4"}, {"wasAssociatedWith act org", "wasAttributedTo dr4 org"}
    )


def test_agents_are_left_out_when_asked(client: httpx.Client) -> None:
    assert _ask(client, "act", AGENTS="0").nodes == {"act", "flow", "obs"}


def test_the_neighbours_of_an_activity(client: httpx.Client) -> None:
    found = _ask(client, "act", DEPTH="1")
    assert found.nodes == {"act", "flow", "obs", "org"}
    assert {"used act obs", "wasAssociatedWith act org"} <= found.edges
    assert len(found.edges) == 3


def test_the_members_of_a_collection(client: httpx.Client) -> None:
    assert _ask(client, "all", MEMBERS="true") == Graph({"all", "dr4"}, {"hadMember all dr4"})


@pytest.mark.parametrize("how", ["form", "multipart", "query"])
def test_post_takes_the_same_parameters(client: httpx.Client, how: str) -> None:
    asked = {"id": EX + "E6", "depth": "2", "model": "W3C"}
    match how:
        case "form":
            answer = client.post("/provsap", data=asked)
        case "multipart":
            answer = client.post("/provsap", files={n: (None, v) for n, v in asked.items()})
        case _:
            answer = client.post("/provsap", params=asked)
    assert _graph(answer) == _ask(client, "E6", DEPTH="2")


@pytest.mark.parametrize(
    ("asked", "media_type", "start"),
    [
        (None, "application/json", b"{"),
        ("PROV-JSON", "application/json", b"{"),
        ("PROV-JSONLD", "application/ld+json", b'{"@context":'),
        ("PROV-N", "text/provenance-notation; charset=utf-8", b"document"),
        ("PROV-XML", "application/provenance+xml", b"<?xml"),
        ("PROV-TTL", "text/turtle; charset=utf-8", b"@prefix prov:"),
        ("PROV-TRIG", "application/trig", b"@prefix prov:"),
        ("PROV-SVG", "image/svg+xml", b"<svg"),
        ("PROV-DOT", "text/vnd.graphviz; charset=utf-8", b"digraph"),
        ("text/xml", "text/xml; charset=utf-8", b"<?xml"),
    ],
)
def test_the_answer_is_in_the_format_asked_for(
    client: httpx.Client, asked: str | None, media_type: str, start: bytes
) -> None:
    parameters = {"ID": EX + "E6"} | ({} if asked is None else {"RESPONSEFORMAT": asked})
    answer = client.get("/provsap", params=parameters, headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == media_type
    assert answer.content.startswith(start)
    assert answer.headers["provstore-engine"] == "catalogue"


def test_ivoa_is_the_flavour_unless_w3c_is_asked_for(client: httpx.Client) -> None:
    # hadStep is a record of its own in the IVOA flavour alone
    asked = {"ID": EX + "act"}
    assert "hadStep" in client.get("/provsap", params=asked).json()
    assert "hadStep" not in client.get("/provsap", params=asked | {"MODEL": "W3C"}).json()


def test_attributes_of_a_picture_can_be_left_out(client: httpx.Client) -> None:
    document = {"prefix": {"ex": EX}, "entity": {"ex:told": {"ex:colour": "ultraviolet"}}}
    client.post("/api/v1/documents", content=json.dumps(document))
    asked = {"ID": EX + "told", "RESPONSEFORMAT": "PROV-DOT"}
    assert "ultraviolet" in client.get("/provsap", params=asked).text
    assert "ultraviolet" not in client.get("/provsap", params=asked | {"ATTRIBUTES": "0"}).text


def test_an_unknown_id_beside_a_known_one_is_a_note(client: httpx.Client) -> None:
    asked = httpx.QueryParams([("ID", EX + "E1"), ("ID", "ivo://nowhere/數\r\nX: y")])
    answer = client.get("/provsap", params=asked)
    assert answer.status_code == 200
    assert "ivo://nowhere/?" in answer.headers["provstore-note"]
    assert "x" not in answer.headers


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 400, ["ID"]),
        ("ID=ivo://nowhere/x", 404, ["ivo://nowhere/x"]),
        ("ID=x&DEPTH=1&Depth=2", 400, ["DEPTH", "2", "once"]),
        ("ID=x&DEPTH=two", 400, ["DEPTH", "two", "ALL"]),
        ("ID=x&DIRECTION=UP", 400, ["DIRECTION", "UP", "BACK, FORTH"]),
        ("ID=x&RESPONSEFORMAT=PROV-PDF", 400, ["RESPONSEFORMAT", "PROV-PDF", "PROV-JSON"]),
        ("ID=x&MODEL=PROV", 400, ["MODEL", "PROV", "IVOA, W3C"]),
        ("ID=x&AGENT=maybe", 400, ["AGENT", "maybe", "true"]),
        ("ID=x&STEP=LAST", 400, ["STEP", "LAST", "STEPS"]),
    ],
)
def test_errors_are_plain_text_that_names_what_is_wrong(
    client: httpx.Client, query: str, status: int, told: list[str]
) -> None:
    answer = client.get(f"/provsap?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert [word for word in told if word not in answer.text] == []


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"ID=x", "application/json", 415),
        (b"rubbish", "multipart/form-data", 400),
        (b"rubbish", "multipart/form-data; boundary=x", 400),
        (b"ID=" + b"x" * 1_000_001, "application/x-www-form-urlencoded", 413),
        (b"&".join([b"ID=x"] * 1001), "application/x-www-form-urlencoded", 400),
    ],
    ids=["no form", "no boundary", "no part", "large", "many"],
)
def test_a_body_that_is_no_form_is_refused(
    client: httpx.Client, content: bytes, media_type: str, status: int
) -> None:
    answer = client.post("/provsap", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == status
    assert "DOCUMENT" not in answer.text  # that limit is another
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_file_in_a_form_is_refused(client: httpx.Client) -> None:
    form = {"ID": (None, EX + "E6"), "DEPTH": ("name.txt", "2")}
    answer = client.post("/provsap", files=form)
    assert answer.status_code == 400


def test_another_method_is_refused_and_those_allowed_are_named(client: httpx.Client) -> None:
    answer = client.put("/provsap")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, HEAD, POST"
