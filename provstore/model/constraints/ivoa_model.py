"""What a document says in terms of the IVOA model, wherever in it that is declared."""

from functools import cached_property
from itertools import chain
from typing import NamedTuple

from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, UnknownPrefixError
from provstore.model.literals import Value
from provstore.model.records import Attributes, Relation, first_text, ivoa_class
from provstore.model.vocabulary import (
    PROV_END_TIME,
    PROV_START_TIME,
    RELATIONS,
    Kind,
    RelationType,
)

AGENT = "Agent"
_IVOA_RELATIONS = frozenset(kind.number for kind in RELATIONS if kind.ivoa_marker)


def spellings(name: str) -> tuple[str, ...]:
    """The names under which an attribute of the model is met."""
    return (VOPROV + name, PROV + name)


class Instance(NamedTuple):
    """An instance of an IVOA class."""

    name: str
    """Of the class."""
    attributes: Attributes
    """Of all tellings: a bundle may say of it what the document does not."""
    telling: Telling
    """The first."""


def _class(telling: Telling, attributes: Attributes) -> str | None:
    if telling.kind is Kind.ENTITY:
        return ivoa_class(attributes)
    return AGENT if telling.kind is Kind.AGENT else None


class IvoaModel:
    """The instances and links of a document, its bundles included: descriptions stand in them."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.elements: dict[str, Instance] = {}
        """By IRI."""
        self._texts: dict[tuple[str, str], str | None] = {}
        again: dict[str, list[Attributes]] = {}
        for telling, attributes in document.elements.items():
            name = _class(telling, attributes)
            if name is None:
                continue
            known = self.elements.setdefault(telling.iri, Instance(name, attributes, telling))
            if known.telling != telling and known.name == name:
                again.setdefault(telling.iri, []).append(attributes)
        for iri, more in again.items():  # at the end: one of many tellings is not copied as often
            known = self.elements[iri]
            united = tuple(dict.fromkeys(chain(known.attributes, *more)))
            self.elements[iri] = known._replace(attributes=united)

    @property
    def is_used(self) -> bool:
        """Whether the document has anything of the IVOA model."""
        return any(
            name != AGENT or any(key.startswith(VOPROV) for key, _ in attributes)
            for name, attributes, _ in self.elements.values()
        ) or any(relation.type.number in _IVOA_RELATIONS for relation in self.document.relations)

    def class_of(self, iri: str | None) -> str | None:
        """The IVOA class of an element, or None."""
        known = None if iri is None else self.elements.get(iri)
        return None if known is None else known.name

    @cached_property
    def declared(self) -> frozenset[str]:
        """Every element of the document."""
        return frozenset(telling.iri for telling in self.document.elements)

    @cached_property
    def activity_times(self) -> dict[tuple[str | None, str], tuple[str | None, str | None]]:
        """Start and end of each activity as told, by bundle and IRI."""
        return {
            (telling.bundle, telling.iri): (
                first_text(attributes, PROV_START_TIME),
                first_text(attributes, PROV_END_TIME),
            )
            for telling, attributes in self.document.elements.items()
            if telling.kind is Kind.ACTIVITY
        }

    def text_of(self, iri: str, name: str) -> str | None:
        """The text of an attribute of an instance, looked for once: many links may ask for it."""
        if (iri, name) not in self._texts:
            known = self.elements.get(iri)
            attributes = () if known is None else known.attributes
            self._texts[iri, name] = first_text(attributes, *spellings(name))
        return self._texts[iri, name]

    def of(self, *kinds: RelationType) -> list[tuple[int, Relation]]:
        """The relations of some types, with their indices."""
        numbers = {kind.number for kind in kinds}
        return [
            pair for pair in enumerate(self.document.relations) if pair[1].type.number in numbers
        ]

    def named_by(self, value: Value, bundle: str | None) -> str:
        """The IRI that an attribute refers to; some writers give a qualified name as text."""
        if isinstance(value, str):
            return value
        prefixes = self.document.bundles.get(bundle or "", self.document.prefixes)
        try:
            return prefixes.expand(value.lexical)
        except UnknownPrefixError:  # a text that is no name: nothing is described by it
            return value.lexical
