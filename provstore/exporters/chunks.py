"""Small pieces of text become chunks that are worth sending."""

from collections.abc import Iterable, Iterator
from typing import Final

CHUNK_BYTES: Final = 1_048_576
"""Each chunk is a task of a worker thread: small ones cost a large answer more than its search."""


def chunked(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Joins pieces into chunks of at least `CHUNK_BYTES`, the last one aside."""
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= CHUNK_BYTES:
            yield b"".join(waiting)
            waiting, size = [], 0
    if waiting:
        yield b"".join(waiting)


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Pieces of text as chunks of UTF-8."""
    return chunked(piece.encode() for piece in pieces)
