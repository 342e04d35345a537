"""How marks spread from origins to what was made from them.

A node has its own marks and those of all that it inherits from: the least sets for which that
holds. Sets of marks are bits of integers.

Marks can be added anywhere, cycles included, by going on until nothing changes. Where one may have
to go, a rule that only looks at neighbours is wrong on a cycle, whose nodes would keep it alive for
each other. So such a mark is first taken from everything that may have it from there alone, and
what still comes from elsewhere is then given back (delete and rederive, as in the maintenance of
recursive views; Gupta, Mumick and Subrahmanian 1993).
"""

from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Final, NamedTuple, Protocol

Marks = dict[int, int]


class Kept(NamedTuple):
    """What is kept of a node."""

    own: int
    marks: int


class Before(NamedTuple):
    """What was kept of a node, which may have been several until now."""

    own: int
    """What any of them said."""
    marks: int
    """What any of them had."""
    shared: int
    """What each of them had: so all that inherits from one of them has it too."""

    @classmethod
    def of(cls, several: Iterable[Kept]) -> "Before":
        """What was kept of these, of which there is at least one."""
        owns, marks = zip(*several, strict=True)
        return cls(reduce(or_, owns), reduce(or_, marks), reduce(and_, marks))


_NOTHING: Final = Before(0, 0, 0)


class Graph(Protocol):
    """Where nodes have their neighbours, and what is kept of them."""

    def parents(self, nodes: Collection[int]) -> Mapping[int, Collection[int]]:
        """What each of the nodes inherits from directly."""

    def children(self, nodes: Collection[int]) -> Mapping[int, Collection[int]]:
        """What inherits from each of the nodes directly."""

    def kept(self, nodes: Collection[int]) -> Mapping[int, Before]:
        """What is kept of those of the nodes of which something is."""


def respread(
    graph: Graph, own: Mapping[int, int], before: Mapping[int, Before], lost: Mapping[int, int]
) -> dict[int, Kept]:
    """What has to be kept after some nodes changed.

    Parameters
    ----------
    graph
        The neighbours as they are now.
    own
        The changed nodes, and their own marks now.
    before
        What was kept of those of them that are not new. What inherits from a new one is among the
        changed nodes.
    lost
        Marks that changed nodes had and may have lost.

    Returns
    -------
    dict[int, Kept]
        The changed nodes, and all others of which something else has to be kept.
    """
    return _Spread(graph, own, before).run(lost)


class _Spread:
    def __init__(self, graph: Graph, own: Mapping[int, int], before: Mapping[int, Before]) -> None:
        self._graph = graph
        self._changed = own
        self._before = {node: before.get(node, _NOTHING) for node in own}
        self._own = dict(own)
        self._marks = {node: kept.marks | own[node] for node, kept in self._before.items()}
        self._new = own.keys() - before.keys()

    def run(self, lost: Mapping[int, int]) -> dict[int, Kept]:
        work = self._changed.keys() | self._take(lost)
        parents = self._graph.parents(work)
        self._know({parent for several in parents.values() for parent in several})
        settle(work, self._own, parents, self._marks)
        self._give(work)
        return {
            node: Kept(self._own[node], marks)
            for node, marks in self._marks.items()
            if node in self._changed or marks != self._before[node].marks
        }

    def _know(self, nodes: Iterable[int]) -> None:
        unknown = [node for node in nodes if node not in self._marks]
        if not unknown:
            return
        kept = self._graph.kept(unknown)
        for node in unknown:
            found = self._before[node] = kept.get(node, _NOTHING)
            self._own[node], self._marks[node], _ = found

    def _take(self, lost: Mapping[int, int]) -> set[int]:
        """Take marks from nodes, and from all that may have them from there alone."""
        own, marks = self._own, self._marks
        taken: set[int] = set()
        front = {node: gone & ~own[node] for node, gone in lost.items() if gone & ~own[node]}
        while front:
            taken |= front.keys()
            for node, gone in front.items():
                marks[node] &= ~gone
            children = self._graph.children(front.keys())
            self._know({child for several in children.values() for child in several})
            following: Marks = {}
            for node, gone in front.items():
                for child in children[node]:
                    more = gone & marks[child] & ~own[child]
                    if more:
                        following[child] = following.get(child, 0) | more
            front = following
        return taken

    def _give(self, nodes: Iterable[int]) -> None:
        """Give what nodes gained to all that inherits from them."""
        front = {
            node: gained
            for node in nodes
            if node not in self._new and (gained := self._marks[node] & ~self._before[node].shared)
        }
        while front:
            children = self._graph.children(front.keys())
            self._know({child for several in children.values() for child in several})
            following: Marks = {}
            for node, gained in front.items():
                for child in children[node]:
                    more = gained & ~self._marks[child]
                    if more:
                        self._marks[child] |= more
                        following[child] = following.get(child, 0) | more
            front = following


def settle(
    nodes: Iterable[int],
    own: Mapping[int, int],
    parents: Mapping[int, Collection[int]],
    marks: Marks,
) -> None:
    """Give nodes the least marks that follow from their own and those of their parents.

    Parameters
    ----------
    nodes
        The nodes; they have no marks yet but ones that they will have.
    own, parents
        Of each of the nodes.
    marks
        Of the nodes and all their parents; changed.
    """
    order, has_cycle = _origins_first(nodes, parents)
    is_changed = True
    while is_changed:
        is_changed = False
        for node in order:
            found = marks.get(node, 0) | own.get(node, 0)
            for parent in parents.get(node, ()):
                found |= marks.get(parent, 0)
            if found != marks.get(node, 0):
                marks[node] = found
                is_changed = has_cycle  # else one round gives all


def _origins_first(
    nodes: Iterable[int], parents: Mapping[int, Collection[int]]
) -> tuple[list[int], bool]:
    """The nodes so that each comes after its parents; and whether a cycle prevents that."""
    is_left: dict[int, bool] = dict.fromkeys(nodes, False)
    order: list[int] = []
    entered: set[int] = set()
    has_cycle = False
    for start in is_left:
        if start in entered:
            continue
        entered.add(start)
        path = [(start, iter(parents.get(start, ())))]
        while path:
            node, left = path[-1]
            for parent in left:
                if parent not in entered:
                    if parent in is_left:
                        entered.add(parent)
                        path.append((parent, iter(parents.get(parent, ()))))
                        break
                elif not is_left[parent]:
                    has_cycle = True
            else:
                order.append(node)
                is_left[node] = True
                path.pop()
    return order, has_cycle
