"""Large documents: acknowledged when their bytes are durable, judged later, whatever happens."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.catalogue import fresh
from support.processes import (
    DOCUMENTS,
    Answer,
    Client,
    ForkedServer,
    chain,
    doctor,
    forked_server,
    held,
    how_much,
    until,
)

from provstore.errors import ConflictError
from provstore.model.ledger import Status

pytestmark = pytest.mark.usefixtures("engine")

ASYNC_BYTES = 10_000
JOBS = 100
"""Jobs of a chain that is larger."""


def _server(folder: Path) -> ForkedServer:
    return ForkedServer(folder, async_document_bytes=ASYNC_BYTES)


def _verdict(client: Client, answer: Answer) -> dict[str, Any]:
    """The receipt of a pushed document once it is judged."""
    path = f"{DOCUMENTS}/{answer.json()['id']}"
    until(lambda: client.get(path).json()["status"] != "pending")
    receipt: dict[str, Any] = client.get(path).json()
    return receipt


def _faulty(tag: str) -> bytes:
    """A large document whose first statement has a prefix that it does not declare."""
    content = json.loads(chain(tag, JOBS).data)
    content["entity"] = {"nope:x": {}, **content["entity"]}
    return json.dumps(content).encode()


def test_it_is_acknowledged_with_its_place_and_then_stored(tmp_path: Path) -> None:
    told = chain("large", JOBS)
    with (
        forked_server(tmp_path, async_document_bytes=len(told.data) - 1) as server,
        Client(server.url) as client,
    ):
        answer = client.push(told.data)
        assert answer.status == 202
        assert answer.json()["status"] == "pending"
        assert answer.headers["location"] == answer.json()["url"]
        receipt = _verdict(client, answer)
        assert receipt["status"] == "accepted"
        assert receipt["new"] == {"elements": told.elements + 1, "relations": told.relations}
        assert client.get(f"{DOCUMENTS}/{receipt['id']}/raw").body == told.data
        assert len(client.lineage(told.last).json()["nodes"]) == told.elements + 1
        assert client.push(told.data).status == 200


def test_a_document_of_just_the_limit_is_judged_at_once(tmp_path: Path) -> None:
    told = chain("just", JOBS)
    with (
        forked_server(tmp_path, async_document_bytes=len(told.data)) as server,
        Client(server.url) as client,
    ):
        assert client.push(told.data).status == 201


def test_a_faulty_one_is_refused_later_with_its_findings(tmp_path: Path) -> None:
    with (
        forked_server(tmp_path, async_document_bytes=ASYNC_BYTES) as server,
        Client(server.url) as client,
    ):
        receipts = [_verdict(client, client.push(_faulty("faulty"))) for _ in range(2)]
        for receipt in receipts:
            assert receipt["status"] == "refused"
            [finding] = receipt["findings"]
            assert finding["rule"] == "prov-json/unknown-prefix"
            assert finding["place"] == "/entity/nope:x"
        # a refusal is no receipt that is in force: the same bytes were judged anew
        assert receipts[0]["id"] != receipts[1]["id"]
        assert client.get("/health").json()["elements"] == 0


def test_one_whose_server_is_killed_is_finished_by_the_next(tmp_path: Path) -> None:
    told = [chain(f"killed{number}", JOBS) for number in range(5)]
    first = _server(tmp_path)
    with Client(first.url) as client:
        answers = [client.push(one.data) for one in told]
    first.kill()
    assert {answer.status for answer in answers} == {202}
    second = _server(tmp_path)
    try:
        with Client(second.url) as client:
            receipts = [_verdict(client, answer) for answer in answers]
    finally:
        second.kill()
    assert {receipt["status"] for receipt in receipts} == {"accepted"}
    counts = held(tmp_path)
    assert {how_much(counts, one) for one in told} == {(told[0].elements, told[0].relations)}
    assert doctor(tmp_path) == []


def test_one_that_cannot_be_finished_does_not_hold_up_the_next(tmp_path: Path) -> None:
    services = fresh(tmp_path, async_document_bytes=ASYNC_BYTES)
    old = services.ingest.push(chain("old").data).receipt
    correction = services.ingest.push(chain("correction", JOBS).data, replaces=old.id).receipt
    services.ingest.retract(old.id)  # before the correction is judged
    after = services.ingest.push(chain("after", JOBS).data).receipt
    services.close()
    assert correction.status is after.status is Status.PENDING
    with forked_server(tmp_path) as server, Client(server.url) as client:
        until(lambda: client.get("/health").json()["pending"] == 0)
        assert client.get(f"{DOCUMENTS}/{after.id}").json()["status"] == "accepted"
        receipt = client.get(f"{DOCUMENTS}/{correction.id}").json()
    assert receipt["status"] == "refused"
    [finding] = receipt["findings"]
    assert finding["rule"] == "ledger/conflict"
    assert finding["value"] == old.id
    assert doctor(tmp_path) == []


def test_a_correction_by_a_large_document_that_is_known_is_made(tmp_path: Path) -> None:
    with (
        forked_server(tmp_path, async_document_bytes=ASYNC_BYTES) as server,
        Client(server.url) as client,
    ):
        old = client.push(chain("corrected").data).json()["id"]
        known = _verdict(client, client.push(chain("known", JOBS).data))
        answer = client.push(chain("known", JOBS).data, [("replaces", old)])
        assert answer.status == 200
        assert (answer.json()["id"], answer.json()["replaces"]) == (known["id"], old)
        assert client.get(f"{DOCUMENTS}/{old}").json()["status"] == "retracted"


def test_a_correction_by_a_document_that_waits_for_its_verdict_is_a_conflict(
    tmp_path: Path,
) -> None:
    services = fresh(tmp_path, async_document_bytes=ASYNC_BYTES)
    old = services.ingest.push(chain("old").data).receipt
    waiting = chain("waiting", JOBS).data
    services.ingest.push(waiting)
    with pytest.raises(ConflictError, match="waits for its verdict"):
        services.ingest.push(waiting, replaces=old.id)
    assert services.ledger.receipt(old.id).status is Status.ACCEPTED
    assert services.ingest.finish_pending() == 1
    assert services.ingest.push(waiting, replaces=old.id).receipt.replaces == old.id
    services.close()
