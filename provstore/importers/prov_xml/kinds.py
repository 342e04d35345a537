"""The records of PROV-XML: what the name of each element declares, and where its children go."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.importers.element_sections import ELEMENT_SECTIONS, ElementSection
from provstore.model.identifiers import PROV, VOPROV, Iri, canonical_namespace
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import (
    DERIVED,
    DICTIONARY_MEMBER,
    INSERTED,
    PROV_REMOVED_KEY,
    PROV_TYPE,
    RELATION_BY_NAME,
    RELATIONS,
    REMOVED,
    Kind,
    RelationType,
)

TIME: Final = -1
"""The slot of the time, beside those of the ends."""
PAIR: Final = -2
"""The slot of the pairs that are in a dictionary, or inserted into it."""

_ELEMENT_TYPES: Final[Mapping[str, tuple[Kind, str]]] = {
    **{
        name: (Kind.ENTITY, name[0].upper() + name[1:])
        for name in (
            "plan",
            "bundle",
            "collection",
            "emptyCollection",
            "dictionary",
            "emptyDictionary",
        )
    },
    **{
        name: (Kind.AGENT, name[0].upper() + name[1:])
        for name in ("person", "organization", "softwareAgent")
    },
}
"""Elements for the subtypes of PROV-DM (prov-core.xsd, prov-dictionary.xsd)."""
_DERIVATION_TYPES: Final = {
    "wasRevisionOf": "Revision",
    "wasQuotedFrom": "Quotation",
    "hadPrimarySource": "PrimarySource",
}


class RelationKind(NamedTuple):
    """A record that tells a relation."""

    type: RelationType
    marker: Attributes = NO_ATTRIBUTES
    """What the name of the record says and other formats say as ``prov:type``."""


RecordKind = ElementSection | RelationKind


def record_kind(tag: str) -> RecordKind | None:
    """What a record of this name (in Clark notation) declares; None where it is no record.

    All names are met in the namespace of voprov too. There the type of a collection is voprov's,
    as in the PROV-JSON that voprov 0.0.4 writes of the same document.
    """
    space, _, name = tag.rpartition("}")
    namespace = canonical_namespace(space[1:])
    if namespace not in {PROV, VOPROV}:
        return None
    if name in _ELEMENT_TYPES:
        kind, subtype = _ELEMENT_TYPES[name]
        return ElementSection(kind, ((PROV_TYPE, Iri(namespace + subtype)),))
    if name in _DERIVATION_TYPES:
        return RelationKind(DERIVED, ((PROV_TYPE, Iri(namespace + _DERIVATION_TYPES[name])),))
    if name in RELATION_BY_NAME:
        return RelationKind(RELATION_BY_NAME[name])
    return ELEMENT_SECTIONS.get(name)


def _slots(kind: RelationType) -> dict[str, int | str]:
    """Where each formal argument goes; ``voprov`` and ``prov`` are met in each other's place."""
    slots: dict[str, int | str] = {
        space + end.name: i for i, end in enumerate(kind.ends) for space in (PROV, VOPROV)
    }
    if kind.has_time:
        slots |= {PROV + "time": TIME, VOPROV + "time": TIME}
    if kind in {DICTIONARY_MEMBER, INSERTED}:
        slots[PROV + "keyEntityPair"] = slots[VOPROV + "keyEntityPair"] = PAIR
    if kind is REMOVED:
        slots[PROV + "key"] = slots[VOPROV + "key"] = PROV_REMOVED_KEY
    return slots


SLOTS: Final[Mapping[int, Mapping[str, int | str]]] = {
    kind.number: _slots(kind) for kind in RELATIONS
}
"""Of each relation: IRIs of children to the slot of an end, or to the attribute that they mean."""
