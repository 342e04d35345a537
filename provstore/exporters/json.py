"""Lineage as compact JSON: the default answer of our own interface.

The attributes of a node are passed through as the text in which they are stored (the syntax of
PROV-JSON attributes, PROV-JSON section 3.2) and never read: in a large answer they are the cost.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from json.encoder import encode_basestring as quoted
from operator import itemgetter
from typing import Any, Final

import orjson

from provstore.exporters.chunks import chunked
from provstore.exporters.shapes import facts_shape
from provstore.model.lineage import Edge, Lineage, Node
from provstore.model.vocabulary import RELATION_BY_NAME

_FACTS: Final = (
    *("kinds", "cls", "level", "level_from", "declared", "complete", "version"),
    *("obs_publisher_did", "obs_id", "target_name"),
)
"""What `facts_shape` tells of a node."""
_facts_of: Final = itemgetter(*map(Node._fields.index, _FACTS))
_BATCH: Final = 500
"""Nodes or edges that are joined at a time."""


def write_json(lineage: Lineage) -> Iterator[bytes]:
    """The answer in chunks of about 1 MB, ready to be sent one by one.

    Keys beyond those of the interface: an edge has ``end`` where ``to`` is another argument of the
    relation than the second (``plan``, ``starter``), and ``attributes`` where it has further ones.
    """
    return chunked(_pieces(lineage))


def summary(lineage: Lineage) -> dict[str, Any]:
    """How much is in the answer: ``nodes``, ``edges``, and nodes per kind and per level.

    Nodes without a level are counted under ``unknown`` where they are entities, else not at all.
    """
    kinds = Counter(node.kind for node in lineage.nodes)
    levels = Counter(node.level or "unknown" for node in lineage.nodes if node.kind == "entity")
    return {
        "nodes": len(lineage.nodes),
        "edges": len(lineage.edges),
        "kinds": dict(sorted(kinds.items())),
        "levels": dict(sorted(levels.items())),
    }


def _pieces(lineage: Lineage) -> Iterator[bytes]:
    head = {
        "roots": lineage.roots,
        "direction": lineage.direction,
        "engine": lineage.engine,
        "cut": lineage.cut,
        "notes": lineage.notes,
        "prefixes": dict(lineage.prefixes),
    }
    texts = _Quoted()
    yield orjson.dumps(head)[:-1]
    yield b',"nodes":['
    yield from _listed(_node_texts(lineage.nodes, texts))
    yield b'],"edges":['
    yield from _listed(_edge_texts(lineage.edges, texts))
    yield b"]}"


def _listed(texts: Iterator[str]) -> Iterator[bytes]:
    """Texts with commas between them, many to a piece."""
    mark = ""
    while batch := list(islice(texts, _BATCH)):
        yield (mark + ",".join(batch)).encode()
        mark = ","


class _Quoted(dict[str, str]):
    """Texts as JSON writes them, each written once."""

    def __missing__(self, text: str) -> str:
        told = self[text] = quoted(text)
        return told


def _node_texts(nodes: Iterable[Node], texts: _Quoted) -> Iterator[str]:
    """Nodes as JSON objects. What many share is written once and kept."""
    shared: dict[tuple[object, ...], str] = {}
    for node in nodes:
        key = _facts_of(node)
        told = shared.get(key)
        if told is None:
            told = shared[key] = _members(facts_shape(node))
        others = f"[{','.join(map(quoted, node.same))}]" if node.same else "[]"
        yield (
            f'{{"id":{texts[node.id]},"same":{others},"name":{quoted(node.name)},{told}'
            f'"depth":{node.depth},"steps":{node.steps},"attributes":{node.body}}}'
        )


def _edge_texts(edges: Iterable[Edge], texts: _Quoted) -> Iterator[str]:
    """Edges as JSON objects, likewise."""
    shared: dict[tuple[object, ...], str] = {}
    for edge in edges:
        kind, source, target, role, time, iri, inferred, attributes, _, position = edge
        key = (kind, role, time, inferred, position)
        told = shared.get(key)
        if told is None:
            told = shared[key] = _members(_shared_of(edge))
        name = "null" if iri is None else quoted(iri)
        more = "" if attributes is None else f',"attributes":{attributes}'
        yield f'{{{told}"from":{texts[source]},"to":{texts[target]},"id":{name}{more}}}'


def _shared_of(edge: Edge) -> dict[str, Any]:
    told = {
        "kind": edge.kind,
        "role": edge.role,
        "time": edge.time,
        "inferred": edge.inferred,
    }
    if edge.position > 1:  # `to` is not the origin that the kind lets expect
        told["end"] = RELATION_BY_NAME[edge.kind].ends[edge.position].name
    return told


def _members(told: dict[str, Any]) -> str:
    """The inside of a JSON object, to be followed by further members."""
    return orjson.dumps(told).decode()[1:-1] + ","
