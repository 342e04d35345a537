"""The client against real servers."""

import gzip
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.scripted import Reply, scripted_server
from support.server import Server, free_port, running_server
from support.told import as_bytes, many_entities, namespace, one_step, refused

from provstore.client import Client
from provstore.client.transport import Transport
from provstore.errors import (
    BadParameterError,
    RefusedDocumentError,
    ServerError,
    TooLargeError,
    UnauthenticatedError,
    UnknownFormatError,
    UnknownIdentifierError,
    UnknownReceiptError,
)


@pytest.fixture
def client(server: Server) -> Client:
    return Client(server.url, token="")


@pytest.fixture(scope="module")
def strict_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that judges later what is over 20 kB, and takes nothing over 200 kB."""
    folder = tmp_path_factory.mktemp("strict")
    limits = {"max_document_bytes": 200_000, "async_document_bytes": 20_000}
    with running_server(folder, settings=limits) as running:
        yield running


def test_a_push_gives_the_receipt_that_the_server_keeps(client: Client) -> None:
    receipt = client.push(one_step("keeps"), source="dl3")
    assert receipt["created"] is True
    assert (receipt["status"], receipt["format"], receipt["source"]) == (
        "accepted",
        "prov-json",
        "dl3",
    )
    assert receipt["new"] == {"elements": 3, "relations": 2}
    kept = client.receipt(receipt["id"])
    assert kept == {name: value for name, value in receipt.items() if name != "created"}


def test_a_push_of_known_bytes_gives_the_first_receipt(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(one_step("again"))
    first, second = client.push(one_step("again")), client.push(file)
    assert (second["id"], second["created"]) == (first["id"], False)


def test_gzipped_and_plain_bytes_are_one_document(client: Client) -> None:
    first = client.push(one_step("zipped"))
    assert client.push(gzip.compress(one_step("zipped")))["id"] == first["id"]


def test_a_large_body_is_compressed_on_the_way(client: Client) -> None:
    data = many_entities("compressed", 2000)
    assert client.push(data)["bytes"] == len(data)
    with scripted_server(Reply(201, b'{"id": "1", "status": "accepted"}')) as script:
        Client(script.url).push(data)
        (_, _, headers, body) = script.requests[0]
    assert headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(body) == data


def test_a_dry_run_stores_nothing(client: Client) -> None:
    assert client.push(one_step("dry"), dry_run=True) == {"findings": []}
    with pytest.raises(UnknownIdentifierError):
        client.element(namespace("dry") + "out")


def test_a_refusal_carries_every_finding(client: Client) -> None:
    with pytest.raises(RefusedDocumentError) as caught:
        client.push(refused("refusal"))
    (finding,) = caught.value.findings
    assert finding.rule == "prov-json/unknown-prefix"
    assert finding.place == "/entity/nope:x"
    assert "nope" in finding.value


def test_an_unknown_format_is_told(client: Client) -> None:
    with pytest.raises(UnknownFormatError, match="prov-json"):
        client.push(b"neither this nor that")


def test_a_source_that_is_not_allowed_is_named(client: Client) -> None:
    with pytest.raises(BadParameterError, match="source='no blanks'"):
        client.push(one_step("source"), source="no blanks")


def test_a_correction_takes_the_place_of_the_old_document(client: Client) -> None:
    old = client.push(one_step("corrected", label="wrong.fits"))
    new = client.push(one_step("corrected", label="right.fits"), replaces=old["id"])
    assert client.receipt(old["id"])["replaced_by"] == new["id"]
    assert client.element(namespace("corrected") + "out")["name"] == "right.fits"


@pytest.mark.parametrize("name", ["987654321", "no such", "ü"])
def test_a_receipt_that_is_not_there_is_unknown(client: Client, name: str) -> None:
    with pytest.raises(UnknownReceiptError):
        client.receipt(name)


@pytest.mark.parametrize("name", ["../../health", "1/raw", "..", "1?x=y"])
def test_the_id_of_a_receipt_is_no_path(client: Client, name: str) -> None:
    with pytest.raises((UnknownReceiptError, ServerError)) as caught:
        client.receipt(name)
    assert getattr(caught.value, "status", 404) == 404


def test_lineage_has_the_nodes_and_edges_that_were_told(client: Client) -> None:
    client.push(one_step("lineage"))
    ex = namespace("lineage")
    answer = client.lineage(ex + "out")
    assert {(node["id"], node["steps"]) for node in answer["nodes"]} == {
        (ex + "out", 0),
        (ex + "job", 0),
        (ex + "in", 1),
    }
    assert {(e["kind"], e["from"], e["to"], e["role"]) for e in answer["edges"]} == {
        ("wasGeneratedBy", ex + "out", ex + "job", None),
        ("used", ex + "job", ex + "in", "events"),
    }


def test_lineage_takes_the_parameters_of_the_server(client: Client) -> None:
    client.push(one_step("forth"))
    ex = namespace("forth")
    answer = client.lineage([ex + "in"], direction="forth", depth=1, stop=["DL3", "x"])
    assert {node["id"] for node in answer["nodes"]} == {ex + "in", ex + "job"}


def test_lineage_comes_in_other_formats_too(client: Client) -> None:
    client.push(one_step("formats"))
    text = client.lineage_bytes(namespace("formats") + "out", "prov-n").decode()
    assert text.startswith("document")
    assert text.rstrip().endswith("endDocument")
    answer = client.lineage_answer(namespace("formats") + "out", "csv", limit=2)
    assert answer.headers["Provstore-Cut"]
    assert answer.body.count(b"\r\n") == 3


def test_impact_lists_what_was_made(client: Client) -> None:
    client.push(one_step("impact"))
    answer = client.impact(namespace("impact") + "in")
    assert [item["id"] for item in answer["items"]] == [namespace("impact") + "out"]
    assert answer["activities"] == 1


def test_gaps_are_read_page_by_page(tmp_path: Path) -> None:
    with running_server(tmp_path / "gaps", settings={"max_rows": 10}) as running:
        client = Client(running.url, token="")
        client.push(many_entities("gaps", 25))
        every = client.gaps()
        assert (len(every["items"]), every["total"], every["next"]) == (25, 25, None)
        assert len({item["id"] for item in every["items"]}) == 25
        assert client.gaps(limit=12)["items"] == every["items"][:12]


@pytest.mark.parametrize(
    "local",
    [
        'say "x"',
        "it's",
        "a b\tc",
        "line\nbreak",
        "<script>alert(1)</script>",
        "'; DROP TABLE element; --",
        "`) MATCH (n) DETACH DELETE n //",
        "€ ü \u202e \u200b",
        "a&ID=b#c?d%20e+f",
        "x" * 1500,
    ],
)
def test_identifiers_are_data(client: Client, local: str) -> None:
    iri = namespace("hostile") + local
    client.push(as_bytes({"prefix": {"ex": namespace("hostile")}, "entity": {f"ex:{local}": {}}}))
    assert client.element(iri)["id"] == iri
    assert client.lineage(iri)["roots"] == [iri]


def test_an_identifier_that_is_no_text_is_refused_before_it_is_sent(client: Client) -> None:
    with pytest.raises(BadParameterError, match="ID"):
        client.element("broken \udcff")


def test_obscore_records_are_found_by_their_publisher_did(client: Client, tmp_path: Path) -> None:
    did = "ivo://example.org/data#client-1"
    table = tmp_path / "records.csv"
    table.write_text(
        "dataproduct_type,calib_level,obs_collection,obs_id,obs_publisher_did,target_name\n"
        f"event,2,test,4711,{did},Crab Nebula\n"
    )
    receipt = client.obscore(table)
    assert (receipt["created"], receipt["status"]) == (True, "accepted")
    again = client.obscore(gzip.compress(table.read_bytes()), name="other.csv.gz")
    assert (again["created"], again["id"]) == (False, receipt["id"])
    element = client.element(did)
    assert (element["obs_id"], element["target_name"]) == ("4711", "Crab Nebula")


def test_health_says_ok(client: Client) -> None:
    assert client.health()["status"] == "ok"


def test_a_large_document_is_pending_until_it_is_judged(strict_server: Server) -> None:
    client = Client(strict_server.url, token="")
    receipt = client.push(many_entities("pending", 3000))
    assert (receipt["status"], receipt["created"]) == ("pending", True)


@pytest.mark.parametrize("size", [300_000, 30_000_000])
def test_a_body_over_the_limit_is_too_large(strict_server: Server, size: int) -> None:
    incompressible = gzip.compress(b"x") + bytes(size)  # begins as gzip, so it is sent as it is
    with pytest.raises((TooLargeError, RefusedDocumentError)):
        Client(strict_server.url, token="").push(incompressible)
    with pytest.raises(TooLargeError, match="200000"):
        Client(strict_server.url, token="").push(b"{" + b" " * size)


def test_the_answer_of_a_server_that_stops_reading_counts_not_the_broken_pipe() -> None:
    problem = b'{"code": "too-large", "detail": "more than this server takes"}'
    head = f"HTTP/1.1 413 Too Large\r\nContent-Length: {len(problem)}\r\n\r\n".encode()

    def refuse(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(head + problem)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=refuse, args=[listening])
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(TooLargeError, match="more than this server takes"):
            Client(url, token="").push(os.urandom(20_000_000))
        thread.join()


def test_a_proxy_is_not_asked_for_the_loopback(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.delenv("no_proxy", raising=False)
    assert Client(client.url, token="").health()["status"] == "ok"


def test_a_proxy_is_asked_for_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    with scripted_server(Reply(200, b"{}")) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        Client("http://archive.invalid", token="").health()
    assert proxy.requests[0][1] == "http://archive.invalid/health"


def test_a_token_that_is_not_known_is_told(server: Server) -> None:
    with pytest.raises(UnauthenticatedError):
        Client(server.url, token="made-up").push(one_step("token"))


def test_a_server_that_is_down_is_a_server_error() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(ServerError, match=url) as caught:
        Client(url, token="").health()
    assert caught.value.status == 0


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServerError, match="timed out"):
            Client(url, token="", timeout=0.2).health()


@pytest.mark.parametrize("body", [b"<html>Welcome</html>", b"[1, 2]", b"", b"\xff"])
def test_what_is_no_provstore_is_told(body: bytes) -> None:
    with scripted_server(Reply(200, body)) as script, pytest.raises(ServerError) as caught:
        Client(script.url).health()
    assert "is this a provstore?" in str(caught.value)


def test_a_redirect_is_not_followed_and_its_target_named() -> None:
    with scripted_server(Reply(200, b"{}")) as other:
        moved = Reply(307, headers=[("Location", other.url + "/elsewhere")])
        with scripted_server(moved) as script, pytest.raises(ServerError, match=other.url):
            Client(script.url, token="secret").push(b"{}")
        assert other.requests == []


def test_the_parameter_that_is_no_text_is_named() -> None:
    with pytest.raises(BadParameterError) as caught:
        Client("http://127.0.0.1:1").push(b"{}", source="dl3-\udcff")
    assert (caught.value.name, caught.value.value) == ("source", "dl3-\\udcff")


@pytest.mark.parametrize(
    ("ask", "lacking"),
    [
        (lambda client: client.push(b"{}"), "id, status"),
        (lambda client: client.receipt("1"), "id, status"),
        (lambda client: client.gaps(), "items, next"),
    ],
)
def test_what_answers_in_json_and_is_no_provstore_is_named(
    ask: Callable[[Client], object], lacking: str
) -> None:
    said = rf"lacks {lacking}: is this a provstore\?"
    reply = Reply(200, b'{"ok": true}')
    with scripted_server(reply) as script, pytest.raises(ServerError, match=said):
        ask(Client(script.url))


def test_the_token_is_sent_as_a_bearer() -> None:
    with scripted_server(Reply(200, b"{}")) as script:
        Client(script.url, token=" secret\n").health()
        Client(script.url, token="").health()
    assert script.requests[0][2]["Authorization"] == "Bearer secret"
    assert "Authorization" not in script.requests[1][2]


def test_an_answer_that_breaks_off_is_an_error() -> None:
    broken = Reply(200, b'{"status": "ok"}', [("Content-Length", "1000")])
    with scripted_server(broken) as script, pytest.raises(ServerError) as caught:
        Client(script.url).health()
    assert caught.value.status == 0


@pytest.mark.parametrize(
    "url",
    ["ftp://host", "host:8000", "http://", "http://host:port", "http://h/?a=b", "http://h\n", ""],
)
def test_an_address_that_cannot_be_one_is_refused_at_once(url: str) -> None:
    with pytest.raises(BadParameterError, match="url"):
        Transport(url, None, 1)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "ümlaut"])
def test_a_token_that_cannot_be_one_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(BadParameterError, match="token") as caught:
        Client("http://127.0.0.1:1", token=token)
    assert token not in str(caught.value)


def test_a_path_before_the_interface_is_kept() -> None:
    with scripted_server(Reply(200, b"{}")) as script:
        Client(script.url + "/archive/").health()
    assert script.requests[0][1] == "/archive/health"
