"""The terms of PROV-JSONLD, as its context and its schema have them."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from provstore.model.vocabulary import (
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
)

CONTEXT_URL: Final = "https://openprovenance.org/prov-jsonld/context.jsonld"
"""The context that the examples of the submission name."""

ELEMENT_TERMS: Final[Mapping[str, str]] = {
    "entity": "Entity",
    "activity": "Activity",
    "agent": "Agent",
}
RELATION_TERMS: Final[Mapping[str, str]] = {
    "used": "Usage",
    "wasGeneratedBy": "Generation",
    "wasInvalidatedBy": "Invalidation",
    "wasStartedBy": "Start",
    "wasEndedBy": "End",
    "wasInformedBy": "Communication",
    "wasDerivedFrom": "Derivation",
    "wasAttributedTo": "Attribution",
    "wasAssociatedWith": "Association",
    "actedOnBehalfOf": "Delegation",
    "wasInfluencedBy": "Influence",
    "specializationOf": "Specialization",
    "alternateOf": "Alternate",
    "hadMember": "Membership",
}
OWN_TERMS: Final[Mapping[str, str]] = {
    "mentionOf": "prov:Mention",
    "hadDictionaryMember": "prov:KeyEntityPair",
    "derivedByInsertionFrom": "prov:Insertion",
    "derivedByRemovalFrom": "prov:Removal",
}
"""Statements that the submission leaves out: PROV-LINKS, PROV-DICTIONARY 5."""

_EVENTS: Final = frozenset({"Usage", "Generation", "Invalidation", "Start", "End"})
_ALL: Final = frozenset({*ELEMENT_TERMS.values(), *RELATION_TERMS.values()})


class Special(NamedTuple):
    """An attribute that has a term."""

    term: str
    types: frozenset[str]
    """Types of statements that have it (the schema); others say its qualified name."""


SPECIAL_TERMS: Final[Mapping[str, Special]] = {
    PROV_TYPE: Special("type", _ALL),
    PROV_LABEL: Special("label", _ALL),
    PROV_ROLE: Special("role", _EVENTS | {"Association"}),
    PROV_LOCATION: Special("location", _EVENTS | frozenset(ELEMENT_TERMS.values())),
    PROV_VALUE: Special("value", frozenset({"Entity"})),
}

_TERMS: Final = frozenset(
    {*_ALL, "Bundle", "type", "label", "role", "location", "value", "entity", "activity", "agent"}
    | {"startTime", "endTime", "time", "plan", "responsible", "delegate", "informed", "informant"}
    | {"influencee", "influencer", "generatedEntity", "usedEntity", "generation", "usage"}
    | {"trigger", "starter", "ender", "specificEntity", "generalEntity", "collection"}
    | {"alternate1", "alternate2", "provext", "rdf", "rdfs"}
)
"""Terms of the context: a prefix of that name would be overruled by it."""
_PREFIX: Final = re.compile(r"[A-Za-z0-9_]+\Z")
_NAMESPACE_END: Final = tuple(":/?#[]@")


def prefixes_for_terms(told: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """The declared prefixes that are prefixes in JSON-LD too, and in keys of the schema.

    A term is a prefix only if its IRI ends in one of ``:/?#[]@`` (JSON-LD 1.1, 4.2.2).
    """
    return (
        (prefix, uri)
        for prefix, uri in told
        if prefix not in _TERMS and _PREFIX.match(prefix) and uri.endswith(_NAMESPACE_END)
    )
