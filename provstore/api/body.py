"""Bodies of requests: limited while they are read, gzip undone on the way."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Final

import anyio
from fastapi import Depends, Request

from provstore.api.context import settings_of
from provstore.errors import (
    Finding,
    RefusedDocumentError,
    Severity,
    TooLargeError,
    UnknownFormatError,
)

DRAIN_BYTES: Final = 128_000_000
"""Read and thrown away after the limit, so that an honest client gets to read the answer: one that
is still sending when the connection is closed sees a broken pipe instead."""
DRAIN_SECONDS: Final = 10.0
"""Longest time spent on that."""
_PIECE: Final = 1_000_000
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request after its content coding is undone, at most ``limit`` bytes.

    Raises
    ------
    TooLargeError
        The body is larger, as sent or decoded. Not more than `DRAIN_BYTES` beyond it are read.
    UnknownFormatError
        A content coding other than gzip.
    RefusedDocumentError
        The body is not the gzip that it is said to be.
    """
    declared = request.headers.get("content-length", "")
    chunks = request.stream()
    try:
        if declared.isdecimal() and int(declared) > limit:
            raise _too_large(limit)
        return b"".join([piece async for piece in _limited(_decoded(request, chunks), limit)])
    except TooLargeError:
        # A client that waits for 100 Continue (RFC 9110, 10.1.1) has not begun to send.
        if request.headers.get("expect", "").lower() != "100-continue":
            await _drain(chunks)
        raise


def media_type_of(request: Request) -> str | None:
    """The declared media type of the body without its parameters, in lower case."""
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return declared or None


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"the body is larger than the {limit} bytes that are taken")


async def _limited(pieces: AsyncIterator[bytes], limit: int) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        yield piece


def _decoded(request: Request, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    coding = request.headers.get("content-encoding", "identity").strip().lower()
    match coding:
        case "identity":
            return _unwrapped(chunks)
        case "gzip" | "x-gzip":
            return _gunzipped(chunks)
        case _:
            raise UnknownFormatError(f"Content-Encoding={coding[:100]!r} is not taken: gzip only")


async def _unwrapped(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """A gzipped file is taken too where nothing says that it is one: `curl` sends it so."""
    head = b""
    async for chunk in chunks:
        head += chunk
        if len(head) >= len(_GZIP_MAGIC):
            break
    rest = _joined(head, chunks)
    async for piece in _gunzipped(rest) if head.startswith(_GZIP_MAGIC) else rest:
        yield piece


async def _joined(head: bytes, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for chunk in chunks:
        yield chunk


async def _gunzipped(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    members = _Members()
    async for chunk in chunks:
        for piece in members.feed(chunk):
            yield piece
            await asyncio.sleep(0)  # a piece of zeros is cheap to send: others take their turn
    if not members.complete:
        raise _not_gzip("the gzip data ends before their end mark")


class _Members:
    """Decoder of a gzip file, which is one member or several (RFC 1952, section 2.2)."""

    def __init__(self) -> None:
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self.complete = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decoded bytes, in pieces of at most 1 MB."""
        while data:
            if self._member.eof:
                self._member = zlib.decompressobj(_GZIP_WINDOW)
            try:
                piece = self._member.decompress(data, _PIECE)
            except zlib.error:
                raise _not_gzip("the body is not gzip, or it is damaged") from None
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail
            yield piece
        self.complete = self._member.eof


def _not_gzip(message: str) -> RefusedDocumentError:
    return RefusedDocumentError(
        [Finding(Severity.ERROR, "http/content-encoding", "", "gzip", message)]
    )


async def _drain(chunks: AsyncIterator[bytes]) -> None:
    size = 0
    with anyio.move_on_after(DRAIN_SECONDS):
        async for chunk in chunks:
            size += len(chunk)
            if size > DRAIN_BYTES:
                return


async def document_body(request: Request) -> bytes:
    """Dependency of FastAPI: the body, within MAX_DOCUMENT_BYTES."""
    return await read_body(request, settings_of(request).max_document_bytes)


DocumentBody = Annotated[bytes, Depends(document_body)]
