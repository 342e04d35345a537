"""The tree: every relation once, whatever the shape."""

from typing import Any

import pytest

from provstore.cli.tree import tree_lines

Edge = tuple[str, str, str]


def lineage(
    edges: list[Edge], *, direction: str = "back", roots: list[str] | None = None
) -> dict[str, Any]:
    names = dict.fromkeys(name for _, *ends in edges for name in ends)
    nodes: list[dict[str, Any]] = [
        {
            "id": f"urn:x:{name}",
            "name": name,
            "kind": "activity" if name.startswith("job") else "entity",
            "level": None,
            "version": None,
            "obs_id": None,
            "target_name": None,
            "attributes": {},
        }
        for name in names
    ]
    told = [
        {"kind": kind, "from": f"urn:x:{start}", "to": f"urn:x:{end}", "role": None}
        for kind, start, end in edges
    ]
    starts = roots or [nodes[0]["id"]]
    return {"roots": starts, "direction": direction, "nodes": nodes, "edges": told}


def test_a_chain_is_indented_step_by_step() -> None:
    told = lineage([("wasGeneratedBy", "out", "job"), ("used", "job", "in")])
    told["edges"][1]["role"] = "events"
    told["nodes"][1]["version"] = "1.2"
    told["nodes"][2] |= {"level": "DL3", "obs_id": "4711", "target_name": "Crab Nebula"}
    assert list(tree_lines(told)) == [
        "out <urn:x:out>",
        "  wasGeneratedBy job 1.2 (activity) <urn:x:job>",
        "    used (events) in DL3 obs_id=4711 target=Crab Nebula <urn:x:in>",
    ]


@pytest.mark.parametrize(
    "attributes",
    [
        {"prov:value": "loose"},
        {"voprov:value": {"$": "loose", "type": "xsd:token"}},
    ],
)
def test_a_parameter_shows_its_value(attributes: dict[str, Any]) -> None:
    told = lineage([("wasConfiguredBy", "job", "cuts")])
    told["nodes"][1]["attributes"] = attributes
    assert list(tree_lines(told))[1] == "  wasConfiguredBy cuts = loose <urn:x:cuts>"


def test_what_was_written_before_is_only_named() -> None:
    told = lineage(
        [
            ("wasDerivedFrom", "a", "b"),
            ("wasDerivedFrom", "a", "c"),
            ("wasDerivedFrom", "b", "d"),
            ("wasDerivedFrom", "c", "d"),
            ("wasDerivedFrom", "d", "e"),
        ]
    )
    assert list(tree_lines(told)) == [
        "a <urn:x:a>",
        "  wasDerivedFrom b <urn:x:b>",
        "    wasDerivedFrom d <urn:x:d>",
        "      wasDerivedFrom e <urn:x:e>",
        "  wasDerivedFrom c <urn:x:c>",
        "    wasDerivedFrom d (see above)",
    ]


def test_a_cycle_and_a_self_loop_end() -> None:
    told = lineage([("wasDerivedFrom", "a", "b"), ("wasDerivedFrom", "b", "a")])
    told["edges"].append({**told["edges"][0], "to": "urn:x:a"})
    assert list(tree_lines(told)) == [
        "a <urn:x:a>",
        "  wasDerivedFrom b <urn:x:b>",
        "    wasDerivedFrom a (see above)",
        "  wasDerivedFrom a (see above)",
    ]


@pytest.mark.parametrize("levels", [11, 100])
def test_diamonds_have_one_line_for_each_relation(levels: int) -> None:
    edges = [
        ("wasDerivedFrom", f"{a}{level}", f"{b}{level + 1}")
        for level in range(levels)
        for a in "xy"
        for b in "xy"
    ]
    # the root is x0; y0 is not reached from it and stands apart
    assert len(list(tree_lines(lineage(edges)))) == len(edges) + 2


def test_a_deep_chain_needs_no_recursion_and_is_indented_so_far() -> None:
    edges = [("wasDerivedFrom", f"n{depth}", f"n{depth + 1}") for depth in range(5000)]
    lines = list(tree_lines(lineage(edges)))
    assert len(lines) == 5001
    assert lines[30] == "  " * 30 + "wasDerivedFrom n30 <urn:x:n30>"
    assert lines[31] == "  " * 30 + "[31] wasDerivedFrom n31 <urn:x:n31>"
    assert lines[5000].strip().startswith("[5000] ")


def test_forth_goes_against_the_arrows_but_towards_agents() -> None:
    told = lineage(
        [
            ("used", "job", "in"),
            ("wasGeneratedBy", "out", "job"),
            ("wasAssociatedWith", "job", "team"),
        ],
        direction="forth",
        roots=["urn:x:in"],
    )
    assert list(tree_lines(told)) == [
        "in <urn:x:in>",
        "  ← used job (activity) <urn:x:job>",
        "    ← wasGeneratedBy out <urn:x:out>",
        "    wasAssociatedWith team <urn:x:team>",
    ]


def test_both_ways_show_what_is_on_either_side() -> None:
    told = lineage(
        [("wasDerivedFrom", "middle", "origin"), ("wasDerivedFrom", "result", "middle")],
        direction="both",
    )
    assert list(tree_lines(told)) == [
        "middle <urn:x:middle>",
        "  wasDerivedFrom origin <urn:x:origin>",
        "    ← wasDerivedFrom middle (see above)",
        "  ← wasDerivedFrom result <urn:x:result>",
        "    wasDerivedFrom middle (see above)",
    ]


def test_a_node_without_a_way_to_it_is_not_left_out() -> None:
    told = lineage([("wasDerivedFrom", "a", "b"), ("wasInfluencedBy", "far", "away")])
    assert list(tree_lines(told))[2:] == [
        "far <urn:x:far>",
        "  wasInfluencedBy away <urn:x:away>",
    ]


def test_a_node_whose_name_is_its_id_is_written_once() -> None:
    told = lineage([("wasDerivedFrom", "a", "b")])
    told["nodes"][0]["name"] = "urn:x:a"
    assert next(iter(tree_lines(told))) == "urn:x:a"
