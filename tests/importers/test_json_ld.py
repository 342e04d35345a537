"""PROV-JSONLD, read as the JSON that it is, and all other JSON-LD, read as RDF."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from prov.model import ProvDocument, ProvMention
from prov.tests.strategies import prov_documents
from support.prov_oracle import comparable, document_of
from support.reading import EX, attribute, parsed, read, shape, told

from provstore.importers.json_ld.importer import JsonLd
from provstore.importers.json_ld.quads import MAX_DEPTH
from provstore.importers.prov_json.importer import ProvJson
from provstore.importers.registry import read_document, recognise
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri, quoted_name
from provstore.model.literals import (
    XSD_BOOLEAN,
    XSD_DATETIME,
    XSD_DOUBLE,
    XSD_INTEGER,
    Literal,
    text_literal,
)
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    CONFIGURED,
    GENERATED,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
    USED,
    Kind,
)

CONTEXT = "https://openprovenance.org/prov-jsonld/context.jsonld"
NAME = "json-ld"


def prov_jsonld(*statements: object, url: object = CONTEXT) -> dict[str, Any]:
    return {"@context": [{"ex": EX}, url], "@graph": list(statements)}


def of_file(data: Path, name: str) -> Document:
    found = read_document((data / "json-ld" / name).read_bytes())
    assert found.format == NAME
    (part,) = found.parts
    return part.document


class TestProvJsonld:
    @pytest.fixture
    def document(self, data: Path) -> Document:
        return of_file(data, "night.jsonld")

    def test_elements_and_their_attributes(self, document: Document) -> None:
        assert list(document.elements.items()) == [
            (
                Telling(None, EX + "events.fits", Kind.ENTITY),
                (
                    (PROV_TYPE, Iri(EX + "File")),
                    (PROV_TYPE, Iri(VOPROV + "DatasetEntity")),
                    (PROV_LABEL, text_literal("events", "en")),
                    (PROV_LOCATION, Literal("/data/events.fits")),
                    (PROV_VALUE, Literal("plain")),
                    (EX + "size", Literal("01", XSD + "int")),
                    (EX + "size", Literal("1.50", XSD_DOUBLE)),
                    (EX + "also", Iri(EX + "other")),
                    (EX + "also", Iri(EX + "this")),
                    (EX + "also", Literal("ex:text")),
                ),
            ),
            (
                Telling(None, EX + "reduce", Kind.ACTIVITY),
                (
                    (PROV + "startTime", Literal("2026-01-01T00:00:00Z", XSD_DATETIME)),
                    (PROV_TYPE, Iri(EX + "Reduction")),
                ),
            ),
            (Telling(None, EX + "shifter", Kind.AGENT), ()),
            (Telling(EX + "bundle", EX + "in/e", Kind.ENTITY), ()),
        ]

    def test_relations(self, document: Document) -> None:
        used, generated, derived = document.relations[:3]
        assert used == Relation(
            USED,
            (EX + "reduce", EX + "raw"),
            "2026-01-01T00:10:00Z",
            attributes=((PROV_ROLE, Iri(EX + "input")),),
        )
        assert generated == Relation(GENERATED, (EX + "events.fits", EX + "reduce"), iri=EX + "g1")
        assert derived.ends == (
            EX + "events.fits", EX + "raw", EX + "reduce", EX + "g1", used.key,
        )  # fmt: skip
        assert [shape(relation) for relation in document.relations[3:]] == [
            ("wasAssociatedWith", (EX + "reduce", EX + "shifter", EX + "plan")),
            ("hadMember", (EX + "night", EX + "raw")),
            ("hadMember", (EX + "night", EX + "events.fits")),
            ("wasConfiguredBy", (EX + "reduce", EX + "cuts")),
            ("specializationOf", (EX + "in/e", EX + "raw")),
        ]
        assert document.relations[6] == Relation(CONFIGURED, (EX + "reduce", EX + "cuts"))
        assert document.relations[7].bundle == EX + "bundle"

    def test_places_are_those_of_the_statements(self, document: Document) -> None:
        assert document.places[Telling(None, EX + "reduce", Kind.ACTIVITY)] == ("@graph", 1)
        assert document.places[7] == ("@graph", 9, "@graph", 1)

    def test_the_same_document_in_prov_json_is_equal(self, document: Document, data: Path) -> None:
        assert read((data / "prov-json" / "night.json").read_bytes()) == document

    @pytest.mark.parametrize(
        "url",
        [
            CONTEXT,
            "http://openprovenance.org/prov-jsonld/context.json",
            "https://www.openprovenance.org/prov-jsonld/context-2024-08-25.jsonld",
        ],
    )
    def test_published_addresses_of_the_context_are_known(self, url: str) -> None:
        entity = {"@type": "Entity", "@id": "ex:e"}
        assert list(read(prov_jsonld(entity, url=url), NAME).told()) == [EX + "e"]

    def test_the_context_may_be_the_only_one(self) -> None:
        content = {"@context": CONTEXT, "@graph": [{"@type": "Entity", "@id": "e"}]}
        assert list(read(content, NAME).told()) == ["e"]

    def test_the_context_may_be_written_out(self) -> None:
        library = ProvDocument()
        library.add_namespace("ex", EX)
        library.entity("ex:e", {"ex:a": 1})
        text = library.serialize(format="jsonld", context="embed")
        found = parsed(text, NAME)
        assert told(found.parts[0].document, EX + "e", Kind.ENTITY) == (
            (EX + "a", Literal("1", XSD + "int")),
        )

    def test_vocab_is_the_default_namespace(self) -> None:
        content = {
            "@context": [{"@vocab": EX, "@base": EX}, CONTEXT],
            "@graph": [{"@type": "Entity", "@id": "e", "size": ["1"]}],
        }
        assert told(read(content, NAME), EX + "e", Kind.ENTITY) == ((EX + "size", Literal("1")),)

    def test_quoted_names_are_what_they_stand_for(self) -> None:
        name = quoted_name("run 1")
        entity = {"@type": "Entity", "@id": name, name: [{"@id": name}]}
        document = read(prov_jsonld(entity), NAME)
        assert told(document, "run 1", Kind.ENTITY) == (("run 1", Iri("run 1")),)

    @pytest.mark.parametrize(
        ("value", "expected"),
        [
            ("ex:text", Literal("ex:text")),
            (True, Literal("true", XSD_BOOLEAN)),
            (7, Literal("7", XSD + "int")),
            ({"@value": 7}, Literal("7", XSD + "int")),
            ({"@value": "x"}, Literal("x")),
            ({"@value": "x", "@type": "xsd:string"}, Literal("x")),
            ({"@value": 7, "@type": "ex:t"}, Literal("7", EX + "t")),
            ({"@value": "x", "@language": "de"}, text_literal("x", "de")),
            ({"@value": "ex:n", "@type": "prov:QUALIFIED_NAME"}, Iri(EX + "n")),
            ({"@id": "ex:n"}, Iri(EX + "n")),
        ],
    )
    @pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value]])
    def test_values(self, value: object, expected: object, wrap: Any) -> None:  # noqa: ANN401  a function
        entity = {"@type": "Entity", "@id": "ex:e", "ex:a": wrap(value)}
        attributes = told(read(prov_jsonld(entity), NAME), EX + "e", Kind.ENTITY)
        assert attribute(attributes, EX + "a") == expected

    @pytest.mark.parametrize("key", ["type", "prov:type", "location", "role", "prov:role"])
    def test_bare_strings_under_terms_typed_so_are_names(self, key: str) -> None:
        entity = {"@type": "Entity", "@id": "ex:e", key: ["ex:n", {"@value": "ex:n"}]}
        ((_, first), (_, second)) = told(read(prov_jsonld(entity), NAME), EX + "e", Kind.ENTITY)
        assert (first, second) == (Iri(EX + "n"), Literal("ex:n"))

    @pytest.mark.parametrize(
        ("told_type", "keys", "name"),
        [
            ("prov:Mention", ("specificEntity", "generalEntity", "bundle"), "mentionOf"),
            ("prov:Insertion", ("newDictionary", "oldDictionary"), "derivedByInsertionFrom"),
            ("prov:Removal", ("newDictionary", "oldDictionary"), "derivedByRemovalFrom"),
            ("prov:KeyEntityPair", ("dictionary", "entity"), "hadDictionaryMember"),
            ("voprov:isDescribedBy", ("described", "descriptor"), "isDescribedBy"),
            ("voprov:DescriptionRelation", ("described", "descriptor"), "isDescribedBy"),
        ],
    )
    @pytest.mark.parametrize("form", ["plain", "prov", "node"])
    def test_statements_beyond_the_submission(
        self, told_type: str, keys: tuple[str, ...], name: str, form: str
    ) -> None:
        prefix = told_type.partition(":")[0] + ":" if form != "plain" else ""
        ends: dict[str, object] = {
            prefix + key: {"@id": f"ex:{key}"} if form == "node" else f"ex:{key}" for key in keys
        }
        document = read(prov_jsonld({"@type": told_type, **ends}), NAME)
        assert [shape(relation) for relation in document.relations] == [
            (name, tuple(EX + key for key in keys))
        ]

    @pytest.mark.parametrize(("members", "name"), [(["ex:e"], EX + "m"), (["ex:e", "ex:f"], None)])
    def test_the_name_of_a_membership_is_kept_where_it_is_one(
        self, members: list[str], name: str | None
    ) -> None:
        item = {"@type": "Membership", "@id": "ex:m", "collection": "ex:c", "entity": members}
        found = parsed(prov_jsonld({**item, "ex:note": "a"}), NAME)
        relations = found.parts[0].document.relations
        assert [relation.end(1) for relation in relations] == [EX + m[3:] for m in members]
        assert {relation.iri for relation in relations} == {name}
        assert {relation.attributes for relation in relations} == {((EX + "note", Literal("a")),)}
        noted = [] if name else [("json-ld/members-name", EX + "m")]
        assert [(finding.rule, finding.value) for finding in found.findings] == noted

    @pytest.mark.parametrize(("base", "rules"), [(EX, ["json-ld/base"]), (None, [])])
    def test_a_base_is_not_applied_and_noted(self, base: str | None, rules: list[str]) -> None:
        content = {
            "@context": [CONTEXT, {"@base": base}],
            "@graph": [{"@type": "Entity", "@id": "run1"}],
        }
        found = parsed(content, NAME)
        assert list(found.parts[0].document.elements) == [Telling(None, "run1", Kind.ENTITY)]
        assert [finding.rule for finding in found.findings] == rules

    def test_a_class_of_the_ivoa_is_a_marked_entity(self) -> None:
        item = {"@type": "voprov:ActivityDescription", "@id": "ex:d"}
        assert told(read(prov_jsonld(item), NAME), EX + "d", Kind.ENTITY) == (
            (PROV_TYPE, Iri(VOPROV + "ActivityDescription")),
        )

    def test_what_is_probably_wrong_is_noted(self) -> None:
        content = prov_jsonld(
            {"@type": "Usage", "activity": "ex:a"},
            {"@type": "Activity", "@id": "ex:a", "startTime": "yesterday", "bare": ["x"]},
        )
        content["@context"][0]["prov"] = "http://www.w3.org/ns/prov/"
        found = [(f.severity, f.rule, f.place) for f in parsed(content, NAME).findings]
        assert found == [
            ("warning", "json-ld/redeclared-prefix", "/@context/0/prov"),
            ("warning", "prov/missing-end", "/@graph/0"),
            ("info", "json-ld/bare-attribute", "/@graph/1/bare"),
            ("warning", "prov/bad-time", "/@graph/1"),
        ]


class TestOtherJsonLd:
    def test_a_document_of_prov_o(self, data: Path) -> None:
        document = of_file(data, "prov-o.jsonld")
        activity = told(document, EX + "reduce", Kind.ACTIVITY)
        assert activity == (
            (PROV + "startTime", Literal("2026-01-01T00:00:00Z", XSD_DATETIME)),
            (EX + "threshold", Literal("1.50", XSD_DOUBLE)),
            (EX + "threshold", Literal("1.5", XSD_DOUBLE)),
            (EX + "threshold", Literal("2.0", XSD_DOUBLE)),
            (EX + "threshold", Literal("-0", XSD_INTEGER)),
            (EX + "threshold", Literal("12345678901234567890123", XSD_INTEGER)),
            (EX + "mass", Literal("0.10", XSD + "decimal")),
            ("note", Literal("without a definition")),
        )
        assert [shape(relation) for relation in document.relations] == [
            ("used", (EX + "reduce", EX + "raw")),
            ("used", (EX + "reduce", "run1")),
            ("wasGeneratedBy", (EX + "raw", EX + "observe")),
        ]

    def test_what_was_assumed_is_said(self, data: Path) -> None:
        found = read_document((data / "json-ld" / "prov-o.jsonld").read_bytes()).findings
        assert [(finding.severity, finding.rule, finding.value) for finding in found] == [
            ("info", "json-ld/undefined-term", "note"),
            ("info", "rdf/relative-iri", "run1"),
        ]

    def test_texts_that_look_like_the_stand_in_of_a_number_stay(self) -> None:
        texts = ["1.0000000001E300", "1.0000000001e+299"]
        content = [
            {"@id": EX + "e", "@type": [PROV + "Entity"], EX + "a": [{"@value": 2.5}]},
            {"@id": EX + "e", EX + "b": [{"@value": text} for text in texts]},
        ]
        document = read(content, NAME)
        assert set(told(document, EX + "e", Kind.ENTITY)) == {
            (EX + "a", Literal("2.5", XSD_DOUBLE)),
            *((EX + "b", Literal(text)) for text in texts),
        }

    def test_names_that_have_every_exponent_are_no_matter(self) -> None:
        content = [
            {"@id": f"{EX}e{number}", "@type": PROV + "Entity", EX + "size": {"@value": 1.5}}
            for number in range(100, 400)
        ]
        document = read(content, NAME)
        assert len(document.elements) == 300
        assert set(document.elements.values()) == {((EX + "size", Literal("1.5", XSD_DOUBLE)),)}

    def test_a_text_with_escapes_that_looks_like_a_stand_in_stays(self) -> None:
        text = "1.0000099991E300"
        node = {"@id": EX + "e", "@type": PROV + "Entity", EX + "a": [2.5, {"@value": text}]}
        content = json.dumps(node).replace("300", "\\u0033\\u0030\\u0030")
        assert set(told(read(content, NAME), EX + "e", Kind.ENTITY)) == {
            (EX + "a", Literal("2.5", XSD_DOUBLE)),
            (EX + "a", Literal(text)),
        }

    def test_numbers_inside_of_json_values_keep_their_form(self) -> None:
        content = {
            "@context": {"ex": EX, "j": {"@id": "ex:j", "@type": "@json"}},
            "@id": "ex:e",
            "@type": PROV + "Entity",
            "j": {"a": 1.50},
        }
        text = json.dumps(content).replace("1.5", "1.50")
        (pair,) = told(read(text, NAME), EX + "e", Kind.ENTITY)
        assert pair[1].lexical == '{"a":1.50}'  # type: ignore[union-attr]  # a literal

    def test_nesting_up_to_the_limit_is_read(self) -> None:
        deep: Any = {"@id": EX + "last", "@type": PROV + "Entity"}
        for number in range(MAX_DEPTH - 1):  # the last is an object as well
            deep = {"@id": f"{EX}e{number}", PROV + "wasDerivedFrom": deep}
        assert len(read(deep, NAME).relations) == MAX_DEPTH - 1


class TestSniffing:
    @pytest.mark.parametrize(
        "text",
        [
            '{"@context": {}}',
            '  [ { "@id" : "x"',
            '{"@graph": []}',
            '{"id": "x", "@context": "y"}',
            json.dumps(prov_jsonld()),
        ],
    )
    def test_it_is_json_ld(self, text: str) -> None:
        assert JsonLd().sniff(text.encode())

    @pytest.mark.parametrize(
        "text",
        [
            "{}",
            '{"prefix": {"ex": "x"}, "entity": {"ex:e": {"@context": "x"}}}',
            "@prefix ex: <x> .",
            "<x>",
            '"@context": 1',
        ],
    )
    def test_it_is_not(self, text: str) -> None:
        assert not JsonLd().sniff(text.encode())

    def test_a_context_written_out_is_no_prov_json(self) -> None:
        text = '{"@context": {"entity": {"@id": "prov:entity"}}, "@graph": []}'
        assert JsonLd().sniff(text.encode())
        assert recognise(text.encode()).name == NAME
        assert ProvJson().sniff(text.encode())  # so JSON-LD is asked first


@settings(max_examples=40)
@given(prov_documents())
def test_documents_that_the_library_writes(document: ProvDocument) -> None:
    assume(not any(list(scope.get_records(ProvMention)) for scope in (document, *document.bundles)))
    text = document.serialize(format="jsonld")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns of what its next version refuses
        library = ProvDocument.deserialize(content=text, format="jsonld")
    assert comparable(read(text, NAME)) == comparable(document_of(library))
