"""One cell of an ObsCore table -> the value that is kept, or the rule that it breaks."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Final

from provstore.importers.obscore.units import Scale
from provstore.model.identifiers import MOST_BYTES, fits, ivoid, product_id
from provstore.model.obscore import Column
from provstore.model.times import parse_time

Value = str | int | float | None

PRODUCT_TYPES: Final = (
    # ObsCore 1.1, section 3.3.1
    *("image", "cube", "spectrum", "sed", "timeseries", "visibility", "event", "measurements"),
    # proposed high-energy extension, with the spellings of the product-type vocabulary
    *("hea-event-list", "hea-event-bundle", "event-list", "event-bundle", "draws", "pdf", "region"),
    *("response-function", "aeff", "arf", "bkgrate", "edisp", "psf", "rmf"),
)
"""Values of ``dataproduct_type``."""

_RANGES: Final = {
    "calib_level": (0, 4),
    "s_ra": (0, 360),
    "s_dec": (-90, 90),
    "em_min": (0, math.inf),
    "em_max": (0, math.inf),
}
_LOOKED_UP: Final = frozenset({"obs_publisher_did", "obs_id", "target_name"})
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,19}")
_INT64: Final = 1 << 63
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_LEVEL_LIKE: Final = re.compile(r"(?:DL|LEVEL)[ _-]?[0-9]", re.IGNORECASE)
_LEVEL: Final = re.compile(r"DL[0-5](?:_[A-Z]+)?\Z")


class BrokenRuleError(ValueError):
    """A cell breaks a rule; the text is a sentence that says which."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)


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
    value = _text(cell) if column.type == "text" else _number(cell, column, scale)
    if value is None and column.required:
        raise BrokenRuleError("obscore/null", "may not be null (ObsCore 1.1, section 4)")
    if value is not None:
        _check_range(column.name, value)
        if column.name in _LOOKED_UP and not fits(str(value)):
            raise BrokenRuleError("obscore/too-long", f"has more than {MOST_BYTES} bytes (UTF-8)")
        _CHECKS.get(column.name, _anything)(value)
    return value


def doubt_about(cell: object, column: Column, value: Value) -> tuple[str, str] | None:
    """The rule and the sentence where ``value`` is kept of ``cell`` although it may be wrong."""
    if value is None and str(cell).strip().lower() not in {"none", "", "nan"}:
        return "obscore/no-wavelength", "has no wavelength: taken as null"
    if not isinstance(value, str) or column.name not in _DOUBTS:
        return None
    is_doubtful, rule, message = _DOUBTS[column.name]
    return (rule, message) if is_doubtful(value) else None


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
    return float(scaled) if column.type == "real" else _integer(scaled, scale)


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


def _integer(number: float, scale: Scale) -> int:
    if scale.factor == 1.0 and number != int(number):
        raise BrokenRuleError("obscore/type", "is not an integer")
    integer = round(number)
    if not -_INT64 <= integer < _INT64:
        raise BrokenRuleError("obscore/range", "does not fit into 64 bits")
    return integer


def _check_range(name: str, value: Value) -> None:
    low, high = _RANGES.get(name, (-math.inf, math.inf))
    if not isinstance(value, str | None) and not low <= value <= high:
        allowed = f"{low} to {high}" if high < math.inf else f"{low} or more"
        raise BrokenRuleError("obscore/range", f"is out of range: allowed is {allowed}")


def _anything(_value: Value) -> None:
    """Most columns allow every value of their type."""


def _check_product_type(value: Value) -> None:
    if value not in PRODUCT_TYPES:
        allowed = ", ".join(PRODUCT_TYPES)
        raise BrokenRuleError("obscore/product-type", f"is none of {allowed}")


def _check_publisher_did(value: Value) -> None:
    text = str(value)
    if ivoid(text) is None or len(text) == len("ivo://") or re.search(r"\s", text):
        message = "is no IVOID, ivo:// with an authority (ObsCore 1.1, section 4)"
        raise BrokenRuleError("obscore/publisher-did", message)


_CHECKS: Final[Mapping[str, Callable[[Value], None]]] = {
    "dataproduct_type": _check_product_type,
    "obs_publisher_did": _check_publisher_did,
}


def _is_no_level(text: str) -> bool:
    return bool(_LEVEL_LIKE.match(text)) and not _LEVEL.match(text)


def _is_no_time(text: str) -> bool:
    return parse_time(text) is None


def _is_no_product_id(text: str) -> bool:
    return product_id(text) is None


_TIME_DOUBT: Final = (_is_no_time, "obscore/timestamp", "is not an ISO 8601 time")
_DOUBTS: Final[Mapping[str, tuple[Callable[[str], bool], str, str]]] = {
    "dataproduct_subtype": (
        _is_no_level,
        "obscore/data-level",
        "looks like a data level, which are DL0 to DL5",
    ),
    "obs_creation_date": _TIME_DOUBT,
    "obs_release_date": _TIME_DOUBT,
    "product_id": (_is_no_product_id, "obscore/product-id", "is no UUID: it ties no files"),
}
