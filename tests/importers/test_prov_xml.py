"""PROV-XML as the Note and the schemas have it: records, names, values, places."""

import pytest
from support.prov_xml import HEAD, document, notes, xml
from support.reading import (
    EX,
    attribute,
    parsed,
    read,
    shape,
    told,
)

from provstore.importers.prov_xml.importer import ProvXml
from provstore.model.document import place_text
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    DERIVED,
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    PROV_VALUE,
    REMOVED,
    Kind,
)


def relation(content: str) -> Relation:
    (found,) = document(content).relations
    return found


def test_elements_and_their_attributes() -> None:
    found = document(
        """<prov:entity prov:id="ex:e">
             <prov:label xml:lang="de">Licht</prov:label>
             <prov:location>/data/e.fits</prov:location>
             <prov:type xsi:type="xsd:QName"> ex:File </prov:type>
             <prov:value xsi:type="xsd:double">1.50</prov:value>
             <ex:size xsi:type="xsd:int">007</ex:size>
             <ex:note> two
 lines </ex:note>
             <ex:empty/>
           </prov:entity>
           <prov:activity prov:id="ex:a">
             <prov:startTime>2026-11-20T18:46:41.50</prov:startTime>
             <prov:endTime xsi:type="xsd:dateTime">2026-11-20T19:00:00Z</prov:endTime>
           </prov:activity>
           <prov:agent prov:id="ex:g"/>"""
    )
    assert set(told(found, EX + "e", Kind.ENTITY)) == {
        (PROV_LABEL, text_literal("Licht", "de")),
        (PROV + "location", Literal("/data/e.fits")),
        (PROV_TYPE, Iri(EX + "File")),
        (PROV_VALUE, Literal("1.50", XSD + "double")),
        (EX + "size", Literal("007", XSD + "int")),
        (EX + "note", Literal(" two\n lines ")),
        (EX + "empty", Literal("")),
    }
    assert told(found, EX + "a", Kind.ACTIVITY) == (
        (PROV_START_TIME, Literal("2026-11-20T18:46:41.50", XSD_DATETIME)),
        (PROV_END_TIME, Literal("2026-11-20T19:00:00Z", XSD_DATETIME)),
    )
    assert told(found, EX + "g", Kind.AGENT) == ()
    assert len(found.elements) == 3


@pytest.mark.parametrize(
    ("content", "name", "ends", "time"),
    [
        ("used activity entity", "used", "ae", None),
        ("wasGeneratedBy entity activity time", "wasGeneratedBy", "ae", "2026-11-20"),
        ("wasInvalidatedBy entity activity time", "wasInvalidatedBy", "ae", "2026-11-20"),
        ("wasStartedBy activity trigger starter time", "wasStartedBy", "ats", "2026-11-20"),
        ("wasEndedBy activity trigger ender time", "wasEndedBy", "ate", "2026-11-20"),
        ("wasInformedBy informed informant", "wasInformedBy", "ii", None),
        ("wasDerivedFrom generatedEntity usedEntity activity", "wasDerivedFrom", "gua", None),
        ("wasAttributedTo entity agent", "wasAttributedTo", "ea", None),
        ("wasAssociatedWith activity agent plan", "wasAssociatedWith", "aap", None),
        ("actedOnBehalfOf delegate responsible activity", "actedOnBehalfOf", "dra", None),
        ("wasInfluencedBy influencee influencer", "wasInfluencedBy", "ii", None),
        ("specializationOf specificEntity generalEntity", "specializationOf", "sg", None),
        ("alternateOf alternate1 alternate2", "alternateOf", "aa", None),
        ("hadMember collection entity", "hadMember", "ce", None),
        ("mentionOf specificEntity generalEntity bundle", "mentionOf", "sgb", None),
    ],
)
def test_each_relation(content: str, name: str, ends: str, time: str | None) -> None:
    record, *children = content.split()
    inner = "".join(
        "<prov:time>2026-11-20</prov:time>" if child == "time" else
        f'<prov:{child} prov:ref="ex:{child}"/>'
        for child in reversed(children)
    )  # fmt: skip
    found = relation(f'<prov:{record} prov:id="ex:r">{inner}</prov:{record}>')
    expected = tuple(EX + child for child in children if child != "time")
    assert shape(found) == (name, expected)
    assert len(ends) == len(expected)
    assert (found.iri, found.time) == (EX + "r", time)


def test_a_relation_has_attributes_and_may_miss_ends() -> None:
    found = relation(
        '<prov:used xsi:type="ex:Reading"><prov:activity prov:ref="ex:a"/>'
        "<prov:role>input</prov:role><ex:n>1</ex:n></prov:used>"
    )
    assert shape(found) == ("used", (EX + "a",))
    assert found.attributes == (
        (PROV_TYPE, Iri(EX + "Reading")),
        (PROV_ROLE, Literal("input")),
        (EX + "n", Literal("1")),
    )
    assert notes('<prov:used><prov:activity prov:ref="ex:a"/></prov:used>') == [
        ("prov/missing-end", "line 2")
    ]


@pytest.mark.parametrize(
    ("name", "kind", "subtype"),
    [
        ("plan", Kind.ENTITY, "Plan"),
        ("bundle", Kind.ENTITY, "Bundle"),
        ("collection", Kind.ENTITY, "Collection"),
        ("emptyCollection", Kind.ENTITY, "EmptyCollection"),
        ("dictionary", Kind.ENTITY, "Dictionary"),
        ("emptyDictionary", Kind.ENTITY, "EmptyDictionary"),
        ("person", Kind.AGENT, "Person"),
        ("organization", Kind.AGENT, "Organization"),
        ("softwareAgent", Kind.AGENT, "SoftwareAgent"),
    ],
)
def test_elements_of_subtypes(name: str, kind: Kind, subtype: str) -> None:
    found = document(
        f'<prov:{name} prov:id="ex:x"><prov:type xsi:type="xsd:QName">prov:{subtype}</prov:type>'
        f"<prov:label>l</prov:label></prov:{name}>"
    )
    assert set(told(found, EX + "x", kind)) == {
        (PROV_TYPE, Iri(PROV + subtype)),
        (PROV_LABEL, Literal("l")),
    }


@pytest.mark.parametrize(
    ("name", "subtype"),
    [
        ("wasRevisionOf", "Revision"),
        ("wasQuotedFrom", "Quotation"),
        ("hadPrimarySource", "PrimarySource"),
    ],
)
def test_derivations_of_subtypes(name: str, subtype: str) -> None:
    found = relation(
        f'<prov:{name}><prov:generatedEntity prov:ref="ex:b"/><prov:usedEntity prov:ref="ex:a"/>'
        f"<ex:n>1</ex:n></prov:{name}>"
    )
    assert (found.type, found.ends) == (DERIVED, (EX + "b", EX + "a"))
    assert found.attributes == ((PROV_TYPE, Iri(PROV + subtype)), (EX + "n", Literal("1")))


def test_a_derivation_names_its_generation_and_usage() -> None:
    found = document(
        """<prov:wasGeneratedBy prov:id="_:g"><prov:entity prov:ref="ex:b"/></prov:wasGeneratedBy>
        <prov:wasDerivedFrom><prov:generatedEntity prov:ref="ex:b"/>
        <prov:usedEntity prov:ref="ex:a"/><prov:activity prov:ref="ex:r"/>
        <prov:generation prov:ref="_:g"/><prov:usage prov:ref="ex:u"/></prov:wasDerivedFrom>"""
    )
    generated, derived = found.relations
    assert derived.ends == (EX + "b", EX + "a", EX + "r", generated.key, EX + "u")


def test_a_membership_of_several_entities_is_one_relation_each() -> None:
    found = document(
        '<prov:hadMember><prov:collection prov:ref="ex:c"/><prov:entity prov:ref="ex:a"/>'
        '<prov:entity prov:ref="ex:b"/><prov:entity prov:ref="ex:d"/></prov:hadMember>'
    )
    assert [shape(relation) for relation in found.relations] == [
        ("hadMember", (EX + "c", EX + name)) for name in "abd"
    ]
    assert all(relation.iri is None for relation in found.relations)


def test_two_members_do_not_share_a_name() -> None:
    found = document(
        '<prov:hadMember prov:id="ex:m"><prov:collection prov:ref="ex:c"/>'
        '<prov:entity prov:ref="ex:a"/><prov:entity prov:ref="ex:b"/></prov:hadMember>'
    )
    assert [(relation.iri, relation.end(1)) for relation in found.relations] == [
        (None, EX + "a"),
        (None, EX + "b"),
    ]


def test_members_in_a_second_element_as_provtoolbox_2_writes_them() -> None:
    found = read(
        '<document xmlns="http://www.w3.org/ns/prov#" xmlns:prov="http://www.w3.org/ns/prov#">'
        '<hadMember xmlns:ex="http://example.org/"><collection prov:ref="ex:c"/><entity>\n'
        '<entity prov:ref="ex:a"/><entity prov:ref="ex:b"/></entity></hadMember></document>',
        "prov-xml",
    )
    assert [relation.ends for relation in found.relations] == [
        (EX + "c", EX + "a"),
        (EX + "c", EX + "b"),
    ]


def test_dictionaries() -> None:
    pair = "<prov:keyEntityPair><prov:key>{}</prov:key>"
    pair += '<prov:entity prov:ref="ex:{}"/></prov:keyEntityPair>'
    found = document(
        '<prov:hadDictionaryMember><prov:dictionary prov:ref="ex:d1"/>'
        + pair.format("k", "a")
        + pair.format("l", "b")
        + '</prov:hadDictionaryMember>\n<prov:derivedByInsertionFrom prov:id="ex:i">'
        '<prov:newDictionary prov:ref="ex:d2"/><prov:oldDictionary prov:ref="ex:d1"/>'
        + pair.format("m", "c")
        + "<prov:label>in</prov:label></prov:derivedByInsertionFrom>\n"
        '<prov:derivedByRemovalFrom><prov:newDictionary prov:ref="ex:d3"/>'
        '<prov:oldDictionary prov:ref="ex:d2"/><prov:key xsi:type="xsd:int">01</prov:key>'
        "<prov:key>m</prov:key></prov:derivedByRemovalFrom>"
    )
    first, second, inserted, member, removed = found.relations
    d1, d2, d3 = (EX + name for name in ("d1", "d2", "d3"))
    assert [(r.type, r.ends, r.attributes) for r in (first, second)] == [
        (DICTIONARY_MEMBER, (d1, EX + "a"), ((PROV_PAIR_KEY, Literal("k")),)),
        (DICTIONARY_MEMBER, (d1, EX + "b"), ((PROV_PAIR_KEY, Literal("l")),)),
    ]
    assert inserted == Relation(INSERTED, (d2, d1), None, EX + "i", ((PROV_LABEL, Literal("in")),))
    origin = ((PROV_PAIR_KEY, Literal("m")), (INSERTED_FROM, Iri(d1)))
    assert member == Relation(DICTIONARY_MEMBER, (d2, EX + "c"), attributes=origin)
    keys = ((PROV_REMOVED_KEY, Literal("01", XSD + "int")), (PROV_REMOVED_KEY, Literal("m")))
    assert removed == Relation(REMOVED, (d3, d2), attributes=keys)


def test_bundles() -> None:
    found = document(
        """<prov:bundleContent prov:id="b:one" xmlns:b="http://b.org/" xmlns:ex="http://in.org/">
             <prov:entity prov:id="ex:e"/>
             <prov:used><prov:activity prov:ref="ex:a"/><prov:entity prov:ref="ex:e"/></prov:used>
           </prov:bundleContent>
           <prov:entity prov:id="ex:e"/><prov:bundleContent prov:id="ex:empty"/>"""
    )
    assert list(found.bundles) == ["http://b.org/one", EX + "empty"]
    assert told(found, "http://in.org/e", Kind.ENTITY, "http://b.org/one") == ()
    assert told(found, EX + "e", Kind.ENTITY) == ()
    (used,) = found.relations
    assert (used.bundle, used.ends) == ("http://b.org/one", ("http://in.org/a", "http://in.org/e"))


def test_names_mean_what_is_declared_where_they_stand() -> None:
    found = document(
        """<prov:entity prov:id="ex:e" xmlns:ex="http://other.org/">
             <ex:a xsi:type="ex:T" xmlns:ex="http://third.org/">x</ex:a>
             <ex:b xsi:type="xsd:QName">ex:v</ex:b>
           </prov:entity>
           <prov:entity xmlns="http://default.org/" prov:id="e"/>
           <prov:used><prov:activity prov:ref="ex:a" xmlns:ex="urn:x:"/>
           <prov:entity prov:ref="ex:e"/></prov:used>"""
    )
    assert told(found, "http://other.org/e", Kind.ENTITY) == (
        ("http://third.org/a", Literal("x", "http://third.org/T")),
        ("http://other.org/b", Iri("http://other.org/v")),
    )
    assert told(found, "http://default.org/e", Kind.ENTITY) == ()
    assert found.relations[0].ends == ("urn:x:a", EX + "e")
    assert dict(found.prefixes)["ex"] == EX


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("ex:run 1/a", EX + "run 1/a"),
        ("ivo://hess/dl3?1", "ivo://hess/dl3?1"),
        ("https://doi.org/10.5281/x", "https://doi.org/10.5281/x"),
        ("urn:uuid:75ae1d7a-a9c3-42a6-91ca-f896711c1f70",) * 2,
        ("run_1", "run_1"),
        ("#d#configuration",) * 2,
        ("_:b1", "_:b1"),
        ("voprov:Parameter", VOPROV + "Parameter"),
        ("ex:a:b", EX + "a:b"),
        ("ex:", EX),
        ("xsd:int", XSD + "int"),
        ("urn:x-provstore:name:_%3Ab1", "_:b1"),
    ],
)
def test_identifiers_of_every_kind(name: str, iri: str) -> None:
    assert [t.iri for t in document(f'<prov:entity prov:id="{name}"/>').elements] == [iri]


def test_elements_in_a_value_are_kept_as_xml() -> None:
    content = (
        '<prov:entity prov:id="ex:e"><ex:a>a &lt; <b xmlns="urn:b">c</b> d</ex:a></prov:entity>'
    )
    value = attribute(told(document(content), EX + "e", Kind.ENTITY), EX + "a")
    assert isinstance(value, Literal)
    assert value.datatype == "http://www.w3.org/1999/02/22-rdf-syntax-ns#XMLLiteral"
    assert value.lexical.startswith('a &lt; <b xmlns="urn:b"')
    assert value.lexical.endswith(">c</b> d")
    assert notes(content) == [("prov-xml/xml-value", "line 2")]


@pytest.mark.parametrize(
    ("text", "is_ours"),
    [
        (HEAD, True),
        ('<?xml version="1.0"?><!-- c -->\n<document xmlns="http://www.w3.org/ns/prov#"/>', True),
        ("<v:document\n xmlns:v='http://www.ivoa.net/ns/voprov#'>", True),
        (HEAD.encode("utf-16"), True),
        ("<!DOCTYPE prov:document [<!ENTITY x 'y'>]>" + HEAD, True),
        ('<document xmlns="http://docbook.org/ns/docbook">', False),
        ('<VOTABLE xmlns:prov="http://www.w3.org/ns/prov#"/>', False),
        ('<uws:job xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"/>', False),
        ('<rdf:RDF xmlns:prov="http://www.w3.org/ns/prov#"/>', False),
        ("{}", False),
    ],
)
def test_recognised_by_root_and_namespace(text: str | bytes, is_ours: bool) -> None:  # noqa: FBT001  an expected value
    assert ProvXml().sniff(text if isinstance(text, bytes) else text.encode()) is is_ours


def test_places_of_statements() -> None:
    found = document(
        '<prov:entity prov:id="ex:e"/>\n\n<prov:entity prov:id="ex:f">\n</prov:entity>'
    )
    assert [place_text(place) for place in found.places.values()] == ["line 2", "line 4"]


def test_the_one_part_is_all_of_it() -> None:
    text = xml("").encode()
    (part,) = parsed(text, "prov-xml").parts
    assert (part.start, part.end, part.subject) == (0, len(text), None)
