"""Who asks: the one dependency that decides the caller of a request.

Rules on who may read can be added here, since every endpoint that shows data names a role.
"""

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from provstore.api.context import services_of, settings_of
from provstore.api.hosts import (
    is_loopback_address,
    is_loopback_name,
    same_loopback_origin,
    split_host,
)
from provstore.errors import UnauthenticatedError
from provstore.model.access import Caller, Role

_PROXY_HEADERS: Final = frozenset(
    {
        *("forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip"),
        *("true-client-ip", "cf-connecting-ip", "x-original-host"),
    }
)
_PROXY_PREFIXES: Final = ("x-forwarded", "x-original-forwarded", "x-envoy-")
_OWN_SITES: Final = frozenset({"same-origin", "none"})
"""Values of Sec-Fetch-Site for a page of the server itself, and for what a person typed (Fetch
Metadata Request Headers, W3C). Browsers send it even where they are told to hide Origin."""


def bearer_token(request: Request) -> str | None:
    """The token of the Authorization header (RFC 6750, section 2.1), None where there is none.

    Raises
    ------
    UnauthenticatedError
        The header has another scheme, or no token.
    """
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise UnauthenticatedError("the Authorization header must be `Bearer` and a token")
    return token.strip()


def came_directly_from_loopback(request: Request) -> bool:
    """Whether a request was made on the server's own host, by no other site's page, past no proxy.

    A server that a proxy on the same host makes public has a BASE_URL that is not loopback; should
    that be forgotten, the proxy's headers still tell.
    """
    host = request.headers.get("host", "")
    name = split_host(host)
    origin = request.headers.get("origin")
    return (
        settings_of(request).is_loopback
        and request.client is not None
        and is_loopback_address(request.client.host)
        and name is not None
        and is_loopback_name(name[0])
        and (origin is None or same_loopback_origin(origin, host))
        and request.headers.get("sec-fetch-site", "none") in _OWN_SITES
        and not _came_through_proxy(request)
    )


def _came_through_proxy(request: Request) -> bool:
    return any(
        name in _PROXY_HEADERS or name.startswith(_PROXY_PREFIXES) for name in request.headers
    )


@dataclass(frozen=True, slots=True)
class May:
    """Dependency of FastAPI: the caller, who has at least ``role``."""

    role: Role

    def __call__(self, request: Request) -> Caller:
        """Decide who asks.

        Raises
        ------
        UnauthenticatedError
            A token is needed, or the one sent is not known.
        ForbiddenError
            The caller's role does not allow it.
        """
        access = services_of(request).access
        loopback = came_directly_from_loopback(request)
        caller = access.caller(bearer_token(request), loopback=loopback)
        access.require(caller, self.role)
        return caller


Reader = Annotated[Caller, Depends(May(Role.READER))]
Pusher = Annotated[Caller, Depends(May(Role.PUSHER))]
Curator = Annotated[Caller, Depends(May(Role.CURATOR))]
