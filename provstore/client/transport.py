"""One request, one answer, with the standard library alone: a grid node has nothing else."""

import gzip
import http.client
import json
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit

from provstore import __version__
from provstore.client.problems import error_of
from provstore.errors import BadParameterError, ProvstoreError, ServerError
from provstore.model.identifiers import LOOPBACK_HOSTS

JsonObject = dict[str, Any]
Parameter = str | int | Sequence[str] | None
"""Booleans are ints here and are sent as ``true`` and ``false``; None is not sent."""

GZIP_MAGIC: Final = b"\x1f\x8b"
_COMPRESS_FROM_BYTES: Final = 16_384
"""Smaller bodies fit a few packets; compressing them saves nothing."""


class Answer(NamedTuple):
    """What came back with a status of success."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self, *members: str) -> JsonObject:
        """The body as a JSON object that has these members.

        Raises
        ------
        ServerError
            It is none: what was asked does not speak the protocol.
        """
        try:
            value = json.loads(self.body)
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise ServerError("the answer is no JSON object: is this a provstore?", self.status)
        missing = ", ".join(name for name in members if name not in value)
        if missing:
            raise ServerError(f"the answer lacks {missing}: is this a provstore?", self.status)
        return value


class Transport:
    """Sends requests to one server.

    Parameters
    ----------
    url
        Base of the server, ``http`` or ``https``; a path in front of ``/api`` is kept.
    token
        Sent as ``Authorization: Bearer``; None sends none.
    timeout_s
        Longest silence of the server, in seconds.

    Raises
    ------
    BadParameterError
        The address or the token cannot be one.
    """

    def __init__(self, url: str, token: str | None, timeout_s: float) -> None:
        self.url = _checked_url(url)
        self._token = _checked_token(token)
        self._timeout_s = timeout_s
        self._opener = opener_to(self.url)

    def send(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Parameter] | None = None,
        *,
        body: bytes | None = None,
        accept: str = "application/json",
    ) -> Answer:
        """Send one request and read the whole answer.

        A body that is gzipped already is declared so and sent as it is.

        Raises
        ------
        ProvstoreError
            The error that the server named, see `provstore.client.problems`.
        ServerError
            The server cannot be reached (status 0), moved, or broke the answer off.
        """
        request = urllib.request.Request(  # noqa: S310  the scheme was checked
            self.url + path + _query(parameters or {}), method=method
        )
        request.add_header("Accept", accept)
        request.add_header("User-Agent", f"provstore/{__version__}")
        if body is not None:
            request.data, encoding = _packed(body)
            request.add_header("Content-Type", "application/octet-stream")
            if encoding:
                request.add_header("Content-Encoding", encoding)
        if self._token:
            request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        return self._exchange(request)

    def _exchange(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return Answer(response.status, response.headers, response.read())
        except HTTPError as error:
            with error:
                raise self._refusal(error) from None
        except URLError as error:
            raise self._unreachable(error.reason) from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable(error) from error

    def _refusal(self, error: HTTPError) -> ProvstoreError:
        target = error.headers.get("Location")
        if target is not None:
            return ServerError(f"{self.url} moved to {target!r}: name that address", error.code)
        return error_of(error.code, _reason(error))

    def _unreachable(self, reason: object) -> ServerError:
        text = str(reason) or type(reason).__name__
        return ServerError(f"{self.url} does not answer: {text}")


class _Reading:
    """Reads the answer also where the server stopped listening before the whole body was sent.

    A server refuses a body that is too large while it is being sent. The broken pipe would hide
    the reason; where no answer follows, reading it fails with the connection's own error.
    """

    def endheaders(self, message_body: Any = None, *, encode_chunked: bool = False) -> None:  # noqa: ANN401  as in http.client
        with suppress(BrokenPipeError, ConnectionResetError):
            super().endheaders(message_body, encode_chunked=encode_chunked)  # type: ignore[misc]  # mixed in before a connection


class _Connection(_Reading, http.client.HTTPConnection):
    pass


class _SecureConnection(_Reading, http.client.HTTPSConnection):
    pass


class _Http(urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_Connection, req)


class _Https(urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(_SecureConnection, req)


def opener_to(url: str) -> urllib.request.OpenerDirector:
    """An opener that follows no redirect.

    A redirected POST would become a GET, and a token would travel to another host.
    """
    opener = urllib.request.OpenerDirector()
    # A proxy cannot reach this host's loopback, and the server refuses loopback pushes through one.
    if urlsplit(url).hostname not in LOOPBACK_HOSTS:
        opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(_Http())
    opener.add_handler(_Https())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    return opener


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or parts.query or parts.fragment or not url.isprintable() or " " in url:
        raise BadParameterError("url", url, "http://HOST:PORT or https://HOST")
    return url.rstrip("/")


def _checked_token(token: str | None) -> str | None:
    bare = (token or "").strip()
    if not bare.isascii() or not bare.isprintable() or " " in bare:
        raise BadParameterError("token", "…", "printable ASCII without blanks")
    return bare or None


def _query(parameters: Mapping[str, Parameter]) -> str:
    given = (_encoded(name, value) for name, value in parameters.items() if value is not None)
    query = "&".join(text for text in given if text)
    return f"?{query}" if query else ""


def _encoded(name: str, value: Parameter) -> str:
    try:
        return urlencode({name: _as_text(value)}, doseq=True)
    except UnicodeEncodeError as error:
        shown = str(error.object).encode(errors="backslashreplace").decode()
        raise BadParameterError(name, shown, "text that can be written as UTF-8") from error


def _as_text(value: Parameter) -> Parameter:
    return str(value).lower() if isinstance(value, bool) else value


def _packed(body: bytes) -> tuple[bytes, str]:
    if body.startswith(GZIP_MAGIC):
        return body, "gzip"
    if len(body) < _COMPRESS_FROM_BYTES:
        return body, ""
    return gzip.compress(body, compresslevel=3, mtime=0), "gzip"


def _reason(error: HTTPError) -> bytes:
    try:
        return error.read()
    except (OSError, http.client.HTTPException):
        return b""  # the status alone says enough: the connection broke inside the explanation
