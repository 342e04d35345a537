"""Files of PROV-O in the manner of real software, in every syntax of RDF."""

from collections import Counter
from pathlib import Path

import pytest
from support.reading import told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import ASSOCIATED, PROV_ROLE, PROV_TYPE, USED, Kind

APP = "app://3f0a7c52-6f1e-4d6e-9d0a-0d4f5b0e1c11/"
OBS = "https://obs.example.org/"


def read_file(data: Path, name: str) -> Parsed:
    return read_document((data / "rdf" / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("night.trig", "trig"),
        ("workflow.ttl", "turtle"),
        ("descriptions.ttl", "turtle"),
        ("dictionaries.ttl", "turtle"),
        ("step.rdf", "rdf-xml"),
        ("step.nt", "n-triples"),
        ("step.nq", "n-quads"),
    ],
)
def test_content_decides_on_the_syntax(data: Path, name: str, form: str) -> None:
    assert read_file(data, name).format == form


def test_a_night_in_trig(data: Path) -> None:
    document = read_file(data, "night.trig").parts[0].document
    counts = Counter((relation.type.name, relation.bundle) for relation in document.relations)
    assert counts == {
        ("used", None): 3,
        ("wasAssociatedWith", None): 2,
        ("wasGeneratedBy", None): 1,
        ("wasDerivedFrom", None): 2,
        ("wasAttributedTo", None): 1,
        ("actedOnBehalfOf", None): 1,
        ("wasGeneratedBy", OBS + "history"): 1,
    }
    named = Relation(
        USED,
        (OBS + "calibrate", OBS + "raw"),
        "2026-11-01T20:00:01Z",
        OBS + "use1",
        ((PROV_ROLE, Literal("events")),),
    )
    assert named in document.relations
    label = (PROV + "label", text_literal("calibrate", "en-GB"))
    assert label in told(document, OBS + "calibrate", Kind.ACTIVITY)


def test_a_trace_of_a_workflow(data: Path) -> None:
    result = read_file(data, "workflow.ttl")
    document = result.parts[0].document
    kinds = {telling.iri: telling.kind for telling in document.elements}
    assert kinds == {
        APP: Kind.ENTITY,
        "https://engine.example.org": Kind.AGENT,
        "https://runs.example.org/1/": Kind.ACTIVITY,
        "https://flows.example.org/muons/": Kind.ENTITY,
        APP + "#step": Kind.ACTIVITY,
        APP + "#ring": Kind.ENTITY,
        "_:image": Kind.ENTITY,
        next(iri for iri in kinds if iri.startswith("_:a")): Kind.AGENT,
    }
    plans = {r.end(1): r.end(2) for r in document.relations if r.type is ASSOCIATED}
    assert plans.pop("https://engine.example.org") == "https://flows.example.org/muons/"
    assert list(plans.values()) == [None]
    lost = [f.value for f in result.findings if f.rule == "rdf/not-provenance"]
    assert lost == ["1"]


def test_descriptions_of_the_ivoa(data: Path) -> None:
    document = read_file(data, "descriptions.ttl").parts[0].document
    shapes = {(r.type.name, r.end(0), r.end(1)) for r in document.relations}
    ex = "http://example.org/"
    assert len(document.relations) == len(shapes)
    assert shapes == {
        ("isDescribedBy", ex + "calibrate", ex + "calibration"),
        ("wasConfiguredBy", ex + "calibrate", ex + "cut"),
        ("isDescribedBy", ex + "events", ex + "model"),
    }
    marked = (PROV_TYPE, Iri(VOPROV + "ActivityDescription"))
    assert marked in told(document, ex + "calibration", Kind.ENTITY)


def test_one_step_in_xml_and_in_lines(data: Path) -> None:
    role = ((PROV_ROLE, Literal("events")),)
    in_xml = read_file(data, "step.rdf").parts[0].document
    assert in_xml.relations == [
        Relation(USED, ("http://example.org/a", "in.fits"), None, None, role)
    ]
    label = (PROV + "label", text_literal("colour cut", "en-GB"))
    assert told(in_xml, "http://example.org/a", Kind.ACTIVITY) == (label,)
    in_quads = read_file(data, "step.nq").parts[0].document
    assert [relation.bundle for relation in in_quads.relations] == ["http://example.org/b"]
