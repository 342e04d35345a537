"""The same document in several formats becomes the same catalogue content."""

from pathlib import Path

import pytest
from support.catalogue import fresh
from support.content import content

from provstore.exporters.registry import write_document
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROVSTORE, Iri, Prefixes
from provstore.model.literals import (
    XSD_DATETIME,
    XSD_DOUBLE,
    XSD_INT,
    Literal,
    text_literal,
)
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DERIVED,
    DICTIONARY_MEMBER,
    GENERATED,
    INSERTED,
    INSERTED_FROM,
    MEMBER,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_PAIR_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    SPECIALIZED,
    USED,
    Kind,
)

EX = "http://example.org/"
FORMATS = ("prov-n", "prov-xml", "trig", "json-ld", "votable")


def rich() -> Document:
    """Forms, languages, two kinds of one IRI, missing ends, parallel relations, bundles."""
    told = Document(Prefixes({"ex": EX}))
    told.add_bundle(EX + "night")
    start = (PROV_START_TIME, Literal("2026-11-20T18:46:41.1234567Z", XSD_DATETIME))
    told.add_element(Kind.ACTIVITY, EX + "run", (start, (EX + "n", Literal("007", XSD_INT))))
    told.add_element(
        Kind.ENTITY,
        EX + "dl3",
        (
            (PROV_LABEL, text_literal("Ereignisse", "de")),
            (PROV_LABEL, Literal("events")),
            (EX + "gain", Literal("1.50", XSD_DOUBLE)),
            (PROV_TYPE, Iri(EX + "File")),
            (PROV_LOCATION, Literal("/data/run 1.fits")),
        ),
    )
    told.add_element(Kind.ENTITY, EX + "software")
    told.add_element(Kind.AGENT, EX + "software", ((PROVSTORE + "note", Literal("both")),))
    told.add_element(Kind.ENTITY, "run1/out.fits")
    told.add_element(Kind.ENTITY, EX + "in", (), EX + "night")
    told.relations.extend(relations())
    return told


def relations() -> list[Relation]:
    made = Relation(GENERATED, (EX + "dl3", EX + "run"), "2026-11-20T19:00:00Z")
    used = Relation(USED, (EX + "run", EX + "in"), attributes=((PROV_ROLE, Literal("a")),))
    return [
        made,
        used,
        used._replace(attributes=((PROV_ROLE, Literal("b")),)),
        Relation(USED, (EX + "run",)),
        Relation(DERIVED, (EX + "dl3", EX + "in", EX + "run", made.key, used.key)),
        Relation(ASSOCIATED, (EX + "run", EX + "software", EX + "plan"), iri=EX + "assoc"),
        Relation(CONFIGURED, (EX + "run", "run1/out.fits")),
        Relation(SPECIALIZED, (EX + "dl3", EX + "file")),
        Relation(MEMBER, (EX + "set", EX + "dl3")),
        Relation(INSERTED, (EX + "d2", EX + "d1")),
        Relation(
            DICTIONARY_MEMBER,
            (EX + "d2", EX + "dl3"),
            attributes=((PROV_PAIR_KEY, Literal("k")), (INSERTED_FROM, Iri(EX + "d1"))),
        ),
        Relation(USED, (EX + "run", EX + "in"), bundle=EX + "night"),
    ]


def stored(folder: Path, data: bytes, form: str) -> str:
    """All that a catalogue holds after a push, but for the document's checksum and prefixes."""
    folder.mkdir()
    archive = fresh(folder)
    try:
        receipt = archive.ingest.push(data, source="site", format=form).receipt
        assert archive.maintenance.doctor() == []
    finally:
        archive.close()
    found = content(folder)
    del found["prefix"]
    return repr(found).replace(receipt.sha256, "*")


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_easily_lost(tmp_path: Path, form: str) -> None:
    texts = {name: b"".join(write_document(rich(), name)) for name in ("prov-json", form)}
    found = {name: stored(tmp_path / name, text, name) for name, text in texts.items()}
    assert EX + "dl3" in found["prov-json"]
    assert found[form] == found["prov-json"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", ["bare-names", "datacheck", "opus-job"])
def test_files_of_our_own(tmp_path: Path, data: Path, name: str, form: str) -> None:
    told = (data / "prov-json" / f"{name}.json").read_bytes()
    text = b"".join(write_document(read_document(told).parts[0].document, form))
    assert stored(tmp_path / "other", text, form) == stored(tmp_path / "json", told, "prov-json")
