"""What a name of a target means: how the catalogue spells it, and where it is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from math import atan2, degrees, hypot, radians
from statistics import fmean, median
from typing import Final

from provstore.model.patterns import STAR, Pattern
from provstore.model.regions import Circle, Position
from provstore.model.sphere import Vector, angle, normalised, unit

_TURN: Final = 360
_LEAST_PART: Final = 3
"""Characters that a name has to share with another to be told as a part of it."""
_MOST_COMPARED: Final = 2000
_MOST_CHARACTERS: Final = 100
"""Of a name for which near ones are looked for: it takes the product of both."""
_MOST_SUGGESTED: Final = 3
_FIELD: Final = radians(2.0)
"""As far as telescopes point beside their target."""


class Origin(StrEnum):
    """Who knows a target."""

    CATALOGUE = "catalogue"
    RESOLVER = "resolver"
    COORDINATES = "coordinates"
    """Its name says where it is."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is known of a target."""

    name: str
    """As it was asked for."""
    origin: Origin | None = None
    """None where nobody knows it."""
    names: tuple[str, ...] = ()
    """How the records of the catalogue spell it, or what they call its place."""
    position: Position | None = None
    radius: float | None = None
    """How far from the position it may be, in degrees, where the position is that coarse."""
    notes: tuple[str, ...] = ()
    """What it was taken for, and who did not answer."""


def folded(name: str) -> str:
    """What is equal for names that differ in case and blanks only."""
    return "".join(name.casefold().split())


class TargetNames:
    """The names of all targets of a catalogue.

    Parameters
    ----------
    names
        As they are spelt.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._folded = {name: folded(name) for name in names}
        self._spelt: dict[str, list[str]] = {}
        for name, plain in self._folded.items():
            self._spelt.setdefault(plain, []).append(name)

    def spelt(self, name: str) -> tuple[str, ...]:
        """How a name is spelt; empty where no target has it."""
        return tuple(self._spelt.get(folded(name), ()))

    def fitting(self, text: str) -> list[str]:
        """The names that a pattern with ``*`` describes, or that have a text without it in them."""
        wanted = folded(text)
        pattern = Pattern(wanted if STAR in wanted else f"{STAR}{wanted}{STAR}")
        return [name for name, plain in self._folded.items() if pattern.matches(plain)]

    def longer(self, name: str) -> list[str]:
        """The names that have this one in them, and more: who asks for it may mean them too."""
        wanted = folded(name)
        if len(wanted) < _LEAST_PART:
            return []
        return [other for other, plain in self._folded.items() if wanted in plain != wanted]

    def near(self, name: str) -> list[str]:
        """The names that are nearly this one."""
        some = list(self._spelt)[:_MOST_COMPARED]
        near = get_close_matches(folded(name)[:_MOST_CHARACTERS], some, n=_MOST_SUGGESTED)
        return [self._spelt[plain][0] for plain in near]


def middle(positions: Iterable[tuple[float, float]]) -> Position | None:
    """The middle of positions on the sphere; None where there are none, or they have no middle.

    Telescopes point around their target, evenly on all sides: the mean is nearer to it than the
    median. The median tells which positions count: one that is wrong does not move the middle.
    The meridian at 0 and the poles are places as any other, since unit vectors are compared.

    Parameters
    ----------
    positions
        Right ascension and declination, in degrees.
    """
    vectors = [unit(ra, dec) for ra, dec in positions]
    if not vectors:
        return None
    among = _direction(median, vectors)
    if among is None:
        return None
    near = [vector for vector in vectors if angle(vector, among) <= _FIELD]
    x, y, z = _direction(fmean, near) or among
    return Position(degrees(atan2(y, x)) % _TURN, degrees(atan2(z, hypot(x, y))))


def _direction(
    average: Callable[[Iterable[float]], float], vectors: Iterable[Vector]
) -> Vector | None:
    x, y, z = map(average, zip(*vectors, strict=True))
    return normalised((x, y, z))


def place(at: Position | Circle) -> str:
    """A position for people, to what a telescope that sees gamma rays can point at."""
    return f"{at.ra:.4f} {at.dec:+.4f}"
