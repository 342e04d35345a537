"""Streamed answers over real sockets."""

import threading
from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.responses import Response
from support.served import free_socket, serving

from provstore.api import errors
from provstore.api.streaming import stream
from provstore.errors import UnavailableError

BLOCK = b"x" * 65_536
CLOSED = threading.Event()


def _endless() -> Iterator[bytes]:
    try:
        while True:
            yield BLOCK
    finally:
        CLOSED.set()


def _failing(after: int) -> Iterator[bytes]:
    for _ in range(after):
        yield BLOCK
    raise UnavailableError("the graph went away")


def _app() -> FastAPI:
    app = FastAPI()
    errors.install(app)
    app.add_middleware(errors.UnexpectedErrors)

    @app.get("/blocks/{count}")
    def blocks(count: int) -> Response:
        return stream((BLOCK for _ in range(count)), "text/csv", {"X-Seen": "yes"})

    @app.get("/endless")
    def endless() -> Response:
        return stream(_endless(), "text/csv")

    @app.get("/failing/{after}")
    def failing(after: int) -> Response:
        return stream(_failing(after), "text/csv")

    @app.get("/closed/{after}")
    def closed(after: int) -> Response:
        return stream(_failing(after), "text/csv", closing=lambda reason: f"({reason})".encode())

    return app


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with serving(_app(), free_socket()) as address:
        yield address


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_every_chunk_arrives_in_order(url: str, count: int) -> None:
    answer = httpx.get(f"{url}/blocks/{count}")
    assert answer.content == BLOCK * count
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["x-seen"] == "yes"


@pytest.mark.parametrize(("count", "whole"), [(1, True), (2, False)])
def test_an_answer_of_one_chunk_has_its_length(url: str, count: int, *, whole: bool) -> None:
    assert ("content-length" in httpx.get(f"{url}/blocks/{count}").headers) is whole


@pytest.mark.parametrize("after", [0, 1])
def test_an_early_failure_has_its_status(url: str, after: int) -> None:
    answer = httpx.get(f"{url}/failing/{after}")
    assert answer.status_code == 503
    assert answer.json()["code"] == "unavailable"


def test_a_late_failure_breaks_the_connection(url: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{url}/failing/20")


def test_a_late_failure_is_told_where_the_format_has_words_for_it(url: str) -> None:
    assert httpx.get(f"{url}/closed/20").content == BLOCK * 20 + b"(the graph went away)"
    assert httpx.get(f"{url}/closed/1").status_code == 503


def test_the_source_is_closed_when_the_client_goes_away(url: str) -> None:
    CLOSED.clear()
    with httpx.stream("GET", f"{url}/endless") as answer:
        assert next(answer.iter_raw())
        assert not CLOSED.is_set()
    assert CLOSED.wait(10)
