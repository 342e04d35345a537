"""PROV-JSON as written: names, blank names, bundles, the two flavours."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import prov
import pytest
from hypothesis import given
from prov.model import ProvDocument
from support.odd_documents import standard_documents

from provstore.errors import BadParameterError
from provstore.exporters.flavour import Model
from provstore.exporters.prov_json import write_prov_json
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri, Prefixes, quoted_name
from provstore.model.literals import XSD_DATETIME, XSD_INT, Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    CONFIGURED,
    DERIVED,
    DESCRIBED,
    DICTIONARY_MEMBER,
    ENDED,
    GENERATED,
    INSERTED,
    MENTIONED,
    PROV_LABEL,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    REMOVED,
    STARTED,
    USED,
    Kind,
    RelationType,
)

EX = "http://example.org/"
W3C, IVOA = Model.W3C, Model.IVOA


def written(document: Document, model: Model = W3C) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(b"".join(write_prov_json(document, model)))
    return told


def observation() -> Document:
    document = Document(Prefixes({"ex": EX}))
    document.add_element(Kind.ENTITY, EX + "raw", ((PROV_LABEL, Literal("raw.fits")),))
    document.add_element(
        Kind.ACTIVITY,
        EX + "calibrate",
        ((PROV_START_TIME, Literal("2024-01-01T00:00:00", XSD_DATETIME)),),
    )
    return document


class TestElements:
    def test_an_entity_is_told_in_its_section_under_its_qualified_name(self) -> None:
        assert written(observation())["entity"] == {"ex:raw": {"prov:label": "raw.fits"}}

    def test_the_start_of_an_activity_is_plain_text(self) -> None:
        told = written(observation())["activity"]["ex:calibrate"]
        assert told == {"prov:startTime": "2024-01-01T00:00:00"}

    def test_values_keep_their_form_datatype_and_language(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        values = (
            Literal("007", XSD_INT),
            text_literal("Bonjour", "fr"),
            Iri(EX + "colour"),
            Literal("text"),
        )
        document.add_element(Kind.ENTITY, EX + "e", tuple((EX + "a", v) for v in values))
        assert sorted(map(str, written(document)["entity"]["ex:e"]["ex:a"])) == sorted(
            map(
                str,
                [
                    {"$": "007", "type": "xsd:int"},
                    {"$": "Bonjour", "lang": "fr"},
                    {"$": "ex:colour", "type": "prov:QUALIFIED_NAME"},
                    "text",
                ],
            )
        )

    def test_an_iri_that_is_entity_and_agent_is_told_in_both_sections(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_element(Kind.ENTITY, EX + "gammapy")
        document.add_element(Kind.AGENT, EX + "gammapy")
        told = written(document)
        assert told["entity"] == {"ex:gammapy": {}}
        assert told["agent"] == {"ex:gammapy": {}}


class TestNames:
    def test_only_prefixes_in_use_are_declared(self) -> None:
        document = observation()
        document.prefixes.declared["unused"] = "http://unused.org/"
        assert written(document)["prefix"] == {
            "prov": "http://www.w3.org/ns/prov#",
            "xsd": XSD,
            "ex": EX,
        }

    def test_a_namespace_without_a_prefix_gets_one(self) -> None:
        document = Document()
        document.add_element(Kind.ENTITY, "ivo://hess.example/dl3?20136")
        told = written(document)
        (name,) = told["entity"]
        prefix, _, local = name.partition(":")
        assert told["prefix"][prefix] + local == "ivo://hess.example/dl3?20136"

    def test_a_bare_name_stays_bare_and_no_default_namespace_is_declared(self) -> None:
        document = Document(Prefixes({"": EX, "default": EX}))
        document.add_element(Kind.ENTITY, "run1")
        document.add_element(Kind.ENTITY, EX + "run2")
        told = written(document)
        assert "run1" in told["entity"]
        assert not {"", "default"} & told["prefix"].keys()

    def test_a_document_cannot_redefine_the_prefixes_of_the_standards(self) -> None:
        document = Document(Prefixes({"prov": "http://other.org/", "ex": EX}))
        document.add_element(Kind.ENTITY, "http://other.org/e", ((PROV_LABEL, Literal("x")),))
        told = written(document)
        assert told["prefix"]["prov"] == "http://www.w3.org/ns/prov#"
        (name,) = told["entity"]
        assert not name.startswith("prov:")

    @pytest.mark.parametrize("prefix", ["ivo", "_", "a:b", "1st", "xsi", "a b"])
    def test_a_prefix_that_would_be_misread_is_not_used(self, prefix: str) -> None:
        document = Document(Prefixes({prefix: "http://odd.org/"}))
        document.add_element(Kind.ENTITY, "http://odd.org//e")
        assert prefix not in written(document)["prefix"]


class TestBlankNames:
    def test_anonymous_relations_are_numbered_afresh(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        for name in ("a", "b"):
            document.add_relation(Relation(USED, (EX + "run", EX + name)))
        assert list(written(document)["used"]) == ["_:id1", "_:id2"]

    def test_a_fresh_name_is_never_that_of_a_blank_element(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_element(Kind.ENTITY, "_:id1")
        document.add_relation(Relation(USED, (EX + "run", "_:id1")))
        told = written(document)
        assert told["used"] == {"_:id2": {"prov:activity": "ex:run", "prov:entity": "_:id1"}}

    def test_a_reference_to_an_anonymous_relation_is_its_fresh_name(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        generation = Relation(GENERATED, (EX + "dl3", EX + "run"))
        usage = Relation(USED, (EX + "run", EX + "dl2"))
        document.add_relation(Relation(USED, (EX + "run", EX + "cuts")))
        document.add_relation(usage)
        document.add_relation(generation)
        ends = (EX + "dl3", EX + "dl2", EX + "run", generation.key, usage.key)
        document.add_relation(Relation(DERIVED, ends))
        told = written(document)
        (derivation,) = told["wasDerivedFrom"].values()
        assert told["wasGeneratedBy"][derivation["prov:generation"]]["prov:entity"] == "ex:dl3"
        assert told["used"][derivation["prov:usage"]]["prov:entity"] == "ex:dl2"

    def test_a_reference_to_a_relation_that_is_not_there_stays_an_iri(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        missing = Relation(GENERATED, (EX + "dl3", EX + "run")).key
        document.add_relation(Relation(DERIVED, (EX + "b", EX + "a", None, missing)))
        told = written(document)
        (derivation,) = told["wasDerivedFrom"].values()
        prefix, _, local = derivation["prov:generation"].partition(":")
        assert told["prefix"][prefix] + local == missing


class TestRelations:
    def test_missing_ends_are_left_out_and_the_time_is_kept_as_told(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_relation(
            Relation(STARTED, (EX + "run", None, EX + "night"), "2024-01-01T00:00:00.10Z")
        )
        assert written(document)["wasStartedBy"]["_:id1"] == {
            "prov:activity": "ex:run",
            "prov:starter": "ex:night",
            "prov:time": "2024-01-01T00:00:00.10Z",
        }

    def test_two_tellings_of_one_identifier_are_a_list(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        for role in ("a", "b"):
            document.add_relation(
                Relation(
                    USED,
                    (EX + "run", EX + "file"),
                    None,
                    EX + "u1",
                    ((PROV_ROLE, Literal(role)),),
                )
            )
        told = written(document)["used"]["ex:u1"]
        assert [record["prov:role"] for record in told] == ["a", "b"]


class TestBundles:
    def test_a_bundle_declares_all_its_prefixes_itself(self) -> None:
        document = Document(Prefixes({"ex": EX, "night": "http://nights.org/"}))
        document.add_bundle("http://nights.org/1", {"ex": "http://inner.org/"})
        document.add_element(Kind.ENTITY, "http://inner.org/e", bundle="http://nights.org/1")
        document.add_element(Kind.ENTITY, EX + "outer", bundle="http://nights.org/1")
        bundle = written(document)["bundle"]["night:1"]
        assert bundle["prefix"]["ex"] == "http://inner.org/"
        names = {bundle["prefix"][n.split(":")[0]] + n.split(":")[1] for n in bundle["entity"]}
        assert names == {"http://inner.org/e", EX + "outer"}

    def test_the_name_of_a_bundle_means_the_same_inside_and_outside(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_bundle(EX + "night", {"ex": "http://inner.org/"})
        document.add_element(Kind.ENTITY, "http://inner.org/e", bundle=EX + "night")
        told = written(document)["bundle"]["ex:night"]
        assert told["prefix"].get("ex", EX) == EX

    def test_an_empty_bundle_is_told(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_bundle(EX + "empty")
        assert list(written(document)["bundle"]) == ["ex:empty"]


def configured() -> Document:
    document = Document(Prefixes({"ex": EX}))
    document.add_element(
        Kind.ENTITY,
        EX + "cuts",
        ((PROV_TYPE, Iri(VOPROV + "Parameter")), (PROV_TYPE, Iri(EX + "Cuts"))),
    )
    document.add_relation(
        Relation(
            CONFIGURED,
            (EX + "run", EX + "cuts"),
            attributes=((VOPROV + "artefactType", Literal("Parameter")),),
        )
    )
    document.add_relation(Relation(DESCRIBED, (EX + "run", EX + "description"), None, EX + "d1"))
    return document


class TestFlavours:
    def test_w3c_says_ivoa_relations_as_marked_influences(self) -> None:
        told = written(configured())
        assert told["wasInfluencedBy"] == {
            "_:id1": {
                "prov:influencee": "ex:run",
                "prov:influencer": "ex:cuts",
                "prov:type": {
                    "$": "voprov:ConfigurationRelation",
                    "type": "prov:QUALIFIED_NAME",
                },
                "voprov:artefactType": "Parameter",
            },
            "ex:d1": {
                "prov:influencee": "ex:run",
                "prov:influencer": "ex:description",
                "prov:type": {"$": "voprov:DescriptionRelation", "type": "prov:QUALIFIED_NAME"},
            },
        }
        assert [v["$"] for v in told["entity"]["ex:cuts"]["prov:type"]] == [
            "ex:Cuts",
            "voprov:Parameter",
        ]

    def test_ivoa_has_a_section_per_class_and_relation(self) -> None:
        told = written(configured(), IVOA)
        assert told["parameter"] == {
            "ex:cuts": {"prov:type": {"$": "ex:Cuts", "type": "prov:QUALIFIED_NAME"}}
        }
        assert told["wasConfiguredBy"] == {
            "_:id1": {
                "voprov:configured": "ex:run",
                "voprov:configurator": "ex:cuts",
                "voprov:artefactType": "Parameter",
            }
        }
        assert told["isDescribedBy"]["ex:d1"]["voprov:descriptor"] == "ex:description"
        assert "entity" not in told
        assert told["prefix"]["voprov"] == VOPROV

    def test_the_type_of_an_agent_is_said_in_the_words_of_the_flavour(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        person = (PROV_TYPE, Iri("http://www.w3.org/ns/prov#Person"))
        document.add_element(Kind.AGENT, EX + "alice", (person,))
        document.add_element(Kind.AGENT, EX + "cta", ((VOPROV + "type", Literal("Organization")),))
        assert written(document, IVOA)["agent"]["ex:alice"]["voprov:type"] == "Person"
        assert written(document, W3C)["agent"]["ex:cta"] == {
            "prov:type": {"$": "prov:Organization", "type": "prov:QUALIFIED_NAME"},
            "voprov:type": "Organization",
        }

    def test_a_flavour_that_does_not_exist_is_refused(self) -> None:
        assert Model.of("ivoa") is IVOA
        with pytest.raises(BadParameterError, match="W3C or IVOA"):
            Model.of("OPM")


@pytest.mark.parametrize("make", [observation, configured])
def test_prov_reads_the_w3c_flavour(make: Callable[[], Document]) -> None:
    document = make()
    read = ProvDocument.deserialize(
        content=b"".join(write_prov_json(document)).decode(), format="json"
    )
    assert len(read.get_records()) == len(document.elements) + len(document.relations)


SCHEMA = Path(prov.__file__).parent / "tests" / "schemas" / "prov-json.schema.json"
# its date-time demands a time zone, which xsd:dateTime leaves open (XML Schema 1.1, 3.3.7)
VALID = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text()), validate_formats=False)


def in_terms_of_the_schema(document: Document) -> Document:
    """The W3C schema knows no mentions (PROV-LINKS), and spells a section ``wasEndedby``."""
    left_out = {MENTIONED, ENDED}
    document.relations = [told for told in document.relations if told.type not in left_out]
    return document


@given(standard_documents)
def test_standard_documents_are_valid(document: Document) -> None:
    text = b"".join(write_prov_json(in_terms_of_the_schema(document)))
    assert [error.message for error in VALID.iter_errors(json.loads(text))] == []


@pytest.mark.parametrize(
    ("section", "spelled", "valid"),
    [("wasEndedBy", "wasEndedBy", False), ("wasEndedBy", "wasEndedby", True)],
)
def test_an_end_is_valid_but_for_the_spelling(section: str, spelled: str, valid: bool) -> None:  # noqa: FBT001  a parameter of a test
    document = Document()
    document.add_relation(Relation(ENDED, (EX + "a", EX + "e")))
    told = written(document)
    told[spelled] = told.pop(section)
    assert VALID.is_valid(told) is valid


QUOTED_ENTITY = "provstore:name:http%3A%2F%2Fwww.w3.org%2Fns%2Fprov%23entity"


class TestAttributesWithNamesOfArguments:
    """Other formats tell arguments by position: there such an attribute is one like any other."""

    def test_beside_the_argument_it_is_no_second_telling_of_it(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        named = ((PROV + "entity", Literal("v")),)
        document.add_relation(Relation(USED, (EX + "a", EX + "b"), attributes=named))
        (told,) = written(document)["used"].values()
        assert told == {"prov:activity": "ex:a", "prov:entity": "ex:b", QUOTED_ENTITY: "v"}
        assert read_document(b"".join(write_prov_json(document))).parts[0].document == document

    def test_without_the_argument_it_is_not_taken_for_it(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        named = ((PROV + "entity", Iri(EX + "no-end")),)
        document.add_relation(Relation(USED, (EX + "a",), attributes=named))
        (relation,) = read_document(b"".join(write_prov_json(document))).parts[0].document.relations
        assert (relation.ends, relation.attributes) == ((EX + "a",), named)

    def test_an_influence_in_place_of_a_relation_of_the_ivoa_has_its_own_arguments(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        named = ((PROV + "influencer", Literal("v")),)
        document.add_relation(Relation(DESCRIBED, (EX + "a", EX + "b"), attributes=named))
        for model in Model:
            text = b"".join(write_prov_json(document, model))
            assert read_document(text).parts[0].document == document

    @pytest.mark.parametrize("kind", [DICTIONARY_MEMBER, INSERTED, REMOVED])
    def test_keys_of_dictionaries_are_those_of_their_own_records(self, kind: RelationType) -> None:
        document = Document(Prefixes({"ex": EX}))
        names = (PROV_PAIR_KEY, PROV_REMOVED_KEY, PROV + "key", PROV + "after", PROV + "key-set")
        named = tuple((name, Literal(f"v{index}")) for index, name in enumerate(names))
        document.add_relation(Relation(kind, (EX + "a", EX + "b"), attributes=named))
        text = b"".join(write_prov_json(document))
        assert read_document(text).parts[0].document == document

    def test_a_name_that_is_quoted_already_is_quoted_again(self) -> None:
        document = Document(Prefixes({"ex": EX}))
        document.add_element(Kind.ENTITY, quoted_name("ex:a b"))
        assert read_document(b"".join(write_prov_json(document))).parts[0].document == document
