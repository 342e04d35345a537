"""Counts the values of columns and keywords among all datasets that are found."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import func

from provstore.model.keywords import Keyword
from provstore.model.obscore import Column
from provstore.model.search import Facet, FacetValue
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_keywords import KWSET, members_of, named
from provstore.stores.catalogue.search_upstream import Inputs
from provstore.stores.catalogue.tables import FACETS, INCOMPLETE, obscore

MOST_VALUES: Final = 1000
"""Of one facet: the most frequent are told."""
_Values = dict[str, list[str]]
"""Of each keyword in a set."""
_COUNT: Final = func.count().label("datasets")


def column_facets(tx: Transaction, columns: Iterable[Column], chosen: Chosen) -> dict[str, Facet]:
    """The values of columns.

    Those of the index of facets are counted at once, with all that stand before them there: it has
    them in this order, so that nothing has to be sorted.
    """
    names = [column.name for column in columns]
    last = max((place for place, name in enumerate(FACETS, start=1) if name in names), default=0)
    counts = _counts_of(tx, FACETS[:last], chosen)
    for name in names:
        if name not in FACETS:
            counts |= _counts_of(tx, [name], chosen)
    return {
        name: Facet(
            name,
            _most({str(value): n for value, n in counts[name].items() if value is not None}),
            unknown=counts[name][None],
        )
        for name in names
    }


def _counts_of(
    tx: Transaction, names: Sequence[str], chosen: Chosen
) -> dict[str, Counter[str | float | None]]:
    counts: dict[str, Counter[str | float | None]] = {name: Counter() for name in names}
    if names:
        stored = [obscore.c[name] for name in names]
        for *values, datasets in tx.execute(chosen.select(*stored, _COUNT).group_by(*stored)):
            for counter, value in zip(counts.values(), values, strict=True):
                counter[value] += datasets
    return counts


def keyword_facets(tx: Transaction, names: Collection[str], chosen: Chosen) -> dict[str, Facet]:
    """The values of keywords: a dataset that is mixed counts for each of its values."""
    statement = chosen.select(KWSET, _COUNT, with_sets=True).group_by(KWSET)
    sets: dict[int, int] = dict(tx.execute(statement).all())
    return _facets(names, sets, _held(tx, sets))


def _facets(
    names: Collection[str], sets: Mapping[int, int], held: Mapping[int, _Values]
) -> dict[str, Facet]:
    """Of the datasets with each set."""
    values: dict[str, Counter[str]] = {name: Counter() for name in names}
    mixed: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for number, datasets in sets.items():
        for name in values.keys() & held[number].keys():
            several = held[number][name]
            known[name] += datasets
            mixed[name] += datasets if len(several) > 1 else 0
            for value in several:
                values[name][value] += datasets
    total = sum(sets.values())
    return {n: Facet(n, _most(values[n]), mixed[n], total - known[n]) for n in names}


def facet_of(inputs: Inputs, keyword: Keyword) -> Facet:
    """The values of a keyword that is not kept, by what datasets were made from."""
    values = inputs.values(keyword)
    held = [values.get(number, ()) for number in inputs.datasets]
    counts = Counter(value for several in held for value in several)
    mixed = sum(len(several) > 1 for several in held)
    return Facet(keyword.name, _most(counts), mixed, sum(not several for several in held))


class Spread(NamedTuple):
    """A keyword among datasets: its values, and who has any of them."""

    facet: Facet
    groups: list[list[FacetValue]]
    """For each column the datasets that have the keyword, by the column's values."""


def keyword_spreads(
    tx: Transaction, names: Collection[str], columns: Iterable[str], chosen: Chosen
) -> dict[str, Spread]:
    """How keywords are spread over the values of columns."""
    stored = [obscore.c[name] for name in columns]
    statement = chosen.select(*stored, KWSET, _COUNT, with_sets=True).group_by(*stored, KWSET)
    rows = tx.execute(statement).all()
    sets: Counter[int] = Counter()
    groups: list[Counter[tuple[int, str | None]]] = [Counter() for _ in stored]
    for *values, number, datasets in rows:
        sets[number] += datasets
        for group, value in zip(groups, values, strict=True):
            group[number, value] += datasets
    held = _held(tx, sets)
    counted = [_by_keyword(group, held) for group in groups]
    facets = _facets(names, sets, held)
    return {n: Spread(facets[n], [_most(one.get(n, {})) for one in counted]) for n in names}


def _by_keyword(
    group: Mapping[tuple[int, str | None], int], held: Mapping[int, _Values]
) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for (number, value), datasets in group.items():
        if value is not None:
            for name in held[number]:
                found.setdefault(name, Counter())[value] += datasets
    return found


def _held(tx: Transaction, sets: Iterable[int]) -> dict[int, _Values]:
    """By set, the values of each keyword in it."""
    members = members_of(tx, sets)
    told = named(tx, {number for numbers in members.values() for number in numbers})
    found: dict[int, _Values] = {}
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
