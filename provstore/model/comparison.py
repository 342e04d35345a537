"""How values of a keyword compare, by its kind.

======= =========================================================================================
kind    values compare
======= =========================================================================================
text    without case, blanks at the ends and repeated blanks; in the order of code points
version as `provstore.model.versions` says; earlier and later only within one line of versions
number  in the keyword's unit, which a value without a unit has; other units are converted
time    as instants, in UTC where no zone is told; a date asked for means the whole day
======= =========================================================================================

With every kind ``~`` compares the text with a pattern, in which ``*`` stands for any characters.
A value that is not of its keyword's kind equals nothing, and is neither less nor more.
"""

import operator as functions
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, NamedTuple

from provstore.model.keyword_values import as_kept
from provstore.model.keywords import Keyword, ValueKind
from provstore.model.patterns import STAR, Pattern
from provstore.model.quantities import UNITS, parse_quantity
from provstore.model.search import Operator
from provstore.model.times import parse_time
from provstore.model.versions import VersionKey, version_key

Match = Callable[[str], bool]

_ORDER: Final[Mapping[Operator, Callable[[Any, Any], bool]]] = {
    Operator.EQUAL: functions.eq,
    Operator.LESS: functions.lt,
    Operator.AT_MOST: functions.le,
    Operator.MORE: functions.gt,
    Operator.AT_LEAST: functions.ge,
}
_AFTER_ALL: Final = "~"
"""After every instant, and behind an instant after it and before the next."""


class ComparisonError(ValueError):
    """A value that is not of the keyword's kind; the message is what is allowed."""


def fold(text: str) -> str:
    """A text as it compares with others."""
    return " ".join(text.split()).casefold()


def _as_text(value: str) -> str:
    """Longer values than are kept compare by what is kept of them."""
    return fold(as_kept(value.strip()))


def matcher(keyword: Keyword, operator: Operator, wanted: str) -> Match:
    """Tells which values of a keyword fit a condition.

    ``=`` and ``!=`` are opposites for all values. ``<`` and ``>=``, and ``>`` and ``<=``, are for
    values of the keyword's kind; of versions, for those of the line of the one that is wanted.

    Raises
    ------
    ComparisonError
        ``wanted`` is not of the keyword's kind.
    """
    if operator is Operator.LIKE:
        pattern = Pattern(fold(wanted))
        return lambda value: pattern.matches(fold(value))
    if operator is Operator.UNEQUAL:
        equal = matcher(keyword, Operator.EQUAL, wanted)
        return lambda value: not equal(value)
    match keyword.kind:
        case ValueKind.TEXT:
            return _ordered(operator, _as_text, _as_text(wanted))
        case ValueKind.VERSION:
            return _version_matcher(operator, wanted)
        case ValueKind.NUMBER:
            return _number_matcher(keyword.unit, operator, wanted)
        case ValueKind.TIME:
            return _time_matcher(operator, wanted)


def _ordered(operator: Operator, key: Callable[[str], Any], wanted: object) -> Match:
    """Compares keys; a value whose key is None does not fit."""
    compare = _ORDER[operator]

    def fits(value: str) -> bool:
        found = key(value)
        return found is not None and compare(found, wanted)

    return fits


def _version_matcher(operator: Operator, wanted: str) -> Match:
    asked = version_key(wanted)
    if STAR in wanted:
        raise ComparisonError(f"a version without {STAR}, which is for patterns, asked for with ~")
    if operator is Operator.EQUAL:
        return _ordered(operator, version_key, asked)
    if not asked.is_numbered:
        raise ComparisonError("a version with a number, such as 0.19, v1.0rc1 or hap-18-12")

    def of_the_line(value: str) -> VersionKey | None:
        key = version_key(value)
        return key if key.is_comparable(asked) else None

    return _ordered(operator, of_the_line, asked)


def _number_matcher(unit: str, operator: Operator, wanted: str) -> Match:
    asked = parse_quantity(wanted, unit)
    if asked is None:
        raise ComparisonError(_allowed_number(unit))
    return _ordered(operator, lambda value: parse_quantity(value, unit), asked)


def _allowed_number(unit: str) -> str:
    if not unit:
        return "a number without a unit"
    if unit not in UNITS:
        return f"a number, in {unit} whether that is said or not"
    return f"a number, in {unit} or with a unit that can be converted to it"


class _Moments(NamedTuple):
    """All instants from one to before another, in the form of `Instant.utc`."""

    start: str
    end: str


def _moments(text: str) -> _Moments | None:
    """A day for a date, else one instant."""
    start = parse_time(text)
    if start is None:
        return None
    next_day = parse_time(f"{text.strip()}T24:00:00")  # of what has a time this is no time
    if next_day is not None:
        return _Moments(start.utc, next_day.utc)
    is_last_day = parse_time(f"{text.strip()}T00:00:00") is not None
    return _Moments(start.utc, _AFTER_ALL if is_last_day else start.utc + _AFTER_ALL)


def _instant(value: str) -> str | None:
    found = parse_time(value)
    return found.utc if found else None


def _time_matcher(operator: Operator, wanted: str) -> Match:
    asked = _moments(wanted)
    if asked is None:
        raise ComparisonError("a date or time of ISO 8601, such as 2025-12-10 or 2025-12-10T20:00Z")
    match operator:
        case Operator.LESS | Operator.AT_LEAST:
            return _ordered(operator, _instant, asked.start)
        case Operator.AT_MOST:
            return _ordered(Operator.LESS, _instant, asked.end)
        case Operator.MORE:
            return _ordered(Operator.AT_LEAST, _instant, asked.end)
        case _:
            from_start = _ordered(Operator.AT_LEAST, _instant, asked.start)
            before_end = _ordered(Operator.LESS, _instant, asked.end)
            return lambda value: from_start(value) and before_end(value)


def sort_key(keyword: Keyword) -> Callable[[str], Any]:
    """A key under which any values of a keyword sort: those of its kind first, in their order."""
    key = _key(keyword)

    def sorting(value: str) -> tuple[Any, ...]:
        found = key(value)
        return (1, fold(value), value) if found is None else (0, found, value)

    return sorting


def value_range(keyword: Keyword, values: Iterable[str]) -> tuple[str, str] | None:
    """The least and the most of the values that are of the keyword's kind.

    None where there is none, and for text.
    """
    if keyword.kind is ValueKind.TEXT:
        return None
    key = _key(keyword)
    found = [(told, value) for value in values if (told := key(value)) is not None]
    return (min(found)[1], max(found)[1]) if found else None


def _key(keyword: Keyword) -> Callable[[str], Any]:
    """What a value sorts by; None for what is not of the keyword's kind."""
    match keyword.kind:
        case ValueKind.TEXT:
            return fold
        case ValueKind.VERSION:
            return _numbered_version
        case ValueKind.NUMBER:
            return lambda value: parse_quantity(value, keyword.unit)
        case ValueKind.TIME:
            return _instant


def _numbered_version(value: str) -> VersionKey | None:
    key = version_key(value)
    return key if key.is_numbered else None
