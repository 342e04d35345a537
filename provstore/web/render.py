"""Templates into answers: everything is escaped, and the policy lets nothing but our own in."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from provstore import __version__
from provstore.web.links import Links
from provstore.web.text import one_line, readable, shortened

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
"""Of the pages (CSP Level 3): there is no script to allow."""

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
}


def _seen(value: object) -> object:
    # Markup is a str too: what we made ourselves is let through
    return readable(value) if type(value) is str else value


def _thousands(number: int) -> str:
    return f"{number:,}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_seen,
    )
    environment.filters.update(
        one_line=one_line, shortened=shortened, thousands=_thousands, moment=_moment
    )
    return environment


def _moment(utc: str) -> str:
    """An instant of `provstore.model.times` as people read it, to the second."""
    return f"{utc[:10]} {utc[11:19]} UTC"


_ENVIRONMENT: Final = _environment()


def links_of(request: Request) -> Links:
    """Addresses on the server that answers this request."""
    return Links(request.app.state.settings.base_url)


def page(
    request: Request,
    template: str,
    context: Mapping[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A page made from a template of this name."""
    text = _ENVIRONMENT.get_template(template).render(
        {"links": links_of(request), "version": __version__, "asked": "", **context}
    )
    return Response(
        text, status, {**_HEADERS, **(headers or {})}, media_type="text/html; charset=utf-8"
    )


def picture(chunks: bytes) -> Markup:
    """A picture that our own exporter wrote: its text is escaped already."""
    return Markup(chunks.decode())  # noqa: S704  the exporter escapes what it writes
