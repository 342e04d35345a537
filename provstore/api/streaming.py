"""Big answers in constant memory, whose status is decided by their first bytes."""

from collections.abc import Generator, Iterator, Mapping
from itertools import chain

import anyio
from anyio import to_thread
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send


def stream(
    chunks: Iterator[bytes], media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """An answer made of ``chunks``; call it in a worker thread, for it takes the first ones.

    What fails before the second chunk is raised here, so that the answer has the status of the
    error. What fails later breaks the connection. ``chunks`` is closed when the answer ends, and
    also when the client goes away. An answer of one chunk is sent whole, with its length.
    """
    first, second = next(chunks, b""), next(chunks, None)
    if second is None:
        return Response(first, headers=headers, media_type=media_type)
    return _ClosingStream((first, second), chunks, media_type, headers)


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
