"""Care of the catalogue: rebuild what is derived, compare it, say how it is."""

from collections.abc import Callable, Mapping
from datetime import tzinfo

from provstore.stores.catalogue import check, ledger
from provstore.stores.catalogue.database import Database
from provstore.stores.catalogue.names import load_names, save_names
from provstore.stores.catalogue.outbox import recording
from provstore.stores.catalogue.rederive import rederive
from provstore.stores.catalogue.ties import rebuild_ties

Progress = Callable[[int, int], None]
"""Called with how many elements are done, and of how many."""


class Maintenance:
    """What an administrator asks for."""

    def __init__(self, database: Database, zones: Mapping[str, tzinfo] | None = None) -> None:
        self._database = database
        self._zones = dict(zones or {})

    def rebuild(self, progress: Progress | None = None) -> int:
        """Derive everything anew from the truth rows; returns the number of elements.

        One transaction: readers see the old state until it is done.
        """
        with recording(self._database) as tx:
            total = check.count_elements(tx)
            names = load_names(tx)
            done = 0
            for numbers in check.chunks(tx):
                rederive(tx, names, set(numbers), zones=self._zones)
                done += len(numbers)
                if progress is not None:
                    progress(done, total)
            rebuild_ties(tx)
            save_names(tx, names)
            return done

    def doctor(self) -> list[str]:
        """A sentence for each kept fact that is not what the truth rows give; none is well."""
        with self._database.reading() as tx:
            names = load_names(tx)
            found = [
                sentence
                for numbers in check.chunks(tx)
                for sentence in check.differences(tx, names, numbers, self._zones)
            ]
            found.extend(check.tie_differences(tx))
            return found

    def health(self) -> Mapping[str, object]:
        """How much the catalogue holds and what waits; raises where it cannot be read."""
        self._database.check_schema()
        with self._database.reading() as tx:
            return {"status": "ok", "engine": "catalogue", **ledger.counts(tx)}
