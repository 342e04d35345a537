"""What a document refers to and never declares."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from provstore.model.constraints.scope import shown
from provstore.model.document import Document, place_text


class UndeclaredEnd(NamedTuple):
    """A name that stands in a relation and that no statement declares."""

    iri: str
    end: str
    """Name of the argument in which it stands first."""
    place: str
    """Empty where no reader said."""
    statement: str


def undeclared_ends(document: Document, declared: frozenset[str]) -> Iterator[UndeclaredEnd]:
    """The ends of relations that are not ``declared``, each once, where it is met first.

    PROV asks for no declaration: inputs are often declared by who made them. A typing error looks
    the same, so it is worth telling.
    """
    seen: set[str] = set()
    for index, relation in enumerate(document.relations):
        for end, iri in zip(relation.type.ends, relation.ends, strict=False):
            if iri is None or iri in declared or iri in seen or end.is_relation:
                continue
            seen.add(iri)
            place = document.places.get(index)
            told = "" if place is None else place_text(place)
            yield UndeclaredEnd(iri, end.name, told, shown(relation))


def declared_names(documents: Sequence[Document]) -> frozenset[str]:
    """What these declare: elements, bundles, and relations, which an influence may name."""
    names = {telling.iri for document in documents for telling in document.elements}
    for document in documents:
        names.update(document.bundles)
        names.update(r.iri for r in document.relations if r.iri is not None)
    return frozenset(names)
