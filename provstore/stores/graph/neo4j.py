"""The connection to Neo4j: no call waits longer than it may, whatever the server does.

A server that is down, hangs or is set up wrongly is met by one call. From then on every call fails
at once, until a probe in the background has found the server well again: no caller pays for it.
"""

import logging
import re
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from enum import StrEnum
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    NotificationMinimumSeverity,
    Query,
)
from neo4j.exceptions import DriverError, Neo4jError, UnsupportedServerProduct

from provstore import __version__
from provstore.cypher.loader import dropping, schema
from provstore.errors import GraphUnavailableError
from provstore.stores.graph.driver_faults import fault_of
from provstore.stores.graph.faults import LEAST_VERSION, PASSING, Fault
from provstore.stores.graph.sessions import Link, Rows, Writing
from provstore.stores.graph.watchdog import Workers

_CONNECT_S: Final = 2.0
_ACQUIRE_S: Final = 3.0
"""Longest wait for a connection that can be used: a port may take connections and say nothing."""
_IDLE_S: Final = 30.0
"""A connection that was idle for longer is tried before it is used."""
_PING_AFTER_S: Final = 1.0
_PING_S: Final = 1.0
_PING_OF_WRITER_S: Final = 5.0
"""How long the server has to say that it is there. A reader has the catalogue as well; a writer
would lose what it has written, and a server with much to do would have that to do again."""
_LATE_S: Final = 2.0
"""The server itself ends a statement that takes too long, up to a second late."""
_LONGEST_WRITE_S: Final = 600.0
_LONGEST_SCHEMA_S: Final = 86_400.0
"""An index over all that there is is made in one statement."""
_LONGEST_TRANSACTION_S: Final = 60.0
"""Then the server undoes it: a writer that is frozen must not keep its locks from the others."""
_FIRST_ANSWER_S: Final = 1.0
"""How long the first call waits to hear whether there is a server at all."""
_PROBE_S: Final = 10.0
"""The first statement after a start of Neo4j takes it some seconds."""
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 5.0
_LOCKED_OUT_S: Final = 10.0
"""Neo4j locks a user out for five seconds after three wrong passwords."""
_CLOSE_S: Final = 1.0
_CONNECTING_S: Final = 3 * _ACQUIRE_S
"""A call may connect more than once, to a cluster, before it can be cut off."""
_MOST_CALLS: Final = 64
_HELPERS: Final = 8

_log: Final = logging.getLogger(__name__)
_T = TypeVar("_T")
_R = TypeVar("_R")


class Status(StrEnum):
    """Whether Neo4j can be asked."""

    UNKNOWN = "unknown"
    UP = "up"
    DOWN = "down"
    HANGING = "hanging"


class GraphState(NamedTuple):
    """How the server does, for those who look after it."""

    status: Status
    since: float
    """Since when it is so: seconds since 1970, UTC."""
    fault: Fault | None
    finding: str
    """A sentence about what is wrong; empty where nothing is."""
    version: str
    """Of the server that answered last; empty where none has."""


class GraphTransaction:
    """A transaction that writes; made by `Neo4j.write`."""

    def __init__(self, run: Callable[[str, Mapping[str, Any]], Rows]) -> None:
        self._run = run

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The rows of a statement; raises `GraphUnavailableError`."""
        return self._run(text, parameters or {})


class Neo4j:
    """One server, or a cluster, and what is known of how it does.

    Nothing is sent before the first call.

    Parameters
    ----------
    url
        ``bolt://``, ``neo4j://`` or one of their forms with TLS.
    user, password
        Who asks; without a password nobody in particular does.
    timeout_s
        Longest time, in seconds, for one statement that reads.
    """

    def __init__(self, url: str, user: str, password: str, timeout_s: float) -> None:
        self._url = url
        self._auth = (user, password) if password else None
        self._timeout_s = timeout_s
        self._calls, self._helpers = Workers(_MOST_CALLS), Workers(_HELPERS)
        self._changed = threading.Condition()
        self._link: Link | None = None
        """To a server that is well; None while no call is made."""
        self._fault: Fault | None = Fault.UNKNOWN
        self._since = time.time()
        self._version = ""
        self._trouble: dict[str, Fault] = {}
        """What the last statement that reads, or writes, met on a server that is well."""
        self._probing = False
        self._closed = threading.Event()
        self._ping: tuple[Link, Future[Any]] | None = None
        # what the driver notices is met here and told once
        logger = logging.getLogger("neo4j")
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)

    def read(self, text: str, parameters: Mapping[str, Any]) -> Rows:
        """The rows of a statement that only reads; the server refuses any other here.

        Raises
        ------
        GraphUnavailableError
            There is no answer: the server is down, hangs, or the statement is too much for it.
        """
        link = self._usable()
        query = Query(text, timeout=self._timeout_s)
        call = partial(link.run, READ_ACCESS, query, parameters)
        rows = self._call(link, call, "read", self._timeout_s + _LATE_S)
        self._went_well("read")
        return rows

    def auto(self, text: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """The rows of a statement that has, or makes, its transactions itself.

        Schema statements and ``CALL … IN TRANSACTIONS`` need this.

        Raises
        ------
        GraphUnavailableError
            As for `write`.
        """
        return self._auto(text, parameters or {}, _LONGEST_WRITE_S)

    def _auto(self, text: str, parameters: Mapping[str, Any], patience_s: float) -> Rows:
        link = self._usable()
        call = partial(link.run, WRITE_ACCESS, text, parameters)
        rows = self._call(link, call, "write", patience_s)
        self._went_well("write")
        return rows

    def write(self, work: Callable[[GraphTransaction], _T]) -> _T:
        """Have statements run in one transaction, which is committed if all is well.

        Nothing is tried again: whoever calls knows what may have been written.

        Parameters
        ----------
        work
            Called once, in this thread; what it raises undoes everything and is passed on.

        Raises
        ------
        GraphUnavailableError
            The server gave none or refused; where it happened in the commit, what was written may
            be there or not.
        """
        link = self._usable()
        writing = Writing(link)

        def do(call: Callable[[], _R]) -> _R:
            return self._call(link, call, "write", _LONGEST_WRITE_S)

        try:
            do(partial(writing.begin, _LONGEST_TRANSACTION_S))
            result = work(
                GraphTransaction(lambda text, values: do(partial(writing.run, text, values)))
            )
            do(writing.commit)
        finally:
            self._leave(link, writing)
        self._went_well("write")
        return result

    def _leave(self, link: Link, writing: Writing) -> None:
        """Undo what is not committed; a server that is not there does so by itself."""
        ended = self._calls.submit(writing.end)
        if self._is_current(link):
            with suppress(GraphUnavailableError):
                self._outcome(link, ended, "write", _LONGEST_WRITE_S)

    def apply_schema(self, names: Collection[str] | None = None) -> None:
        """Make the constraints and indexes that are not there, and wait until they can be used.

        Parameters
        ----------
        names
            Which of them; all if not given.

        Raises
        ------
        GraphUnavailableError
            As for `write`.
        """
        wanted = schema() if names is None else {name: schema()[name] for name in names}
        missing = wanted.keys() - self._indexes()
        for name, text in wanted.items():
            if name in missing:  # each that is there would cost a transaction too
                self._auto(text, {}, _LONGEST_SCHEMA_S)
        if missing:
            seconds = int(_LONGEST_SCHEMA_S)
            self._auto("CALL db.awaitIndexes($seconds)", {"seconds": seconds}, _LONGEST_SCHEMA_S)

    def drop_schema(self, keep: Collection[str]) -> None:
        """Drop all that `apply_schema` makes but what has these names.

        Raises
        ------
        GraphUnavailableError
            As for `write`.
        """
        there = self._indexes()
        for name, text in dropping().items():
            if name in there and name not in keep:
                self.auto(text)

    def _indexes(self) -> set[str]:
        """The names of all indexes, those of constraints included."""
        # asked as one who reads: that this goes well says nothing of writing
        return {name for (name,) in self.read("SHOW INDEXES YIELD name", {})}

    def wait_up(self, patience_s: float) -> bool:
        """Wait until the server can be asked, at most so many seconds; tells whether it can."""
        with self._changed:
            self._start_probing()
            return (
                self._changed.wait_for(
                    lambda: self._link is not None or self._closed.is_set(), patience_s
                )
                and self._link is not None
            )

    def state(self) -> GraphState:
        """How the server does, as far as is known; sends nothing and waits for nothing."""
        with self._changed:
            self._start_probing()
            fault = self._fault
            if fault is None:
                trouble = next(iter(self._trouble.values()), None)
                finding = trouble.finding if trouble else ""
                return GraphState(Status.UP, self._since, trouble, finding, self._version)
            return GraphState(_status(fault), self._since, fault, fault.finding, self._version)

    def close(self) -> None:
        """End all connections; waits a second at most, and later calls fail."""
        self._closed.set()
        with self._changed:
            link, self._link = self._link, None
            self._fault = Fault.CLOSED
            self._changed.notify_all()
        if link is not None:
            wait([self._retire(link)], _CLOSE_S)
        self._calls.end()
        self._helpers.end()

    # -- calls

    def _usable(self) -> Link:
        with self._changed:
            self._start_probing()
            self._changed.wait_for(lambda: self._fault is not Fault.UNKNOWN, _FIRST_ANSWER_S)
            if self._link is not None:
                return self._link
            fault = self._fault or Fault.UNKNOWN
        raise GraphUnavailableError(fault.finding, fault)

    def _call(self, link: Link, call: Callable[[], _T], purpose: str, patience_s: float) -> _T:
        """What a call gives, or what is wrong with the server in words of our own."""
        return self._outcome(link, self._submit(self._calls, link, call), purpose, patience_s)

    def _outcome(self, link: Link, future: Future[_T], purpose: str, patience_s: float) -> _T:
        ping_s = _PING_S if purpose == "read" else _PING_OF_WRITER_S
        fault = self._watch(link, future, patience_s, ping_s)
        if fault is not None:
            fault = self._failed(link, purpose, fault)
            raise GraphUnavailableError(fault.finding, fault)
        try:
            return future.result()
        except Exception as error:
            known = isinstance(error, DriverError | Neo4jError | OSError | OverflowError)
            if not known and self._is_current(link):
                raise
            fault = self._failed(link, purpose, fault_of(error), getattr(error, "code", None))
            raise GraphUnavailableError(fault.finding, fault) from error

    def _submit(self, workers: Workers, link: Link, call: Callable[[], _T]) -> Future[_T]:
        with self._changed:
            if self._link is link:
                return workers.submit(call)
            fault = self._fault or Fault.UNKNOWN
        raise GraphUnavailableError(fault.finding, fault)

    def _retire(self, link: Link) -> Future[None]:
        """End what gets no new calls; those that hang in it end too."""
        return self._helpers.submit(partial(link.retire, _ACQUIRE_S + _PING_S, _CONNECTING_S))

    def _watch(
        self, link: Link, future: Future[Any], patience_s: float, ping_s: float
    ) -> Fault | None:
        """Wait for a call; gives what is wrong where it has no outcome in time."""
        deadline = time.monotonic() + patience_s
        while True:
            remaining = deadline - time.monotonic()
            if wait([future], max(0.0, min(_PING_AFTER_S, remaining))).done:
                return None
            if not self._answers(link, future, ping_s):
                return None if future.done() else Fault.HANGING
            if remaining <= 0:
                return Fault.SLOW

    def _answers(self, link: Link, future: Future[Any], ping_s: float) -> bool:
        """Whether the server answers on another connection; one question serves all who ask.

        The answer to ``future`` itself is one too.
        """
        with self._changed:
            if self._link is not link:
                return False
            if self._ping is None or self._ping[0] is not link or self._ping[1].done():
                ping = partial(link.run, READ_ACCESS, "RETURN 1", {})
                self._ping = (link, self._submit(self._helpers, link, ping))
            _, answer = self._ping
        wait([answer, future], ping_s, FIRST_COMPLETED)
        return future.done() or (answer.done() and answer.exception() is None)

    def _is_current(self, link: Link) -> bool:
        with self._changed:
            return self._link is link

    # -- how the server does

    def _failed(self, link: Link, purpose: str, fault: Fault, code: str | None = None) -> Fault:
        """Take note of a fault; gives what is wrong: what another call has found comes first."""
        with self._changed:
            if self._link is not link:
                return self._fault or fault
            if fault.is_lasting:
                self._link = None
                self._retire(link)
                self._become(fault, code)
                self._start_probing()
            elif fault not in PASSING and self._trouble.get(purpose) is not fault:
                self._trouble[purpose] = fault
                _warn(fault, code)
            return fault

    def _went_well(self, purpose: str) -> None:
        if self._trouble:
            with self._changed:
                self._trouble.pop(purpose, None)

    def _become(self, fault: Fault | None, code: str | None = None) -> None:
        """One line of the log for each change."""
        if fault is self._fault:
            return
        self._fault, self._since = fault, time.time()
        self._trouble.clear()
        if fault is None:
            _log.info("Neo4j %s can be used", self._version)
        else:
            _warn(fault, code)
        self._changed.notify_all()

    def _start_probing(self) -> None:
        if self._link is None and not self._probing and not self._closed.is_set():
            self._probing = True
            threading.Thread(target=self._probe, name="neo4j-probe", daemon=True).start()

    def _probe(self) -> None:
        """Try until the server is well, ever less often."""
        pause_s = _FIRST_PAUSE_S
        while not self._closed.is_set():
            fault = self._try()
            if fault is None:
                break
            self._closed.wait(_LOCKED_OUT_S if fault is Fault.REFUSED else pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)

    def _try(self) -> Fault | None:
        """Connect anew and ask for the version; gives what is wrong."""
        link, version, code, started = None, "", None, time.monotonic()
        try:
            link = Link(self._connect())
            asked = self._helpers.submit(partial(_version, link))
            fault = None if wait([asked], _PROBE_S).done else Fault.HANGING
            version = asked.result() if fault is None else ""
        except Exception as error:  # noqa: BLE001  whatever it is, the server cannot be used
            fault, code = fault_of(error), getattr(error, "code", None)
            if fault is Fault.UNREACHABLE and time.monotonic() - started >= _ACQUIRE_S * 0.9:
                fault = Fault.HANGING
        with self._changed:
            is_well = fault is None and not self._closed.is_set()
            if is_well:
                self._link, self._version = link, version
                self._probing = False
            if not self._closed.is_set():
                self._become(fault, code)
        if link is not None and not is_well:
            link.retire(0.0, _CONNECTING_S)
        return fault

    def _connect(self) -> Driver:
        return GraphDatabase.driver(
            self._url,
            auth=self._auth,
            connection_timeout=_CONNECT_S,
            connection_acquisition_timeout=_ACQUIRE_S,
            liveness_check_timeout=_IDLE_S,
            max_transaction_retry_time=0,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            telemetry_disabled=True,
            user_agent=f"provstore/{__version__}",
        )


def _status(fault: Fault) -> Status:
    return {Fault.UNKNOWN: Status.UNKNOWN, Fault.HANGING: Status.HANGING}.get(fault, Status.DOWN)


def _warn(fault: Fault, code: str | None) -> None:
    _log.warning("%s%s", fault.finding, f" ({code})" if code else "", extra={"fault": fault.value})


def _version(link: Link) -> str:
    rows = link.run(READ_ACCESS, "CALL dbms.components() YIELD name, versions", {})
    version = next((str(versions[0]) for name, versions in rows if name == "Neo4j Kernel"), "")
    found = re.match(r"(\d+)\.(\d+)", version)
    if found is None or (int(found[1]), int(found[2])) < LEAST_VERSION:
        raise UnsupportedServerProduct(version)
    return version
