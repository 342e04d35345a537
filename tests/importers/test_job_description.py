"""Job descriptions: VOTable and WADL of OPUS."""

from pathlib import Path

import pytest
from support.reading import attribute, refused, rules, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.vocabulary import Kind

MEDIA = "https://www.w3.org/ns/iana/media-types/"


def taken(path: Path) -> Parsed:
    return read_document(path.read_bytes())


def said(document: Document, iri: str, cls: str) -> dict[str, str]:
    """The voprov attributes of a description, after its class was looked at."""
    attributes = told(document, iri, Kind.ENTITY)
    assert attribute(attributes, PROV + "type") == Iri(VOPROV + cls)
    return {
        name.removeprefix(VOPROV).removeprefix(PROV): str(getattr(value, "lexical", value))
        for name, value in attributes
        if name != PROV + "type"
    }


def pairs(document: Document) -> list[tuple[str, str | None, str | None]]:
    return [(r.type.name, r.end(0), r.end(1)) for r in document.relations]


class TestVotable:
    @pytest.fixture
    def found(self, data: Path) -> Parsed:
        return taken(data / "uws/cube_vot.xml")

    @pytest.fixture
    def document(self, found: Parsed) -> Document:
        (part,) = found.parts
        assert part.subject is None
        return part.document

    def test_activity(self, found: Parsed, document: Document) -> None:
        assert found.format == "job-description"
        assert said(document, "jdl/cube", "ActivityDescription") == {
            "name": "cube",
            "description": "Counts cube of an observation",
            "docurl": "https://opus.example/docs/cube",
            "version": "2.1",
        }

    def test_roles(self, document: Document) -> None:
        assert said(document, "jdl/cube#events", "UsageDescription") == {
            "role": "events",
            "multiplicity": "1..*",
            "url": "https://opus.example/events/$ID",
            "description": "Events",
        }
        assert said(document, "jdl/cube#spectrum", "GenerationDescription") == {"role": "spectrum"}
        assert said(document, MEDIA + "application/fits", "EntityDescription") == {
            "name": "application/fits",
            "contentType": "application/fits",
        }

    def test_parameters(self, document: Document) -> None:
        assert said(document, "jdl/cube/votable#emin", "ParameterDescription") == {
            "name": "emin",
            "valueType": "double",
            "unit": "TeV",
            "ucd": "em.energy",
            "description": "Lowest energy",
            "default": "0.1",
            "min": "0.02",
            "max": "100",
        }
        assert said(document, "jdl/cube/votable#proj", "ParameterDescription") == {
            "name": "proj",
            "valueType": "char[3]",
            "required": "false",
            "default": "TAN",
            "options": "TAN|CAR",
        }

    def test_relations(self, document: Document) -> None:
        assert pairs(document) == [
            ("wasInfluencedBy", "jdl/cube", "contact/Cube Team"),
            ("isRelatedTo", "jdl/cube#events", "jdl/cube"),
            ("isRelatedTo", MEDIA + "application/fits", "jdl/cube#events"),
            ("isRelatedTo", "jdl/cube#spectrum", "jdl/cube"),
            ("isRelatedTo", MEDIA + "application/fits", "jdl/cube#spectrum"),
            ("isRelatedTo", "jdl/cube/votable#emin", "jdl/cube"),
            ("isRelatedTo", "jdl/cube/votable#proj", "jdl/cube"),
        ]

    def test_script_and_address_are_no_statements(self, found: Parsed, document: Document) -> None:
        assert "cube@opus.example" not in repr(document.elements)
        assert "$input" not in repr(document.elements)
        assert rules(found.findings) == [
            ("job-description/left-out", "line 7"),
            ("job-description/left-out", "line 8"),
        ]


@pytest.mark.samples
@pytest.mark.parametrize(
    ("number", "text", "used", "default"),
    [
        (1, "Job for tests, simply copies input text in a file", [], "Hello World"),
        (2, "Job for tests, simply adds input text to a given file", ["input"], "!"),
    ],
)
def test_samples(samples: Path, number: int, text: str, used: list[str], default: str) -> None:
    (part,) = taken(samples / f"OPUS/jdl/test_activity_{number}_vot.xml").parts
    name = f"jdl/test_activity_{number}"
    assert said(part.document, name, "ActivityDescription") == {
        "name": f"test_activity_{number}",
        "description": text,
        "type": "test",
        "subtype": "test",
        "version": "1",
        "executionDuration": "20",
        "quote": "10",
    }
    parameter = said(part.document, f"{name}/votable#text", "ParameterDescription")
    assert (parameter["valueType"], parameter["default"]) == ("char[*]", default)
    roles = [f"{name}#{role}" for role in (*used, "output")]
    assert pairs(part.document) == [
        ("wasInfluencedBy", name, "contact/opus-admin"),
        *(("isRelatedTo", role, name) for role in roles),
        ("isRelatedTo", MEDIA + "text/plain", f"{name}#output"),
        ("isRelatedTo", f"{name}/votable#text", name),
    ]
    if used:
        usage = said(part.document, f"{name}#input", "UsageDescription")
        assert (usage["default"], usage["url"]) == ("input.txt", "file://$ID")


@pytest.mark.samples
def test_wadl(samples: Path) -> None:
    found = taken(samples / "OPUS/wadl/ctbin.wadl")
    (part,) = found.parts
    name = "https://voparis-uws-test.obspm.fr/jdl/ctbin"
    assert (found.format, found.findings) == ("job-description", [])
    description = said(part.document, name, "ActivityDescription")
    assert description["description"].startswith("CTOOLS command to generate a counts cube")
    assert said(part.document, f"{name}/votable#proj", "ParameterDescription") == {
        "name": "proj",
        "valueType": "xs:string",
        "required": "true",
        "default": "TAN",
        "description": "Projection method e.g. AIT|AZP|CAR|MER|STG|TAN",
        "options": "AIT|AZP|CAR|MER|STG|TAN",
    }
    # counted by hand: 22 parameters of the job, PHASE is one of UWS
    assert len(part.document.elements) == 1 + 22
    assert {kind for kind, *_ in pairs(part.document)} == {"isRelatedTo"}
    assert len(part.document.relations) == 22


ACTIVITY = 'utype="voprov:ActivityDescription"'
NAMED = f'<RESOURCE name="a" {ACTIVITY}/>'
WADL = 'xmlns="http://wadl.dev.java.net/2009/02"'


def test_wadl_with_results_and_options() -> None:
    content = (
        f'<application {WADL}><resources><resource id="joblist" path="/cube/">'
        '<method id="create_job"><request><param name="a"><option value="1"/><option value="2"/>'
        '</param><param style="header" name="h"/></request><response>'
        '<representation id="map" mediaType="image/fits"><doc>The map</doc></representation>'
        "</response></method></resource></resources></application>"
    )
    (part,) = read_document(content.encode()).parts
    assert said(part.document, "jdl/cube/votable#a", "ParameterDescription")["options"] == "1|2"
    generated = said(part.document, "jdl/cube#map", "GenerationDescription")
    assert generated == {"role": "map", "description": "The map"}
    assert not any("votable#h" in telling.iri for telling in part.document.elements)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("<cat/>", "job-description/root"),
        (f"<application {WADL}/>", "job-description/no-job"),
        ("<VOTABLE/>", "job-description/no-job"),
        (f"<VOTABLE><RESOURCE {ACTIVITY}/></VOTABLE>", "job-description/no-job"),
        (f"<VOTABLE>{2 * NAMED}</VOTABLE>", "job-description/no-job"),
        ("<VOTABLE>" * 10_000, "xml/syntax"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><VOTABLE>&b;</VOTABLE>', "xml/doctype"),
    ],
)
def test_refused(content: str, rule: str) -> None:
    assert refused(content, "job-description")[0].rule == rule


def test_a_votable_of_data_is_none() -> None:
    from provstore.importers.job_description.importer import JobDescriptions

    assert not JobDescriptions().sniff(b"<VOTABLE><RESOURCE type='results'/></VOTABLE>")
    table = b"<VOTABLE><RESOURCE><TABLE utype='voprov:ActivityDescription'/></RESOURCE></VOTABLE>"
    assert not JobDescriptions().sniff(table)
