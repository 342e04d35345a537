"""Conditions on columns of ObsCore as SQL.

Texts compare without regard to the case of ASCII letters, which both engines fold alike; times by
what they mean, however they are written; numbers in the unit of the column. A column without a
value fits no condition but that it is unknown, as in SQL.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from operator import eq, ge, gt, le, lt, ne
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

from sqlalchemy import ColumnElement, Double, Text, bindparam, func, literal, select

from provstore.errors import BadParameterError
from provstore.model.comparison import matcher
from provstore.model.conditions import condition_text, suggestion
from provstore.model.keywords import Keyword, ValueKind
from provstore.model.obscore import BY_NAME, NUMBERS, Column, standard_name
from provstore.model.search import Condition, Operator, State
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.lists import Among, ListOf
from provstore.stores.catalogue.tables import obscore

_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\Z", re.ASCII)
_ESCAPE: Final = "\\"
_COMPARE: Final[Mapping[Operator, Callable[[Any, Any], ColumnElement[bool]]]] = {
    Operator.EQUAL: eq,
    Operator.UNEQUAL: ne,
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
}


def within(column: ColumnElement[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column's value is one of these, however many: one parameter."""
    listed = bindparam(None, list(values), type_=ListOf(column.type), unique=True)
    return Among(column, listed)


def folded(text: str) -> str:
    """A text with ASCII letters in lower case: what ``lower`` of both engines makes of it."""
    return text.translate(_LOWER)


def column_of(name: str, parameter: str) -> Column:
    """The column of a name.

    Raises
    ------
    BadParameterError
        There is none; it suggests the nearest.
    """
    column = BY_NAME.get(standard_name(name))
    if column is None:
        raise BadParameterError(parameter, name, f"a column: {suggestion(name, BY_NAME)}")
    return column


def column_condition(tx: Transaction, condition: Condition, parameter: str) -> ColumnElement[bool]:
    """The SQL of a condition.

    Parameters
    ----------
    parameter
        What the asker calls it, for messages.

    Raises
    ------
    BadParameterError
        There is no such column, or it has no such values.
    """
    column = column_of(condition.name, parameter)
    if condition.state is State.MIXED:
        allowed = "a value: a column has one or none; only a keyword can be mixed"
        raise _bad(condition, parameter, allowed)
    if condition.state is State.UNKNOWN:
        return obscore.c[column.name].is_(None)
    if column.type in NUMBERS:
        return _number(condition, obscore.c[column.name], parameter)
    if condition.operator is Operator.LIKE:
        pattern = like_pattern(condition.value)
        return func.lower(obscore.c[column.name]).like(pattern, escape=_ESCAPE)
    if column.type == "timestamp":
        return _time(tx, condition, column, parameter)
    compare = _COMPARE[condition.operator]
    return compare(func.lower(obscore.c[column.name]), literal(folded(condition.value), Text()))


def _number(
    condition: Condition, column: ColumnElement[Any], parameter: str
) -> ColumnElement[bool]:
    value = float(condition.value) if _NUMBER.match(condition.value) else math.nan
    if condition.operator is Operator.LIKE or not math.isfinite(value):
        allowed = f"{condition.name} is a number: a finite one, and no pattern"
        raise _bad(condition, parameter, allowed)
    return _COMPARE[condition.operator](column, literal(value, Double()))


def _time(
    tx: Transaction, condition: Condition, column: Column, parameter: str
) -> ColumnElement[bool]:
    """Compared one by one: times are kept as they are written, in many forms and zones."""
    stored = obscore.c[column.name]
    try:
        fits = matcher(Keyword(column.name, ValueKind.TIME), condition.operator, condition.value)
    except ValueError as error:
        raise _bad(condition, parameter, f"a time, as 2026-01-31T23:59:00: {error}") from error
    written = tx.execute(select(stored).where(stored.is_not(None)).distinct()).scalars()
    return within(stored, [text for text in written if fits(text)])


def like_pattern(value: str) -> str:
    """The pattern of LIKE that means a value in which ``*`` stands for any characters."""
    literal_text = folded(value)
    for special in (_ESCAPE, "%", "_"):
        literal_text = literal_text.replace(special, _ESCAPE + special)
    return literal_text.replace("*", "%")


def _bad(condition: Condition, parameter: str, allowed: str) -> BadParameterError:
    return BadParameterError(parameter, condition_text(condition), allowed)
