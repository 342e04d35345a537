import asyncio

import httpx
import pytest
from starlette.responses import PlainTextResponse

from provstore.api.headers import header_text
from provstore.api.hosts import (
    KnownHosts,
    allowed_names,
    is_loopback_address,
    same_loopback_origin,
    split_host,
)
from provstore.config import Settings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("localhost", ("localhost", None)),
        ("LocalHost:8000", ("localhost", 8000)),
        ("[::1]:8000", ("::1", 8000)),
        ("archive.example.org", ("archive.example.org", None)),
        ("", None),
        ("user@localhost", None),
        ("localhost/x", None),
        ("localhost:port", None),
        ("localhost:99999", None),
        ("[::1", None),
        (":8000", None),
    ],
)
def test_a_host_header_is_a_name_and_perhaps_a_port(
    text: str, expected: tuple[str, int | None] | None
) -> None:
    assert split_host(text) == expected


@pytest.mark.parametrize("text", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_loopback_addresses(text: str) -> None:
    assert is_loopback_address(text)


@pytest.mark.parametrize("text", ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "localhost", ""])
def test_other_addresses(text: str) -> None:
    assert not is_loopback_address(text)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://localhost:8000", "localhost:8000"),
        ("http://127.0.0.1:8000", "localhost:8000"),
        ("http://[::1]:8000", "127.0.0.1:8000"),
        ("http://localhost", "localhost"),
        ("http://localhost", "127.0.0.1:80"),
    ],
)
def test_the_servers_own_pages_have_its_origin(origin: str, host: str) -> None:
    assert same_loopback_origin(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://evil.example", "localhost:8000"),
        ("http://localhost.evil.example:8000", "localhost:8000"),
        ("http://localhost:3000", "localhost:8000"),
        ("http://localhost", "localhost:8000"),
        ("null", "localhost:8000"),
        ("", "localhost:8000"),
        ("file://localhost:8000", "localhost:8000"),
        ("http://user@localhost:8000", "localhost:8000"),
        ("http://evil.example:8000", "evil.example:8000"),
    ],
)
def test_other_pages_have_another_origin(origin: str, host: str) -> None:
    assert not same_loopback_origin(origin, host)


def test_the_three_loopback_names_count_as_one() -> None:
    settings = Settings(base_url="http://127.0.0.1:8000")
    assert allowed_names(settings) == {"localhost", "127.0.0.1", "::1"}


def test_a_public_server_answers_to_its_name_and_those_listed() -> None:
    settings = Settings(base_url="https://Prov.Example.org/x", allowed_hosts=("Alias.example.org",))
    assert allowed_names(settings) == {"prov.example.org", "alias.example.org"}


def _ask(headers: list[tuple[str, str]], path: str = "/") -> httpx.Response:
    async def ask() -> httpx.Response:
        app = KnownHosts(PlainTextResponse("in"), Settings(base_url="http://localhost:8000"))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            request = client.build_request("GET", path)
            request.headers = httpx.Headers(headers)
            return await client.send(request)

    return asyncio.run(ask())


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1234", "[::1]:8000", "LOCALHOST"])
def test_a_known_host_is_let_in(host: str) -> None:
    assert _ask([("host", host)]).text == "in"


@pytest.mark.parametrize(
    "headers",
    [
        [("host", "rebound.example")],
        [("host", "localhost.example")],
        [("host", "evil@localhost")],
        [],
        [("host", "localhost"), ("host", "evil.example")],
    ],
)
def test_another_host_is_refused_with_a_problem(headers: list[tuple[str, str]]) -> None:
    answer = _ask(headers)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "unknown-host"


def test_another_host_is_refused_in_plain_text_where_dali_is_spoken() -> None:
    answer = _ask([("host", "rebound.example")], "/provsap")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert "rebound.example" in answer.text


def test_a_header_text_is_one_line_of_printable_latin_1() -> None:
    assert header_text("two\r\nlines\tand é, 数, \x00") == "two lines and é, ?, ?"
    assert len(header_text("x" * 5000)) == 1000
