"""A real server over a catalogue of its own."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from starlette.types import ASGIApp
from support.engines import empty_catalogue, settings

from provstore.factory import build
from provstore.main import create_app
from provstore.model.access import Role


def free_socket() -> socket.socket:
    """A listening socket on a free port of the loopback address."""
    # asyncio turns Nagle off only where the protocol is said: else each answer waits 40 ms
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return listening


def address(listening: socket.socket) -> str:
    return f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextmanager
def serving(app: ASGIApp, listening: socket.socket) -> Iterator[str]:
    """Run ``app`` under uvicorn in a thread; gives its URL."""
    config = uvicorn.Config(app, log_config=None, ws="none", timeout_graceful_shutdown=10)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.005)
        yield address(listening)
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def archive_at(folder: Path, **changes: object) -> Iterator[httpx.Client]:
    """A whole server over a fresh catalogue in ``folder``; gives a client of it."""
    listening = free_socket()
    empty_catalogue(folder)
    chosen = settings(folder, **{"base_url": address(listening), **changes})
    with serving(create_app(chosen), listening) as url, httpx.Client(base_url=url) as client:
        yield client


def token_of(folder: Path, role: Role, source: str | None = None) -> dict[str, str]:
    """The headers of a client with a new token for the catalogue in ``folder``."""
    services = build(settings(folder))
    try:
        secret = services.access.create(f"{role.value} of the tests", role, source)
    finally:
        services.close()
    return {"Authorization": f"Bearer {secret}"}
