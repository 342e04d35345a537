"""Conditions on keywords that are not kept: decided by all that the datasets were made from.

All other conditions choose first; what is left of the datasets is looked at one by one. That has
limits, and whoever asks is told where one of them cut.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from provstore.model.comparison import Match as Fits
from provstore.model.keywords import Keyword
from provstore.model.search import Condition, Match, State
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_columns import within
from provstore.stores.catalogue.tables import obscore
from provstore.stores.graph.base import Graph
from provstore.stores.keywords.upstream import MOST_NODES, Upstream

MOST_DATASETS: Final = 5000
"""Datasets of which the inputs are looked at."""


class Wanted(NamedTuple):
    """A condition on a keyword that is not kept."""

    condition: Condition
    keyword: Keyword
    fits: Fits | None
    """Which values are asked for; None where a state is."""
    match: Match
    is_excluded: bool

    def holds(self, values: Collection[str]) -> bool:
        """Whether a dataset fulfils it that inherits these values."""
        return self._has(values) != self.is_excluded

    def _has(self, values: Collection[str]) -> bool:
        if self.fits is None:
            return len(values) > 1 if self.condition.state is State.MIXED else not values
        fitting = [self.fits(value) for value in values]
        return any(fitting) and (self.match is Match.ANY or all(fitting))


class Inputs:
    """What the datasets that are chosen were made from.

    Parameters
    ----------
    tx, graph
        Where to walk.
    chosen
        The datasets; beyond `MOST_DATASETS` the others are left out, in order of their identifiers.
    """

    def __init__(self, tx: Transaction, graph: Graph, chosen: Chosen) -> None:
        numbers = chosen.select(obscore.c.element).order_by(obscore.c.obs_publisher_did)
        found = tx.execute(numbers.limit(MOST_DATASETS + 1)).scalars().all()
        self.datasets: Sequence[int] = found[:MOST_DATASETS]
        self._is_cut = len(found) > MOST_DATASETS
        self._upstream = Upstream(tx, graph, self.datasets)

    def values(self, keyword: Keyword) -> Mapping[int, Collection[str]]:
        """What each of the datasets inherits of a keyword."""
        return self._upstream.values(keyword)

    def notes(self, names: Collection[str]) -> Iterator[str]:
        """Which limits cut what was looked for under these names."""
        told = ", ".join(sorted(set(names)))
        if self._is_cut:
            yield (
                f"{told} is not kept: it is looked for in the first {MOST_DATASETS} of the "
                "datasets that fulfil the other conditions, so that datasets may lack"
            )
        if self._upstream.is_cut:
            yield (
                f"{told} is not kept: it is looked for in the nearest {MOST_NODES} of the things "
                "that the datasets were made from, so that values may lack"
            )


class Marked(NamedTuple):
    """What is left of the datasets, and what there is to say of it."""

    chosen: Chosen
    notes: list[str]


def marked(tx: Transaction, graph: Graph, chosen: Chosen, wanted: Sequence[Wanted]) -> Marked:
    """Those of the datasets that fulfil conditions on keywords that are not kept."""
    inputs = Inputs(tx, graph, chosen)
    left = inputs.datasets
    for one in wanted:
        values = inputs.values(one.keyword)
        left = [number for number in left if one.holds(values.get(number, ()))]
    notes = list(inputs.notes([one.keyword.name for one in wanted]))
    return Marked(Chosen([within(obscore.c.element, left)], is_narrow=True), notes)
