"""Answers of the services as JSON objects, in the shapes that the server sends."""

import json
from typing import Any

from provstore.model.answers import ElementAnswer, GapPage, Impact
from provstore.model.ledger import Counts, Pushed, Receipt
from provstore.model.lineage import Node

JsonObject = dict[str, Any]


def node_json(node: Node) -> JsonObject:
    """A node of a lineage."""
    return {
        "id": node.id,
        "same": list(node.same),
        "name": node.name,
        "kind": node.kind,
        "kinds": list(node.kinds),
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
        "attributes": json.loads(node.body),
    }


def element_json(answer: ElementAnswer) -> JsonObject:
    """One element."""
    return node_json(answer.node) | {
        "aliases": [{"kind": alias.kind, "value": alias.value} for alias in answer.aliases],
        "asserted_by": list(answer.asserted_by),
        "attributes": [dict(attribute) for attribute in answer.attributes],
        "obscore": None if answer.obscore is None else dict(answer.obscore),
    }


def impact_json(impact: Impact) -> JsonObject:
    """What was made from something."""
    return {
        "roots": list(impact.roots),
        "items": [node_json(node) for node in impact.items],
        "total": sum(impact.counts.values()),
        "next": None,
        "counts": dict(impact.counts),
        "activities": impact.activities,
        "engine": impact.engine,
        "cut": impact.cut,
    }


def gaps_json(page: GapPage) -> JsonObject:
    """A page of gaps; ``next`` is the cursor of the following page."""
    items = [
        {
            "id": gap.id,
            "name": gap.name,
            "level": gap.level,
            "reason": gap.reason,
            "affected": gap.affected,
        }
        for gap in page.items
    ]
    return {"items": items, "total": page.total, "next": page.next}


def pushed_json(pushed: Pushed) -> JsonObject:
    """A receipt, with whether it is new."""
    return {**receipt_json(pushed.receipt), "created": pushed.created}


def receipt_json(receipt: Receipt) -> JsonObject:
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
        "url": None,
    }


def _counts(counts: Counts) -> dict[str, int]:
    return {"elements": counts.elements, "relations": counts.relations}
