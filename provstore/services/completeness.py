"""Whether the record upstream of a node is complete.

An entity without recorded making that is no raw data makes everything made from it incomplete. The
answer is found by marking forward from such entities, and by walking back from those nodes of an
answer that are not marked by what the answer knows already: it is not monotone, so that nothing
kept at ingest could simply grow.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from provstore.model.lineage import (
    RAW_LEVEL,
    Agents,
    Bounds,
    Direction,
    LineageQuestion,
    Walk,
)
from provstore.model.vocabulary import (
    ATTACHED_RELATIONS,
    NOT_DATA_CLASSES,
    ORIGIN_RELATIONS,
    Kind,
)
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.read import Kinds, Seen
from provstore.stores.graph.base import Graph

MOST_NODES: Final = 20_000
"""Nodes upstream beyond which completeness is not found out."""
_ORIGINS: Final = frozenset(kind.number for kind in ORIGIN_RELATIONS)
_ATTACHED: Final = frozenset(kind.number for kind in ATTACHED_RELATIONS)
_ENTITY: Final = int(Kind.ENTITY)
# nobody's making is less recorded for who had a part in it
_QUESTION: Final = LineageQuestion((), Direction.BACK, agents=Agents.HIDE, parameters=False)
_PLAN: Final = replace(_QUESTION.plans()[0], shown=(), ends_only=True)
_FOLLOWED: Final = frozenset(kind.number for kind in _PLAN.out)
# positions in an edge: reading by position is quicker than by name, and it is done very often
_KIND: Final = 1
_SUBJ: Final = 2
_OBJ: Final = 3


def completeness(
    tx: Transaction, graph: Graph, walk: Walk, known: Mapping[int, Seen], *, is_whole: bool
) -> dict[int, bool]:
    """For the nodes of a walk whether their record is complete; not where that is much to ask.

    Parameters
    ----------
    tx, graph
        Where to walk on.
    walk
        The answer's walk.
    known
        What was read of its elements.
    is_whole
        Whether it went back all the way, so that nothing need be walked again but what it left out.
    """
    if walk.cut is not None:
        return {}
    nodes = set(walk.node_of.values())
    record = _Record()
    record.add(walk, known.values())
    sure = nodes - walk.unexpanded if is_whole else set()

    if unsure := record.broken() - sure:
        record.add(graph.walk(tx, sorted(unsure), _PLAN, Bounds(depth=1)))
    marked = record.marked()
    if left := nodes - marked - sure:
        bounds = Bounds(limit=len(left) + MOST_NODES)
        upstream = graph.walk(tx, sorted(left), _PLAN, bounds)
        if upstream.cut is not None:
            return dict.fromkeys(nodes & marked, False)
        new = sorted(upstream.node_of.keys() - known.keys())
        record.add(upstream, read.kinds(tx, new))
        marked = record.marked()
    return {node: node not in marked for node in nodes}


class _Record:
    """What is known so far of who was made from what."""

    def __init__(self) -> None:
        self._data: set[int] = set()
        """Nodes that are entities."""
        self._exempt: set[int] = set()
        self._made: set[int] = set()
        self._made_from: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, walk: Walk, elements: Iterable[Seen | Kinds] = ()) -> None:
        """Know relations and elements too.

        Parameters
        ----------
        walk
            The relations.
        elements
            The kinds of elements of the walk.
        """
        node_of, edges = walk.node_of, walk.edges
        self._made |= {node_of[edge[_SUBJ]] for edge in edges if edge[_KIND] in _ORIGINS}
        # what describes, configures or plans a thing
        self._exempt |= {
            node_of[edge.obj] for edge in edges if edge.type in _ATTACHED or edge.position > 1
        }
        made_from = self._made_from
        for edge in edges:
            if edge[_KIND] in _FOLLOWED:
                made_from[node_of[edge[_OBJ]]].append(node_of[edge[_SUBJ]])
        told = [*elements]
        self._exempt |= {
            node_of[one.id] for one in told if one.level == RAW_LEVEL or one.cls in NOT_DATA_CLASSES
        }
        self._data |= {node_of[e.id] for e in told if (e.declared | e.inferred) & _ENTITY}

    def broken(self) -> set[int]:
        """Nodes that are data, not raw, and of which no making is known."""
        return self._data - self._made - self._exempt

    def marked(self) -> set[int]:
        """Those and all that was made from them."""
        marked = self.broken()
        front = list(marked)
        while front:
            made = self._made_from.get(front.pop(), ())
            new = [node for node in made if node not in marked]
            marked.update(new)
            front.extend(new)
        return marked
