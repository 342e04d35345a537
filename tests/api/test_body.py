"""Bodies over real sockets: limits hold while reading."""

import gzip
import logging
import resource
import select
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response
from support.served import free_socket, serving

from provstore.api import body, errors
from provstore.api.body import DocumentBody
from provstore.config import Settings

LIMIT = 1_000_000


def _app() -> FastAPI:
    app = FastAPI()
    app.state.settings = Settings(max_document_bytes=LIMIT)
    errors.install(app)

    @app.post("/")
    def echo(data: DocumentBody) -> Response:
        return Response(data)

    app.add_middleware(errors.UnexpectedErrors)
    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(_app(), free_socket()) as address:
        yield address


def _gzip(*members: bytes) -> bytes:
    return b"".join(gzip.compress(member) for member in members)


def test_a_body_arrives_as_it_was_sent(url: str) -> None:
    data = bytes(range(256)) * 1000
    assert httpx.post(url, content=data).content == data


def test_a_body_of_exactly_the_limit_is_taken(url: str) -> None:
    assert len(httpx.post(url, content=b"x" * LIMIT).content) == LIMIT


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip"])
def test_gzip_is_undone(url: str, coding: str) -> None:
    data = b"provenance " * 50_000
    answer = httpx.post(url, content=_gzip(data), headers={"Content-Encoding": coding})
    assert answer.content == data


def test_gzip_of_several_members_is_undone(url: str) -> None:
    answer = httpx.post(
        url, content=_gzip(b"one ", b"", b"two"), headers={"Content-Encoding": "gzip"}
    )
    assert answer.content == b"one two"


def test_a_larger_body_is_refused_by_its_declared_length(url: str) -> None:
    answer = httpx.post(url, content=b"x" * 20 * LIMIT)
    assert answer.status_code == 413
    assert answer.json()["code"] == "too-large"
    assert answer.headers["connection"] == "close"


def test_a_larger_body_of_unknown_length_is_refused(url: str) -> None:
    pieces = (b"x" * 100_000 for _ in range(300))
    answer = httpx.post(url, content=pieces)
    assert answer.status_code == 413


def test_a_gigabyte_of_zeros_in_gzip_does_not_expand(url: str) -> None:
    bomb = gzip.compress(bytes(10_000_000)) * 100
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = httpx.post(url, content=bomb, headers={"Content-Encoding": "gzip"})
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert answer.status_code == 413
    assert grown_kb < 50_000


def test_gzip_is_undone_in_pieces_however_dense_it_is() -> None:
    sizes = [len(piece) for piece in body._Members().feed(gzip.compress(bytes(10_000_000)))]
    assert sum(sizes) == 10_000_000
    assert max(sizes) <= 1_000_000


@pytest.mark.parametrize(
    "data",
    [b"{}", b"", _gzip(b"cut short" * 100)[:-9], _gzip(b"one") + b"rubbish"],
    ids=["no gzip", "empty", "cut", "rubbish behind"],
)
def test_what_is_not_gzip_is_refused_with_a_finding(url: str, data: bytes) -> None:
    answer = httpx.post(url, content=data, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 422
    assert answer.json()["findings"][0]["rule"] == "http/content-encoding"


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd"])
def test_another_content_coding_is_refused(url: str, coding: str) -> None:
    answer = httpx.post(url, content=b"{}", headers={"Content-Encoding": coding})
    assert answer.status_code == 415


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30)


def test_a_client_that_waits_for_continue_is_not_asked_to_send(url: str) -> None:
    with _connect(url) as client:
        client.sendall(
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n"
            b"Expect: 100-continue\r\n\r\n"
        )
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")


def _send_until_refused(client: socket.socket, piece: bytes, *, most: int) -> int:
    sent = 0
    while sent < most:
        try:
            client.sendall(piece)
        except (ConnectionResetError, BrokenPipeError):
            break
        sent += len(piece)
    return sent


def test_an_endless_body_is_drained_a_bounded_amount(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body, "DRAIN_BYTES", 5_000_000)
    piece = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    with _connect(url) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n")
        sent = _send_until_refused(client, piece, most=200_000_000)
    # what the kernel buffers on both sides comes on top
    assert sent < 40_000_000


@pytest.mark.parametrize("sending", [True, False])
def test_a_slow_body_is_drained_for_a_bounded_time(
    url: str, monkeypatch: pytest.MonkeyPatch, *, sending: bool
) -> None:
    monkeypatch.setattr(body, "DRAIN_SECONDS", 0.3)
    with _connect(url) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000000\r\n\r\nx")
        end = time.monotonic() + 10
        while not select.select([client], [], [], 0.05)[0]:
            assert time.monotonic() < end
            if sending:
                client.sendall(b"x")
        assert client.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_client_that_goes_away_is_no_error_of_the_server(
    url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        with _connect(url) as client:
            client.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nx")
        assert httpx.post(url, content=b"next").content == b"next"
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
