"""A UWS server as the harvest asks it: bounded answers, from its own origin only.

Whatever a server links to, only its own scheme, host and port are asked; a redirect to anywhere
else ends the request.
"""

import http.client
import re
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urljoin, urlsplit, urlunsplit

from provstore import __version__
from provstore.client.delivery import PAUSES_S, with_retries
from provstore.client.harvest_answers import (
    ENDED,
    RUNNING,
    JobLinks,
    JobList,
    JobReference,
    read_job_links,
    read_job_list,
)
from provstore.client.harvest_credentials import Credentials
from provstore.client.transport import opener_to
from provstore.errors import BadParameterError, ServerError

T = TypeVar("T")

_MOST_REDIRECTS: Final = 5
_PIECE: Final = 65_536
_NOT_FOUND: Final = frozenset({404, 410})
_NOT_TAKEN: Final = frozenset({400, 403, 405, 422, 501})
"""Statuses by which a server refuses a parameter that it does not know."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one answer may cost."""

    timeout_s: float = 30.0
    """Longest silence."""
    answer_s: float = 600.0
    """Longest time for a whole answer."""
    list_bytes: int = 20_000_000
    """Largest list, and largest job."""
    document_bytes: int = 100_000_000
    """Largest provenance document."""
    pauses_s: Sequence[float] = PAUSES_S
    """Waits between the tries."""


@dataclass(frozen=True, slots=True)
class FoundJob:
    """A job as its server tells it."""

    url: str
    document: bytes
    links: JobLinks


class UwsServer:
    """One job list of a UWS server.

    Parameters
    ----------
    url
        Of the list, e.g. ``https://host/rest/ctbin`` or ``https://host/tap/async``.
    bounds
        What an answer may cost.
    credentials
        Sent with each request, or None. Only the origin of the list is asked: nobody else gets
        them.

    Raises
    ------
    BadParameterError
        The address cannot be one, or the credentials cannot be sent there.
    """

    def __init__(
        self, url: str, bounds: Bounds | None = None, credentials: Credentials | None = None
    ) -> None:
        self.url = _checked(url)
        self._bounds = bounds or Bounds()
        self._authorization = None if credentials is None else credentials.authorization(self.url)
        self._opener = opener_to(self.url)

    def ended(self, after: str | None) -> JobList:
        """The jobs that ended; all of them, unless the server filters by creation time."""
        filters = [("PHASE", phase) for phase in ENDED]
        return self._list([*filters, ("AFTER", after)] if after else filters)

    def running(self) -> JobList:
        """The jobs that have not ended."""
        return self._list([("PHASE", phase) for phase in RUNNING])

    def job(self, reference: JobReference) -> FoundJob | None:
        """A job; None where it is gone.

        It stands below its list (UWS 1.1, section 2.1); the link of the list is tried where it
        does not.
        """
        for url in self._addresses(reference):
            try:
                data = self._retried(partial(self._get, url, self._bounds.list_bytes))
            except ServerError as error:
                if error.status not in _NOT_FOUND:
                    raise
                continue
            return FoundJob(url, data, read_job_links(data))
        return None

    def document(self, job: FoundJob, reference: JobReference) -> bytes | None:
        """The provenance document that a job offers; None where none can be had from here."""
        for link in job.links.provenance:
            url = self._own(link, job.url, reference.id)
            if url is None:
                continue
            try:
                return self._retried(partial(self._get, url, self._bounds.document_bytes))
            except ServerError as error:
                if error.status == 0:
                    raise
        return None

    def wait(self, reference: JobReference, seconds: int) -> None:
        """Block until a job leaves its phase, as long as the server allows (WAIT of UWS 1.1)."""
        query = urlencode({"WAIT": seconds, "PHASE": reference.phase})
        url = f"{self.url}/{quote(reference.id, safe='')}?{query}"
        self._get(url, self._bounds.list_bytes, patience_s=self._bounds.timeout_s + seconds)

    # -- addresses

    def _addresses(self, reference: JobReference) -> Iterator[str]:
        standard = f"{self.url}/{quote(reference.id, safe='')}"
        yield standard
        linked = self._own(reference.href, self.url, "")
        if linked is not None and linked != standard:
            yield linked

    def _own(self, link: str, base: str, job_id: str) -> str | None:
        """A link as an address of this server; None where it leads elsewhere.

        A server that is known by another name outside links to itself under its own: what stands
        below the job is asked for below the job.
        """
        try:
            parts = urlsplit(urljoin(base, link))
            is_own = _origin(urlunsplit(parts)) == _origin(self.url)
        except ValueError:  # an unclosed bracket in the host, a port that is no number
            return None
        path = re.sub(r"/{2,}", "/", parts.path)
        if is_own:
            own = urlsplit(self.url)
            return _printable(urlunsplit((own.scheme, own.netloc, path, parts.query, "")))
        _, mark, below = path.rpartition(f"/{job_id}/")
        return _printable(f"{base}/{below}") if job_id and mark and below else None

    # -- requests

    def _list(self, filters: list[tuple[str, str]]) -> JobList:
        """A list with these filters; without any where the server does not take them."""
        try:
            found = self._retried(lambda: self._listed(f"{self.url}?{urlencode(filters)}"))
        except ServerError as error:
            if error.status not in _NOT_TAKEN:
                raise
        else:
            if found.is_filtered:
                return found
        return self._retried(lambda: self._listed(self.url))._replace(is_filtered=False)

    def _listed(self, url: str) -> JobList:
        return read_job_list(self._get(url, self._bounds.list_bytes))

    def _retried(self, ask: Callable[[], T]) -> T:
        return with_retries(ask, self._bounds.pauses_s)

    def _get(self, url: str, most: int, patience_s: float | None = None) -> bytes:
        """The body of an answer, at most ``most`` bytes.

        Raises
        ------
        ServerError
            The server cannot be reached (status 0), refuses, sends more, or sends elsewhere.
        """
        for _ in range(_MOST_REDIRECTS):
            request = urllib.request.Request(url)  # noqa: S310  the scheme was checked
            request.add_header("Accept", "application/xml, text/xml, */*;q=0.5")
            request.add_header("User-Agent", f"provstore/{__version__}")
            if self._authorization:
                request.add_unredirected_header("Authorization", self._authorization)
            try:
                with self._opener.open(
                    request, timeout=patience_s or self._bounds.timeout_s
                ) as answer:
                    return self._read(answer, most)
            except HTTPError as error:
                with error:
                    url = self._redirected(url, error)
            except URLError as error:
                raise ServerError(f"{self.url} does not answer: {error.reason}") from error
            except (OSError, http.client.HTTPException) as error:
                text = str(error) or type(error).__name__
                raise ServerError(f"{self.url} does not answer: {text}") from error
        raise ServerError(f"{url} redirects more than {_MOST_REDIRECTS} times", 310)

    def _read(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        deadline = time.monotonic() + self._bounds.answer_s
        found = bytearray()
        while piece := answer.read1(_PIECE):
            found += piece
            if len(found) > most:
                raise ServerError(f"an answer of {self.url} has more than {most} bytes", 413)
            if time.monotonic() > deadline:
                raise ServerError(f"an answer of {self.url} does not end")
        if answer.length:  # what was announced did not come
            raise ServerError(f"{self.url} broke an answer off")
        return bytes(found)

    def _redirected(self, url: str, error: HTTPError) -> str:
        target = error.headers.get("Location")
        if target is None:
            raise ServerError(f"{url} answered {error.code}", error.code)
        own = self._own(target, url, "")
        if own is None:
            message = f"{url} sends elsewhere, to {target[:200]!r}: it is not followed"
            raise ServerError(message, error.code)
        return own


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or parts.username or _printable(url) is None:
        raise BadParameterError("URL", url, "the http or https address of a list of UWS jobs")
    return url.rstrip("/")


def _printable(url: str) -> str | None:
    return url if url.isascii() and url.isprintable() and " " not in url else None


def _origin(url: str) -> tuple[str, str | None, int | None]:
    """Scheme, host and port (RFC 6454, section 4)."""
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, port
