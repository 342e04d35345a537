"""PROV-XML as written: lexical forms, names that XML cannot say, voprov's layout."""

import pytest
from lxml import etree

from provstore.exporters.flavour import Model
from provstore.exporters.prov_xml import write_prov_xml
from provstore.exporters.xml_names import XmlNames
from provstore.exporters.xml_text import visible
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri, Prefixes
from provstore.model.literals import Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ALTERNATE,
    CONFIGURED,
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    PROV_LABEL,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    REMOVED,
    USED,
    Kind,
)

EX = "http://example.org/"
P, V = f"{{{PROV}}}", f"{{{VOPROV}}}"
XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"


def document() -> Document:
    return Document(Prefixes({"ex": EX}))


def parsed(told: Document, model: Model = Model.W3C) -> etree._Element:
    return etree.fromstring(b"".join(write_prov_xml(told, model)))


def test_values_keep_their_lexical_form_datatype_and_language() -> None:
    told = document()
    values = (Literal("007", XSD + "int"), text_literal("Licht", "de"), Literal(" a \r\n<b>"))
    told.add_element(Kind.ENTITY, EX + "e", tuple((EX + "a", value) for value in values))
    number, light, text = parsed(told)[0]
    assert (number.text, number.get(XSI_TYPE)) == ("007", "xsd:int")
    assert light.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    assert text.text == " a \r\n<b>"
    assert not text.keys()


def test_attributes_stand_in_the_order_of_the_schema() -> None:
    told = document()
    told.add_element(
        Kind.ENTITY,
        EX + "e",
        (
            (EX + "z", Literal("1")),
            (PROV_TYPE, Iri(EX + "T")),
            (PROV_LABEL, Literal("a label")),
        ),
    )
    assert [child.tag for child in parsed(told)[0]] == [
        P + "label",
        P + "type",
        f"{{{EX}}}z",
    ]


def test_a_relation_names_its_ends_by_reference() -> None:
    told = document()
    told.add_relation(
        Relation(
            USED,
            (EX + "run", EX + "file"),
            "2024-01-01T00:00:00",
            EX + "u1",
            ((PROV_ROLE, Literal("input")),),
        )
    )
    used = parsed(told)[0]
    assert (used.tag, used.get(P + "id")) == (P + "used", "ex:u1")
    assert [(child.tag, child.get(P + "ref") or child.text) for child in used] == [
        (P + "activity", "ex:run"),
        (P + "entity", "ex:file"),
        (P + "time", "2024-01-01T00:00:00"),
        (P + "role", "input"),
    ]


def test_what_the_schema_has_no_place_for_stands_behind_the_record() -> None:
    told = document()
    told.add_relation(
        Relation(
            ALTERNATE,
            (EX + "a", EX + "b"),
            iri=EX + "r",
            attributes=((EX + "why", Literal("--><x/>\n b")),),
        )
    )
    alternate, other = parsed(told)
    assert [child.tag for child in alternate] == [P + "alternate1", P + "alternate2"]
    assert not alternate.keys()
    assert other.tag == P + "other"
    (details,) = other
    assert (details.tag, details.get(P + "id")) == ("{urn:x-provstore:}details", "ex:r")
    assert [(child.tag, child.text) for child in details] == [(f"{{{EX}}}why", "--><x/>\n b")]


def test_dictionaries() -> None:
    told = document()
    old, new = EX + "d1", EX + "d2"
    key = (PROV_PAIR_KEY, Literal("a"))
    told.add_relation(Relation(INSERTED, (new, old), attributes=((PROV_LABEL, Literal("in")),)))
    told.add_relation(
        Relation(DICTIONARY_MEMBER, (new, EX + "e"), attributes=(key, (INSERTED_FROM, Iri(old))))
    )
    told.add_relation(Relation(DICTIONARY_MEMBER, (old, EX + "f"), attributes=(key,)))
    removed = (PROV_REMOVED_KEY, Literal("1", XSD + "int"))
    told.add_relation(Relation(REMOVED, (EX + "d3", new), attributes=(removed,)))
    inserted, member, removal = parsed(told)
    assert [child.tag for child in inserted] == [
        P + "newDictionary",
        P + "oldDictionary",
        P + "keyEntityPair",
        P + "label",
    ]
    for pair, entity in ((inserted[2], "ex:e"), (member[1], "ex:f")):
        assert [(c.tag, c.text, c.get(P + "ref")) for c in pair] == [
            (P + "key", "a", None),
            (P + "entity", None, entity),
        ]
    assert [child.tag for child in member] == [P + "dictionary", P + "keyEntityPair"]
    assert [(c.tag, c.text) for c in list(removal)[2:]] == [(P + "key", "1")]
    assert removal[2].get(XSI_TYPE) == "xsd:int"


def test_characters_that_xml_forbids_are_escaped_in_a_record_that_says_so() -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + "e", ((EX + "a", Literal("bell \a _x0007_ _x")),))
    told.add_element(Kind.ENTITY, EX + "f", ((EX + "a", Literal("_x0007_")),))
    marked, plain = parsed(told)
    assert marked.get("{urn:x-provstore:}escaped") == "true"
    assert marked[0].text == "bell _x0007_ _x005F_x0007_ _x"
    assert plain.keys() == [P + "id"]
    assert plain[0].text == "_x0007_"


def test_a_time_of_an_activity_is_a_time_and_elsewhere_says_so() -> None:
    told = document()
    time = (PROV_START_TIME, Literal("2026-11-20", XSD + "dateTime"))
    told.add_element(Kind.ACTIVITY, EX + "a", (time,))
    told.add_element(Kind.ENTITY, EX + "e", (time,))
    assert [record[0].get(XSI_TYPE) for record in parsed(told)] == [None, "xsd:dateTime"]


def test_voprov_layout() -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + "p", ((PROV_TYPE, Iri(VOPROV + "Parameter")),))
    told.add_relation(
        Relation(
            CONFIGURED,
            (EX + "run", EX + "p"),
            attributes=((VOPROV + "artefactType", Literal("Parameter")),),
        )
    )
    told.add_relation(
        Relation(USED, (EX + "run", EX + "f"), attributes=((VOPROV + "descriptor", Iri(EX + "d")),))
    )
    root = parsed(told, Model.IVOA)
    parameter, configured, used = root
    assert root.tag == V + "document"
    assert (parameter.tag, parameter.get(V + "id")) == (V + "parameter", "ex:p")
    assert [(c.tag, c.get(V + "ref") or c.text) for c in configured] == [
        (V + "configured", "ex:run"),
        (V + "configurator", "ex:p"),
        (V + "artefactType", "Parameter"),
    ]
    assert [(c.tag, c.get(V + "ref")) for c in used] == [
        (P + "activity", "ex:run"),
        (P + "entity", "ex:f"),
        (V + "descriptor", "ex:d"),
    ]


@pytest.mark.parametrize(
    ("iri", "namespace", "local"),
    [
        (EX + "run", EX, "run"),
        (EX + "night/run_1", EX + "night/", "run_1"),
        (EX + "run/1", EX + "run/", "_x0031_"),
        ("ivo://hess/dl3?run020136", "ivo://hess/dl3?", "run020136"),
        (EX + "CTA PRODUCT ID", EX, "CTA_x0020_PRODUCT_x0020_ID"),
        (EX + "_x0031_", EX, "_x005F_x0031_"),
        (EX, "http://example.org", "_x002F_"),
        ("run1", None, "run1"),
        ("dir/run 1", None, "dir_x002F_run_x0020_1"),
        ("_:b1", "urn:x-provstore:name:", "__x0025_3Ab1"),
        (EX + "_x0041!", EX, "_x005F_x0041_x0021_"),
        (EX + "\U000f0000", EX, "_x000F0000_"),
        ("http://www.ivoa.net/ns/voprov#x", "http://www.ivoa.net/ns/voprov", "_x0023_x"),
        ("voprov:x", None, "voprov_x003A_x"),
        (XSD, "http://www.w3.org/2001/XMLSchem", "a_x0023_"),
        ("http://www.w3.org/XML/1998/namespace/x", "http://www.w3.org/XML/1998/namespace/", "x"),
        (
            "urn:x-provstore:name:a",
            "urn:x-provstore:name:",
            "urn_x0025_3Ax-provstore_x0025_3Aname_x0025_3Aa",
        ),
    ],
)
def test_names_are_cut_where_xml_can_say_them(iri: str, namespace: str | None, local: str) -> None:
    names = XmlNames({"ex": EX}.items())
    prefix, colon, rest = names(iri).rpartition(":")
    assert rest == local
    assert (names.used[prefix] if colon else None) == namespace


def test_two_namespaces_never_share_a_made_prefix() -> None:
    names = XmlNames({"ns1": "http://taken.org/"}.items())
    made = {names(f"http://{host}.org/e").partition(":")[0] for host in ("a", "b", "taken")}
    assert len(made) == 3


def test_what_xml_forbids_is_shown() -> None:
    assert visible("a\x00b\x1bc\ufffe\n") == "a\u2400b\u241bc\ufffd\n"


def test_an_attribute_with_the_name_of_an_argument_stands_behind_the_record() -> None:
    told = document()
    told.add_relation(
        Relation(USED, (EX + "a",), attributes=((PROV + "entity", Iri(EX + "no-end")),))
    )
    used, other = parsed(told)
    assert [child.tag for child in used] == [P + "activity"]
    assert [child.tag for child in other[0]] == [P + "entity"]
    assert read_document(b"".join(write_prov_xml(told))).parts[0].document == told
