"""The terms of PROV-JSONLD (W3C member submission of 25 August 2024), as data.

They are what the context of openprovenance.org says: the types of statements, the terms whose bare
strings are names, and the URLs under which that context was published. Nothing is fetched.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.importers.element_sections import ELEMENT_SECTIONS, ElementSection
from provstore.model.identifiers import PROV, VOPROV
from provstore.model.vocabulary import (
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
    RELATION_BY_NAME,
    RELATIONS,
    RelationType,
)

_SITE: Final = "openprovenance.org/prov-jsonld/"
_FILES: Final = (
    "context.jsonld",
    "context.json",
    "2020-03-23/context.json",
    "2024-06-19/context.json",
    "2024-08-25/context.jsonld",
    "2026-09-12/context.jsonld",
    "context-2024-06-19.json",
    "context-2024-08-25.jsonld",
    "context-2026-09-12.jsonld",
)
CONTEXT_URLS: Final = frozenset(
    f"{scheme}://{www}{_SITE}{file}"
    for scheme in ("https", "http")
    for www in ("", "www.")
    for file in _FILES
)
"""Where the context stands, and stood, with the same terms for statements. Drafts of 2018 and of 11
June 2024 had others, and are none of these."""

_TYPES: Final = {
    "Usage": "used",
    "Generation": "wasGeneratedBy",
    "Invalidation": "wasInvalidatedBy",
    "Start": "wasStartedBy",
    "End": "wasEndedBy",
    "Communication": "wasInformedBy",
    "Derivation": "wasDerivedFrom",
    "Attribution": "wasAttributedTo",
    "Association": "wasAssociatedWith",
    "Delegation": "actedOnBehalfOf",
    "Influence": "wasInfluencedBy",
    "Specialization": "specializationOf",
    "Alternate": "alternateOf",
    "Membership": "hadMember",
    # what the submission leaves out has the classes of PROV-LINKS and PROV-DICTIONARY
    "Mention": "mentionOf",
    "KeyEntityPair": "hadDictionaryMember",
    "Insertion": "derivedByInsertionFrom",
    "Removal": "derivedByRemovalFrom",
}


def _relation_types() -> dict[str, RelationType]:
    known = {PROV + term: RELATION_BY_NAME[name] for term, name in _TYPES.items()}
    for kind in RELATIONS:
        if kind.ivoa_marker:
            known[VOPROV + kind.ivoa_marker] = known[VOPROV + kind.name] = kind
    return known


RELATION_TYPES: Final[Mapping[str, RelationType]] = _relation_types()
"""IRIs of types of statements to the relations that they state."""

ELEMENT_TYPES: Final[Mapping[str, ElementSection]] = {
    (VOPROV if section.marker else PROV) + name[0].upper() + name[1:]: section
    for name, section in ELEMENT_SECTIONS.items()
}
"""IRIs of types of statements to what they declare; the classes of the IVOA are read as well."""

BUNDLE_TYPE: Final = PROV + "Bundle"
TYPE_TERMS: Final = frozenset({"Entity", "Activity", "Agent", "Bundle", *_TYPES})
"""What stands in ``@type`` without a prefix."""


class Special(NamedTuple):
    """An attribute with a term of its own."""

    iri: str
    names: bool
    """Whether a bare string under it is a name (the context types it ``@id``)."""


SPECIAL_TERMS: Final[Mapping[str, Special]] = {
    "type": Special(PROV_TYPE, names=True),
    "label": Special(PROV_LABEL, names=False),
    "role": Special(PROV_ROLE, names=True),
    "location": Special(PROV_LOCATION, names=True),
    "value": Special(PROV_VALUE, names=False),
}
NAME_VALUED: Final = frozenset(special.iri for special in SPECIAL_TERMS.values() if special.names)
