"""PROV-XML of OPUS and voprov: what it says, and that the PROV-JSON of the same says no other."""

from collections import Counter
from pathlib import Path

import pytest
from support.reading import attribute, told

from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import PROV_LABEL, PROV_ROLE, PROV_TYPE, PROV_VALUE, Kind

pytestmark = pytest.mark.samples

EX = "http://example.org/"
STORE = "http://localhost:8082/store/?ID="
JOB = "http://localhost:8082/rest/test_activity_2/791735"
ALICE = "http://localhost:8082/user/alice"
DESCRIPTOR = VOPROV + "descriptor"


def sample(samples: Path, name: str) -> Document:
    """What we read from a file, of which nothing is to be said."""
    parsed = read_document((samples / name).read_bytes())
    assert parsed.format == f"prov-{name.rpartition('.')[2]}"
    assert parsed.findings == []
    (part,) = parsed.parts
    return part.document


class TestOpus:
    @pytest.fixture
    def document(self, samples: Path) -> Document:
        return sample(samples, "OPUS/provsap/job_provenance.xml")

    def test_elements(self, document: Document) -> None:
        bundle = VOPROV + "#791735#configuration"
        text = JOB + "/parameters/text"
        location = "http://localhost:8082/store?ID="
        assert document.elements == {
            Telling(None, JOB, Kind.ACTIVITY): (
                (PROV + "startTime", Literal("2026-11-20T18:25:07", XSD_DATETIME)),
                (PROV + "endTime", Literal("2026-11-20T18:25:18", XSD_DATETIME)),
                (PROV_LABEL, Literal("test_activity_2")),
            ),
            Telling(None, ALICE, Kind.AGENT): ((PROV_LABEL, Literal("alice")),),
            Telling(None, STORE + "8081dc", Kind.ENTITY): (
                (PROV_LABEL, Literal("output.txt")),
                (PROV + "location", Literal(location + "8081dc")),
            ),
            Telling(None, STORE + "73694b", Kind.ENTITY): (
                (PROV_LABEL, Literal("output.txt")),
                (PROV + "location", Literal(location + "73694b")),
                (VOPROV + "content_type", Literal("text/plain")),
                (VOPROV + "result_name", Literal("output")),
            ),
            Telling(bundle, text, Kind.ENTITY): (
                (PROV_TYPE, Iri(VOPROV + "Parameter")),
                (PROV + "name", Literal("text")),
                (PROV_VALUE, Literal("second")),
                (PROV_LABEL, Literal("text = second")),
                (VOPROV + "datatype", Literal("xs:string")),
                (VOPROV + "default", Literal("!")),
                (VOPROV + "description", Literal("Input text for test job 2")),
                (VOPROV + "required", Literal("true")),
            ),
        }
        assert list(document.bundles) == [bundle]

    def test_relations(self, document: Document) -> None:
        text = JOB + "/parameters/text"
        assert [(r.type.name, r.ends, r.attributes) for r in document.relations] == [
            ("wasAssociatedWith", (JOB, ALICE), ((PROV_ROLE, Literal("owner")),)),
            (
                "wasConfiguredBy",
                (JOB, text),
                ((VOPROV + "artefactType", Literal("Parameter")),),
            ),
            ("used", (JOB, STORE + "8081dc"), ((PROV_ROLE, Literal("input")),)),
            ("wasGeneratedBy", (STORE + "73694b", JOB), ((PROV_ROLE, Literal("output")),)),
        ]
        assert {(r.bundle, r.iri, r.time) for r in document.relations} == {(None, None, None)}

    def test_the_json_of_the_same_job_says_the_same(
        self, samples: Path, document: Document
    ) -> None:
        assert document == sample(samples, "OPUS/provsap/job_provenance.json")


class TestVoprov:
    @pytest.fixture
    def document(self, samples: Path) -> Document:
        return sample(samples, "voprov/legacy-reference/reference_legacy.xml")

    def test_elements(self, document: Document) -> None:
        kinds = Counter((telling.bundle, telling.kind) for telling in document.elements)
        assert kinds == {
            (None, Kind.ENTITY): 16,
            (None, Kind.ACTIVITY): 2,
            (None, Kind.AGENT): 2,
            (EX + "b1", Kind.ENTITY): 1,
            (EX + "b1", Kind.ACTIVITY): 1,
        }
        classes = {
            telling.iri.removeprefix(EX): value.removeprefix(VOPROV)
            for telling, attributes in document.elements.items()
            for name, value in attributes
            if name == PROV_TYPE and isinstance(value, Iri)
        }
        assert classes == {
            "ad1": "ActivityDescription",
            "ed1": "EntityDescription",
            "ed2": "EntityDescription",
            "vd1": "ValueDescription",
            "dd1": "DatasetDescription",
            "ud1": "UsageDescription",
            "gd1": "GenerationDescription",
            "cfd1": "ConfigFileDescription",
            "pd1": "ParameterDescription",
            "v1": "ValueEntity",
            "ds1": "DatasetEntity",
            "cf1": "ConfigFile",
            "p1": "Parameter",
            "coll1": "Collection",
        }

    def test_attributes(self, document: Document) -> None:
        three = Literal("3.5", XSD + "double")
        assert attribute(told(document, EX + "v1", Kind.ENTITY), VOPROV + "value") == three
        assert told(document, EX + "ud1", Kind.ENTITY)[1:] == (
            (PROV_ROLE, Literal("input")),
            (VOPROV + "description", Literal("in")),
            (VOPROV + "multiplicity", Literal("1", XSD + "int")),
        )
        assert told(document, EX + "a1", Kind.ACTIVITY) == (
            (PROV + "startTime", Literal("2023-01-01T10:00:00", XSD_DATETIME)),
            (PROV + "endTime", Literal("2023-01-01T11:00:00", XSD_DATETIME)),
            (PROV + "name", Literal("cal run")),
            (VOPROV + "comment", Literal("run")),
        )

    def test_relations(self, document: Document) -> None:
        found = Counter(relation.type.name for relation in document.relations)
        assert found.pop("isRelatedTo") == 7
        assert found.pop("isDescribedBy") == 8  # of ex:a1 twice
        assert found.pop("wasDerivedFrom") == 4
        assert found.pop("wasConfiguredBy") == found.pop("used") == 2
        assert set(found.values()) == {1}
        assert len(found) == 13
        told_types = (pair for r in document.relations for pair in r.attributes)
        derivations = [value for name, value in told_types if name == PROV_TYPE]
        types = ("Revision", "Quotation", "PrimarySource")
        assert derivations == [Iri(VOPROV + name) for name in types]
        first = next(r for r in document.relations if r.type.name == "used")
        assert first == Relation(
            first.type,
            (EX + "a1", EX + "e1"),
            "2023-01-01T10:01:00",
            EX + "u1",
            ((PROV_ROLE, Literal("input")), (DESCRIPTOR, Iri(EX + "ud1"))),
        )

    def test_the_json_of_the_same_document_names_descriptors_as_text(
        self, samples: Path, document: Document
    ) -> None:
        """voprov 0.0.4 writes them as references in XML and as plain strings in JSON."""
        other = sample(samples, "voprov/legacy-reference/reference_legacy.json")
        assert document != other
        for index, relation in enumerate(other.relations):
            other.relations[index] = relation._replace(
                attributes=tuple(
                    (name, Iri(EX + value.lexical.removeprefix("ex:")))
                    if name == DESCRIPTOR and isinstance(value, Literal)
                    else (name, value)
                    for name, value in relation.attributes
                )
            )
        assert document == other
