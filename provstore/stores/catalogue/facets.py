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
_COUNT: Final = func.count().label("datasets")


def total_of(facet: Facet) -> int | None:
    """Of how many datasets a column's values were counted; None where some are not told."""
    if len(facet.values) == MOST_VALUES:
        return None
    return facet.unknown + sum(one.datasets for one in facet.values)


def column_facets(tx: Transaction, columns: Iterable[Column], chosen: Chosen) -> dict[str, Facet]:
    """The values of columns.

    Those of the index of facets are counted at once, with all that stand before them there: it has
    them in this order, so that nothing has to be sorted.
    """
    names = [column.name for column in columns]
    last = max((place for place, name in enumerate(FACETS, start=1) if name in names), default=0)
    counts = _counts_of(tx, FACETS[:last], [name for name in names if name in FACETS], chosen)
    for name in names:
        if name not in FACETS:
            counts |= _counts_of(tx, [name], [name], chosen)
    return {
        name: Facet(
            name,
            _most({str(value): n for value, n in counts[name].items() if value is not None}),
            unknown=counts[name][None],
        )
        for name in names
    }


def _counts_of(
    tx: Transaction, together: Sequence[str], wanted: Iterable[str], chosen: Chosen
) -> dict[str, Counter[str | float | None]]:
    """The values of the wanted ones of columns that are counted together."""
    counts: dict[str, Counter[str | float | None]] = {name: Counter() for name in wanted}
    if counts:
        stored = [obscore.c[name] for name in together]
        rows = tx.execute(chosen.select(*stored, _COUNT).group_by(*stored)).all()
        for name, counter in counts.items():
            place = together.index(name)
            for row in rows:
                counter[row[place]] += row[-1]
    return counts


def keyword_facets(tx: Transaction, names: Collection[str], chosen: Chosen) -> dict[str, Facet]:
    """The values of keywords: a dataset that is mixed counts for each of its values."""
    statement = chosen.select(KWSET, _COUNT, with_sets=True).group_by(KWSET)
    counts: dict[int, int] = dict(tx.execute(statement).all())
    return _Sets(tx, counts).facets(names, counts)


class _Sets:
    """The sets that datasets have, which may be thousands.

    Parameters
    ----------
    numbers
        Of the sets.
    """

    def __init__(self, tx: Transaction, numbers: Iterable[int]) -> None:
        self._members = members_of(tx, numbers)
        every = {value for values in self._members.values() for value in values}
        told = named(tx, every - {INCOMPLETE})
        self._told = told
        self._names = {value: name for value, (name, _) in told.items()}

    def keywords(self, number: int) -> set[str]:
        """Those of which a set has a value."""
        return {self._names[value] for value in self._members[number] if value in self._names}

    def facets(self, names: Iterable[str], counts: Mapping[int, int]) -> dict[str, Facet]:
        """Of so many datasets with each set."""
        datasets: Counter[int] = Counter()
        known: Counter[str] = Counter()
        mixed: Counter[str] = Counter()
        name_of = self._names
        for number, count in counts.items():
            values = self._members[number]
            told = [name_of[value] for value in values if value in name_of]
            distinct = set(told)
            for value in values:
                datasets[value] += count
            for name in distinct:
                known[name] += count
            if len(distinct) < len(told):
                for name in distinct:
                    mixed[name] += count if told.count(name) > 1 else 0
        by_name: dict[str, dict[str, int]] = {}
        for value, (name, text) in self._told.items():
            by_name.setdefault(name, {})[text] = datasets[value]
        total = sum(counts.values())
        return {n: Facet(n, _most(by_name.get(n, {})), mixed[n], total - known[n]) for n in names}


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
    held = _Sets(tx, sets)
    keywords = {number: held.keywords(number) for number in sets}
    counted = [_by_keyword(group, keywords) for group in groups]
    facets = held.facets(names, sets)
    return {n: Spread(facets[n], [_most(one.get(n, {})) for one in counted]) for n in names}


def _by_keyword(
    group: Mapping[tuple[int, str | None], int], keywords: Mapping[int, Iterable[str]]
) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {}
    for (number, value), datasets in group.items():
        if value is not None:
            for name in keywords[number]:
                found.setdefault(name, Counter())[value] += datasets
    return found


def _most(counts: Mapping[str, int]) -> list[FacetValue]:
    """The most frequent first, equals in order of their text."""
    values = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [FacetValue(value, datasets) for value, datasets in values[:MOST_VALUES]]
