"""Hostile RDF is refused with a finding, or read at the cost of its length."""

import pytest
from support.reading import parsed, refused, rules

HEAD = b"@prefix prov: <http://www.w3.org/ns/prov#> . @prefix x: <http://x.example/> . "
MANY = 20_000
DEEP = 50_000


def listed(count: int) -> bytes:
    return b",".join(b"x:t%d" % number for number in range(count))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (b"x:a prov:used x:b, .", "2:20"),
        (b"x:a prov:used no:b .", "2:15"),
        (b'x:a x:b "\xff" .', "2:10"),
        (b'x:a x:b "\\ud800" .', "2:10"),
        (b"x:a x:b [ x:c ", "2:15"),
    ],
)
def test_what_is_no_turtle_is_refused_with_its_place(text: bytes, place: str) -> None:
    assert rules(refused(HEAD + b"\n" + text, "turtle"))[0] == ("rdf/syntax", place)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (b'x:a a prov:Entity ; x:b "\\u0000" .', "rdf/nul"),
        (b'x:a a prov:Entity ; x:b "\0" .', "rdf/nul"),
        (b"x:a a prov:Entity ; x:b <<( x:c x:d x:e )>> .", "rdf/triple-term"),
        (b"x:a x:b <<( x:c x:d " * DEEP, "rdf/triple-term"),
        (b"<<" * DEEP, "rdf/triple-term"),
        (b"x:a x:b x:c .", "rdf/no-provenance"),
    ],
)
def test_what_cannot_be_kept_is_refused(text: bytes, rule: str) -> None:
    assert rule in {finding.rule for finding in refused(HEAD + text, "turtle")}


@pytest.mark.parametrize(
    "text",
    [
        b"x:a a prov:Entity ; x:b " + b"[ x:b " * DEEP + b"1" + b"]" * DEEP + b".",
        b"x:a a prov:Entity ; x:b " + b"(" * DEEP + b")" * DEEP + b".",
        b'x:a a prov:Entity ; x:b "' + b"<< " * DEEP + b'" .',
        b"x:a prov:qualifiedUsage [ prov:entity " + listed(MANY) + b" ] .",
        b"x:a prov:mentionOf " + listed(MANY) + b" ; prov:asInBundle " + listed(MANY) + b".",
    ],
    ids=["nodes", "lists", "marks in a text", "ends", "mentions"],
)
def test_depth_and_length_are_no_matter(text: bytes) -> None:
    assert parsed(HEAD + text, "turtle").parts


@pytest.mark.parametrize(
    "text",
    [
        b"".join(b"x:a%d prov:qualifiedUsage x:u . " % n for n in range(MANY))
        + b"x:u prov:entity "
        + listed(MANY)
        + b" .",
        b"x:a prov:qualifiedUsage [ prov:entity %b ; x:b %b ] ." % (listed(MANY), listed(MANY)),
        b"".join(
            b"x:a%d prov:qualifiedInsertion [ prov:insertedKeyEntityPair x:u ] . " % n
            for n in range(MANY)
        )
        + b"x:u x:b "
        + listed(MANY)
        + b" .",
        b"".join(b"x:a%d a prov:Entity ; <urn:x-provstore:toldAs> x:u . " % n for n in range(MANY))
        + b"x:u <urn:x-provstore:asKind> prov:Entity ; x:b "
        + listed(MANY)
        + b" .",
    ],
    ids=["subjects", "ends", "pairs", "tellings"],
)
def test_a_node_that_would_multiply_is_refused(text: bytes) -> None:
    assert "rdf/shared-node" in {finding.rule for finding in refused(HEAD + text, "turtle")}


RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a.example/">'
)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('<!DOCTYPE rdf:RDF [<!ENTITY a "b">]>' + RDF + "&a;</rdf:RDF>", "xml/doctype"),
        (RDF + "<a:b><a:p>" * MANY + "</a:p></a:b>" * MANY + "</rdf:RDF>", "xml/syntax"),
        (RDF + "<a:b><a:p></a:b></rdf:RDF>", "xml/syntax"),
        (RDF + '<a:b rdf:about="x" rdf:ID="y"/></rdf:RDF>', "rdf/syntax"),
    ],
)
def test_hostile_xml_is_refused(text: str, rule: str) -> None:
    assert rules(refused(text, "rdf-xml"))[0][0] == rule
