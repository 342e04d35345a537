"""The check of the Host header, and what counts as loopback in host names and addresses.

A page in a browser can make a name of its own resolve to a loopback address (DNS rebinding); its
requests carry that name as Host, so a server that answers only its own names is out of reach.
"""

from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from provstore.api.errors import Problem, render
from provstore.config import Settings
from provstore.model.identifiers import LOOPBACK_HOSTS

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NEVER_IN_A_HOST: Final = frozenset("@/\\?# \t")


def split_host(text: str) -> tuple[str, int | None] | None:
    """Name in lower case, and port, of a Host header (RFC 9110, section 7.2); None if it is none.

    An IPv6 address stands in brackets there, and without them in the result.
    """
    if not text or _NEVER_IN_A_HOST & set(text):
        return None
    try:
        parts = urlsplit("//" + text)
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    return (name, port) if name else None


def is_loopback_name(name: str) -> bool:
    """Whether a host name is one of the three of this host itself."""
    return name in LOOPBACK_HOSTS


def is_loopback_address(text: str) -> bool:
    """Whether a client's address is on this host, an IPv4 one in IPv6 form too."""
    try:
        address = ip_address(text)
    except ValueError:  # the name of a Unix socket, or none
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def same_loopback_origin(origin: str, host: str) -> bool:
    """Whether a page of ``origin`` is this loopback server's own, asked under the Host ``host``.

    The three loopback names count as one, ports must agree: another server on this host is another
    origin. ``null``, the origin of sandboxed pages and local files, is none.
    """
    scheme, mark, rest = origin.partition("://")
    page, server = split_host(rest), split_host(host)
    if scheme not in _DEFAULT_PORTS or not mark or page is None or server is None:
        return False
    default = _DEFAULT_PORTS[scheme]
    return (
        is_loopback_name(page[0])
        and is_loopback_name(server[0])
        and (page[1] or default) == (server[1] or default)
    )


def allowed_names(settings: Settings) -> frozenset[str]:
    """The host names that the server answers to, in lower case."""
    given = {settings.base_host.lower(), *(host.lower() for host in settings.allowed_hosts)}
    names = {name.strip("[]") for name in given if name}
    return frozenset(names | LOOPBACK_HOSTS if names & LOOPBACK_HOSTS else names)


class KnownHosts:
    """ASGI middleware that refuses requests under a name that is not the server's, with 400."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._names = allowed_names(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it has one Host header and that is known."""
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist("host")
        host = split_host(given[0]) if len(given) == 1 else None
        if host is not None and host[0] in self._names:
            await self._app(scope, receive, send)
            return
        shown = ", ".join(given)[:200]
        detail = f"Host={shown!r} is not a name of this server: set BASE_URL or ALLOWED_HOSTS"
        problem = Problem(HTTPStatus.BAD_REQUEST, "unknown-host", detail)
        await render(problem, scope["path"])(scope, receive, send)
