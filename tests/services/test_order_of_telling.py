"""What is kept depends on which part told it first, never on how it was written down."""

import json
from pathlib import Path

import pytest
from support.catalogue import EX, ask, bundled, nodes, prov, push, rows, short

from provstore.factory import Services
from provstore.model.answers import ElementAnswer
from provstore.model.ledger import Counts


def name_of(archive: Services, name: str) -> str:
    return archive.lineage.element(EX + name).node.name


def values(element: ElementAnswer) -> list[tuple[str, str]]:
    return [(short(told["name"]), told["value"]) for told in element.attributes]


def test_values_of_one_telling_have_no_order(archive: Services) -> None:
    told = {"one": {"prov:label": ["b", "a"]}, "other": {"prov:label": ["a", "b"]}}
    push(archive, prov("entity(one) entity(other)", told))
    assert name_of(archive, "one") == name_of(archive, "other")
    assert archive.maintenance.doctor() == []


def test_tellings_of_one_document_have_no_order(archive: Services) -> None:
    inside = {"entity": {"ex:one": {"prov:label": "b"}, "ex:other": {"prov:label": "a"}}}
    outside = {"ex:one": {"prov:label": "a"}, "ex:other": {"prov:label": "b"}}
    content = {"prefix": {"ex": EX}, "entity": outside, "bundle": {"ex:b": inside}}
    push(archive, json.dumps(content).encode())
    assert name_of(archive, "one") == name_of(archive, "other")
    assert archive.maintenance.doctor() == []


def test_the_earliest_document_counts(archive: Services) -> None:
    push(archive, prov("entity(e)", {"e": {"ex:version": "z"}}))
    [second] = push(archive, prov("entity(e)", {"e": {"ex:version": "a"}}))
    assert archive.lineage.element(EX + "e").node.version == "z"
    [finding] = second.findings
    assert (finding.rule, finding.value) == ("identity/values-differ", EX + "e")
    assert sorted(values(archive.lineage.element(EX + "e"))) == [("version", "a"), ("version", "z")]


def test_a_document_that_comes_back_is_as_early_as_it_was(archive: Services) -> None:
    """Also where a later one tells the same, so that nothing new is told by it."""
    label = [prov("entity(e)", {"e": {"prov:label": text}}) for text in ("first", "second")]
    again = prov("entity(e) entity(x)", {"e": {"prov:label": "first"}})
    first, _, _ = push(archive, *label, again)
    assert name_of(archive, "e") == "first"
    archive.ingest.retract(first.id)
    assert name_of(archive, "e") == "second"
    push(archive, label[0])
    assert name_of(archive, "e") == "first"
    assert archive.maintenance.doctor() == []


def test_an_entity_without_attributes_that_is_a_bundle_too(archive: Services) -> None:
    """What says that a bundle is there shares nothing with what says that an entity is."""
    [entity] = push(archive, prov("entity(b)"))
    push(archive, bundled("b", "used(a, e)"))
    archive.ingest.retract(entity.id)
    assert archive.maintenance.doctor() == []
    push(archive, prov("entity(b) entity(x)"))
    assert archive.lineage.element(EX + "b").node.declared
    assert archive.maintenance.doctor() == []


def test_prefixes_of_other_documents_change_nothing(archive: Services, tmp_path: Path) -> None:
    """A relation told before and after somebody declares a longer namespace is one relation."""
    weight = "used(a, e) [ex:terms#weight=1]"
    push(archive, prov(weight))
    terms = b'"prefix": {"terms": "http://example.org/terms#", '
    push(archive, prov("used(b, e) [terms:weight=1]").replace(b'"prefix": {', terms))
    [again] = push(archive, prov(weight + "entity(x)"))
    assert (again.new, again.known) == (Counts(1, 0), Counts(2, 1))
    assert len(ask(archive, "a").edges) == 1
    assert rows(tmp_path, "SELECT count(*), count(DISTINCT attrs) FROM relation") == [(2, 1)]


def test_a_telling_is_kept_once(archive: Services, tmp_path: Path) -> None:
    label = {"e": {"prov:label": "x"}}
    push(archive, prov("entity(e)", label), prov("entity(e) entity(x)", label))
    assert rows(tmp_path, "SELECT count(*) FROM body") == [(2,)]  # and the empty one of x
    push(archive, prov("entity(e) entity(y)", {"e": {"prov:label": "other"}}))
    assert rows(tmp_path, "SELECT count(*) FROM body") == [(5,)]  # its own, that of y, merged


def test_blank_names_belong_to_their_document_and_bundle(archive: Services) -> None:
    blank = {"entity": {"_:b": {"prov:label": "x"}}}
    content = {"prefix": {"ex": EX}, **blank, "bundle": {"ex:b": blank}}
    [receipt] = push(archive, json.dumps(content).encode())
    assert receipt.new.elements == 3
    push(archive, json.dumps({**content, "activity": {"ex:a": {}}}).encode())
    assert archive.maintenance.health()["elements"] == 6
    assert archive.maintenance.doctor() == []


def test_parallel_documents_of_many_tellings_show_a_hundred_values(archive: Services) -> None:
    """A value that differs in every telling would make each ingest dearer than the last."""
    for number in range(103):
        push(archive, prov("entity(e)", {"e": {"ex:host": f"node{number:03}"}}))
    told = values(archive.lineage.element(EX + "e"))
    assert len([value for name, value in told if name == "host"]) == 100
    [more] = [value for name, value in told if name != "host"]
    assert more == "ex:host: more than 100 values"
    assert nodes(ask(archive, "e")) == {"e"}
    assert archive.maintenance.doctor() == []


@pytest.mark.parametrize("other", ["used(u1; a, f)", "used(u1; b, f)", "wasGeneratedBy(u1; e, a)"])
def test_a_named_relation_with_other_ends_is_a_finding(archive: Services, other: str) -> None:
    declared = " activity(a) activity(b) entity(e) entity(f)"
    first, second, again = push(
        archive,
        prov("used(u1; a, e)" + declared),
        prov(other + declared),
        prov("used(u1; a, e) entity(x)" + declared),
    )
    assert first.findings == []
    rule = "identity/relation-ends-differ"
    assert [(found.rule, found.value) for found in second.findings] == [(rule, EX + "u1")]
    assert [found.rule for found in again.findings] == [rule]
    assert again.known.relations == 1
