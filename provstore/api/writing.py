"""Requests that write have threads of their own, so that questions never wait for the writer."""

import math
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import ParamSpec

from anyio import CapacityLimiter, Semaphore, move_on_after, to_thread
from fastapi import Request
from starlette.responses import Response

from provstore.api.context import settings_of
from provstore.errors import BusyError

P = ParamSpec("P")


class _Places:
    """As many requests as there are threads may write at once; the others queue for a while."""

    def __init__(self, count: int, patience_s: float) -> None:
        self._free = Semaphore(count)
        self._patience_s = patience_s
        self._threads = CapacityLimiter(math.inf)

    async def run(self, call: Callable[[], Response]) -> Response:
        with move_on_after(self._patience_s) as waiting:
            await self._free.acquire()
        if waiting.cancelled_caught:
            raise BusyError("too many requests wait to write to the catalogue; try again")
        try:
            return await to_thread.run_sync(call, limiter=self._threads)
        finally:
            self._free.release()


def writes(endpoint: Callable[P, Response]) -> Callable[P, Awaitable[Response]]:
    """Mark an endpoint, which takes ``request``, as one that waits for the writer.

    One writer at a time commits. While another process is that writer, requests that wait for it
    would hold all threads of this one, and every reader would wait behind them.

    Raises
    ------
    BusyError
        As many requests as there are threads write, and none ended within WRITER_TIMEOUT_S.
    """

    @wraps(endpoint)
    async def run(*args: P.args, **kwargs: P.kwargs) -> Response:
        request = kwargs["request"]
        assert isinstance(request, Request)  # noqa: S101  FastAPI passes arguments by name
        return await _places(request).run(partial(endpoint, *args, **kwargs))

    return run


def _places(request: Request) -> _Places:
    state = request.app.state
    if not hasattr(state, "places"):
        settings = settings_of(request)
        state.places = _Places(settings.threads, settings.writer_timeout_s)
    places: _Places = state.places
    return places
