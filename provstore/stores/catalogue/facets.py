"""Counts the values of columns and keywords among all datasets that are found."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, func, select

from provstore.model.obscore import Column
from provstore.model.search import Facet, FacetValue
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search import COUNTS, RECORDS
from provstore.stores.catalogue.search_keywords import KWSET, members_of, named
from provstore.stores.catalogue.tables import INCOMPLETE, obscore

MOST_VALUES: Final = 1000
"""Of one facet: the most frequent are told."""
_COUNT: Final = func.count().label("datasets")
_Conditions = Sequence[ColumnElement[bool]]


def column_facet(tx: Transaction, column: Column, conditions: _Conditions) -> Facet:
    """The values of a column."""
    stored = obscore.c[column.name]
    statement = (
        select(stored, _COUNT).select_from(RECORDS).where(COUNTS, *conditions).group_by(stored)
    )
    counts: dict[object, int] = dict(tx.execute(statement).all())
    unknown = counts.pop(None, 0)
    return Facet(column.name, _most({str(v): n for v, n in counts.items()}), unknown=unknown)


def keyword_facets(
    tx: Transaction, names: Collection[str], conditions: _Conditions
) -> dict[str, Facet]:
    """The values of keywords: a dataset that is mixed counts for each of its values."""
    statement = (
        select(KWSET, _COUNT).select_from(RECORDS).where(COUNTS, *conditions).group_by(KWSET)
    )
    sets: dict[int, int] = dict(tx.execute(statement).all())
    values: dict[str, Counter[str]] = {name: Counter() for name in names}
    mixed: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for number, held in _held(tx, sets).items():
        datasets = sets[number]
        for name in values.keys() & held.keys():
            known[name] += datasets
            mixed[name] += datasets if len(held[name]) > 1 else 0
            for value in held[name]:
                values[name][value] += datasets
    total = sum(sets.values())
    return {n: Facet(n, _most(values[n]), mixed[n], total - known[n]) for n in names}


def keyword_groups(
    tx: Transaction, names: Iterable[str], columns: Iterable[str], conditions: _Conditions
) -> dict[str, list[list[FacetValue]]]:
    """The datasets that have a keyword, by the values of each column."""
    stored = [obscore.c[name] for name in columns]
    statement = (
        select(KWSET, *stored, _COUNT)
        .select_from(RECORDS)
        .where(COUNTS, *conditions)
        .group_by(KWSET, *stored)
    )
    rows = tx.execute(statement).all()
    held = _held(tx, {row[0] for row in rows})
    counts: dict[str, list[Counter[str]]] = {name: [Counter() for _ in stored] for name in names}
    for number, *values, datasets in rows:
        for name in held[number]:
            for counter, value in zip(counts[name], values, strict=True):
                if value is not None:
                    counter[value] += datasets
    return {name: [_most(counter) for counter in counters] for name, counters in counts.items()}


def _held(tx: Transaction, sets: Iterable[int]) -> dict[int, dict[str, list[str]]]:
    """By set, the values of each keyword in it."""
    members = members_of(tx, sets)
    told = named(tx, {number for numbers in members.values() for number in numbers})
    found: dict[int, dict[str, list[str]]] = {}
    for number, numbers in members.items():
        held = found[number] = {}
        for member in numbers:
            if member != INCOMPLETE:
                name, value = told[member]
                held.setdefault(name, []).append(value)
    return found


def _most(counts: Mapping[str, int]) -> list[FacetValue]:
    """The most frequent first, equals in order of their text."""
    values = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [FacetValue(value, datasets) for value, datasets in values[:MOST_VALUES]]
