"""Clients that push documents and ask where their products come from, while something happens."""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from random import Random
from types import TracebackType
from typing import Final, Self

from support.processes import ARRAY, Client, Told, chain

ENGINE: Final = "provstore-engine"
_PATIENCE_S: Final = 600.0
_LONGEST_ANSWER_S: Final = 20.0
_ASKER_PAUSE_S: Final = 0.02
"""Rest of an asker after each answer: those who push share its processors."""
_LATEST: Final = 50
"""Questions are of what was acknowledged last: the graph may not show it yet."""


class Traffic:
    """Pushes documents, each once, and asks; every answer is checked against what is known by hand.

    Parameters
    ----------
    urls
        The servers; each has its share of clients.
    tag
        Tells the documents from others.
    most
        How many are pushed.
    jobs
        Jobs of each.
    pushers, askers
        How many clients push, and how many ask.
    pause_s
        Rest of a pusher after each document.
    """

    def __init__(
        self,
        urls: Sequence[str],
        tag: str,
        *,
        most: int,
        jobs: int = 2,
        pushers: int = 3,
        askers: int = 2,
        pause_s: float = 0.0,
    ) -> None:
        self._urls = urls
        self._jobs, self._pause_s = jobs, pause_s
        self._waiting = (chain(f"{tag}{number}", jobs) for number in range(most))
        self._lock = threading.Lock()
        self.acknowledged: list[Told] = []
        self.phase = "before"
        """What questions are counted under that are asked from now on."""
        self.engines: defaultdict[str, Counter[str]] = defaultdict(Counter)
        """Which engine answered how often, in each phase."""
        self._counts = (pushers, askers)
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(pushers + askers)
        self._tasks: list[Future[None]] = []

    def __enter__(self) -> Self:
        pushers, askers = self._counts
        for number in range(pushers):
            self._tasks.append(self._pool.submit(self._push, self._url(number)))
        for number in range(askers):
            self._tasks.append(self._pool.submit(self._ask, self._url(number), Random(number)))  # noqa: S311  a choice, no secret
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._pool.shutdown()
        if error is None:
            self._raise_failures()

    def wait_for(self, count: int) -> None:
        """Wait until so many documents are acknowledged."""
        self._wait(lambda: len(self.acknowledged) >= count)

    def wait_for_answers(self, count: int, engine: str | None = None) -> None:
        """Wait until this phase has so many answers (of an engine)."""
        told = self.engines[self.phase]
        self._wait(lambda: (told[engine] if engine else told.total()) >= count)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not is_so():
            self._raise_failures()
            assert time.monotonic() < deadline, (len(self.acknowledged), self.engines)
            time.sleep(0.02)

    def _raise_failures(self) -> None:
        for task in self._tasks:
            if task.done():
                task.result()

    def _url(self, number: int) -> str:
        return self._urls[number % len(self._urls)]

    def _push(self, url: str) -> None:
        with Client(url) as client:
            while not self._stop.is_set():
                with self._lock:
                    told = next(self._waiting, None)
                if told is None:
                    return
                answer = client.push(told.data)
                assert answer.status == HTTPStatus.CREATED, answer.body
                self.acknowledged.append(told)
                self._stop.wait(self._pause_s)

    def _ask(self, url: str, random: Random) -> None:
        with Client(url, timeout_s=_LONGEST_ANSWER_S) as client:
            while not self._stop.is_set():
                if not self.acknowledged:
                    time.sleep(0.01)
                    continue
                phase, told = self.phase, random.choice(self.acknowledged[-_LATEST:])
                self.engines[phase][check_lineage(client, told, self._jobs)] += 1
                self._stop.wait(_ASKER_PAUSE_S)


def check_lineage(client: Client, told: Told, jobs: int) -> str:
    """Ask where the product of a chain comes from, which is known; gives the engine."""
    answer = client.lineage(told.last)
    assert answer.status == HTTPStatus.OK, answer.body
    found = answer.json()
    assert {node["id"] for node in found["nodes"]} == names_in(told, jobs)
    assert max(node["depth"] for node in found["nodes"]) == 2 * jobs
    assert len(found["edges"]) == told.relations
    return answer.headers[ENGINE]


def names_in(told: Told, jobs: int) -> set[str]:
    """All names in the lineage of a chain's product."""
    names = [*map(str, range(jobs)), *(f"job{number}" for number in range(jobs)), "last"]
    return {ARRAY, *(told.namespace + name for name in names)}
