"""The IVOA draft of 2017 as django-prov_vo writes it, and descriptions that are inlined."""

from pathlib import Path
from typing import Any

import pytest
from support.reading import EX, attribute, example, read, refused, rules, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    GENERATED,
    PROV_COLLECTION,
    PROV_LABEL,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
    STEP,
    USED,
    Kind,
)

RAVE = "http://www.example.org/rave/"


def only(result: Parsed) -> Document:
    (part,) = result.parts
    return part.document


class TestIvoaFlavour:
    @pytest.fixture
    def result(self, data: Path) -> Parsed:
        return read_document((data / "prov-json" / "django-ivoa.json").read_bytes())

    @pytest.fixture
    def document(self, result: Parsed) -> Document:
        return only(result)

    def test_what_was_assumed_is_said(self, result: Parsed) -> None:
        found = [(f.severity, f.rule, f.place) for f in result.findings]
        assert found == [
            ("info", "prov-json/draft-2017", ""),
            ("info", "prov-json/null", "/activity/rave:act_observation/voprov:annotation"),
            ("warning", "prov-json/description", "/entity/rave:raw/voprov:description"),
            ("warning", "prov-json/repeated-id", "/collection/rave:release/voprov:id"),
        ]

    def test_elements(self, document: Document) -> None:
        classes = {
            (telling.kind, telling.iri.removeprefix(RAVE)): dict(attributes).get(PROV_TYPE)
            for telling, attributes in document.elements.items()
        }
        aip = "http://www.ivoa.net/documents/ProvenanceDM/voprov/org/aip"
        assert classes == {
            (Kind.ACTIVITY, "act_observation"): None,
            (Kind.ACTIVITY, "act_reduction"): None,
            (Kind.ENTITY, "actdesc_reduction"): Iri(VOPROV + "ActivityDescription"),
            (Kind.ACTIVITY, "flow_all"): Iri(VOPROV + "ActivityFlow"),
            (Kind.ENTITY, "20121220_0752m38_089"): None,
            (Kind.ENTITY, "raw"): None,
            (Kind.ENTITY, "release"): Iri(PROV_COLLECTION),
            (Kind.AGENT, aip): None,
            (Kind.ENTITY, "par_1"): Iri(VOPROV + "Parameter"),
            (Kind.ENTITY, "pardesc_threshold"): Iri(VOPROV + "ParameterDescription"),
            (Kind.ENTITY, "actdesc_observation"): Iri(VOPROV + "ActivityDescription"),
            (Kind.ENTITY, "entdesc_spectrum"): Iri(VOPROV + "EntityDescription"),
            (Kind.ENTITY, "useddesc_1"): Iri(VOPROV + "UsageDescription"),
            (Kind.ENTITY, "wgbdesc_1"): Iri(VOPROV + "GenerationDescription"),
        }

    def test_attributes(self, document: Document) -> None:
        assert told(document, RAVE + "act_observation", Kind.ACTIVITY) == (
            (VOPROV + "name", Literal("Observing RAVE fields")),
            (PROV + "startTime", Literal("2004-04-11T00:00:00Z", XSD_DATETIME)),
            (PROV + "endTime", Literal("2013-04-05T00:00:00Z", XSD_DATETIME)),
        )
        assert told(document, RAVE + "actdesc_reduction", Kind.ENTITY)[1:] == (
            (VOPROV + "name", Literal("IRAF reduction")),
            (VOPROV + "type", Literal("reduction")),
            (VOPROV + "doculink", Literal("https://example.org/iraf")),
        )
        assert told(document, RAVE + "par_1", Kind.ENTITY)[1:] == (
            (VOPROV + "value", Literal("0.50")),
        )
        assert told(document, RAVE + "raw", Kind.ENTITY) == (
            (VOPROV + "description", Literal("files of the night, not reduced")),
        )
        release = told(document, RAVE + "release", Kind.ENTITY)
        assert text(release, VOPROV + "id") == "rave:release_5"

    def test_relations(self, document: Document) -> None:
        def named(relation: Relation) -> tuple[str, tuple[str, ...]]:
            name, ends = shape(relation)
            return name, tuple((end or "").removeprefix(RAVE) for end in ends)

        aip = "http://www.ivoa.net/documents/ProvenanceDM/voprov/org/aip"
        spectrum = "20121220_0752m38_089"
        assert [named(relation) for relation in document.relations] == [
            ("isDescribedBy", ("act_observation", "actdesc_observation")),
            ("isDescribedBy", ("act_reduction", "actdesc_reduction")),
            ("isDescribedBy", (spectrum, "entdesc_spectrum")),
            ("wasConfiguredBy", ("act_reduction", "par_1")),
            ("isDescribedBy", ("par_1", "pardesc_threshold")),
            ("used", ("act_reduction", "raw")),
            ("used", ("act_observation", "raw")),
            ("wasGeneratedBy", (spectrum, "act_reduction")),
            ("wasAttributedTo", (spectrum, aip)),
            ("hadMember", ("release", spectrum)),
            ("hadStep", ("flow_all", "act_reduction")),
        ]
        assert all(relation.iri is None for relation in document.relations)

    def test_times_roles_and_descriptors_of_relations(self, document: Document) -> None:
        used, generated = document.relations[5], document.relations[7]
        assert used == Relation(
            USED,
            (RAVE + "act_reduction", RAVE + "raw"),
            "2012-12-21T10:00:00Z",
            attributes=(
                (PROV_ROLE, Literal("raw")),
                (VOPROV + "descriptor", Iri(RAVE + "useddesc_1")),
            ),
        )
        assert generated == Relation(
            GENERATED,
            (RAVE + "20121220_0752m38_089", RAVE + "act_reduction"),
            attributes=(
                (PROV_ROLE, Literal("spectrum")),
                (VOPROV + "descriptor", Iri(RAVE + "wgbdesc_1")),
            ),
        )
        # PROV gives an attribution no role
        assert document.relations[8].attributes == ((VOPROV + "role", Literal("publisher")),)

    def test_what_a_record_states_stands_at_the_record(self, document: Document) -> None:
        described = Telling(None, RAVE + "actdesc_reduction", Kind.ENTITY)
        record = ("activity", "rave:act_reduction")
        assert document.places[described] == (*record, "voprov:description")
        assert document.places[1] == record


def test_the_w3c_flavour(data: Path) -> None:
    document = only(read_document((data / "prov-json" / "django-w3c.json").read_bytes()))
    flow, reduction, parameter = RAVE + "flow_all", RAVE + "act_reduction", RAVE + "par_1"
    assert told(document, flow, Kind.ACTIVITY) == (
        (PROV_LABEL, Literal("From the sky to the table")),
        (PROV + "startTime", Literal("2004-04-11T00:00:00Z", XSD_DATETIME)),
        (PROV_TYPE, Iri(VOPROV + "ActivityFlow")),
    )
    assert told(document, reduction, Kind.ACTIVITY) == (
        (PROV_LABEL, Literal("Reduction pipeline")),
        (PROV + "description", Literal("with IRAF: all nights")),
    )
    assert told(document, parameter, Kind.ENTITY) == (
        (PROV_VALUE, Literal("0.50")),
        (PROV_TYPE, Literal("threshold")),
        (PROV_TYPE, Iri(VOPROV + "Parameter")),
    )
    described = told(document, RAVE + "actdesc_reduction", Kind.ENTITY)
    assert attribute(described, VOPROV + "name") == Literal("IRAF reduction")
    assert [shape(relation) for relation in document.relations] == [
        ("isDescribedBy", (reduction, RAVE + "actdesc_reduction")),
        ("used", (reduction, parameter)),
        ("hadStep", (flow, reduction)),
    ]
    assert document.relations[2] == Relation(STEP, (flow, reduction))


def content(**record: object) -> dict[str, Any]:
    return example(activity={"ex:a": record})


class TestEvidence:
    """Only what repeats the name of each record is this draft."""

    @pytest.mark.parametrize(
        "sections",
        [
            content(**{"voprov:description": "ex:text"}),
            content(**{"voprov:id": "ex:other", "voprov:description": "ex:text"}),
            example(
                activity={"ex:a": {"voprov:id": "ex:a", "voprov:description": "ex:text"}},
                entity={"ex:e": {}},
            ),
            content(**{"voprov:id": ["ex:a"], "voprov:description": "ex:text"}),
        ],
    )
    def test_an_ordinary_text_stays_a_text(self, sections: dict[str, Any]) -> None:
        document = read(sections)
        attributes = told(document, EX + "a", Kind.ACTIVITY)
        assert attribute(attributes, VOPROV + "description") == Literal("ex:text")
        assert document.relations == []

    def test_null_is_refused_elsewhere(self) -> None:
        assert rules(refused(content(**{"ex:x": None}))) == [
            ("json/wrong-type", "/activity/ex:a/ex:x")
        ]

    def test_a_relation_named_by_a_dash_is_so_named_elsewhere(self) -> None:
        used = {"_": {"prov:activity": "ex:a", "prov:entity": "ex:e"}}
        (relation,) = read(example(used=used)).relations
        assert relation.iri == "_"


@pytest.mark.parametrize(
    ("description", "place"),
    [
        ({"voprov:name": "no id"}, "/activity/ex:a/voprov:description"),
        ({"voprov:id": "no:d"}, "/activity/ex:a/voprov:description/voprov:id"),
        ({"voprov:id": "ex:d", "ex:x": {"deep": {}}}, "/activity/ex:a/ex:x"),
    ],
)
def test_nested_descriptions_that_are_refused(description: object, place: str) -> None:
    found = refused(content(**{"voprov:id": "ex:a", "voprov:description": description}))
    assert [finding.place for finding in found] == [place]


class TestInlinedDescription:
    def test_it_is_split_and_said(self, data: Path) -> None:
        result = read_document((data / "prov-json" / "dictionary.json").read_bytes())
        document = only(result)
        assert told(document, EX + "reduce", Kind.ACTIVITY) == (
            (PROV + "startTime", Literal("2026-01-01T00:00:00Z", XSD_DATETIME)),
        )
        assert told(document, EX + "reduction", Kind.ENTITY) == (
            (PROV_TYPE, Iri(VOPROV + "ActivityDescription")),
            (VOPROV + "name", Literal("Reduction")),
            (VOPROV + "type", Literal("Reduction")),
            (VOPROV + "doculink", Literal("https://example.org/doc")),
        )
        assert shape(document.relations[0]) == (
            "isDescribedBy",
            (EX + "reduce", EX + "reduction"),
        )
        (finding,) = result.findings
        assert (finding.severity, finding.rule, finding.place) == (
            "info", "prov-json/inlined-description", "/activity/ex:reduce",
        )  # fmt: skip

    def test_without_an_id_it_stays_with_the_activity(self) -> None:
        attributes = told(read(content(**{"voprov:desc_name": "x"})), EX + "a", Kind.ACTIVITY)
        assert attributes == ((VOPROV + "desc_name", Literal("x")),)

    def test_a_name_without_a_prefix_that_is_declared_is_refused(self) -> None:
        found = refused(content(**{"voprov:desc_id": "no:d"}))
        assert rules(found) == [("prov-json/unknown-prefix", "/activity/ex:a/voprov:desc_id")]
