"""What cannot be (PROV-CONSTRAINTS 51 to 54)."""

from collections.abc import Iterator
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.components import Edge, ways_round
from provstore.model.constraints.merging import IDENTIFIED
from provstore.model.constraints.rules import violated
from provstore.model.constraints.scope import Scope, Statement
from provstore.model.vocabulary import DERIVED, INFLUENCED, SPECIALIZED, Kind

_MAY_SHARE: Final = frozenset({DERIVED.number, INFLUENCED.number})
"""Constraint 53 does not name these two: their identifiers may be those of other relations."""
_SHOWN_OF_CYCLE: Final = 5


def unspecified_derivations(scope: Scope) -> Iterator[Finding]:
    """Constraint 51: a derivation that names a generation or a usage names their activity."""
    for index, relation in scope.of(DERIVED):
        if len(relation.ends) > 3 and relation.ends[2] is None:  # noqa: PLR2004  activity, then generation and usage
            told = [
                f"{end.name} {iri}"
                for end, iri in zip(DERIVED.ends[3:], relation.ends[3:], strict=False)
                if iri is not None
            ]
            place = scope.place(index)
            message = f"the derivation at {place} names {' and '.join(told)} but no activity"
            yield violated(51, place, str(relation.end(0)), message)


def reflexive_specializations(scope: Scope) -> Iterator[Finding]:
    """Constraint 52, after inference 19: nothing specializes itself, be it over others."""
    statements = scope.of(SPECIALIZED)
    numbers: dict[str, int] = {}
    edges = []
    for index, relation in statements:
        specific, general = relation.end(0), relation.end(1)
        if specific is None or general is None:
            continue
        source = numbers.setdefault(specific, len(numbers))
        target = numbers.setdefault(general, len(numbers))
        edges.append(Edge(source, target, 52, index))
    names = list(numbers)
    for way in ways_round(len(names), edges, 52):
        around = [names[step.source] for step in way]
        shown = " → ".join([*around, around[0]][:_SHOWN_OF_CYCLE])
        more = " → …" if len(around) >= _SHOWN_OF_CYCLE else ""
        place = scope.place(way[0].statement)
        message = f"by specializationOf at {place} an entity specializes itself ({shown}{more})"
        yield violated(52, place, around[0], message)


def overlapping_identifiers(scope: Scope) -> Iterator[Finding]:
    """Constraints 53 and 54: an identifier is that of one relation type, and of no element."""
    seen: dict[str, Statement] = {}
    for kind in IDENTIFIED:
        for index, relation in scope.of(kind):
            iri = relation.iri
            if iri is None:
                continue
            yield from _of_an_element(scope, iri, (index, relation))
            if kind.number in _MAY_SHARE:
                continue
            where, known = seen.setdefault(iri, (index, relation))
            if known.type is not kind:
                place = scope.place(index)
                message = (
                    f"it is the identifier of {known.type.name} at {scope.place(where)} "
                    f"and of {kind.name} at {place}"
                )
                yield violated(53, place, iri, message)


def _of_an_element(scope: Scope, iri: str, statement: Statement) -> Iterator[Finding]:
    declared = ((scope.entities, Kind.ENTITY), (scope.activities, Kind.ACTIVITY))
    for elements, kind in (*declared, (scope.agents, Kind.AGENT)):
        if iri in elements:
            index, relation = statement
            place = scope.place(index)
            message = (
                f"it is the identifier of {relation.type.name} at {place} and of an element at "
                f"{scope.element(iri, kind)}"
            )
            yield violated(54, place, iri, message)
            return
