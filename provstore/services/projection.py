"""Brings the graph up to date with the catalogue: one worker at a time, in order, again and again.

Several processes may each run a `Projector`. A lease in the catalogue decides which one writes; the
state that stands in the graph itself keeps a worker that lost its lease unawares from writing, and
tells a graph that was emptied, restored from a copy, or is another catalogue's: it is written anew.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol, TypeVar

from provstore.errors import BusyError, GraphUnavailableError, ProvstoreError
from provstore.services.ahead import ahead
from provstore.services.failures import tell
from provstore.stores.catalogue import attachment, check, outbox
from provstore.stores.catalogue.attachment import Attached, Stage
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.outbox import Batch, State
from provstore.stores.graph import compare, content
from provstore.stores.graph.content import Step
from provstore.stores.graph.faults import PASSING, Fault
from provstore.stores.graph.projection import (
    OvertakenError,
    Progress,
    Projection,
    Server,
    in_transactions,
)

if TYPE_CHECKING:  # its driver need not be installed
    from provstore.stores.graph.neo4j import GraphState

Report = Callable[[int, int], None]
"""Called with how many elements and relations are written, and of how many."""

_BUSY_S: Final = 0.02
_IDLE_S: Final = 0.1
_OTHERS_S: Final = 1.0
"""Rests between two looks: after work, without, and where another worker has the lease."""
_RENEW_S: Final = attachment.LEASE_S / 3
_LOOK_S: Final = 2.0
"""Rest between two looks at a graph of which nothing is to be changed."""
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_POLL_S: Final = 0.05
_PATIENCE_S: Final = 10.0
"""Longest wait for a Neo4j that was just started, where somebody waits for it on purpose."""
_TROUBLE_S: Final = 60.0
"""Longest that a graph which is written anew waits for Neo4j, rather than begin once more."""
_MOMENTARY: Final = frozenset(
    {Fault.UNREACHABLE, Fault.HANGING, Fault.SLOW, Fault.UNKNOWN, Fault.BUSY}
)
"""What may be over soon, where a graph is written anew."""
_MANY: Final = 100_000
"""Relations from which on a graph is written without its indexes, which are made afterwards."""
_log: Final = logging.getLogger(__name__)
_T = TypeVar("_T")


class WatchedServer(Server, Protocol):
    """A connection that says how the server does."""

    def state(self) -> "GraphState":
        """How it does, as far as is known; waits for nothing."""

    def wait_up(self, patience_s: float) -> bool:
        """Wait until it can be asked, at most so many seconds; tells whether it can."""


class Behind(NamedTuple):
    """How the graph does, as the catalogue knows it."""

    stage: Stage
    rows: int
    """Rows of the outbox that it does not show."""
    seconds: float
    """Since the oldest of them."""
    holder: str
    """Which worker writes it; empty is none."""


def behind(tx: Transaction) -> Behind | None:
    """How far the graph is behind; None where none is attached."""
    known = attachment.attached(tx)
    if known is None:
        return None
    waiting = outbox.lag(tx)
    holder = known.holder if known.until > outbox.clock(tx) else ""
    return Behind(known.stage, waiting.rows, waiting.seconds, holder)


def is_up_to_date(tx: Transaction) -> bool:
    """Whether the graph shows all that this transaction sees."""
    known = behind(tx)
    return known is not None and known.stage is Stage.LIVE and not known.rows


class _StoppedError(Exception):
    """The worker is to stop."""


class _LeaseLostError(Exception):
    """Another worker writes the graph now."""


class Projector:
    """Works off the outbox.

    Parameters
    ----------
    database
        The catalogue.
    server
        The connection to the graph.
    most
        Elements and relations that are taken from the outbox at once, about.
    """

    def __init__(self, database: Database, server: WatchedServer, *, most: int = 5000) -> None:
        host = socket.gethostname()
        self._holder = f"{host}:{os.getpid()}:{secrets.token_hex(4)}"
        self._database = database
        self._server, self._most = server, most
        self._projection = Projection(server, self._holder)
        self._graph: Progress | None = None
        """What this worker left in the graph; None where it has to look."""
        self._held_at = float("-inf")
        """When the lease was prolonged, by this process's own clock."""
        self._looked_at = float("-inf")
        self._contradicted = False
        """Whether Neo4j refused what should have fitted to what stands there."""
        self._reason: str | None = None
        """Why the graph is written anew, as it was said last; None since that has succeeded."""
        self._stopping = threading.Event()

    # -- for ever

    def run(self, stopping: threading.Event) -> None:
        """Work until told to stop; whatever fails is logged once and tried again."""
        self._stopping = stopping
        pause_s, told = _FIRST_PAUSE_S, ""
        while not stopping.is_set():
            try:
                rest_s = self.turn()
            except (_StoppedError, OvertakenError, _LeaseLostError):
                self._graph, rest_s = None, _BUSY_S
            except Exception as error:  # noqa: BLE001  logged; a thread that died would leave the graph behind for ever
                self._graph, rest_s = None, pause_s
                self._contradicted = _is_contradiction(error)
                pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
                told = tell(_log, "the graph waits", error, told, is_logged=_is_logged(error))
            else:
                pause_s, told = _FIRST_PAUSE_S, ""
            stopping.wait(rest_s)
        self._give_back()

    def turn(self) -> float:
        """Do what there is to do now; gives how long to rest then, in seconds.

        Raises
        ------
        OvertakenError
            The graph is not as this worker left it.
        GraphUnavailableError, UnavailableError, BusyError
            The graph, or the catalogue, cannot be used now.
        """
        if not self._holds():
            return _OTHERS_S
        if self._contradicted:
            self._distrust()
            self._contradicted = False
        if self._graph is None:
            self._look()
            return 0.0
        with self._undone_if_unsure(), self._database.reading() as tx:
            known = self._own(tx)
            if _why_anew(tx, known, self._graph) is not None:
                self._graph = None
                return 0.0
            batch = outbox.take(tx, self._most)
            if batch is not None:
                self._bring(tx, batch)
        if batch is None:
            self._look_at_times()
            return _IDLE_S
        self._note_shown(batch.position, batch.stamp)
        return _BUSY_S

    # -- how it does

    def health(self, known: Behind | None) -> dict[str, object]:
        """The graph's state for monitors, from what the catalogue knows and the connection."""
        server = self._server.state()
        stage = "new" if known is None else known.stage.value
        return {
            # a graph that is not there neither lags nor leads
            "state": stage if server.status == "up" else str(server.status),
            "behind": 0 if known is None else known.rows,
            "behind_s": 0.0 if known is None else round(known.seconds, 3),
            "written_by": "" if known is None else known.holder,
            "version": server.version,
            "finding": server.finding,
        }

    def differences(self, patience_s: float) -> Iterator[str]:
        """A sentence for each difference between graph and catalogue; none is well.

        Parameters
        ----------
        patience_s
            Longest wait, in seconds, for the graph to show the catalogue, and for a moment in which
            neither changes.
        """
        self._server.wait_up(_PATIENCE_S)
        deadline = time.monotonic() + patience_s
        if not wait_until_shown(self._database, patience_s):
            with self._database.reading() as tx:
                yield _lacking(behind(tx))
            return
        try:
            found = self._compared()
            while found is None and time.monotonic() < deadline:
                time.sleep(_POLL_S)
                found = self._compared()
        except GraphUnavailableError as error:
            yield str(error)
            return
        if found is None:
            yield "the graph cannot be compared: it is not in the catalogue's state, or changes"
        else:
            yield from found

    def _compared(self) -> list[str] | None:
        """The differences; None where the graph is not in the state of the snapshot, or changes."""
        with self._database.reading() as tx:
            state = outbox.state(tx)
            if self._projection.progress() != _shows(state):
                return None
            found = list(compare.differences(tx, self._server, state.stamp))
            return found if self._projection.progress() == _shows(state) else None

    # -- the lease

    def _holds(self) -> bool:
        """Whether this worker has the lease; takes it where nobody has."""
        if time.monotonic() - self._held_at < _RENEW_S:
            return True
        with self._database.reading() as tx:
            known = attachment.attached(tx)
            is_taken = known is not None and self._is_of_another(tx, known)
        if known is None:
            with self._database.writing() as tx:
                attachment.attach(tx)
        if is_taken or not self._hold():
            self._graph = None
            return False
        return True

    def _is_of_another(self, tx: Transaction, known: Attached) -> bool:
        return known.holder not in {"", self._holder} and known.until > outbox.clock(tx)

    def _hold(self, *, by_force: bool = False) -> bool:
        asked_at = time.monotonic()
        with self._database.noting() as tx:
            is_held = attachment.hold(tx, self._holder, by_force=by_force)
        self._held_at = asked_at if is_held else float("-inf")
        return is_held

    def _own(self, tx: Transaction) -> Attached:
        """The graph as the catalogue knows it, while this worker has the lease."""
        known = attachment.attached(tx)
        if known is None or known.holder != self._holder:
            raise self._lost()
        return known

    def _lost(self) -> _LeaseLostError:
        self._held_at = float("-inf")
        return _LeaseLostError()

    def _keep(self) -> None:
        """Prolong the lease while much is written."""
        if self._stopping.is_set():
            raise _StoppedError
        if time.monotonic() - self._held_at < _RENEW_S:
            return
        try:
            is_held = self._hold()
        except BusyError:  # on SQLite; while somebody writes nobody else takes the lease either
            return
        if not is_held:
            raise self._lost()

    def _give_back(self) -> None:
        self._held_at = float("-inf")
        try:
            with self._database.noting() as tx:
                attachment.release(tx, self._holder)
        except ProvstoreError:  # then it ends by itself
            pass

    # -- what changed

    def _bring(self, tx: Transaction, batch: Batch) -> None:
        """Write the present state of what a batch names.

        What is read is of this snapshot, which may have changes that the batch does not name. Only
        where none is left does the graph show a state that the catalogue had.
        """
        state = outbox.state(tx)
        steps = content.changes(tx, batch, outbox.moving(tx))
        for group, is_last in in_transactions(steps):
            before = self._written()
            after = _half_way(state, before.position)
            if is_last and batch.is_all:
                after = _shows(state)
            elif is_last:
                after = _half_way(state, batch.position)
            self._projection.write(before, group, after)
            self._graph = after
            self._keep()

    def _written(self) -> Progress:
        if self._graph is None:
            raise OvertakenError
        return self._graph

    def _note_shown(self, position: int, stamp: int) -> None:
        with self._database.noting() as tx:
            if not attachment.shown(tx, self._holder, position, stamp):
                raise self._lost()

    @contextmanager
    def _undone_if_unsure(self) -> Iterator[None]:
        """Look at the graph again after a failure: it may have come after the commit."""
        try:
            yield
        except BaseException:
            self._graph = None
            raise

    # -- what stands in the graph

    def _look_at_times(self) -> None:
        if time.monotonic() - self._looked_at >= _LOOK_S:
            self._looked_at = time.monotonic()
            if self._projection.progress() != self._graph:
                self._graph = None

    def _look(self) -> None:
        """Go on with what stands in the graph, or write it anew."""
        progress = self._projection.progress()
        with self._database.reading() as tx:
            known = self._own(tx)
            reason = _why_anew(tx, known, progress)
            stamp = None if progress is None else outbox.stamp_at(tx, progress.position)
        if reason is not None or progress is None:
            if reason != self._reason:
                _log.warning("the graph is written anew: %s", reason)
            self._reason = reason
            self._write_anew(None)
            return
        self._meanwhile(self._projection.complete)
        if stamp is not None:  # it was written, and that was not noted any more
            self._note_shown(progress.position, stamp)
        self._graph, self._looked_at = progress, time.monotonic()

    # -- anew

    def rebuild(self, report: Report | None = None) -> int:
        """Write the graph anew, whoever else writes it; gives how many elements it shows.

        Questions are answered from the catalogue meanwhile.

        Raises
        ------
        GraphUnavailableError, UnavailableError, BusyError
            The graph, or the catalogue, cannot be used. Where Neo4j could not be asked at all the
            graph stays as it is; else it is unfinished, and the next worker writes it anew.
        """
        if not self._server.wait_up(_PATIENCE_S):
            server = self._server.state()
            raise GraphUnavailableError(server.finding, server.fault or server.status)
        with self._database.writing() as tx:
            attachment.attach(tx)
        self._hold(by_force=True)
        try:
            return self._write_anew(report)
        except (OvertakenError, _LeaseLostError) as error:
            message = "another worker began to write the graph anew"
            raise GraphUnavailableError(message, "overtaken") from error
        finally:
            self._give_back()

    def _write_anew(self, report: Report | None) -> int:
        self._distrust()
        with self._database.reading() as tx:
            catalogue = outbox.state(tx).catalogue
            is_large = check.count_relations(tx) >= _MANY
        with self._undone_if_unsure():
            started = self._projection.begin(catalogue, outbox.new_stamp(), is_large=is_large)
            while self._patiently(lambda: self._projection.clear(started)):
                self._keep()
            with self._database.reading() as tx:
                state, count = outbox.state(tx), check.count_elements(tx)
                filled = self._fill(tx, started, count, report)
            self._patiently(lambda: self._meanwhile(self._projection.complete))
            self._write(filled, (), _shows(state))
            self._note_written(state)
            self._graph, self._looked_at = _shows(state), time.monotonic()
        self._reason = None
        _log.info("the graph shows the whole catalogue: %d elements", count)
        return count

    def _note_written(self, state: State) -> None:
        """Note that the whole graph is written, however long the catalogue's writer is at work."""
        while True:
            try:
                self._note_shown(state.position, state.stamp)
            except BusyError:
                if self._stopping.is_set():
                    raise
            else:
                return

    def _distrust(self) -> None:
        """Have the graph written anew, by this worker or the next."""
        with self._database.noting() as tx:
            if not attachment.begin_rebuild(tx, self._holder):
                raise self._lost()

    def _fill(
        self, tx: Transaction, started: Progress, count: int, report: Report | None
    ) -> Progress:
        """Write all elements and relations, the next read meanwhile; gives what then stands."""
        total, done, before = count + check.count_relations(tx), 0, started
        with ahead(in_transactions(content.everything(tx))) as groups:
            for group, _ in groups:
                after = started._replace(stamp=outbox.new_stamp())
                self._write(before, group, after)
                before = after
                done += sum(step.read for step in group)
                if report is not None:
                    report(done, total)
                self._keep()
        return before

    def _write(self, before: Progress, group: Sequence[Step], after: Progress) -> None:
        def write() -> None:
            try:
                self._projection.write(before, group, after, is_new=True)
            except OvertakenError:
                # where it failed in the commit, it may be written
                if self._projection.progress() != after:
                    raise

        self._patiently(write)

    def _patiently(self, work: Callable[[], _T]) -> _T:
        """Do a part of much; a moment's trouble must not undo what is done."""
        deadline = time.monotonic() + _TROUBLE_S
        while True:
            try:
                return work()
            except GraphUnavailableError as error:
                if error.fault not in _MOMENTARY or time.monotonic() >= deadline:
                    raise
            self._keep()
            self._stopping.wait(_FIRST_PAUSE_S)
            self._server.wait_up(_RENEW_S)

    def _meanwhile(self, work: Callable[[], None]) -> None:
        """Have something done that may take minutes, and keep the lease."""
        pool = ThreadPoolExecutor(1)
        try:
            done = pool.submit(work)
            while not wait([done], _POLL_S).done:
                self._keep()
            done.result()
        finally:
            pool.shutdown(wait=False)  # where the lease is lost, or all is to stop


def _lacking(known: Behind | None) -> str:
    if known is None:
        return "no worker has written the graph yet: run `provstore serve` or `provstore worker`"
    if known.stage is Stage.REBUILDING:
        return "the graph is being written anew, or has to be: `provstore rebuild graph`"
    return (
        f"the graph lacks {known.rows} changes, the oldest {known.seconds:.0f} s old; "
        f"{'its worker is ' + known.holder if known.holder else 'no worker writes it'}"
    )


def _shows(state: State) -> Progress:
    """A graph that shows a state of the catalogue exactly."""
    return Progress(state.catalogue, state.position, state.position, state.stamp, state.stamp)


def _half_way(state: State, position: int) -> Progress:
    """One that shows rows of the outbox up to a position, and of later ones here and there some."""
    return Progress(state.catalogue, position, state.position, state.stamp, outbox.new_stamp())


def _why_anew(tx: Transaction, known: Attached, progress: Progress | None) -> str | None:
    """Why a graph has to be written anew; None where it only lacks what is in the outbox."""
    if progress is None:
        return "nothing stands in it"
    if progress.catalogue != outbox.state(tx).catalogue:
        return "it is another catalogue's"
    if known.stage is Stage.REBUILDING or progress.is_rebuilding:
        return "that was begun and not finished"
    if progress.position < known.position:
        return "it is older than the catalogue's record of it"
    is_noted = (progress.seen, progress.whole) == (known.position, known.stamp)
    if not is_noted and outbox.stamp_at(tx, progress.seen) != progress.whole:
        return "it shows what this catalogue never held"
    return None


def _is_contradiction(error: Exception) -> bool:
    return isinstance(error, GraphUnavailableError) and error.fault == Fault.CONFLICT


def _is_logged(error: Exception) -> bool:
    """Whether the connection has logged it."""
    return isinstance(error, GraphUnavailableError) and error.fault not in PASSING


def wait_until_shown(database: Database, patience_s: float) -> bool:
    """Wait until the graph shows the catalogue, at most so many seconds; tells whether it does."""
    deadline = time.monotonic() + patience_s
    while True:
        with database.reading() as tx:
            if is_up_to_date(tx):
                return True
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_S)
