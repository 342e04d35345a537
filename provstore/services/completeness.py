"""Whether the record upstream of a node is complete.

An entity without recorded making that is no raw data makes everything made from it incomplete. The
answer is found by walking back from where the answer's own walk ended and marking forward: it is
not monotone, so that nothing kept at ingest could simply grow.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from provstore.model.lineage import RAW_LEVEL, Bounds, Direction, LineageQuestion, Walk, WalkedEdge
from provstore.model.vocabulary import (
    AGENT_RELATIONS,
    ATTACHED_RELATIONS,
    NOT_DATA_CLASSES,
    ORIGIN_RELATIONS,
    Kind,
)
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.read import Seen
from provstore.stores.graph.base import Graph

MOST_NODES: Final = 20_000
"""Nodes upstream beyond which completeness is not found out."""
_ORIGINS: Final = frozenset(kind.number for kind in ORIGIN_RELATIONS)
_ATTACHED: Final = frozenset(kind.number for kind in ATTACHED_RELATIONS)
_ENTITY: Final = int(Kind.ENTITY)
_PLAN: Final = LineageQuestion((), Direction.BACK, parameters=False).plans()[0]
_NOT_WALKED: Final = frozenset(kind.number for kind in AGENT_RELATIONS)
_FOLLOWED: Final = frozenset(kind.number for kind in _PLAN.out) - _NOT_WALKED


def completeness(
    tx: Transaction, graph: Graph, walk: Walk, known: Mapping[int, Seen], *, is_whole: bool
) -> dict[int, bool]:
    """For each node of a walk whether its record is complete; empty where that is too much to ask.

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
    seen, node_of, edges = dict(known), walk.node_of, walk.edges
    left = sorted(walk.unexpanded if is_whole else walk.node_of)
    if left:
        upstream = graph.walk(tx, left, _PLAN, Bounds(limit=MOST_NODES))
        if upstream.cut is not None:
            return {}
        seen |= read.seen(tx, sorted(upstream.node_of.keys() - seen.keys()))
        node_of = upstream.node_of | node_of
        edges = [*edges, *upstream.edges]
    broken = _broken(edges, node_of, seen)
    if not broken:
        return dict.fromkeys(nodes, True)
    marked = _marked(edges, node_of, broken)
    return {node: node not in marked for node in nodes}


def _broken(
    edges: Iterable[WalkedEdge], node_of: Mapping[int, int], seen: Mapping[int, Seen]
) -> set[int]:
    """Nodes that are data, not raw, and of which no making is recorded."""
    made = {node_of[edge.subj] for edge in edges if edge.type in _ORIGINS}
    hung = {node_of[edge.obj] for edge in edges if edge.type in _ATTACHED or edge.position > 1}
    entities = {
        node_of[number] for number, one in seen.items() if (one.declared | one.inferred) & _ENTITY
    }
    exempt = {
        node_of[number]
        for number, one in seen.items()
        if one.level == RAW_LEVEL or one.cls in NOT_DATA_CLASSES
    }
    return entities - made - hung - exempt


def _marked(edges: Iterable[WalkedEdge], node_of: Mapping[int, int], broken: set[int]) -> set[int]:
    """The broken nodes and all that was made from them."""
    made_from: dict[int, list[int]] = {}
    for edge in edges:
        if edge.type in _FOLLOWED:
            made_from.setdefault(node_of[edge.obj], []).append(node_of[edge.subj])
    marked, front = set(broken), list(broken)
    while front:
        for node in made_from.get(front.pop(), ()):
            if node not in marked:
                marked.add(node)
                front.append(node)
    return marked
