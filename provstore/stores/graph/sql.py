"""The walk over the catalogue itself: one statement per level and side.

The frontier is expanded level by level, each node once; depth never stands inside a recursion, so
diamonds and cycles cost what their relations cost. The relation table's own indexes are what is
read; there is no second edge table.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, exists, select
from sqlalchemy import bindparam as parameter

from provstore.model.lineage import Bounds, Walk, WalkedEdge, WalkPlan, least_distances
from provstore.model.vocabulary import (
    AGENT_RELATIONS,
    ASSOCIATED,
    ENDED,
    GENERATED,
    MEMBER,
    STARTED,
    USED,
    RelationType,
)
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import as_list, members
from provstore.stores.catalogue.read import stop_labels
from provstore.stores.catalogue.tables import relation, relation_end, tie

INFERRED: Final = 0
"""Number of an edge that no statement says."""

_EDGE: Final = tuple(
    relation.c[name] for name in ("id", "kind", "subj", "obj", "role", "time", "attrs", "iri")
)
_KINDS: Final = relation.c.kind.in_(parameter("kinds", expanding=True))
_FROM_SUBJ: Final = select(*_EDGE).where(relation.c.subj.in_(members("front")), _KINDS)
_FROM_OBJ: Final = select(*_EDGE).where(relation.c.obj.in_(members("front")), _KINDS)

_THIRD: Final = 2
_WITH_THIRD_END: Final = (
    select(*_EDGE, relation_end.c.element)
    .join(relation_end, relation_end.c.relation == relation.c.id)
    .where(_KINDS, relation_end.c.position == _THIRD)
)
_THIRD_OF_SUBJ: Final = _WITH_THIRD_END.where(relation.c.subj.in_(members("front")))
_SUBJ_OF_THIRD: Final = _WITH_THIRD_END.where(relation_end.c.element.in_(members("front")))

_COLLECTION: Final = relation.alias("generation")
_MEMBER_AND_MAKER: Final = (
    select(relation.c.obj, _COLLECTION.c.obj)
    .join(_COLLECTION, _COLLECTION.c.subj == relation.c.subj)
    .where(relation.c.kind == MEMBER.number, _COLLECTION.c.kind == GENERATED.number)
)
_MAKER_OF_MEMBER: Final = _MEMBER_AND_MAKER.where(relation.c.obj.in_(members("front")))
_MEMBER_OF_MAKER: Final = _MEMBER_AND_MAKER.where(_COLLECTION.c.obj.in_(members("front")))

_TIED: Final = select(tie.c.a, tie.c.b).where(tie.c.a.in_(members("front")))

# Where these alone are met a shortest path in relations is one in steps too, since use and
# generation alternate; elsewhere the second distance is searched for.
_ALTERNATING: Final = frozenset(kind.number for kind in (USED, GENERATED, *AGENT_RELATIONS))
_STARTS: Final = (STARTED.number, ENDED.number)


class SqlGraph:
    """Walks the catalogue."""

    name = "catalogue"

    def walk(self, tx: Transaction, roots: Sequence[int], plan: WalkPlan, bounds: Bounds) -> Walk:
        """See `provstore.stores.graph.base.Graph.walk`."""
        return _Walker(tx, plan, bounds).walk(roots)


class _Walker:
    """One walk over nodes, each named by its lowest element."""

    def __init__(self, tx: Transaction, plan: WalkPlan, bounds: Bounds) -> None:
        self.tx, self.plan, self.bounds = tx, plan, bounds
        self.by_steps = bounds.steps is not None
        self.most = bounds.steps if self.by_steps else bounds.depth
        self.node_of: dict[int, int] = {}
        self.elements_of: dict[int, list[int]] = {}
        self.distance: dict[int, int] = {}
        """In the measure that bounds the walk: steps where they do, else relations."""
        self.steps: dict[int, int] = {}
        """Along the path by which a node was met first."""
        self.edges: dict[tuple[int, int, int], WalkedEdge] = {}
        self.arcs: list[tuple[int, int, int, int]] = []
        """Followed: from node, to node, steps, kind."""
        self.unexpanded: set[int] = set()
        self.cut: str | None = None
        self.has_ties = _any(tx, select(tie.c.a))
        self.has_thirds = _any(tx, select(relation_end.c.relation))
        self.out = _costs(plan.out, plan.steps_out)
        self.into = _costs(plan.into, plan.steps_into)
        self.beside = [kind.number for kind in (*plan.shown, *plan.attached)]

    def walk(self, roots: Sequence[int]) -> Walk:
        front = self._admit(self._nodes(roots), 0)
        start, distance = front, 0
        further: dict[int, None] = {}
        while front:
            walked_from = front if front is start else self._without_stops(front)
            same: dict[int, None] = {}
            if self.by_steps or self.most is None or distance < self.most:
                self._expand(walked_from, distance, same, further)
            else:
                self.unexpanded.update(walked_from)
            front = self._admit(same, distance)
            if not front:
                distance += 1
                front = self._admit(further, distance) if self._within(distance) else []
                further = {}
        return self._finish(start)

    def _within(self, distance: int) -> bool:
        return self.most is None or distance <= self.most

    # -- nodes

    def _nodes(self, elements: Iterable[int]) -> dict[int, None]:
        """The nodes of elements; ties cost no distance."""
        new = [number for number in dict.fromkeys(elements) if number not in self.node_of]
        groups = self._tied(new) if self.has_ties and new else {}
        for number in new:
            group = groups.get(number, [number])
            node = min(group)
            self.elements_of[node] = group
            for member in group:
                self.node_of[member] = node
        return dict.fromkeys(self.node_of[number] for number in elements)

    def _tied(self, numbers: Sequence[int]) -> dict[int, list[int]]:
        """All that each of the elements is tied to, itself included, through any number of ties."""
        groups = {number: {number} for number in numbers}
        front = set(numbers)
        while front:
            rows = self.tx.execute(_TIED, {"front": as_list(list(front))}).all()
            front = set()
            for one, other in rows:
                group = groups[one]
                if other in group:
                    continue
                joined = groups.get(other)
                if joined is None:
                    front.add(other)
                    joined = {other}
                group |= joined
                groups.update(dict.fromkeys(joined, group))
        return {number: sorted(group) for number, group in groups.items()}

    def _admit(self, nodes: Iterable[int], distance: int) -> list[int]:
        """Take nodes into the answer, up to the limit; returns those that are new."""
        new = sorted(node for node in nodes if node not in self.distance)
        limit = self.bounds.limit
        if limit is not None and len(self.distance) + len(new) > limit:
            new = new[: limit - len(self.distance)]
            self.cut = f"limit={limit}"
        for node in new:
            self.distance[node] = distance
            self.steps.setdefault(node, 0)
        return new

    def _without_stops(self, front: list[int]) -> list[int]:
        if not self.bounds.stop:
            return front
        stops = set(self.bounds.stop)
        elements = [number for node in front for number in self.elements_of[node]]
        labels = stop_labels(self.tx, elements)
        stopped = {self.node_of[number] for number, names in labels.items() if names & stops}
        self.unexpanded |= stopped
        return [node for node in front if node not in stopped]

    # -- edges

    def _expand(
        self, front: list[int], distance: int, same: dict[int, None], further: dict[int, None]
    ) -> None:
        """Follow all that leads out of nodes; what it meets goes to ``same`` or ``further``."""
        elements = self._list(front)
        self._follow_out(elements, distance, same, further)
        self._follow_into(elements, distance, same, further)

    def _list(self, nodes: Iterable[int]) -> str:
        return as_list([number for node in nodes for number in self.elements_of[node]])

    def _rows(self, statement: Select[Any], front: str, kinds: Sequence[int]) -> Sequence[Any]:
        if not kinds:
            return ()
        return self.tx.execute(statement, {"front": front, "kinds": list(kinds)}).all()

    def _follow_out(
        self, front: str, distance: int, same: dict[int, None], further: dict[int, None]
    ) -> None:
        rows = self._rows(_FROM_SUBJ, front, [*self.out, *self.beside])
        met = [(_edge(row), row[2], row[3]) for row in rows]
        if self.plan.starters and self.has_thirds and not self.plan.forth:
            for *row, starter in self._rows(_THIRD_OF_SUBJ, front, _STARTS):
                edge = _third(row, starter)
                met.append((edge, edge.subj, starter))
        if self.plan.inferred and not self.plan.forth:
            met.extend(self._inferred(_MAKER_OF_MEMBER, front, forth=False))
        self._meet(met, self.out, distance, same, further)

    def _follow_into(
        self, front: str, distance: int, same: dict[int, None], further: dict[int, None]
    ) -> None:
        rows = self._rows(_FROM_OBJ, front, list(self.into))
        met = [(_edge(row), row[3], row[2]) for row in rows]
        if self.has_thirds and self.plan.forth:
            starts = _STARTS if self.plan.starters else ()
            plans = (ASSOCIATED.number,) if self.plan.from_plans else ()
            for *row, third in self._rows(_SUBJ_OF_THIRD, front, (*starts, *plans)):
                edge = _third(row, third)
                met.append((edge, third, edge.subj))
        if self.plan.inferred and self.plan.forth:
            met.extend(self._inferred(_MEMBER_OF_MAKER, front, forth=True))
        self._meet(met, self.into, distance, same, further)

    def _inferred(
        self, statement: Select[Any], front: str, *, forth: bool
    ) -> Iterable[tuple[WalkedEdge, int, int]]:
        for member, maker in self.tx.execute(statement, {"front": front}):
            if member is None or maker is None:
                continue
            edge = WalkedEdge(INFERRED, GENERATED.number, member, maker, None, None, None, None)
            yield (edge, maker, member) if forth else (edge, member, maker)

    def _meet(
        self,
        met: Sequence[tuple[WalkedEdge, int | None, int | None]],
        costs: Mapping[int, int],
        distance: int,
        same: dict[int, None],
        further: dict[int, None],
    ) -> None:
        """Keep the edges, and note the nodes to which the walk goes on."""
        self._nodes(number for edge, _, _ in met for number in (edge.subj, edge.obj) if number)
        node_of, steps, seen = self.node_of, self.steps, self.distance
        last = self.by_steps and distance == self.most
        for edge, source, target in met:
            if source is None or target is None:
                continue
            cost = costs.get(edge.type)
            if cost is not None:
                if last and cost:
                    continue
                here, there = node_of[source], node_of[target]
                self.arcs.append((here, there, cost, edge.type))
                if there not in seen:
                    steps.setdefault(there, steps[here] + cost)
                    (further if cost or not self.by_steps else same)[there] = None
            self.edges[edge.relation, edge.subj, edge.obj] = edge

    # -- the answer

    def _finish(self, start: Sequence[int]) -> Walk:
        self._beside_unexpanded()
        self._attach()
        kept = [
            edge
            for edge in self.edges.values()
            if self.node_of.get(edge.subj) in self.distance
            and self.node_of.get(edge.obj) in self.distance
        ]
        depth, steps = self._distances(start)
        node_of = {n: node for n, node in self.node_of.items() if node in self.distance}
        return Walk(node_of, depth, steps, kept, frozenset(self.unexpanded), self.cut)

    def _beside_unexpanded(self) -> None:
        """What hangs on nodes that were not walked from."""
        rows = self._rows(_FROM_SUBJ, self._list(self.unexpanded), self.beside)
        edges = [_edge(row) for row in rows]
        self._nodes(number for edge in edges for number in (edge.subj, edge.obj) if number)
        self.edges.update(
            ((edge.relation, edge.subj, edge.obj), edge) for edge in edges if edge.obj
        )

    def _attach(self) -> None:
        """Take in the descriptions, parameters and plans of the nodes, at their distance."""
        attached = {kind.number for kind in self.plan.attached}
        if self.plan.plans and self.has_thirds:
            self._add_plans()
            attached.add(ASSOCIATED.number)
        pending = [edge for edge in self.edges.values() if edge.type in attached]
        while pending:
            later = []
            for edge in pending:
                here, there = self.node_of[edge.subj], self.node_of[edge.obj]
                if here in self.distance and there not in self.distance:
                    self.distance[there] = self.distance[here]
                    self.steps[there] = self.steps[here]
                    self.arcs.append((here, there, INFERRED, INFERRED))
                    later.append(there)
            pending = self._beside(later, attached)

    def _beside(self, nodes: Sequence[int], kinds: set[int]) -> list[WalkedEdge]:
        if not nodes:
            return []
        rows = self._rows(_FROM_SUBJ, self._list(nodes), sorted(kinds - {ASSOCIATED.number}))
        edges = [edge for edge in map(_edge, rows) if edge.obj]
        self._nodes(number for edge in edges for number in (edge.subj, edge.obj))
        self.edges.update(((edge.relation, edge.subj, edge.obj), edge) for edge in edges)
        return edges

    def _add_plans(self) -> None:
        front = self._list(self.distance)
        for *row, plan in self._rows(_THIRD_OF_SUBJ, front, (ASSOCIATED.number,)):
            edge = _third(row, plan)
            self._nodes([plan])
            self.edges[edge.relation, edge.subj, plan] = edge

    def _distances(self, start: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
        """Least relations and least steps of every node in the answer."""
        if self.by_steps:
            return self._search(start, lambda _, kind: kind != INFERRED), self.distance
        alternates = all(kind in _ALTERNATING for _, _, _, kind in self.arcs if kind)
        if alternates and len(start) == 1:
            return self.distance, self.steps
        return self.distance, self._search(start, lambda cost, _: bool(cost))

    def _search(self, start: Sequence[int], counts: Callable[[int, int], bool]) -> dict[int, int]:
        arcs: dict[int, list[tuple[int, int]]] = {}
        for here, there, cost, kind in self.arcs:
            if there in self.distance:
                arcs.setdefault(here, []).append((there, int(counts(cost, kind))))
        return least_distances(start, arcs)


def _costs(
    kinds: Iterable[RelationType], steps: Callable[[RelationType], int]
) -> Mapping[int, int]:
    return {kind.number: steps(kind) for kind in kinds}


def _edge(row: Sequence[Any]) -> WalkedEdge:
    return WalkedEdge(*row)


def _third(row: Sequence[Any], end: int) -> WalkedEdge:
    """A relation as the arrow to its third end."""
    return WalkedEdge._make((*row, _THIRD))._replace(obj=end)


def _any(tx: Transaction, rows: Select[Any]) -> bool:
    return bool(tx.execute(select(exists(rows))).scalar())
