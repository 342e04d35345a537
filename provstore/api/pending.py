"""Large documents that were answered 202 are worked off beside the requests."""

import logging
import threading
from typing import Final

from provstore.errors import ProvstoreError
from provstore.services.ingest import Ingest

INTERVAL_S: Final = 0.5
"""Rest between two looks for pending documents."""
_log: Final = logging.getLogger(__name__)


class PendingWorker(threading.Thread):
    """Thread that finishes pending documents until it is stopped.

    Several processes may each run one: who finishes a document is decided in the catalogue.
    """

    def __init__(self, ingest: Ingest) -> None:
        super().__init__(name="provstore-pending", daemon=True)
        self._ingest = ingest
        self._stopping = threading.Event()

    def run(self) -> None:
        """Look, work, rest; a failure is logged and the documents stay pending."""
        while not self._stopping.wait(INTERVAL_S):
            try:
                self._ingest.finish_pending()
            except ProvstoreError as error:
                _log.warning("pending documents wait: %s", error, extra={"code": error.code})
            except Exception:  # noqa: BLE001  logged; a thread that died would leave 202s unkept
                _log.exception("pending documents wait: unexpected error")

    def stop(self) -> None:
        """End after the document in hand."""
        self._stopping.set()
        self.join()
