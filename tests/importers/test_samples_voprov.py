"""The reference documents of voprov in both flavours: each element, relation and attribute."""

from pathlib import Path

import pytest
from support.reading import EX

from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_DOUBLE, XSD_INT, Literal, Value
from provstore.model.vocabulary import PROV_TYPE, Kind

pytestmark = pytest.mark.samples

FLAVOURS = (
    "voprov/legacy-reference/reference_legacy.json",
    "voprov/constructed-0.1-flavour/reference_marked.json",
)


@pytest.fixture(params=FLAVOURS, ids=["sections", "markers"])
def document(request: pytest.FixtureRequest, samples: Path) -> Document:
    parsed = read_document((samples / request.param).read_bytes())
    assert (parsed.format, parsed.findings) == ("prov-json", [])
    (part,) = parsed.parts
    return part.document


def plain(name: str, value: Value) -> tuple[str, str]:
    """An attribute in short: PROV's under its local name, IVOA's under ``vo:``."""
    short = name.replace(PROV, "").replace(VOPROV, "vo:")
    if isinstance(value, Iri):
        return short, "<" + value.replace(VOPROV, "vo:").replace(EX, "ex:") + ">"
    mark = {XSD_INT: "^int", XSD_DOUBLE: "^double", XSD_DATETIME: "^time"}.get(value.datatype, "")
    assert value == Literal(value.lexical, value.datatype)
    return short, value.lexical + mark


A, E, G = Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT
ELEMENTS: dict[tuple[Kind, str], dict[str, str]] = {
    (A, "a0"): {"name": "prev"},
    (A, "a1"): {
        "name": "cal run",
        "startTime": "2023-01-01T10:00:00^time",
        "endTime": "2023-01-01T11:00:00^time",
        "vo:comment": "run",
    },
    (G, "ag1"): {
        "name": "Alice",
        "vo:address": "Paris",
        "vo:affiliation": "Obs",
        "vo:email": "a@x.org",
        "vo:phone": "123",
        "vo:type": "Person",
        "vo:url": "http://alice",
    },
    (G, "ag2"): {"name": "Software", "vo:type": "SoftwareAgent"},
    (E, "e1"): {
        "name": "raw1",
        "vo:comment": "c",
        "vo:generatedAtTime": "2023-01-01T00:00:00",
        "vo:location": "/data/raw1",
    },
    (E, "e2"): {"name": "cal1"},
    (E, "coll1"): {"type": "<vo:Collection>"},
    (E, "ad1"): {
        "type": "<vo:ActivityDescription>",
        "name": "Calibrate",
        "vo:description": "cal",
        "vo:docurl": "http://doc",
        "vo:type": "calib",
        "vo:version": "1.0",
    },
    (E, "cf1"): {"type": "<vo:ConfigFile>", "location": "/conf.txt", "name": "conf"},
    (E, "cfd1"): {
        "type": "<vo:ConfigFileDescription>", "name": "conf", "vo:contentType": "text",
    },
    (E, "dd1"): {
        "type": "<vo:DatasetDescription>", "name": "Image", "vo:contentType": "fits",
    },
    (E, "ds1"): {"type": "<vo:DatasetEntity>", "name": "img", "vo:location": "/img.fits"},
    (E, "ed1"): {
        "type": "<vo:EntityDescription>", "name": "RawData", "vo:description": "raw",
    },
    (E, "ed2"): {"type": "<vo:EntityDescription>", "name": "CalData"},
    (E, "gd1"): {
        "type": "<vo:GenerationDescription>", "role": "output", "vo:multiplicity": "1^int",
    },
    (E, "p1"): {
        "type": "<vo:Parameter>",
        "label": "threshold = 5",
        "name": "threshold",
        "value": "5^int",
    },
    (E, "pd1"): {
        "type": "<vo:ParameterDescription>",
        "name": "threshold",
        "vo:unit": "sigma",
        "vo:valueType": "float",
    },
    (E, "ud1"): {
        "type": "<vo:UsageDescription>",
        "role": "input",
        "vo:description": "in",
        "vo:multiplicity": "1^int",
    },
    (E, "v1"): {"type": "<vo:ValueEntity>", "name": "offset", "vo:value": "3.5^double"},
    (E, "vd1"): {
        "type": "<vo:ValueDescription>",
        "name": "Offset",
        "vo:ucd": "phot.mag",
        "vo:unit": "mV",
        "vo:utype": "ex:ut",
        "vo:valueType": "float",
    },
}  # fmt: skip


def test_each_element_has_all_its_attributes(document: Document) -> None:
    found = {
        (telling.kind, telling.iri.removeprefix(EX)): dict(plain(*pair) for pair in attributes)
        for telling, attributes in document.elements.items()
        if telling.bundle is None
    }
    assert found == ELEMENTS
    told = [attributes for telling, attributes in document.elements.items() if not telling.bundle]
    assert sum(map(len, told)) == sum(map(len, ELEMENTS.values()))


def test_the_bundle(document: Document) -> None:
    inner = {t: attributes for t, attributes in document.elements.items() if t.bundle}
    assert list(document.bundles) == [EX + "b1"]
    assert inner == {
        Telling(EX + "b1", EX + "ba1", Kind.ACTIVITY): (),
        Telling(EX + "b1", EX + "be1", Kind.ENTITY): ((PROV + "name", Literal("in bundle")),),
    }
    (used,) = [relation for relation in document.relations if relation.bundle]
    assert (used.type.name, used.ends) == ("used", (EX + "ba1", EX + "be1"))


def test_times_names_and_attributes_of_relations(document: Document) -> None:
    found = {
        (
            relation.type.name,
            relation.iri and relation.iri.removeprefix(EX),
            relation.time,
            tuple(sorted(plain(*pair) for pair in relation.attributes)),
        )
        for relation in document.relations
        if relation.iri or relation.time or relation.attributes
    }
    day = "2023-01-01T"
    assert found == {
        ("used", "u1", day + "10:01:00", (("role", "input"), ("vo:descriptor", "ex:ud1"))),
        (
            "wasGeneratedBy", "g1", day + "10:59:00",
            (("role", "output"), ("vo:descriptor", "ex:gd1")),
        ),
        ("wasStartedBy", None, day + "10:00:00", ()),
        ("wasEndedBy", None, day + "11:00:00", ()),
        ("wasInvalidatedBy", None, "2023-01-02T00:00:00", ()),
        ("wasAssociatedWith", None, None, (("role", "soft"),)),
        ("wasAttributedTo", None, None, (("role", "author"),)),
        ("wasDerivedFrom", None, None, (("type", "<vo:Revision>"),)),
        ("wasDerivedFrom", None, None, (("type", "<vo:Quotation>"),)),
        ("wasDerivedFrom", None, None, (("type", "<vo:PrimarySource>"),)),
        ("wasConfiguredBy", None, None, (("vo:artefactType", "Parameter"),)),
        ("wasConfiguredBy", None, None, (("vo:artefactType", "ConfigFile"),)),
    }  # fmt: skip


def test_no_marker_of_a_relation_is_left(document: Document) -> None:
    markers = {"DescriptionRelation", "RelatedToRelation", "ConfigurationRelation", "HadReference"}
    left = [
        value
        for relation in document.relations
        for name, value in relation.attributes
        if name == PROV_TYPE and str(value).removeprefix(VOPROV) in markers
    ]
    assert left == []
