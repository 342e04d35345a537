"""A document as a lineage, so that pictures and tables can be made of it without a catalogue."""

from collections.abc import Iterable
from typing import Final

from provstore.exporters.names import usable_prefixes
from provstore.model.body import encode_body
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, VOPROV, Compactor
from provstore.model.lineage import (
    LEVELS,
    Direction,
    Edge,
    Lineage,
    LineageQuestion,
    Node,
    least_distances,
)
from provstore.model.literals import value_text
from provstore.model.records import Attributes, Relation, first_text, ivoa_class, unite
from provstore.model.vocabulary import (
    NO_KIND,
    PROV_LABEL,
    PROV_ROLE,
    PROV_TYPE,
    Kind,
    kind_names,
)

_NAMES: Final = (PROV_LABEL, PROV + "name", VOPROV + "name")
_LEVEL: Final = PROVSTORE + "level"
_BACK: Final = LineageQuestion(()).plans()[0]

Arcs = dict[int, list[tuple[int, int]]]


def lineage_of(document: Document) -> Lineage:
    """All that the document and its bundles tell, seen from the results back.

    The roots are what nothing else was made from. What a catalogue would know besides (levels by
    rule, ties between names, completeness) is not guessed.
    """
    told = _united(document)
    relations = [r for r in dict.fromkeys(document.relations) if r.end(0) and r.end(1)]
    numbers = {iri: number for number, iri in enumerate(told)}
    roots, depth, steps = _distances(relations, numbers)
    compactor = Compactor(usable_prefixes(document.prefixes))
    nodes = [
        _node(iri, told[iri], compactor, (depth[number], steps[number]))
        for iri, number in numbers.items()
    ]
    names = tuple(told)
    return Lineage(
        roots=tuple(names[root] for root in roots),
        direction=Direction.BACK,
        engine="document",
        cut=None,
        nodes=sorted(nodes, key=lambda node: node.depth),
        edges=[_edge(relation) for relation in relations],
        prefixes=dict(compactor.prefixes),
    )


def _united(document: Document) -> dict[str, tuple[Kind, Attributes]]:
    """Every IRI that is told of, with its declared kinds and all its attributes."""
    found: dict[str, tuple[Kind, Attributes]] = {}
    for telling, attributes in document.elements.items():
        kind, known = found.get(telling.iri, (NO_KIND, ()))
        found[telling.iri] = (kind | telling.kind, unite(known, attributes))
    for relation in document.relations:
        if relation.end(0) and relation.end(1):
            for iri in relation.ends[:2]:
                found.setdefault(iri or "", (NO_KIND, ()))
    return found


def _distances(
    relations: Iterable[Relation], numbers: dict[str, int]
) -> tuple[list[int], dict[int, int], dict[int, int]]:
    """Roots, least number of relations and of steps from them."""
    depth: Arcs = {}
    steps: Arcs = {}
    origins: set[int] = set()
    for relation in relations:
        source, target = (numbers[iri or ""] for iri in relation.ends[:2])
        depth.setdefault(source, []).append((target, 1))
        steps.setdefault(source, []).append((target, _BACK.steps_out(relation.type)))
        if source != target:
            origins.add(target)
    roots = [number for number in numbers.values() if number not in origins]
    reached = least_distances(roots, depth)
    for number in numbers.values():  # a cycle that nothing leads into starts with its first
        if number not in reached:
            roots.append(number)
            reached.update(
                (node, far)
                for node, far in least_distances([number], depth).items()
                if node not in reached
            )
    return roots, reached, least_distances(roots, steps)


def _node(
    iri: str, told: tuple[Kind, Attributes], compactor: Compactor, distance: tuple[int, int]
) -> Node:
    kind, attributes = told
    kinds = tuple(kind_names(kind))
    return Node(
        id=iri,
        same=(),
        name=first_text(attributes, *_NAMES) or iri,
        kinds=kinds,
        cls=ivoa_class(attributes) or (kinds[0] if kinds else "entity"),
        level=_level(attributes),
        level_from=None,
        declared=bool(kinds),
        complete=None,
        depth=distance[0],
        steps=distance[1],
        version=first_text(attributes, VOPROV + "version"),
        body=encode_body(attributes, compactor.compact),
    )


def _level(attributes: Attributes) -> str | None:
    told = (value_text(value) for name, value in attributes if name in {_LEVEL, PROV_TYPE})
    return next((text for text in told if text in LEVELS), None)


def _edge(relation: Relation) -> Edge:
    source, target = relation.ends[:2]
    role = first_text(relation.attributes, PROV_ROLE)
    return Edge(relation.type.name, source or "", target or "", role, relation.time, relation.iri)
