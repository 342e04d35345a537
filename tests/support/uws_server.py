"""A UWS server on loopback, over jobs that a test gives it: of UWS 1.1, 1.0, or as OPUS answers.

It can be slow, fail, hang up, refuse parameters and send elsewhere.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

NAMESPACES = (
    'xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
)
LIST = "/uws/cube"


@dataclass(slots=True)
class Job:
    """A job of the server."""

    id: str
    phase: str = "COMPLETED"
    created: str = "2026-03-01T10:00:00Z"
    document: bytes | None = None
    """The whole answer; made from the above where it is not given."""
    results: dict[str, str] = field(default_factory=dict)
    """Id to link."""


@dataclass(slots=True)
class UwsSite:
    """What the server has, how it answers, and what it was asked."""

    version: str = "1.1"
    jobs: dict[str, Job] = field(default_factory=dict)
    list_path: str = LIST
    files: dict[str, bytes] = field(default_factory=dict)
    """Other paths to what is there."""
    redirects: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    """What happens to the next requests: ``500``, ``hang up``, ``break off``, ``slow``, ``ok``."""
    filters_refused: int | None = None
    """Status for a list with a query."""
    holds: dict[str, threading.Event] = field(default_factory=dict)
    """Paths that get no answer; the connection ends when their event is set."""
    on_wait: Callable[[], None] | None = None
    authorization: str | None = None
    """Without this header every request is answered 401."""
    asked: list[str] = field(default_factory=list)
    url: str = ""

    @property
    def list_url(self) -> str:
        return self.url + self.list_path

    def add(self, *jobs: Job) -> None:
        self.jobs.update({job.id: job for job in jobs})

    def paths_asked(self) -> list[str]:
        """Without their queries."""
        return [urlsplit(path).path for path in self.asked]

    def jobs_asked(self) -> list[str]:
        """Ids of the jobs that were read, in order."""
        start = self.list_path + "/"
        return [path[len(start) :] for path in self.paths_asked() if path.startswith(start)]

    def answer(self, target: str) -> bytes | int:
        """The body for a path with its query, or a status."""
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        if parts.path in self.files:
            return self.files[parts.path]
        if parts.path == self.list_path:
            return self.filters_refused if query and self.filters_refused else self._list(query)
        job = self.jobs.get(unquote(parts.path.removeprefix(self.list_path + "/")))
        if job is None:
            return 404
        if "WAIT" in query and self.on_wait is not None:
            self.on_wait()
        return self._job(job)

    def _list(self, query: dict[str, list[str]]) -> bytes:
        jobs = list(self.jobs.values())
        if self.version == "1.1":
            if "PHASE" in query:
                jobs = [job for job in jobs if job.phase in query["PHASE"]]
            for after in query.get("AFTER", ()):
                jobs = [job for job in jobs if job.created > after]
        told = "".join(map(self._reference, jobs))
        return f"<uws:jobs {NAMESPACES}{self._version()}>{told}</uws:jobs>".encode()

    def _version(self) -> str:
        return f' version="{self.version}"' if self.version == "1.1" else ""

    def _reference(self, job: Job) -> str:
        created = f"<uws:creationTime>{job.created}</uws:creationTime>"
        return (
            f'<uws:jobref id="{job.id}" xlink:href="{self.list_url}/{job.id}">'
            f"<uws:phase>{job.phase}</uws:phase>{created if self.version == '1.1' else ''}"
            "</uws:jobref>"
        )

    def _job(self, job: Job) -> bytes:
        if job.document is not None:
            return job.document
        results = "".join(
            f'<uws:result id="{name}" xlink:href="{link}"/>' for name, link in job.results.items()
        )
        return (
            f"<uws:job {NAMESPACES}{self._version()}><uws:jobId>{job.id}</uws:jobId>"
            f"<uws:phase>{job.phase}</uws:phase><uws:results>{results}</uws:results></uws:job>"
        ).encode()


class _Handler(BaseHTTPRequestHandler):
    site: ClassVar[UwsSite]

    def do_GET(self) -> None:  # the name that the library calls
        self.site.asked.append(self.path)
        fault = self.site.faults.pop(0) if self.site.faults else "ok"
        if fault == "hang up":
            self.close_connection = True
            return
        held = self.site.holds.get(urlsplit(self.path).path)
        if held is not None:
            held.wait(60)
            self.close_connection = True
            return
        if fault == "slow":
            time.sleep(1.5)
        if urlsplit(self.path).path in self.site.redirects:
            self._send(303, b"", Location=self.site.redirects[urlsplit(self.path).path])
            return
        wanted = self.site.authorization
        if wanted is not None and self.headers["Authorization"] != wanted:
            self._send(401, b"who?")
            return
        found = int(fault) if fault.isdigit() else self.site.answer(self.path)
        if isinstance(found, int):
            self._send(found, b"no")
        else:
            self._send(200, found, cut=fault == "break off")

    def _send(self, status: int, body: bytes, *, cut: bool = False, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the library
        """Tests read `UwsSite.asked`."""


@contextmanager
def uws_server(site: UwsSite) -> Iterator[UwsSite]:
    """Serve the site on a free port; its ``url`` says where."""
    handler = type("Handler", (_Handler,), {"site": site})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
