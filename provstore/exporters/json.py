"""Lineage as compact JSON: the default answer of our own interface.

The attributes of a node are passed through as the text in which they are stored (the syntax of
PROV-JSON attributes, PROV-JSON section 3.2) and never read: in a large answer they are the cost.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from json.encoder import encode_basestring as quoted
from typing import Any, Final

import orjson

from provstore.exporters.chunks import chunked
from provstore.exporters.shapes import facts_shape
from provstore.model.lineage import Edge, Lineage, Node
from provstore.model.vocabulary import RELATION_BY_NAME

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
    yield orjson.dumps(head)[:-1]
    yield b',"nodes":['
    yield from _listed(map(_NodeWriter().text, lineage.nodes))
    yield b'],"edges":['
    yield from _listed(map(_EdgeWriter().text, lineage.edges))
    yield b"]}"


def _listed(texts: Iterator[str]) -> Iterator[bytes]:
    """Texts with commas between them, many to a piece."""
    mark = ""
    while batch := list(islice(texts, _BATCH)):
        yield (mark + ",".join(batch)).encode()
        mark = ","


class _NodeWriter:
    """Nodes as text. What many nodes share is written once and kept."""

    def __init__(self) -> None:
        self._shared: dict[tuple[object, ...], str] = {}

    def text(self, node: Node) -> str:
        """One node as a JSON object."""
        same = f"[{','.join(map(quoted, node.same))}]" if node.same else "[]"
        return (
            f'{{"id":{quoted(node.id)},"same":{same},"name":{quoted(node.name)},'
            f'{self._told(node)}"depth":{node.depth},"steps":{node.steps},'
            f'"attributes":{node.body}}}'
        )

    def _told(self, node: Node) -> str:
        key = node[3:9] + node[11:12] + node[13:16]
        text = self._shared.get(key)
        if text is None:
            text = self._shared[key] = _members(facts_shape(node))
        return text


class _EdgeWriter:
    """Edges as text. What many edges share is written once and kept."""

    def __init__(self) -> None:
        self._shared: dict[tuple[object, ...], str] = {}

    def text(self, edge: Edge) -> str:
        """One edge as a JSON object."""
        key = (edge.kind, edge.role, edge.time, edge.inferred, edge.position)
        shared = self._shared.get(key)
        if shared is None:
            shared = self._shared[key] = _members(_shared_of(edge))
        more = "" if edge.attributes is None else f',"attributes":{edge.attributes}'
        relation = "null" if edge.id is None else quoted(edge.id)
        return (
            f'{{{shared}"from":{quoted(edge.source)},"to":{quoted(edge.target)},'
            f'"id":{relation}{more}}}'
        )


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
