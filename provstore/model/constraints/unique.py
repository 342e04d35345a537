"""Uniqueness: what happens once has one identifier and one time (PROV-CONSTRAINTS 24 to 29)."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from provstore.errors import Finding
from provstore.model.constraints.merging import same_time
from provstore.model.constraints.rules import violated
from provstore.model.constraints.scope import Scope, Statement
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ENDED,
    GENERATED,
    INVALIDATED,
    STARTED,
    Kind,
    RelationType,
)


class _Once(NamedTuple):
    """An event that two given ends have once."""

    number: int
    kind: RelationType
    other: int
    """Index of the end that, with the first, makes the event unique."""


_ONCE: Final = (
    _Once(24, GENERATED, 1),
    _Once(25, INVALIDATED, 1),
    _Once(26, STARTED, 2),
    _Once(27, ENDED, 2),
)


def unique_events(scope: Scope) -> Iterator[Finding]:
    """Constraints 24 to 27: two statements of one event are one, with one identifier.

    Where an end is missing it is some unknown activity, which is like no other.
    """
    for number, kind, other in _ONCE:
        seen: dict[tuple[str, str], Statement] = {}
        for index, relation in scope.of(kind):
            if len(relation.ends) <= other:
                continue
            first, second = relation.ends[0], relation.ends[other]
            if first is None or second is None:
                continue
            key = (first, second)
            known = seen.get(key)
            if known is None:
                seen[key] = (index, relation)
                continue
            one = _one_event(known[1], relation)
            if isinstance(one, Relation):
                seen[key] = (known[0], one)
                continue
            message = (
                f"{kind.name} of {first} and {second} is one event, but is told with another {one} "
                f"at {scope.place(known[0])} and at {scope.place(index)}"
            )
            yield violated(number, scope.place(index), first, message)


def _one_event(known: Relation, again: Relation) -> Relation | str:
    """What both tell, or what they differ in."""
    if known.iri is not None and again.iri is not None:
        return known if known.iri == again.iri else "identifier"  # equal: constraint 23 says it
    if known.time is not None and again.time is not None and not same_time(known.time, again.time):
        return "time"
    trigger, other = known.end(1), again.end(1)
    if trigger is not None and other is not None and trigger != other:
        return known.type.ends[1].name
    return known._replace(
        iri=known.iri if again.iri is None else again.iri,
        time=again.time if known.time is None else known.time,
        ends=(known.ends[0], other if trigger is None else trigger, *known.ends[2:]),
    )


def unique_times(scope: Scope) -> Iterator[Finding]:
    """Constraints 28 and 29: a declared activity starts and ends at one time, whoever tells it."""
    for number, kind, slot, name in ((28, STARTED, 0, "startTime"), (29, ENDED, 1, "endTime")):
        seen: dict[str, tuple[str, str]] = {}
        for index, relation in scope.of(kind):
            activity, time = relation.end(0), relation.time
            if activity is None or time is None or activity not in scope.activities:
                continue
            known = seen.get(activity) or _own(scope, activity, slot)
            if known is None:
                seen[activity] = (time, scope.place(index))
                continue
            seen[activity] = known
            if not same_time(known[0], time):
                message = (
                    f"the {name} of the activity is {known[0]} at {known[1]} "
                    f"and {time} at {scope.place(index)}"
                )
                yield violated(number, scope.place(index), activity, message)


def _own(scope: Scope, activity: str, slot: int) -> tuple[str, str] | None:
    times = scope.activity_times.get(activity)
    if times is None or not times[slot]:
        return None
    return times[slot][0], scope.element(activity, Kind.ACTIVITY)
