"""What the PROV-JSONLD writer writes, by hand, by its schema and as `prov` reads it."""

import json
import warnings
from pathlib import Path
from typing import Any

import jsonschema_rs
import prov
import pytest
from hypothesis import given
from prov.model import ProvDocument
from pyoxigraph import RdfFormat, parse
from support.odd_documents import standard_documents
from support.prov_oracle import comparable
from support.reading import read

from provstore.exporters.flavour import Model
from provstore.exporters.prov_jsonld import write_prov_jsonld
from provstore.importers.json_ld.terms import CONTEXT_URLS
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri, Prefixes, quoted_name
from provstore.model.literals import XSD_DATETIME, Literal, text_literal
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    CONFIGURED,
    DERIVED,
    GENERATED,
    INSERTED,
    MENTIONED,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
    USED,
    Kind,
    RelationType,
)

EX = "http://example.org/"
CONTEXT = "https://openprovenance.org/prov-jsonld/context.jsonld"
SCHEMA = Path(prov.__file__).parent / "tests" / "schemas" / "prov-jsonld.schema.json"
# its date-time demands a time zone, which xsd:dateTime leaves open (XML Schema 1.1, 3.3.7)
VALID = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()), validate_formats=False)


def written(document: Document, model: Model = Model.W3C) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(write_prov_jsonld(document, model)))
    return found


def graph(document: Document, model: Model = Model.W3C) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = written(document, model)["@graph"]
    return found


def with_element(kind: Kind, attributes: Attributes, iri: str = EX + "x") -> Document:
    document = Document(Prefixes({"ex": EX}))
    document.add_element(kind, iri, attributes)
    return document


def with_relations(*relations: Relation) -> Document:
    document = Document(Prefixes({"ex": EX}))
    document.relations.extend(relations)
    return document


def test_a_document() -> None:
    document = with_element(Kind.ENTITY, ())
    document.add_relation(Relation(USED, (EX + "a", EX + "x"), "2026-01-01T00:00:00Z"))
    text = b"".join(write_prov_jsonld(document))
    assert text.decode() == (
        '{"@context":[{"prov":"http://www.w3.org/ns/prov#",'
        '"xsd":"http://www.w3.org/2001/XMLSchema#","ex":"http://example.org/"},'
        f'"{CONTEXT}"],"@graph":[{{"@type":"Entity","@id":"ex:x"}},'
        '{"@type":"Usage","activity":"ex:a","entity":"ex:x","time":"2026-01-01T00:00:00Z"}]}'
    )
    assert CONTEXT in CONTEXT_URLS


def test_an_empty_document() -> None:
    assert graph(Document()) == []


class TestValues:
    def test_terms_of_an_entity(self) -> None:
        attributes: Attributes = (
            (PROV_TYPE, Iri(EX + "T")),
            (PROV_TYPE, Literal("text")),
            (PROV_LABEL, text_literal("x", "en")),
            (PROV_LABEL, Literal("7", XSD + "int")),
            (PROV_LOCATION, Literal("/data")),
            (PROV_LOCATION, Iri(EX + "site")),
            (PROV_VALUE, Iri(EX + "v")),
            (PROV_ROLE, Iri(EX + "r")),
            (EX + "a", Literal("01", XSD + "int")),
            (EX + "a", Iri(EX + "n")),
        )
        assert graph(with_element(Kind.ENTITY, attributes)) == [
            {
                "@type": "Entity",
                "@id": "ex:x",
                "type": ["ex:T", {"@value": "text"}],
                "label": [{"@value": "x", "@language": "en"}],
                "prov:label": [{"@value": "7", "@type": "xsd:int"}],  # the term has texts only
                "location": [{"@value": "/data"}, "ex:site"],
                "value": [{"@id": "ex:v"}],
                "prov:role": [{"@id": "ex:r"}],  # entities have no term for roles
                "ex:a": [{"@value": "01", "@type": "xsd:int"}, {"@id": "ex:n"}],
            }
        ]

    def test_times_of_an_activity(self) -> None:
        time = "2026-01-01T00:00:00Z"
        attributes: Attributes = (
            (PROV + "startTime", Literal(time, XSD_DATETIME)),
            (PROV + "startTime", Literal("2026", XSD + "gYear")),
            (PROV + "endTime", Literal(time, XSD_DATETIME)),
            (PROV + "endTime", Literal("2027-01-01T00:00:00Z", XSD_DATETIME)),
        )
        assert graph(with_element(Kind.ACTIVITY, attributes)) == [
            {
                "@type": "Activity",
                "@id": "ex:x",
                "startTime": time,
                "prov:startTime": [{"@value": "2026", "@type": "xsd:gYear"}],
                "endTime": time,
                "prov:endTime": [{"@value": "2027-01-01T00:00:00Z", "@type": "xsd:dateTime"}],
            }
        ]

    def test_an_attribute_without_a_namespace_has_a_name_in_full(self) -> None:
        (item,) = graph(with_element(Kind.ENTITY, (("entity", Literal("x")),)))
        assert list(item) == ["@type", "@id", "provstore:name:entity"]


class TestNames:
    @pytest.mark.parametrize(
        ("prefix", "uri"),
        [
            ("role", EX),  # a term of the context
            ("a-b", EX),  # no key of the schema
            ("ex", "http://example.org"),  # no prefix, by the end of its URI
        ],
    )
    def test_prefixes_that_json_ld_would_misread_are_not_used(self, prefix: str, uri: str) -> None:
        document = Document(Prefixes({prefix: uri}))
        document.add_element(Kind.ENTITY, EX + "x")
        assert prefix not in written(document)["@context"][0]
        assert written(document)["@graph"][0]["@id"] == "ns1:x"

    def test_a_relation_that_is_referred_to_has_a_blank_name(self) -> None:
        used = Relation(USED, (EX + "a", EX + "e"))
        derived = Relation(DERIVED, (EX + "f", EX + "e", None, EX + "g", used.key))
        assert graph(with_relations(used, derived)) == [
            {"@type": "Usage", "@id": "_:id1", "activity": "ex:a", "entity": "ex:e"},
            {
                "@type": "Derivation",
                "generatedEntity": "ex:f",
                "usedEntity": "ex:e",
                "generation": "ex:g",
                "usage": "_:id1",
            },
        ]

    def test_a_bundle_has_its_own_prefixes(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_bundle(EX + "b", {"in": EX + "in/"})
        document.add_element(Kind.ENTITY, EX + "in/e", (), EX + "b")
        (bundle,) = graph(document)
        assert bundle["@type"] == "Bundle"
        assert bundle["@id"] == "ex:b"
        assert bundle["@context"][0]["in"] == EX + "in/"
        assert bundle["@graph"] == [{"@type": "Entity", "@id": "in:e"}]


class TestBeyondTheSubmission:
    """Mentions and dictionaries have no terms; their classes and keys are told in full."""

    def test_a_mention(self) -> None:
        told = graph(with_relations(Relation(MENTIONED, (EX + "s", EX + "g", EX + "b"))))
        assert told == [
            {
                "@type": "prov:Mention",
                "prov:specificEntity": {"@id": "ex:s"},
                "prov:generalEntity": {"@id": "ex:g"},
                "prov:bundle": {"@id": "ex:b"},
            }
        ]

    def test_an_insertion(self) -> None:
        (told,) = graph(with_relations(Relation(INSERTED, (EX + "n", EX + "o"), iri=EX + "i")))
        assert told == {
            "@type": "prov:Insertion",
            "@id": "ex:i",
            "prov:newDictionary": {"@id": "ex:n"},
            "prov:oldDictionary": {"@id": "ex:o"},
        }

    @pytest.mark.parametrize("model", list(Model))
    def test_relations_of_the_ivoa_are_typed_influences(self, model: Model) -> None:
        told = graph(with_relations(Relation(CONFIGURED, (EX + "a", EX + "p"))), model)
        assert told == [
            {
                "@type": "Influence",
                "influencee": "ex:a",
                "influencer": "ex:p",
                "type": ["voprov:ConfigurationRelation"],
            }
        ]

    @pytest.mark.parametrize("model", list(Model))
    def test_classes_of_the_ivoa_are_types(self, model: Model) -> None:
        marker: Attributes = ((PROV_TYPE, Iri(VOPROV + "Parameter")),)
        (told,) = graph(with_element(Kind.ENTITY, marker), model)
        assert told == {"@type": "Entity", "@id": "ex:x", "type": ["voprov:Parameter"]}

    def test_the_type_of_an_agent_is_said_in_the_words_of_the_flavour(self) -> None:
        document = with_element(Kind.AGENT, ((PROV_TYPE, Iri(PROV + "Person")),))
        (told,) = graph(document, Model.IVOA)
        assert told["voprov:type"] == [{"@value": "Person"}]
        assert "voprov:type" not in graph(document, Model.W3C)[0]


def without_mentions(document: Document) -> Document:
    """The submission has no term for them, and its schema and `prov` refuse them."""
    document.relations = [told for told in document.relations if told.type is not MENTIONED]
    return document


@given(standard_documents)
def test_standard_documents_are_valid(document: Document) -> None:
    text = b"".join(write_prov_jsonld(without_mentions(document)))
    assert [error.message for error in VALID.iter_errors(json.loads(text))] == []


@given(standard_documents)
def test_prov_reads_standard_documents_back(document: Document) -> None:
    told = without_mentions(document)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what its next version refuses
        text = b"".join(write_prov_jsonld(told)).decode()
        library = ProvDocument.deserialize(content=text, format="jsonld")
        again = library.serialize(format="json")  # where our reader sees the markers of the IVOA
    assert comparable(read(again)) == comparable(told)


def test_the_schema_tells_wrong_from_right() -> None:
    content = written(with_relations(Relation(USED, (EX + "a", EX + "e"))))
    content["@graph"][0]["entity"] = 1
    assert not VALID.is_valid(content)
    assert not VALID.is_valid(written(with_relations(Relation(MENTIONED, (EX + "s", EX + "g")))))


def test_processors_of_json_ld_read_the_rdf_that_is_meant() -> None:
    """With the context that `prov` ships in the place of its address."""
    context = json.loads(
        (Path(prov.__file__).parent / "serializers" / "prov-jsonld-context.jsonld").read_text()
    )
    document = with_element(Kind.ENTITY, ((PROV_TYPE, Iri(VOPROV + "Parameter")),))
    document.add_relation(
        Relation(GENERATED, (EX + "x", EX + "a"), attributes=((PROV_ROLE, Iri(EX + "r")),))
    )
    document.add_relation(Relation(MENTIONED, (EX + "x", EX + "g", EX + "b")))
    content = written(document)
    content["@context"][1] = context["@context"]
    quads = {
        (getattr(q.subject, "value", ""), q.predicate.value, getattr(q.object, "value", ""))
        for q in parse(json.dumps(content).encode(), RdfFormat.JSON_LD)
    }
    rdf_type = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    assert (EX + "x", rdf_type, PROV + "Entity") in quads
    assert (EX + "x", rdf_type, VOPROV + "Parameter") in quads
    (generation,) = {o for s, p, o in quads if (s, p) == (EX + "x", PROV + "qualifiedGeneration")}
    assert (generation, PROV + "activity", EX + "a") in quads
    assert (generation, PROV + "hadRole", EX + "r") in quads
    (mention,) = {s for s, p, o in quads if (p, o) == (rdf_type, PROV + "Mention")}
    assert (mention, PROV + "generalEntity", EX + "g") in quads


@pytest.mark.parametrize("kind", [USED, INSERTED, MENTIONED])
def test_an_attribute_with_the_name_of_an_argument_is_quoted(kind: RelationType) -> None:
    document = Document(Prefixes({"ex": EX}))
    named = tuple((end.iri, Literal("v")) for end in kind.ends)
    document.add_relation(Relation(kind, (EX + "a", EX + "b"), attributes=named))
    (told,) = graph(document)
    quoted = [key for key in told if key.startswith("provstore:name:http%3A%2F%2Fwww.w3.org")]
    assert [told[key] for key in quoted] == [[{"@value": "v"}]] * len(kind.ends)
    assert read(written(document), "json-ld") == document


def test_a_name_that_is_quoted_already_is_quoted_again() -> None:
    name = quoted_name("ex:a b")
    document = with_element(Kind.ENTITY, ((name, Iri(name)),), name)
    assert read(written(document), "json-ld") == document
