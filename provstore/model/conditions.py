"""Conditions as people write them: ``reco_version>=0.19``, ``pointing_mode!=divergent``.

One grammar for columns and for keywords, for the server and for the commands: a name, an operator,
a value. Blanks around each do not count. A value in double quotes is taken as it is, with ``""``
for a quote in it; without them the words ``mixed`` and ``unknown`` ask for what a dataset has.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from provstore.model.obscore import BY_NAME, standard_name
from provstore.model.search import Condition, Operator, Order, State

MOST_CHARACTERS: Final = 2000
"""Of a value; longer ones are neither stored nor looked up."""
GRAMMAR: Final = (
    "a name, one of = != < <= > >= ~, and a value: of at most "
    f"{MOST_CHARACTERS} characters without NUL, in double quotes where it is one of the words "
    "mixed and unknown, which stand after = only"
)
ORDERS: Final = "a column of ObsCore, with - before it for the greatest first"

_CONDITION: Final = re.compile(
    r"(?P<name>[^=!<>~]+)(?P<operator>!=|<=|>=|=|<|>|~)(?P<value>.*)", re.DOTALL
)
_QUOTED: Final = re.compile(r'"(?:[^"]|"")*"')
_WORDS: Final = {state.value: state for state in (State.MIXED, State.UNKNOWN)}
_DESCENDING: Final = "-"
_MOST_COMPARED: Final = 100
"""Characters of a name that is not known; the search for near ones takes their square."""
_MOST_SUGGESTED: Final = 3


class ConditionError(ValueError):
    """A text that is no condition; the message is what is allowed."""


def parse_condition(text: str) -> Condition:
    """What a condition says.

    Parameters
    ----------
    text
        Such as ``reco_version>=0.19``, ``target_name~PKS*`` or ``applied_cuts="mixed"``.

    Raises
    ------
    ConditionError
        It is none.
    """
    found = _CONDITION.fullmatch(text)
    if found is None or "\0" in text:
        raise ConditionError(GRAMMAR)
    name, operator = found["name"].strip(), Operator(found["operator"])
    value = found["value"].strip()
    if not name or max(len(name), len(value)) > MOST_CHARACTERS:
        raise ConditionError(GRAMMAR)
    if value.startswith('"'):
        if not _QUOTED.fullmatch(value):
            raise ConditionError(GRAMMAR)
        return Condition(name, operator, value[1:-1].replace('""', '"'))
    if not value:
        raise ConditionError(GRAMMAR)
    state = _WORDS.get(value.lower())
    if state is None:
        return Condition(name, operator, value)
    if operator is not Operator.EQUAL:
        raise ConditionError(GRAMMAR)
    return Condition(name, operator, "", state)


def condition_text(condition: Condition) -> str:
    """The text that `parse_condition` reads as this condition."""
    name, operator, value, state = condition
    if state is not None:
        return f"{name}{operator.value}{state.value}"
    is_plain = value and value == value.strip() and value[0] != '"' and value.lower() not in _WORDS
    if not is_plain:
        value = '"{}"'.format(value.replace('"', '""'))
    return f"{name}{operator.value}{value}"


def parse_order(text: str) -> Order:
    """By which column to sort: its name, after ``-`` with the greatest first.

    Raises
    ------
    ConditionError
        There is no such column.
    """
    name = standard_name(text.removeprefix(_DESCENDING))
    if name not in BY_NAME:
        raise ConditionError(ORDERS)
    return Order(name, text.startswith(_DESCENDING))


def suggestion(name: str, known: Iterable[str]) -> str:
    """What is allowed instead of a name that is not known: the nearest ones, else all of them."""
    names = sorted(known)
    near = get_close_matches(name[:_MOST_COMPARED].lower(), names, n=_MOST_SUGGESTED)
    if near:
        return f"there is none of this name; did you mean {' or '.join(near)}?"
    return f"there is none of this name; known are {', '.join(names) or 'none yet'}"
