"""Repeated inputs become one box, what deviates does not disappear."""

import random
from dataclasses import replace

from exporters.nights import RECO, edge, lineage, node, spectrum
from hypothesis import given
from hypothesis import strategies as st

from provstore.exporters.merge import Box, Merged, merge
from provstore.model.lineage import Direction, Edge


def counts(merged: Merged) -> dict[tuple[str | None, ...], int]:
    """Level, or name and version, of each box, to the nodes in it (of equal ones: their sum)."""
    found: dict[tuple[str | None, ...], int] = {}
    for box in merged.boxes:
        first = box.first
        key = (first.level,) if first.level else (first.name, first.version)
        found[key] = max(found.get(key, 0), len(box.members))
    return found


def test_equal_inputs_are_one_box() -> None:
    assert counts(merge(spectrum(28))) == {
        ("DL4",): 1,
        ("gammapy-fit", "1.2"): 1,
        ("DL3",): 28,
        ("select", "0.19"): 28,
        ("DL2",): 28,
        (RECO, "0.19"): 28,
        ("DL1",): 28,
        ("calibrate", "0.19"): 28,
        ("calibration.h5", None): 1,
        ("DL0",): 28,
    }


def test_a_deviating_version_does_not_disappear() -> None:
    found = counts(merge(spectrum(28, old={3})))
    assert found[RECO, "0.19"] == 27
    assert found[RECO, "0.18"] == 1
    assert found["DL2",] == 28
    # what the deviating program alone was fed with stays apart as well
    assert found["DL1",] == 27


def test_a_start_whose_origin_is_lost_does_not_disappear() -> None:
    merged = merge(spectrum(28, lost={5}))
    (lost,) = (box for box in merged.boxes if box.stops_short)
    assert [member.id for member in lost.members] == ["dl0-5"]
    assert counts(merged)["DL0",] == 27


def test_shared_inputs_keep_both_of_their_users() -> None:
    merged = merge(spectrum(28, old={3}))
    (calibration,) = (box for box in merged.boxes if box.first.id == "calibration")
    users = {merged.boxes[number].first.name for number in calibration.towards}
    assert users == {"calibrate"}
    assert len(calibration.towards) == 2


def test_arrows_join_boxes_once() -> None:
    merged = merge(spectrum(28))
    names = {
        (merged.boxes[source].first.name, merged.boxes[target].first.name): kinds
        for (source, target), kinds in merged.arrows.items()
    }
    assert names["gammapy-fit", "run00000.dl3.h5"] == ["used"]
    assert len(names) == 9


def test_roots_are_never_merged() -> None:
    nodes = [node("a", level="DL3"), node("b", level="DL3")]
    assert len(merge(lineage(nodes, [], roots=("a", "b"))).boxes) == 2


def test_forth_merges_towards_the_root_too() -> None:
    nodes = [node("bad", "bad.h5")]
    edges: list[Edge] = []
    for run in range(5):
        nodes += [
            node(f"reco{run}", RECO, kind="activity", version="1", depth=1),
            node(f"dl2-{run}", f"run{run}.h5", level="DL2", depth=2),
        ]
        edges += [
            edge("used", f"reco{run}", "bad"),
            edge("wasGeneratedBy", f"dl2-{run}", f"reco{run}"),
        ]
    merged = merge(lineage(nodes, edges, direction=Direction.FORTH))
    assert [len(box.members) for box in merged.boxes] == [1, 5, 5]
    assert [box.upstream for box in merged.boxes] == [True, False, False]


def test_cycles_and_self_loops_end() -> None:
    nodes = [node("a"), node("b", depth=1), node("c", depth=2)]
    edges = [
        edge("wasDerivedFrom", "a", "b"),
        edge("wasDerivedFrom", "b", "c"),
        edge("wasDerivedFrom", "c", "b"),
        edge("wasDerivedFrom", "c", "c"),
    ]
    assert len(merge(lineage(nodes, edges)).boxes) == 3


def test_entities_without_a_level_merge_by_name_without_its_numbers() -> None:
    names = ("pedestal_001.h5", "pedestal_002.h5", "model.h5")
    nodes = [node("run", kind="activity"), *(node(name, depth=1) for name in names)]
    merged = merge(lineage(nodes, [edge("used", "run", name) for name in names]))
    assert sorted(len(box.members) for box in merged.boxes) == [1, 1, 2]


def members(box: Box) -> frozenset[str]:
    return frozenset(member.id for member in box.members)


@given(st.integers(), st.sets(st.integers(0, 7)))
def test_the_outcome_does_not_depend_on_the_order_of_the_answer(seed: int, old: set[int]) -> None:
    ordered = spectrum(8, old=old)
    shuffled = replace(ordered, nodes=list(ordered.nodes), edges=list(ordered.edges))
    generator = random.Random(seed)  # noqa: S311  a shuffle of test data
    generator.shuffle(shuffled.nodes)
    generator.shuffle(shuffled.edges)
    assert {members(b) for b in merge(ordered).boxes} == {members(b) for b in merge(shuffled).boxes}


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30),
    st.sampled_from(list(Direction)),
)
def test_every_node_is_in_exactly_one_box(
    arrows: list[tuple[int, int]], direction: Direction
) -> None:
    nodes = [node(str(number), level="DL1", depth=number) for number in range(10)]
    edges = [edge("wasDerivedFrom", str(a), str(b)) for a, b in arrows]
    merged = merge(lineage(nodes, edges, direction=direction))
    found = [member.id for box in merged.boxes for member in box.members]
    assert sorted(found) == sorted(str(number) for number in range(10))


def test_a_closure_of_fifty_thousand_nodes_merges_as_a_small_one() -> None:
    # with the square of the nodes as its cost, it would not end
    few, many = spectrum(28, old={3}), spectrum(7140, old={3})
    assert len(many.nodes) > 49_000
    assert len(merge(many).boxes) == len(merge(few).boxes)
    assert sum(len(box.members) for box in merge(many).boxes) == len(many.nodes)
