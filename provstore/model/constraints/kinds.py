"""Types: what a thing is, by declaration and by where it stands (PROV-CONSTRAINTS 50, 55, 56)."""

from collections.abc import Iterator
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.merging import IDENTIFIED
from provstore.model.constraints.rules import violated
from provstore.model.constraints.scope import Scope
from provstore.model.constraints.specialization import specifics_of
from provstore.model.identifiers import Iri
from provstore.model.vocabulary import (
    ALTERNATE,
    MEMBER,
    PROV_EMPTY_COLLECTION,
    PROV_TYPE,
    SPECIALIZED,
    Kind,
)

_TYPING: Final = (*IDENTIFIED, SPECIALIZED, ALTERNATE, MEMBER)
"""The relations whose ends constraint 50 types."""
_IS_EMPTY: Final = (PROV_TYPE, Iri(PROV_EMPTY_COLLECTION))

Standing = tuple[int, str]
"""Index of a statement, and what something is in it."""


def disjoint_types(scope: Scope) -> Iterator[Finding]:
    """Constraints 50 and 55: nothing is an entity and an activity.

    Where both are declared it is 55 that is violated; where a relation makes it one of them, it is
    the typing by 50 that violates it.
    """
    entities, activities = _implied(scope, Kind.ENTITY), _implied(scope, Kind.ACTIVITY)
    entities.update(scope.entities)
    activities.update(scope.activities)
    both = entities & activities
    if not both:
        return
    as_entity = _standing(scope, Kind.ENTITY, both)
    as_activity = _standing(scope, Kind.ACTIVITY, both)
    for iri in sorted(both):
        if iri in scope.entities and iri in scope.activities:
            here = scope.element(iri, Kind.ACTIVITY)
            entity = scope.element(iri, Kind.ENTITY)
            message = f"it is declared as an entity at {entity} and as an activity at {here}"
            yield violated(55, here, iri, message)
            continue
        entity = _why(scope, iri, Kind.ENTITY, as_entity.get(iri))
        activity = _why(scope, iri, Kind.ACTIVITY, as_activity.get(iri))
        first = as_entity.get(iri) if iri in scope.activities else as_activity.get(iri)
        place = "" if first is None else scope.place(first[0])
        message = f"it is an entity, as {entity}, and an activity, as {activity}; nothing is both"
        yield violated(50, place, iri, message)


def _implied(scope: Scope, wanted: Kind) -> set[str]:
    found: set[str | None] = set()
    for kind in _TYPING:
        for index, end in enumerate(kind.ends):
            if end.implies is wanted:
                statements = scope.of(kind)
                found.update(r.ends[index] for _, r in statements if len(r.ends) > index)
    return {iri for iri in found if iri is not None}


def _standing(scope: Scope, wanted: Kind, of: set[str]) -> dict[str, Standing]:
    """Where each of these stands first in a relation that makes it of that kind."""
    found: dict[str, Standing] = {}
    for kind in _TYPING:
        for index, relation in scope.of(kind):
            for end, iri in zip(kind.ends, relation.ends, strict=False):
                if end.implies is wanted and iri in of:
                    found.setdefault(iri, (index, f"{end.name} of {kind.name}"))
    return found


def _why(scope: Scope, iri: str, kind: Kind, standing: Standing | None) -> str:
    declared = scope.entities if kind is Kind.ENTITY else scope.activities
    if iri in declared or standing is None:
        return f"declared at {scope.element(iri, kind)}"
    index, what = standing
    return f"{what} at {scope.place(index)}"


def empty_collections(scope: Scope) -> Iterator[Finding]:
    """Constraint 56: an empty collection has no member, nor has what specializes it (by 21)."""
    members = scope.of(MEMBER)
    if not members:
        return
    empty = [iri for iri, attributes in scope.entities.items() if _IS_EMPTY in attributes]
    if not empty:
        return
    known = set(specifics_of(scope, empty))
    for index, relation in members:
        collection, member = relation.end(0), relation.end(1)
        if collection in known:
            place = scope.place(index)
            message = f"{collection} is an empty collection and has the member {member} at {place}"
            yield violated(56, place, str(collection), message)
