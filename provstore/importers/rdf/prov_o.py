"""PROV-O: the statements that RDF quads tell (W3C Recommendation of 30 April 2013).

The nodes of relations are read first, each with all that is its own; then the short-cuts that no
node says already; then what is said of elements. A named graph is a bundle.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from pyoxigraph import DefaultGraph, NamedNode, Quad

from provstore.importers.base import Findings
from provstore.importers.rdf.graph import GraphReader
from provstore.importers.rdf.nodes import Node
from provstore.importers.rdf.terms import RdfTerms
from provstore.model.document import Document
from provstore.model.identifiers import PROV, Prefixes

Graphs = dict[str | None, dict[str, Node]]
"""Name of each graph, None for the default graph, to its subjects with what is said of them."""


def document_of_quads(
    quads: Iterable[Quad],
    prefixes: Mapping[str, str],
    findings: Findings,
    *,
    source: bytes = b"",
    has_prefixes: bool = True,
) -> Document:
    """The document that the quads tell.

    Parameters
    ----------
    quads
        As a parser of pyoxigraph gives them; relative IRIs resolved against `rdf_terms.BASE`.
    prefixes
        Prefix to namespace; asked for after the last quad.
    findings
        Takes what is noticed: ``rdf/…``.
    source
        The bytes of which the quads were made: see `RdfTerms`.
    has_prefixes
        Whether the format declares namespaces.
    """
    terms = RdfTerms(source, findings, has_prefixes=has_prefixes)
    graphs = _graphs(quads, terms)
    document = Document(Prefixes(_declared(prefixes)))
    lost = sum(
        GraphReader(document, findings, terms, name, nodes).read() for name, nodes in graphs.items()
    )
    if lost:
        message = f"{lost} triples say nothing of an element or a relation; they are not kept"
        findings.info("rdf/not-provenance", "", lost, message)
    said = document.elements or document.relations or document.bundles
    if not said and (lost or PROV not in prefixes.values()):
        message = "the document has no statement in the terms of PROV-O"
        findings.error("rdf/no-provenance", "", "", message)
    return document


_SCHEME_OF_BASE: Final = "x-provstore-relative:"


def _declared(prefixes: Mapping[str, str]) -> dict[str, str]:
    """The declared prefixes that stand for what is absolute."""
    return {p: uri for p, uri in prefixes.items() if not uri.startswith(_SCHEME_OF_BASE)}


def _graphs(quads: Iterable[Quad], terms: RdfTerms) -> Graphs:
    """The quads by graph and subject, in the order told."""
    graphs: Graphs = {None: {}}
    value, known, properties = terms.value, terms.known, terms.properties
    default = graphs[None]
    for subject, predicate, term, graph in quads:
        nodes = default
        if type(graph) is not DefaultGraph:
            nodes = graphs.setdefault(str(value(graph)), {})
        # most terms were met before, and most are IRIs: one look-up each
        named = known.get(subject.value) if type(subject) is NamedNode else None
        told = known.get(term.value) if type(term) is NamedNode else None
        pair = (properties[predicate.value], told or value(term))
        node = named or str(value(subject))
        listed = nodes.get(node)
        if listed is None:
            nodes[node] = [pair]
        else:
            listed.append(pair)
    return graphs
