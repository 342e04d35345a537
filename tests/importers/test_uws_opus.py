"""OPUS's jobs: the samples, and that they meet OPUS's own provenance documents."""

from pathlib import Path

import pytest
from support.reading import attribute, read, refused, rules, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, VOPROV, XSD
from provstore.model.literals import Literal
from provstore.model.records import Relation, first_text
from provstore.model.vocabulary import Kind

UWS = "http://www.ivoa.net/xml/UWS/v1.1#"
BASE = "http://localhost:8082"
FIRST = f"{BASE}/rest/test_activity_1/7ce260"
SECOND = f"{BASE}/rest/test_activity_2/791735"
OPUS = "http://opus.example"


@pytest.fixture
def opus(samples: Path) -> Path:
    return samples / "OPUS"


def taken(path: Path) -> Parsed:
    return read_document(path.read_bytes())


def relations(document: Document) -> list[tuple[str, str | None, str | None, str | None]]:
    return [
        (r.type.name, r.end(0), r.end(1), first_text(r.attributes, PROV + "role"))
        for r in document.relations
    ]


@pytest.mark.samples
class TestSamples:
    def test_the_first_job(self, opus: Path) -> None:
        found = taken(opus / "uws/uws_job_test_activity_1.xml")
        (part,) = found.parts
        assert (found.format, part.subject) == ("uws", FIRST)
        assert dict(told(part.document, FIRST, Kind.ACTIVITY)) == {
            PROV + "label": Literal("test_activity_1"),
            PROV + "startTime": Literal("2026-11-20T18:24:38", XSD + "dateTime"),
            PROV + "endTime": Literal("2026-11-20T18:24:48", XSD + "dateTime"),
            PROVSTORE + "status": Literal("COMPLETED"),
            UWS + "jobId": Literal("7ce260"),
            UWS + "runId": Literal("run-001"),
            UWS + "creationTime": Literal("2026-11-20T18:24:38"),
            UWS + "destruction": Literal("2026-12-20T18:24:38"),
            UWS + "executionDuration": Literal("20", XSD + "int"),
            UWS + "quote": Literal("120", XSD + "int"),
        }
        assert relations(part.document) == [
            ("wasAssociatedWith", FIRST, f"{BASE}/user/alice", "owner"),
            ("wasConfiguredBy", FIRST, f"{FIRST}/parameters/text", None),
            ("wasGeneratedBy", f"{BASE}/store/?ID=8081dc", FIRST, "output"),
        ]
        parameter = told(part.document, f"{FIRST}/parameters/text", Kind.ENTITY)
        assert text(parameter, PROV + "value") == "Hello Provenance"
        assert [(f.severity.value, f.rule, f.value) for f in found.findings] == [
            ("info", "uws/left-out", "jobInfo"),
            ("warning", "uws/opus", ""),
        ]

    def test_the_second_job_used_what_the_first_made(self, opus: Path) -> None:
        (part,) = taken(opus / "uws/uws_job_test_activity_2.xml").parts
        assert part.subject == SECOND
        assert relations(part.document) == [
            ("wasAssociatedWith", SECOND, f"{BASE}/user/alice", "owner"),
            ("used", SECOND, f"{BASE}/store/?ID=8081dc", "input"),
            ("wasConfiguredBy", SECOND, f"{SECOND}/parameters/text", None),
            ("wasGeneratedBy", f"{BASE}/store/?ID=73694b", SECOND, "output"),
        ]
        assert dict(told(part.document, f"{BASE}/store/?ID=73694b", Kind.ENTITY)) == {
            PROV + "label": Literal("output.txt"),
            PROV + "location": Literal(f"{BASE}/store?ID=73694b"),
            VOPROV + "content_type": Literal("text/plain"),
            VOPROV + "result_name": Literal("output"),
            PROVSTORE + "checksum": Literal("sha1:fd730c7da64aa015819147d376979e48e9144d38"),
        }

    def test_the_list(self, opus: Path) -> None:
        """Its links lack the ``rest`` that the jobs are found under."""
        (part,) = taken(opus / "uws/uws_jobs_test_activity_2.xml").parts
        assert part.subject is None
        assert part.document.relations == []
        assert dict(told(part.document, SECOND, Kind.ACTIVITY)) == {
            PROV + "label": Literal("test_activity_2"),
            PROVSTORE + "status": Literal("COMPLETED"),
            UWS + "jobId": Literal("791735"),
            UWS + "runId": Literal("run-002"),
            UWS + "creationTime": Literal("2026-11-20T18:25:07"),
        }

    def test_results_alone_name_their_job_by_their_links(self, opus: Path) -> None:
        found = taken(opus / "uws/uws_results.xml")
        (part,) = found.parts
        assert part.subject is None, "the whole job is not told anew by its results"
        assert relations(part.document) == [
            ("wasGeneratedBy", f"{BASE}/store/?ID=73694b", SECOND, "output")
        ]
        checksum = told(part.document, f"{BASE}/store/?ID=73694b", Kind.ENTITY)
        assert text(checksum, PROVSTORE + "checksum").startswith("sha1:fd730c7d")
        assert rules(found.findings) == [("uws/opus", "line 1")]

    def test_parameters_alone_are_those_of_a_job_without_a_name(self, opus: Path) -> None:
        found = taken(opus / "uws/uws_parameters.xml")
        (part,) = found.parts
        assert part.subject is None
        assert relations(part.document) == [
            ("used", "_:job", f"{BASE}/store/?ID=8081dc", "input"),
            ("wasConfiguredBy", "_:job", "_:parameter-2", None),
            ("wasConfiguredBy", "_:job", "_:parameter-3", None),
        ]
        text_parameter = told(part.document, "_:parameter-3", Kind.ENTITY)
        assert text(text_parameter, PROV + "label") == "text = second"
        assert ("uws/no-job", "line 1") in rules(found.findings)

    @pytest.mark.parametrize(
        "name",
        [
            "job_test_activity_1",
            "job_test_activity_2",
            "jobs_test_activity_2",
            "results",
            "parameters",
        ],
    )
    def test_that_it_is_not_as_the_schema_has_it_is_one_warning(
        self, opus: Path, name: str
    ) -> None:
        found = taken(opus / f"uws/uws_{name}.xml").findings
        assert [f.severity.value for f in found if f.rule == "uws/opus"] == ["warning"]

    @pytest.mark.parametrize(
        ("job", "sha1"),
        [
            ("791735", "fd730c7da64aa015819147d376979e48e9144d38"),
            ("7ce260", "a8447374d464f08b00afea1e6f1eab9cd373955f"),
        ],
    )
    def test_files_of_results(self, opus: Path, job: str, sha1: str) -> None:
        found = taken(opus / f"uws/results_job_{job}.yml")
        (part,) = found.parts
        path = f"/data/opus/var/results/{job}/output.txt"
        assert (found.format, part.subject) == ("uws", None)
        assert relations(part.document) == [("wasGeneratedBy", path, f"job/{job}", "output")]
        assert dict(told(part.document, path, Kind.ENTITY)) == {
            PROV + "label": Literal("output.txt"),
            PROV + "location": Literal(path),
            VOPROV + "content_type": Literal("text/plain"),
            VOPROV + "result_name": Literal("output"),
            VOPROV + "result_value": Literal("output.txt"),
            PROVSTORE + "checksum": Literal(f"sha1:{sha1}"),
        }
        assert rules(found.findings) == [("uws/no-url", "")]

    def test_it_meets_the_provenance_document(self, opus: Path) -> None:
        """Each relation of OPUS's own document but none more, under the very same identity."""
        (job,) = taken(opus / "uws/uws_job_test_activity_2.xml").parts
        (document,) = taken(opus / "provsap/job_provenance.json").parts

        def identities(found: list[Relation]) -> set[tuple[object, ...]]:
            return {relation._replace(bundle=None).identity for relation in found}

        assert identities(job.document.relations) == identities(document.document.relations)
        bundled = {telling.iri: told for telling, told in document.document.elements.items()}
        for telling, attributes in job.document.elements.items():
            for name, value in bundled[telling.iri]:
                told_here = {v for n, v in attributes if n == name}
                assert not told_here or value in told_here, (telling.iri, name)


def test_an_aborted_job(data: Path) -> None:
    found = taken(data / "uws/opus-aborted.xml")
    (part,) = found.parts
    job = f"{OPUS}/rest/cube/0a0b0c"
    assert part.subject == job
    activity = told(part.document, job, Kind.ACTIVITY)
    assert text(activity, PROVSTORE + "status") == "ABORTED"
    assert text(activity, PROVSTORE + "error") == "Job aborted by user"
    assert attribute(activity, UWS + "quote") == Literal("60", XSD + "int")
    assert relations(part.document) == [
        ("wasAssociatedWith", job, f"{OPUS}/user/anonymous", "owner"),
        ("used", job, "obs_id/20136", "obs_ids"),
        ("used", job, "obs_id/20137", "obs_ids"),
        # what the store calls by a name that is one everywhere has that name
        ("used", job, "ivo://archive.example/dl3#1", "input"),
    ]


RESULT = """
a.fits:
  result_name: cube
  file_name: a.fits
  file_dir: /data/1/
  hash: 01234567
"""


def test_a_hash_of_no_known_length_is_no_checksum() -> None:
    document = read(RESULT, "uws")
    assert text(told(document, "/data/1/a.fits", Kind.ENTITY), PROVSTORE + "hash") == "01234567"


def test_a_file_of_results_without_a_folder_names_no_job() -> None:
    document = read("a:\n  result_name: cube\n  file_dir:\n  file_name: b\n", "uws")
    assert [relation.ends for relation in document.relations] == [("b",)]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("- result_name: 1\n  file_dir: 2\n", "json/wrong-type"),
        ("a: b\n" + RESULT + "  file_name: [1]\n", "yaml/duplicate-key"),
        (RESULT.replace("01234567", "[1, 2]"), "json/wrong-type"),
        (RESULT + "  x: *a\n", "yaml/alias"),
    ],
)
def test_refused_files_of_results(content: str, rule: str) -> None:
    assert refused(content, "uws")[0].rule == rule


def test_an_escape_that_is_no_text_stays_as_written() -> None:
    content = (
        '<job xmlns="http://www.ivoa.net/xml/UWS/v1.0"><jobId>1</jobId><quote>5</quote><parameters>'
        '<parameter id="a">%00</parameter><parameter id="b">%ff</parameter></parameters></job>'
    )
    found = read_document(content.encode())
    values = {
        text(attributes, PROV + "value")
        for telling, attributes in found.parts[0].document.elements.items()
        if "/parameters/" in telling.iri
    }
    assert values == {"%00", "%ff"}
    assert [f.rule for f in found.findings].count("uws/bad-escape") == 2
