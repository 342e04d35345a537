"""From the unit that a table gives to the unit in which ObsCore keeps the column."""

import math
from typing import Final, NamedTuple

_LONGEST: Final = 80
"""Characters of a unit: longer ones are no units, and astropy looks long for what they resemble."""


class UnitError(ValueError):
    """A unit that is none, or that measures something else than the column does."""


class Scale(NamedTuple):
    """How values of one unit become values of another."""

    factor: float = 1.0
    inverse: bool = False
    """The result is ``factor / value``: a wavelength of an energy, frequency or wave number."""

    def apply(self, value: float) -> float:
        """The value in the other unit; infinity where it has none (the wavelength of 0 TeV)."""
        if not self.inverse:
            return value if self.factor == 1.0 else value * self.factor
        return self.factor / value if value else math.inf


def scale(unit: str, target: str, *, spectral: bool) -> Scale:
    """How values in ``unit`` become values in ``target``.

    Parameters
    ----------
    unit
        As a file has it, in any notation that astropy reads.
    target
        A VOUnit.
    spectral
        Whether energies, frequencies and wave numbers stand for wavelengths.

    Raises
    ------
    UnitError
        ``unit`` is no unit, or cannot become ``target``.
    """
    from astropy import units  # noqa: PLC0415  takes a quarter of a second, for tables only

    if unit == target:
        return Scale()
    if len(unit) > _LONGEST:
        raise UnitError(f"a unit has at most {_LONGEST} characters")
    try:
        given = units.Unit(unit)
        if given.is_equivalent(units.Unit(target)):
            return Scale(float(given.to(target)))
        equivalencies = units.spectral() if spectral else []
        return Scale(float(given.to(target, equivalencies=equivalencies)), inverse=True)
    except units.UnitConversionError as error:
        raise UnitError(f"it cannot be converted to {target}") from error
    except (ValueError, TypeError, ArithmeticError) as error:
        raise UnitError("this is no unit that astropy knows") from error
