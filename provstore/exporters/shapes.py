"""Answers as JSON objects: the keys that users and other programs rely on, each written once.

The server sends these shapes and the commands print them, whichever way they asked.
"""

import json
from typing import Any

from provstore.model.answers import ElementAnswer, GapPage, Impact
from provstore.model.ledger import Counts, Pushed, Receipt
from provstore.model.lineage import Node

JsonObject = dict[str, Any]


def facts_shape(node: Node) -> JsonObject:
    """What is said of a node besides its names, distances and attributes."""
    return {
        "kind": node.kind,
        "kinds": list(node.kinds),
        "class": node.cls,
        "level": node.level,
        "level_from": node.level_from,
        "complete": node.complete,
        "declared": node.declared,
        "version": node.version,
        "obs_publisher_did": node.obs_publisher_did,
        "obs_id": node.obs_id,
        "target_name": node.target_name,
    }


def node_shape(node: Node) -> JsonObject:
    """A node of a lineage; its attributes are an object in the syntax of PROV-JSON."""
    names = {"id": node.id, "same": list(node.same), "name": node.name}
    distances = {"depth": node.depth, "steps": node.steps}
    return {**names, **facts_shape(node), **distances, "attributes": json.loads(node.body)}


def element_shape(answer: ElementAnswer) -> JsonObject:
    """One element; its attributes are a list of name, value, datatype and language."""
    return node_shape(answer.node) | {
        "aliases": [{"kind": alias.kind, "value": alias.value} for alias in answer.aliases],
        "asserted_by": list(answer.asserted_by),
        "attributes": [dict(attribute) for attribute in answer.attributes],
        "obscore": None if answer.obscore is None else dict(answer.obscore),
    }


def impact_shape(impact: Impact) -> JsonObject:
    """What was made from something: one list, never paged."""
    return {
        "roots": list(impact.roots),
        "items": [node_shape(node) for node in impact.items],
        "total": sum(impact.counts.values()),
        "next": None,
        "counts": dict(impact.counts),
        "activities": impact.activities,
        "engine": impact.engine,
        "cut": impact.cut,
    }


def gap_shapes(page: GapPage) -> list[JsonObject]:
    """The gaps of a page."""
    return [
        {
            "id": gap.id,
            "name": gap.name,
            "level": gap.level,
            "reason": gap.reason,
            "affected": gap.affected,
        }
        for gap in page.items
    ]


def receipt_shape(receipt: Receipt, url: str | None = None) -> JsonObject:
    """A receipt; it has no address where no server answers."""
    return {
        "id": receipt.id,
        "sha256": receipt.sha256,
        "bytes": receipt.bytes,
        "format": receipt.format,
        "source": receipt.source,
        "received": receipt.received,
        "status": receipt.status.value,
        "replaces": receipt.replaces,
        "replaced_by": receipt.replaced_by,
        "new": _counts(receipt.new),
        "known": _counts(receipt.known),
        "findings": [finding.as_json() for finding in receipt.findings],
        "url": url,
    }


def pushed_shape(pushed: Pushed) -> JsonObject:
    """A receipt without an address, with whether it is new."""
    return {**receipt_shape(pushed.receipt), "created": pushed.created}


def _counts(counts: Counts) -> dict[str, int]:
    return {"elements": counts.elements, "relations": counts.relations}
