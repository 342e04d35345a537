"""Conditions on provenance keywords as SQL over the kept sets, and what datasets have of them.

The few distinct values of a keyword are compared one by one; the statement then asks which sets
hold one of those that fit. For a handful of datasets their own sets are probed. Where most of the
catalogue has to be looked at, the sets that fit are gathered first: there are far fewer of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, exists, false, func, not_, select

from provstore.model.keywords import ByName
from provstore.model.search import Inherited, Match, State
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.search_columns import within
from provstore.stores.catalogue.tables import (
    INCOMPLETE,
    element_keywords,
    keyword,
    kwset,
    kwset_member,
)

KWSET: Final = element_keywords.c.kwset
"""The set of a dataset, where the statement joins `element_keywords`: each element has a row."""
_SEVERAL: Final = 2
# made once: to make one takes as long as to run it
_COUNTS: Final = (
    select(keyword.c.name, func.count())
    .where(among(keyword.c.name, "names"))
    .group_by(keyword.c.name)
)
_VALUES: Final = select(keyword.c.id, keyword.c.value).where(keyword.c.name == bindparam("name"))
_MEMBERS: Final = select(kwset.c.id, kwset.c.members).where(among(kwset.c.id, "list"))
_NAMED: Final = select(keyword.c.id, keyword.c.name, keyword.c.value).where(
    among(keyword.c.id, "list")
)


def names(tx: Transaction) -> list[str]:
    """The keywords of which the catalogue has a value, in order."""
    rows = tx.execute(select(keyword.c.name).distinct().order_by(keyword.c.name)).scalars()
    return [name for name in rows if name]


def counts_of(tx: Transaction, names: Collection[str]) -> dict[str, int]:
    """How many distinct values the catalogue has of each keyword, in order of their names."""
    wanted = sorted(names)
    counted = tx.execute(_COUNTS, {"names": wanted}).cursor.fetchall() if wanted else ()
    return dict.fromkeys(wanted, 0) | dict(counted)


def values_of(tx: Transaction, name: str) -> dict[int, str]:
    """The distinct values of a keyword in the catalogue, by number."""
    return dict(tx.execute(_VALUES, {"name": name}).cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Values:
    """The values of a keyword, and those of them that a condition asks for."""

    every: Collection[int]
    fitting: Collection[int]

    @classmethod
    def of(cls, values: Mapping[int, str], fits: Callable[[str], bool]) -> "Values":
        """Those of a keyword, compared one by one."""
        return cls(values.keys(), [number for number, value in values.items() if fits(value)])


def in_state(state: State, values: Collection[int], *, few: bool) -> ColumnElement[bool]:
    """Whether a dataset has several values, one or none of a keyword.

    Parameters
    ----------
    values
        All values of the keyword.
    few
        Whether few datasets are to be looked at.
    """
    if state is State.UNKNOWN:
        return not_(_has(values, few=few))
    at_least = _has_several(values, few=few)
    if state is State.MIXED:
        return at_least
    return and_(_has(values, few=few), not_(at_least))


def has_value(match: Match, values: Values, *, few: bool) -> ColumnElement[bool]:
    """Whether some input has a value that fits, or every input that has the keyword."""
    some = _has(values.fitting, few=few)
    if match is Match.ANY:
        return some
    others = set(values.every).difference(values.fitting)
    return and_(some, not_(_has(others, few=few)))


def _has(numbers: Collection[int], *, few: bool) -> ColumnElement[bool]:
    if not numbers:
        return false()
    of_these = _among(numbers)
    if few:
        return exists().where(of_these, kwset_member.c.kwset == element_keywords.c.kwset)
    return KWSET.in_(select(kwset_member.c.kwset).where(of_these))


def _has_several(numbers: Collection[int], *, few: bool) -> ColumnElement[bool]:
    if len(numbers) < _SEVERAL:
        return false()
    count = func.count()
    of_these = _among(numbers)
    if few:
        own = kwset_member.c.kwset == element_keywords.c.kwset
        held = select(count).select_from(kwset_member).where(of_these, own).scalar_subquery()
        return held >= _SEVERAL
    several = (
        select(kwset_member.c.kwset)
        .where(of_these)
        .group_by(kwset_member.c.kwset)
        .having(count >= _SEVERAL)
    )
    return KWSET.in_(several)


def _among(numbers: Collection[int]) -> ColumnElement[bool]:
    if len(numbers) == 1:
        return kwset_member.c.kw == next(iter(numbers))
    return within(kwset_member.c.kw, sorted(numbers))


# -- what datasets have


class Held(NamedTuple):
    """What a set says."""

    keywords: Mapping[str, Inherited]
    complete: bool


def held(tx: Transaction, sets: Iterable[int], keywords: ByName) -> dict[int, Held]:
    """What each of the sets says of keywords that are kept, these and their values in order.

    Of one that has too many values sets hold some.
    """
    members = members_of(tx, sets)
    told = named(tx, {number for numbers in members.values() for number in numbers})
    told = _kept(tx, told, keywords)
    return {number: _held(numbers, told) for number, numbers in members.items()}


def _kept(
    tx: Transaction, told: Mapping[int, tuple[str, str]], keywords: ByName
) -> dict[int, tuple[str, str]]:
    counts = counts_of(tx, {name for name, _ in told.values()})
    kept = {n for n, count in counts.items() if n in keywords and keywords[n].is_kept_with(count)}
    return {number: value for number, value in told.items() if value[0] in kept}


def members_of(tx: Transaction, sets: Iterable[int]) -> dict[int, list[int]]:
    """The values, by number, that are in each of the sets."""
    wanted = set(sets)
    found = {
        number: orjson.loads(members) for number, members in fetch(tx, _MEMBERS, sorted(wanted))
    }
    return {number: found.get(number, []) for number in wanted}


def named(tx: Transaction, numbers: Collection[int]) -> dict[int, tuple[str, str]]:
    """The keyword and the text of each of the values."""
    return {number: (name, value) for number, name, value in fetch(tx, _NAMED, sorted(numbers))}


def _held(numbers: Iterable[int], told: Mapping[int, tuple[str, str]]) -> Held:
    values: dict[str, list[str]] = {}
    for number in numbers:
        if number in told and number != INCOMPLETE:
            name, value = told[number]
            values.setdefault(name, []).append(value)
    inherited = {
        name: Inherited(State.MIXED if len(several) > 1 else State.SINGLE, tuple(sorted(several)))
        for name, several in sorted(values.items())
    }
    return Held(inherited, INCOMPLETE not in numbers)
