"""Headers that every answer carries, and the values that may stand in one."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Of every page (CSP Level 3): scripts, styles and pictures are ours alone, and none is inline."""
MAX_HEADER_TEXT: Final = 1000
"""Characters of a free text in a header."""


def header_text(text: str) -> str:
    """``text`` as it may stand in a header: one line of printable Latin-1 (RFC 9110, 5.5).

    What Latin-1 does not have becomes ``?``; the whole text is in the body of a JSON answer.
    """
    line = " ".join(text.split())[:MAX_HEADER_TEXT]
    printable = "".join(char if char.isprintable() else "?" for char in line)
    return printable.encode("latin-1", "replace").decode("latin-1")


class SafeHeaders:
    """ASGI middleware that adds what browsers need to be told, unless the answer says it itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._added = {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and complete the head of its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._added.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class HeadAsGet:
    """ASGI middleware that answers HEAD as GET without its content (RFC 9110, section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and keep the content of the answer back."""

        async def without_content(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._app({**scope, "method": "GET"}, receive, without_content)
        else:
            await self._app(scope, receive, send)
