"""What documents say: relations, and the attributes of elements."""

import hashlib
from typing import NamedTuple

from provstore.model.identifiers import RELATION_KEY, VOPROV, Iri
from provstore.model.literals import Value, value_text
from provstore.model.vocabulary import ENTITY_CLASSES, PROV_TYPE, RelationType

Attributes = tuple[tuple[str, Value], ...]
"""A set of (name IRI, value) pairs in the order told, without repetition (PROV-DM 5.7)."""

NO_ATTRIBUTES: Attributes = ()


class Relation(NamedTuple):
    """One relation as told: its ends in formal order, any of which may be missing.

    Two relations that differ in anything are two relations: a file used in two roles is used twice.
    """

    type: RelationType
    ends: tuple[str | None, ...]
    """One IRI per end of the type; shorter tuples mean missing ends."""
    time: str | None = None
    """As written."""
    iri: str | None = None
    """The relation's own identifier; None where it has none (blank names are none)."""
    attributes: Attributes = NO_ATTRIBUTES
    bundle: str | None = None

    def end(self, index: int) -> str | None:
        """The end at ``index`` of the formal order, or None."""
        return self.ends[index] if index < len(self.ends) else None

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two tellings one relation: everything, the order of attributes aside."""
        ends = self.ends
        while ends and ends[-1] is None:
            ends = ends[:-1]
        return (
            self.type.number,
            ends,
            self.time,
            self.iri,
            frozenset(self.attributes),
            self.bundle,
        )

    @property
    def key(self) -> str:
        """The IRI by which other statements refer to this relation: its own, or a hash of it."""
        if self.iri is not None:
            return self.iri
        return RELATION_KEY + _digest(self)


def _digest(relation: Relation) -> str:
    # Ends are told up to the last or all, and both mean the same.
    ends = (relation.end(index) or "" for index in range(len(relation.type.ends)))
    parts = [relation.type.name, *ends, relation.time or ""]
    parts.append(relation.bundle or "")
    parts.extend(
        sorted(repr((name, *value_identity(value))) for name, value in relation.attributes)
    )
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def value_identity(value: Value) -> tuple[str, str, str | None]:
    """Text, datatype and language; the datatype of an IRI value is empty."""
    if isinstance(value, Iri):
        return (str(value), "", None)
    return (value.lexical, value.datatype, value.language)


def unite(first: Attributes, second: Attributes) -> Attributes:
    """The union of two attribute sets, in the order told."""
    if not second:
        return first
    if not first:
        return second
    return tuple(dict.fromkeys(first + second))


def ivoa_class(attributes: Attributes) -> str | None:
    """The IVOA class of an entity that a ``prov:type`` marks it with, or None."""
    for name, value in attributes:
        if name == PROV_TYPE and isinstance(value, Iri) and value.startswith(VOPROV):
            marked = value[len(VOPROV) :]
            if marked in ENTITY_CLASSES:
                return marked
    return None


def first_text(attributes: Attributes, *names: str) -> str | None:
    """The text of the first value under the first of the names that has one."""
    for name in names:
        for key, value in attributes:
            if key == name:
                return value_text(value)
    return None
