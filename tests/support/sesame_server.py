"""A Sesame service on loopback, over objects that a test gives it.

It answers as that of the CDS does (``…/nph-sesame/-ox/SNV?name``, XML of ``sesame_4x.xsd``), and
can hang, refuse, send elsewhere, say too much, and say nonsense.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Final
from urllib.parse import unquote_plus, urlsplit
from xml.sax.saxutils import escape

PATH: Final = "/cgi-bin/nph-sesame"
CRAB: Final = """<Resolver name="S=Simbad (CDS, via client/server)"><!-- delay: 3ms -->
    <INFO>from cache</INFO>
    <otype>SNR</otype>
    <jpos>05:34:30.9 +22:00:53</jpos>
    <jradeg>83.628700</jradeg>
    <jdedeg>22.014700</jdedeg>
    <refPos>2022A&amp;A...660A..31T</refPos>
    <oname>M   1</oname>
</Resolver>"""
"""The Crab Nebula as Simbad has it."""
PKS_2155: Final = """<Resolver name="S=Simbad (CDS, via client/server)">
    <otype>BLL</otype>
    <jpos>21:58:52.0651 -30:13:32.118</jpos>
    <jradeg>329.71693792</jradeg>
    <jdedeg>-30.22558833</jdedeg>
    <oname>QSO B2155-304</oname>
</Resolver>"""
HIP: Final = """<Resolver name="V1=VizieR (CDS)">
    <INFO>from cache</INFO>
    <jpos>00:01:35.97 +72:14:11.8</jpos>
    <jradeg>0.3998750</jradeg>
    <jdedeg>72.2366111</jdedeg>
    <oname>{HIP} 123</oname>
</Resolver>"""
NOTHING: Final = "<INFO>*** Nothing found ***</INFO>"
_HEAD: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Sesame xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="http://vizier.u-strasbg.fr/xml/sesame_4x.xsd">'
)
_END: Final = "\n</Sesame>\n<!--- ====Done (2026-Mar-01,10:00:00z)==== -->\n"


def answer(name: str, told: str) -> bytes:
    """The whole answer for a name."""
    target = f'\n<Target option="SNV">\n<name>{escape(name)}</name>\n<!-- Q1 #1 -->\n{told}'
    return f"{_HEAD}{target}\n</Target>{_END}".encode()


@dataclass(slots=True)
class SesameSite:
    """What the service knows, how it answers, and what it was asked."""

    objects: dict[str, str] = field(default_factory=dict)
    """Name to what is told of it."""
    whole: bytes | None = None
    """Given instead of any answer."""
    status: int = 200
    moved_to: str = ""
    fault: str = ""
    """``hang``, ``hang up``, ``drip``: the connection is kept, closed, or has a byte at a time."""
    asked: list[str] = field(default_factory=list)
    """Paths with their queries, as they stand in the requests."""
    url: str = ""
    ends: threading.Event = field(default_factory=threading.Event)

    def names_asked(self) -> list[str]:
        return [unquote_plus(urlsplit(path).query) for path in self.asked]

    def told(self, path: str) -> bytes:
        if self.whole is not None:
            return self.whole
        name = unquote_plus(urlsplit(path).query)
        return answer(name, self.objects.get(name, NOTHING))


class _Handler(BaseHTTPRequestHandler):
    site: ClassVar[SesameSite]

    def do_GET(self) -> None:  # the name that the library calls
        site = self.site
        site.asked.append(self.path)
        if site.fault == "hang":
            site.ends.wait(60)
        if site.fault in {"hang", "hang up"}:
            self.close_connection = True
            return
        is_known = urlsplit(self.path).path == f"{PATH}/-ox/SNV"
        body = site.told(self.path) if is_known else b"no"
        self.send_response(site.status if is_known else 404)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        if site.moved_to:
            self.send_header("Location", site.moved_to)
        self.end_headers()
        if site.fault == "drip":
            self._drip(body)
        else:
            self.wfile.write(body)

    def _drip(self, body: bytes) -> None:
        for byte in body:
            if site_ends(self.site):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the library
        """Tests read `SesameSite.asked`."""


def site_ends(site: SesameSite) -> bool:
    """Wait a moment; whether the test is over."""
    time.sleep(0.05)
    return site.ends.is_set()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that gives up is what some tests are about."""


@contextmanager
def sesame_server(site: SesameSite) -> Iterator[SesameSite]:
    """Serve the site on a free port; its ``url`` is what the setting takes."""
    handler = type("Handler", (_Handler,), {"site": site})
    with _Server(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}{PATH}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            site.ends.set()
            server.shutdown()
            thread.join()
