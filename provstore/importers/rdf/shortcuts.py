"""Short-cuts: relations that one triple tells (PROV-O, 3.1)."""

from collections.abc import Iterator, Mapping

from provstore.importers.base import Findings
from provstore.importers.rdf.nodes import Node, Said
from provstore.importers.statements import Statements
from provstore.model.identifiers import Iri
from provstore.model.prov_o import AS_IN_BUNDLE, INVERSES, SHORTCUTS, Form
from provstore.model.vocabulary import MENTIONED, PROV_TYPE

_Told = dict[tuple[int, str, str], list[Form]]


def read_shortcuts(
    nodes: Mapping[str, Node], said: Said, statements: Statements, findings: Findings
) -> None:
    """State the relations of a graph that no node says already.

    ``wasDerivedFrom`` beside ``wasRevisionOf`` of the same ends is one relation: whoever tells the
    special one tells the other.
    """
    told: _Told = {}
    for key, form in _triples(nodes):
        if key not in said:
            told.setdefault(key, []).append(form)
    bundles: dict[str, str | None] = {}
    for (_, first, second), forms in told.items():
        special = [form for form in forms if form.subtype is not None]
        for form in dict.fromkeys(special or forms):
            ends: tuple[str | None, ...] = (first, second)
            if form.kind is MENTIONED:
                if first not in bundles:
                    bundles[first] = _bundle(first, nodes.get(first, []), findings)
                ends = (*ends, bundles[first])
            attributes = () if form.subtype is None else ((PROV_TYPE, Iri(form.subtype)),)
            statements.relation(form.kind, ends, place=first, attributes=attributes)


def _triples(nodes: Mapping[str, Node]) -> Iterator[tuple[tuple[int, str, str], Form]]:
    for subject, node in nodes.items():
        for name, value in node:
            form = SHORTCUTS.get(name)
            if form is not None:
                if isinstance(value, Iri):
                    yield (form.kind.number, subject, value), form
            elif name in INVERSES and isinstance(value, Iri):
                form = INVERSES[name]
                yield (form.kind.number, value, subject), form


def _bundle(subject: str, node: Node, findings: Findings) -> str | None:
    """The bundle of a mention (PROV-LINKS, 4): it stands beside it, on the same subject."""
    bundles = [str(value) for name, value in node if name == AS_IN_BUNDLE]
    if len(bundles) > 1:
        message = f"{len(bundles)} bundles are named; which one a mention means is not said"
        findings.warning("rdf/ambiguous-mention", subject, bundles[0], message)
        return None
    return bundles[0] if bundles else None
