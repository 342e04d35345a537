"""One cell of an ObsCore table -> the value that is kept, or the rule that it breaks."""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Final

from provstore.importers.obscore.rules import BrokenRuleError, Value, check
from provstore.importers.obscore.rules import doubt_about as doubt_about_value
from provstore.importers.obscore.units import Scale
from provstore.model.obscore import NUMBERS, Column

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_INT32: Final = 1 << 31
_INT64: Final = 1 << 63
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


def value_of(cell: object, column: Column, scale: Scale) -> Value:
    """What is kept of a cell.

    Parameters
    ----------
    cell
        As `TableColumn.cells` has it.
    column
        What ObsCore says of it.
    scale
        From the unit of the file to that of the column; for numbers only.

    Returns
    -------
    str, int, float or None
        None for a cell that is empty, NaN, or a wavelength without end (of an energy of 0).

    Raises
    ------
    BrokenRuleError
        The cell cannot be what its column holds.
    """
    value: Value
    if column.type in NUMBERS:
        value = _number(cell, column, scale)
    else:
        value = _text(_joined(cell) if column.type in {"region", "intervals"} else cell)
    check(column, value)
    return value


def doubt_about(cell: object, column: Column, value: Value) -> tuple[str, str] | None:
    """The rule and the sentence where ``value`` is kept of ``cell`` although it may be wrong."""
    if value is None and str(cell).strip().lower() not in {"none", "", "nan"}:
        return "obscore/no-wavelength", "has no wavelength: taken as null"
    return doubt_about_value(column, value)


def _joined(cell: object) -> object:
    """The numbers of a cell that is an array, as DALI writes shapes and intervals, as one text."""
    array = getattr(cell, "tolist", None)  # numpy, which reads cells of varying length
    listed = cell if array is None else array()
    return " ".join(_flat(listed)) if isinstance(listed, list | tuple) else cell


def _flat(cells: Iterable[object]) -> Iterator[str]:
    for cell in cells:
        if isinstance(cell, list | tuple):
            yield from _flat(cell)
        else:
            yield repr(cell)


def _text(cell: object) -> str | None:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    if not isinstance(cell, str | int | float):
        raise BrokenRuleError("obscore/type", "is not a single text")
    text = str(cell).strip()
    if _UNSTORABLE.search(text):
        raise BrokenRuleError("obscore/text", "has a NUL character or half of a surrogate pair")
    return text or None


def _number(cell: object, column: Column, scale: Scale) -> int | float | None:
    number = _parsed(cell)
    if number is None or math.isnan(number):
        return None
    if math.isinf(number):
        raise BrokenRuleError("obscore/finite", "is not a finite number")
    if scale.inverse and number == 0:  # gammapy writes 0 where there is no value
        return None
    scaled = scale.apply(number)
    if math.isinf(scaled):
        raise BrokenRuleError("obscore/finite", f"is not a finite number of {column.unit}")
    return float(scaled) if column.type == "real" else _integer(scaled, column, scale)


def _parsed(cell: object) -> int | float | None:
    match cell:
        case None:
            return None
        case str():
            return _number_of_text(cell.strip())
        case int() | float() if not isinstance(cell, bool):
            return cell
        case _:
            raise BrokenRuleError("obscore/type", "is not a single number")


def _number_of_text(text: str) -> int | float | None:
    if not text or text.lower() == "nan":
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) or text.lower().lstrip("+-") in {"inf", "infinity"}:
        return float(text)
    raise BrokenRuleError("obscore/type", "is not a number")


def _integer(number: float, column: Column, scale: Scale) -> int:
    if scale.factor == 1.0 and number != int(number):
        raise BrokenRuleError("obscore/type", "is not an integer")
    integer = round(number)
    limit, bits = (_INT32, 32) if column.type == "integer" else (_INT64, 64)
    if not -limit <= integer < limit:
        raise BrokenRuleError("obscore/range", f"does not fit into {bits} bits")
    return integer
