"""A lineage answer as a document, so that it can be written in every PROV format."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from provstore.model.body import compact_json, decode_body
from provstore.model.document import Document
from provstore.model.identifiers import PARAMETER, PROVSTORE, Iri, Prefixes
from provstore.model.lineage import Edge, Lineage, Node
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation, unite
from provstore.model.vocabulary import (
    ALTERNATE,
    CONFIGURATION_CLASSES,
    KIND_NAMES,
    PROV_ROLE,
    PROV_TYPE,
    RELATION_BY_NAME,
    Kind,
)

INFERRED: Final[tuple[str, Value]] = (PROV_TYPE, Iri(PROVSTORE + "inferred"))
"""Marks a statement that nobody told: a tie between names, an inherited generation."""

_KIND_BY_NAME: Final = {name: kind for kind, name in KIND_NAMES.items()}
_FACTS: Final = ("obs_publisher_did", "obs_id", "target_name", "level")


def document_of(lineage: Lineage, *, parameters: bool = True) -> Document:
    """What the answer says, as declared elements and relations.

    Every element of a node is declared as what documents declared it to be; one that was only
    mentioned is not. Elements that are the same thing are joined by ``alternateOf``, marked as
    `INFERRED` like the inferred relations. Facts about datasets that the archive knows from
    elsewhere (``obs_publisher_did``, ``obs_id``, ``target_name``, ``level``) are attributes in our
    own namespace on the node's first element.

    Parameters
    ----------
    lineage
        The answer.
    parameters
        False leaves out what `without_parameters` leaves out.
    """
    if not parameters:
        lineage = without_parameters(lineage)
    document = Document(Prefixes(lineage.prefixes))
    for node in lineage.nodes:
        _add_node(document, node)
    _add_relations(document, lineage.edges)
    return document


def without_parameters(lineage: Lineage) -> Lineage:
    """The answer without parameters and configuration files.

    Left out are attributes in the namespace of parameters, and nodes of the classes Parameter and
    ConfigFile with their relations, unless they were asked for as roots.
    """
    gone = {
        node.id
        for node in lineage.nodes
        if node.cls in CONFIGURATION_CLASSES and node.id not in lineage.roots
    }
    strip = _stripping(lineage)
    return replace(
        lineage,
        nodes=[_stripped(node, strip) for node in lineage.nodes if node.id not in gone],
        edges=[
            edge._replace(more=tuple(end for end in edge.more if end[1] not in gone))
            for edge in lineage.edges
            if edge.source not in gone and edge.target not in gone
        ],
    )


def elements_of(node: Node) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """IRI, declared kinds and attribute text of each element of a node.

    A node of one element may come without them: then its own id, kinds and text say it.
    """
    if node.bodies:
        return node.bodies
    return ((node.id, node.kinds if node.declared else (), node.body),)


def _add_node(document: Document, node: Node) -> None:
    first, *others = elements_of(node)
    _add_element(document, first, _facts(node))
    for element in others:
        _add_element(document, element, NO_ATTRIBUTES)
        document.add_relation(Relation(ALTERNATE, (first[0], element[0]), attributes=(INFERRED,)))


def _add_element(
    document: Document, element: tuple[str, tuple[str, ...], str], facts: Attributes
) -> None:
    iri, kinds, body = element
    attributes = decode_body(body, document.prefixes.expand) if kinds else NO_ATTRIBUTES
    for name in kinds:
        kind = _KIND_BY_NAME[name]
        told = attributes + facts if kind is Kind.ENTITY else attributes
        document.add_element(kind, iri, told)


def _facts(node: Node) -> Attributes:
    known = ((name, getattr(node, name)) for name in _FACTS)
    return tuple((PROVSTORE + name, Literal(value)) for name, value in known if value is not None)


def _add_relations(document: Document, edges: Iterable[Edge]) -> None:
    """Each relation once: one with a plan or starter may be walked by two of its ends."""
    expand = document.prefixes.expand
    told = [(_relation(edge, expand), edge.position) for edge in edges]
    whole = {part for relation, _ in told for part in _parts(relation)}
    for relation, position in told:
        is_part = position > 1 and relation.end(1) is None
        if not is_part or _part(relation, position) not in whole:
            document.add_relation(relation)


def _parts(relation: Relation) -> Iterator[Relation]:
    """A relation with its first two ends, as those that show one of its other ends alone."""
    if relation.end(1) is not None:
        yield from (_part(relation, index) for index in range(2, len(relation.ends)))


def _part(relation: Relation, position: int) -> Relation:
    ends = [
        relation.end(index) if index in {0, position} else None for index in range(position + 1)
    ]
    attributes = tuple(sorted(relation.attributes, key=repr))
    return relation._replace(ends=tuple(ends), attributes=attributes)


def _relation(edge: Edge, expand: Callable[[str], str]) -> Relation:
    attributes: Attributes = () if edge.role is None else ((PROV_ROLE, Literal(edge.role)),)
    if edge.attributes is not None:
        attributes = unite(attributes, decode_body(edge.attributes, expand))
    if edge.inferred:
        attributes = (*attributes, INFERRED)
    by_position = {0: edge.source, edge.position: edge.target, **dict(edge.more)}
    ends = tuple(by_position.get(index) for index in range(max(by_position) + 1))
    return Relation(RELATION_BY_NAME[edge.kind], ends, edge.time, edge.id, attributes)


def _stripping(lineage: Lineage) -> Callable[[str], str]:
    """A function that takes the parameters out of an attribute text.

    Only a text in which a prefix of the namespace occurs is read.
    """
    marks = tuple(f'"{p}:' for p, uri in lineage.prefixes.items() if uri.startswith(PARAMETER))

    def strip(body: str) -> str:
        return _strip(body, marks) if any(mark in body for mark in marks) else body

    return strip


def _strip(body: str, marks: tuple[str, ...]) -> str:
    kept = {k: v for k, v in json.loads(body).items() if not f'"{k}'.startswith(marks)}
    return compact_json(kept)


def _stripped(node: Node, strip: Callable[[str], str]) -> Node:
    return node._replace(body=strip(node.body), bodies=tuple(_stripped_elements(node, strip)))


def _stripped_elements(
    node: Node, strip: Callable[[str], str]
) -> Iterator[tuple[str, tuple[str, ...], str]]:
    return ((iri, kinds, strip(body)) for iri, kinds, body in node.bodies)
