"""Jobs over HTTP: alone, with their description, again in a later phase, refused."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.served import archive_at, token_of

from provstore.model.access import Role

JOBS = "/api/v1/jobs"
ELEMENTS = "/api/v1/elements"
JOB = "https://jobs.example/spectra/a1b2"
NAMESPACE = "http://www.ivoa.net/xml/UWS/v1.0"


@pytest.fixture
def job(data: Path) -> bytes:
    return (data / "uws/standard-completed.xml").read_bytes()


@pytest.fixture
def description(data: Path) -> bytes:
    return (data / "uws/cube_vot.xml").read_bytes()


def in_phase(phase: str, inner: str = "") -> bytes:
    return (
        f'<job xmlns="{NAMESPACE}" version="1.1"><jobId>9</jobId><phase>{phase}</phase>'
        f"{inner}</job>"
    ).encode()


def attributes(archive: httpx.Client, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for told in archive.get(ELEMENTS, params={"ID": name}).json()["attributes"]:
        found.setdefault(told["name"], []).append(told["value"])
    return found


def lineage(archive: httpx.Client, name: str, **parameters: str) -> dict[str, Any]:
    answer = archive.get("/api/v1/lineage", params={"ID": name, **parameters})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_job_becomes_a_step_of_a_lineage(archive: httpx.Client, job: bytes) -> None:
    answer = archive.post(JOBS, content=job, params={"source": "spectra"})
    receipt = answer.json()
    assert answer.status_code == 201, answer.text
    assert (receipt["format"], receipt["source"], receipt["status"]) == (
        "uws",
        "spectra",
        "accepted",
    )
    assert receipt["url"] == answer.headers["location"]
    assert archive.get(f"{receipt['url']}/raw").content == job
    found = lineage(archive, f"{JOB}/results/spectrum")
    used = {
        node["id"] for node in found["nodes"] if node["steps"] == 1 and node["kind"] == "entity"
    }
    assert {"https://archive.example/events/1.fits", "ivo://archive.example/dl3#1"} <= used
    again = archive.post(JOBS, content=job, params={"source": "spectra"})
    assert (again.status_code, again.json()) == (200, receipt)


def test_a_form_of_job_and_description(
    archive: httpx.Client, job: bytes, description: bytes
) -> None:
    form = {"job": ("j.xml", job, "text/xml"), "description": ("d.xml", description, "text/xml")}
    first = archive.post(JOBS, files=form, params={"source": "spectra"})
    assert first.status_code == 201, first.text
    # a client makes its boundary up anew each time: the same job is the same document all the same
    again = archive.post(JOBS, files=form, params={"source": "spectra"})
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])
    raw = archive.get(f"{first.json()['url']}/raw").content
    assert job in raw
    assert description in raw
    found = lineage(archive, f"{JOB}/results/spectrum", descriptions="2")
    described = {(e["from"], e["to"]) for e in found["edges"] if e["kind"] == "isDescribedBy"}
    assert (JOB, "urn:provstore:spectra:jdl/cube") in described
    # what is stored is read again as it was
    pushed = archive.post("/api/v1/documents", content=raw, params={"source": "spectra"})
    assert (pushed.status_code, pushed.json()["id"]) == (200, first.json()["id"])


def test_a_job_told_again_stands_in_place_of_what_it_was(archive: httpx.Client) -> None:
    told_as = {"url": JOB, "source": "spectra"}
    running = archive.post(JOBS, content=in_phase("EXECUTING"), params=told_as).json()
    assert attributes(archive, JOB)["urn:x-provstore:status"] == ["EXECUTING"]
    failed = in_phase("ERROR", "<errorSummary><message>out of memory</message></errorSummary>")
    later = archive.post(JOBS, content=failed, params=told_as)
    assert later.status_code == 201, later.text
    found = attributes(archive, JOB)
    assert found["urn:x-provstore:status"] == ["ERROR"]
    assert found["urn:x-provstore:error"] == ["out of memory"]
    # taking the later telling back, the former holds again
    assert archive.delete(f"/api/v1/documents/{later.json()['id']}").status_code == 200
    assert attributes(archive, JOB)["urn:x-provstore:status"] == ["EXECUTING"]
    assert archive.get(running["url"]).json()["status"] == "accepted"


def test_a_dry_run_stores_nothing(archive: httpx.Client) -> None:
    answer = archive.post(JOBS, content=in_phase("ERROR"), params={"dry_run": "true"})
    assert answer.status_code == 200
    assert "uws/no-url" in [finding["rule"] for finding in answer.json()["findings"]]
    assert archive.get("/api/v1/documents").json()["total"] == 0


@pytest.mark.parametrize("url", ["gopher://a.example/1", "a", "http://[", "file:///etc/passwd"])
def test_a_url_that_names_no_job(archive: httpx.Client, url: str) -> None:
    answer = archive.post(JOBS, content=in_phase("ERROR"), params={"url": url})
    assert answer.status_code == 400
    assert "url" in answer.json()["detail"]


def test_two_urls_are_one_too_many(archive: httpx.Client, job: bytes) -> None:
    form = {"job": ("j", job), "url": (None, b"https://jobs.example/other/1")}
    answer = archive.post(JOBS, files=form, params={"url": JOB})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")


def test_other_parameters_are_not_taken(archive: httpx.Client, job: bytes) -> None:
    assert archive.post(JOBS, content=job, params={"format": "uws"}).status_code == 400


@pytest.mark.parametrize(
    ("body", "content_type", "rule"),
    [
        (b"<cat/>", "text/xml", "uws/root"),
        (b"{}", "application/json", "xml/syntax"),
        (b"", "text/xml", "xml/syntax"),
        (b"--x\r\n", "multipart/form-data; boundary=x", "uws/parts"),
        (b"--x--", "multipart/form-data", "uws/parts"),
    ],
)
def test_refusals_say_why(archive: httpx.Client, body: bytes, content_type: str, rule: str) -> None:
    answer = archive.post(JOBS, content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [finding["rule"] for finding in answer.json()["findings"]] == [rule]


def test_nothing_is_fetched(archive: httpx.Client, tmp_path: Path) -> None:
    from support.scripted import Reply, scripted_server

    with scripted_server(Reply(200, b"")) as script:
        links = (
            f'<parameters><parameter id="a" byReference="true">{script.url}/in</parameter>'
            f'</parameters><results><result id="provjson" href="{script.url}/9/p"/></results>'
        )
        answer = archive.post(
            JOBS, content=in_phase("COMPLETED", links), params={"url": f"{script.url}/jobs/9"}
        )
        assert answer.status_code == 201, answer.text
        assert script.requests == []


def test_only_who_may_push(tmp_path: Path, job: bytes) -> None:
    with archive_at(tmp_path) as client:
        reader, pusher = token_of(tmp_path, Role.READER), token_of(tmp_path, Role.PUSHER, "spectra")
        assert client.post(JOBS, content=job, headers=reader).status_code == 403
        assert client.post(JOBS, content=job, headers=pusher).json()["source"] == "spectra"


def test_it_is_documented(archive: httpx.Client) -> None:
    operation = archive.get("/openapi.json").json()["paths"][JOBS]["post"]
    assert {parameter["name"] for parameter in operation["parameters"]} == {
        "source",
        "url",
        "dry_run",
    }
    assert set(operation["requestBody"]["content"]) == {"text/xml", "multipart/form-data"}
    json.dumps(operation)


@pytest.mark.samples
def test_a_job_and_the_provenance_document_of_opus_are_one_record(
    archive: httpx.Client, samples: Path
) -> None:
    """The lineage of a file over two jobs; the document of the second brings nothing but detail."""
    opus, told_as = samples / "OPUS", {"source": "opus"}
    for number in (1, 2):
        job = (opus / f"uws/uws_job_test_activity_{number}.xml").read_bytes()
        assert archive.post(JOBS, content=job, params=told_as).status_code == 201
    document = (opus / "provsap/job_provenance.json").read_bytes()
    receipt = archive.post("/api/v1/documents", content=document, params=told_as).json()
    assert receipt["new"]["relations"] == 0
    # what it brings anew is the bundle of the configuration itself
    assert receipt["new"]["elements"] <= 1
    base = "urn:provstore:opus:http://localhost:8082"
    found = lineage(archive, f"{base}/store/?ID=73694b", parameters="hide", agents="hide")
    assert {node["id"] for node in found["nodes"]} == {
        f"{base}/store/?ID=73694b",
        f"{base}/rest/test_activity_2/791735",
        f"{base}/store/?ID=8081dc",
        f"{base}/rest/test_activity_1/7ce260",
    }
