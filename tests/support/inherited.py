"""What elements are kept to inherit, in few words, and documents with parameters."""

import json
from collections.abc import Mapping
from pathlib import Path

from support import catalogue
from support.catalogue import EX, Attributes, rows

from provstore.model.identifiers import PARAMETER

_KEPT = """
SELECT e.iri, k.name, k.value FROM element e
LEFT JOIN element_keywords i ON i.element = e.id
LEFT JOIN kwset_member m ON m.kwset = i.kwset
LEFT JOIN keyword k ON k.id = m.kw
"""


def prov(statements: str, attributes: Attributes | None = None) -> bytes:
    """As `support.catalogue.prov`; ``param:`` stands for parameters of activities."""
    content = json.loads(catalogue.prov(statements, attributes))
    content["prefix"]["param"] = PARAMETER
    return json.dumps(content).encode()


def inherited(folder: Path) -> Mapping[str, set[str]]:
    """By element, its keywords as ``name=value`` and ``incomplete``; of the examples' by name."""
    found: dict[str, set[str]] = {}
    for iri, name, value in rows(folder, _KEPT):
        told = found.setdefault(iri.removeprefix(EX), set())
        if value is not None:
            told.add(f"{name}={value}" if name else value)
    return found
