"""`harvest`: jobs of a UWS server end in the archive, through either door."""

import json
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.command import COMMAND, clean_environment, provstore
from support.server import Server, free_port
from support.uws_server import LIST, NAMESPACES, Job, UwsSite, uws_server

from provstore.client import Client
from provstore.model.identifiers import PROVSTORE, VOPROV

JOB = "https://jobs.example/spectra/a1b2"


@pytest.fixture
def site() -> Iterator[UwsSite]:
    with uws_server(UwsSite()) as served:
        yield served


@pytest.fixture
def spectra(site: UwsSite, data: Path) -> UwsSite:
    """A server with a completed and a failed job."""
    completed = (data / "uws/standard-completed.xml").read_bytes()
    failed = (data / "uws/standard-failed.xml").read_bytes()
    site.add(
        Job("a1b2", document=completed),
        Job("77", "ERROR", document=failed),
        Job("78", "EXECUTING"),
    )
    return site


def lineage(name: str, data_dir: Path) -> dict[str, Any]:
    done = provstore("lineage", name, "--json", data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def values(name: str, data_dir: Path) -> dict[str, str]:
    told = json.loads(provstore("show", name, "--json", data_dir=data_dir).stdout)
    return {item["name"]: str(item["value"]) for item in told["attributes"]}


def status(name: str, data_dir: Path) -> str:
    return values(name, data_dir)[PROVSTORE + "status"]


def test_jobs_become_steps_of_the_catalogue(spectra: UwsSite, tmp_path: Path) -> None:
    done = provstore("harvest", spectra.list_url, data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    assert [line.split("\t")[:2] for line in done.stdout.splitlines()] == [
        [f"{spectra.list_url}/a1b2", "accepted"],
        [f"{spectra.list_url}/77", "accepted"],
    ]
    # the URL at which a job was found is its name, local to this host's source on loopback
    found = lineage(f"{JOB}/results/spectrum", tmp_path)
    (activity,) = (node for node in found["nodes"] if node["kind"] == "activity")
    assert activity["id"] == f"urn:provstore:127.0.0.1:{spectra.list_url}/a1b2"
    used = {node["id"] for node in found["nodes"] if node["steps"] == 1}
    assert "ivo://archive.example/dl3#2" in used
    assert status(f"{spectra.list_url}/77", tmp_path) == "ERROR"


def test_a_second_harvest_finds_nothing_new(spectra: UwsSite, tmp_path: Path) -> None:
    provstore("harvest", spectra.list_url, data_dir=tmp_path)
    spectra.asked.clear()
    done = provstore("harvest", spectra.list_url, data_dir=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "no job has ended" in done.stderr
    assert spectra.jobs_asked() == []


def test_to_a_server(spectra: UwsSite, server: Server, tmp_path: Path) -> None:
    done = provstore(
        "harvest", spectra.list_url, "--source", "harvested", "--json",
        url=server.url, spool=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(item["state"], item["receipt"]["source"]) for item in told] == [
        ("accepted", "harvested")
    ] * 2
    name = f"urn:provstore:harvested:{spectra.list_url}/77"
    assert Client(server.url).element(name)["kind"] == "activity"


def test_the_provenance_that_a_job_offers(site: UwsSite, tmp_path: Path) -> None:
    document = {
        "prefix": {"ex": "https://example.org/"},
        "wasGeneratedBy": {"_:1": {"prov:entity": "ex:out", "prov:activity": "ex:job"}},
    }
    site.files = {f"{LIST}/1/provjson": json.dumps(document).encode()}
    site.add(Job("1", results={"provjson": "1/provjson"}))
    done = provstore("harvest", site.list_url, "--json", data_dir=tmp_path)
    assert json.loads(done.stdout)["receipt"]["format"] == "prov-json"
    found = lineage("https://example.org/out", tmp_path)
    assert "https://example.org/job" in {node["id"] for node in found["nodes"]}


@pytest.mark.samples
def test_a_job_of_opus_and_its_document_are_one_record(samples: Path, tmp_path: Path) -> None:
    """The document tells what a parameter is; the job how it ended, and the checksum."""
    path = "/rest/test_activity_2"
    files = {
        path: "uws/uws_jobs_test_activity_2.xml",
        f"{path}/791735": "uws/uws_job_test_activity_2.xml",
        f"{path}/791735/provjson": "provsap/job_provenance.json",
    }
    site = UwsSite("1.0", list_path=path)
    site.files = {at: (samples / "OPUS" / name).read_bytes() for at, name in files.items()}
    with uws_server(site):
        done = provstore("harvest", site.list_url, "--source", "opus", data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    job = "urn:provstore:opus:http://localhost:8082/rest/test_activity_2/791735"
    result = "urn:provstore:opus:http://localhost:8082/store/?ID=73694b"
    assert status(job, tmp_path) == "COMPLETED"
    sha1 = "sha1:fd730c7da64aa015819147d376979e48e9144d38"
    assert values(result, tmp_path)[PROVSTORE + "checksum"] == sha1
    parameter = values(f"{job}/parameters/text", tmp_path)
    assert parameter[VOPROV + "default"] == "!"
    activities = [n["id"] for n in lineage(result, tmp_path)["nodes"] if n["kind"] == "activity"]
    assert activities == [job]


def test_a_refused_job(site: UwsSite, tmp_path: Path) -> None:
    phase = f"<job {NAMESPACES}><phase>COMPLETED</phase><results/></job>"
    site.add(Job("1", document=phase.encode()), Job("2"))
    done = provstore("harvest", site.list_url, data_dir=tmp_path)
    assert done.returncode == 4
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == ["refused", "accepted"]
    assert "[uws/namespace]" in done.stderr
    assert provstore("harvest", site.list_url, data_dir=tmp_path).returncode == 0


def test_a_server_that_is_away_or_fails(site: UwsSite, tmp_path: Path) -> None:
    away = provstore("harvest", f"http://127.0.0.1:{free_port()}/x", data_dir=tmp_path)
    assert away.returncode == 3
    assert "does not answer" in away.stderr
    site.faults = ["500"] * 3
    failing = provstore("harvest", site.list_url, data_dir=tmp_path)
    assert failing.returncode == 3
    assert "answered 500" in failing.stderr


def test_an_archive_that_is_away(spectra: UwsSite, tmp_path: Path) -> None:
    nobody = f"http://127.0.0.1:{free_port()}"
    done = provstore("harvest", spectra.list_url, url=nobody, spool=tmp_path)
    assert done.returncode == 3
    assert nobody in done.stderr


@pytest.mark.parametrize("url", ["nonsense", "ftp://a.example/x", "http://a.example/x?PHASE=a"])
def test_an_address_that_is_none(url: str, tmp_path: Path) -> None:
    assert provstore("harvest", url, data_dir=tmp_path).returncode == 2


def test_a_server_that_asks_who_it_is(site: UwsSite, tmp_path: Path) -> None:
    site.authorization = "Basic YWxpY2U6czNjcmV0"  # alice:s3cret
    site.add(Job("1"))
    refused = provstore("harvest", site.list_url, data_dir=tmp_path)
    assert (refused.returncode, "answered 401" in refused.stderr) == (3, True)
    environment = clean_environment(data_dir=tmp_path) | {"PROVSTORE_UWS_TOKEN": "s3cret"}
    done = subprocess.run(
        [*COMMAND, "harvest", site.list_url, "--uws-user", "alice"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{site.list_url}/1\taccepted")
    assert "s3cret" not in done.stdout + done.stderr


def test_following(site: UwsSite, tmp_path: Path) -> None:
    """Faults of the server are survived; a job is taken soon after it ended."""
    following = subprocess.Popen(
        [*COMMAND, "harvest", site.list_url, "--follow", "--every", "0.1"],
        env=clean_environment(data_dir=tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert following.stdout is not None
        _until(lambda: len(site.asked) > 4)
        site.faults = ["500", "hang up", "404"]
        site.add(Job("1"))
        assert following.stdout.readline().startswith(f"{site.list_url}/1\taccepted")
        site.add(Job("2", "ABORTED", "2026-03-02T00:00:00Z"))
        assert following.stdout.readline().startswith(f"{site.list_url}/2\taccepted")
        following.send_signal(signal.SIGINT)
        _, notes = following.communicate(timeout=30)
        assert following.returncode == 0, notes
        assert "Traceback" not in notes
    finally:
        following.kill()
        following.wait()
    assert status(f"{site.list_url}/2", tmp_path) == "ABORTED"


def test_a_harvest_that_was_killed_goes_on(site: UwsSite, tmp_path: Path) -> None:
    """SIGKILL while the third job is read: the first two are not read again, none is lost."""
    site.add(*(Job(str(number), created=f"2026-03-0{number}T00:00:00Z") for number in range(1, 6)))
    third = f"{LIST}/3"
    held = threading.Event()
    site.holds = {third: held}
    killed = subprocess.Popen(
        [*COMMAND, "harvest", site.list_url],
        env=clean_environment(data_dir=tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _until(lambda: third in site.paths_asked())
        at_once = provstore("harvest", site.list_url, data_dir=tmp_path)
        assert at_once.returncode == 3
        assert "another process harvests" in at_once.stderr
    finally:
        killed.kill()
        killed.wait()
        held.set()
    site.holds, site.asked = {}, []
    done = provstore("harvest", site.list_url, data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    assert site.jobs_asked() == ["3", "4", "5"]
    assert [status(f"{site.list_url}/{n}", tmp_path) for n in range(1, 6)] == ["COMPLETED"] * 5


def _until(true: Any) -> None:  # noqa: ANN401  a condition
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)
