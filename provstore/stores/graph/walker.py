"""The walk over the catalogue: one statement per level and side, or one in all.

The frontier is expanded level by level, each node once; depth never stands inside a recursion, so
diamonds and cycles cost what their relations cost. The relation table's own indexes are what is
read; there is no second edge table. A level is handled as sets and lists of tuples: a large closure
would else cost more in Python than in the engine.

Where another engine has said already which nodes there are and how far they lie, the relations
between them are read at once; the answer is made in the same way, and the distances can be proved.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import CompoundSelect, Integer, Select, Text, literal_column, select, union_all

from provstore.model.lineage import Bounds, Walk, WalkedEdge, WalkPlan, least_distances, named_rows
from provstore.model.vocabulary import (
    AGENT_RELATIONS,
    ASSOCIATED,
    ATTRIBUTED,
    DESCRIBED,
    ENDED,
    GENERATED,
    MEMBERSHIPS,
    STARTED,
    STEP,
    USED,
    Kind,
    RelationType,
)
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.read import seen, stop_labels
from provstore.stores.catalogue.tables import relation, relation_end
from provstore.stores.graph.presence import presence
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.within import GENERATION, PAIRS

INFERRED: Final = 0
"""Number of an edge that no statement says."""

_EDGE: Final = tuple(
    relation.c[name] for name in ("id", "kind", "subj", "obj", "role", "time", "attrs", "iri")
)
_SECOND: Final = literal_column("1", Integer).label("position")
_ENDS: Final = (
    literal_column(str(INFERRED), Integer).label("id"),
    *(relation.c[name] for name in ("kind", "subj", "obj")),
    *(literal_column("NULL", Text).label(name) for name in ("role", "time", "attrs", "iri")),
)
"""An edge of which an index tells all."""
# positions in an edge: reading by position is quicker than by name, and it is done very often
_KIND: Final = 1
_SUBJ: Final = 2
_OBJ: Final = 3
_BOTH_ENDS: Final = relation.c.subj.is_not(None) & relation.c.obj.is_not(None)
_OUT: Final = among(relation.c.subj, "list") & _BOTH_ENDS
_INTO: Final = among(relation.c.obj, "list") & _BOTH_ENDS


class _Reads(NamedTuple):
    """The statements that read the relations of elements, from either end."""

    from_subj: Select[Any]
    from_obj: Select[Any]


_WHOLE: Final = _Reads(*(select(*_EDGE, _SECOND).where(side) for side in (_OUT, _INTO)))
_ENDS_ONLY: Final = _Reads(*(select(*_ENDS, _SECOND).where(side) for side in (_OUT, _INTO)))

_THIRD: Final = 2
_WITH_THIRD_END: Final = (
    select(*_EDGE, relation_end.c.element)
    .join(relation_end, relation_end.c.relation == relation.c.id)
    .where(relation_end.c.position == _THIRD, relation.c.subj.is_not(None))
)
_THIRD_OF_SUBJ: Final = _WITH_THIRD_END.where(among(relation.c.subj, "list"))
_SUBJ_OF_THIRD: Final = _WITH_THIRD_END.where(among(relation_end.c.element, "list"))

_MEMBER_AND_MAKER: Final = PAIRS.with_only_columns(relation.c.obj, GENERATION.c.obj)
_MAKER_OF_MEMBER: Final = _MEMBER_AND_MAKER.where(among(relation.c.obj, "list"))
_MEMBER_OF_MAKER: Final = _MEMBER_AND_MAKER.where(among(GENERATION.c.obj, "list"))

_TO_AGENTS: Final = frozenset({ASSOCIATED.number, ATTRIBUTED.number})
_ALTERNATING: Final = frozenset({USED.number, GENERATED.number}) | _TO_AGENTS
"""Where these alone are followed, steps follow from depth: use and generation take turns."""
_STARTS: Final = frozenset({STARTED.number, ENDED.number})
_PLANS: Final = frozenset({ASSOCIATED.number})
_MANY: Final = frozenset(
    kind.number for kind in (USED, GENERATED, *MEMBERSHIPS, STEP, *AGENT_RELATIONS)
)
"""An element may have very many of these: none is read that is not wanted."""

Edges = list[WalkedEdge]
Links = dict[int, list[int]]
"""A node to the nodes that hang on it."""


class _Side(NamedTuple):
    """How relations are followed from one end to another."""

    costs: Mapping[int, int]
    """Kind to 0 or 1, in the measure that bounds the walk."""
    steps: Mapping[int, int]
    """Kind to 0 or 1 processing steps."""
    source: Callable[[WalkedEdge], int]
    target: Callable[[WalkedEdge], int]


class Walker:
    """One walk over nodes, each named by its lowest element.

    Parameters
    ----------
    tx
        A reading transaction of the catalogue.
    plan, bounds
        What is followed, and where it ends.
    """

    def __init__(self, tx: Transaction, plan: WalkPlan, bounds: Bounds) -> None:
        self.tx, self.plan, self.bounds = tx, plan, bounds
        self.by_steps = bounds.steps is not None
        self.most = bounds.steps if self.by_steps else bounds.depth
        self.out = self._side(plan.out, plan.steps_out, _SUBJ, _OBJ)
        self.into = self._side(plan.into, plan.steps_into, _OBJ, _SUBJ)
        self.from_plans = self._side((ASSOCIATED,), lambda _: 0, _OBJ, _SUBJ)
        ends = (_OBJ, _SUBJ) if plan.forth else (_SUBJ, _OBJ)
        # a starter or ender is a communication: a step either way
        self.starters = self._side((STARTED, ENDED), lambda _: 1, *ends)
        self.beside = frozenset(kind.number for kind in (*plan.shown, *plan.attached))
        self.reads = _ENDS_ONLY if plan.ends_only else _WHOLE
        there_are = presence(tx)
        self.ties = Ties(tx, has_any=there_are.ties)
        self.has_thirds = there_are.third_ends
        self.has_members = plan.inferred and there_are.memberships
        self.reached: dict[int, int] = {}
        """Node to its distance, in the measure that bounds the walk."""
        self.followed: list[tuple[Edges, _Side]] = []
        self.edges: Edges = []
        self.unexpanded: set[int] = set()
        self.left: set[int] = set()
        """Nodes at the last step of which something further on was not followed."""
        self.plain: set[int] = set()
        """Elements all of whose relations were read, and none is to a description."""
        self.cut: str | None = None

    def _side(
        self,
        kinds: Iterable[RelationType],
        steps: Callable[[RelationType], int],
        source: int,
        target: int,
    ) -> _Side:
        taken = {kind.number: steps(kind) for kind in kinds}
        costs = taken if self.by_steps else dict.fromkeys(taken, 1)
        return _Side(costs, taken, itemgetter(source), itemgetter(target))

    def walk(self, roots: Sequence[int]) -> Walk:
        """Walk from ``roots`` level by level."""
        start = front = self._admit(self.ties.nodes(roots), 0)
        distance = 0
        further: set[int] = set()
        while front:
            walked_from = front if front is start else self._without_stops(front)
            if self.by_steps or self.most is None or distance < self.most:
                same, beyond = self._expand(walked_from, is_last=distance == self.most)
                further |= beyond
            else:
                same = set()
                self.unexpanded.update(walked_from)
            front = self._admit(same, distance)
            if not front:
                distance += 1
                is_within = self.most is None or distance <= self.most
                front = self._admit(further, distance) if is_within else []
                further = set()
        return self._finish(start)

    def walk_proposed(self, roots: Sequence[int], proposed: Mapping[int, int]) -> Walk | None:
        """The walk whose nodes and distances another engine proposes; only without ``steps``.

        Parameters
        ----------
        roots
            Elements to start from.
        proposed
            Node to its least number of relations from a root; all of them, or one more than the
            limit, nearest first.

        Returns
        -------
        Walk or None
            The same as `walk` gives; None where the proposal is not right for this state.
        """
        starts = self.ties.nodes(roots)
        if self.ties.nodes(proposed) != proposed.keys():
            return None
        self._admit_proposed(proposed)
        start = sorted(starts & self.reached.keys())
        front = [n for n, away in self.reached.items() if self.most is None or away < self.most]
        self.unexpanded.update(self.reached.keys() - front)
        others = self._without_stops([node for node in front if node not in starts])
        self._expand([*(node for node in front if node in starts), *others], is_last=False)
        return self._finish(start) if self._is_right(starts) else None

    def _admit_proposed(self, proposed: Mapping[int, int]) -> None:
        levels: dict[int, set[int]] = {}
        for node, distance in proposed.items():
            levels.setdefault(distance, set()).add(node)
        for distance in sorted(levels):
            self.ties.nodes(levels[distance])
            self._admit(levels[distance], distance)

    def _is_right(self, start: set[int]) -> bool:
        """Whether the nodes reached, and no others, lie as far away as is said.

        Distances are least ones if no arrow leads further than by one, and each node but the first
        has an arrow from the distance before its own. What a limit leaves out comes after all that
        is in the answer: it lies further away, or as far and has a higher number.
        """
        reached, node = self.reached, self.ties.node
        if {n for n, away in reached.items() if away == 0} != start:
            return False
        last = max(((away, n) for n, away in reached.items()), default=(0, 0))
        held_up, is_more = set(start), False
        for edges, side in self.followed:
            costs = side.costs
            for edge in edges:
                if edge[_KIND] not in costs:
                    continue
                beyond = reached[node(side.source(edge))] + 1
                target = node(side.target(edge))
                away = reached.get(target)
                if away == beyond:
                    held_up.add(target)
                elif away is None and self.cut is not None and (beyond, target) > last:
                    is_more = True
                elif away is None or away > beyond:
                    return False
        return len(held_up) == len(reached) and is_more == (self.cut is not None)

    def _admit(self, nodes: set[int], distance: int) -> list[int]:
        """Take nodes into the answer, up to the limit; returns those that are new."""
        new = sorted(nodes - self.reached.keys())
        limit = self.bounds.limit
        if limit is not None and len(self.reached) + len(new) > limit:
            new = new[: limit - len(self.reached)]
            self.cut = f"limit={limit}"
        self.reached.update(dict.fromkeys(new, distance))
        return new

    def _without_stops(self, front: list[int]) -> list[int]:
        if not self.bounds.stop:
            return front
        stops = set(self.bounds.stop)
        labels = stop_labels(self.tx, self.ties.elements(front))
        stopped = {self.ties.node(number) for number, names in labels.items() if names & stops}
        self.unexpanded |= stopped
        return [node for node in front if node not in stopped]

    # -- one level

    def _expand(self, front: list[int], *, is_last: bool) -> tuple[set[int], set[int]]:
        """Follow all that leads out of nodes: what lies at their distance, and what beyond."""
        same: set[int] = set()
        further: set[int] = set()
        if not front:
            return same, further
        elements = self.ties.elements(front)
        for met, side in self._met(elements):
            edges = self._at_last_step(met, side) if is_last else met
            self.edges.extend(edges)
            self.followed.append((edges, side))
            same |= _targets(edges, side, 0)
            further |= _targets(edges, side, 1)
        return self.ties.nodes(same), self.ties.nodes(further)

    def _at_last_step(self, met: Edges, side: _Side) -> Edges:
        beyond = [edge for edge in met if side.costs.get(edge[_KIND])]
        self.left.update(self.ties.node(side.source(edge)) for edge in beyond)
        return [edge for edge in met if not side.costs.get(edge[_KIND])] if beyond else met

    def _met(self, elements: Sequence[int]) -> Iterator[tuple[Edges, _Side]]:
        """The edges that lead out of elements, by how they are followed."""
        if self.out.costs or self.beside:
            yield self._from_subj(elements), self.out
        if self.into.costs:
            yield self._rows(self.reads.from_obj, elements, frozenset(self.into.costs)), self.into
        forth, side = self.plan.forth, self.into if self.plan.forth else self.out
        if self.has_thirds and self.plan.starters:
            statement = _SUBJ_OF_THIRD if forth else _THIRD_OF_SUBJ
            yield self._thirds(statement, elements, _STARTS), self.starters
        if self.has_thirds and self.plan.from_plans:
            yield self._thirds(_SUBJ_OF_THIRD, elements, _PLANS), self.from_plans
        if self.has_members:
            yield self._inferred(_MEMBER_OF_MAKER if forth else _MAKER_OF_MEMBER, elements), side

    def _from_subj(self, elements: Sequence[int]) -> Edges:
        wanted = self.beside.union(self.out.costs)
        if self.plan.forth:
            return self._rows(self.reads.from_subj, elements, wanted)
        # one range of the index per element is quicker than several
        edges = self._rows(self.reads.from_subj, elements)
        self.plain.update(elements)
        self.plain -= {edge[_SUBJ] for edge in edges if edge[_KIND] == DESCRIBED.number}
        return _wanted(edges, wanted)

    def _rows(
        self, statement: Select[Any], elements: Sequence[int], kinds: frozenset[int] | None = None
    ) -> Edges:
        if kinds is None:
            return named_rows(WalkedEdge, fetch(self.tx, statement, elements))
        rows = fetch(self.tx, _of_kinds(statement, kinds), elements)
        return _wanted(named_rows(WalkedEdge, rows), kinds)

    def _thirds(
        self, statement: Select[Any], elements: Sequence[int], kinds: frozenset[int]
    ) -> Edges:
        """Relations as arrows to their third end."""
        return [
            WalkedEdge._make((number, kind, subj, third, *rest, _THIRD))
            for number, kind, subj, _, *rest, third in fetch(
                self.tx, _of_kinds(statement, kinds), elements
            )
            if third is not None
        ]

    def _inferred(self, statement: Select[Any], elements: Sequence[int]) -> Edges:
        made = fetch(self.tx, statement, elements)
        generated = GENERATED.number
        return [
            WalkedEdge(INFERRED, generated, member, maker, None, None, None, None)
            for member, maker in made
        ]

    # -- the answer

    def _finish(self, start: Sequence[int]) -> Walk:
        self._beside(sorted(self.unexpanded))
        depth, steps = self._distances(start)
        links = self._attach()
        _spread(depth, links, self.reached)
        _spread(steps, links, self.reached)
        node, reached = self.ties.node, self.reached
        edges = self.edges
        ends = {edge[_OBJ] for edge in edges} | {edge[_SUBJ] for edge in edges}
        if not self.ties.nodes(ends) <= reached.keys():
            edges = [e for e in edges if node(e[_SUBJ]) in reached and node(e[_OBJ]) in reached]
        return Walk(
            node_of={number: node(number) for number in self.ties.elements(reached)},
            depth=depth,
            steps=steps,
            edges=list(dict.fromkeys(edges)) if self._meets_twice() else edges,
            unexpanded=frozenset(self.unexpanded | self.left),
            cut=self.cut,
            plain=frozenset(self.plain),
        )

    def _meets_twice(self) -> bool:
        """Whether one relation may be met from both of its ends, or in two searches."""
        both_ways = (self.out.costs.keys() | self.beside) & self.into.costs.keys()
        return bool(both_ways) or self.has_thirds or self.has_members

    def _beside(self, nodes: Sequence[int]) -> Edges:
        """What hangs on nodes that were not walked from."""
        if not nodes or not self.beside:
            return []
        elements = self.ties.elements(nodes)
        found = self._rows(self.reads.from_subj, elements, self.beside)
        self.edges.extend(found)
        return found

    def _attach(self) -> Links:
        """Take in descriptions, parameters and plans; returns what hangs on which node."""
        pending = [*self._hanging(self.edges), *self._plans(self.reached)]
        links: Links = {}
        while pending:
            self.ties.nodes({edge.obj for edge in pending})
            nearest: dict[int, int] = {}
            for edge in pending:
                holder, hung = self.ties.node(edge.subj), self.ties.node(edge.obj)
                if holder in self.reached:
                    links.setdefault(holder, []).append(hung)
                    distance = self.reached[holder]
                    nearest[hung] = min(distance, nearest.get(hung, distance))
            new = self._take_in(nearest)
            pending = [*self._hanging(self._beside(new)), *self._plans(new)]
        return links

    def _plans(self, nodes: Collection[int]) -> Edges:
        """The plans of nodes, which are in the answer with them."""
        if not (nodes and self.plan.plans and self.has_thirds):
            return []
        found = self._thirds(_THIRD_OF_SUBJ, self.ties.elements(nodes), _PLANS)
        self.edges.extend(found)
        return found

    def _take_in(self, nearest: Mapping[int, int]) -> list[int]:
        """Admit nodes at their distances; returns those that are new."""
        return [
            node
            for distance in sorted(set(nearest.values()))
            for node in self._admit({n for n, d in nearest.items() if d == distance}, distance)
        ]

    def _hanging(self, edges: Edges) -> Edges:
        """Those of the edges that bring what they name into the answer."""
        kinds = {kind.number for kind in self.plan.attached}
        found = [edge for edge in edges if edge[_KIND] in kinds]
        if not self.plan.activities_described:
            return found
        described = {edge.subj for edge in found if edge.type == DESCRIBED.number}
        others = {
            number
            for number, one in seen(self.tx, sorted(described)).items()
            if not (one.declared | one.inferred) & Kind.ACTIVITY
        }
        return [e for e in found if e.type != DESCRIBED.number or e.subj not in others]

    # -- distances

    def _distances(self, start: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
        """Least relations and least steps of every node, within the answer."""
        known = dict(self.reached)
        if self.plan.ends_only:
            return known, known
        if self.by_steps:
            return self._search(start, count_relations=True), known
        return known, self._alternating(start) or self._search(start, count_relations=False)

    def _alternating(self, start: Sequence[int]) -> dict[int, int] | None:
        """Steps from depth, where every path takes use and generation in turn; else None."""
        edges = [edge for batch, _ in self.followed for edge in batch]
        kinds = {edge[_KIND] for edge in edges}
        if len(start) != 1 or self.ties.any_met or not kinds <= _ALTERNATING:
            return None
        if self.into.costs.keys() & _TO_AGENTS:
            return None
        of = {kind: [e for e in edges if e[_KIND] == kind] for kind in kinds}
        used, made = of.get(USED.number, []), of.get(GENERATED.number, [])
        to_agents = [e for kind in _TO_AGENTS for e in of.get(kind, ())]
        activities = {e[_SUBJ] for e in used} | {e[_OBJ] for e in made}
        entities = {e[_OBJ] for e in used} | {e[_SUBJ] for e in made}
        agents = {e[_OBJ] for e in to_agents}
        if activities & entities or agents & (activities | entities):
            return None
        odd = int(start[0] in activities)
        steps = {node: (depth + odd) // 2 for node, depth in self.reached.items()}
        for edge in to_agents:  # an agent has the steps of the nearest node that names it
            agent, holder = edge[_OBJ], edge[_SUBJ]
            if agent in steps:
                steps[agent] = min(steps[agent], steps[holder])
        return steps

    def _search(self, start: Sequence[int], *, count_relations: bool) -> dict[int, int]:
        node, arcs = self.ties.node, dict[int, list[tuple[int, int]]]()
        for edges, side in self.followed:
            costs = dict.fromkeys(side.steps, 1) if count_relations else side.steps
            for edge in edges:
                cost, there = costs.get(edge[_KIND]), node(side.target(edge))
                if cost is not None and there in self.reached:
                    arcs.setdefault(node(side.source(edge)), []).append((there, cost))
        return least_distances(start, arcs)


def _targets(edges: Edges, side: _Side, cost: int) -> set[int]:
    """The ends to which edges of this cost lead."""
    kinds = {kind for kind, taken in side.costs.items() if taken == cost}
    met = {edge[_KIND] for edge in edges}
    target = side.target
    if met <= kinds:
        return set(map(target, edges))
    return {target(edge) for edge in edges if edge[_KIND] in kinds} if met & kinds else set()


@cache
def _of_kinds(statement: Select[Any], kinds: frozenset[int]) -> Select[Any] | CompoundSelect[Any]:
    """The statement for these kinds, and some others that an element has few of."""
    of_kind = relation.c.kind
    parts = [statement.where(of_kind.between(first, last)) for first, last in _ranges(kinds)]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def _ranges(kinds: Iterable[int]) -> list[tuple[int, int]]:
    """Kinds as ranges of their numbers: an index is entered once for each, not for each kind."""
    ranges: list[tuple[int, int]] = []
    for kind in sorted(kinds):
        first, last = ranges[-1] if ranges else (kind, kind - 1)
        if ranges and _MANY.isdisjoint(range(last + 1, kind)):
            ranges[-1] = (first, kind)
        else:
            ranges.append((kind, kind))
    return ranges


def _wanted(edges: Edges, kinds: Collection[int]) -> Edges:
    if {edge[_KIND] for edge in edges} <= set(kinds):
        return edges
    return [edge for edge in edges if edge[_KIND] in kinds]


def _spread(distance: dict[int, int], links: Links, within: Container[int]) -> None:
    """Give what hangs on nodes, if it is in the answer, the distance of the nearest of them."""
    holders = sorted((node for node in links if node in distance), key=distance.__getitem__)
    for holder in holders:
        queue = [holder]
        while queue:
            hung = links.get(queue.pop(), ())
            new = [node for node in hung if node in within and node not in distance]
            distance.update(dict.fromkeys(new, distance[holder]))
            queue.extend(new)
