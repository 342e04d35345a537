"""What a finding says: place, value, both sides; each scope on its own; one on each cycle."""

import json

import pytest
from support.statements import told

from provstore.errors import Finding
from provstore.importers.registry import read_document
from provstore.model.constraints.components import Edge, strong_components, ways_round
from provstore.model.constraints.rules import TIME_ORDER
from provstore.model.constraints.valid import contradictions
from provstore.model.document import Document
from provstore.model.records import Relation
from provstore.model.vocabulary import GENERATED

EX = "http://example.org/"


def only(document: Document) -> Finding:
    [finding] = contradictions(document)
    return finding


def test_the_place_of_a_statement_and_of_what_it_contradicts() -> None:
    content = {
        "prefix": {"ex": EX},
        "used": {
            "ex:u": [
                {"prov:activity": "ex:a", "prov:entity": "ex:e"},
                {"prov:activity": "ex:a", "prov:entity": "ex:f"},
            ]
        },
    }
    [part] = read_document(json.dumps(content).encode()).parts
    finding = only(part.document)
    assert (finding.rule, finding.place, finding.value) == (
        "prov-constraints/23",
        "/used/ex:u/1",
        EX + "u",
    )
    assert finding.message == (
        f"used {EX}u is told with another entity at /used/ex:u/0 and at /used/ex:u/1"
    )


def test_without_places_the_statement_stands_for_its_place() -> None:
    finding = only(told("wasDerivedFrom(d; f, e, -, g)"))
    assert finding.place == "wasDerivedFrom(d; f, e, -, g)"


def test_each_bundle_is_checked_on_its_own() -> None:
    document = told("activity(x) used(u; a, e)")
    told("entity(x) used(u; a, f)", bundle="b", into=document)
    assert list(contradictions(document)) == []
    told("activity(x)", bundle="b", into=document)
    assert only(document).rule == "prov-constraints/55"


def test_one_finding_on_each_cycle_with_the_events_around() -> None:
    loop = "entity(e) entity(f) wasDerivedFrom(e, f) wasDerivedFrom(f, e) "
    other = "entity(g) wasDerivedFrom(g, g)"
    first, second = contradictions(told(loop + other))
    assert "f is generated (42), then e is generated (42), then it begins anew" in first.message
    assert "wasDerivedFrom(e, f)" in first.message
    assert second.value == "g"


def test_of_a_long_cycle_five_events_are_named() -> None:
    lines = [f"entity(e{n}) wasDerivedFrom(e{(n + 1) % 9}, e{n})" for n in range(9)]
    assert "and 4 more" in only(told(" ".join(lines))).message


def test_rewriting_in_place_is_valid() -> None:
    assert list(contradictions(told("entity(e) used(a, e) wasGeneratedBy(e, a)"))) == []


def test_a_derivation_of_what_nothing_generates_orders_nothing() -> None:
    assert list(contradictions(told("wasDerivedFrom(e, f) wasDerivedFrom(f, e)"))) == []


def test_what_a_derivation_names_may_be_anonymous() -> None:
    content = {
        "prefix": {"ex": EX},
        "used": {"_:u": {"prov:activity": "ex:b", "prov:entity": "ex:e"}},
        "wasDerivedFrom": {
            "_:d": {
                "prov:generatedEntity": "ex:f",
                "prov:usedEntity": "ex:e",
                "prov:activity": "ex:a",
                "prov:usage": "_:u",
            }
        },
    }
    [part] = read_document(json.dumps(content).encode()).parts
    assert only(part.document).rule == "prov-constraints/23"


@pytest.mark.parametrize(
    "statements",
    [
        "activity(a, 2026-11-28, -) wasStartedBy(a, e, b, 2026-11-28T00:00:00)",
        "activity(a, 2026-11-28T10:00:00, -) wasStartedBy(a, e, b, 2026-11-28T12:00:00Z)",
        "activity(a, 2026-11-28T10:00:00, 2026-11-28T09:00:00Z)",
        "wasGeneratedBy(e, a, 2026-11-28T10:00:00) used(b, e, 2026-11-28)",
        "wasGeneratedBy(e, a, 2026-11-28T10:00:00.000Z) used(b, e, 2026-11-28 10:00:00Z)",
    ],
)
def test_times_that_may_be_in_order(statements: str) -> None:
    assert list(contradictions(told(statements))) == []


@pytest.mark.parametrize(
    ("statements", "rule"),
    [
        ("activity(a, 2026-11-28T10:00:00, 2026-11-28T09:00:00)", TIME_ORDER),
        (
            "activity(a, 2026-11-28T10:00:00, -) wasStartedBy(a, e, b, 2026-11-30T12:00:00Z)",
            "prov-constraints/28",
        ),
        ("activity(a, soon, -) wasStartedBy(a, e, b, later)", "prov-constraints/28"),
        ("activity(a, soon, -) wasStartedBy(a, e, b, @10)", "prov-constraints/28"),
    ],
)
def test_times_that_cannot_be(statements: str, rule: str) -> None:
    assert only(told(statements)).rule == rule


def test_what_a_contradiction_of_times_says() -> None:
    finding = only(told("wasGeneratedBy(e, a, @11) used(b, e, @10)"))
    assert finding.place == "used(b, e)"
    assert finding.message == (
        "by the times told, e (generated) is at 2026-11-28T11:00:00Z (wasGeneratedBy(e, a)), "
        "after e (used) at 2026-11-28T10:00:00Z (used(b, e)); it must come before "
        "(constraint 37, generation-precedes-usage)"
    )


def test_missing_ends_are_unlike_each_other() -> None:
    document = Document()
    for iri in ("g1", "g2"):
        document.add_relation(Relation(GENERATED, ("e",), iri=iri))
        document.add_relation(Relation(GENERATED, (None, "a"), iri=iri + "x"))
    assert list(contradictions(document)) == []


def edges(text: str) -> list[Edge]:
    return [Edge(int(pair[0]), int(pair[1]), 42, 0) for pair in text.split()]


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("01 12 20 23", [{0, 1, 2}, {3}]),
        ("00 01 12", [{0}, {1}, {2}]),
        ("01 10 12 23 32 31", [{0, 1, 2, 3}]),
        ("30 32 23 01", [{0}, {1}, {2, 3}]),
    ],
)
def test_components(text: str, together: list[set[int]]) -> None:
    count = 1 + max(max(edge.source, edge.target) for edge in edges(text))
    component = strong_components(count, edges(text))
    found = [{n for n in range(count) if component[n] == c} for c in dict.fromkeys(component)]
    assert sorted(found, key=min) == together


def test_a_chain_deeper_than_any_recursion() -> None:
    length = 20_000
    chain = [Edge(n, n + 1, 42, n) for n in range(length)]
    assert len(set(strong_components(length + 1, chain))) == length + 1
    [way] = ways_round(length + 1, [*chain, Edge(length, 0, 34, length)], 42)
    assert len(way) == length + 1


def test_the_shortest_way_round_begins_with_the_broken_edge() -> None:
    around = [Edge(0, 1, 34, 0), Edge(1, 2, 42, 1), Edge(2, 3, 34, 2), Edge(3, 1, 34, 3)]
    [way] = ways_round(4, [*around, Edge(2, 1, 34, 4), Edge(2, 0, 34, 5)], 42)
    assert [edge.statement for edge in way] == [1, 4]
