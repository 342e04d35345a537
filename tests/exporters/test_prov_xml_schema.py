"""W3C documents that we write are valid under the schemas of PROV-XML, dictionaries included."""

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from support.odd_documents import BARE, BUNDLES, PLAIN, plain_iris, standard_documents

from provstore.exporters.prov_xml import write_prov_xml
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import Iri, Prefixes
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    PROV_DICTIONARY,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_TYPE,
    REMOVED,
    Kind,
)

BELL = "a bell \a"
scopes = st.sampled_from([None, *BUNDLES])
keys = st.text(st.characters(codec="ascii", exclude_categories=["C"]), max_size=4).map(Literal)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The W3C schemas of PROV-XML, as the wheel of `prov` brings them."""
    path = Path(str(files("prov"))) / "tests" / "schemas" / "prov.xsd"
    return etree.XMLSchema(etree.parse(path))


def written(document: Document) -> bytes:
    return b"".join(write_prov_xml(document))


def check(schema: etree.XMLSchema, document: Document) -> None:
    """It is valid, and nothing is lost."""
    text = written(document)
    schema.assertValid(etree.fromstring(text))
    assert read_document(text, format="prov-xml").parts[0].document == document


@st.composite
def dictionaries(draw: st.DrawFn) -> Document:
    """Insertions, memberships and removals, in the document and in bundles."""
    document = Document(Prefixes({"ex": "http://example.org/ns#"}))
    for name in BUNDLES:
        document.add_bundle(name)
    for number in range(draw(st.integers(1, 3))):
        bundle = draw(scopes)
        new, old = f"http://example.org/ns#d{number}", draw(plain_iris)
        told = ((PROV_TYPE, Iri(PROV_DICTIONARY)),)
        document.add_element(Kind.ENTITY, new, told, bundle)
        document.add_relation(
            Relation(INSERTED, (new, old), None, None, draw(PLAIN.attributes), bundle)
        )
        pairs = st.tuples(keys, plain_iris)
        for key, entity in draw(st.lists(pairs, min_size=1, max_size=3)):
            attributes = ((PROV_PAIR_KEY, key), (INSERTED_FROM, Iri(old)))
            ends = (new, entity)
            document.add_relation(
                Relation(DICTIONARY_MEMBER, ends, attributes=attributes, bundle=bundle)
            )
        member = ((PROV_PAIR_KEY, draw(keys)), *draw(PLAIN.attributes))
        document.add_relation(Relation(DICTIONARY_MEMBER, (old, new), attributes=member))
        removed = tuple((PROV_REMOVED_KEY, key) for key in draw(st.sets(keys, min_size=1)))
        document.add_relation(Relation(REMOVED, (old, new), attributes=removed))
    return document


@given(document=dictionaries())
def test_dictionaries(schema: etree.XMLSchema, document: Document) -> None:
    check(schema, document)


@given(document=standard_documents, data=st.data())
def test_what_the_schema_has_no_place_for(
    schema: etree.XMLSchema, document: Document, data: st.DataObject
) -> None:
    bare = [relation for relation in document.relations if relation.type in BARE]
    for relation in bare:
        iri, attributes = data.draw(st.none() | plain_iris), data.draw(PLAIN.attributes)
        document.add_relation(relation._replace(iri=iri, attributes=attributes))
    text = written(document)
    schema.assertValid(etree.fromstring(text))


def test_characters_that_xml_forbids(schema: etree.XMLSchema) -> None:
    document = Document(Prefixes({"ex": "http://example.org/ns#"}))
    document.add_element(Kind.ENTITY, "urn:x:e", (("urn:x:a", Literal(BELL)),))
    ends = ("urn:x:a", "urn:x:b")
    attributes = (("urn:x:a", Literal(BELL)),)
    for kind in (*BARE[:-1], INSERTED):
        document.add_relation(Relation(kind, ends, None, "urn:x:r", attributes))
    document.add_relation(
        Relation(DICTIONARY_MEMBER, ends, attributes=((PROV_PAIR_KEY, Literal("k")), *attributes))
    )
    for told in ((), attributes[:1], (("urn:x:a", Literal("plain")),)):
        key = (PROV_PAIR_KEY, Literal(BELL))
        document.add_relation(Relation(DICTIONARY_MEMBER, ends, attributes=(key, *told)))
    text = written(document)
    assert read_document(text, format="prov-xml").parts[0].document == document
    root = etree.fromstring(text)
    for insertion in root.findall("{*}derivedByInsertionFrom"):  # the schema wants a pair in it
        root.remove(insertion)
    schema.assertValid(root)


@pytest.mark.parametrize(
    "literal",
    [
        Literal("x", "http://www.w3.org/ns/prov#InternationalizedString", "fr_BE"),
        Literal("x", "http://www.w3.org/ns/prov#InternationalizedString", " no tag \n"),
        Literal("x", "http://www.w3.org/ns/prov#InternationalizedString", "\x01"),
        Literal(" \t\r\n "),
        Literal("\r\n"),
        Literal("]]>"),
        Literal("\ufffe \x1b_x0041_"),
        Literal("_x0041_"),
        Literal("\x85\u2028"),
    ],
)
def test_values_that_come_back_as_they_were(literal: Literal) -> None:
    document = Document()
    document.add_element(Kind.ENTITY, "urn:x:e", (("urn:x:a", literal), ("urn:x:b", Literal("_"))))
    assert read_document(written(document)).parts[0].document == document
