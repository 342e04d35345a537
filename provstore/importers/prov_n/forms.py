"""The statements that PROV-N documents hold, by their functors, as data.

Those of the W3C are in the Recommendation of 30 April 2013 (section 3), dictionaries in
PROV-DICTIONARY (section 3), ``mentionOf`` in PROV-LINKS. The grammar leaves all others to
qualified functors (3.10): of these, the records of the IVOA model are read, and the statements in
which ProvToolbox says names and attributes of relations that have none in the Recommendation.
voprov up to 0.0.4 and django-prov_vo write theirs without a prefix, some attributes by position.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.importers.element_sections import ELEMENT_SECTIONS, ElementSection
from provstore.model.identifiers import PROV, PROVSTORE, VOPROV
from provstore.model.vocabulary import (
    CONFIGURED,
    DICTIONARY_MEMBER,
    INSERTED,
    PROV_END_TIME,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_VALUE,
    RELATION_BY_NAME,
    REMOVED,
    Kind,
    RelationType,
)

_NAME: Final = PROV + "name"
_VALUE_TYPE: Final = VOPROV + "valueType"
_CONTENT_TYPE: Final = VOPROV + "contentType"
_ARTEFACT_TYPE: Final = VOPROV + "artefactType"
_POSITIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "activityDescription": (_NAME,),
    "entityDescription": (_NAME,),
    "usageDescription": (PROV_ROLE,),
    "generationDescription": (PROV_ROLE,),
    "valueDescription": (_NAME, _VALUE_TYPE),
    "parameterDescription": (_NAME, _VALUE_TYPE),
    "datasetDescription": (_NAME, _CONTENT_TYPE),
    "configFileDescription": (_NAME, _CONTENT_TYPE),
    "parameter": (_NAME, PROV_VALUE),
    "configFile": (_NAME, PROV_LOCATION),
}
"""Attributes that voprov 0.0.4 writes behind the identifier, and not in brackets."""
_TIMES: Final = (PROV_START_TIME, PROV_END_TIME)


class ElementForm(NamedTuple):
    """A statement about an element: its identifier, then what stands by position."""

    name: str
    section: ElementSection
    positions: tuple[str, ...]
    """IRIs of attributes: the times of an activity, or the texts that voprov has there."""

    @property
    def has_times(self) -> bool:
        """Whether it is times that stand by position."""
        return self.positions is _TIMES


class RelationForm(NamedTuple):
    """A relation: its ends, then a time or a text or, of dictionaries, a key or a set."""

    kind: RelationType
    most: int
    """How many arguments there may be."""
    position: str | None = None
    """IRI of an attribute that stands, as text, behind the ends."""
    has_set: bool = False


Form = ElementForm | RelationForm


def _element(name: str, section: ElementSection) -> ElementForm:
    positions = _TIMES if section.kind is Kind.ACTIVITY else _POSITIONS.get(name, ())
    return ElementForm(name, section, positions)


def _relation(kind: RelationType) -> RelationForm:
    position = _ARTEFACT_TYPE if kind is CONFIGURED else None
    has_set = kind in {DICTIONARY_MEMBER, INSERTED, REMOVED}
    more = kind.has_time or position is not None or has_set
    return RelationForm(kind, len(kind.ends) + more, position, has_set)


FORMS: Final[Mapping[str, Form]] = {
    **{name: _element(name, section) for name, section in ELEMENT_SECTIONS.items()},
    **{name: _relation(kind) for name, kind in RELATION_BY_NAME.items()},
}
"""By functor, without a prefix."""

_NAMESPACES: Final = (
    PROV,
    VOPROV,
    PROVSTORE,
    "http://openprovenance.org/prov/extension#",
    "https://openprovenance.org/ns/provext#",
)
"""In which the functors stand; the last two are those of ProvToolbox, before and now."""


def form_of(iri: str) -> Form | None:
    """The statement that a qualified functor means; None where it is none that is known."""
    for namespace in _NAMESPACES:
        if iri.startswith(namespace):
            return FORMS.get(iri[len(namespace) :])
    return None
