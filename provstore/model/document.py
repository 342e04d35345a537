"""A document: what was told about elements and how they are related, in it and in its bundles."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from provstore.model.identifiers import Iri, Prefixes
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation, unite
from provstore.model.vocabulary import Kind

Place = str | tuple[str | int, ...]
"""Where a statement stands: text as it is, or the keys of a JSON pointer."""


def place_text(place: Place) -> str:
    """A place as findings tell it; keys become a JSON pointer (RFC 6901, section 3)."""
    if isinstance(place, str):
        return place
    return "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in place)


class Telling(NamedTuple):
    """The subject of a statement about an element: where it is said, of what, as what."""

    bundle: str | None
    iri: str
    kind: Kind
    """Exactly one kind; an IRI that is entity and agent is told twice."""


class Document:
    """A set of statements; several about one (bundle, IRI, kind) are one with united attributes.

    Equality is that of PROV: the same statements, whatever their order and prefixes
    (PROV-CONSTRAINTS 6.1, after merging by key constraint 22).
    """

    __slots__ = ("bundles", "elements", "places", "prefixes", "relations")

    def __init__(self, prefixes: Prefixes | None = None) -> None:
        self.prefixes = Prefixes() if prefixes is None else prefixes
        self.elements: dict[Telling, Attributes] = {}
        self.relations: list[Relation] = []
        """In the order told; a repeated telling may stand here, it means nothing."""
        self.bundles: dict[str, Prefixes] = {}
        """IRI of each bundle, an empty one too, to the prefixes that it declares itself."""
        self.places: dict[Telling | int, Place] = {}
        """Where an element was first told, and where each relation, by its index, as far as the
        reader said. No part of what the document says."""

    def add_element(
        self,
        kind: Kind,
        iri: str,
        attributes: Attributes = NO_ATTRIBUTES,
        bundle: str | None = None,
    ) -> None:
        """State that ``iri`` is of ``kind`` and has these attributes."""
        telling = Telling(bundle, iri, kind)
        known = self.elements.get(telling)
        self.elements[telling] = attributes if known is None else unite(known, attributes)

    def add_relation(self, relation: Relation) -> None:
        """State a relation."""
        self.relations.append(relation)

    def add_bundle(self, iri: str, prefixes: Mapping[str, str] | None = None) -> Prefixes:
        """Open a bundle; its prefixes fall back to the document's."""
        known = self.bundles.get(iri)
        if known is None:
            known = self.bundles[iri] = Prefixes(prefixes, parent=self.prefixes)
        return known

    def absorb(self, other: "Document") -> None:
        """Take in all that another document says; where both declare a prefix, this one's stays.

        Blank names are taken for the same thing in both: see `with_blank_names`.
        """
        for prefix, uri in other.prefixes.declared.items():
            self.prefixes.declared.setdefault(prefix, uri)
        for bundle, prefixes in other.bundles.items():
            self.add_bundle(bundle, prefixes.declared)
        for (inside, iri, kind), attributes in other.elements.items():
            self.add_element(kind, iri, attributes, inside)
        self.relations.extend(other.relations)

    def with_blank_names(self, tag: str) -> "Document":
        """The same document with a tag in its blank names, which mean something in it alone."""

        def renamed(name: str) -> str:
            return f"_:{tag}{name[2:]}" if name.startswith("_:") else name

        told = Document(self.prefixes)
        for bundle, prefixes in self.bundles.items():
            told.add_bundle(renamed(bundle), prefixes.declared)
        for (inside, iri, kind), attributes in self.elements.items():
            values = _renamed_values(attributes, renamed)
            told.add_element(
                kind, renamed(iri), values, None if inside is None else renamed(inside)
            )
        relations = [_renamed_relation(relation, renamed) for relation in self.relations]
        # an anonymous relation is referred to by what it says, which may just have been renamed
        keys = {
            old.key: new.key
            for old, new in zip(self.relations, relations, strict=True)
            if old.iri is None and old != new
        }
        told.relations = [
            relation._replace(ends=tuple(keys.get(end or "", end) for end in relation.ends))
            for relation in relations
        ]
        return told

    def told(self) -> Iterable[str]:
        """Every IRI that a statement names, each once, in the order met."""
        seen = {telling.iri: None for telling in self.elements}
        for relation in self.relations:
            for end, iri in zip(relation.type.ends, relation.ends, strict=False):
                if iri is not None and not end.is_relation:
                    seen.setdefault(iri)
        seen.update(dict.fromkeys(self.bundles))
        return seen

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Document):
            return NotImplemented
        return (
            self._comparable_elements() == other._comparable_elements()
            and {r.identity for r in self.relations} == {r.identity for r in other.relations}
            and self.bundles.keys() == other.bundles.keys()
        )

    __hash__ = None  # type: ignore[assignment]  # mutable while it is read

    def _comparable_elements(self) -> dict[Telling, frozenset[tuple[str, object]]]:
        return {telling: frozenset(attributes) for telling, attributes in self.elements.items()}

    def __repr__(self) -> str:
        return (
            f"<Document of {len(self.elements)} elements, {len(self.relations)} relations, "
            f"{len(self.bundles)} bundles>"
        )


def _renamed_values(attributes: Attributes, renamed: Callable[[str], str]) -> Attributes:
    return tuple(
        (name, Iri(renamed(value)) if isinstance(value, Iri) else value)
        for name, value in attributes
    )


def _renamed_relation(relation: Relation, renamed: Callable[[str], str]) -> Relation:
    return relation._replace(
        ends=tuple(None if end is None else renamed(end) for end in relation.ends),
        attributes=_renamed_values(relation.attributes, renamed),
        bundle=None if relation.bundle is None else renamed(relation.bundle),
    )
