"""The TOML file of keyword rules, read with every key and value checked."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, NoReturn

from provstore.model.keywords import Keyword, Place, Take, ValueKind
from provstore.model.obscore import BY_NAME as COLUMNS
from provstore.model.obscore import standard_name
from provstore.model.patterns import STAR

LEVELS: Final = ("DL0", "DL1", "DL2", "DL3", "DL4", "DL5")
RESERVED: Final = frozenset(
    {
        *("mixed", "unknown", "single", "complete", "incomplete", "any", "all"),
        *("activity", "agent", "attribute", "configuration", "entity", "param", "parameter"),
    }
)
"""Words that mean something else where keywords are asked for."""
_NAME: Final = re.compile(r"[a-z][a-z0-9_]*\Z")
_MOST_NAME: Final = 64
_MOST_TEXT: Final = 1000
_MOST_COUNT: Final = 1_000_000
_MOST_VALUES: Final = Keyword("").most_values
_NO_KEY: Final = re.compile(r"[^\w*]|_")
"""What does not count in the name of a parameter."""
_ALSO_COLUMNS: Final = frozenset(
    {"calib_version", "reco_version", "reco_method", "applied_cuts", "spectral_model"}
)
"""Columns of ObsCore, as the observatory extends it, that say what keywords of the name say."""
_UCD: Final = re.compile(r"[A-Za-z0-9-]+(?:[.;][A-Za-z0-9-]+)*\Z")
_TRUE_TAKES: Final = (Take.VERSION, Take.NAME, Take.CONFIGURATION)
"""There is one of it, or all of them are meant: nothing to name."""
_OF_KEYWORD: Final = ("name", "type", "unit", "ucd", "description", "most_values", "from")
_OF_SOURCE: Final = ("name", "attribute", "value")
_OTHERS: Final = ("activity", "level")


class Source(NamedTuple):
    """Entities whose making nobody records; ``*`` stands for any characters, case does not count.

    Either by their name, or by the value of an attribute.
    """

    name: str = ""
    attribute: str = ""
    value: str = ""


class RulesError(ValueError):
    """A mistake in a file of rules: where it stands, the value, and what is allowed."""

    def __init__(self, place: str, value: object, allowed: str) -> None:
        self.place, self.value, self.allowed = place, str(value), allowed
        super().__init__(f"{place}: {str(value)[:200]!r} is not allowed: {allowed}")


def fold_key(key: str) -> str:
    """The name of a parameter or attribute as it compares: without case, blanks, punctuation."""
    return _NO_KEY.sub("", key.casefold())


def read_rules(text: str, place: str) -> tuple[list[Keyword], list[Source]]:
    """The keywords and sources of a TOML text.

    Raises
    ------
    RulesError
        The first mistake.
    """
    try:
        told = tomllib.loads(text)
    except ValueError as error:
        raise RulesError(place, error, "TOML 1.0") from None
    top = _Table(told, place)
    top.know("keyword", "source")
    keywords = [_keyword(table) for table in top.tables("keyword")]
    _refuse_twice(keywords, top)
    return keywords, [_source(table) for table in top.tables("source")]


class _Table:
    """A table of the file, and where it stands."""

    def __init__(self, told: Mapping[str, Any], place: str) -> None:
        self._told, self.place = told, place

    def __contains__(self, key: str) -> bool:
        return key in self._told

    def refuse(self, key: str, value: object, allowed: str) -> NoReturn:
        raise RulesError(f"{self.place}, {key}", value, allowed)

    def know(self, *keys: str) -> None:
        for key in self._told:
            if key not in keys:
                raise RulesError(f"{self.place}, key", key, "one of " + ", ".join(keys))

    def tables(self, key: str) -> "list[_Table]":
        told = self._told.get(key, [])
        if not isinstance(told, list) or not all(isinstance(table, dict) for table in told):
            self.refuse(key, told, f"tables, each begun by [[{key}]]")
        return [_Table(table, self._place_of(key, n, table)) for n, table in enumerate(told, 1)]

    def _place_of(self, key: str, number: int, table: Mapping[str, Any]) -> str:
        name = table.get("name")
        which = f"{name[:_MOST_NAME]!r}" if key == "keyword" and isinstance(name, str) else number
        return f"{self.place}, {key} {which}"

    def text(self, key: str, default: str = "") -> str:
        told = self._told.get(key, default)
        if not isinstance(told, str) or not told.isprintable() or len(told) > _MOST_TEXT:
            self.refuse(key, told, f"text of one line and at most {_MOST_TEXT} characters")
        return told.strip()

    def needed(self, key: str, what: str) -> str:
        told = self.text(key)
        if not told:
            self.refuse(key, told, what)
        return told

    def count(self, key: str, default: int) -> int:
        told = self._told.get(key, default)
        if not isinstance(told, int) or isinstance(told, bool) or not 0 <= told <= _MOST_COUNT:
            self.refuse(key, told, f"a whole number from 0 to {_MOST_COUNT}")
        return told

    def get(self, key: str) -> object:
        return self._told.get(key)


def _keyword(table: _Table) -> Keyword:
    table.know(*_OF_KEYWORD)
    places = tuple(_place(place) for place in table.tables("from"))
    if not places:
        table.refuse("from", "nothing", "at least one [[keyword.from]]")
    return Keyword(
        _keyword_name(table),
        _kind(table),
        _unit(table),
        _ucd(table),
        table.text("description"),
        table.count("most_values", _MOST_VALUES),
        places,
    )


def _keyword_name(table: _Table) -> str:
    name = table.needed("name", "a name")
    if _NAME.match(name) is None or len(name) > _MOST_NAME:
        shape = f"small letters, digits and _, a letter first, at most {_MOST_NAME} characters"
        table.refuse("name", name, shape)
    if name in RESERVED:
        table.refuse("name", name, "a word that means nothing else in a question")
    if standard_name(name) in COLUMNS and name not in _ALSO_COLUMNS:
        table.refuse("name", name, "a name that is no column of ObsCore")
    return name


def _kind(table: _Table) -> ValueKind:
    told = table.text("type", ValueKind.TEXT)
    if told not in set(ValueKind):
        table.refuse("type", told, "one of " + ", ".join(ValueKind))
    return ValueKind(told)


def _unit(table: _Table) -> str:
    unit = table.text("unit")
    if unit and _kind(table) is not ValueKind.NUMBER:
        table.refuse("unit", unit, f"nothing, unless the type is {ValueKind.NUMBER}")
    return unit


def _ucd(table: _Table) -> str:
    ucd = table.text("ucd")
    if ucd and _UCD.match(ucd) is None:
        table.refuse("ucd", ucd, "words of UCD1+, with . and ; between them")
    return ucd


def _place(table: _Table) -> Place:
    table.know(*Take, *_OTHERS)
    takes = [take for take in Take if take in table]
    if len(takes) != 1:
        told = ", ".join(takes) or "nothing"
        table.refuse("what is taken", told, "exactly one of " + ", ".join(Take))
    take = takes[0]
    key = _key(table, take)
    activity = table.text("activity")
    if not activity and take is not Take.ATTRIBUTE:
        table.refuse("activity", activity, "a pattern of the activity's name, * for any")
    return Place(take, key, activity, _level(table))


def _key(table: _Table, take: Take) -> str:
    if take in _TRUE_TAKES:
        if table.get(take) is not True:
            table.refuse(take, table.get(take), "true")
        return ""
    if take is Take.AGENT and table.get(take) is True:
        return ""
    key = table.text(take)
    if not fold_key(key).replace(STAR, ""):
        allowed = "a role, or true for any" if take is Take.AGENT else "a name"
        table.refuse(take, key, allowed)
    return key


def _level(table: _Table) -> str | None:
    level = table.text("level") or None
    if level is not None and level not in LEVELS:
        table.refuse("level", level, "one of " + ", ".join(LEVELS))
    return level


def _source(table: _Table) -> Source:
    table.know(*_OF_SOURCE)
    name, attribute = table.text("name"), table.text("attribute")
    if bool(name) == bool(attribute):
        told = f"name = {name!r}, attribute = {attribute!r}"
        table.refuse("what it is told by", told, "either name, or attribute and value")
    if name:
        if "value" in table:
            table.refuse("value", table.get("value"), "nothing, unless there is an attribute")
        return Source(name)
    if not fold_key(attribute).replace(STAR, ""):
        table.refuse("attribute", attribute, "a name")
    return Source("", attribute, table.needed("value", "a pattern, * for any value"))


def _refuse_twice(keywords: Iterable[Keyword], top: _Table) -> None:
    seen: set[str] = set()
    for keyword in keywords:
        if keyword.name in seen:
            top.refuse("keyword", keyword.name, "a name that no other keyword of the file has")
        seen.add(keyword.name)
