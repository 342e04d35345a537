"""Care of the catalogue: rebuild what is derived, compare it, say how it is."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from typing import Final

from provstore.errors import BadParameterError, ConflictError
from provstore.model.keyword_rules import Rules, shipped
from provstore.model.lineage import CATALOGUE_ENGINE, GRAPH_ENGINE
from provstore.services.projection import Projector, behind
from provstore.stores.catalogue import attachment, check, coverage, latest, ledger, parameters
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.names import load_names, save_names
from provstore.stores.catalogue.outbox import Changes, recording
from provstore.stores.catalogue.rederive import rederive
from provstore.stores.catalogue.ties import rebuild_ties
from provstore.stores.keywords import keep

Progress = Callable[[int, int], None]
"""Called with how many elements are done, and of how many."""


class Maintenance:
    """What an administrator asks for.

    Parameters
    ----------
    database
        The catalogue.
    rules
        The provenance keywords that datasets inherit.
    zones
        Time zone of the zone-less times of a source, by its name.
    projector
        What writes the graph; None where there is none but the catalogue itself.
    """

    def __init__(
        self,
        database: Database,
        rules: Rules | None = None,
        zones: Mapping[str, tzinfo] | None = None,
        projector: Projector | None = None,
    ) -> None:
        self._database = database
        self._rules = rules or shipped()
        self._zones = dict(zones or {})
        self._projector = projector

    def rebuild(self, progress: Progress | None = None) -> int:
        """Derive everything anew from the truth rows; returns the number of elements.

        One transaction: readers see the old state until it is done.
        """
        with recording(self._database, self._keep_anew) as tx:
            total = check.count_elements(tx)
            names = load_names(tx)
            done = 0
            for numbers in check.chunks(tx):
                rederive(tx, names, set(numbers), zones=self._zones)
                coverage.rebuild(tx, numbers)
                latest.settle(tx, latest.datasets_of(tx, numbers))
                done += len(numbers)
                if progress is not None:
                    progress(done, total)
            for numbers in check.chunks(tx):  # which read what was derived of others
                parameters.rebuild(tx, numbers)
            parameters.drop_strays(tx)
            rebuild_ties(tx)
            save_names(tx, names)
            return done

    def rebuild_keywords(self) -> int:
        """Keep anew what elements inherit; returns the number of elements."""
        with self._database.writing() as tx:
            return keep.rebuild(tx, self._rules)

    def follow_rules(self) -> bool:
        """Keep anew what elements inherit where it was kept by other rules; tells whether it was.

        A catalogue of an earlier version has it kept by none.
        """
        with self._database.reading() as tx:
            if keep.is_kept_by(tx, self._rules):
                return False
        self.rebuild_keywords()
        return True

    def _keep_anew(self, tx: Transaction, _changes: Changes) -> None:
        keep.rebuild(tx, self._rules)

    @property
    def has_graph(self) -> bool:
        """Whether there is a graph beside the catalogue."""
        return self._projector is not None

    def rebuild_graph(self, progress: Progress | None = None) -> int:
        """Write the graph anew; returns the number of elements that it shows.

        Questions are answered from the catalogue meanwhile.

        Raises
        ------
        BadParameterError
            No graph is set.
        GraphUnavailableError
            It cannot be written.
        """
        if self._projector is None:
            raise BadParameterError("PROVSTORE_GRAPH_URL", "", "the address of a Neo4j to rebuild")
        return self._projector.rebuild(progress)

    def detach_graph(self) -> None:
        """Forget the graph: changes are not kept for it any more.

        Raises
        ------
        ConflictError
            GRAPH_URL is set: whatever works with it would attach the graph again.
        """
        if self._projector is not None:
            raise ConflictError("GRAPH_URL is set: unset it for every process first, then detach")
        with self._database.writing() as tx:
            attachment.detach(tx)

    def doctor(self, wait_s: float = 0.0) -> list[str]:
        """A sentence for each kept fact that is not what the truth rows give; none is well.

        Parameters
        ----------
        wait_s
            Longest wait, in seconds, for the graph to show the catalogue. What it does not show
            then is a difference.
        """
        with self._database.reading() as tx:
            names = load_names(tx)
            found = [
                sentence
                for numbers in check.chunks(tx)
                for sentence in check.differences(tx, names, numbers, self._zones)
            ]
            found.extend(check.tie_differences(tx))
            found.extend(parameters.strays(tx))
            found.extend(keep.differences(tx, self._rules))
            is_attached = behind(tx) is not None
        if self._projector is not None:
            found.extend(self._projector.differences(wait_s))
        elif is_attached:
            found.append(_LEFT_BEHIND)
        return found

    def health(self) -> Mapping[str, object]:
        """How much the catalogue holds and what waits; raises where it cannot be read."""
        self._database.check_schema()
        with self._database.reading() as tx:
            counts = ledger.counts(tx)
            known = behind(tx)
        state: dict[str, object] = {"status": "ok", "engine": self._engine, **counts}
        if self._projector is not None:
            state["graph"] = self._projector.health(known)
        elif known is not None:
            lag = {"behind": known.rows, "behind_s": round(known.seconds, 3)}
            state["graph"] = {"state": "left-behind", **lag, "finding": _LEFT_BEHIND}
        return state

    @property
    def _engine(self) -> str:
        return CATALOGUE_ENGINE if self._projector is None else GRAPH_ENGINE


_LEFT_BEHIND: Final = (
    "the catalogue keeps its changes for a graph, and GRAPH_URL names none: set it, or run "
    "`provstore rebuild graph --detach`"
)
