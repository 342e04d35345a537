"""One graph of a PROV-O document: the default graph, or a bundle."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.element_sections import ElementSection
from provstore.importers.rdf.nodes import Node, NodeReader, attribute_name
from provstore.importers.rdf.shortcuts import read_shortcuts
from provstore.importers.rdf.terms import RdfTerms
from provstore.importers.statements import Statements
from provstore.model.document import Document
from provstore.model.identifiers import Iri, UnknownPrefixError
from provstore.model.literals import NAME_TYPES, Literal, Value
from provstore.model.prov_o import (
    AS_IN_BUNDLE,
    AS_KIND,
    EMPTY_BUNDLE,
    IMPLIED_KIND,
    KIND_BY_CLASS,
    KIND_BY_PROPERTY,
    MENTION_OF,
    RDF_TYPE,
    RELATING,
    TOLD_AS,
)
from provstore.model.vocabulary import NO_KIND, PROV_TYPE, Kind

_SECTIONS: Final = {kind: ElementSection(kind) for kind in Kind}


class GraphReader:
    """Reads one graph into a document.

    Parameters
    ----------
    document, findings
        Take what the graph tells, and what is noticed.
    terms
        Those of the whole document.
    bundle
        Name of the graph; None for the default graph.
    nodes
        Each subject of the graph with its properties and values, in the order told.
    """

    def __init__(
        self,
        document: Document,
        findings: Findings,
        terms: RdfTerms,
        bundle: str | None,
        nodes: dict[str, Node],
    ) -> None:
        self._document = document
        self._terms = terms
        self._bundle = bundle
        self._nodes = nodes
        self._findings = findings
        self._statements = Statements(document, findings, bundle)
        self._implied: dict[str, Kind] | None = None
        self._first = len(document.relations)
        self._tellings: Counter[str] = Counter()

    def read(self) -> int:
        """Read the graph.

        Returns
        -------
        int
            How many triples say nothing of an element or a relation.
        """
        if self._terms.has_qnames:
            self._resolve_qnames()
        elements = len(self._document.elements)
        relations = NodeReader(self._nodes, self._statements, self._findings)
        relations.read()
        read_shortcuts(self._nodes, relations.said, self._statements, self._findings)
        self._tellings = Counter(
            str(value) for node in self._nodes.values() for key, value in node if key == TOLD_AS
        )
        lost = sum(
            self._subject(name, node, relations.slots_of(name))
            for name, node in self._nodes.items()
        )
        self._statements.finish()
        told = (
            len(self._document.elements) > elements or len(self._document.relations) > self._first
        )
        if self._bundle is not None and told:
            self._document.add_bundle(self._bundle)
        return lost

    def _subject(self, name: str, node: Node, slots: frozenset[str] | None) -> int:
        """What a subject's own triples say of an element; how many say nothing.

        ``slots`` are the properties that mean its ends where it is the node of a relation.
        """
        if name in self._tellings:
            return 0
        kinds = self._kinds(name, node)
        if not kinds and slots is not None:
            return 0
        own = self._own(node, slots or frozenset())
        if not kinds and own:
            kinds = self._implied_kinds(name, own)
        if not kinds:
            return len(own)
        told = self._tellings and [str(value) for key, value in node if key == TOLD_AS]
        if told:
            self._tell_apart(name, told)
            return 0
        for kind in _kinds_of(kinds):
            attributes = tuple(dict.fromkeys(_attributes(own, kind, kinds)))
            self._statements.element(_SECTIONS[kind], name, attributes, place=name)
        return 0

    def _kinds(self, name: str, node: Node) -> Kind:
        """The kinds that the classes of a subject say."""
        kinds = NO_KIND
        for key, value in node:
            if key == RDF_TYPE and isinstance(value, Iri):
                implied = IMPLIED_KIND.get(value)
                if implied is not None:  # joining flags is slow, and nearly all have one
                    kinds = kinds | implied if kinds else implied
                elif value == EMPTY_BUNDLE:
                    self._document.add_bundle(name)
        return kinds

    def _own(self, node: Node, slots: frozenset[str]) -> Node:
        """What is said of the subject alone: neither a relation nor a part of one."""
        own = [
            (key, value)
            for key, value in node
            if not (key in RELATING and isinstance(value, Iri))
            and key not in slots
            and not (key == RDF_TYPE and value == EMPTY_BUNDLE)
        ]
        bundles = [pair for pair in own if pair[0] == AS_IN_BUNDLE]
        if len(bundles) == 1 and any(key == MENTION_OF for key, _ in node):
            own.remove(bundles[0])
        return own

    def _implied_kinds(self, name: str, own: Node) -> Kind:
        """The kinds that its properties say of a subject without a class (PROV-CONSTRAINTS 50)."""
        kinds = NO_KIND
        for key, _ in own:
            kinds |= KIND_BY_PROPERTY.get(key, NO_KIND)
        if self._implied is None:
            self._implied = {}
            for relation in self._document.relations[self._first :]:
                for end, iri in zip(relation.type.ends, relation.ends, strict=False):
                    if iri is not None:
                        known = self._implied.get(iri, NO_KIND)
                        self._implied[iri] = known | end.implies
        return kinds | self._implied.get(name, NO_KIND)

    def _tell_apart(self, name: str, tellings: list[str]) -> None:
        """An element of several kinds of which different things are told as each."""
        for telling in tellings:
            node = self._nodes.get(telling, [])
            if self._tellings[telling] > 1:
                message = "a node that tells what an element is as one kind is of one element"
                self._findings.error("rdf/shared-node", name, telling, message)
                continue
            kinds = [
                KIND_BY_CLASS[value]
                for key, value in node
                if key == AS_KIND and isinstance(value, Iri) and value in KIND_BY_CLASS
            ]
            own = [pair for pair in node if pair[0] != AS_KIND]
            for kind in kinds:
                attributes = tuple(dict.fromkeys(_attributes(own, kind, kind)))
                self._statements.element(_SECTIONS[kind], name, attributes, place=name)

    def _resolve_qnames(self) -> None:
        """Names as literals of type xsd:QName become the IRIs that they stand for."""
        for node in self._nodes.values():
            for index, (key, value) in enumerate(node):
                if isinstance(value, Literal) and value.datatype in NAME_TYPES:
                    node[index] = (key, self._resolved(value))

    def _resolved(self, value: Literal) -> Value:
        try:
            return Iri(self._document.prefixes.expand(value.lexical))
        except UnknownPrefixError as error:
            message = f"the prefix {error.prefix[:100]!r} is not declared; the text is kept"
            self._findings.warning("rdf/unknown-prefix", "", value.lexical, message)
            return Literal(value.lexical)


@cache
def _kinds_of(kinds: Kind) -> tuple[Kind, ...]:
    return tuple(kind for kind in Kind if kind in kinds)


def _attributes(own: Node, kind: Kind, kinds: Kind) -> Iterator[tuple[str, Value]]:
    """The attributes of a subject as one of its kinds."""
    for key, value in own:
        if key == RDF_TYPE:
            if isinstance(value, Iri) and (value in KIND_BY_CLASS or _is_other(value, kind, kinds)):
                continue
            yield PROV_TYPE, value
        elif kind == kinds or kind in KIND_BY_PROPERTY.get(key, kind):
            yield attribute_name(key), value


def _is_other(value: str, kind: Kind, kinds: Kind) -> bool:
    """Whether a class says something of another of the kinds that a subject has."""
    return kind != kinds and kind not in IMPLIED_KIND.get(value, kind)
