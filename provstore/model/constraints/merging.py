"""Key constraints: statements of one identifier are one statement (PROV-CONSTRAINTS 22 and 23).

Merging (section 6.1): two terms merge if they are equal or one is an existential variable, which is
what a missing end or time stands for (definition 4, optional-placeholders). Not expanded, and so a
constant of its own, is the plan of an association, the activity of a derivation, and generation and
usage of a derivation without activity. Attributes merge as the union of two sets, which always can
be: no constraint asks for those of a relation, so they are left alone. Times are equal if they are
the same instant, whatever their text.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.rules import violated
from provstore.model.constraints.scope import Scope, Statement
from provstore.model.identifiers import RELATION_KEY
from provstore.model.records import Relation
from provstore.model.times import parse_time
from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTRIBUTED,
    DELEGATED,
    DERIVED,
    ENDED,
    GENERATED,
    INFLUENCED,
    INFORMED,
    INVALIDATED,
    STARTED,
    USED,
    Kind,
    RelationType,
)

IDENTIFIED: Final = (
    GENERATED,
    USED,
    INFORMED,
    STARTED,
    ENDED,
    INVALIDATED,
    DERIVED,
    ATTRIBUTED,
    ASSOCIATED,
    DELEGATED,
    INFLUENCED,
)
"""The relations that have an identifier, which is their key (constraint 23)."""

_PLAN: Final = 2
_ACTIVITY: Final = 2
_GENERATION: Final = 3
_USAGE: Final = 4
_ANY_ZONE: Final = timedelta(hours=14)

Named = dict[tuple[int, str], Statement]
"""By type and identifier: the one statement that all of this identifier are."""


def same_time(first: str, second: str) -> bool:
    """Whether two times may be the same instant.

    A time without a zone may mean any: within 14 hours it may equal one with a zone (XML Schema 1.1
    part 2, 3.3.7).
    """
    if first == second:
        return True
    one, other = parse_time(first), parse_time(second)
    if one is None or other is None:
        return False
    if one.zone_assumed == other.zone_assumed:
        return one.utc == other.utc
    apart = datetime.fromisoformat(one.utc) - datetime.fromisoformat(other.utc)
    return abs(apart) <= _ANY_ZONE


def merged(first: Relation, second: Relation) -> Relation | str:
    """Two statements of one identifier as one, or the name of the argument that differs.

    The attributes are those of the first.
    """
    kind = first.type
    ends = []
    for index, end in enumerate(kind.ends):
        one, other = first.end(index), second.end(index)
        if one != other and (
            (one is not None and other is not None) or _is_constant(kind, index, first, second)
        ):
            return end.name
        ends.append(other if one is None else one)
    time, again = first.time, second.time
    if time is not None and again is not None and not same_time(time, again):
        return "time"
    while ends and ends[-1] is None:
        ends.pop()
    return first._replace(ends=tuple(ends), time=again if time is None else time)


def _is_constant(kind: RelationType, index: int, first: Relation, second: Relation) -> bool:
    """Whether an end that is missing means that there is none."""
    if kind is ASSOCIATED:
        return index == _PLAN
    if kind is not DERIVED or index < _ACTIVITY:
        return False
    return first.end(_ACTIVITY) is None or second.end(_ACTIVITY) is None


def key_objects(scope: Scope) -> Iterator[Finding]:
    """Constraint 22: an activity has one start time and one end time."""
    for iri, times in scope.activity_times.items():
        for name, told in (("startTime", times.start), ("endTime", times.end)):
            other = next((time for time in told[1:] if not same_time(told[0], time)), None)
            if other is not None:
                message = f"the activity has two different {name}: {told[0]} and {other}"
                yield violated(22, scope.element(iri, Kind.ACTIVITY), iri, message)


def key_properties(scope: Scope, named: Named) -> Iterator[Finding]:
    """Constraint 23; merges the relations of one identifier, in ``scope`` and into ``named``.

    Those that cannot be merged stay in ``scope`` beside one another.
    """
    for kind in IDENTIFIED:
        told = scope.of(kind)
        first = len(named)
        kept = []
        for statement in told:
            iri = statement[1].iri
            if iri is None:
                kept.append(statement)
                continue
            differs = _merge(named, (kind.number, iri), statement)
            if differs is not None:
                kept.append(statement)
                yield _differing(scope, named, statement, differs)
        if len(kept) + len(named) - first < len(told):
            ours = list(named.values())[first:]
            scope.relations[kind.number] = sorted([*kept, *ours], key=lambda pair: pair[0])
    yield from _parts_of_derivations(scope, named)
    yield from _influences(scope, named)


def _merge(named: Named, key: tuple[int, str], statement: Statement) -> str | None:
    """Merge a statement into those of its identifier, or say which argument forbids it."""
    known = named.get(key)
    if known is None:
        named[key] = statement
        return None
    one = merged(known[1], statement[1])
    if isinstance(one, str):
        return one
    named[key] = (known[0], one)
    return None


def _differing(scope: Scope, named: Named, statement: Statement, differs: str) -> Finding:
    index, relation = statement
    iri = str(relation.iri)
    where = named[(relation.type.number, iri)][0]
    place = scope.place(index)
    message = (
        f"{relation.type.name} {iri} is told with another {differs} at {scope.place(where)} "
        f"and at {place}"
    )
    return violated(23, place, iri, message)


def _parts_of_derivations(scope: Scope, named: Named) -> Iterator[Finding]:
    """Inference 11: a derivation by an activity names a usage and a generation of that activity.

    They are taken into ``scope`` too: what is asked of statements with a name is asked of these.
    """
    referring = [(i, r) for i, r in scope.of(DERIVED) if len(r.ends) > _GENERATION]
    if any((end or "").startswith(RELATION_KEY) for _, r in referring for end in r.ends[3:]):
        named.update(_by_key(scope))
    for index, relation in referring:
        ends = (relation.end(1), relation.end(0))
        activity, generation, usage = (relation.end(n) for n in (_ACTIVITY, _GENERATION, _USAGE))
        if activity is None:
            continue  # constraint 51
        inferred = (
            (usage, Relation(USED, (activity, ends[0]), iri=usage)),
            (generation, Relation(GENERATED, (ends[1], activity), iri=generation)),
        )
        for name, part in inferred:
            differs = name and _merge(named, (part.type.number, name), (index, part))
            if differs:
                yield _differing(scope, named, (index, part), differs)
    if referring:
        for kind in (USED, GENERATED):
            scope.relations[kind.number] = list(_with_named(scope.of(kind), named, kind))


def _with_named(
    statements: Iterable[Statement], named: Named, kind: RelationType
) -> Iterator[Statement]:
    """Statements of a type with those of one name as they were merged, and those inferred."""
    left = {
        iri: statement
        for (number, iri), statement in named.items()
        if number == kind.number and not iri.startswith(RELATION_KEY)
    }
    for statement in statements:
        yield left.pop(statement[1].iri or "", statement)
    yield from left.values()


def _by_key(scope: Scope) -> Named:
    """The anonymous usages and generations, by the key that derivations refer to them with."""
    return {
        (kind.number, relation.key): (index, relation)
        for kind in (USED, GENERATED)
        for index, relation in scope.of(kind)
        if relation.iri is None
    }


def _influences(scope: Scope, named: Named) -> Iterator[Finding]:
    """Inference 15: every relation is an influence of its identifier, and such are one by 23.

    It matters where an identifier may be of two types: constraint 53 lets influences and
    derivations share theirs.
    """
    shared = {iri for number, iri in named if number in (INFLUENCED.number, DERIVED.number)}
    told: Named = {}
    for (_, iri), (index, relation) in named.items():
        if iri not in shared:
            continue
        influence = Relation(INFLUENCED, (relation.end(0), relation.end(1)), iri=iri)
        differs = _merge(told, (INFLUENCED.number, iri), (index, influence))
        if differs is not None:
            yield _differing(scope, told, (index, influence), differs)
