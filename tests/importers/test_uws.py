"""UWS jobs of standard services: what a job, a failed one and a list of jobs become."""

from collections.abc import Callable
from pathlib import Path
from time import process_time

import pytest
from support.reading import attribute, parsed, refused, rules, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, VOPROV, XSD, Iri
from provstore.model.literals import Literal
from provstore.model.records import first_text
from provstore.model.vocabulary import Kind

UWS = "http://www.ivoa.net/xml/UWS/v1.1#"
JOB = "https://jobs.example/spectra/a1b2"
NAMESPACE = 'xmlns="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'

Reader = Callable[[str], Parsed]


@pytest.fixture
def of_file(data: Path) -> Reader:
    return lambda name: read_document((data / "uws" / name).read_bytes())


def job(inner: str, version: str = "1.1") -> bytes:
    return f'<job {NAMESPACE} version="{version}"><jobId>j1</jobId>{inner}</job>'.encode()


def with_parameter(value: str, more: str = "") -> Document:
    content = job(f'<parameters><parameter id="p" {more}>{value}</parameter></parameters>')
    (part,) = parsed(content, "uws").parts
    return part.document


def roles(document: Document, kind: str) -> list[tuple[tuple[str | None, ...], str | None]]:
    return [
        (relation.ends, first_text(relation.attributes, PROV + "role"))
        for relation in document.relations
        if relation.type.name == kind
    ]


class TestCompletedJob:
    def test_it_is_one_part_about_the_job(self, of_file: Reader) -> None:
        found = of_file("standard-completed.xml")
        assert found.format == "uws"
        assert [part.subject for part in found.parts] == [JOB]
        assert found.findings == []

    def test_activity(self, of_file: Reader) -> None:
        (part,) = of_file("standard-completed.xml").parts
        assert dict(told(part.document, JOB, Kind.ACTIVITY)) == {
            PROV + "label": Literal("spectra"),
            PROV + "startTime": Literal("2026-03-01T10:00:05Z", XSD + "dateTime"),
            PROV + "endTime": Literal("2026-03-01T10:02:00.5Z", XSD + "dateTime"),
            PROVSTORE + "status": Literal("COMPLETED"),
            UWS + "jobId": Literal("a1b2"),
            UWS + "runId": Literal("night 12"),
            UWS + "creationTime": Literal("2026-03-01T10:00:00Z"),
            UWS + "destruction": Literal("2026-04-01T00:00:00Z"),
            UWS + "executionDuration": Literal("3600", XSD + "int"),
        }

    def test_owner(self, of_file: Reader) -> None:
        (part,) = of_file("standard-completed.xml").parts
        assert text(told(part.document, "user/bob", Kind.AGENT), PROV + "label") == "bob"
        assert roles(part.document, "wasAssociatedWith") == [((JOB, "user/bob"), "owner")]

    def test_what_it_used(self, of_file: Reader) -> None:
        (part,) = of_file("standard-completed.xml").parts
        assert roles(part.document, "used") == [
            ((JOB, "https://archive.example/events/1.fits"), "events"),
            ((JOB, "ivo://archive.example/irf#7"), "irf"),
            ((JOB, "obs_id/20136"), "obs_ids"),
            ((JOB, "obs_id/20137"), "obs_ids"),
            ((JOB, "ivo://archive.example/dl3#1"), "obs_publisher_did"),
            ((JOB, "ivo://archive.example/dl3#2"), "obs_publisher_did"),
        ]
        observation = told(part.document, "obs_id/20136", Kind.ENTITY)
        assert observation == ((PROVSTORE + "obs_id", Literal("20136")),)
        events = told(part.document, "https://archive.example/events/1.fits", Kind.ENTITY)
        assert text(events, PROV + "location") == "https://archive.example/events/1.fits"

    def test_parameters_keep_their_texts(self, of_file: Reader) -> None:
        """A plus is a plus and an escape an escape: only OPUS encodes values."""
        (part,) = of_file("standard-completed.xml").parts
        values = {
            text(attributes, PROV + "name"): text(attributes, PROV + "value")
            for telling, attributes in part.document.elements.items()
            if "/parameters/" in telling.iri
        }
        assert values == {
            "query": "SELECT 1+1 AS a%20b",
            "standard": "ivo://ivoa.net/std/TAP",
            "emin": "0.10",
        }
        parameter = told(part.document, JOB + "/parameters/emin", Kind.ENTITY)
        assert attribute(parameter, PROV + "type") == Iri(VOPROV + "Parameter")
        assert text(parameter, PROV + "label") == "emin = 0.10"
        configured = [r for r in part.document.relations if r.type.name == "wasConfiguredBy"]
        assert [r.ends for r in configured] == [
            (JOB, f"{JOB}/parameters/{name}") for name in ("query", "standard", "emin")
        ]
        assert {r.attributes for r in configured} == {
            ((VOPROV + "artefactType", Literal("Parameter")),)
        }

    def test_results(self, of_file: Reader) -> None:
        (part,) = of_file("standard-completed.xml").parts
        spectrum = JOB + "/results/spectrum"
        assert roles(part.document, "wasGeneratedBy") == [
            ((spectrum, JOB), "spectrum"),
            (("https://cdn.example/p/9.png", JOB), "plot"),
        ]
        assert dict(told(part.document, spectrum, Kind.ENTITY)) == {
            PROV + "location": Literal(spectrum),
            VOPROV + "content_type": Literal("application/fits"),
            PROVSTORE + "size": Literal("2880", XSD + "int"),
        }


def test_a_failed_job_is_kept_with_its_status_and_error(of_file: Reader) -> None:
    found = of_file("standard-failed.xml")
    (part,) = found.parts
    assert part.subject == "job/77"
    activity = told(part.document, "job/77", Kind.ACTIVITY)
    assert text(activity, PROVSTORE + "status") == "ERROR"
    assert text(activity, PROVSTORE + "error") == "no events left after the cuts"
    assert text(activity, UWS + "errorType") == "fatal"
    assert text(activity, PROV + "label") == "77"
    assert part.document.relations == []
    assert [(f.severity, f.rule) for f in found.findings] == [("warning", "uws/no-url")]


def test_a_list_tells_of_jobs_and_of_states_that_last(of_file: Reader) -> None:
    found = of_file("standard-list.xml")
    (part,) = found.parts
    assert part.subject is None
    ended = told(part.document, JOB, Kind.ACTIVITY)
    assert text(ended, PROVSTORE + "status") == "COMPLETED"
    assert text(ended, UWS + "creationTime") == "2026-03-01T10:00:00Z"
    running = told(part.document, "job/a1b3", Kind.ACTIVITY)
    assert PROVSTORE + "status" not in dict(running)
    assert roles(part.document, "wasAssociatedWith") == [((JOB, "user/bob"), "owner")]


def test_a_job_named_by_a_uuid_needs_no_url() -> None:
    uuid = "0f1d3a9e-8f6a-4a4a-9a55-2f0f6a1b2c3d"
    content = f'<job {NAMESPACE} version="1.1"><jobId>{uuid}</jobId></job>'
    assert [part.subject for part in parsed(content, "uws").parts] == [uuid]


@pytest.mark.parametrize(
    ("value", "more", "used"),
    [
        ("https://a.example/x", "", "https://a.example/x"),
        ("vos://a.example~v/x", "", "vos://a.example~v/x"),
        ("ivo://a.example/x", 'byReference="false"', "ivo://a.example/x"),
        ("x.fits", 'byReference="1"', "x.fits"),
        ("see https://a.example/x", "", None),
        ("mailto:a@b.example", "", None),
        ("urn:x:y", "", None),
        ("", 'byReference="true"', None),
        ("1.5", "", None),
    ],
)
def test_which_parameters_name_data(value: str, more: str, used: str | None) -> None:
    document = with_parameter(value, more)
    found = [relation.end(1) for relation in document.relations if relation.type.name == "used"]
    assert found == ([] if used is None else [used])
    is_parameter = any("/parameters/p" in telling.iri for telling in document.elements)
    assert is_parameter == (used is None)


def test_results_that_tell_of_the_job_are_no_data() -> None:
    names = ("stdout", "stderr", "prov", "provjson", "prov-xml", "provenance", "provider")
    results = "".join(
        f'<result id="{name}" xlink:href="https://a.example/{name}"/>' for name in names
    )
    (part,) = parsed(job(f"<results>{results}</results>"), "uws").parts
    assert roles(part.document, "wasGeneratedBy") == [
        (("https://a.example/provider", "job/j1"), "provider")
    ]


def test_a_relative_link_is_resolved_where_the_job_is_known() -> None:
    inner = (
        '<results><result id="a" xlink:href="https://x.example/q/j1/results/a"/>'
        '<result id="b" xlink:href="j1/results/b"/></results>'
    )
    (part,) = parsed(job(inner), "uws").parts
    assert roles(part.document, "wasGeneratedBy")[1][0][0] == "https://x.example/q/j1/results/b"


def test_a_result_without_a_link_is_named_by_its_id() -> None:
    found = parsed(job('<results><result id="a"/></results>'), "uws")
    assert roles(found.parts[0].document, "wasGeneratedBy") == [
        (("job/j1/results/a", "job/j1"), "a")
    ]
    assert "uws/no-href" in [finding.rule for finding in found.findings]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("<job/>", "uws/namespace"),
        (f"<cat {NAMESPACE}/>", "uws/root"),
        (f"<job {NAMESPACE}/>", "uws/no-id"),
        (f"<job {NAMESPACE}>", "xml/syntax"),
        (f"<!DOCTYPE job []><job {NAMESPACE}/>", "xml/doctype"),
        ("<a>" * 10_000, "xml/syntax"),
        (b"\xff\xfe<\0j\0", "text/encoding"),
    ],
)
def test_refused(content: str | bytes, rule: str) -> None:
    started = process_time()
    assert refused(content, "uws")[0].rule == rule
    assert process_time() - started < 2


@pytest.mark.parametrize(
    ("inner", "rule"),
    [
        ("<phase>DREAMING</phase>", "uws/unknown-phase"),
        ("<phase>COMPLETED</phase><phase>ERROR</phase>", "uws/told-twice"),
        ("<startTime>yesterday</startTime>", "prov/bad-time"),
        ("<jobInfo><host>a</host></jobInfo>", "uws/left-out"),
        ("<parameters><parameter>1</parameter></parameters>", "uws/no-parameter-id"),
        ("<results><result/></results>", "uws/no-result-id"),
        ('<parameters><parameter id="a" byReference="maybe"/></parameters>', "uws/by-reference"),
        (
            '<results><result id="a" hash="77" xlink:href="https://a.example/a"/></results>',
            "uws/unknown-hash",
        ),
    ],
)
def test_oddities_are_said_and_taken(inner: str, rule: str) -> None:
    assert (rule, "line 1") in rules(parsed(job(inner), "uws").findings)


def test_a_job_that_says_its_version_is_none_of_opus() -> None:
    """Whatever else it has in common with those of OPUS."""
    inner = (
        '<quote>5</quote><parameters><parameter id="p">a+b</parameter></parameters>'
        '<results><result id="r" hash="" xlink:href="https://a.example/r"/></results>'
    )
    for version, value in (("1.1", "a+b"), ("", "a b")):
        (part,) = parsed(job(inner, version), "uws").parts
        parameter = told(part.document, "job/j1/parameters/p", Kind.ENTITY)
        assert text(parameter, PROV + "value") == value


def test_the_content_of_job_info_is_no_statement() -> None:
    content = job("<jobInfo><node>cluster-7</node></jobInfo>")
    (part,) = parsed(content, "uws").parts
    assert "cluster-7" not in repr(part.document.elements)


def test_each_element_that_is_left_out_is_said() -> None:
    found = parsed(job("<jobInfo/><node>7</node>"), "uws").findings
    assert [f.value for f in found if f.rule == "uws/left-out"] == ["jobInfo", "node"]


def test_time_grows_with_the_length() -> None:
    many = "".join(
        f'<parameter id="p{n}">v</parameter><parameter id="q{n}">https://a.example/{n}</parameter>'
        for n in range(20_000)
    )
    started = process_time()
    (part,) = parsed(job(f"<parameters>{many}</parameters>"), "uws").parts
    assert process_time() - started < 5
    assert len(part.document.relations) == 40_000
    assert shape(part.document.relations[0])[0] == "wasConfiguredBy"
