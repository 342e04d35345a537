"""Energies of light as people write them: in eV, Hz or m, with a prefix.

The constants are exact by the definition of the units (SI Brochure, 9th edition, table 1).
"""

import math
import re
from typing import Final

from provstore.model.search import Span

_PLANCK: Final = 6.62607015e-34
"""J s"""
_LIGHT: Final = 299_792_458
"""m/s"""
_CHARGE: Final = 1.602176634e-19
"""J/eV"""
EV_PER_TEV: Final = 1e12
HC_TEV_M: Final = _PLANCK * _LIGHT / _CHARGE / EV_PER_TEV
"""Energy in TeV times wavelength in m."""
_H_TEV_S: Final = _PLANCK / _CHARGE / EV_PER_TEV

_PREFIXES: Final = {
    "a": -18, "f": -15, "p": -12, "n": -9, "u": -6, "µ": -6, "m": -3, "c": -2, "": 0,
    "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24,
}  # fmt: skip
_TEXT: Final = re.compile(
    r"\s*([0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?|\.[0-9]+(?:[eE][+-]?[0-9]+)?)"
    r"\s*([afpnuµmckMGTPEZY]?)(eV|Hz|m)\s*\Z"
)
ALLOWED: Final = (
    "a number above 0 with eV, Hz or m and an SI prefix, such as 0.05 TeV, 50 GeV, 1e26 Hz, 1e-18 m"
)


class SpectralError(ValueError):
    """A text that is no energy, frequency or wavelength; the message says what is allowed."""


def energy_tev(text: str) -> float:
    """An energy in TeV, of a text such as ``50 GeV``, ``1e26 Hz`` or ``1e-18 m``.

    Units are as VOUnits writes them: prefixes are told apart by their case, ``MeV`` from ``meV``.

    Raises
    ------
    SpectralError
        It is none.
    """
    found = _TEXT.match(text)
    if found is None:
        raise SpectralError(f"{text[:40]!r} is no energy: allowed is {ALLOWED}")
    number, prefix, unit = found.groups()
    value = float(number) * 10.0 ** _PREFIXES[prefix]
    energy = _tev(value, unit) if 0 < value < math.inf else 0.0
    if not 0 < energy < math.inf:
        raise SpectralError(f"{text[:40]!r} is out of range: allowed is {ALLOWED}")
    return energy


def _tev(value: float, unit: str) -> float:
    match unit:
        case "eV":
            return value / EV_PER_TEV
        case "Hz":
            return value * _H_TEV_S
        case _:
            return HC_TEV_M / value


def energy_span(one: str | None, other: str | None) -> Span:
    """The energies between two texts, in TeV; raises as `energy_tev`.

    Parameters
    ----------
    one, other
        The bounds in either order, as wavelengths are in the other one than energies. None leaves
        the second open upwards, the first downwards; of wavelengths it is the other way round.
    """
    found = [None if text is None else energy_tev(text) for text in (one, other)]
    if any(text is not None and _is_wavelength(text) for text in (one, other)):
        found.reverse()
    low = 0.0 if found[0] is None else found[0]
    high = math.inf if found[1] is None else found[1]
    return Span(min(low, high), max(low, high))


def _is_wavelength(text: str) -> bool:
    return text.rstrip().endswith("m")
