"""Sessions of Neo4j's driver that all end, whatever the server does and whoever waits for it.

A session is for one thread at a time, and so is the end of a driver: where a second thread closes
what a first is in, either may stop halfway, with a session or a connection that stays open. So what
hangs is only cut off from outside, as by a network that fails. It then ends in the thread that is
in it, and the driver is closed once nobody is in it any more.
"""

import socket
import threading
import time
from asyncio import CancelledError
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from neo4j import WRITE_ACCESS, Driver, Query, Result, Session, Transaction
from neo4j.exceptions import DriverError

Rows = list[tuple[Any, ...]]

_DATABASE: Final = "neo4j"
"""The one database of the Community edition."""
_AGAIN_S: Final = 0.1


class Link:
    """A driver, and the sessions that are open in it.

    Parameters
    ----------
    driver
        Closed by this link: nobody else does.
    """

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._changed = threading.Condition()
        self._sessions: set[Session] = set()
        self._is_retired = False

    def open(self, access: str) -> Session:
        """A new session, which `close` ends; sends nothing.

        Raises
        ------
        DriverError
            The link is retired.
        """
        with self._changed:
            if self._is_retired:
                raise DriverError("retired")
            session = self._driver.session(
                database=_DATABASE, default_access_mode=access, fetch_size=-1
            )
            self._sessions.add(session)
        return session

    def close(self, session: Session) -> None:
        """End a session that no thread is in; of a retired link, the last one ends the driver too.

        Raises
        ------
        DriverError, Neo4jError
            What is not committed could not be undone; the server does so by itself. The session is
            closed all the same.
        """
        try:
            _close(session)
        finally:
            with self._changed:
                self._sessions.remove(session)
                self._changed.notify_all()
                is_over = self._is_retired and not self._sessions
            if is_over:
                self._driver.close()

    def run(self, access: str, query: str | Query, parameters: Mapping[str, Any]) -> Rows:
        """The rows of a statement that has, or makes, its transactions itself.

        Raises
        ------
        DriverError, Neo4jError
            There is no answer.
        """
        session = self.open(access)
        try:
            return _rows(session.run(query, dict(parameters)))
        finally:
            # the statement has told what is wrong
            with suppress(Exception):
                self.close(session)

    def retire(self, patience_s: float, connecting_s: float) -> None:
        """Open no more sessions, and end those that there are, with the driver.

        Parameters
        ----------
        patience_s
            How long they may end by themselves, in seconds; then they are cut off.
        connecting_s
            How long one may take to connect, in seconds: it cannot be cut off before it has.
        """
        with self._changed:
            self._is_retired = True
            is_over = not self._sessions
            self._changed.wait_for(lambda: not self._sessions, patience_s)
            deadline = time.monotonic() + connecting_s
            while self._sessions and time.monotonic() < deadline:
                self._cut_off()
                self._changed.wait(_AGAIN_S)
        if is_over:
            self._driver.close()

    def _cut_off(self) -> None:
        """Let whoever waits for the server on a connection find that connection broken.

        The driver has no means for it, but to close connections while others use them.
        """
        pool = self._driver._pool  # noqa: SLF001  see above
        for connections in list(pool.connections.values()):
            for connection in list(connections):
                beneath = connection.socket._socket  # noqa: SLF001  see above
                with suppress(OSError):  # it has ended by itself
                    # of a connection with TLS its object is another thread's
                    socket.socket.shutdown(beneath, socket.SHUT_RDWR)


class Writing:
    """A transaction that writes, in a session of its own.

    Who waits for one of its calls may leave: what is called next waits until that has ended.
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._turn = threading.Lock()
        self._session: Session | None = None
        self._transaction: Transaction
        self._is_over = False

    def begin(self, timeout_s: float) -> None:
        """Begin it; the server undoes it after so many seconds."""
        with self._turn:
            if self._is_over:
                raise DriverError("over")
            self._session = self._link.open(WRITE_ACCESS)
            self._transaction = self._session.begin_transaction(timeout=timeout_s)

    def run(self, text: str, parameters: Mapping[str, Any]) -> Rows:
        """The rows of a statement."""
        with self._turn:
            return _rows(self._transaction.run(text, dict(parameters)))

    def commit(self) -> None:
        """Have it all written."""
        with self._turn:
            self._transaction.commit()

    def end(self) -> None:
        """Undo what is not committed, and close the session, once; nothing may follow.

        Raises
        ------
        DriverError, Neo4jError
            As for `Link.close`.
        """
        with self._turn:
            self._is_over = True
            session, self._session = self._session, None
            if session is not None:
                self._link.close(session)


def _close(session: Session) -> None:
    try:
        session.close()
    except BaseException:
        # It stopped halfway. So its connection is given up as it is, as when a task is cancelled:
        # nothing is sent or waited for, and the session is closed.
        leave: Any = session.__exit__
        leave(CancelledError, None, None)
        raise


def _rows(result: Result) -> Rows:
    return [tuple(row) for row in result.values()]
