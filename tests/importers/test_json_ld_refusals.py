"""JSON-LD that is refused: what stands elsewhere, what is no statement, what is hostile."""

import json
import threading
from typing import Any

import pytest
from support.reading import EX, encoded, refused, rules

from provstore.errors import RefusedDocumentError
from provstore.importers.json_ld.quads import MAX_DEPTH
from provstore.importers.registry import read_document
from provstore.model.identifiers import PROV

NAME = "json-ld"
CONTEXT = "https://openprovenance.org/prov-jsonld/context.jsonld"
ELSEWHERE = "https://schema.org/"


def prov_jsonld(*statements: object) -> dict[str, Any]:
    return {"@context": [{"ex": EX}, CONTEXT], "@graph": list(statements)}


def of(**keys: object) -> dict[str, Any]:
    return prov_jsonld({"@type": "Entity", "@id": "ex:e", **keys})


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ({"@context": ELSEWHERE, "@id": "x"}, "/@context"),
        ([{"@context": [{}, ELSEWHERE]}], "/0/@context/1"),
        ({"@context": [CONTEXT, ELSEWHERE], "@graph": []}, "/@context/1"),
        ({"@context": CONTEXT + "?x", "@graph": []}, "/@context"),
        (  # it had other terms: activity_using, hadRole
            {"@context": "https://openprovenance.org/prov-jsonld/2018-07-10/context.json"},
            "/@context",
        ),
        ({"@context": {"@import": ELSEWHERE}}, "/@context/@import"),
        (
            {"@context": {"p": {"@id": "ex:p", "@context": ELSEWHERE}}},
            "/@context/p/@context",
        ),
        ({"@context": {}, "@graph": [{"a": {"@context": ELSEWHERE}}]}, "/@graph/0/a/@context"),
        ({"@context": {}, "@graph": [{"a": {"@context": CONTEXT}}]}, "/@graph/0/a/@context"),
        (
            prov_jsonld({"@type": "Bundle", "@id": "ex:b", "@context": ["c.json"], "@graph": []}),
            "/@graph/0/@context/0",
        ),
    ],
)
def test_contexts_that_stand_elsewhere(content: object, place: str) -> None:
    (finding,) = refused(content, NAME)
    assert (finding.rule, finding.place) == ("json-ld/remote-context", place)
    assert "nothing is fetched" in finding.message


GRAPH = "/@graph/0"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("1", [("json/wrong-type", "")]),
        ({"@context": CONTEXT}, [("json/wrong-type", "/@graph")]),
        ({"@context": CONTEXT, "@graph": {}}, [("json/wrong-type", "/@graph")]),
        ({"@context": CONTEXT, "@graph": [], "x": 1}, [("json-ld/keyword", "/x")]),
        ({"@context": [CONTEXT, 1], "@graph": []}, [("json/wrong-type", "/@context/1")]),
        (
            {"@context": [CONTEXT, {"t": {"@id": "ex:t"}}], "@graph": []},
            [("json-ld/term-definition", "/@context/1/t")],
        ),
        (
            {"@context": [CONTEXT, {"@language": "en"}], "@graph": []},
            [("json-ld/term-definition", "/@context/1/@language")],
        ),
        (prov_jsonld(1), [("json/wrong-type", GRAPH)]),
        (prov_jsonld({}), [("json/wrong-type", GRAPH + "/@type")]),
        (prov_jsonld({"@type": ["Entity", "Agent"]}), [("json/wrong-type", GRAPH + "/@type")]),
        (prov_jsonld({"@type": "Thing"}), [("json-ld/unknown-type", GRAPH + "/@type")]),
        (prov_jsonld({"@type": "no:T"}), [
            ("json-ld/unknown-prefix", GRAPH + "/@type"),
            ("json-ld/unknown-type", GRAPH + "/@type"),
        ]),
        (prov_jsonld({"@type": "Entity"}), [("json/wrong-type", GRAPH + "/@id")]),
        (prov_jsonld({"@type": "Entity", "@id": ""}), [("json-ld/empty-name", GRAPH)]),
        (of(**{"@reverse": {}}), [("json-ld/keyword", GRAPH + "/@reverse")]),
        (of(**{"@context": {}}), [("json-ld/keyword", GRAPH + "/@context")]),
        (of(**{"no:x": ["1"]}), [("json-ld/unknown-prefix", GRAPH + "/no:x")]),
        (of(**{"ex:x": [None]}), [("json/wrong-type", GRAPH + "/ex:x/0")]),
        (of(**{"ex:x": [[]]}), [("json/wrong-type", GRAPH + "/ex:x/0")]),
        (of(**{"ex:x": {}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (of(**{"ex:x": {"@value": "a", "b": 1}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (of(**{"ex:x": {"@id": "ex:a", "b": 1}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (of(**{"ex:x": {"@id": "no:a"}}), [("json-ld/unknown-prefix", GRAPH + "/ex:x/@id")]),
        (of(**{"ex:x": {"@value": None}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (of(**{"ex:x": {"@value": "a", "@type": 1}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (
            of(**{"ex:x": {"@value": "a", "@type": "xsd:int", "@language": "en"}}),
            [("json/wrong-type", GRAPH + "/ex:x")],
        ),
        (of(**{"ex:x": {"@value": "a", "@language": ""}}), [("json/wrong-type", GRAPH + "/ex:x")]),
        (of(type=["no:t"]), [("json-ld/unknown-prefix", GRAPH + "/type/0")]),
    ],
)  # fmt: skip
def test_documents_that_are_refused(content: object, found: list[tuple[str, str]]) -> None:
    assert rules(refused(content, NAME)) == found


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"activity": 1}, ("json/wrong-type", GRAPH + "/activity")),
        ({"activity": ["ex:a"]}, ("json/wrong-type", GRAPH + "/activity")),
        ({"activity": {"@value": "ex:a"}}, ("json/wrong-type", GRAPH + "/activity")),
        ({"activity": "no:a"}, ("json-ld/unknown-prefix", GRAPH + "/activity")),
        (
            {"activity": "ex:a", "prov:activity": "ex:a"},
            ("json-ld/told-twice", GRAPH + "/prov:activity"),
        ),
        ({"activity": "ex:a", "time": 1}, ("json/wrong-type", GRAPH + "/time")),
        (
            {"activity": "ex:a", "time": {"@value": "x", "@type": "xsd:int"}},
            ("json/wrong-type", GRAPH + "/time"),
        ),
        (
            {"activity": "ex:a", "time": "2026-01-01", "prov:time": "2026-01-01"},
            ("json-ld/told-twice", GRAPH + "/prov:time"),
        ),
        ({"activity": "ex:a", "@id": 1}, ("json/wrong-type", GRAPH + "/@id")),
    ],
)
def test_ends_and_times_that_are_refused(keys: object, found: tuple[str, str]) -> None:
    usage = {"@type": "Usage", "entity": "ex:e", **dict(keys)}  # type: ignore[call-overload]  # any keys
    assert rules(refused(prov_jsonld(usage), NAME)) == [found]


@pytest.mark.parametrize("members", [[], [1]])
def test_members_that_are_none(members: list[object]) -> None:
    item = {"@type": "Membership", "collection": "ex:c", "entity": members}
    assert [f.rule for f in refused(prov_jsonld(item), NAME)] == ["json/wrong-type"]


def test_many_members_of_many_attributes() -> None:
    members = [f"ex:e{number}" for number in range(2_000)]
    keys = {f"ex:k{number}": number for number in range(501)}
    item = {"@type": "Membership", "collection": "ex:c", "entity": members, **keys}
    found = refused(prov_jsonld(item), NAME)
    assert rules(found) == [("json-ld/members", GRAPH + "/entity")]


@pytest.mark.parametrize(
    ("bundle", "found"),
    [
        ({"@graph": []}, ("json/wrong-type", GRAPH + "/@id")),
        ({"@id": "no:b", "@graph": []}, ("json-ld/unknown-prefix", GRAPH + "/@id")),
        ({"@id": "ex:b", "@graph": {}}, ("json/wrong-type", GRAPH + "/@graph")),
        ({"@id": "ex:b", "type": ["ex:t"]}, ("json-ld/keyword", GRAPH + "/type")),
        (
            {"@id": "ex:b", "@graph": [{"@type": "Bundle", "@id": "ex:c"}]},
            ("json-ld/nested-bundle", GRAPH + "/@graph/0"),
        ),
        (
            {"@id": "ex:b", "@context": [{"t": 1}], "@graph": []},
            ("json-ld/term-definition", GRAPH + "/@context/0/t"),
        ),
    ],
)
def test_bundles_that_are_refused(bundle: dict[str, Any], found: tuple[str, str]) -> None:
    assert rules(refused(prov_jsonld({"@type": "Bundle", **bundle}), NAME)) == [found]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('{"@context": {}, "@context": {}}', "json/duplicate-key"),
        ('{"@context": {"p": "http://p/"}, "p": NaN}', "json/not-a-number"),
        ('{"@context": {"p": "http://p/"}, "p": "\\ud800"}', "json/character"),
        (b'{"@context": {"p": "\xff"}}', "text/encoding"),
        ('{"@context": {"a": {"@id": 5}}, "@id": "x", "a": 1}', "json-ld/syntax"),
        ('{"@context": {"p": "http://p/"}, "@id": "http://x/y", "p": 1}', "rdf/no-provenance"),
    ],
)
def test_what_is_no_json_ld(content: str | bytes, rule: str) -> None:
    assert rule in [finding.rule for finding in refused(content, NAME)]


def nested(depth: int, start: str, end: str) -> str:
    return '{"@context": {"p": "http://p/p"}, "p": ' + start * depth + "1" + end * depth + "}"


@pytest.mark.parametrize("depth", [MAX_DEPTH, 300, 10_000, 100_000])
@pytest.mark.parametrize(
    ("start", "end"), [("[", "]"), ('{"p":', "}"), ('{"@list":[', "]}"), ('{"@graph":[', "]}")]
)
def test_nesting_is_refused_before_the_parser_of_rdf_sees_it(
    depth: int, start: str, end: str
) -> None:
    found = refused(nested(depth, start, end), NAME)
    assert {finding.rule for finding in found} <= {"json-ld/too-deep", "json/too-deep"}


def test_the_limit_is_safe_on_a_small_stack() -> None:
    """pyoxigraph ends the process where its stack does; threads may have little of it."""
    deepest = nested(MAX_DEPTH - 1, '{"p":', "}").encode()
    ended: list[str] = []

    def read() -> None:
        try:
            read_document(deepest, format=NAME)
        except RefusedDocumentError as refusal:
            ended.extend(finding.rule for finding in refusal.findings)

    size = threading.stack_size(512 * 1024)
    try:
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
    assert "rdf/no-provenance" in ended


TERMS = {f"t{number}": f"http://example.org/{number}" for number in range(3000)}
SCOPED = {"p": {"@id": "http://example.org/p", "@context": {"q": "http://example.org/q"}}}


@pytest.mark.parametrize(
    ("context", "node"),
    [
        (TERMS, {"@context": {"a": "http://example.org/a"}}),  # each node with its own
        (TERMS | SCOPED, {"p": {"@id": EX + "y"}}),  # a term with a context, as a key
        (TERMS | SCOPED, {"@type": ["p"]}),  # and as a type
        ([TERMS], {"@type": "p", "@context": SCOPED}),
    ],
)
def test_contexts_that_would_take_hours_are_refused(context: object, node: dict[str, Any]) -> None:
    content = {"@context": context, "@graph": [node | {"@id": f"{EX}{n}"} for n in range(3000)]}
    assert rules(refused(content, NAME)) == [("json-ld/contexts", "")]


def test_many_terms_or_many_nodes_are_no_matter() -> None:
    nodes = [{"@id": f"{EX}{n}", "@type": PROV + "Entity"} for n in range(3000)]
    (part,) = read_document(encoded({"@context": TERMS, "@graph": nodes}), format=NAME).parts
    assert len(part.document.elements) == 3000


def test_a_text_with_all_stand_ins_of_numbers_is_refused() -> None:
    texts = [f"1.0000000001e{number}" for number in range(100, 310)]
    content = {"@context": {}, "@id": EX + "e", EX + "a": 1.5, EX + "b": texts}
    assert rules(refused(json.dumps(content), NAME)) == [("json-ld/numbers", "")]
