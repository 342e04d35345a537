"""Headers of FITS files of gamma-ray astronomy: one entity, and what the header says made it."""

import io
from pathlib import Path

import pytest
from astropy.io import fits
from support.reading import attribute, parsed, refused, rules, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, VOPROV, XSD, Iri
from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

FITS = PROVSTORE + "fits:"
START = "SIMPLE  =                    T\nBITPIX  =                    8\nNAXIS   =    0\n"


def dump(*cards: str) -> bytes:
    return (START + "\n".join(cards) + "\nEND\n").encode()


def only(result: Parsed) -> Document:
    (part,) = result.parts
    return part.document


def entity(document: Document) -> str:
    return next(t.iri for t in document.elements if t.kind is Kind.ENTITY)


@pytest.fixture(scope="module")
def spectrum(data: Path) -> Parsed:
    return read_document((data / "metadata/spectrum.header.txt").read_bytes())


def test_what_is_noticed(spectrum: Parsed) -> None:
    assert spectrum.format == "gadf"
    assert [(f.severity, f.rule, f.place) for f in spectrum.findings] == [
        ("info", "fits/personal", "HDU 1/HISTORY")
    ]


def test_the_file(spectrum: Parsed) -> None:
    document = only(spectrum)
    name = entity(document)
    assert name.startswith("fits/CTA-N-0042-SPECTRUM-")
    found = told(document, name, Kind.ENTITY)
    assert attribute(found, FITS + "OBS_ID") == Literal("0042")
    assert text(found, FITS + "OBJECT") == "Barnard's star"
    assert attribute(found, FITS + "EVTVER") == Literal("1.50", XSD + "double")
    assert attribute(found, FITS + "TSTART") == Literal("1.5E+08", XSD + "double")
    assert text(found, FITS + "CAL_VER") == "cal-7"
    assert text(found, FITS + "ANA_VER") == "impact-3"
    assert text(found, FITS + "HISTORY") == "stacked two event lists\nfitted a power law"
    assert text(found, VOPROV + "generatedAtTime") == "2026-11-02T03:04:05Z"
    assert "operator@" not in repr(document.elements)


def test_its_step(spectrum: Parsed) -> None:
    document = only(spectrum)
    name = entity(document)
    writing = name + "#writing"
    description = "urn:x-provstore:description:gammapy:gammapy:1.2.1"
    assert sorted(map(shape, document.relations)) == [
        ("isDescribedBy", (writing, description)),
        ("wasAssociatedWith", (writing, "software/gammapy 1.2.1")),
        ("wasDerivedFrom", (name, "events_0043.fits", writing)),
        ("wasDerivedFrom", (name, "ivo://cta.example/events?42", writing)),
        ("wasGeneratedBy", (name, writing)),
    ]
    agent = told(document, "software/gammapy 1.2.1", Kind.AGENT)
    assert attribute(agent, PROV + "type") == Iri(PROV + "SoftwareAgent")
    assert text(told(document, description, Kind.ENTITY), VOPROV + "version") == "1.2.1"


def test_without_a_creator_there_is_no_activity() -> None:
    document = only(parsed(dump("OBS_ID  = 5", "ORIGIN  = 'HESS    '"), "gadf"))
    assert [shape(r) for r in document.relations] == [
        ("wasAttributedTo", (entity(document), "organization/HESS"))
    ]
    agent = told(document, "organization/HESS", Kind.AGENT)
    assert attribute(agent, PROV + "type") == Iri(PROV + "Organization")


@pytest.mark.parametrize(
    ("creator", "described"),
    [
        ("SASH FITS::EventListWriter", None),
        ("ctools 2.0.0", "ctools:ctools:2.0.0"),
        ("Gammapy v1.2.dev3", "Gammapy:Gammapy:1.2.dev3"),
        ("my tool 7", None),
    ],
)
def test_a_version_is_taken_where_the_creator_has_one(creator: str, described: str | None) -> None:
    document = only(parsed(dump(f"CREATOR = '{creator}'"), "gadf"))
    found = [shape(r)[1][1] for r in document.relations if r.type.name == "isDescribedBy"]
    expected = [] if described is None else ["urn:x-provstore:description:" + described]
    assert found == expected


class TestTheNameOfAFile:
    def test_is_the_same_of_a_file_and_of_a_dump_of_its_headers(self) -> None:
        hdus = fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(name="EVENTS")])
        hdus[1].header["OBS_ID"] = 20136
        hdus[1].header["CREATOR"] = "x" * 100
        buffer = io.BytesIO()
        hdus.writeto(buffer)
        text = "\n".join(hdu.header.tostring(sep="\n") for hdu in hdus)
        names = {
            entity(only(parsed(content, "gadf"))) for content in (buffer.getvalue(), text.encode())
        }
        assert len(names) == 1

    def test_differs_where_anything_in_the_header_does(self) -> None:
        names = {
            entity(only(parsed(dump("OBS_ID  = 5", f"DEADC   = {value}"), "gadf")))
            for value in ("1.0", "1.00", "1.1")
        }
        assert len(names) == 3

    def test_does_not_depend_on_comments(self) -> None:
        names = {
            entity(only(parsed(dump(f"OBS_ID  = 5 / {said}", f"COMMENT {said}"), "gadf")))
            for said in ("a", "b")
        }
        assert len(names) == 1


class TestInputs:
    def test_are_read_only_where_they_are_counted(self) -> None:
        document = only(parsed(dump("OBS_ID  = 5", "OBS1    = 'a'", "PRV1    = 'b'"), "gadf"))
        assert document.relations == []

    def test_of_both_kinds(self) -> None:
        cards = ("OBSCNT  = 1", "OBS1    = 'a.fits'", "PRVCNT  = 1", "PRV1    = 'b.fits'")
        document = only(parsed(dump(*cards), "gadf"))
        assert {shape(r)[1][1] for r in document.relations} == {"a.fits", "b.fits"}

    @pytest.mark.parametrize("count", ["2", "0", "99999999999999999999"])
    def test_a_wrong_count_is_told(self, count: str) -> None:
        result = parsed(dump(f"PRVCNT  = {count}", "PRV1    = 'a.fits'"), "gadf")
        assert rules(result.findings) == [("fits/count", "HDU 0/PRVCNT")]
        assert [shape(r)[0] for r in only(result).relations] == ["wasDerivedFrom"]


def test_a_time_that_is_none_is_told_and_kept() -> None:
    result = parsed(dump("OBS_ID  = 5", "DATE    = 'May'"), "gadf")
    assert rules(result.findings) == [("prov/bad-time", "HDU 0/DATE")]
    document = only(result)
    found = told(document, entity(document), Kind.ENTITY)
    assert text(found, FITS + "DATE") == "May"
    assert VOPROV + "generatedAtTime" not in dict(found)


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (dump("EXPOSURE= 5"), "fits/nothing-told"),
        (b"no card", "fits/nothing-told"),
        (b"", "fits/structure"),
        (b"SIMPLE  =", "fits/no-end"),
        (b"SIMPLE  =                    T\n" + b"A       = 1\n" * 30_000, "fits/too-large"),
        (b"SIMPLE  =                    T\n\xff", "text/encoding"),
    ],
    ids=["nothing", "no card", "empty", "cut", "huge", "bytes"],
)
def test_what_tells_nothing_is_refused(data: bytes, rule: str) -> None:
    assert rule in {found for found, _ in rules(refused(data, "gadf"))}
