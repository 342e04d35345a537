"""Numbers with units, compared exactly: 50 GeV is 0.05 TeV.

Units are symbols of VOUnits 1.1 with SI prefixes, alone: no products. Numbers are fractions, since
in floating point 0.07 TeV would not be 70 GeV.
"""

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Final, NamedTuple

MOST_CHARACTERS: Final = 100
"""Longer texts are no numbers."""
Number = Fraction | float
"""Infinity is a float."""

_NUMBER: Final = re.compile(
    r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?|[+-]?inf(?:inity)?)"
    r"(?![0-9])\s*(\D.*)?\Z",
    re.IGNORECASE,
)
_PREFIXES: Final = {
    "y": -24, "z": -21, "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "µ": -6, "m": -3,
    "c": -2, "d": -1, "da": 1, "h": 2, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18,
    "Z": 21, "Y": 24,
}  # fmt: skip


class Unit(NamedTuple):
    """What a unit measures, and how many of the first unit of this dimension it is."""

    dimension: str
    factor: Fraction


_JOULE: Final = Fraction(10**28, 1_602_176_634)
"""In eV, exact by definition (SI Brochure, 9th edition, table 1)."""
_DEGREES: Final = Fraction(math.degrees(1.0))
_PREFIXED: Final = {
    "eV": Unit("energy", Fraction(1)),
    "J": Unit("energy", _JOULE),
    "m": Unit("length", Fraction(1)),
    "pc": Unit("length", Fraction(math.degrees(1.0)) * 3600 * 149_597_870_700),
    "s": Unit("time", Fraction(1)),
    "Hz": Unit("frequency", Fraction(1)),
    "g": Unit("mass", Fraction(1)),
    "V": Unit("voltage", Fraction(1)),
    "A": Unit("current", Fraction(1)),
    "K": Unit("temperature", Fraction(1)),
    "Pa": Unit("pressure", Fraction(1)),
    "Jy": Unit("flux density", Fraction(1)),
    "rad": Unit("angle", _DEGREES),
}
_PLAIN: Final = {
    "": Unit("ratio", Fraction(1)),
    "%": Unit("ratio", Fraction(1, 100)),
    "erg": Unit("energy", _JOULE / 10**7),
    "Angstrom": Unit("length", Fraction(1, 10**10)),
    "angstrom": Unit("length", Fraction(1, 10**10)),
    "AU": Unit("length", Fraction(149_597_870_700)),
    "au": Unit("length", Fraction(149_597_870_700)),
    "min": Unit("time", Fraction(60)),
    "h": Unit("time", Fraction(3600)),
    "d": Unit("time", Fraction(86_400)),
    "a": Unit("time", Fraction(31_557_600)),
    "yr": Unit("time", Fraction(31_557_600)),
    "deg": Unit("angle", Fraction(1)),
    "arcmin": Unit("angle", Fraction(1, 60)),
    "arcsec": Unit("angle", Fraction(1, 3600)),
    "mas": Unit("angle", Fraction(1, 3_600_000)),
    "uas": Unit("angle", Fraction(1, 3_600_000_000)),
    "ph": Unit("photons", Fraction(1)),
    "phe": Unit("photoelectrons", Fraction(1)),
    "pe": Unit("photoelectrons", Fraction(1)),
    "p.e.": Unit("photoelectrons", Fraction(1)),
    "pix": Unit("pixels", Fraction(1)),
    "pixel": Unit("pixels", Fraction(1)),
}


def _all_units() -> Mapping[str, Unit]:
    prefixed = {
        prefix + symbol: Unit(unit.dimension, unit.factor * Fraction(10) ** power)
        for symbol, unit in _PREFIXED.items()
        for prefix, power in _PREFIXES.items()
    }
    return {**prefixed, **_PREFIXED, **_PLAIN}


UNITS: Final = _all_units()


def parse_quantity(text: str, unit: str) -> Number | None:
    """How much a text says, in a unit, or None if it says no number or one of something else.

    Parameters
    ----------
    text
        Such as ``0.05 TeV``, ``50GeV``, ``1e-3`` or ``inf``. A number without a unit is in
        ``unit``. What is no number (NaN) is none.
    unit
        Any text; what is not in `UNITS` is converted to nothing else.
    """
    found = _NUMBER.match(text.strip()) if len(text) <= MOST_CHARACTERS else None
    if found is None:
        return None
    digits, written = found[1], (found[2] or "").strip()
    factor = _factor(written, unit) if written else Fraction(1)
    if factor is None:
        return None
    return float(digits) if "inf" in digits.lower() else Fraction(digits) * factor


def plain_number(text: str) -> float | None:
    """The number that a text is, without a unit, as `parse_quantity` reads it."""
    found = _NUMBER.match(text.strip()) if len(text) <= MOST_CHARACTERS else None
    return None if found is None or found[2] else float(found[1])


def _factor(given: str, wanted: str) -> Fraction | None:
    if given.split() == wanted.split():
        return Fraction(1)
    one, other = UNITS.get(given), UNITS.get(wanted)
    if one is None or other is None or one.dimension != other.dimension:
        return None
    return one.factor / other.factor
