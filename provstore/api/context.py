"""What a request finds in the application that serves it: settings and services."""

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from starlette.requests import HTTPConnection

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provstore.config import Settings
    from provstore.factory import Services

API: Final = "/api/v1"
"""Where our own interface begins."""


def settings_of(connection: HTTPConnection) -> "Settings":
    """The settings that the application was made with."""
    settings: Settings = connection.app.state.settings
    return settings


def services_of(connection: HTTPConnection) -> "Services":
    """The services of this process; they live as long as the application runs."""
    services: Services = connection.app.state.services
    return services


def absolute_url(
    connection: HTTPConnection, path: str, query: "Sequence[tuple[str, str]]" = ()
) -> str:
    """The URL of a resource as users reach it: under BASE_URL, whatever stands between."""
    base = settings_of(connection).base_url.rstrip("/")
    return f"{base}{path}?{urlencode(query)}" if query else f"{base}{path}"
