"""Metadata and headers of real files: ctapipe 0.32, the H.E.S.S. release of 2018, simtools."""

import gzip
from pathlib import Path

import pytest
from support.reading import attribute, shape, text, told

from provstore.errors import UnknownFormatError
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.identifiers import CTA, PROV, PROVSTORE, VOPROV, XSD, Iri
from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

pytestmark = pytest.mark.samples

DL2 = "urn:uuid:9b22dbfc-99e5-40da-9be1-99e4eb3e0025"
PROCESS = "urn:uuid:7c152d08-fcc0-436c-8b84-8b7c5d35b9b2"
DESCRIPTION = "urn:x-provstore:description:ctapipe:ctapipe-process:0.32.0"
FOLDER = "ctapipe/generated-0.32.0/"
YAML = FOLDER + "merged.dl2.reference_metadata.yaml"
CARDS = FOLDER + "merged_dl2_reference_metadata_fits_header.txt"
HESS = "gammapy/generated-2.1/hess_events_020136_header.txt"


@pytest.mark.parametrize("name", [YAML, CARDS])
class TestCtapipe:
    @pytest.fixture
    def result(self, samples: Path, name: str) -> Parsed:
        return read_document((samples / name).read_bytes())

    def test_it_is_recognised_and_nothing_is_wrong_with_it(self, result: Parsed) -> None:
        assert (result.format, result.findings) == ("cta-metadata", [])

    def test_the_file(self, result: Parsed, name: str) -> None:
        found = told(result.parts[0].document, DL2, Kind.ENTITY)
        # 30 keys, of which 3 are the contact's and 7 the activity's; the time is added, and the
        # name of the file where it is told
        assert len(found) == 30 - 3 - 7 + 1 + (name == YAML)
        assert text(found, CTA + "CTA PRODUCT DATA LEVELS") == "DL1_PARAMETERS,DL2"
        assert text(found, CTA + "CTA PROCESS ID") == "1,2"
        assert text(found, CTA + "CTA PROCESS SUBTYPE") == ""
        assert text(found, CTA + "CTA INSTRUMENT SUBTYPE") == "unspecified"
        assert text(found, VOPROV + "generatedAtTime") == "2026-11-20T18:46:49.843Z"
        if name == YAML:
            assert text(found, PROV + "location") == "run/merged.dl2.h5"

    def test_the_step(self, result: Parsed) -> None:
        document = result.parts[0].document
        activity = told(document, PROCESS, Kind.ACTIVITY)
        assert text(activity, PROV + "label") == "ctapipe-process"
        assert text(activity, PROV + "startTime") == "2026-11-20T18:46:49.118Z"
        assert text(activity, PROV + "endTime") == "2026-11-20T18:46:49.842Z"
        assert text(activity, CTA + "CTA ACTIVITY TYPE") == "software"
        assert sorted(map(shape, document.relations)) == [
            ("isDescribedBy", (PROCESS, DESCRIPTION)),
            ("wasAttributedTo", (DL2, "contact/A. Nonymous")),
            ("wasGeneratedBy", (DL2, PROCESS)),
        ]
        assert "nobody@example.org" not in repr(document.elements)

    def test_the_log_tells_the_same_elements(self, samples: Path, result: Parsed) -> None:
        night = read_document((samples / FOLDER / "night.provenance.log").read_bytes())
        in_log = {telling for part in night.parts for telling in part.document.elements}
        assert set(result.parts[0].document.elements) <= in_log


def test_the_header_of_an_event_list(samples: Path) -> None:
    result = read_document((samples / HESS).read_bytes())
    assert (result.format, result.findings) == ("gadf", [])
    document = result.parts[0].document
    (file,) = (t.iri for t in document.elements if t.kind is Kind.ENTITY)
    assert file.startswith("fits/HESS-20136-EVENTS-")
    found = told(document, file, Kind.ENTITY)
    fits = PROVSTORE + "fits:"
    assert attribute(found, fits + "OBS_ID") == Literal("20136", XSD + "int")
    assert text(found, fits + "OBJECT") == "MSH15-52"
    assert text(found, fits + "INSTRUME") == "H.E.S.S. Phase I"
    assert text(found, fits + "OBS_MODE") == "WOBBLE"
    assert text(found, fits + "EV_CLASS") == "std"
    assert attribute(found, fits + "EVTVER") == Literal("1.4", XSD + "double")
    assert attribute(found, fits + "ONTIME") == Literal("1682.", XSD + "double")
    assert {v for k, v in found if k == fits + "HDUCLAS1"} == {Literal("EVENTS"), Literal("GTI")}
    assert text(found, VOPROV + "generatedAtTime") == "2018-05-06T09:14:21Z"
    writer, origin = "software/SASH FITS::EventListWriter", "organization/H.E.S.S. Collaboration"
    assert sorted(map(shape, document.relations)) == [
        ("wasAssociatedWith", (file + "#writing", writer)),
        ("wasAttributedTo", (file, origin)),
        ("wasGeneratedBy", (file, file + "#writing")),
    ]
    assert attribute(told(document, writer, Kind.AGENT), PROV + "type") == Iri(
        PROV + "SoftwareAgent"
    )
    # no version in CREATOR, none is made up; the contact in the comments is nobody's statement
    assert not [t for t in document.elements if "description" in t.iri]
    assert "contact@" not in repr(document.elements)


def test_an_observation_index_is_a_file_of_which_little_is_told(samples: Path) -> None:
    """It is no ObsCore table; its header names a class, no observation and no program."""
    packed = (samples / "gammapy/obs-index.fits.gz").read_bytes()
    result = read_document(gzip.decompress(packed))
    assert (result.format, result.findings) == ("gadf", [])
    document = result.parts[0].document
    ((telling, found),) = document.elements.items()
    assert telling.iri.startswith("fits/INDEX-")
    assert text(found, PROVSTORE + "fits:HDUCLAS2") == "OBS"
    assert document.relations == []


def test_a_schema_of_metadata_is_none(samples: Path) -> None:
    schema = (samples / "simtools/metadata.metaschema.yml").read_bytes()
    with pytest.raises(UnknownFormatError, match="a JSON schema, which says what documents look"):
        read_document(schema)


@pytest.mark.parametrize(
    "name",
    [
        "gammapy/generated-2.1/hess_dl3_dr1_obscore.ecsv",
        "gammapy/generated-2.1/hess_dl3_dr1_obscore.vot",
        "ivoa-std-ObsCore/VOtableResponseExemple.xml",
    ],
)
def test_tables_of_datasets_are_told_where_to_go(samples: Path, name: str) -> None:
    with pytest.raises(UnknownFormatError, match=r"a table of datasets .* PUT /api/v1/obscore"):
        read_document((samples / name).read_bytes())
