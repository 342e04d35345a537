"""Keywords that are not kept, found for some datasets when they are asked for.

Everything that the datasets were made from is walked once, what it says itself is read, and the
values are marked forward inside it: several times as quick as a walk from each dataset.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Keyword, Take
from provstore.model.lineage import Agents, Bounds, Direction, LineageQuestion
from provstore.stores.catalogue import parameters
from provstore.stores.catalogue.database import Transaction
from provstore.stores.graph.base import Graph
from provstore.stores.keywords.edges import Edges
from provstore.stores.keywords.own import Reader
from provstore.stores.keywords.spread import Marks, settle

MOST_NODES: Final = 50_000
"""Nodes upstream beyond which no values are looked for."""
_QUESTION: Final = LineageQuestion((), Direction.BACK, agents=Agents.HIDE, parameters=False)
_PLAN: Final = replace(_QUESTION.plans()[0], shown=(), ends_only=True)


class Upstream:
    """Everything that some datasets were made from.

    Parameters
    ----------
    tx, graph
        Where to walk.
    datasets
        Numbers of elements.
    """

    def __init__(self, tx: Transaction, graph: Graph, datasets: Collection[int]) -> None:
        self._tx, self._datasets = tx, datasets
        walk = graph.walk(tx, sorted(datasets), _PLAN, Bounds(limit=MOST_NODES))
        self.is_cut = walk.cut is not None
        """Whether there is more than is looked at, so that values may lack."""
        self._node_of = walk.node_of
        self._parents: defaultdict[int, list[int]] = defaultdict(list)
        for edge in walk.edges:
            self._parents[walk.node_of[edge.subj]].append(walk.node_of[edge.obj])

    def values(self, keyword: Keyword) -> dict[int, frozenset[str]]:
        """What each of the datasets inherits of a keyword, by its places."""
        nodes, rules, edges = set(self._node_of.values()), Rules([keyword]), Edges(self._tx)
        saying = self._with_parameter(nodes, rules, edges) if _is_of_parameters(keyword) else nodes
        told = Reader(self._tx, edges, rules).tell(saying).values
        texts = sorted({text for values in told.values() for _, text in values})
        bit = {text: 1 << index for index, text in enumerate(texts)}
        own = {node: sum(bit[text] for _, text in values) for node, values in told.items()}
        marks: Marks = {}
        settle(nodes, own, self._parents, marks)
        return {
            dataset: frozenset(text for text in texts if marks.get(node, 0) & bit[text])
            for dataset in self._datasets
            if (node := self._node_of.get(dataset)) is not None
        }

    def _with_parameter(self, nodes: Collection[int], rules: Rules, edges: Edges) -> set[int]:
        """Those of the nodes with a parameter that the rules read: no others have to be read."""

        def is_read(name: str) -> bool:
            return rules.reads(name, is_parameter=True)

        elements = edges.ties.elements(edges.ties.nodes(nodes))
        return edges.ties.nodes(parameters.having(self._tx, elements, is_read))


def _is_of_parameters(keyword: Keyword) -> bool:
    """Whether only activities with a parameter say it themselves.

    Where a level is named it is their products that do.
    """
    return all(place.take is Take.PARAMETER and place.level is None for place in keyword.places)
