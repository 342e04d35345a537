"""Where and when a record of ObsCore is, as numbers that a database compares."""

import math
from functools import lru_cache
from typing import Final, NamedTuple

from provstore.model.intervals import Interval, parse_intervals
from provstore.model.regions import Position, parse_region
from provstore.model.search import Span
from provstore.model.shapes import Shape, shape_of

MICROSECONDS: Final = 86_400_000_000
"""In a day."""
SCALES: Final = range(16)
_BITS: Final = 4
_MOST: Final = 1 << 58
"""In microseconds, either way: nine thousand years, and what is between is of the last scale."""


class Footprint(NamedTuple):
    """`provstore.model.shapes.Cap` with the tangents of half its radii.

    Of those a sum of angles is arithmetic, and so is the comparison with a distance.
    """

    x: float
    y: float
    z: float
    reach: float
    """Of the outer circle."""
    core: float
    """Of the inner circle."""


class Observed(NamedTuple):
    """An interval in microseconds since MJD 0, both ends included, and the class of its length."""

    first: int
    last: int
    scale: int


class Coverage(NamedTuple):
    """Where and when a record is; None or empty where it does not say."""

    footprint: Footprint | None
    times: tuple[Observed, ...]


def coverage_of(  # noqa: PLR0913, PLR0917  the columns of a record
    s_ra: float | None,
    s_dec: float | None,
    s_region: str | None,
    t_min: float | None,
    t_max: float | None,
    t_intervals: str | None,
) -> Coverage:
    """Where and when a record is, from its columns of these names, in their units."""
    shape = shape_of_record(s_ra, s_dec, s_region)
    times = dict.fromkeys(map(_observed, _intervals(t_min, t_max, t_intervals)))
    return Coverage(None if shape is None else footprint_of(shape), tuple(times))


def shape_of_record(s_ra: float | None, s_dec: float | None, s_region: str | None) -> Shape | None:
    """The region of a record, or its position where it has none."""
    if s_region is not None:
        return _long(s_region) if len(s_region) > _KEPT_LENGTH else _short(s_region)
    if s_ra is None or s_dec is None:
        return None
    return shape_of(Position(s_ra, s_dec))


def _long(text: str) -> Shape:
    return shape_of(parse_region(text))


_short = lru_cache(maxsize=2048)(_long)
"""Datasets that were observed together have one region."""
_KEPT_LENGTH: Final = 1000


def footprint_of(shape: Shape, more: float = 0.0) -> Footprint:
    """The caps of a shape, each of them larger by an angle."""
    centre, outer, inner = shape.cap
    return Footprint(*centre, _half_tangent(outer + more), _half_tangent(inner + more))


def _half_tangent(angle: float) -> float:
    return math.tan(max(-math.pi, min(angle, math.pi)) / 2)


def _intervals(
    t_min: float | None, t_max: float | None, t_intervals: str | None
) -> tuple[Interval, ...]:
    if t_intervals is not None:
        return parse_intervals(t_intervals)
    known = [time for time in (t_min, t_max) if time is not None]
    return (Interval(min(known), max(known)),) if known else ()


def _observed(interval: Interval) -> Observed:
    first, last = microseconds(interval.start), microseconds(interval.stop)
    return Observed(first, last, -(-(last - first).bit_length() // _BITS))


def microseconds(mjd: float) -> int:
    """A time in microseconds since MJD 0; what is infinite is as far away as can be told."""
    return round(min(max(mjd * MICROSECONDS, -_MOST), _MOST))


def windows(span: Span) -> list[tuple[int, int, int, int]]:
    """What to look for in intervals that overlap a span of MJD.

    For each scale: it, the first and last start that an interval of it may have, and the first end.
    """
    low, high = microseconds(span.low), microseconds(span.high)
    return [(scale, low - (1 << _BITS * scale), high, low) for scale in SCALES]
