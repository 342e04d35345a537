"""The order of versions, whatever pipelines call a version.

What PEP 440 reads is compared as it says: 0.9 < 0.19, 1.0rc1 < 1.0, v1.0 = 1.0.0. Other texts are
read as far as they go: a name before the number (``hap-18-12``) is the line of versions, and only
versions of one line are earlier or later than each other; what is left behind it (``-dirty``,
``-g1a2b3c`` of git) makes a version later than the same without.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

MOST_CHARACTERS: Final = 200
"""Longer texts are no versions."""
_BEFORE_NUMBER: Final = re.compile(r"[^0-9]*")
# the grammar of PEP 440, with the spellings that it normalises (appendix B)
_PEP_440: Final = re.compile(
    r"(?:(?P<epoch>[0-9]+)!)?"
    r"(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?:[-_.]?(?P<phase>alpha|a|beta|b|preview|pre|rc|c)[-_.]?(?P<pre>[0-9]*))?"
    r"(?:-(?P<implicit>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post>[0-9]*))?"
    r"(?:[-_.]?dev[-_.]?(?P<dev>[0-9]*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?"
)
_PHASES: Final = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}
_PIECES: Final = re.compile(r"([0-9]+)|([^\W\d_]+)")
_PUNCTUATION: Final = " \t-_./:="

Piece = tuple[int, int, str]
"""Letters before numbers, numbers by their size."""


class Version(NamedTuple):
    """What PEP 440 reads, in the order in which it is compared."""

    epoch: int
    release: tuple[int, ...]
    """Without zeros at the end."""
    pre: tuple[int, str, int]
    """What is in development only comes before what has a phase, what has none after it."""
    post: int
    """None comes first, as -1."""
    dev: tuple[int, int]
    """None comes last."""
    local: tuple[Piece, ...]


_NO_NUMBER: Final = Version(0, (), (0, "", 0), 0, (0, 0), ())


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
        version=_version(read),
        rest=_pieces(told[read.end() :]),
    )


def _line(before: str) -> str:
    """The name before a number, without the ``v`` that many write there."""
    name = before.strip(_PUNCTUATION)
    if name == "v":
        return ""
    if name.endswith("v") and name[-2] in _PUNCTUATION:
        return name[:-1].strip(_PUNCTUATION)
    return name


def _version(read: re.Match[str]) -> Version:
    release = [int(number) for number in read["release"].split(".")]
    while release and release[-1] == 0:
        release.pop()
    phase, dev = read["phase"], read["dev"]
    post = read["implicit"] if read["implicit"] is not None else read["post"]
    if phase is not None:
        pre = (0, _PHASES.get(phase, phase), int(read["pre"] or 0))
    else:
        pre = (-1 if post is None and dev is not None else 1, "", 0)
    return Version(
        int(read["epoch"] or 0),
        tuple(release),
        pre,
        -1 if post is None else int(post or 0),
        (1, 0) if dev is None else (0, int(dev or 0)),
        tuple(_piece(part) for part in re.split(r"[-_.]", read["local"] or "") if part),
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    return tuple(_piece(number or letters) for number, letters in _PIECES.findall(text))


def _piece(text: str) -> Piece:
    return (1, int(text), "") if text.isdecimal() else (0, 0, text)
