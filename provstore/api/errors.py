"""Errors on the wire: the one table from code to status, and the one renderer.

Our own interface answers RFC 9457 ``application/problem+json``; the VO endpoints answer plain text
(DALI 1.1, section 4.2), DataLink a VOTable. Nothing of a traceback or of a driver's text is in any.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from provstore.errors import (
    AmbiguousIdentifierError,
    BadParameterError,
    BusyError,
    ConflictError,
    Finding,
    ForbiddenError,
    GraphUnavailableError,
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
from provstore.exporters.datalink import PATH as DATALINK_PATH
from provstore.exporters.votable import MEDIA_TYPE as VOTABLE
from provstore.exporters.votable import error_document
from provstore.model.identifiers import PROVSTORE

STATUS: Final[Mapping[str, HTTPStatus]] = {
    ProvstoreError.code: HTTPStatus.INTERNAL_SERVER_ERROR,
    RefusedDocumentError.code: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownFormatError.code: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    TooLargeError.code: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BadParameterError.code: HTTPStatus.BAD_REQUEST,
    UnknownIdentifierError.code: HTTPStatus.NOT_FOUND,
    AmbiguousIdentifierError.code: HTTPStatus.BAD_REQUEST,
    UnknownReceiptError.code: HTTPStatus.NOT_FOUND,
    ConflictError.code: HTTPStatus.CONFLICT,
    UnauthenticatedError.code: HTTPStatus.UNAUTHORIZED,
    ForbiddenError.code: HTTPStatus.FORBIDDEN,
    BusyError.code: HTTPStatus.SERVICE_UNAVAILABLE,
    UnavailableError.code: HTTPStatus.SERVICE_UNAVAILABLE,
    GraphUnavailableError.code: HTTPStatus.SERVICE_UNAVAILABLE,
    NotInstalledError.code: HTTPStatus.NOT_IMPLEMENTED,
    ServerError.code: HTTPStatus.BAD_GATEWAY,
    StaleSchemaError.code: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Status of each code of `provstore.errors`."""

RETRY_AFTER_S: Final = 5
"""Seconds after which a client may try again what failed for want of a free or reachable store."""

PLAIN_TEXT_PATHS: Final = ("/provsap", "/capabilities", "/availability")
"""Endpoints that speak DALI."""

_FAULTS: Final = {
    HTTPStatus.NOT_FOUND: "NotFoundFault",
    HTTPStatus.SERVICE_UNAVAILABLE: "TransientFault",
    HTTPStatus.UNAUTHORIZED: "DefaultFault",
    HTTPStatus.FORBIDDEN: "DefaultFault",
}

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, before it is put into words of one protocol."""

    status: HTTPStatus
    code: str
    detail: str
    findings: Sequence[Finding] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The members of RFC 9457, section 3.1, with ``code`` and ``findings`` as extensions."""
        body: dict[str, Any] = {
            "type": f"{PROVSTORE}error:{self.code}",
            "title": self.status.phrase,
            "status": self.status.value,
            "detail": self.detail,
            "code": self.code,
        }
        if self.findings:
            body["findings"] = [finding.as_json() for finding in self.findings]
        return body


UNEXPECTED: Final = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "internal",
    "the server failed; the fault is in its log",
)


def problem_of(error: ProvstoreError) -> Problem:
    """A deliberate failure as a problem, with the headers that its status asks for."""
    status = STATUS[error.code]
    headers: dict[str, str] = {}
    if error.retryable:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = 'Bearer realm="provstore"'
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        headers["Connection"] = "close"  # the rest of the body is not read
    findings = error.findings if isinstance(error, RefusedDocumentError) else ()
    return Problem(status, error.code, str(error), findings, headers)


def render(problem: Problem, path: str) -> Response:
    """The problem in the language of the endpoint at ``path``."""
    headers = dict(problem.headers)
    if path in PLAIN_TEXT_PATHS:
        return Response(problem.detail + "\n", problem.status, headers, "text/plain; charset=utf-8")
    if path == DATALINK_PATH:
        body = error_document(f"{_fault(problem.status)}: {problem.detail}")
        return Response(body, problem.status, headers, VOTABLE)
    body = orjson.dumps(problem.as_json())
    return Response(body, problem.status, headers, "application/problem+json")


def _fault(status: HTTPStatus) -> str:
    """With what the message of an error begins (DataLink 1.1, section 4.5)."""
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return _FAULTS.get(status, "FatalFault" if is_ours else "UsageFault")


async def _on_provstore_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProvstoreError)  # noqa: S101  registered for this class alone
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("request failed: %s", error, extra={"code": error.code})
    return render(problem, request.url.path)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for this class alone
    status = HTTPStatus(error.status_code)
    headers = dict(error.headers or {})
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed_methods(request))
    code = status.phrase.lower().replace(" ", "-")
    detail = f"{request.method} {request.url.path}: {error.detail}"
    return render(Problem(status, code, detail, headers=headers), request.url.path)


def _allowed_methods(request: Request) -> list[str]:
    # The framework names the methods of the first route alone that has the path.
    allowed = [
        method
        for method in _METHODS
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
    return ["GET", "HEAD", *allowed[1:]] if "GET" in allowed else allowed  # see `HeadAsGet`


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for this class alone
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][1:])
    bad = BadParameterError(name, str(first.get("input")), first["msg"])
    return render(problem_of(bad), request.url.path)


async def _on_disconnect(request: Request, error: Exception) -> Response:
    del request, error  # nobody is there to read the answer
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def install(app: FastAPI) -> None:
    """Have every failure of ``app`` rendered here."""
    app.add_exception_handler(ProvstoreError, _on_provstore_error)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(ClientDisconnect, _on_disconnect)


class UnexpectedErrors:
    """ASGI middleware that answers 500 for what nobody foresaw, and logs its traceback.

    Once an answer has begun the error goes on to the server, which breaks the connection: that is
    the only honest end of an answer that is not whole.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and watch what comes of it."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception:
            if begun or scope["type"] != "http":
                raise
            _log.exception("unexpected error", extra={"path": scope["path"]})
            await render(UNEXPECTED, scope["path"])(scope, receive, send)
