"""Small PROV-JSON documents, told apart by a tag so that tests share a server."""

import json
from typing import Any


def namespace(tag: str) -> str:
    """Where the names of a document stand."""
    return f"https://example.org/{tag}/"


def one_step(tag: str, *, label: str = "out.fits") -> bytes:
    """``out`` was made by ``job`` from ``in``, in the role ``events``; ``in`` is a gap."""
    return as_bytes(
        {
            "prefix": {"ex": namespace(tag)},
            "entity": {"ex:out": {"prov:label": label}, "ex:in": {"prov:label": "in.fits"}},
            "activity": {"ex:job": {"prov:label": "make-out"}},
            "used": {
                "_:u": {"prov:activity": "ex:job", "prov:entity": "ex:in", "prov:role": "events"}
            },
            "wasGeneratedBy": {"_:g": {"prov:entity": "ex:out", "prov:activity": "ex:job"}},
        }
    )


def refused(tag: str) -> bytes:
    """A document with a prefix that it does not declare, once among the entities."""
    return as_bytes({"prefix": {"ex": namespace(tag)}, "entity": {"nope:x": {}}})


def many_entities(tag: str, count: int) -> bytes:
    """``count`` entities ``e0``… without relations."""
    entities: dict[str, Any] = {f"ex:e{number}": {} for number in range(count)}
    return as_bytes({"prefix": {"ex": namespace(tag)}, "entity": entities})


def as_bytes(document: dict[str, Any]) -> bytes:
    """The document as it is sent."""
    return json.dumps(document).encode()
