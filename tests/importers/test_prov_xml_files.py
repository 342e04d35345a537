"""Our own files of PROV-XML say what they are there for."""

from pathlib import Path

from support.reading import attribute, told

from provstore.errors import Severity
from provstore.importers.registry import read_document
from provstore.model.identifiers import PROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal, text_literal
from provstore.model.vocabulary import INSERTED_FROM, PROV_LABEL, PROV_PAIR_KEY, PROV_TYPE, Kind

NIGHT = "http://example.org/night#"
IN = "http://example.org/in#"


def names(*locals_: str) -> tuple[str, ...]:
    return tuple(NIGHT + name for name in locals_)


def test_a_night(data: Path) -> None:
    parsed = read_document((data / "prov-xml" / "night.xml").read_bytes())
    assert parsed.format == "prov-xml"
    assert [(f.severity, f.rule) for f in parsed.findings] == [
        (Severity.WARNING, "prov/missing-end"),
        (Severity.INFO, "prov-xml/escaped-names"),
    ]
    (part,) = parsed.parts
    events = told(part.document, NIGHT + "events", Kind.ENTITY)
    assert events[:3] == (
        (PROV_TYPE, Iri(PROV + "Collection")),
        (PROV_LABEL, text_literal("events of run 7", "en")),
        (PROV_LABEL, text_literal("Ereignisse von Lauf 7", "de")),
    )
    assert attribute(events, NIGHT + "exposure") == Literal("1680.50", XSD + "double")
    assert attribute(events, NIGHT + "run") == Literal("007", XSD + "int")
    assert attribute(events, NIGHT + "note") == Literal("  two lines,\n  blanks before  ")
    run = told(part.document, NIGHT + "calibrate", Kind.ACTIVITY)
    assert (PROV + "startTime", Literal("2026-11-20T18:46:41.898", XSD_DATETIME)) in run
    kinds = [t.kind for t in part.document.elements if t.iri == NIGHT + "observatory"]
    assert kinds == [Kind.AGENT, Kind.ENTITY]
    assert list(part.document.bundles) == [IN + "log"]


def test_relations_of_a_night(data: Path) -> None:
    (part,) = read_document((data / "prov-xml" / "night.xml").read_bytes()).parts
    relations = part.document.relations
    generation = relations[1].key
    found = [(r.type.name, r.ends) for r in relations]
    assert found == [
        ("used", names("calibrate", "raw")),
        ("wasGeneratedBy", names("events", "calibrate")),
        ("wasDerivedFrom", (*names("events", "raw", "calibrate"), generation, NIGHT + "u1")),
        ("wasAssociatedWith", (NIGHT + "calibrate", None, NIGHT + "pipeline")),
        ("hadMember", names("events", "1")),
        ("hadMember", (NIGHT + "events", "ivo://example/archive?2")),
        ("derivedByInsertionFrom", names("d1", "d0")),
        ("hadDictionaryMember", names("d1", "raw")),
        ("hadDictionaryMember", names("d1", "events")),
        ("derivedByRemovalFrom", names("d2", "d1")),
        ("specializationOf", (IN + "line", NIGHT + "events")),
    ]
    assert relations[7].attributes == (
        (PROV_PAIR_KEY, Literal("01", XSD + "int")),
        (INSERTED_FROM, Iri(NIGHT + "d0")),
    )
    assert [r.bundle for r in relations] == [*[None] * 10, IN + "log"]


def test_names_of_provtoolbox(data: Path) -> None:
    parsed = read_document((data / "prov-xml" / "toolbox.xml").read_bytes())
    assert [finding.rule for finding in parsed.findings] == ["prov-xml/escaped-names"]
    document = parsed.parts[0].document
    ex = "https://example.org/"
    assert [telling.iri for telling in document.elements] == [ex + "ass_r0", ex + "0tag"]
    assert document.relations[0].ends == (ex + "ass_r0", ex + "0tag")
    assert document.prefixes.declared["ex"] == ex
