"""Hostile input over HTTP: refused with place and rule, nothing stored, and the server goes on."""

import gzip
import json
import select
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from support.catalogue import table_dump
from support.processes import DOCUMENTS, Client, chain
from support.server import Server

from provstore.api.body import DRAIN_BYTES

LIMIT: Final = 10_000_000
"""MAX_DOCUMENT_BYTES of the server of these tests."""
GROWTH_KB: Final = 60_000
"""Most that a hostile request may add to the memory of a server."""
NOT_STATEMENTS: Final = frozenset({"refusal", "counter"})
"""Tables of the log of refusals, and of its numbers."""


@contextmanager
def nothing_stored(server: Server, client: Client) -> Iterator[None]:
    """Nothing is in the catalogue afterwards that was not before, and the server answers."""
    before = _dump(server.data_dir)
    yield
    assert _dump(server.data_dir) == before
    assert client.get("/health").status == 200


def _dump(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    return {name: rows for name, rows in table_dump(folder).items() if name not in NOT_STATEMENTS}


def _entity(name: str, value: str = "{}") -> bytes:
    return (
        f'{{"prefix": {{"ex": "https://example.org/"}}, "entity": {{"{name}": {value}}}}}'.encode()
    )


DEEP: Final = "[" * 100_000 + "]" * 100_000
DEEP_OBJECTS: Final = '{"a":' * 100_000 + "1" + "}" * 100_000
REFUSED: Final = {
    "cut short": (b'{"entity": {', "json/syntax", "1:13"),
    "no JSON value": (b'{"entity": {"x": maybe}}', "json/syntax", "1:18"),
    "two documents": (_entity("ex:a") * 2, "json/syntax", f"1:{len(_entity('ex:a')) + 1}"),
    "sections in an array": (b'{"entity": [1]}', "json/wrong-type", "/entity"),
    "a number as record": (_entity("ex:a", "5"), "json/wrong-type", "/entity/ex:a"),
    "a number as prefix": (b'{"prefix": {"e": 5}}', "json/wrong-type", "/prefix/e"),
    "null as label": (
        _entity("ex:a", '{"prov:label": null}'),
        "json/wrong-type",
        "/entity/ex:a/prov:label",
    ),
    "unknown prefix": (_entity("nope:x"), "prov-json/unknown-prefix", "/entity/nope:x"),
    "unknown section": (
        b'{"entity": {}, "entities": {}}',
        "prov-json/unknown-section",
        "/entities",
    ),
    "a name twice": (
        b'{"entity": {"run": {}, "run": {}}}',
        "json/duplicate-key",
        "/entity/run",
    ),
    "NaN": (_entity("ex:a", '{"prov:value": NaN}'), "json/not-a-number", "/entity/ex:a/prov:value"),
    "infinity": (
        _entity("ex:a", '{"prov:value": -Infinity}'),
        "json/not-a-number",
        "/entity/ex:a/prov:value",
    ),
    "NUL": (_entity("ex:\\u0000"), "json/character", "/entity/ex:\x00"),
    "NUL in a value": (
        _entity("ex:a", '{"prov:label": "\\u0000"}'),
        "json/character",
        "/entity/ex:a/prov:label",
    ),
    "lone surrogate": (
        _entity("ex:a", '{"prov:label": "\\ud800"}'),
        "json/character",
        "/entity/ex:a/prov:label",
    ),
    "NUL as a byte": (b'{"entity": {"x\0": {}}}', "json/syntax", "1:15"),
    "no UTF-8": (b'{"entity": {"\xff": {}}}', "text/encoding", "1:14"),
    "overlong UTF-8": (b'{"entity": {"\xc0\xaf": {}}}', "text/encoding", "1:14"),
    "UTF-16": ('{"entity": {}}'.encode("utf-16-le"), "text/encoding", "1:1"),
    "deep arrays": (_entity("ex:a", f'{{"prov:label": {DEEP}}}'), "json/too-deep", "1:1"),
    "deep objects": (_entity("ex:a", f'{{"prov:label": {DEEP_OBJECTS}}}'), "json/too-deep", "1:1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_place_and_rule(server: Server, client: Client, case: str) -> None:
    data, rule, place = REFUSED[case]
    with nothing_stored(server, client):
        answer = client.push(data, headers={"Content-Type": "application/json"})
        problem = answer.problem(422, "document-refused")
    assert (rule, place) in {(one["rule"], one["place"]) for one in problem["findings"]}
    assert all(one["message"] and one["severity"] == "error" for one in problem["findings"])


@pytest.mark.parametrize("data", [b"", b"hello", b"\0" * 1000, b"\x89PNG\r\n", DEEP.encode()])
def test_what_is_in_no_known_format_is_refused(server: Server, client: Client, data: bytes) -> None:
    with nothing_stored(server, client):
        client.push(data).problem(415, "unknown-format")


@pytest.mark.parametrize(
    "data",
    [gzip.compress(chain("cut").data)[:-20], b"no gzip", gzip.compress(b"{}") + b"rubbish"],
    ids=["cut", "none", "rubbish behind"],
)
def test_broken_gzip_is_refused(server: Server, client: Client, data: bytes) -> None:
    with nothing_stored(server, client):
        problem = client.push(data, headers={"Content-Encoding": "gzip"})
        [finding] = problem.problem(422, "document-refused")["findings"]
    assert finding["rule"] == "http/content-encoding"


def test_many_faults_are_listed_up_to_a_limit(server: Server, client: Client) -> None:
    faults = json.dumps({"entity": {f"nope:{number}": {} for number in range(5000)}}).encode()
    with nothing_stored(server, client):
        findings = client.push(faults).problem(422, "document-refused")["findings"]
    assert len(findings) == 1001
    assert findings[-1]["rule"] == "findings/more"


# -- bodies


@contextmanager
def in_bounded_memory(server: Server) -> Iterator[None]:
    """The server's memory does not peak much above what it had before."""
    folder = Path(f"/proc/{server._process.pid}")
    (folder / "clear_refs").write_text("5")  # the peak begins anew, proc(5)
    before = _peak_kb(folder)
    yield
    assert _peak_kb(folder) - before < GROWTH_KB


def _peak_kb(folder: Path) -> int:
    lines = (folder / "status").read_text().splitlines()
    [peak] = [line for line in lines if line.startswith("VmHWM:")]
    return int(peak.split()[1])


def _connect(server: Server) -> socket.socket:
    parts = urlsplit(server.url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def _head(*headers: str) -> bytes:
    lines = [f"POST {DOCUMENTS} HTTP/1.1", "Host: 127.0.0.1", *headers, "", ""]
    return "\r\n".join(lines).encode()


def _chunks(total: int) -> Iterator[bytes]:
    piece = b"[" * 65_536
    for _ in range(total // len(piece)):
        yield b"10000\r\n" + piece + b"\r\n"
    yield b"0\r\n\r\n"


def test_100_mb_in_chunks_are_refused_in_bounded_memory(server: Server, client: Client) -> None:
    with nothing_stored(server, client), in_bounded_memory(server), _connect(server) as sender:
        sender.sendall(_head("Transfer-Encoding: chunked"))
        for chunk in _chunks(100_000_000):
            sender.sendall(chunk)
        assert sender.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_an_endless_body_is_drained_a_bounded_amount_and_then_closed(
    server: Server, client: Client
) -> None:
    sent = 0
    with nothing_stored(server, client), in_bounded_memory(server), _connect(server) as sender:
        sender.sendall(_head("Transfer-Encoding: chunked"))
        try:
            for chunk in _chunks(1_000_000_000):
                sender.sendall(chunk)
                sent += len(chunk)
        except (ConnectionResetError, BrokenPipeError):
            pass
    # what the kernel buffers on both sides comes on top
    assert LIMIT < sent < LIMIT + DRAIN_BYTES + 64_000_000


def test_a_gzip_bomb_does_not_expand(server: Server, client: Client) -> None:
    bomb = gzip.compress(bytes(10_000_000)) * 100
    with nothing_stored(server, client), in_bounded_memory(server):
        client.push(bomb, headers={"Content-Encoding": "gzip"}).problem(413, "too-large")


VALID: Final = chain("wrong-length").data


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        (["Content-Length: many"], VALID, b"400"),
        (["Content-Length: -5"], VALID, b"400"),
        (["Content-Length: 5", f"Content-Length: {len(VALID)}"], VALID, b"400"),
        ([f"Content-Length: {len(VALID) - 10}"], VALID, b"422"),
        (["Transfer-Encoding: chunked"], b"zz\r\n" + VALID, b"400"),
        ([f"X-Long: {'x' * 200_000}"], b"", b"400"),
    ],
    ids=["no number", "negative", "two", "too small", "no chunk size", "long header"],
)
def test_a_wrong_framing_is_refused(
    server: Server, client: Client, headers: list[str], body: bytes, status: bytes
) -> None:
    with nothing_stored(server, client), _connect(server) as sender:
        sender.sendall(_head(*headers) + body)
        assert sender.recv(1000).startswith(b"HTTP/1.1 " + status)


def test_a_body_that_ends_before_its_length_stores_nothing(server: Server, client: Client) -> None:
    with nothing_stored(server, client), _connect(server) as sender:
        sender.sendall(_head(f"Content-Length: {len(VALID) + 10}") + VALID)
        sender.shutdown(socket.SHUT_WR)
        while sender.recv(1000):
            pass


def test_slow_clients_hold_up_nobody(server: Server, client: Client) -> None:
    told = chain("quick")
    with ExitStack() as stack:
        slow = [stack.enter_context(closing(_connect(server))) for _ in range(50)]
        for sender in slow:
            sender.sendall(_head(f"Content-Length: {len(VALID)}") + VALID[:10])
        assert client.push(told.data).status == 201
        assert client.lineage(told.last).status == 200
        assert not select.select(slow, [], [], 0)[0]
        slow[0].sendall(VALID[10:])
        assert slow[0].recv(1000).startswith(b"HTTP/1.1 201 ")
