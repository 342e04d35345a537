"""Regions of the sky as ``s_region`` writes them: the text, and what it means.

Read are STC-S in the subset of TAP 1.0, section 6, and the shapes of DALI 1.1 and 1.2 (``circle``,
``polygon``, ``range``, or their numbers alone). Angles are degrees, coordinates ICRS.
"""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple


class Position(NamedTuple):
    """One point."""

    ra: float
    dec: float


class Circle(NamedTuple):
    """All that is at most ``radius`` away from a point."""

    ra: float
    dec: float
    radius: float


class Box(NamedTuple):
    """A rectangle around a point, its sides along the coordinates there."""

    ra: float
    dec: float
    width: float
    height: float


class Polygon(NamedTuple):
    """Points joined by great circles, the last with the first."""

    points: tuple[Position, ...]


class Range(NamedTuple):
    """Between two meridians and two parallels; from a greater `ra_min` it goes across 0.

    As DALI 1.2 has it, ``range``.
    """

    ra_min: float
    ra_max: float
    dec_min: float
    dec_max: float


class Union(NamedTuple):
    """What is in any of the regions."""

    regions: "tuple[Region, ...]"


class Intersection(NamedTuple):
    """What is in all of the regions."""

    regions: "tuple[Region, ...]"


class Complement(NamedTuple):
    """What is not in the region (``Not`` of STC-S)."""

    region: "Region"


Region = Position | Circle | Box | Polygon | Range | Union | Intersection | Complement


class RegionError(ValueError):
    """A text that is no region; the message is a clause that says why."""


# those of TAP 1.0; FK5 differs from ICRS by less than any region of this field is known to
_FRAMES: Final = frozenset({"ICRS", "FK5", "J2000", "UNKNOWNFRAME"})
_OTHER_FRAMES: Final = frozenset({"FK4", "B1950", "ECLIPTIC", "GALACTIC", "RELOCATABLE"})
_PLACES: Final = frozenset(
    {"BARYCENTER", "GEOCENTER", "HELIOCENTER", "LSR", "TOPOCENTER", "UNKNOWNREFPOS"}
)
_FLAVOURS: Final = frozenset({"SPHERICAL2", "CARTESIAN2", "CARTESIAN3"})
_TOKEN: Final = re.compile(r"[()]|[^\s,()]+")
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_MAX_TOKENS: Final = 100_000
_MAX_DEPTH: Final = 20
_LEAST_CORNERS: Final = 3
_LENGTHS: Final = {"POSITION": 2, "CIRCLE": 3, "BOX": 4, "RANGE": 4}
_CIRCLE_NUMBERS: Final = 3
_HALF_TURN: Final = 180
_TURN: Final = 360


def parse_region(text: str) -> Region:
    """What a region means.

    Parameters
    ----------
    text
        Such as ``CIRCLE ICRS 83.6 22.0 2.5``, ``polygon 1 1 2 1 2 2`` or ``83.6 22.0 2.5``; words
        in any case, numbers apart by blanks or commas.

    Raises
    ------
    RegionError
        It is none, or not on the sky, or not in ICRS.
    """
    tokens = _TOKEN.findall(text)
    if len(tokens) > _MAX_TOKENS:
        raise RegionError(f"it has more than {_MAX_TOKENS} words and numbers")
    reader = _Reader(tokens)
    found = reader.numbers_alone() if tokens and _NUMBER.match(tokens[0]) else reader.region(0)
    if not reader.is_at_end():
        raise RegionError(f"nothing may follow the region, but {reader.peek()!r} does")
    return found


class _Reader:
    """Reads a region from words and numbers."""

    def __init__(self, tokens: Sequence[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def is_at_end(self) -> bool:
        return self._at >= len(self._tokens)

    def peek(self) -> str:
        return "" if self.is_at_end() else self._tokens[self._at]

    def _next(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def region(self, depth: int) -> Region:
        if depth > _MAX_DEPTH:
            raise RegionError(f"regions are inside of one another more than {_MAX_DEPTH} deep")
        word = self._next().upper()
        if word in {"UNION", "INTERSECTION", "NOT"}:
            self._skip_system()
            return self._combined(word, depth)
        if word != "POLYGON" and word not in _LENGTHS:
            raise RegionError(
                f"{word[:40] or 'an empty text'} is no shape: allowed are CIRCLE, POLYGON, BOX, "
                "POSITION, RANGE, UNION, INTERSECTION and NOT"
            )
        self._skip_system()
        return _shape(word, list(self._numbers()))

    def numbers_alone(self) -> Region:
        """A circle or polygon whose sort only the column of a VOTable told."""
        numbers = list(self._numbers())
        words = {2: "POSITION", _CIRCLE_NUMBERS: "CIRCLE"}
        return _shape(words.get(len(numbers), "POLYGON"), numbers)

    def _skip_system(self) -> None:
        for words in (_FRAMES | _OTHER_FRAMES, _PLACES, _FLAVOURS):
            word = self.peek().upper()
            if word in _OTHER_FRAMES:
                raise RegionError(f"it is in {word}: coordinates of ObsCore are ICRS")
            if word in words:
                self._next()

    def _combined(self, word: str, depth: int) -> Region:
        if self._next() != "(":
            raise RegionError(f"{word} needs its regions in parentheses")
        regions = []
        while self.peek() not in {")", ""}:
            regions.append(self.region(depth + 1))
        if self._next() != ")":
            raise RegionError(f"the parenthesis of {word} is not closed")
        if word == "NOT":
            if len(regions) != 1:
                raise RegionError(f"NOT has one region, not {len(regions)}")
            return Complement(regions[0])
        if len(regions) < 2:  # noqa: PLR2004  nothing to unite or to intersect
            raise RegionError(f"{word} has at least two regions, not {len(regions)}")
        return Union(tuple(regions)) if word == "UNION" else Intersection(tuple(regions))

    def _numbers(self) -> Iterator[float]:
        while _NUMBER.match(self.peek()):
            number = float(self._next())
            if math.isinf(number):
                raise RegionError("a number in it is not finite")
            yield number


def _shape(word: str, numbers: Sequence[float]) -> Region:
    wanted = _LENGTHS.get(word)
    if wanted is not None and len(numbers) != wanted:
        raise RegionError(f"{word} has {wanted} numbers, not {len(numbers)}")
    match word:
        case "POSITION":
            return _position(*numbers)
        case "CIRCLE":
            ra, dec, radius = numbers
            return Circle(*_position(ra, dec), _size("radius", radius, _HALF_TURN))
        case "BOX":
            ra, dec, width, height = numbers
            sizes = _size("width", width, _TURN), _size("height", height, _HALF_TURN)
            return Box(*_position(ra, dec), *sizes)
        case "RANGE":
            return _range(*numbers)
        case _:
            return _polygon(numbers)


def _position(ra: float, dec: float) -> Position:
    if not 0 <= ra <= _TURN:
        raise RegionError(f"the right ascension {ra} is not within 0 to 360")
    if not -90 <= dec <= 90:  # noqa: PLR2004  the poles
        raise RegionError(f"the declination {dec} is not within -90 to 90")
    return Position(ra, dec)


def _size(name: str, value: float, most: float) -> float:
    if not 0 <= value <= most:
        raise RegionError(f"the {name} {value} is not within 0 to {most}")
    return value


def _range(ra_min: float, ra_max: float, dec_min: float, dec_max: float) -> Range:
    low, high = _position(ra_min, dec_min), _position(ra_max, dec_max)
    if low.dec > high.dec:
        raise RegionError("the lower declination of the range is above the upper one")
    return Range(low.ra, high.ra, low.dec, high.dec)


def _polygon(numbers: Sequence[float]) -> Polygon:
    if len(numbers) % 2 or len(numbers) < 2 * _LEAST_CORNERS:
        raise RegionError(
            f"a polygon has at least {_LEAST_CORNERS} points of two numbers, "
            f"not {len(numbers)} numbers"
        )
    pairs = zip(numbers[::2], numbers[1::2], strict=True)
    return Polygon(tuple(_position(ra, dec) for ra, dec in pairs))
