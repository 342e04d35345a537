"""Repeated inputs of a lineage as one: 28 runs that went the same way are one box, "x28".

From the roots outwards, two nodes become one where they have the same signature (what they are, at
which data level, or which activity in which version) and lead to the same set of merged nodes
towards the roots. One pass in topological order; the outcome depends on nothing but the answer.
"""

import heapq
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from provstore.model.lineage import Direction, Lineage, Node

_DIGITS: Final = re.compile(r"\d+")


@dataclass(slots=True)
class Box:
    """Nodes that are shown as one."""

    number: int
    """Its place in the order of making: what it leads to towards the roots comes before it."""
    members: list[Node]
    is_root: bool
    upstream: bool
    """Whether it is an origin of the roots (or hangs on one), not made from them."""
    stops_short: bool
    """Entities of which nothing is recorded before, although something should be."""
    towards: tuple[int, ...] = ()
    """Numbers of the boxes it leads to, towards the roots."""

    @property
    def first(self) -> Node:
        """The member that stands for all."""
        return self.members[0]

    @property
    def depth(self) -> int:
        """The least distance of a member from the roots, in relations."""
        return min(member.depth for member in self.members)


@dataclass(slots=True)
class Merged:
    """A lineage whose repetitions are merged."""

    boxes: list[Box] = field(default_factory=list)
    """By number."""
    arrows: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    """(box that depends, box it depends on) to the kinds of relations between their members."""


def merge(lineage: Lineage) -> Merged:
    """Merges the repeated nodes of an answer; linear in nodes and edges but for their sorting."""
    graph = _Graph(lineage)
    box_of: list[int] = [-1] * len(graph.nodes)
    by_signature: dict[tuple[object, ...], Box] = {}
    merged = Merged()
    for index in graph.outwards():
        towards = frozenset(box_of[near] for near in graph.towards[index] if box_of[near] >= 0)
        signature = (*graph.signature(index), towards)
        box = by_signature.get(signature)
        if box is None:
            box = by_signature[signature] = graph.box(index, len(merged.boxes), sorted(towards))
            merged.boxes.append(box)
        else:
            box.members.append(graph.nodes[index])
        box_of[index] = box.number
    merged.arrows = _arrows(graph.edges, box_of)
    return merged


def _arrows(
    edges: Iterable[tuple[int, int, str]], box_of: Sequence[int]
) -> dict[tuple[int, int], list[str]]:
    """Arrows between different boxes; what relates members of one box is not drawn."""
    arrows: dict[tuple[int, int], dict[str, None]] = {}
    for source, target, kind in edges:
        ends = (box_of[source], box_of[target])
        if ends[0] != ends[1]:
            arrows.setdefault(ends, {})[kind] = None
    return {ends: list(kinds) for ends, kinds in sorted(arrows.items())}


class _Graph:
    """An answer by the indices of its nodes."""

    def __init__(self, lineage: Lineage) -> None:
        self.nodes = lineage.nodes
        index = {node.id: place for place, node in enumerate(lineage.nodes)}
        self.edges = [
            (index[e.source], index[e.target], e.kind)
            for e in lineage.edges
            if e.source in index and e.target in index
        ]
        self._roots = {index[root] for root in lineage.roots if root in index}
        self._origins: list[list[int]] = [[] for _ in self.nodes]
        self._results: list[list[int]] = [[] for _ in self.nodes]
        for source, target, _ in self.edges:
            if source != target:
                self._origins[source].append(target)
                self._results[target].append(source)
        self._is_back = lineage.direction is not Direction.FORTH
        self._downstream = self._find_downstream(lineage.direction)
        self.towards = [self._towards(place) for place in range(len(self.nodes))]

    def _find_downstream(self, direction: Direction) -> set[int]:
        """Nodes made from the roots, that are not origins of them too."""
        if direction is Direction.BACK:
            return set()
        made = _reached(self._roots, self._results)
        return made - self._roots - _reached(self._roots, self._origins)

    def _towards(self, place: int) -> list[int]:
        """Neighbours towards the roots: results of an origin, origins of a result."""
        if place in self._roots:
            return []
        if place in self._downstream:
            near = self._downstream | self._roots
            return [origin for origin in self._origins[place] if origin in near]
        return self._results[place]

    def outwards(self) -> Iterable[int]:
        """Every node after those it leads to; a cycle is entered where it is nearest."""
        waiting = [len(set(near)) for near in self.towards]
        away: list[list[int]] = [[] for _ in self.nodes]
        for place, near in enumerate(self.towards):
            for other in set(near):
                away[other].append(place)
        nearest = sorted(range(len(self.nodes)), key=self._rank)
        ready = [(self._rank(place), place) for place in nearest if not waiting[place]]
        heapq.heapify(ready)
        done = [False] * len(self.nodes)
        blocked = iter(nearest)
        while True:
            if not ready:
                entry = next((place for place in blocked if not done[place]), None)
                if entry is None:
                    return
                ready.append((self._rank(entry), entry))
            place = heapq.heappop(ready)[1]
            if done[place]:
                continue
            done[place] = True
            yield place
            for other in away[place]:
                waiting[other] -= 1
                if not waiting[other] and not done[other]:
                    heapq.heappush(ready, (self._rank(other), other))

    def _rank(self, place: int) -> tuple[int, int]:
        return (self.nodes[place].depth, place)

    def signature(self, place: int) -> tuple[object, ...]:
        """What a node is, for the purpose of being shown as one with others like it.

        An entity without a level is told by its name, in which numbers do not count: run numbers
        differ between runs that are otherwise the same. An activity that was only mentioned has no
        name but its id, which says nothing.
        """
        node = self.nodes[place]
        told: object = node.level
        if node.kind == "activity":
            told = (node.name, node.version) if node.declared else "mentioned"
        elif node.kind == "agent":
            told = node.name
        elif node.level is None:
            told = ("name", _DIGITS.sub("#", node.name))
        which = place if place in self._roots else None
        return (node.kind, node.cls, told, which, place in self._downstream, self._short(place))

    def _short(self, place: int) -> bool:
        node = self.nodes[place]
        return (
            self._is_back
            and node.kind == "entity"
            and node.complete is False
            and not self._origins[place]
        )

    def box(self, place: int, number: int, towards: list[int]) -> Box:
        """A new box for a node."""
        return Box(
            number=number,
            members=[self.nodes[place]],
            is_root=place in self._roots,
            upstream=place not in self._downstream,
            stops_short=self._short(place),
            towards=tuple(towards),
        )


def _reached(roots: Iterable[int], arcs: Sequence[Sequence[int]]) -> set[int]:
    found = set(roots)
    waiting = list(found)
    while waiting:
        fresh = [other for other in arcs[waiting.pop()] if other not in found]
        found.update(fresh)
        waiting += fresh
    return found
