"""The rules that a record keeps, column by column and between columns.

Sources: ObsCore 1.1, sections 3, 4 and appendix B, and the proposed high-energy extension. The
words that the latter proposes for its modes and messengers are examples, others are allowed.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from provstore.model.identifiers import MOST_BYTES, fits, ivoid, product_id
from provstore.model.intervals import IntervalError, parse_intervals
from provstore.model.obscore import COLUMNS, Column
from provstore.model.regions import RegionError, parse_region
from provstore.model.times import is_time

Value = str | int | float | None

PRODUCT_TYPES: Final = (
    # ObsCore 1.1, section 3.3.1
    *("image", "cube", "spectrum", "sed", "timeseries", "visibility", "event", "measurements"),
    # proposed high-energy extension, with the spellings of the product-type vocabulary
    *("hea-event-list", "hea-event-bundle", "event-list", "event-bundle", "draws", "pdf", "region"),
    *("response-function", "aeff", "arf", "bkgrate", "edisp", "psf", "rmf"),
)
"""Values of ``dataproduct_type``."""
DATA_RIGHTS: Final = ("public", "secure", "proprietary")
POLARIZATIONS: Final = (
    *("I", "Q", "U", "V", "RR", "LL", "RL", "LR", "XX", "YY", "XY", "YX", "POLI", "POLA"),
)

_SIZES: Final = (
    *("access_estsize", "s_resolution", "s_resolution_min", "s_resolution_max", "s_pixel_scale"),
    *("s_stat_error", "t_exptime", "t_resolution", "t_stat_error", "em_min", "em_max"),
    *("em_res_power", "em_res_power_min", "em_res_power_max", "em_resolution", "em_stat_error"),
    *("o_stat_error", "s_ref_energy", "em_ref_energy", "energy_min", "energy_max"),
)
"""Sizes, durations, wavelengths, energies, resolutions and errors are not negative."""
_RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "calib_level": (0, 4),
    "s_ra": (0, 360),
    "s_dec": (-90, 90),
    "s_fov": (0, 360),
    "s_ref_oaa": (0, 180),
    "em_ref_oaa": (0, 180),
    **dict.fromkeys(_SIZES, (0, math.inf)),
    # -1 stands for an axis without pixels (ObsCore 1.1, section 4)
    **{c.name: (-1, math.inf) for c in COLUMNS if "_xel" in c.name},
}
_PAIRS: Final = tuple(
    (f"{stem}_min", f"{stem}_max") for stem in ("t", "em", "s_resolution", "em_res_power", "energy")
)
_LOOKED_UP: Final = frozenset({"obs_publisher_did", "obs_id", "target_name"})
_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+\Z")
_MIME_WORD: Final = r"[A-Za-z0-9!#$&^_.+-]+"
_MIME: Final = re.compile(
    rf"{_MIME_WORD}/{_MIME_WORD}(?: ?; ?{_MIME_WORD}=(?:{_MIME_WORD}|\"[^\"]*\"))*\Z"
)
_HIGH_ENERGY_FORMATS: Final = frozenset({"x-fits-ogip", "x-fits-gadf", "x-fits-vodf"})
"""The proposed extension names these without their ``application/``."""
_UCD_WORD: Final = r"(?:[A-Za-z0-9_-]+:)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_UCD: Final = re.compile(rf"{_UCD_WORD}(?:;{_UCD_WORD})*\Z")
_PARTICLE: Final = re.compile(r"[+-]?[0-9]{1,10}\Z")
_LEVEL_LIKE: Final = re.compile(r"(?:DL|LEVEL)[ _-]?[0-9]", re.IGNORECASE)
_LEVEL: Final = re.compile(r"DL[0-5](?:_[A-Z]+)?\Z")
_LONGEST_TITLE: Final = 200


class BrokenRuleError(ValueError):
    """A cell breaks a rule; the text is a clause that says which."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)


def check(column: Column, value: Value) -> None:
    """Raise the rule that a value breaks by itself.

    Raises
    ------
    BrokenRuleError
        It breaks one.
    """
    if value is None:
        if column.required:
            raise BrokenRuleError("obscore/null", "may not be null (ObsCore 1.1, section 4)")
        return
    if not isinstance(value, str):
        _check_range(column.name, value)
        return
    if column.name in _LOOKED_UP and not fits(value):
        raise BrokenRuleError("obscore/too-long", f"has more than {MOST_BYTES} bytes (UTF-8)")
    check_text = _CHECKS.get(column.name)
    if check_text is not None:
        check_text(value)


class Disorder(NamedTuple):
    """Two bounds of a record in the wrong order."""

    low: str
    high: str
    message: str


def disorders(values: Mapping[str, object]) -> Iterator[Disorder]:
    """The bounds of a record, by column, of which the lower is above the upper."""
    for low, high in _PAIRS:
        lower, upper = values.get(low), values.get(high)
        if isinstance(lower, float) and isinstance(upper, float) and lower > upper:
            yield Disorder(low, high, f"is above {high} = {upper!r}")


def doubt_about(column: Column, value: Value) -> tuple[str, str] | None:
    """The rule and the clause where a value is kept although it may be wrong."""
    if not isinstance(value, str) or column.name not in _DOUBTS:
        return None
    is_doubtful, rule, message = _DOUBTS[column.name]
    return (rule, message) if is_doubtful(value) else None


def _check_range(name: str, value: float) -> None:
    low, high = _RANGES.get(name, (-math.inf, math.inf))
    if not low <= value <= high:
        allowed = f"{low} to {high}" if high < math.inf else f"{low} or more"
        raise BrokenRuleError("obscore/range", f"is out of range: allowed is {allowed}")


def _one_of(rule: str, allowed: tuple[str, ...]) -> Callable[[str], None]:
    def check_word(text: str) -> None:
        if text not in allowed:
            raise BrokenRuleError(rule, f"is none of {', '.join(allowed)}")

    return check_word


def _like(rule: str, pattern: re.Pattern[str], message: str) -> Callable[[str], None]:
    def check_form(text: str) -> None:
        if not pattern.match(text):
            raise BrokenRuleError(rule, message)

    return check_form


def _check_ivoid(text: str) -> None:
    if ivoid(text) is None or len(text) == len("ivo://") or re.search(r"\s", text):
        message = "is no IVOID, ivo:// with an authority (ObsCore 1.1, section 4)"
        raise BrokenRuleError("obscore/publisher-did", message)


def _check_format(text: str) -> None:
    if text not in _HIGH_ENERGY_FORMATS and not _MIME.match(text):
        raise BrokenRuleError("obscore/format", "is no MIME type, such as application/fits")


def _check_observable(text: str) -> None:
    if not all(_UCD.match(word) for word in text.split("#")):
        raise BrokenRuleError("obscore/ucd", "is no UCD, and no list of them with # between")


def _check_polarizations(text: str) -> None:
    states = text[1:-1].split("/")
    if len(text) < len("/I/") or not text.startswith("/") or not text.endswith("/"):
        message = "has no slash before, between and behind the states, as /I/Q/ has"
        raise BrokenRuleError("obscore/polarization", message)
    if not set(states) <= set(POLARIZATIONS):
        message = f"has a state that is none of {', '.join(POLARIZATIONS)}"
        raise BrokenRuleError("obscore/polarization", message)


def _check_time(text: str) -> None:
    if not is_time(text):
        raise BrokenRuleError("obscore/timestamp", "is no ISO 8601 time, as 2026-01-31T23:59:00")


def _check_region(text: str) -> None:
    try:
        parse_region(text)
    except RegionError as error:
        message = f"is no region in STC-S or of DALI: {error}"
        raise BrokenRuleError("obscore/region", message) from error


def _check_intervals(text: str) -> None:
    try:
        parse_intervals(text)
    except IntervalError as error:
        message = f"is no time MOC, and no list of intervals: {error}"
        raise BrokenRuleError("obscore/intervals", message) from error


_check_ucd: Final = _like("obscore/ucd", _UCD, "is no UCD")
_CHECKS: Final[Mapping[str, Callable[[str], None]]] = {
    "dataproduct_type": _one_of("obscore/product-type", PRODUCT_TYPES),
    "obs_publisher_did": _check_ivoid,
    "publisher_id": _check_ivoid,
    "access_url": _like("obscore/url", _URL, "is no URL: it begins with no scheme"),
    "access_format": _check_format,
    "s_region": _check_region,
    "o_ucd": _check_observable,
    "s_ucd": _check_ucd,
    "em_ucd": _check_ucd,
    "pol_states": _check_polarizations,
    "obs_creation_date": _check_time,
    "obs_release_date": _check_time,
    "data_rights": _one_of("obscore/data-rights", DATA_RIGHTS),
    "t_intervals": _check_intervals,
    "messenger_pdgid": _like("obscore/particle", _PARTICLE, "is no number of a particle, as +22"),
}


def _is_no_level(text: str) -> bool:
    return bool(_LEVEL_LIKE.match(text)) and not _LEVEL.match(text)


_DOUBTS: Final[Mapping[str, tuple[Callable[[str], bool], str, str]]] = {
    "dataproduct_subtype": (
        _is_no_level,
        "obscore/data-level",
        "looks like a data level, which are DL0 to DL5",
    ),
    "obs_title": (
        lambda text: len(text) > _LONGEST_TITLE,
        "obscore/long-title",
        f"has more than {_LONGEST_TITLE} characters (ObsCore 1.1)",
    ),
    "product_id": (
        lambda text: product_id(text) is None,
        "obscore/product-id",
        "is no UUID: it ties no files",
    ),
}
