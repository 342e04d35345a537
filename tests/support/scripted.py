"""An HTTP server that answers what it is told: for faults that a real server does not show."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, NamedTuple


class Reply(NamedTuple):
    """One answer."""

    status: int
    body: bytes = b""
    headers: Sequence[tuple[str, str]] = ()


class Scripted:
    """What a scripted server has been asked, and what it will answer; the last reply repeats."""

    def __init__(self, replies: Sequence[Reply]) -> None:
        self.replies = list(replies)
        self.requests: list[tuple[str, str, dict[str, str], bytes]] = []
        self.url = ""

    def next_reply(self) -> Reply:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


class _Handler(BaseHTTPRequestHandler):
    script: ClassVar[Scripted]

    def do_GET(self) -> None:  # the name that the library calls
        self._answer()

    do_POST = do_PUT = do_GET  # noqa: N815  the names that the library calls

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.script.requests.append((self.command, self.path, dict(self.headers), body))
        reply = self.script.next_reply()
        self.send_response(reply.status)
        for name, value in {"Content-Length": str(len(reply.body)), **dict(reply.headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as in the library
        """Tests read `Scripted.requests`."""


@contextmanager
def scripted_server(*replies: Reply) -> Iterator[Scripted]:
    """A server on loopback that gives these replies in turn."""
    script = Scripted(replies)
    handler = type("Handler", (_Handler,), {"script": script})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        script.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield script
        finally:
            server.shutdown()
            thread.join()
