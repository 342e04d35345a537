"""Files of our own in the manner of OPUS and lstosa, read as a whole."""

from pathlib import Path

from support.reading import attribute, shape, text, told

from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import Literal
from provstore.model.vocabulary import PROV_TYPE, Kind

JOB = "https://jobs.example.org/rest/spectrum/4f21"
STORE = "https://jobs.example.org/store/?ID="
USER = "https://jobs.example.org/user/mb"


def document(data: Path, name: str) -> Document:
    """The document of a file without findings."""
    parsed = read_document((data / "prov-json" / name).read_bytes())
    assert parsed.findings == []
    (part,) = parsed.parts
    return part.document


def test_a_job_with_its_parameters_in_a_bundle(data: Path) -> None:
    found = document(data, "opus-job.json")
    bundle = VOPROV + "#4f21#configuration"
    assert list(found.elements) == [
        Telling(None, JOB, Kind.ACTIVITY),
        Telling(None, STORE + "crab_dl3", Kind.ENTITY),
        Telling(None, STORE + "crab_dl4", Kind.ENTITY),
        Telling(None, USER, Kind.AGENT),
        Telling(bundle, JOB + "/parameters/index", Kind.ENTITY),
    ]
    assert [shape(relation) for relation in found.relations] == [
        ("used", (JOB, STORE + "crab_dl3")),
        ("wasGeneratedBy", (STORE + "crab_dl4", JOB)),
        ("wasAssociatedWith", (JOB, USER)),
        ("wasConfiguredBy", (JOB, JOB + "/parameters/index")),
    ]
    parameter = told(found, JOB + "/parameters/index", Kind.ENTITY, bundle)
    assert attribute(parameter, PROV_TYPE) == Iri(VOPROV + "Parameter")
    assert attribute(parameter, PROV + "value") == Literal("2.60", XSD + "double")


def test_relative_namespaces_a_cycle_and_a_blank_usage(data: Path) -> None:
    found = document(data, "bare-names.json")
    collection = "id:d89578d52b3d6c36f538422a3a16de88"
    used, generated, derived = found.relations
    assert shape(used) == ("used", ("id:4b864d", collection))
    assert shape(generated) == ("wasGeneratedBy", (collection, "id:4b864d"))
    assert derived.ends == ("id:43742622725462746260", collection, None, None, used.key)
    assert text(told(found, collection, Kind.ENTITY), "param:filepath") == (
        "/data/DL1/20251001/tailcut84/"
    )
