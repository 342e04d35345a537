"""Errors survive the way through HTTP."""

import json

import pytest

from provstore import errors
from provstore.api.errors import problem_of
from provstore.client.problems import error_of
from provstore.errors import Finding, ProvstoreError, RefusedDocumentError, ServerError, Severity

FINDING = Finding(Severity.ERROR, "prov-json/unknown-prefix", "/entity/a:b", "a", "no such prefix")

RAISED: list[ProvstoreError] = [
    errors.RefusedDocumentError([FINDING]),
    errors.UnknownFormatError("no importer"),
    errors.TooLargeError("too large"),
    errors.BadParameterError("limit", "x", "a whole number"),
    errors.UnknownIdentifierError(["a", "b"]),
    errors.AmbiguousIdentifierError("run1", 200, 100),
    errors.UnknownReceiptError("no receipt 7"),
    errors.ConflictError("it is retracted"),
    errors.UnauthenticatedError("who are you"),
    errors.ForbiddenError("not you"),
    errors.BusyError("the writer is busy"),
    errors.UnavailableError("no database"),
    errors.NotInstalledError("no Graphviz"),
    errors.StaleSchemaError("another version"),
]


@pytest.mark.parametrize("raised", RAISED, ids=lambda error: error.code)
def test_an_error_is_the_same_on_both_sides(raised: ProvstoreError) -> None:
    problem = problem_of(raised)
    found = error_of(problem.status, json.dumps(problem.as_json()).encode())
    assert type(found) is type(raised)
    assert str(found) == str(raised)
    if isinstance(found, RefusedDocumentError):
        assert found.findings == (FINDING,)


def test_every_error_is_tried() -> None:
    tried = {type(error) for error in RAISED} | {ServerError}
    assert tried == set(ProvstoreError.__subclasses__())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"code": "brand-new", "detail": "a later version says so"}', "a later version says so"),
        (b'{"title": "Bad Gateway"}', "Bad Gateway"),
        (b"{}", "no reason given"),
        (b"<html>proxy</html>", "gave no reason"),
        (b"[]", "gave no reason"),
        (b"", "gave no reason"),
    ],
)
def test_what_is_not_known_is_a_server_error_with_its_status(body: bytes, said: str) -> None:
    found = error_of(502, body)
    assert isinstance(found, ServerError)
    assert found.status == 502
    assert said in str(found)


@pytest.mark.parametrize(
    "problem",
    [
        {"code": "document-refused", "findings": [{"rule": "x"}]},
        {"code": "document-refused", "findings": 3},
    ],
)
def test_a_problem_that_lacks_what_it_promises_is_an_error_of_the_server(
    problem: dict[str, object],
) -> None:
    found = error_of(422, json.dumps({**problem, "detail": "why"}).encode())
    assert isinstance(found, ServerError)
    assert (str(found), found.status) == ("the server answered 422: why", 422)
