"""A network between a client and a server that can be slow, hang, break and refuse."""

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

_CHUNK: Final = 65_536
_PATIENCE_S: Final = 30.0
_T = TypeVar("_T")


class Proxy:
    """Passes on what is sent to a free port, from a thread of its own.

    Parameters
    ----------
    url
        The server behind it, on the loopback address.
    """

    def __init__(self, url: str) -> None:
        self._behind = url
        self._port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._flow = asyncio.Event()
        self._flow.set()
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.delay_s = 0.0
        """How long everything takes, each way."""
        self.connections = 0
        """How many were made."""

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """The URL of the server, by way of here."""
        parts = urlsplit(self._behind)
        place = parts.netloc.rpartition(":")[0]
        return parts._replace(netloc=f"{place}:{self._port}").geturl()

    def freeze(self) -> None:
        """Pass nothing on; connections stay, and new ones are taken."""
        self._do(self._set_flow(flows=False))

    def thaw(self) -> None:
        """Pass on again, first what has waited."""
        self._do(self._set_flow(flows=True))

    def cut(self) -> None:
        """Break all connections off; new ones are taken."""
        self._do(self._cut())

    def refuse(self) -> None:
        """Take no new connections; those that there are stay."""
        self._do(self._refuse())

    def accept(self) -> None:
        """Take connections again, at the same port."""
        self._do(self._accept())

    def _do(self, work: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_S)

    async def _set_flow(self, *, flows: bool) -> None:
        if flows:
            self._flow.set()
        else:
            self._flow.clear()

    async def _cut(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _accept(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._connect, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _end(self) -> None:
        await self._refuse()
        await self._cut()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(
        self, from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        writers = {to_client}
        self._writers.add(to_client)
        # what breaks off on one side breaks off on the other
        with suppress(OSError, asyncio.CancelledError):
            port = urlsplit(self._behind).port
            from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
            writers.add(to_server)
            self._writers.add(to_server)
            await asyncio.wait(
                [
                    asyncio.ensure_future(self._pass_on(from_client, to_server)),
                    asyncio.ensure_future(self._pass_on(from_server, to_client)),
                ],
                return_when=asyncio.FIRST_COMPLETED,
            )
        for writer in writers:
            writer.close()
        self._writers -= writers

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                await asyncio.sleep(self.delay_s)
                await self._flow.wait()
                writer.write(data)
                await writer.drain()
