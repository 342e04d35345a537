"""A name resolver that is asked once for each name, and left alone while it is away."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, NamedTuple

from provstore.errors import ServerError
from provstore.services.sesame import MOST_CHARACTERS, Resolved, Sesame

_log: Final = logging.getLogger(__name__)


_FAILED: Final = 500
"""From here on a status says that the server failed."""


class Memory(NamedTuple):
    """How long what was told is believed."""

    most: int = 1000
    """Names that are kept, the latest asked for."""
    known_s: float = 86_400
    unknown_s: float = 600
    """Of a name that nobody knew: the databases behind the service may have been away."""
    away_s: float = 30
    """After an answer that did not come, or a service that failed, nothing is asked."""


class _Kept(NamedTuple):
    found: Resolved | None
    until: float


class Resolver:
    """Remembers answers, and that there are none; safe to share between threads.

    Parameters
    ----------
    service
        What is asked.
    memory
        How long its answers count.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        service: Sesame,
        memory: Memory = Memory(),  # noqa: B008  it never changes
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._service, self._memory, self._clock = service, memory, clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._away: tuple[float, str] | None = None

    def resolve(self, name: str) -> Resolved | None:
        """Where an object is; None where nobody knows. What can be no name is not asked for.

        Raises
        ------
        ServerError
            The service gives no answer, or gave none a moment ago.
        """
        name = " ".join(name.split())
        if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
            return None
        with self._lock:
            kept = self._fresh(name)
            if kept is not None:
                return kept.found
            if self._away is not None and self._clock() < self._away[0]:
                raise ServerError(self._away[1])
        found = self._ask(name)
        with self._lock:
            self._keep(name, found)
        return found

    def _fresh(self, name: str) -> _Kept | None:
        kept = self._kept.get(name)
        if kept is None or self._clock() >= kept.until:
            return None
        self._kept.move_to_end(name)
        return kept

    def _ask(self, name: str) -> Resolved | None:
        try:
            return self._service.resolve(name)
        except ServerError as error:
            _log.warning("%s", error)
            if _is_away(error.status):
                with self._lock:
                    self._away = (self._clock() + self._memory.away_s, str(error))
            raise

    def _keep(self, name: str, found: Resolved | None) -> None:
        lasts = self._memory.unknown_s if found is None else self._memory.known_s
        self._kept[name] = _Kept(found, self._clock() + lasts)
        self._kept.move_to_end(name)
        while len(self._kept) > self._memory.most:
            self._kept.popitem(last=False)


def _is_away(status: int) -> bool:
    """Whether a service that answers so answers nobody; another refusal may be of one name."""
    return not status or status == HTTPStatus.TOO_MANY_REQUESTS or status >= _FAILED
