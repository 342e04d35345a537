"""Strongly connected components, and the way round in one, in linear time."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple


class Edge(NamedTuple):
    """An edge between two numbered nodes, and the statement that it is due to."""

    source: int
    target: int
    number: int
    """The constraint that orders the two."""
    statement: int
    """Index of the relation."""


def strong_components(count: int, edges: Iterable[Edge]) -> list[int]:
    """The component of each of ``count`` nodes, as a number.

    Tarjan (1972), without recursion: a chain of derivations is as deep as the document is long.
    Takes O(nodes + edges).
    """
    following: list[list[int]] = [[] for _ in range(count)]
    for edge in edges:
        following[edge[0]].append(edge[1])
    component = [-1] * count
    found = [0] * count  # order of discovery from 1; 0: not yet
    low = [0] * count
    stack: list[int] = []
    clock = 0
    for root in range(count):
        if found[root]:
            continue
        path = [root]
        while path:
            node = path[-1]
            if not found[node]:
                clock += 1
                found[node] = low[node] = clock
                stack.append(node)
            waiting = following[node]
            while waiting:
                target = waiting.pop()
                if not found[target]:
                    path.append(target)
                    break
                if component[target] < 0 and found[target] < low[node]:
                    low[node] = found[target]
            else:
                path.pop()
                _leave(node, path, low)
                if low[node] == found[node]:
                    _close(node, stack, component)
    return component


def _leave(node: int, path: Sequence[int], low: list[int]) -> None:
    """What a node reaches, the node before it on the path reaches too."""
    if path and low[node] < low[path[-1]]:
        low[path[-1]] = low[node]


def _close(node: int, stack: list[int], component: list[int]) -> None:
    """All that was found since ``node`` is its component, which is named after it."""
    while True:
        member = stack.pop()
        component[member] = node
        if member == node:
            return


def ways_round(count: int, edges: Sequence[Edge], broken: int) -> Iterator[list[Edge]]:
    """A shortest cycle through an edge of constraint ``broken``, of each component that has one."""
    component = strong_components(count, edges)
    inner: dict[int, list[Edge]] = {}
    for edge in edges:
        if component[edge.source] == component[edge.target]:
            inner.setdefault(component[edge.source], []).append(edge)
    for members in inner.values():
        first = next((edge for edge in members if edge.number == broken), None)
        if first is not None:
            yield _shortest_way_round(first, members)


def _shortest_way_round(first: Edge, edges: Iterable[Edge]) -> list[Edge]:
    """The shortest cycle that starts with an edge, among edges of which one leads back."""
    leaving: dict[int, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    came: dict[int, Edge] = {first.target: first}
    waiting = deque([first.target])
    while waiting and first.source not in came:
        node = waiting.popleft()
        for edge in leaving.get(node, ()):
            if edge.target not in came:
                came[edge.target] = edge
                waiting.append(edge.target)
    around = [came[first.source]]
    while around[-1] is not first:
        around.append(came[around[-1].source])
    return around[::-1]
