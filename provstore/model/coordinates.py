"""Positions as people write them: degrees, hours with minutes and seconds, and names that hold one.

All are ICRS; FK5 at J2000 differs from it by less than a tenth of an arcsecond.
"""

import math
import re
from typing import Final

from provstore.model.regions import Circle, Position, RegionError

_MOST_CHARACTERS: Final = 100
"""Of a position or a name that holds one; longer texts are not looked at."""
_DEGREES_PER_HOUR: Final = 15
_SIXTY: Final = 60
_TURN: Final = 360
_RIGHT_ANGLE: Final = 90

_MINUSES: Final = str.maketrans(dict.fromkeys("\u2212\u2012\u2013", "-"))
"""What typeset tables have for a minus."""
_HOUR: Final = "h|hr"
_DEGREE: Final = "d|deg|\u00b0"
_BETWEEN: Final = r"(?: ?[,;] ?| )"


def _decimal(name: str, units: str) -> str:
    return rf"(?P<{name}>[+-]?(?:[0-9]{{1,3}}(?:\.[0-9]*)?|\.[0-9]+)) ?(?P<{name}_unit>{units})?"


def _parts(name: str, units: str) -> str:
    number = r"[0-9]{1,2}(?:\.[0-9]*)?"
    return (
        rf"(?P<{name}_sign>[+-]?)(?P<{name}>[0-9]{{1,3}}) ?(?:(?P<{name}_unit>{units})|[: ]) ?"
        rf"(?P<{name}_minutes>{number})(?: ?(?:[m'\u2032]|[: ]) ?"
        rf"(?:(?P<{name}_seconds>{number}) ?(?:s|''|[\"\u2033])?)?)?"
    )


_DECIMALS: Final = re.compile(
    _decimal("ra", f"{_HOUR}|{_DEGREE}") + _BETWEEN + _decimal("dec", _DEGREE), re.IGNORECASE
)
_SEXAGESIMALS: Final = re.compile(
    _parts("ra", f"{_HOUR}|{_DEGREE}") + rf"(?:{_BETWEEN}|(?=[+-]))" + _parts("dec", _DEGREE),
    re.IGNORECASE,
)
_IN_NAME: Final = re.compile(
    r"(?:.*[^A-Za-z0-9])?J(?P<hours>[0-9]{2})(?P<ra>[0-9]{2}(?:[0-9]{2})?(?:\.[0-9]+)?)"
    r"(?P<sign>[+-])(?P<degrees>[0-9]{2})(?P<dec>[0-9]|[0-9]{2}(?:[0-9]{2})?(?:\.[0-9]+)?)"
    r"[A-Za-z]?"
)


def read_position(text: str) -> Position | None:
    """The position that a text is, in degrees; None where it is none.

    Parameters
    ----------
    text
        Right ascension and declination, apart by blanks or a comma: ``83.63 22.01`` or
        ``83.63d +22.01d`` in degrees; ``05h34m31.9s +22d00m52s``, ``05:34:31.9 +22:00:52`` or
        ``05 34 31.9 +22 00 52`` in hours and degrees, where seconds may be left out.

    Raises
    ------
    RegionError
        It is written as one, and not on the sky.
    """
    plain = _plain(text)
    found = _DECIMALS.fullmatch(plain)
    if found is not None:
        ra = float(found["ra"]) * (_DEGREES_PER_HOUR if _is_hours(found["ra_unit"] or "d") else 1)
        return _on_sky(ra, float(found["dec"]))
    found = _SEXAGESIMALS.fullmatch(plain)
    if found is None:
        return None
    ra = _sexagesimal(found, "ra") * (
        _DEGREES_PER_HOUR if _is_hours(found["ra_unit"] or "h") else 1
    )
    return _on_sky(ra, _sexagesimal(found, "dec"))


def region_in_name(name: str) -> Circle | None:
    """Where a name says that its object is; None where it says no position.

    Names of catalogues hold it cut off after some digit (IAU, Specifications concerning
    designations for astronomical radiation sources, section 3.2.3): ``PSR J0534+2200``,
    ``HESS J1745-290``, ``4FGL J0534.5+2201e``, ``SWIFT J053431.9+220052``. The circle, in degrees,
    has all that is cut off so.
    """
    found = _IN_NAME.fullmatch(_plain(name))
    if found is None:
        return None
    minutes, ra_step = _cut_off(found["ra"])
    minutes_of_arc, dec_step = _cut_off(found["dec"])
    if len(found["dec"]) == 1:  # tenths of a degree
        minutes_of_arc, dec_step = minutes_of_arc * 6, 6.0
    ra = _DEGREES_PER_HOUR * (int(found["hours"]) + (minutes + ra_step / 2) / _SIXTY)
    dec = int(found["degrees"]) + (minutes_of_arc + dec_step / 2) / _SIXTY
    if minutes >= _SIXTY or minutes_of_arc >= _SIXTY or ra >= _TURN or dec >= _RIGHT_ANGLE:
        return None
    width = _DEGREES_PER_HOUR * ra_step * math.cos(math.radians(dec))
    radius = math.hypot(width, dec_step) / 2 / _SIXTY
    return Circle(ra, -dec if found["sign"] == "-" else dec, radius)


def _plain(text: str) -> str:
    """With single blanks and plain signs; empty where it is too long for a position."""
    plain = " ".join(text.translate(_MINUSES).split())
    return plain if len(plain) <= _MOST_CHARACTERS else ""


def _is_hours(unit: str) -> bool:
    return unit[:1].lower() == "h"


def _sexagesimal(found: re.Match[str], name: str) -> float:
    minutes = float(found[f"{name}_minutes"])
    seconds = float(found[f"{name}_seconds"] or 0)
    if minutes >= _SIXTY or seconds >= _SIXTY:
        raise RegionError(f"minutes and seconds are below {_SIXTY}")
    value = int(found[name]) + minutes / _SIXTY + seconds / _SIXTY**2
    return -value if found[f"{name}_sign"] == "-" else value


def _on_sky(ra: float, dec: float) -> Position:
    if not 0 <= ra <= _TURN:
        raise RegionError(f"the right ascension {ra:g} is not within 0 to {_TURN} degrees")
    if not -_RIGHT_ANGLE <= dec <= _RIGHT_ANGLE:
        raise RegionError(f"the declination {dec:g} is not within -90 to 90 degrees")
    return Position(ra, dec)


def _cut_off(digits: str) -> tuple[float, float]:
    """``MM``, ``MM.m``, ``MMSS`` or ``MMSS.s`` in minutes, and what its last digit is worth."""
    whole, _, fraction = digits.partition(".")
    step = 10.0 ** -len(fraction)
    if len(whole) <= 2:  # noqa: PLR2004  minutes alone
        return float(digits), step
    seconds = float(digits[2:])
    return int(digits[:2]) + seconds / _SIXTY, step / _SIXTY
