"""Times at which data are good, as ``t_intervals`` writes them: the text, and what it means.

A time MOC in its ASCII form (MOC 2.0), or pairs of numbers that are times
in MJD (DALI 1.1, ``interval``).
"""

import math
import re
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Final, NamedTuple, TypeVar


class Interval(NamedTuple):
    """From one time to another, both in MJD."""

    start: float
    stop: float


class IntervalError(ValueError):
    """A text that is no list of intervals; the message is a clause that says why."""


_FINEST: Final = 61
"""The order whose cells have one microsecond; those of each order below have twice as much."""
_MICROSECONDS: Final = 86_400_000_000
_MJD_ZERO: Final = Fraction(4_800_001, 2)
"""MJD 0 as a Julian date, of which a time MOC counts."""
_TIME_MOC: Final = re.compile(r"t?[0-9]+/", re.IGNORECASE)
_ORDER: Final = re.compile(r"t?([0-9]{1,2})/(.*)\Z", re.IGNORECASE)
_CELLS: Final = re.compile(r"([0-9]{1,19})(?:-([0-9]{1,19}))?\Z")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_SEPARATOR: Final = re.compile(r"[\s,;]+")
_MAX_WORDS: Final = 1_000_000
_Time = TypeVar("_Time", int, float)


def parse_intervals(text: str) -> tuple[Interval, ...]:
    """The intervals in their order, those that touch or overlap united.

    Parameters
    ----------
    text
        Such as ``t61/0-5 9 60/100`` or ``60000.1 60000.2 60000.3 60000.4``.

    Raises
    ------
    IntervalError
        It is neither.
    """
    words = [word for word in _SEPARATOR.split(text) if word]
    if len(words) > _MAX_WORDS:
        raise IntervalError(f"it has more than {_MAX_WORDS} words and numbers")
    if not words:
        raise IntervalError("it is empty")
    if _TIME_MOC.match(words[0]):
        return tuple(_mjd(*cells) for cells in _united(_cells(words)))
    return tuple(Interval(*pair) for pair in _united(_pairs(words)))


def _cells(words: Iterable[str]) -> Iterator[tuple[int, int]]:
    """First microsecond of each range of cells, and the first one behind it."""
    order = 0
    for word in words:
        begun = _ORDER.match(word)
        if begun is not None:
            order = int(begun[1])
            if order > _FINEST:
                raise IntervalError(f"the order {order} is above {_FINEST}")
            word = begun[2]  # noqa: PLW2901  what is left of it: `61/5`, or nothing behind `61/`
            if not word:
                continue
        found = _CELLS.match(word)
        if found is None:
            raise IntervalError(f"{word[:40]!r} is no cell, and no range of cells, of a time MOC")
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first or last >> (order + 1):
            raise IntervalError(f"{word[:40]!r} is no range of cells of order {order}")
        step = _FINEST - order
        yield first << step, (last + 1) << step


def _mjd(first: int, behind: int) -> Interval:
    start, stop = (Fraction(time, _MICROSECONDS) - _MJD_ZERO for time in (first, behind))
    return Interval(float(start), float(stop))


def _pairs(words: list[str]) -> Iterator[tuple[float, float]]:
    numbers = []
    for word in words:
        if not _NUMBER.match(word) or math.isinf(float(word)):
            raise IntervalError(f"{word[:40]!r} is no finite number, and no order of a time MOC")
        numbers.append(float(word))
    if len(numbers) % 2:
        raise IntervalError(f"intervals are pairs of times, and these are {len(numbers)} numbers")
    for start, stop in zip(numbers[::2], numbers[1::2], strict=True):
        if start > stop:
            raise IntervalError(f"the start {start} is after the stop {stop}")
        yield start, stop


def _united(pairs: Iterable[tuple[_Time, _Time]]) -> list[tuple[_Time, _Time]]:
    found: list[tuple[_Time, _Time]] = []
    for start, stop in sorted(pairs):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], stop))
        else:
            found.append((start, stop))
    return found
