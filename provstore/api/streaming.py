"""Big answers in constant memory, whose status is decided by their first bytes."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from itertools import chain
from typing import Final

import anyio
from anyio import to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from provstore.errors import ProvstoreError

_log: Final = logging.getLogger(__name__)


def stream(
    chunks: Iterator[bytes],
    media_type: str,
    headers: Mapping[str, str] | None = None,
    *,
    closing: Callable[[str], bytes] | None = None,
) -> Response:
    """An answer made of ``chunks``; call it in a worker thread, for it takes the first ones.

    What fails before the second chunk is raised here, so that the answer has the status of the
    error. What fails later breaks the connection; a deliberate failure does not where the format
    can say it, which is what ``closing`` makes of its message. ``chunks`` is closed when the answer
    ends, and also when the client goes away. An answer of one chunk is sent whole, with its length.
    """
    first, second = next(chunks, b""), next(chunks, None)
    if second is None:
        return Response(first, headers=headers, media_type=media_type)
    rest = chunks if closing is None else _closed(chunks, closing)
    return _ClosingStream((first, second), rest, media_type, headers)


def _closed(chunks: Iterator[bytes], closing: Callable[[str], bytes]) -> Iterator[bytes]:
    try:
        yield from chunks
    except ProvstoreError as error:
        _log.warning("an answer broke off: %s", error, extra={"code": error.code})
        yield closing(str(error))


class _ClosingStream(StreamingResponse):
    """A streamed answer that closes its source whatever becomes of the client."""

    def __init__(
        self,
        taken: tuple[bytes, bytes],
        rest: Iterator[bytes],
        media_type: str,
        headers: Mapping[str, str] | None,
    ) -> None:
        self._source = rest
        super().__init__(chain(taken, rest), headers=headers, media_type=media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            if isinstance(self._source, Generator):
                with anyio.CancelScope(shield=True):
                    await to_thread.run_sync(self._source.close)
