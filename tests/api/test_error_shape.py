"""Every failure has one shape: RFC 9457, or plain text or a VOTable where DALI is spoken."""

import asyncio
import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from support.served import archive_at
from support.votables import read_table

from provstore.api import errors
from provstore.errors import ProvstoreError

PLAIN = {"/provsap", "/capabilities", "/availability"}
OPERATIONS: dict[tuple[str, str], tuple[str, dict[str, Any], int]] = {
    ("POST", "/api/v1/documents"): ("/api/v1/documents?dry_run=maybe", {}, 400),
    ("GET", "/api/v1/documents"): ("/api/v1/documents?limit=0", {}, 400),
    ("GET", "/api/v1/documents/{receipt_id}"): ("/api/v1/documents/9", {}, 404),
    ("DELETE", "/api/v1/documents/{receipt_id}"): ("/api/v1/documents/9", {}, 404),
    ("GET", "/api/v1/documents/{receipt_id}/raw"): ("/api/v1/documents/9/raw", {}, 404),
    ("GET", "/api/v1/documents/{receipt_id}/findings"): ("/api/v1/documents/9/findings", {}, 404),
    ("PUT", "/api/v1/obscore"): ("/api/v1/obscore?columns=1", {}, 400),
    ("POST", "/api/v1/jobs"): ("/api/v1/jobs?source=a/b", {"content": b"{}"}, 400),
    ("POST", "/api/v1/convert"): ("/api/v1/convert?format=word", {"content": b"{}"}, 400),
    ("GET", "/api/v1/lineage"): ("/api/v1/lineage?ID=nothing", {}, 404),
    ("GET", "/api/v1/impact"): ("/api/v1/impact?ID=nothing", {}, 404),
    ("GET", "/api/v1/gaps"): ("/api/v1/gaps?cursor=x", {}, 400),
    ("GET", "/api/v1/elements"): ("/api/v1/elements", {}, 400),
    ("GET", "/api/v1/search"): ("/api/v1/search?radius=-1", {}, 400),
    ("GET", "/api/v1/keywords"): ("/api/v1/keywords?keyword=x", {}, 400),
    ("GET", "/provsap"): ("/provsap", {}, 400),
    ("POST", "/provsap"): ("/provsap", {"data": {"DEPTH": "x"}}, 400),
    ("GET", "/capabilities"): ("/capabilities", {"headers": {"Host": "evil.example"}}, 400),
    ("GET", "/availability"): ("/availability", {"headers": {"Host": "evil.example"}}, 400),
    ("GET", "/datalink/links"): ("/datalink/links?RESPONSEFORMAT=csv", {}, 400),
    ("POST", "/datalink/links"): ("/datalink/links", {"data": {"X": "1"}}, 400),
    ("GET", "/prov-aq"): ("/prov-aq", {"headers": {"Host": "evil.example"}}, 400),
    ("GET", "/health"): ("/health", {"headers": {"Host": "evil.example"}}, 400),
    ("GET", "/metrics"): ("/metrics", {"headers": {"Host": "evil.example"}}, 400),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("errors")) as client:
        yield client


def check_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem of an answer, whose members are those of RFC 9457 and ours."""
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert set(problem) - {"findings"} == {"type", "title", "status", "detail", "code"}
    assert problem["status"] == status
    assert problem["title"] == HTTPStatus(status).phrase
    assert problem["type"].endswith(problem["code"])
    return problem


def test_every_operation_is_among_those_tested(client: httpx.Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    found = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), list(OPERATIONS))
def test_a_failure_of_each_operation_has_the_shape_of_its_protocol(
    client: httpx.Client, method: str, path: str
) -> None:
    url, request, status = OPERATIONS[method, path]
    answer = client.request(method, url, **request)
    if path in PLAIN:
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"
        assert answer.text.strip()
    elif path == "/datalink/links":
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/x-votable+xml"
        assert read_table(answer.content).told.startswith("UsageFault: ")
    else:
        check_problem(answer, status)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_every_error_has_a_status_and_no_other_has(client: httpx.Client) -> None:
    del client
    codes, waiting = set(), [ProvstoreError]
    while waiting:
        error = waiting.pop()
        codes.add(error.code)
        waiting.extend(error.__subclasses__())
    assert set(errors.STATUS) == codes


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not-found"),
        ("GET", "/nothing", 404, "not-found"),
        ("PATCH", "/api/v1/documents", 405, "method-not-allowed"),
        ("GET", "/docs/static/../../main.py", 404, "not-found"),
    ],
)
def test_what_the_framework_refuses_has_the_same_shape(
    client: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    assert check_problem(client.request(method, path), status)["code"] == code


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/documents", "GET, HEAD, POST"),
        ("/api/v1/documents/1", "GET, HEAD, DELETE"),
        ("/api/v1/obscore", "PUT"),
    ],
)
def test_a_refused_method_comes_with_all_that_are_allowed(
    client: httpx.Client, path: str, allowed: str
) -> None:
    assert client.patch(path).headers["allow"] == allowed


def _faulty() -> FastAPI:
    app = FastAPI()
    errors.install(app)
    app.add_middleware(errors.UnexpectedErrors)

    @app.get("/typed")
    def typed(count: int) -> int:
        return count

    @app.get("/fault")
    @app.get("/provsap")
    def fault() -> None:
        raise KeyError("the driver's secret text")

    return app


def _ask(path: str) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=_faulty())
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(path)

    return asyncio.run(ask())


def test_a_value_that_the_framework_refuses_is_a_bad_parameter() -> None:
    problem = check_problem(_ask("/typed?count=x"), 400)
    assert problem["code"] == "bad-parameter"
    assert problem["detail"].startswith("count='x' is not allowed")


def test_an_unforeseen_failure_is_logged_with_its_traceback_and_told_without(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        problem = check_problem(_ask("/fault"), 500)
    assert problem["code"] == "internal"
    assert "secret" not in str(problem)
    [record] = [found for found in caplog.records if found.name == errors.__name__]
    assert record.exc_info is not None
    assert "secret" in str(record.exc_info[1])


def test_an_unforeseen_failure_is_plain_text_where_dali_is_spoken() -> None:
    answer = _ask("/provsap")
    assert answer.status_code == 500
    assert answer.text == "the server failed; the fault is in its log\n"
