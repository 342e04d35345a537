"""The server: settings for its workers, the schema before they start, then uvicorn."""

import os
import socket
from copy import deepcopy
from typing import Annotated, Any, Final

import typer

from provstore.cli.output import note, print_line
from provstore.errors import BadParameterError

DEFAULT_PORT: Final = 8000
_ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  compared, not bound
_SHUTDOWN_GRACE_S: Final = 10
"""Longest that requests in flight are waited for when the server is asked to stop, in seconds."""

Host = Annotated[str, typer.Option("--host", help="Address to listen on.")]
Port = Annotated[
    int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 is any free one.")
]
Workers = Annotated[
    int | None, typer.Option("--workers", min=1, help="Processes; each answers several requests.")
]


def serve(host: Host = "127.0.0.1", port: Port = DEFAULT_PORT, workers: Workers = None) -> None:
    """Start the server; Ctrl-C or SIGTERM stops it.

    Workers read the settings from the environment. BASE_URL is the listen address unless it is
    set.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    from provstore.cli.embedded import settings
    from provstore.factory import migrate

    listening = listen(host, port)
    chosen = int(listening.getsockname()[1])
    if "base_url" not in settings().model_fields_set:
        os.environ["PROVSTORE_BASE_URL"] = listen_url(host, chosen)
    known = settings()
    migrate(known)
    print_line(known.base_url)
    graph = f", its graph {known.graph_url}" if known.graph_url else ""
    catalogue = _shown(known.catalogue_url)
    note(f"provstore listens on {host}:{chosen}; its catalogue is {catalogue}{graph}")
    config = uvicorn.Config(
        "provstore.main:app_from_environment",
        factory=True,
        workers=workers or 1,
        log_config=_logging(),
        server_header=False,
        # The application itself decides what a proxy's headers mean.
        proxy_headers=False,
        timeout_graceful_shutdown=_SHUTDOWN_GRACE_S,
    )
    if config.workers == 1:
        uvicorn.Server(config).run(sockets=[listening])
    else:
        Multiprocess(config, sockets=[listening]).run()


def listen(host: str, port: int) -> socket.socket:
    """The socket that all workers accept from; port 0 is any free one.

    Raises
    ------
    BadParameterError
        It is taken, or the host has no such address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The event loop sends at once only on sockets that say they are TCP; else each answer of a
    # kept connection waits 40 ms for the client's acknowledgement.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise BadParameterError(
            "--host, --port", f"{host}:{port}", f"a free address ({error.strerror})"
        ) from error
    listening.set_inheritable(True)
    return listening


def listen_url(host: str, port: int) -> str:
    """The address under which users reach a server that listens there."""
    name = socket.gethostname() if host in _ANY_HOST else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _shown(url: str) -> str:
    """A database's address without its password."""
    head, at, tail = url.rpartition("@")
    return tail if at and head else url


def _logging() -> dict[str, Any]:
    """The logging of uvicorn with requests on stderr too: stdout is for results."""
    from uvicorn.config import LOGGING_CONFIG

    config = deepcopy(LOGGING_CONFIG)
    config["handlers"]["access"]["stream"] = "ext://sys.stderr"
    config["root"] = {"handlers": ["default"], "level": "WARNING"}
    # also that what was warned of is well again
    config["loggers"]["provstore"] = {"level": "INFO"}
    return config
