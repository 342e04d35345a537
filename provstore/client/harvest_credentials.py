"""What a harvest says of itself to a UWS server that shows jobs to their owners only."""

import base64
from typing import NamedTuple
from urllib.parse import urlsplit

from provstore.errors import BadParameterError
from provstore.model.identifiers import LOOPBACK_HOSTS


class Credentials(NamedTuple):
    """A secret, and whose it is."""

    token: str
    """Alone a bearer token (RFC 6750); with a user the password of the basic scheme (RFC 7617)."""
    user: str | None = None

    def authorization(self, url: str) -> str:
        """The header ``Authorization`` for the server of a URL.

        Raises
        ------
        BadParameterError
            The token or the user cannot be one, or the server is another host over plain http.
        """
        if not self.token.isascii() or not self.token.isprintable() or " " in self.token:
            raise BadParameterError("uws-token", "…", "printable ASCII without blanks")
        if self.user is not None and (":" in self.user or not self.user.isprintable()):
            raise BadParameterError("uws-user", self.user, "a name without a colon")
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname not in LOOPBACK_HOSTS:
            raise BadParameterError("URL", url, "https, where a secret is sent to another host")
        if self.user is None:
            return f"Bearer {self.token}"
        return "Basic " + base64.b64encode(f"{self.user}:{self.token}".encode()).decode()
