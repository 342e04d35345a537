"""Trying again, giving up, and keeping what was not sent."""

import json
from pathlib import Path

import pytest
from support.scripted import Reply, scripted_server
from support.server import Server, free_port
from support.told import one_step, refused

from provstore.client import Client, delivery
from provstore.client.delivery import Delivery, State, flush, with_retries
from provstore.client.spool import Spool
from provstore.errors import (
    BadParameterError,
    BusyError,
    ForbiddenError,
    ProvstoreError,
    RefusedDocumentError,
    ServerError,
)

RECEIPT = Reply(201, json.dumps({"id": "1", "status": "accepted", "findings": []}).encode())
BUSY = Reply(503, b'{"code": "busy", "detail": "later"}')


def problem(status: int, code: str) -> Reply:
    return Reply(status, json.dumps({"code": code, "detail": f"it is {code}"}).encode())


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(with_retries, "__defaults__", ((0.01, 0.01),))


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool")


def test_a_busy_server_is_asked_three_times(spool: Spool) -> None:
    with scripted_server(BUSY, BUSY, RECEIPT) as script:
        outcome = Delivery(Client(script.url), spool).deliver(b"{}", name="n")
    assert outcome.state is State.ACCEPTED
    assert len(script.requests) == 3
    assert spool.waiting() == []


@pytest.mark.parametrize(
    "reply", [BUSY, Reply(500), Reply(502, b"<html>"), problem(503, "unavailable"), Reply(429)]
)
def test_what_stays_busy_is_spooled(spool: Spool, reply: Reply) -> None:
    with scripted_server(reply) as script:
        outcome = Delivery(Client(script.url), spool).deliver(
            b"{}", name="n", source="dl3", format="prov-json"
        )
        assert len(script.requests) == 3
        (waiting,) = spool.waiting()
    assert (outcome.state, outcome.name) == (State.SPOOLED, "n")
    assert (waiting.url, waiting.source, waiting.format) == (script.url, "dl3", "prov-json")
    assert spool.read(waiting) == b"{}"


@pytest.mark.parametrize("code", ["unauthenticated", "forbidden"])
def test_a_token_that_is_not_taken_is_tried_once_and_spooled(spool: Spool, code: str) -> None:
    with scripted_server(problem(403, code)) as script:
        outcome = Delivery(Client(script.url), spool).deliver(b"{}", name="n")
    assert outcome.state is State.SPOOLED
    assert isinstance(outcome.error, ProvstoreError)
    assert outcome.error.code == code
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(422, "document-refused"), (413, "too-large"), (415, "unknown-format")]
)
def test_a_refusal_is_tried_once_and_not_spooled(spool: Spool, status: int, code: str) -> None:
    with scripted_server(problem(status, code)) as script:
        outcome = Delivery(Client(script.url), spool).deliver(b"{}", name="n")
    assert (outcome.state, len(script.requests)) == (State.REFUSED, 1)
    assert spool.waiting() == []


def test_a_wrong_request_is_raised(spool: Spool) -> None:
    with (
        scripted_server(problem(400, "bad-parameter")) as script,
        pytest.raises(BadParameterError),
    ):
        Delivery(Client(script.url), spool).deliver(b"{}", name="n", source="?")
    assert spool.waiting() == []


def test_after_the_first_failure_the_rest_is_not_tried(spool: Spool) -> None:
    with scripted_server(BUSY) as script:
        sender = Delivery(Client(script.url), spool)
        states = [sender.deliver(f"{n}".encode(), name="n").state for n in range(10)]
    assert states == [State.SPOOLED] * 10
    assert len(script.requests) == 3
    assert len(spool.waiting()) == 10


def test_a_refusal_does_not_stop_the_rest(spool: Spool) -> None:
    with scripted_server(problem(422, "document-refused"), RECEIPT) as script:
        sender = Delivery(Client(script.url), spool)
        states = [sender.deliver(b"{}", name="n").state for _ in range(2)]
    assert states == [State.REFUSED, State.ACCEPTED]


def test_without_a_spool_what_cannot_be_sent_is_lost() -> None:
    outcome = Delivery(Client(f"http://127.0.0.1:{free_port()}"), None).deliver(b"{}", name="n")
    assert outcome.state is State.LOST
    assert isinstance(outcome.error, ServerError)


def test_a_spool_that_fails_too_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    client = Client(f"http://127.0.0.1:{free_port()}")
    outcome = Delivery(client, Spool(tmp_path / "file")).deliver(b"{}", name="n")
    assert outcome.state is State.LOST
    assert isinstance(outcome.error, OSError)


def test_a_dry_run_is_never_spooled(spool: Spool) -> None:
    client = Client(f"http://127.0.0.1:{free_port()}")
    outcome = Delivery(client, spool).deliver(b"{}", name="n", dry_run=True)
    assert outcome.state is State.LOST
    assert not spool.folder.exists()


def test_errors_that_time_does_not_mend_are_raised_at_once() -> None:
    tried: list[int] = []

    def send() -> None:
        tried.append(1)
        raise ForbiddenError("no")

    with pytest.raises(ForbiddenError):
        with_retries(send)
    assert len(tried) == 1


def test_the_last_error_is_the_one_that_is_raised() -> None:
    errors: list[ProvstoreError] = [BusyError("1"), ServerError("2"), BusyError("3")]

    def send() -> None:
        raise errors.pop(0)

    with pytest.raises(BusyError, match="3"):
        with_retries(send)


def test_the_pauses_are_short_of_three_seconds() -> None:
    assert len(delivery.PAUSES_S) == 2
    assert sum(delivery.PAUSES_S) < 3


def receipt(status: str) -> Reply:
    return Reply(200, json.dumps({"id": "1", "status": status, "findings": []}).encode())


def test_a_verdict_is_waited_for() -> None:
    with scripted_server(receipt("pending"), receipt("pending"), receipt("accepted")) as script:
        found = delivery.verdict(
            Client(script.url), {"id": "1", "status": "pending", "created": True}, 10
        )
    assert (found["status"], found["created"]) == ("accepted", True)
    assert len(script.requests) == 3


def test_a_verdict_that_does_not_come_is_a_server_error() -> None:
    with scripted_server(receipt("pending")) as script, pytest.raises(ServerError, match="verdict"):
        delivery.verdict(Client(script.url), {"id": "1", "status": "pending"}, 0.05)


def spooled(spool: Spool, url: str, *documents: bytes) -> None:
    for number, document in enumerate(documents):
        spool.add(document, url=url, source=None, format=None, name=f"run{number}")


def test_a_flush_sends_keeps_and_puts_aside(server: Server, spool: Spool) -> None:
    down = f"http://127.0.0.1:{free_port()}"
    spooled(spool, server.url, one_step("flush"), refused("flush"))
    spooled(spool, down, b"{}", b"{} ")
    outcomes = list(flush(spool, lambda url: Client(url, token="")))
    assert [outcome.state for outcome in outcomes] == [
        State.ACCEPTED,
        State.REFUSED,
        State.SPOOLED,
        State.SPOOLED,
    ]
    assert isinstance(outcomes[1].error, RefusedDocumentError)
    assert [waiting.url for waiting in spool.waiting()] == [down, down]
    assert len(list(spool.refused.glob("*.document"))) == 1


def test_a_wrong_source_in_the_spool_does_not_stop_the_rest(server: Server, spool: Spool) -> None:
    spool.add(one_step("odd"), url=server.url, source="no blanks", format=None, name="odd")
    spool.add(one_step("even"), url=server.url, source=None, format=None, name="even")
    outcomes = list(flush(spool, lambda url: Client(url, token="")))
    assert {outcome.name: outcome.state for outcome in outcomes} == {
        "odd": State.REFUSED,
        "even": State.ACCEPTED,
    }
    assert spool.waiting() == []
