"""Following a list of UWS jobs: what is asked, what is taken, what survives which fault."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.uws_server import LIST, NAMESPACES, Job, UwsSite, uws_server

from provstore.client.delivery import Outcome, State
from provstore.client.harvest import Harvest
from provstore.client.harvest_answers import read_job_links, read_job_list
from provstore.client.harvest_credentials import Credentials
from provstore.client.harvest_server import Bounds, UwsServer
from provstore.client.harvest_state import HarvestState
from provstore.errors import (
    BadParameterError,
    BusyError,
    RefusedDocumentError,
    ServerError,
    UnavailableError,
    UnknownFormatError,
)

QUICK = Bounds(timeout_s=1.0, pauses_s=(0.01, 0.02), list_bytes=100_000, document_bytes=1000)
PROV = b'{"entity": {}}'


class Kept:
    """An archive that keeps what it is given, and fails as it is told to."""

    def __init__(self) -> None:
        self.documents: list[bytes] = []
        self.jobs: list[tuple[str, bytes]] = []
        self.errors: list[Exception | None] = []
        """What each delivery ends with; None is success."""
        self.sent: list[str] = []

    def document(self, data: bytes) -> dict[str, Any]:
        self._fail()
        self.documents.append(data)
        self.sent.append("document")
        return {"id": "document", "status": "accepted", "created": True}

    def job(self, data: bytes, url: str) -> dict[str, Any]:
        self._fail()
        self.jobs.append((url, data))
        self.sent.append("job")
        return {"id": "job", "status": "accepted", "created": True}

    def _fail(self) -> None:
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error

    @property
    def names(self) -> list[str]:
        return [url.rpartition("/")[2] for url, _ in self.jobs]


@pytest.fixture
def site() -> Iterator[UwsSite]:
    with uws_server(UwsSite()) as served:
        yield served


@pytest.fixture
def kept() -> Kept:
    return Kept()


def take(site: UwsSite, folder: Path, kept: Kept, bounds: Bounds = QUICK) -> list[Outcome]:
    """One harvest, as a process of its own would do it."""
    with HarvestState(folder, site.list_url, "here") as state:
        return list(Harvest(UwsServer(site.list_url, bounds), state, kept).take_new())


def states(outcomes: list[Outcome]) -> list[str]:
    return [outcome.state.value for outcome in outcomes]


class TestEachJobOnce:
    def test_ended_jobs_are_taken_and_running_ones_are_not(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1"), Job("2", "ERROR"), Job("3", "EXECUTING"), Job("4", "ABORTED"))
        assert states(take(site, tmp_path, kept)) == ["accepted"] * 3
        assert kept.names == ["1", "2", "4"]
        assert kept.jobs[0][0] == f"{site.list_url}/1"
        assert b"<uws:jobId>1</uws:jobId>" in kept.jobs[0][1]

    @pytest.mark.parametrize("version", ["1.0", "1.1"])
    def test_a_later_harvest_reads_what_is_new_and_nothing_else(
        self, site: UwsSite, tmp_path: Path, kept: Kept, version: str
    ) -> None:
        site.version = version
        site.add(Job("1"), Job("2", "EXECUTING", "2026-03-01T11:00:00Z"))
        take(site, tmp_path, kept)
        site.jobs["2"].phase = "COMPLETED"
        site.add(Job("3", created="2026-03-01T12:00:00Z"))
        site.asked.clear()
        take(site, tmp_path, kept)
        assert site.jobs_asked() == ["2", "3"]
        assert kept.names == ["1", "2", "3"]
        assert take(site, tmp_path, kept) == []

    def test_a_job_that_was_long_is_not_overlooked(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        """AFTER goes by the creation: it waits for the oldest job that still runs."""
        site.add(Job("old", "EXECUTING", "2026-03-01T09:00:00Z"))
        for hour in range(10, 16):
            site.add(Job(str(hour), created=f"2026-03-01T{hour}:00:00Z"))
            take(site, tmp_path, kept)
        site.jobs["old"].phase = "ABORTED"
        take(site, tmp_path, kept)
        assert kept.names == ["10", "11", "12", "13", "14", "15", "old"]

    def test_a_server_of_1_1_is_asked_for_what_is_new(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(*(Job(str(n), created=f"2026-03-01T10:00:{n:02}Z") for n in range(5)))
        take(site, tmp_path, kept)
        take(site, tmp_path, kept)
        site.asked.clear()
        take(site, tmp_path, kept)
        ended = site.asked[1]
        assert "PHASE=COMPLETED&PHASE=ERROR&PHASE=ABORTED&PHASE=ARCHIVED" in ended
        assert "AFTER=2026-03-01T10%3A00%3A03Z" in ended
        (state,) = tmp_path.glob("*.harvest")
        # what is not listed any more is forgotten: the state does not grow with the server's age
        assert len(state.read_text().splitlines()) == 1 + 2

    @pytest.mark.parametrize("refusal", [None, 400, 403])
    def test_a_server_without_filters_is_asked_for_all(
        self, site: UwsSite, tmp_path: Path, kept: Kept, refusal: int | None
    ) -> None:
        site.version, site.filters_refused = "1.0", refusal
        site.add(Job("1"), Job("2", "QUEUED"))
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.names == ["1"]

    def test_it_goes_on_where_it_was_stopped(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(*(Job(str(number)) for number in range(4)))
        with HarvestState(tmp_path, site.list_url, "here") as state:
            harvest = Harvest(UwsServer(site.list_url, QUICK), state, kept)
            for _, outcome in zip(range(2), harvest.take_new(), strict=False):
                assert outcome.state is State.ACCEPTED
        (file,) = tmp_path.glob("*.harvest")
        with file.open("ab") as broken_off:  # as a power cut would leave it
            broken_off.write(b'{"job": "3"')
        take(site, tmp_path, kept)
        assert kept.names == ["0", "1", "2", "3"]

    def test_an_archive_of_another_name_gets_all(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1"))
        take(site, tmp_path, kept)
        with HarvestState(tmp_path, site.list_url, "there") as state:
            list(Harvest(UwsServer(site.list_url, QUICK), state, kept).take_new())
        assert kept.names == ["1", "1"]

    def test_two_at_once_do_not_take_the_same(self, tmp_path: Path) -> None:
        with (
            HarvestState(tmp_path, "http://a.example/x", "here"),
            pytest.raises(BusyError, match="another process"),
            HarvestState(tmp_path, "http://a.example/x", "here"),
        ):
            pass


class TestProvenanceDocuments:
    def test_the_one_that_a_job_offers_is_preferred(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.files = {f"{LIST}/1/provjson": PROV, f"{LIST}/1/provxml": b"<x/>"}
        links = {"provxml": "1/provxml", "provjson": f"{site.url}//uws/cube/1/provjson"}
        site.add(Job("1", results={"out": "http://cdn.example/1", **links}))
        (outcome,) = take(site, tmp_path, kept)
        assert kept.documents == [PROV]
        assert outcome.receipt is not None
        assert outcome.receipt["id"] == "document"
        assert site.jobs_asked() == ["1", "1/provjson"]

    def test_the_job_that_offers_one_is_sent_after_it(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        """How it ended, and the checksums of its results, stand there only."""
        site.files = {f"{LIST}/1/provjson": PROV}
        site.add(Job("1", "ERROR", results={"provjson": "1/provjson"}))
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.sent == ["document", "job"]
        assert b"<uws:phase>ERROR</uws:phase>" in kept.jobs[0][1]

    def test_a_job_that_is_refused_after_its_document_is_told(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.files = {f"{LIST}/1/provjson": PROV}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        kept.errors = [None, RefusedDocumentError(())]
        assert states(take(site, tmp_path, kept)) == ["refused"]
        assert kept.documents == [PROV]
        assert take(site, tmp_path, kept) == []

    def test_an_archive_that_goes_away_between_the_two_gets_both_again(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.files = {f"{LIST}/1/provjson": PROV}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        kept.errors = [None, UnavailableError("away")]
        with pytest.raises(UnavailableError):
            take(site, tmp_path, kept)
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.sent == ["document", "document", "job"]

    def test_a_server_that_knows_itself_by_another_name(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        """Only what stands below the job is asked for, and of the server that was named."""
        site.files = {f"{LIST}/1/provjson": PROV}
        site.add(Job("1", results={"provjson": "http://inside:8082//rest/cube/1/provjson"}))
        take(site, tmp_path, kept)
        assert kept.documents == [PROV]

    @pytest.mark.parametrize(
        "link",
        [
            "http://other.example/prov.json",
            "file:///etc/passwd",
            "http://[",
            "http://127.0.0.1:x/p",
            "ftp://127.0.0.1/1/x y",
        ],
    )
    def test_no_other_origin_is_asked(
        self, site: UwsSite, tmp_path: Path, kept: Kept, link: str
    ) -> None:
        site.add(Job("1", results={"provjson": link}))
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.names == ["1"]
        assert site.jobs_asked() == ["1"]

    def test_no_redirect_to_another_origin_is_followed(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        with uws_server(UwsSite()) as other:
            other.files = {"/prov.json": PROV}
            site.redirects = {f"{LIST}/1/provjson": f"{other.url}/prov.json"}
            site.add(Job("1", results={"provjson": "1/provjson"}))
            take(site, tmp_path, kept)
            assert (kept.names, kept.documents) == (["1"], [])
            assert other.asked == []

    def test_a_redirect_on_the_same_server_is(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.redirects, site.files = {f"{LIST}/1/provjson": "/files/1"}, {"/files/1": PROV}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        take(site, tmp_path, kept)
        assert kept.documents == [PROV]

    def test_redirects_end(self, site: UwsSite, tmp_path: Path, kept: Kept) -> None:
        site.redirects = {f"{LIST}/1/provjson": f"{LIST}/1/provjson"}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        take(site, tmp_path, kept)
        assert kept.names == ["1"]
        assert site.jobs_asked().count("1/provjson") == 5

    def test_one_that_is_too_large_is_not_read(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.files = {f"{LIST}/1/provjson": b"x" * 1001}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        take(site, tmp_path, kept)
        assert (kept.names, kept.documents) == (["1"], [])

    @pytest.mark.parametrize("error", [UnknownFormatError("HTML"), RefusedDocumentError(())])
    def test_where_the_archive_refuses_it_the_job_is_sent(
        self, site: UwsSite, tmp_path: Path, kept: Kept, error: Exception
    ) -> None:
        site.files = {f"{LIST}/1/provjson": b"<html/>"}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        kept.errors = [error]
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.names == ["1"]


class TestCredentials:
    @pytest.mark.parametrize(
        ("credentials", "header"),
        [
            (Credentials("s3cret"), "Bearer s3cret"),
            # RFC 7617, section 2
            (Credentials("opensesame", "Aladdin"), "Basic QWxhZGRpbjpvcGVuc2VzYW1l"),
        ],
    )
    def test_they_go_with_each_request(
        self, site: UwsSite, tmp_path: Path, kept: Kept, credentials: Credentials, header: str
    ) -> None:
        site.authorization = header
        site.files = {f"{LIST}/1/provjson": PROV}
        site.add(Job("1", results={"provjson": "1/provjson"}))
        with pytest.raises(ServerError, match="401"):
            take(site, tmp_path, kept)
        with HarvestState(tmp_path, site.list_url, "here") as state:
            server = UwsServer(site.list_url, QUICK, credentials)
            assert states(list(Harvest(server, state, kept).take_new())) == ["accepted"]
        assert kept.sent == ["document", "job"]

    @pytest.mark.parametrize(
        ("url", "credentials"),
        [
            ("http://jobs.example/tap/async", Credentials("s3cret")),
            ("https://jobs.example/tap/async", Credentials("s3\r\ncret")),
            ("https://jobs.example/tap/async", Credentials("s3 cret")),
            ("https://jobs.example/tap/async", Credentials("s3cret", "a:b")),
            ("http://[", Credentials("s3cret")),
        ],
    )
    def test_what_cannot_be_sent_is_refused(self, url: str, credentials: Credentials) -> None:
        with pytest.raises(BadParameterError) as refusal:
            UwsServer(url, QUICK, credentials)
        assert "s3" not in str(refusal.value)


class TestFaults:
    @pytest.mark.parametrize("fault", ["500", "503", "429", "hang up", "break off", "slow"])
    def test_what_passes_is_tried_again(
        self, site: UwsSite, tmp_path: Path, kept: Kept, fault: str
    ) -> None:
        site.add(Job("1"))
        site.faults = [fault, "ok", fault, "ok", fault]
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.names == ["1"]

    def test_a_job_that_cannot_be_read_waits_for_the_next_time(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1"), Job("2", created="2026-03-01T12:00:00Z"))
        site.faults = ["ok", "ok", "500", "500", "500"]
        assert states(take(site, tmp_path, kept)) == ["lost", "accepted"]
        for _ in range(2):
            take(site, tmp_path, kept)
        assert kept.names == ["2", "1"]

    def test_a_job_that_fails_for_long_is_not_overlooked(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        """AFTER waits for it too."""
        site.add(Job("0", created="2026-03-01T09:00:00Z"))
        take(site, tmp_path, kept)
        site.add(Job("1"))
        for hour in range(12, 16):
            site.add(Job(str(hour), created=f"2026-03-01T{hour}:00:00Z"))
            site.faults = ["ok", "ok", "500", "500", "500"]
            assert states(take(site, tmp_path, kept)) == ["lost", "accepted"]
        assert states(take(site, tmp_path, kept)) == ["accepted"]
        assert kept.names == ["0", "12", "13", "14", "15", "1"]

    def test_a_server_that_is_away(self, tmp_path: Path, kept: Kept) -> None:
        with uws_server(UwsSite()) as site:
            pass
        with pytest.raises(ServerError, match="does not answer"):
            take(site, tmp_path, kept)

    def test_a_server_that_goes_away_is_not_asked_for_each_job(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(*(Job(str(number)) for number in range(50)))
        site.faults = ["ok", "ok", *["hang up"] * 100]
        with pytest.raises(ServerError, match="does not answer"):
            take(site, tmp_path, kept)
        assert len(site.asked) == 2 + 3

    def test_an_archive_that_is_away_loses_no_job(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1"))
        kept.errors = [UnavailableError("away")]
        with pytest.raises(UnavailableError):
            take(site, tmp_path, kept)
        take(site, tmp_path, kept)
        assert kept.names == ["1"]

    def test_a_job_that_is_refused_is_not_read_again(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1"))
        kept.errors = [RefusedDocumentError(())]
        assert states(take(site, tmp_path, kept)) == ["refused"]
        assert take(site, tmp_path, kept) == []

    def test_a_list_without_end_is_not_read(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.files = {LIST: b"<jobs>" + b" " * 200_000}
        with pytest.raises(ServerError, match="more than 100000 bytes"):
            take(site, tmp_path, kept)

    def test_a_job_below_another_address(self, site: UwsSite, tmp_path: Path, kept: Kept) -> None:
        """The list's own link counts where the job is not below the list."""
        listed = (
            f'<uws:jobs {NAMESPACES} version="1.1"><uws:jobref id="9" xlink:href="/other/9">'
            "<uws:phase>COMPLETED</uws:phase></uws:jobref></uws:jobs>"
        )
        site.add(Job("9"))
        site.files = {LIST: listed.encode(), "/other/9": site._job(site.jobs.pop("9"))}
        take(site, tmp_path, kept)
        assert [url for url, _ in kept.jobs] == [f"{site.url}/other/9"]


class TestWaiting:
    def test_the_server_is_asked_to_block_on_a_job_that_runs(
        self, site: UwsSite, tmp_path: Path, kept: Kept
    ) -> None:
        site.add(Job("1", "PENDING"), Job("2", "EXECUTING"))

        def end() -> None:
            site.jobs["2"].phase = "COMPLETED"

        site.on_wait = end
        with HarvestState(tmp_path, site.list_url, "here") as state:
            harvest = Harvest(UwsServer(site.list_url, QUICK), state, kept)
            assert list(harvest.take_new()) == []
            harvest.wait(0.01)
            assert site.asked[-1] == f"{LIST}/2?WAIT=60&PHASE=EXECUTING"
            assert states(list(harvest.take_new())) == ["accepted"]

    def test_a_server_of_1_0_is_not(self, site: UwsSite, tmp_path: Path, kept: Kept) -> None:
        site.version = "1.0"
        site.add(Job("2", "EXECUTING"))
        with HarvestState(tmp_path, site.list_url, "here") as state:
            harvest = Harvest(UwsServer(site.list_url, QUICK), state, kept)
            assert list(harvest.take_new()) == []
            harvest.wait(0.01)
        assert not any("WAIT" in path for path in site.asked)


@pytest.mark.samples
def test_the_answers_of_opus(samples: Path, tmp_path: Path, kept: Kept) -> None:
    """Its list lacks ``rest`` and its links name the server from inside, with doubled slashes."""
    opus = samples / "OPUS"
    document = (opus / "provsap/job_provenance.json").read_bytes()
    path = "/rest/test_activity_2"
    site = UwsSite("1.0", list_path=path)
    site.files = {
        path: (opus / "uws/uws_jobs_test_activity_2.xml").read_bytes(),
        f"{path}/791735": (opus / "uws/uws_job_test_activity_2.xml").read_bytes(),
        f"{path}/791735/provjson": document,
    }
    bounds = Bounds(timeout_s=1, pauses_s=(0.01,))
    with uws_server(site):
        assert states(take(site, tmp_path, kept, bounds)) == ["accepted"]
        assert kept.documents == [document]
        assert kept.sent == ["document", "job"]
        del site.files[f"{path}/791735/provjson"]
        take(site, tmp_path / "again", kept, bounds)
        assert [url for url, _ in kept.jobs] == [f"{site.list_url}/791735"] * 2
        assert kept.sent == ["document", "job", "job"]
        assert site.paths_asked()[-3:] == [
            f"{path}/791735",
            f"{path}/791735/provjson",
            f"{path}/791735/provxml",
        ]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html/>",
        b"<jobs>",
        b"<!DOCTYPE a><jobs/>",
        b'<!DOCTYPE a [<!ENTITY b "c">]><jobs>&b;</jobs>',
        "<jobs/>".encode("utf-16"),
        b"\xff",
        b"<a>" * 100_000,
    ],
)
def test_what_is_no_list_is_an_error(answer: bytes) -> None:
    with pytest.raises(ServerError):
        read_job_list(answer)


def test_preferred_documents() -> None:
    results = "".join(
        f'<result id="{name}" href="/{name}"/>'
        for name in ("provsvg", "prov-n", "provenance", "PROV-XML", "prov_json", "stdout")
    )
    links = read_job_links(f"<job><phase> COMPLETED </phase>{results}</job>".encode())
    assert links == ("COMPLETED", ["/prov_json", "/PROV-XML", "/prov-n"])


@pytest.mark.parametrize(
    "url",
    [
        "a",
        "ftp://a.example",
        "http://a.example?x=1",
        "http://u:p@a.example",
        "http://[",
        "http://ü",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(BadParameterError):
        UwsServer(url)


def test_the_state_is_its_owners(tmp_path: Path) -> None:
    with HarvestState(tmp_path / "a", "http://a.example/x", "here") as state:
        state.take("1", "2026-03-01T10:00:00Z")
    assert (tmp_path / "a").stat().st_mode & 0o077 == 0
    told = [json.loads(line) for line in state.path.read_text().splitlines()]
    assert told[0] == {"url": "http://a.example/x", "archive": "here", "after": None}
    assert told[1] == {"job": "1", "created": "2026-03-01T10:00:00Z"}
