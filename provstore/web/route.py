"""Failures of pages as pages.

Which status and headers a failure has is decided where the application's handler says it; here it
is only said in HTML.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from provstore.errors import ProvstoreError, UnknownIdentifierError
from provstore.web.address import BOX
from provstore.web.render import page

_Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_ErrorHandler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]
_KEPT_HEADERS: Final = ("retry-after", "www-authenticate")
_SHOWN_NAME: Final = 500


class PageRoute(APIRoute):
    """A route whose deliberate failures are shown as a page with their own status."""

    def get_route_handler(self) -> _Handler:
        """The handler of the route, its failures caught."""
        handle = super().get_route_handler()

        async def with_failures(request: Request) -> Response:
            try:
                return await handle(request)
            except ProvstoreError as error:
                return await _failure(request, error)

        return with_failures


async def _failure(request: Request, error: ProvstoreError) -> Response:
    handler = cast("_ErrorHandler", request.app.exception_handlers[ProvstoreError])
    told = await handler(request, error)
    status = HTTPStatus(told.status_code)
    unknown = error.names[0] if isinstance(error, UnknownIdentifierError) else None
    context = {
        "status": status.value,
        "title": "Not found" if unknown is not None else status.phrase,
        "detail": str(error),
        "unknown": None if unknown is None else unknown[:_SHOWN_NAME],
        "asked": unknown or request.query_params.get(BOX, ""),
    }
    kept = {name: told.headers[name] for name in _KEPT_HEADERS if name in told.headers}
    return page(request, "error.html", context, status, kept)
