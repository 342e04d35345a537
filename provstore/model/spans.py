"""Intervals as people write them: ``a/b``, where either end may be left open.

Times become MJD (UTC), as ObsCore has them; energies TeV.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from provstore.model.search import Span
from provstore.model.spectral import SpectralError, energy_span
from provstore.model.times import parse_time

TIMES: Final = (
    "a time or two with / between, of which one may be left out: ISO 8601 as 2026-01-31T23:59:00, "
    "a date for all of its day, or MJD as 61071.5; the first is not after the second"
)
ENERGIES: Final = (
    "an energy, frequency or wavelength with its unit, or two with / between, of which one may be "
    "left out: 50 TeV/, 1/10 TeV, 1e26 Hz/1e28 Hz"
)
_MJD_ZERO: Final = datetime(1858, 11, 17, tzinfo=UTC)
_DAY: Final = timedelta(days=1)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_UNIT: Final = re.compile(r"[^\d.+-]*\Z")
_MOST_CHARACTERS: Final = 100


class SpanError(ValueError):
    """A text that is no interval; the message is what is allowed."""


def time_span(text: str) -> Span:
    """An interval of time in MJD; an end that is left open is infinite.

    Raises
    ------
    SpanError
        It is none.
    """
    one, other = _ends(text, TIMES)
    low = -math.inf if one is None else _mjd(one)[0]
    high = math.inf if other is None else _mjd(other)[1]
    if low > high:
        raise SpanError(TIMES)
    return Span(low, high)


def energy_interval(text: str) -> Span:
    """An interval of energy in TeV; a bound without a unit has that of the other one.

    Raises
    ------
    SpanError
        It is none.
    """
    one, other = _ends(text, ENERGIES)
    if one is not None and other is not None and _NUMBER.match(one):
        found = _UNIT.search(other)
        one += found[0] if found else ""
    try:
        return energy_span(one, other)
    except SpectralError as error:
        raise SpanError(f"{ENERGIES}; {error}") from error


def _ends(text: str, allowed: str) -> tuple[str | None, str | None]:
    if len(text) > _MOST_CHARACTERS:
        raise SpanError(allowed)
    first, slash, second = (part.strip() for part in text.partition("/"))
    if not (first or second) or "/" in second:
        raise SpanError(allowed)
    if not slash:
        return first, first
    return first or None, second or None


def _mjd(text: str) -> tuple[float, float]:
    """From when to when a time is: a date is its whole day."""
    if _NUMBER.match(text):
        number = float(text)
        if math.isinf(number):
            raise SpanError(TIMES)
        return number, number
    instant = parse_time(text)
    if instant is None:
        raise SpanError(TIMES)
    start = (datetime.fromisoformat(instant.utc) - _MJD_ZERO) / _DAY
    return start, start + 1 if _DATE.match(text) else start
