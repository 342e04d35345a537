"""The order of versions, whatever pipelines call a version.

What PEP 440 reads is compared as it says: 0.9 < 0.19, 1.0rc1 < 1.0, v1.0 = 1.0.0. Other texts are
read as far as they go: a name before the number (``hap-18-12``) is the line of versions, and only
versions of one line are earlier or later than each other; what is left behind it (``-dirty``,
``-g1a2b3c`` of git) makes a version later than the same without.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

from packaging.version import VERSION_PATTERN, Version

MOST_CHARACTERS: Final = 200
"""Longer texts are no versions."""
_BEFORE_NUMBER: Final = re.compile(r"[^0-9]*")
_PEP_440: Final = re.compile(VERSION_PATTERN, re.VERBOSE | re.IGNORECASE)
_PIECES: Final = re.compile(r"([0-9]+)|([^\W\d_]+)")
_PUNCTUATION: Final = " \t-_./:="
_NO_NUMBER: Final = Version("0")

Piece = tuple[int, int, str]
"""Letters before numbers, numbers by their size."""


class VersionKey(NamedTuple):
    """Compares as the versions do: within a line, earlier versions first."""

    is_numbered: bool
    """Texts without a number come first, and have no order but that of text."""
    line: str
    """What stands before the number; empty for most."""
    version: Version
    rest: tuple[Piece, ...]
    """What PEP 440 does not read."""

    def is_comparable(self, other: "VersionKey") -> bool:
        """Whether one is earlier or later than the other, or they are equal."""
        return self.is_numbered and other.is_numbered and self.line == other.line


@lru_cache(maxsize=4096)
def version_key(text: str) -> VersionKey:
    """What a text compares by."""
    told = text.strip().casefold()
    before = _BEFORE_NUMBER.match(told)
    start = before.end() if before else 0
    read = _PEP_440.match(told, start) if len(told) <= MOST_CHARACTERS else None
    if read is None:
        return VersionKey(is_numbered=False, line=told, version=_NO_NUMBER, rest=())
    return VersionKey(
        is_numbered=True,
        line=_line(told[:start]),
        version=Version(read[0]),
        rest=_rest(told[read.end() :]),
    )


def _line(before: str) -> str:
    """The name before a number, without the ``v`` that many write there."""
    name = before.strip(_PUNCTUATION)
    if name == "v":
        return ""
    if name.endswith("v") and name[-2] in _PUNCTUATION:
        return name[:-1].strip(_PUNCTUATION)
    return name


def _rest(text: str) -> tuple[Piece, ...]:
    return tuple(_piece(number, letters) for number, letters in _PIECES.findall(text))


def _piece(number: str, letters: str) -> Piece:
    digits = number.lstrip("0")
    return (1, len(digits), digits) if number else (0, 0, letters)
