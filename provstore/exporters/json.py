"""Lineage as compact JSON: the default answer of our own interface.

The attributes of a node are passed through as the text in which they are stored (the syntax of
PROV-JSON attributes, PROV-JSON section 3.2) and never read: in a large answer they are the cost.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from provstore.exporters.chunks import chunked
from provstore.model.lineage import Edge, Lineage, Node
from provstore.model.vocabulary import RELATION_BY_NAME


def write_json(lineage: Lineage) -> Iterator[bytes]:
    """The answer in chunks of about 64 kB, ready to be sent one by one.

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
    mark = b""
    for node in lineage.nodes:
        yield mark + _node(node)
        mark = b","
    yield b'],"edges":['
    mark = b""
    for edge in lineage.edges:
        yield mark + _edge(edge)
        mark = b","
    yield b"]}"


def _node(node: Node) -> bytes:
    return orjson.dumps(
        {
            "id": node.id,
            "same": node.same,
            "name": node.name,
            "kind": node.kind,
            "kinds": node.kinds,
            "class": node.cls,
            "level": node.level,
            "level_from": node.level_from,
            "complete": node.complete,
            "depth": node.depth,
            "steps": node.steps,
            "declared": node.declared,
            "version": node.version,
            "obs_publisher_did": node.obs_publisher_did,
            "obs_id": node.obs_id,
            "target_name": node.target_name,
            "attributes": orjson.Fragment(node.body),
        }
    )


def _edge(edge: Edge) -> bytes:
    told: dict[str, Any] = {
        "kind": edge.kind,
        "from": edge.source,
        "to": edge.target,
        "role": edge.role,
        "time": edge.time,
        "id": edge.id,
        "inferred": edge.inferred,
    }
    if edge.position > 1:  # `to` is not the origin that the kind lets expect
        told["end"] = RELATION_BY_NAME[edge.kind].ends[edge.position].name
    if edge.attributes is not None:
        told["attributes"] = orjson.Fragment(edge.attributes)
    return orjson.dumps(told)
