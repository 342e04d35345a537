"""Told times that contradict the order of events (PROV-CONSTRAINTS 30 to 49).

The standard compares no clocks: by itself it never calls a document invalid whose usage is dated
before the generation. Where both times are told, a reader wants to know. So this is a rule of ours,
which names the constraint: an event that must come before another is dated after it. Compared are
instants with a time of day, those that name a zone with one another, and those that do not with one
another.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from provstore.errors import Finding
from provstore.model.constraints.merging import Named
from provstore.model.constraints.order import ORDERS, Event, Order
from provstore.model.constraints.rules import CONSTRAINTS, STRICT, TIME_ORDER, warning
from provstore.model.constraints.scope import Scope, Statement, Where
from provstore.model.document import Telling
from provstore.model.records import Relation
from provstore.model.times import parse_time
from provstore.model.vocabulary import (
    DERIVED,
    ENDED,
    GENERATED,
    INVALIDATED,
    RELATION_BY_NUMBER,
    STARTED,
    USED,
    Kind,
    RelationType,
)

_DATED: Final = {
    Event.GENERATION: GENERATED,
    Event.INVALIDATION: INVALIDATED,
    Event.START: STARTED,
    Event.END: ENDED,
}
_AT_ONCE: Final = {
    Event.START: 31,
    Event.END: 32,
    Event.GENERATION: 39,
    Event.INVALIDATION: 40,
}
"""The constraints by which all such events of one thing are simultaneous."""
_OF_ONE_THING: Final = ((30, Event.START, Event.END), (36, Event.GENERATION, Event.INVALIDATION))


class _Dated(NamedTuple):
    """A time that is told."""

    utc: str
    text: str
    where: Where


class _Span(NamedTuple):
    """The earliest and the latest time of the events of one kind of one thing."""

    first: _Dated
    last: _Dated


_Spans = dict[Event, dict[str, _Span]]


def dated_out_of_order(scope: Scope, named: Named) -> Iterator[Finding]:
    """A finding on each relation, or thing, whose times contradict the order they must have."""
    for zoned in (True, False):
        spans: _Spans = {event: {} for event in Event}
        _collect(scope, spans, zoned=zoned)
        yield from _of_one_thing(scope, spans)
        for number, orders in ORDERS.items():
            yield from _of_relations(scope, spans, RELATION_BY_NUMBER[number], orders, zoned=zoned)
        yield from _of_named(scope, named, zoned=zoned)


def _instant(text: str, *, zoned: bool) -> str | None:
    """The instant of a time of this sort; a date alone may be any time of its day."""
    if ":" not in text:
        return None
    instant = parse_time(text)
    return None if instant is None or instant.zone_assumed is zoned else instant.utc


def _collect(scope: Scope, spans: _Spans, *, zoned: bool) -> None:
    for event, kind in _DATED.items():
        of = spans[event]
        for index, relation in scope.of(kind):
            if relation.time is not None and (subject := relation.end(0)) is not None:
                _add(of, subject, _instant(relation.time, zoned=zoned), relation.time, index)
    for iri, times in scope.activity_times.items():
        where = Telling(scope.bundle, iri, Kind.ACTIVITY)
        for event, told in ((Event.START, times.start), (Event.END, times.end)):
            for text in told:
                _add(spans[event], iri, _instant(text, zoned=zoned), text, where)


def _add(of: dict[str, _Span], subject: str, utc: str | None, text: str, where: Where) -> None:
    if utc is None:
        return
    dated = _Dated(utc, text, where)
    known = of.get(subject)
    if known is None:
        of[subject] = _Span(dated, dated)
    elif utc < known.first.utc:
        of[subject] = _Span(dated, known.last)
    elif utc > known.last.utc:
        of[subject] = _Span(known.first, dated)


def _of_one_thing(scope: Scope, spans: _Spans) -> Iterator[Finding]:
    for event, number in _AT_ONCE.items():
        for iri, (first, last) in spans[event].items():
            if first.utc != last.utc and not _is_unique(scope, event, iri, (first, last)):
                message = (
                    f"it is {event.value} at {first.text} ({scope.place(first.where)}) and at "
                    f"{last.text} ({scope.place(last.where)}), which must be one time"
                )
                yield _contradiction(number, scope.place(last.where), iri, message)
    for number, before, after in _OF_ONE_THING:
        for iri in spans[after].keys() & spans[before].keys():
            earlier, later = spans[before][iri].last, spans[after][iri].first
            if earlier.utc > later.utc:
                told = (_event(iri, before, earlier), _event(iri, after, later))
                yield _finding(scope, number, iri, later.where, told)


def _is_unique(scope: Scope, event: Event, iri: str, told: tuple[_Dated, _Dated]) -> bool:
    """Whether a constraint of uniqueness (22, 24 to 29) says so already."""
    if event in {Event.START, Event.END}:
        if iri in scope.activities:
            return True
        other = 2
    else:
        other = 1
    ends = [
        scope.document.relations[dated.where].end(other)
        for dated in told
        if isinstance(dated.where, int)
    ]
    return ends[0] is not None and ends[0] == ends[-1]


def _of_relations(
    scope: Scope, spans: _Spans, kind: RelationType, orders: Iterable[Order], *, zoned: bool
) -> Iterator[Finding]:
    statements = scope.of(kind)
    if not statements:
        return
    for order in orders:
        before = None if order.before is None else spans[order.before]
        after = None if order.after is None else spans[order.after]
        if before == {} or after == {}:
            continue
        first, second = order.before_end, order.after_end
        longest = max(first, second)
        for index, relation in statements:
            ends = relation.ends
            if len(ends) <= longest:
                continue
            one, other = ends[first], ends[second]
            if one is None or other is None or (order.is_over_own and relation.time is not None):
                continue
            # the two look-ups are all that most relations cost
            earlier = _own(relation, index, zoned=zoned) if before is None else before.get(one)
            if earlier is None:
                continue
            later = _own(relation, index, zoned=zoned) if after is None else after.get(other)
            if later is not None and earlier.last.utc > later.first.utc:
                yield _told(scope, order, (index, relation), (earlier.last, later.first))


def _own(relation: Relation, index: int, *, zoned: bool) -> _Span | None:
    """The time of the event that the relation is."""
    text = relation.time
    utc = None if text is None else _instant(text, zoned=zoned)
    if utc is None or text is None:
        return None
    dated = _Dated(utc, text, index)
    return _Span(dated, dated)


def _told(
    scope: Scope, order: Order, statement: Statement, dated: tuple[_Dated, _Dated]
) -> Finding:
    index, relation = statement
    name = relation.type.name
    before = _event(str(relation.end(order.before_end)), order.before or name, dated[0])
    after = _event(str(relation.end(order.after_end)), order.after or name, dated[1])
    return _finding(scope, order.number, str(relation.end(0)), index, (before, after))


def _of_named(scope: Scope, named: Named, *, zoned: bool) -> Iterator[Finding]:
    """Constraint 41: a derivation's usage comes before its generation."""
    for index, relation in scope.of(DERIVED):
        usage, generation, activity = relation.end(4), relation.end(3), relation.end(2)
        if usage is None or generation is None or activity is None:
            continue
        used = named.get((USED.number, usage))
        made = named.get((GENERATED.number, generation))
        if used is None or made is None:
            continue
        earlier = _own(used[1], used[0], zoned=zoned)
        later = _own(made[1], made[0], zoned=zoned)
        if earlier is not None and later is not None and earlier.last.utc > later.first.utc:
            told = (
                _event(usage, "used", earlier.last),
                _event(generation, Event.GENERATION, later.first),
            )
            yield _finding(scope, 41, str(relation.end(0)), index, told)


def _event(iri: str, event: Event | str, dated: _Dated) -> tuple[str, str, _Dated]:
    return iri, event if isinstance(event, str) else event.value, dated


def _finding(
    scope: Scope,
    number: int,
    value: str,
    where: Where,
    told: tuple[tuple[str, str, _Dated], tuple[str, str, _Dated]],
) -> Finding:
    (one, before, earlier), (other, after, later) = told
    strictly = "strictly " if number == STRICT else ""
    message = (
        f"by the times told, {one} ({before}) is at {earlier.text} ({scope.place(earlier.where)}), "
        f"after {other} ({after}) at {later.text} ({scope.place(later.where)}); "
        f"it must come {strictly}before"
    )
    return _contradiction(number, scope.place(where), value, message)


def _contradiction(number: int, place: str, value: str, message: str) -> Finding:
    """No violation of the constraint: what that orders, the times put in another order."""
    by = f" (constraint {number}, {CONSTRAINTS[number]})"
    return warning(TIME_ORDER, place, value, message + by)
