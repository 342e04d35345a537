"""Whether the record upstream of a node is complete.

An entity without recorded making that is no raw data makes everything made from it incomplete. The
answer is found by walking back from where the answer's own walk ended and marking forward: it is
not monotone, so that nothing kept at ingest could simply grow.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from provstore.model.lineage import Bounds, Direction, LineageQuestion, Walk, WalkedEdge
from provstore.model.vocabulary import (
    AGENT_RELATIONS,
    GENERATED,
    MEMBER,
    RELATION_BY_NUMBER,
    SPECIALIZED,
    Kind,
    is_data_class,
)
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.graph.base import Graph

MOST_NODES: Final = 20_000
"""Nodes upstream beyond which completeness is not found out."""
_RAW_LEVEL: Final = "DL0"
_ORIGINS: Final = frozenset(kind.number for kind in (GENERATED, MEMBER, SPECIALIZED))
_PLAN: Final = LineageQuestion((), Direction.BACK, parameters=False).plans()[0]
_NOT_WALKED: Final = frozenset(kind.number for kind in AGENT_RELATIONS)
_FOLLOWED: Final = frozenset(kind.number for kind in _PLAN.out) - _NOT_WALKED


def completeness(tx: Transaction, graph: Graph, walk: Walk, *, is_whole: bool) -> dict[int, bool]:
    """For each node of a walk whether its record is complete; empty where that is too much to ask.

    Parameters
    ----------
    tx, graph
        Where to walk on.
    walk
        The answer's walk.
    is_whole
        Whether it went back all the way, so that nothing need be walked again but what it left out.
    """
    left = sorted(walk.unexpanded) if is_whole else sorted(walk.node_of)
    if walk.cut is not None:
        return {}
    upstream = walk if is_whole else None
    if left:
        upstream = graph.walk(tx, left, _PLAN, Bounds(limit=MOST_NODES))
        if upstream.cut is not None:
            return {}
    edges = [*walk.edges, *(upstream.edges if upstream is not None else ())]
    node_of = dict(upstream.node_of if upstream is not None else ()) | walk.node_of
    broken = _marked(edges, node_of, _broken(tx, edges, node_of))
    return {node: node not in broken for node in set(walk.node_of.values())}


def _broken(tx: Transaction, edges: Iterable[WalkedEdge], node_of: Mapping[int, int]) -> set[int]:
    """Nodes that are data, not raw, and of which no making is recorded."""
    made = {node_of[edge.subj] for edge in edges if edge.type in _ORIGINS}
    not_data = {
        node_of[edge.obj]
        for edge in edges
        if RELATION_BY_NUMBER[edge.type] in {*_PLAN.attached} or edge.position > 1
    }
    seen = read.seen(tx, sorted(node_of))
    kinds: dict[int, int] = {}
    raw = set()
    for number, one in seen.items():
        node = node_of[number]
        kinds[node] = kinds.get(node, 0) | one.declared | one.inferred
        if one.level == _RAW_LEVEL or not is_data_class(one.cls):
            raw.add(node)
    entities = {node for node, mask in kinds.items() if mask & Kind.ENTITY}
    return entities - made - raw - not_data


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
