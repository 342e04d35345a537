"""Lineage as JSON: the keys that other programs rely on, and attributes passed through."""

import json

from provstore.exporters.chunks import CHUNK_BYTES
from provstore.exporters.json import summary, write_json
from provstore.model.lineage import Direction, Edge, Lineage, Node

SPECTRUM = Node(
    id="ivo://cta/dl4#crab",
    same=("urn:uuid:0b0f8b3c-59a1-4a5c-8a7c-0d4f6e4f1a2b",),
    name="crab.fits",
    kinds=("entity",),
    cls="entity",
    level="DL4",
    level_from="obscore",
    declared=True,
    complete=False,
    depth=0,
    steps=0,
    version=None,
    body='{"prov:label":"crab.fits","ex:big":{"$":"0012345678901234567890","type":"xsd:integer"}}',
    obs_publisher_did="ivo://cta/dl4#crab",
    obs_id="crab",
    target_name="Crab Nebula",
)
FIT = SPECTRUM._replace(
    id="urn:provstore:cta:fit",
    same=(),
    name="gammapy-fit",
    kinds=("activity",),
    level=None,
    level_from=None,
    version="1.2",
    depth=1,
    body="{}",
)


def lineage(nodes: list[Node], edges: list[Edge]) -> Lineage:
    return Lineage(
        (SPECTRUM.id,),
        Direction.BACK,
        "sql",
        "limit",
        nodes,
        edges,
        ("one id is not known",),
        {"ex": "http://example.org/"},
    )


EDGE = Edge("wasGeneratedBy", SPECTRUM.id, FIT.id, "spectrum", "2024-01-01T00:00:00", None)
CRAB = lineage([SPECTRUM, FIT], [EDGE])


def test_the_answer_has_the_keys_of_the_interface() -> None:
    told = json.loads(b"".join(write_json(CRAB)))
    assert {k: v for k, v in told.items() if k not in {"nodes", "edges"}} == {
        "roots": ["ivo://cta/dl4#crab"],
        "direction": "back",
        "engine": "sql",
        "cut": "limit",
        "notes": ["one id is not known"],
        "prefixes": {"ex": "http://example.org/"},
    }
    assert told["nodes"][0] == {
        "id": "ivo://cta/dl4#crab",
        "same": ["urn:uuid:0b0f8b3c-59a1-4a5c-8a7c-0d4f6e4f1a2b"],
        "name": "crab.fits",
        "kind": "entity",
        "kinds": ["entity"],
        "class": "entity",
        "level": "DL4",
        "level_from": "obscore",
        "complete": False,
        "depth": 0,
        "steps": 0,
        "declared": True,
        "version": None,
        "obs_publisher_did": "ivo://cta/dl4#crab",
        "obs_id": "crab",
        "target_name": "Crab Nebula",
        "attributes": {
            "prov:label": "crab.fits",
            "ex:big": {"$": "0012345678901234567890", "type": "xsd:integer"},
        },
    }
    assert told["edges"] == [
        {
            "kind": "wasGeneratedBy",
            "from": "ivo://cta/dl4#crab",
            "to": "urn:provstore:cta:fit",
            "role": "spectrum",
            "time": "2024-01-01T00:00:00",
            "id": None,
            "inferred": False,
        }
    ]


def test_attributes_are_passed_through_byte_by_byte() -> None:
    assert SPECTRUM.body.encode() in b"".join(write_json(CRAB))


def test_an_empty_answer_is_json_too() -> None:
    told = json.loads(b"".join(write_json(lineage([], []))))
    assert (told["nodes"], told["edges"]) == ([], [])


def test_hostile_names_are_data() -> None:
    name = "\"]}</script>\n\u2028'; DROP TABLE"
    told = json.loads(b"".join(write_json(lineage([SPECTRUM._replace(name=name)], []))))
    assert told["nodes"][0]["name"] == name


def test_a_large_answer_comes_in_chunks() -> None:
    chunks = list(write_json(lineage([SPECTRUM] * 5000, [EDGE] * 5000)))
    assert len(chunks) == 3
    assert all(CHUNK_BYTES <= len(chunk) < 3 * CHUNK_BYTES for chunk in chunks[:-1])
    assert len(json.loads(b"".join(chunks))["edges"]) == 5000


def test_the_summary_counts_kinds_and_levels() -> None:
    unknown = SPECTRUM._replace(level=None)
    assert summary(lineage([SPECTRUM, SPECTRUM, FIT, unknown], [EDGE])) == {
        "nodes": 4,
        "edges": 1,
        "kinds": {"activity": 1, "entity": 3},
        "levels": {"DL4": 2, "unknown": 1},
    }
