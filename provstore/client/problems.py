"""A server's refusal, turned back into the error that the server raised.

The answer is a problem document (RFC 9457) with the stable code of `provstore.errors`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from provstore.errors import (
    AmbiguousIdentifierError,
    BadParameterError,
    BusyError,
    ConflictError,
    Finding,
    ForbiddenError,
    NotInstalledError,
    ProvstoreError,
    RefusedDocumentError,
    ServerError,
    StaleSchemaError,
    TooLargeError,
    UnauthenticatedError,
    UnavailableError,
    UnknownFormatError,
    UnknownIdentifierError,
    UnknownReceiptError,
)

_Problem = Mapping[str, Any]

_PLAIN: Final[Mapping[str, Callable[[str], ProvstoreError]]] = {
    error.code: error
    for error in (
        UnknownFormatError,
        TooLargeError,
        UnknownReceiptError,
        ConflictError,
        UnauthenticatedError,
        ForbiddenError,
        BusyError,
        UnavailableError,
        NotInstalledError,
        StaleSchemaError,
    )
}
"""Errors that are made of one sentence."""

_STRUCTURED: Final[Mapping[str, Callable[[_Problem], ProvstoreError]]] = {
    RefusedDocumentError.code: lambda problem: RefusedDocumentError(findings_of(problem)),
    BadParameterError.code: lambda _: BadParameterError("", "", ""),
    UnknownIdentifierError.code: lambda _: UnknownIdentifierError(()),
    AmbiguousIdentifierError.code: lambda _: AmbiguousIdentifierError("", 0, 0),
}
"""Errors that are made of parts. A problem holds the findings; the rest stands in its sentence."""


def error_of(status: int, body: bytes) -> ProvstoreError:
    """The error that an answer with this status and body stands for.

    A code that this client does not know, a problem that lacks what its code promises, or a body
    that is no problem document (a proxy's page), gives a `ServerError` with the status.
    """
    problem = _parsed(body)
    if problem is None:
        return ServerError(f"the server answered {status} and gave no reason", status)
    code, detail = str(problem.get("code")), _detail(problem)
    if code in _PLAIN:
        return _PLAIN[code](detail)
    unknown = ServerError(f"the server answered {status}: {detail}", status)
    if code not in _STRUCTURED:
        return unknown
    try:
        error = _STRUCTURED[code](problem)
    except (KeyError, TypeError, ValueError):
        return unknown
    # the server's own sentence says what the parts would
    error.args = (detail,)
    return error


def findings_of(answer: Mapping[str, Any]) -> list[Finding]:
    """The findings that a receipt or a problem carries."""
    return [Finding.from_json(told) for told in answer.get("findings", ())]


def _parsed(body: bytes) -> _Problem | None:
    try:
        problem = json.loads(body)
    except ValueError:
        return None
    return problem if isinstance(problem, dict) else None


def _detail(problem: _Problem) -> str:
    return str(problem.get("detail") or problem.get("title") or "no reason given")
