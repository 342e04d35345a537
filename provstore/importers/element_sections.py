"""The records of elements, by the names that PROV and IVOA documents give them.

A W3C document says the class of an entity as ``prov:type``, voprov up to 0.0.4 and OPUS by the name
of the record (``activityDescription``). Every reader takes both from this table.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.model.identifiers import VOPROV, Iri
from provstore.model.records import NO_ATTRIBUTES, Attributes, unite
from provstore.model.vocabulary import CLASS_BY_SECTION, KIND_NAMES, PROV_TYPE, Kind


class ElementSection(NamedTuple):
    """One kind of record."""

    kind: Kind
    marker: Attributes = NO_ATTRIBUTES
    """What the name of the record says and a W3C document would say as ``prov:type``."""

    def marked(self, attributes: Attributes) -> Attributes:
        """The attributes with what the record's name says."""
        return unite(self.marker, attributes) if self.marker else attributes


def _of_class(name: str, kind: Kind = Kind.ENTITY) -> ElementSection:
    return ElementSection(kind, ((PROV_TYPE, Iri(VOPROV + name)),))


ELEMENT_SECTIONS: Final[Mapping[str, ElementSection]] = {
    **{name: ElementSection(kind) for kind, name in KIND_NAMES.items()},
    **{section: _of_class(name) for section, name in CLASS_BY_SECTION.items()},
    # Drafts of 2017: version 1.0 has no such activity, and renamed the two descriptions.
    "activityFlow": _of_class("ActivityFlow", Kind.ACTIVITY),
    "usedDescription": _of_class("UsageDescription"),
    "wasGeneratedByDescription": _of_class("GenerationDescription"),
}
"""Name of a record to what it declares."""
