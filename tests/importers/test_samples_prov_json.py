"""PROV-JSON of OPUS, voprov and lstosa."""

from collections import Counter
from pathlib import Path

import pytest
from support.reading import attribute, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal, Value
from provstore.model.records import Relation
from provstore.model.vocabulary import PROV_TYPE, Kind

pytestmark = pytest.mark.samples

EX = "http://example.org/"
STORE = "http://localhost:8082/store/?ID="
JOB = "http://localhost:8082/rest/"
SECOND = JOB + "test_activity_2/791735"
FIRST = JOB + "test_activity_1/7ce260"
ALICE = "http://localhost:8082/user/alice"


def sample(samples: Path, name: str) -> Parsed:
    """What we read from a file."""
    return read_document((samples / name).read_bytes())


def only(parsed: Parsed) -> Document:
    """The document of the only part."""
    (part,) = parsed.parts
    return part.document


def shapes(document: Document) -> list[tuple[str, tuple[str | None, ...]]]:
    """Type and ends of all relations, in order."""
    return [shape(relation) for relation in document.relations]


def of_kind(document: Document, name: str) -> list[Relation]:
    """The relations of one type."""
    return [relation for relation in document.relations if relation.type.name == name]


class TestOpus:
    @pytest.fixture
    def document(self, samples: Path) -> Document:
        parsed = sample(samples, "OPUS/provsap/entity_depth_3.json")
        assert parsed.format == "prov-json"
        assert parsed.findings == []
        return only(parsed)

    def test_elements(self, document: Document) -> None:
        assert [telling for telling in document.elements if telling.bundle is None] == [
            Telling(None, SECOND, Kind.ACTIVITY),
            Telling(None, FIRST, Kind.ACTIVITY),
            Telling(None, ALICE, Kind.AGENT),
            Telling(None, STORE + "8081dc", Kind.ENTITY),
            Telling(None, STORE + "73694b", Kind.ENTITY),
        ]

    def test_relations(self, document: Document) -> None:
        assert shapes(document) == [
            ("wasAssociatedWith", (SECOND, ALICE)),
            ("wasAssociatedWith", (FIRST, ALICE)),
            ("wasConfiguredBy", (SECOND, SECOND + "/parameters/text")),
            ("wasConfiguredBy", (FIRST, FIRST + "/parameters/text")),
            ("used", (SECOND, STORE + "8081dc")),
            ("wasGeneratedBy", (STORE + "73694b", SECOND)),
            ("wasGeneratedBy", (STORE + "8081dc", FIRST)),
        ]
        assert all(relation.iri is None for relation in document.relations)
        assert document.relations[4].attributes == ((PROV + "role", Literal("input")),)

    def test_attributes(self, document: Document) -> None:
        assert told(document, SECOND, Kind.ACTIVITY) == (
            (PROV + "startTime", Literal("2026-11-20T18:25:07", XSD_DATETIME)),
            (PROV + "endTime", Literal("2026-11-20T18:25:18", XSD_DATETIME)),
            (PROV + "label", Literal("test_activity_2")),
        )
        assert told(document, STORE + "8081dc", Kind.ENTITY) == (
            (PROV + "label", Literal("output.txt")),
            (PROV + "location", Literal("http://localhost:8082/store?ID=8081dc")),
            (VOPROV + "content_type", Literal("text/plain")),
            (VOPROV + "result_name", Literal("output")),
        )

    def test_bundles_in_the_default_namespace_hold_the_parameters(self, document: Document) -> None:
        bundles = [VOPROV + "#791735#configuration", VOPROV + "#7ce260#configuration"]
        assert list(document.bundles) == bundles
        parameter = told(document, SECOND + "/parameters/text", Kind.ENTITY, bundles[0])
        assert attribute(parameter, PROV_TYPE) == Iri(VOPROV + "Parameter")
        assert text(parameter, PROV + "value") == "second"
        assert text(parameter, VOPROV + "default") == "!"

    def test_roles_and_kinds_of_relations(self, document: Document) -> None:
        role = PROV + "role"
        assert [relation.attributes for relation in document.relations] == [
            ((role, Literal("owner")),),
            ((role, Literal("owner")),),
            ((VOPROV + "artefactType", Literal("Parameter")),),
            ((VOPROV + "artefactType", Literal("Parameter")),),
            ((role, Literal("input")),),
            ((role, Literal("output")),),
            ((role, Literal("output")),),
        ]

    @pytest.mark.parametrize("name", ["entity_depth_0", "entity_depth_3", "job_provenance"])
    def test_attributes_of_each_answer(self, samples: Path, name: str) -> None:
        document = only(sample(samples, f"OPUS/provsap/{name}.json"))
        label, location = PROV + "label", PROV + "location"
        parameter: tuple[tuple[str, Value], ...] = (
            (PROV_TYPE, Iri(VOPROV + "Parameter")),
            (PROV + "name", Literal("text")),
            (PROV + "value", Literal("second")),
            (label, Literal("text = second")),
            (VOPROV + "datatype", Literal("xs:string")),
            (VOPROV + "required", Literal("true")),
            (VOPROV + "default", Literal("!")),
            (VOPROV + "description", Literal("Input text for test job 2")),
        )
        expected: dict[Telling, tuple[tuple[str, Value], ...]] = {
            Telling(None, ALICE, Kind.AGENT): ((label, Literal("alice")),),
            Telling(None, SECOND, Kind.ACTIVITY): (
                (PROV + "startTime", Literal("2026-11-20T18:25:07", XSD_DATETIME)),
                (PROV + "endTime", Literal("2026-11-20T18:25:18", XSD_DATETIME)),
                (label, Literal("test_activity_2")),
            ),
            Telling(None, STORE + "73694b", Kind.ENTITY): (
                (location, Literal("http://localhost:8082/store?ID=73694b")),
                (VOPROV + "content_type", Literal("text/plain")),
                (label, Literal("output.txt")),
                (VOPROV + "result_name", Literal("output")),
            ),
            Telling(
                VOPROV + "#791735#configuration", SECOND + "/parameters/text", Kind.ENTITY
            ): parameter,
        }
        found = {told: set(document.elements[told]) for told in expected}
        assert found == {told: set(attributes) for told, attributes in expected.items()}

    def test_the_other_answers_are_read(self, samples: Path) -> None:
        assert shapes(only(sample(samples, "OPUS/provsap/entity_depth_0.json"))) == [
            ("wasAssociatedWith", (SECOND, ALICE)),
            ("wasConfiguredBy", (SECOND, SECOND + "/parameters/text")),
            ("wasGeneratedBy", (STORE + "73694b", SECOND)),
        ]
        assert shapes(only(sample(samples, "OPUS/provsap/job_provenance.json"))) == [
            ("wasAssociatedWith", (SECOND, ALICE)),
            ("wasConfiguredBy", (SECOND, SECOND + "/parameters/text")),
            ("used", (SECOND, STORE + "8081dc")),
            ("wasGeneratedBy", (STORE + "73694b", SECOND)),
        ]

    def test_provenance_from_within_a_job(self, samples: Path) -> None:
        document = only(sample(samples, "OPUS/internal/internal_provenance.json"))
        job = "http://example.org/job#current_job"
        assert text(told(document, EX + "software", Kind.ENTITY), VOPROV + "version") == "1.2"
        assert document.elements == {
            Telling(None, job, Kind.ACTIVITY): (),
            Telling(None, EX + "software", Kind.ENTITY): (
                (VOPROV + "name", Literal("tool")),
                (VOPROV + "version", Literal("1.2")),
            ),
            Telling(None, EX + "calibration", Kind.ENTITY): (
                (PROV + "label", Literal("calibration file")),
            ),
            Telling(None, EX + "log", Kind.ENTITY): ((PROV + "label", Literal("internal log")),),
            Telling(None, EX + "operator", Kind.AGENT): ((PROV + "label", Literal("operator")),),
        }
        assert [relation.attributes for relation in document.relations] == [
            ((PROV_TYPE, Literal("Software")),),
            ((PROV + "role", Literal("calibration")),),
            ((PROV + "role", Literal("log")),),
            ((PROV + "role", Literal("operator")),),
        ]
        assert shapes(document) == [
            ("used", (job, EX + "software")),
            ("used", (job, EX + "calibration")),
            ("wasGeneratedBy", (EX + "log", job)),
            ("wasAssociatedWith", (job, EX + "operator")),
        ]


LEGACY = "voprov/legacy-reference/reference_legacy.json"
MARKED = "voprov/constructed-0.1-flavour/reference_marked.json"


class TestVoprov:
    @pytest.mark.parametrize("name", [LEGACY, MARKED])
    def test_relations(self, samples: Path, name: str) -> None:
        def ends(kind: str) -> list[tuple[str | None, ...]]:
            cut = len(EX)
            return sorted(
                tuple(end and end[cut:] for end in relation.ends)
                for relation in of_kind(document, kind)
            )

        document = only(sample(samples, name))
        assert ends("isDescribedBy") == [
            ("a1", "ad1"), ("a1", "ad1"), ("cf1", "cfd1"), ("ds1", "dd1"), ("e1", "ed1"),
            ("e2", "ed2"), ("p1", "pd1"), ("v1", "vd1"),
        ]  # fmt: skip
        assert ends("isRelatedTo") == [
            ("cfd1", "ad1"), ("e1", "e2"), ("ed1", "ud1"), ("ed2", "gd1"), ("gd1", "ad1"),
            ("pd1", "ad1"), ("ud1", "ad1"),
        ]  # fmt: skip
        assert ends("wasConfiguredBy") == [("a1", "cf1"), ("a1", "p1")]
        assert ends("hadReference") == [("e1", "e2")]
        assert ends("wasInfluencedBy") == [("e2", "e1")]
        assert ends("wasDerivedFrom") == [
            ("e2", "e1"),
            ("e2", "e1"),
            ("e2", "e1"),
            ("e2", "e1", "a1"),
        ]
        assert ends("used") == [("a1", "e1"), ("ba1", "be1")]
        assert ends("wasGeneratedBy") == [("e2", "a1")]
        assert ends("wasStartedBy") == [("a1", "e1", "a0")]
        assert ends("wasEndedBy") == [("a1", "e2", "a0")]
        assert ends("wasInvalidatedBy") == [("e1", "a1")]
        assert ends("wasInformedBy") == [("a1", "a0")]
        assert ends("wasAssociatedWith") == [("a1", "ag2", "e1")]
        assert ends("wasAttributedTo") == [("e2", "ag1")]
        assert ends("actedOnBehalfOf") == [("ag2", "ag1", "a1")]
        assert ends("specializationOf") == [("e2", "e1")]
        assert ends("alternateOf") == [("e2", "e1")]
        assert ends("hadMember") == [("coll1", "e1")]
        assert len(document.relations) == 36

    def test_classes_and_attributes(self, samples: Path) -> None:
        document = only(sample(samples, LEGACY))
        classes = {
            telling.iri.removeprefix(EX): attribute(attributes, PROV_TYPE)
            for telling, attributes in document.elements.items()
            if PROV_TYPE in dict(attributes)
        }
        assert classes == {
            "ad1": Iri(VOPROV + "ActivityDescription"),
            "cf1": Iri(VOPROV + "ConfigFile"),
            "cfd1": Iri(VOPROV + "ConfigFileDescription"),
            "coll1": Iri(VOPROV + "Collection"),
            "dd1": Iri(VOPROV + "DatasetDescription"),
            "ds1": Iri(VOPROV + "DatasetEntity"),
            "ed1": Iri(VOPROV + "EntityDescription"),
            "ed2": Iri(VOPROV + "EntityDescription"),
            "gd1": Iri(VOPROV + "GenerationDescription"),
            "p1": Iri(VOPROV + "Parameter"),
            "pd1": Iri(VOPROV + "ParameterDescription"),
            "ud1": Iri(VOPROV + "UsageDescription"),
            "v1": Iri(VOPROV + "ValueEntity"),
            "vd1": Iri(VOPROV + "ValueDescription"),
        }
        assert told(document, EX + "v1", Kind.ENTITY)[1:] == (
            (PROV + "name", Literal("offset")),
            (VOPROV + "value", Literal("3.5", XSD + "double")),
        )
        (usage, _) = of_kind(document, "used")
        assert (usage.iri, usage.time) == (EX + "u1", "2023-01-01T10:01:00")
        assert usage.attributes == (
            (PROV + "role", Literal("input")),
            (VOPROV + "descriptor", Literal("ex:ud1")),
        )
        kinds = [
            attribute(r.attributes, VOPROV + "artefactType")
            for r in of_kind(document, "wasConfiguredBy")
        ]
        assert kinds == [Literal("Parameter"), Literal("ConfigFile")]

    def test_both_flavours_say_the_same(self, samples: Path) -> None:
        assert only(sample(samples, LEGACY)) == only(sample(samples, MARKED))

    def test_the_bundle(self, samples: Path) -> None:
        document = only(sample(samples, LEGACY))
        assert [t for t in document.elements if t.bundle] == [
            Telling(EX + "b1", EX + "ba1", Kind.ACTIVITY),
            Telling(EX + "b1", EX + "be1", Kind.ENTITY),
        ]
        assert of_kind(document, "used")[0].bundle is None


class TestLstosa:
    @pytest.fixture
    def parsed(self, samples: Path) -> Parsed:
        return sample(samples, "lstosa/generated/calibration_to_dl1_01807_prov.json")

    def test_counts(self, parsed: Parsed) -> None:
        document = only(parsed)
        kinds = [telling.kind for telling in document.elements]
        assert [kinds.count(kind) for kind in (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)] == [
            3,
            37,
            1,
        ]
        names = ("used", "wasGeneratedBy", "wasDerivedFrom")
        assert [len(of_kind(document, name)) for name in names] == [12, 6, 11]
        assert len(document.relations) == 29
        assert parsed.findings == []

    def test_every_file_has_its_kind_path_and_name(self, parsed: Parsed) -> None:
        found = only(parsed).elements
        files = {t: dict(a) for t, a in found.items() if t.kind is Kind.ENTITY}
        common = frozenset({PROV + "label", PROV_TYPE})
        assert Counter(frozenset(told) for told in files.values()) == {
            frozenset(): 22,  # members of collections
            common | {"param:filepath", "param:contentType"}: 9,
            common | {"param:filepath", "param:size"}: 5,
            common | {"param:StoreImage"}: 1,
        }
        pedestal = files[Telling(None, "id:ec83f56c24c5afd6946e1eb84ecb3a2f", Kind.ENTITY)]
        folder = "/data/lst/test_osa/test_files0/monitoring/PixelCalibration/Cat-A/"
        assert pedestal == {
            PROV + "label": Literal("PedestalFile"),
            PROV_TYPE: Literal("File"),
            "param:filepath": Literal(
                folder + "drs4_baseline/20200117/v0.1.1/drs4_pedestal.Run01804.0000.h5"
            ),
            "param:contentType": Literal("application/x-hdf"),
        }
        assert found[Telling(None, "id:Anonymous", Kind.AGENT)] == ()

    def test_relations_have_their_roles(self, parsed: Parsed) -> None:
        relations = only(parsed).relations
        first = relations[0]
        assert shape(first) == ("used", ("id:4b864d", "id:ec83f56c24c5afd6946e1eb84ecb3a2f"))
        assert first.attributes == ((PROV + "role", Literal("Pedestal file")),)
        told = Counter(
            (relation.type.name, *(name for name, _ in relation.attributes))
            for relation in relations
        )
        assert told == {
            ("used", PROV + "role"): 11,
            ("used", PROV_TYPE): 1,
            ("wasGeneratedBy", PROV + "role"): 6,
            ("wasDerivedFrom",): 11,
        }
        assert all(r.iri is None and r.time is None for r in relations)

    def test_relative_namespaces(self, parsed: Parsed) -> None:
        document = only(parsed)
        assert told(document, "id:c2a774", Kind.ACTIVITY) == (
            (PROV + "label", Literal("dl1ab")),
            ("param:script", Literal("/opt/osa/env/bin/datasequence")),
            (PROV + "startTime", Literal("2026-11-20T18:53:19.745995", XSD_DATETIME)),
            ("param:in_session", Literal("2020011701807")),
            (PROV + "endTime", Literal("2026-11-20T18:54:08.122351", XSD_DATETIME)),
        )

    def test_a_cycle_is_accepted(self, parsed: Parsed) -> None:
        found = [shape(r) for r in only(parsed).relations]
        collection = "id:d89578d52b3d6c36f538422a3a16de88"
        assert ("used", ("id:c2a774", collection)) in found
        assert ("wasGeneratedBy", (collection, "id:c2a774")) in found
