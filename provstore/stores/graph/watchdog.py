"""Calls that may hang, made by threads that may be left to it.

The driver of Neo4j has no time limit that fires while a server hangs. So a call is made by a thread
of its own and its caller waits as long as it chooses. All threads are daemons: a process ends
whatever they do.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")
_Task = tuple[Future[Any], Callable[[], Any]]


class Workers:
    """A few threads that make calls.

    Parameters
    ----------
    most
        Most threads. What finds none free waits for one.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks = SimpleQueue[_Task | None]()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._count = 0
        self._ended = False

    def submit(self, call: Callable[[], _T]) -> Future[_T]:
        """Have a call made; the future is its outcome."""
        future: Future[_T] = Future()
        with self._lock:
            if self._ended:
                # all who would take it may have left; what tidies up is made all the same
                _start(lambda: _make(future, call))
                return future
            self._tasks.put((future, call))
            if not self._idle.acquire(blocking=False) and self._count < self._most:
                self._count += 1
                _start(self._work)
        return future

    def end(self) -> None:
        """Let the threads go as they become free."""
        with self._lock:
            count, self._count, self._ended = self._count, 0, True
        for _ in range(count):
            self._tasks.put(None)

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            _make(*task)
            # what is held here would live until the next call
            del task
            self._idle.release()


def _start(work: Callable[[], None]) -> None:
    threading.Thread(target=work, name="neo4j-call", daemon=True).start()


def _make(future: Future[Any], call: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(call())
    except BaseException as error:  # noqa: BLE001  whoever waits for the call gets it
        future.set_exception(error)
