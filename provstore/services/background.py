"""What works beside the requests: in the server's processes, or in one of its own."""

import logging
import threading
from collections.abc import Callable, Sequence
from typing import Final

from provstore.services.failures import tell
from provstore.services.ingest import Ingest

Work = Callable[[threading.Event], None]
"""Goes on until the event is set."""

INTERVAL_S: Final = 0.5
"""Rest between two looks for pending documents."""
_log: Final = logging.getLogger(__name__)


class Background:
    """Threads that work until they are stopped.

    Parameters
    ----------
    works
        What each of them does.
    """

    def __init__(self, works: Sequence[Work]) -> None:
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(
                target=work, args=(self._stopping,), name=f"provstore-{number}", daemon=True
            )
            for number, work in enumerate(works)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after what is in hand."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()


def finish_pending(ingest: Ingest, stopping: threading.Event) -> None:
    """Work off large documents that were answered 202.

    Several processes may each do so: who finishes a document is decided in the catalogue. A failure
    is logged when it begins, and the documents stay pending.
    """
    told = ""
    while not stopping.wait(INTERVAL_S):
        try:
            ingest.finish_pending()
        except Exception as error:  # noqa: BLE001  logged; a thread that died would leave 202s unkept
            told = tell(_log, "pending documents wait", error, told)
        else:
            told = ""
