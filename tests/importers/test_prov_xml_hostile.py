"""Hostile PROV-XML is refused, or read in time that grows with its length."""

from time import process_time

import pytest
from support.prov_xml import HEAD, document, entity, notes, xml
from support.reading import EX, parsed, refused, rules, told

from provstore.importers.registry import read_document
from provstore.model.identifiers import QUOTED
from provstore.model.vocabulary import Kind

BUDGET_S = 10.0
LAUGHS = '<!DOCTYPE prov:document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n' + xml(entity("&b;"))
EXTERNAL = '<!DOCTYPE prov:document SYSTEM "file:///etc/passwd">\n' + xml("")
DEEP = HEAD + "<prov:entity>" * 10_000


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (LAUGHS, "xml/doctype"),
        (EXTERNAL, "xml/doctype"),
        (DEEP, "xml/syntax"),
        (xml(f'<prov:entity prov:id="ex:{"x" * 11_000_000}"/>'), "xml/syntax"),
        (HEAD.encode("utf-16"), "text/encoding"),
        (HEAD.encode() + b"\xff</prov:document>", "xml/syntax"),
        (HEAD, "xml/syntax"),
    ],
    ids=["laughs", "external", "deep", "attribute", "utf-16", "bytes", "open"],
)
def test_refused_soon_with_a_finding(text: str | bytes, rule: str) -> None:
    started = process_time()
    data = text if isinstance(text, bytes) else text.encode()
    assert [found for found, _ in rules(refused(data, "prov-xml"))] == [rule]
    if rule != "text/encoding":
        assert [found for found, _ in rules(refused(data, "auto"))] == [rule]
    assert process_time() - started < BUDGET_S


def test_an_element_told_many_times_is_one() -> None:
    started = process_time()
    found = document("".join(entity(f"<ex:a>{n}</ex:a>") for n in range(20_000)))
    assert len(told(found, EX + "e", Kind.ENTITY)) == 20_000
    assert process_time() - started < BUDGET_S


def test_many_namespaces_in_many_elements() -> None:
    started = process_time()
    declared = " ".join(f'xmlns:p{n}="urn:p{n}:"' for n in range(5_000))
    inner = '<prov:entity xmlns:q="urn:q:" prov:id="q:e"/>' * 5_000
    text = xml(inner).replace("<prov:document", f"<prov:document {declared}", 1)
    (part,) = parsed(text, "prov-xml").parts
    assert [telling.iri for telling in part.document.elements] == ["urn:q:e"]
    assert process_time() - started < BUDGET_S


def test_many_references_in_one() -> None:
    started = process_time()
    inner = '<prov:entity prov:ref="ex:e"/>' * 20_000
    found = document(f'<prov:hadMember><prov:collection prov:ref="ex:c"/>{inner}</prov:hadMember>')
    assert len(found.relations) == 20_000
    assert process_time() - started < BUDGET_S


@pytest.mark.parametrize("quoted", ["%FF", "%00", "%", "%ED%B0%80", "a%2"])
def test_a_quoted_name_that_is_none_stays(quoted: str) -> None:
    found = document(f'<prov:entity prov:id="{QUOTED}{quoted}"/>')
    assert [telling.iri for telling in found.elements] == [QUOTED + quoted]


def test_errors_beyond_a_thousand_are_counted() -> None:
    found = refused(xml("<prov:x/>" * 5_000), "prov-xml")
    assert len(found) == 1001
    assert found[-1].rule == "findings/more"


def test_what_is_nested_in_values_is_text() -> None:
    content = entity("<ex:a>" + "<b>" * 200 + "</b>" * 200 + "</ex:a>")
    assert notes(content) == [("prov-xml/xml-value", "line 2")]


def test_a_document_of_one_long_prolog_is_seen_soon() -> None:
    started = process_time()
    text = "<?x?>" * 100_000 + xml("")
    assert read_document(text.encode(), format="prov-xml").parts[0].document.elements == {}
    assert process_time() - started < BUDGET_S
