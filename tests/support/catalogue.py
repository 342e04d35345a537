"""A fresh archive for a test, documents in few words, and answers in few words."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select, text
from support.engines import connected, empty_catalogue, settings

from provstore import factory
from provstore.factory import Services
from provstore.model.ledger import Receipt
from provstore.model.lineage import Edge, Lineage, LineageQuestion
from provstore.model.vocabulary import RELATION_BY_NAME, RelationType
from provstore.stores.catalogue.tables import metadata

EX: Final = "http://example.org/"
_STATEMENT: Final = re.compile(
    r"(?P<name>\w+)\((?:(?P<iri>[^;()]+);)?(?P<ends>[^()]*)\)(?:\s*\[(?P<attributes>[^\]]*)\])?"
)
_KINDS: Final = frozenset({"entity", "activity", "agent"})
Attributes = Mapping[str, Mapping[str, object]]


def fresh(folder: Path, **changes: Any) -> Services:  # noqa: ANN401  any setting
    """The services over an empty catalogue in ``folder``."""
    empty_catalogue(folder)
    return factory.build(settings(folder, **changes))


# -- documents


def prov(statements: str, attributes: Attributes | None = None, prefix: str = "ex:") -> bytes:
    """A PROV-JSON document of statements as PROV-N writes them.

    Parameters
    ----------
    statements
        ``used(a1, e1) [prov:role=x]``, ``wasStartedBy(a1, -, a0)``, ``used(u1; a1, e1)``. A time
        stands among the attributes, as ``prov:time=…``.
    attributes
        Attributes of the elements, by name; values as in PROV-JSON.
    prefix
        Stands before every name that holds no colon.
    """
    content: dict[str, Any] = {"prefix": {"ex": EX}}
    _fill(content, statements, attributes or {}, prefix)
    return json.dumps(content).encode()


def bundled(name: str, statements: str, attributes: Attributes | None = None) -> bytes:
    """A PROV-JSON document whose statements all stand in one bundle."""
    inner: dict[str, Any] = {}
    _fill(inner, statements, attributes or {}, "ex:")
    return json.dumps({"prefix": {"ex": EX}, "bundle": {f"ex:{name}": inner}}).encode()


def _fill(content: dict[str, Any], statements: str, attributes: Attributes, prefix: str) -> None:
    for number, found in enumerate(_STATEMENT.finditer(statements)):
        section = content.setdefault(found["name"], {})
        ends = [_full(end.strip(), prefix) for end in found["ends"].split(",")]
        if found["name"] in _KINDS:
            for end in ends:
                section[end] = dict(attributes.get(str(end).removeprefix(prefix), {}))
            continue
        iri = f"_:{number}" if found["iri"] is None else _full(found["iri"].strip(), prefix)
        record = _record(RELATION_BY_NAME[found["name"]], ends)
        section[iri] = record | _pairs(found["attributes"] or "")


def _full(name: str, prefix: str) -> str | None:
    if name == "-":
        return None
    return name if ":" in name else prefix + name


def _record(kind: RelationType, ends: Iterable[str | None]) -> dict[str, str]:
    space = "voprov" if kind.ivoa_marker else "prov"
    named = zip(kind.ends, ends, strict=False)
    return {f"{space}:{end.name}": iri for end, iri in named if iri is not None}


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.strip().split("=", 1) for pair in text.split(",") if pair.strip())


def push(services: Services, *documents: bytes, source: str | None = None) -> list[Receipt]:
    """Push PROV documents or logs, in order."""
    return [services.ingest.push(data, source=source).receipt for data in documents]


# -- answers


def short(iri: str) -> str:
    """An IRI without the namespace of the examples."""
    return iri.removeprefix(EX)


def nodes(lineage: Lineage) -> set[str]:
    """The ids of the nodes."""
    return {short(node.id) for node in lineage.nodes}


def edges(lineage: Lineage) -> set[str]:
    """The relations as ``kind(source, target)``; inferred ones end with ``?``."""
    return {_edge_text(edge) for edge in lineage.edges}


def _edge_text(edge: Edge) -> str:
    third = "-, " if edge.position > 1 else ""
    mark = "?" if edge.inferred else ""
    return f"{edge.kind}({short(edge.source)}, {third}{short(edge.target)}){mark}"


def depths(lineage: Lineage) -> dict[str, int]:
    """Relations from the nearest root, by node."""
    return {short(node.id): node.depth for node in lineage.nodes}


def steps(lineage: Lineage) -> dict[str, int]:
    """Processing steps from the nearest root, by node."""
    return {short(node.id): node.steps for node in lineage.nodes}


def ask(services: Services, *ids: str, **question: Any) -> Lineage:  # noqa: ANN401  any option
    """Ask for lineage; names without a colon or slash are of the examples."""
    full = tuple(name if ":" in name or "/" in name else EX + name for name in ids)
    return services.lineage.ask(LineageQuestion(full, **question))


# -- what is kept


def table_dump(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of the catalogue in ``folder``."""
    with connected(folder) as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
        }


def rows(folder: Path, statement: str, **values: object) -> list[tuple[Any, ...]]:
    """The rows of one statement on the catalogue in ``folder``; ``:name`` stands for a value."""
    with connected(folder) as connection:
        return [tuple(row) for row in connection.execute(text(statement), values)]
