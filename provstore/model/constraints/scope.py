"""The statements of one scope: the document without its bundles, or one bundle.

PROV-CONSTRAINTS 7.2: a document is valid if its top level and each of its bundles are, each on its
own.
"""

from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from provstore.model.document import Document, Telling, place_text
from provstore.model.literals import value_text
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    KIND_NAMES,
    PROV_END_TIME,
    PROV_START_TIME,
    Kind,
    RelationType,
)

Statement = tuple[int, Relation]
"""A relation, and its index in the document."""
Where = int | Telling
"""What a finding points to: the index of a relation, or an element."""


class ActivityTimes(NamedTuple):
    """The times told on an activity itself; several where tellings of it were united."""

    start: tuple[str, ...]
    end: tuple[str, ...]


class Scope:
    """What one scope tells, sorted by type."""

    def __init__(self, document: Document, bundle: str | None) -> None:
        self.document = document
        self.bundle = bundle
        self.entities: dict[str, Attributes] = {}
        self.activities: dict[str, Attributes] = {}
        self.agents: dict[str, Attributes] = {}
        self.relations: dict[int, list[Statement]] = {}
        """By number of the type."""

    def of(self, kind: RelationType) -> list[Statement]:
        """The relations of a type."""
        return self.relations.get(kind.number, [])

    @cached_property
    def activity_times(self) -> dict[str, ActivityTimes]:
        """The times of the declared activities that have any."""
        found = {}
        for iri, attributes in self.activities.items():
            start = tuple(value_text(v) for name, v in attributes if name == PROV_START_TIME)
            end = tuple(value_text(v) for name, v in attributes if name == PROV_END_TIME)
            if start or end:
                found[iri] = ActivityTimes(start, end)
        return found

    def place(self, where: Where) -> str:
        """Where a statement stands; where no reader said, the statement itself."""
        return place_of(self.document, where)

    def element(self, iri: str, kind: Kind) -> str:
        """Where an element of this scope is declared."""
        return self.place(Telling(self.bundle, iri, kind))


def place_of(document: Document, where: Where) -> str:
    """Where a statement stands; where no reader said, the statement itself."""
    place = document.places.get(where)
    if place is not None:
        return place_text(place)
    if isinstance(where, Telling):
        return f"{KIND_NAMES[where.kind]}({where.iri})"
    return shown(document.relations[where])


def shown(relation: Relation) -> str:
    """A relation in short, as PROV-N would have it but with full IRIs."""
    ends = ", ".join("-" if end is None else end for end in relation.ends)
    name = "" if relation.iri is None else f"{relation.iri}; "
    return f"{relation.type.name}({name}{ends})"


def scopes(document: Document) -> Iterator[Scope]:
    """The scopes of a document, its top level first."""
    found: dict[str | None, Scope] = {None: Scope(document, None)}

    def scope(bundle: str | None) -> Scope:
        known = found.get(bundle)
        if known is None:
            known = found[bundle] = Scope(document, bundle)
        return known

    for (bundle, iri, kind), attributes in document.elements.items():
        here = scope(bundle)
        if kind is Kind.ENTITY:
            here.entities[iri] = attributes
        elif kind is Kind.ACTIVITY:
            here.activities[iri] = attributes
        else:
            here.agents[iri] = attributes
    for statement in enumerate(document.relations):
        relation = statement[1]
        by_type = scope(relation.bundle).relations
        by_type.setdefault(relation.type.number, []).append(statement)
    yield from found.values()
