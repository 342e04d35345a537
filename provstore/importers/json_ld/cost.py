"""What expanding a document costs: contexts inside of a document are copied with all their terms.

An expander of JSON-LD makes a new active context wherever a node has one of its own, or a term
with one is used (JSON-LD 1.1 API, 4.1.2 and 5.1.2). With many terms and many such nodes that costs
their product: a megabyte would take hours.
"""

from collections.abc import Iterator
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.strict_json import Json

MAX_COPIES: Final = 2_000_000
"""Terms times contexts inside of the document; so many take some seconds."""


def check_cost(content: dict[str, Json] | list[Json], findings: Findings) -> None:
    """Refuse a document whose contexts would take too long."""
    objects = list(_objects(content))
    contexts = [entry for item in objects for entry in _entries(item)]
    terms = sum(len(entry) for entry in contexts)
    scoped = {
        term
        for entry in contexts
        for term, told in entry.items()
        if isinstance(told, dict) and "@context" in told
    }
    inner = sum("@context" in item for item in objects) - 1
    uses = sum(_uses(item, scoped) for item in objects) if scoped else 0
    if terms * (inner + uses) > MAX_COPIES:
        message = (
            f"{inner + uses} contexts inside of the document, and {terms} terms: their product is "
            f"more than {MAX_COPIES}; one context for the whole document has no limit"
        )
        findings.error("json-ld/contexts", "", terms, message)


def _objects(content: Json) -> Iterator[dict[str, Json]]:
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, dict):
            yield item
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _entries(item: dict[str, Json]) -> Iterator[dict[str, Json]]:
    context = item.get("@context")
    for entry in context if isinstance(context, list) else [context]:
        if isinstance(entry, dict):
            yield entry


def _uses(item: dict[str, Json], scoped: set[str]) -> int:
    """How often an object uses terms that have contexts, as keys or as types."""
    names = [
        name for told in item.values() for name in (told if isinstance(told, list) else [told])
    ]
    types = sum(isinstance(name, str) and name in scoped for name in names)
    return types + len(scoped & item.keys())
