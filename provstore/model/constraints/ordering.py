"""Events that would have to come strictly before themselves (PROV-CONSTRAINTS 6.2).

A document is invalid if a cycle of its events has a step that is strict. Only constraint 42 is:
what is derived is generated strictly after what it is derived from. So the question is whether a
derivation lies within a strongly connected component of the events, which costs linear time. Three
things keep the graph as small as the document, and change no such component:

One node stands for all generations of an entity, and one for all starts of an activity. Constraints
39 and 31 order any two of them both ways, so they are in one component anyway; an event is ordered
before itself without strictness by them, and a strict edge of such a node to itself is a strict
edge between two of its events, or of the one with itself, which is a cycle all the same. So a hub
of 100,000 usages and generations needs one edge per statement, not one per pair.

Ends and invalidations have no node. They come before ends and invalidations alone (32, 40, 44, 46),
never before a start, a generation or a usage, and no edge among them is strict.

Usages have no node. One comes before a generation only by constraint 41, within a derivation of
which constraint 42 orders the generations themselves, and more strictly; the edge from the start
of its activity is that of 34 to the same generation.

Transitivity is not expanded: a component has it already. Nor is inference 19: where the generation
of an entity within a chain of specializations is not known, its node has the edges of
specialization only, and so passes on what they order.
"""

from collections.abc import Iterator
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.components import Edge, ways_round
from provstore.model.constraints.order import ORDERS, Event, Order
from provstore.model.constraints.rules import STRICT, violated
from provstore.model.constraints.scope import Scope
from provstore.model.constraints.specialization import specifics_of
from provstore.model.vocabulary import (
    ATTRIBUTED,
    DERIVED,
    ENDED,
    GENERATED,
    SPECIALIZED,
    STARTED,
    RelationType,
)

_SHOWN: Final = 5
_TYPES: Final = (DERIVED, GENERATED, STARTED, ENDED, SPECIALIZED, ATTRIBUTED)
"""The relations that order starts and generations among themselves."""
_BY_SPECIALIZATION: Final = 45
_Node = tuple[Event, str]


def strict_cycles(scope: Scope) -> Iterator[Finding]:
    """One finding on each set of events that come, by what is told, before one another."""
    if not scope.of(DERIVED):
        return
    graph = _Graph(scope)
    for kind in _TYPES:
        graph.add(kind)
    nodes = graph.nodes()
    for way in ways_round(len(nodes), graph.edges, STRICT):
        yield _finding(scope, nodes, way)


class _Graph:
    """Starts and generations, and what is told to come before what."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._numbers: dict[Event, dict[str, int]] = {Event.START: {}, Event.GENERATION: {}}
        self._existing = {Event.START: _started(scope), Event.GENERATION: _generated(scope)}
        self._count = 0
        self.edges: list[Edge] = []

    def add(self, kind: RelationType) -> None:
        """The edges of all relations of a type."""
        for order in _core(kind):
            before_of, after_of = self._ends(order)
            before, after = self._numbers[before_of[0]], self._numbers[after_of[0]]
            first, second = before_of[1], after_of[1]
            passes = order.number == _BY_SPECIALIZATION
            earlier, later = self._existing[before_of[0]], self._existing[after_of[0]]
            longest = max(first, second)
            for index, relation in self._scope.of(kind):
                ends = relation.ends
                if len(ends) <= longest:
                    continue
                one, other = ends[first], ends[second]
                if one is None or other is None:
                    continue
                if not passes and (one not in earlier or other not in later):
                    continue
                self.edges.append(
                    Edge(self._number(before, one), self._number(after, other), order.number, index)
                )

    @staticmethod
    def _ends(order: Order) -> tuple[tuple[Event, int], tuple[Event, int]]:
        """The events; that of a generation is the generation of its entity."""
        before, after = order.before or Event.GENERATION, order.after or Event.GENERATION
        return (before, order.before_end), (after, order.after_end)

    def _number(self, numbers: dict[str, int], iri: str) -> int:
        known = numbers.get(iri)
        if known is None:
            known = numbers[iri] = self._count
            self._count += 1
        return known

    def nodes(self) -> list[_Node]:
        """The nodes in the order of their numbers."""
        told = [(n, (event, iri)) for event, of in self._numbers.items() for iri, n in of.items()]
        return [node for _, node in sorted(told, key=lambda pair: pair[0])]


def _core(kind: RelationType) -> Iterator[Order]:
    """The orders between starts and generations."""
    ours = (Event.START, Event.GENERATION)
    for order in ORDERS[kind.number]:
        is_own = kind is GENERATED
        before = order.before in ours or (is_own and order.before is None)
        after = order.after in ours or (is_own and order.after is None)
        if before and after:
            yield order


def _generated(scope: Scope) -> set[str]:
    """The entities of which a generation is told or follows.

    By declaration (inference 7, and 21 of what is specialized), as the trigger of a start or an end
    (9, 10), as derived by an activity (11), as attributed to an agent (13).
    """
    found = specifics_of(scope, scope.entities)
    for kind, slot in ((GENERATED, 0), (STARTED, 1), (ENDED, 1), (ATTRIBUTED, 0)):
        found.update(
            iri
            for _, r in scope.of(kind)
            if len(r.ends) > slot and (iri := r.ends[slot]) is not None
        )
    for _, relation in scope.of(DERIVED):
        if relation.end(2) is not None and (iri := relation.end(0)) is not None:
            found.add(iri)
    return found


def _started(scope: Scope) -> set[str]:
    """The activities of which a start is told, or follows from their declaration (inference 8)."""
    told = (relation.end(0) for _, relation in scope.of(STARTED))
    return scope.activities.keys() | {iri for iri in told if iri is not None}


def _finding(scope: Scope, nodes: list[_Node], way: list[Edge]) -> Finding:
    steps = [f"{nodes[e.source][1]} is {nodes[e.source][0].value} ({e.number})" for e in way]
    shown = ", then ".join(steps[:_SHOWN])
    more = f", and {len(steps) - _SHOWN} more" if len(steps) > _SHOWN else ""
    places = list(dict.fromkeys(scope.place(edge.statement) for edge in way[:_SHOWN]))
    message = (
        f"events come strictly before themselves: {shown}{more}, then it begins anew "
        f"(told at {', '.join(places)})"
    )
    return violated(STRICT, places[0], nodes[way[0].target][1], message)
