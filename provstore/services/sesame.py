"""Asks a Sesame service where an object of the sky is.

Sesame is the name resolver of the CDS: it asks Simbad, NED and VizieR. The service is one that the
administrator chose; users choose the name alone, and nothing but that service is asked.
"""

import http.client
import queue
import threading
import time
import urllib.request
from typing import Final, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from lxml import etree

from provstore import __version__
from provstore.errors import ServerError
from provstore.importers.base import Findings
from provstore.importers.strict_xml import local_name, read_xml
from provstore.model.identifiers import LOOPBACK_HOSTS
from provstore.model.regions import Position

_QUESTION: Final = "/-ox/SNV?"
"""XML, of the first of Simbad, NED and VizieR that knows the object."""
MOST_CHARACTERS: Final = 200
"""Of a name; no object has a longer one."""
_MOST_BYTES: Final = 200_000
_MOST_AT_ONCE: Final = 4
"""Questions that wait for their answers; one that was given up on may still be among them."""
_PIECE: Final = 16_384
_TURN: Final = 360
_RIGHT_ANGLE: Final = 90


class Resolved(NamedTuple):
    """An object that a resolver knows."""

    name: str
    """The name that the resolver has for it."""
    position: Position
    source: str
    """Whose position it is, such as ``Simbad``; empty where it is not told."""


class Sesame:
    """One service.

    Parameters
    ----------
    url
        Its address, ``http`` or ``https``; what comes behind it is ours.
    timeout_s
        Longest wait for a whole answer, in seconds.
    """

    def __init__(self, url: str, timeout_s: float) -> None:
        self._url, self._timeout_s = url.rstrip("/"), timeout_s
        self._opener = _opener_to(url)
        self._free = threading.BoundedSemaphore(_MOST_AT_ONCE)

    def resolve(self, name: str) -> Resolved | None:
        """Where an object is; None where the service knows none, or no position of it.

        Parameters
        ----------
        name
            With single blanks, of at most `MOST_CHARACTERS`, all of them printable: the service
            takes a line feed for the end of a name.

        Raises
        ------
        ServerError
            The service cannot be reached or does not answer in time (status 0), refuses, or its
            answer is none of Sesame.
        """
        return read_answer(self._asked(name))

    def _asked(self, name: str) -> bytes:
        """The answer, waited for in another thread: looking up a host has no time-out."""
        if not self._free.acquire(blocking=False):
            raise ServerError(f"{_MOST_AT_ONCE} questions wait for an answer of the name resolver")
        outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._work, args=(name, outcome), daemon=True).start()
        try:
            answer = outcome.get(timeout=self._timeout_s)
        except queue.Empty:
            raise self._late() from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _work(self, name: str, outcome: "queue.SimpleQueue[bytes | Exception]") -> None:
        try:
            outcome.put(self._fetched(name))
        except Exception as error:  # noqa: BLE001  it is raised by who waits for the outcome
            outcome.put(error)
        finally:
            self._free.release()

    def _fetched(self, name: str) -> bytes:
        request = urllib.request.Request(self._url + _QUESTION + quote(name, safe=""))  # noqa: S310  the settings allow http and https alone
        request.add_header("User-Agent", f"provstore/{__version__}")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return self._read(response)
        except HTTPError as error:
            with error:
                raise ServerError(_refusal(error), error.code) from None
        except (OSError, http.client.HTTPException) as error:
            reason = error.reason if isinstance(error, URLError) else error
            if isinstance(reason, TimeoutError):
                raise self._late() from None
            text = str(reason) or type(reason).__name__
            raise ServerError(f"the name resolver cannot be reached: {text}") from error

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        """The body, by pieces: a server that sends a byte now and then is not read for ever."""
        body, ends = bytearray(), time.monotonic() + self._timeout_s
        while piece := response.read1(_PIECE):
            body += piece
            if len(body) > _MOST_BYTES:
                message = f"the answer of the name resolver has more than {_MOST_BYTES} bytes"
                raise ServerError(message, response.status)
            if time.monotonic() > ends:
                raise self._late()
        return bytes(body)

    def _late(self) -> ServerError:
        return ServerError(f"the name resolver does not answer within {self._timeout_s:g} s")


def read_answer(data: bytes) -> Resolved | None:
    """The first object with a position in an answer of Sesame (``sesame_4x.xsd``).

    Raises
    ------
    ServerError
        It is no answer of Sesame.
    """
    findings = Findings()
    root = read_xml(data, findings)
    if root is None:
        raise _nonsense(findings.items[0].message)
    if local_name(root) != "Sesame":
        raise _nonsense(f"its root is {local_name(root)[:50]!r}")
    if root.find("Target") is None:
        raise _nonsense("it has no Target")
    for resolver in root.iterfind("Target/Resolver"):
        position = _position(resolver)
        if position is not None:
            return Resolved(_name(resolver), position, _source(resolver))
    return None


def _nonsense(why: str) -> ServerError:
    return ServerError(f"the answer of the name resolver cannot be read: {why}", 200)


def _position(resolver: etree._Element) -> Position | None:
    """ICRS, in degrees; an object of which no position is known is told without."""
    try:
        ra = float(resolver.findtext("jradeg") or "nan")
        dec = float(resolver.findtext("jdedeg") or "nan")
    except ValueError:
        return None
    is_on_sky = 0 <= ra <= _TURN and -_RIGHT_ANGLE <= dec <= _RIGHT_ANGLE
    return Position(ra, dec) if is_on_sky else None


def _name(resolver: etree._Element) -> str:
    """VizieR writes ``{HIP} 123``, Simbad ``NAME Sgr A*`` for names of no catalogue."""
    name = (resolver.findtext("oname") or "").translate({ord("{"): "", ord("}"): ""})
    return " ".join(name.split()).removeprefix("NAME ")[:MOST_CHARACTERS]


def _source(resolver: etree._Element) -> str:
    """``Simbad`` of ``S=Simbad (CDS, via client/server)``."""
    _, _, name = resolver.get("name", "").partition("=")
    return " ".join(name.partition("(")[0].split())[:MOST_CHARACTERS]


def _refusal(error: HTTPError) -> str:
    if error.headers.get("Location") is not None:
        return "the name resolver sends elsewhere, and is not followed"
    return f"the name resolver answers with status {error.code}"


def _opener_to(url: str) -> urllib.request.OpenerDirector:
    """An opener that follows no redirect: it would lead to what the administrator did not name."""
    opener = urllib.request.OpenerDirector()
    if urlsplit(url).hostname not in LOOPBACK_HOSTS:  # which no proxy reaches
        opener.add_handler(urllib.request.ProxyHandler())
    opener.add_handler(urllib.request.HTTPHandler())
    opener.add_handler(urllib.request.HTTPSHandler())
    opener.add_handler(urllib.request.HTTPErrorProcessor())
    opener.add_handler(urllib.request.HTTPDefaultErrorHandler())
    return opener
