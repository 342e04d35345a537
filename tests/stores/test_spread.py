"""Marks spread as a computation from nothing has them, whatever comes and goes, cycles included."""

from collections.abc import Collection, Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provstore.stores.keywords.spread import Before, Kept, Marks, respread, settle

pytestmark = pytest.mark.sqlite
NODES = range(6)
node = st.sampled_from(NODES)
edge = st.tuples(node, node).filter(lambda ends: ends[0] != ends[1])


class Graph:
    """Dependents and origins, and what is kept; all in memory."""

    def __init__(self) -> None:
        self.edges: set[tuple[int, int]] = set()
        self.own: Marks = dict.fromkeys(NODES, 0)
        self.stored: dict[int, Kept] = dict.fromkeys(NODES, Kept(0, 0))

    def parents(self, nodes: Collection[int]) -> dict[int, set[int]]:
        return {n: {origin for made, origin in self.edges if made == n} for n in nodes}

    def children(self, nodes: Collection[int]) -> dict[int, set[int]]:
        return {n: {made for made, origin in self.edges if origin == n} for n in nodes}

    def kept(self, nodes: Collection[int]) -> dict[int, Before]:
        return {n: Before.of([self.stored[n]]) for n in nodes}

    def follow(self, changed: Iterable[int], losers: Collection[int]) -> None:
        own = {n: self.own[n] for n in changed}
        before = self.kept(own)
        lost = {n: told.marks if n in losers else told.own & ~own[n] for n, told in before.items()}
        self.stored.update(respread(self, own, before, lost))

    def anew(self) -> dict[int, Kept]:
        marks: Marks = {}
        settle(NODES, self.own, self.parents(NODES), marks)
        return {n: Kept(self.own[n], marks.get(n, 0)) for n in NODES}


change = st.one_of(
    st.tuples(st.just("says"), node, st.integers(0, 7)),
    st.tuples(st.just("comes"), edge),
    st.tuples(st.just("goes"), edge),
)


@settings(max_examples=400)
@given(st.lists(st.lists(change, min_size=1, max_size=3), max_size=12))
def test_what_is_kept_is_what_would_be_found_anew(
    changes: list[list[tuple[object, ...]]],
) -> None:
    graph = Graph()
    for together in changes:
        changed: set[int] = set()
        losers: set[int] = set()
        for told in together:
            match told:
                case ("says", int(number), int(marks)):
                    graph.own[number] = marks
                    changed.add(number)
                case ("comes", (int(made), int(origin))):
                    graph.edges.add((made, origin))
                    changed.add(made)
                case ("goes", (int(made), int(origin))):
                    graph.edges.discard((made, origin))
                    changed.add(made)
                    losers.add(made)
                case _:
                    pytest.fail(f"{told} is no change")
        graph.follow(changed, losers)
        assert graph.stored == graph.anew()


def test_a_thing_of_two_names_gives_what_only_one_had() -> None:
    graph = Graph()
    graph.edges = {(1, 0)}
    graph.stored[0] = Kept(0, 0)
    before = {0: Before.of([Kept(0, 0), Kept(2, 2)])}
    found = respread(graph, {0: 2}, before, {0: 0})
    assert found == {0: Kept(2, 2), 1: Kept(0, 2)}
