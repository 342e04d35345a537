"""What works beside the server, in a process of its own."""

import signal
import threading
from types import FrameType

from provstore.cli.output import note


def worker() -> None:
    """Work off large documents, and bring the graph up to date, until Ctrl-C or SIGTERM.

    Every server does so too; whichever process takes the work first has it.
    """
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopped.set()

    # before anything that takes time: who stops a service does not look how far it has come
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    import logging

    from provstore.cli.embedded import services

    logging.basicConfig(level=logging.INFO, format="%(levelname)s:     %(message)s")
    for name in ("alembic", "neo4j"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with services(prepare=True) as opened:
        background = opened.background()
        background.start()
        graph = opened.settings.graph_url or "none, GRAPH_URL is not set"
        note(f"provstore works; its graph is {graph}")
        stopped.wait()
        background.stop()
    note("provstore worker ended")
