"""Each relation by itself: is it followed, shown or left out, and at which distance."""

from typing import Any

import pytest
from support.catalogue import EX, ask, depths, edges, nodes, prov, push, steps

from provstore.factory import Services
from provstore.model.lineage import Agents, Bounds, Direction, Lineage, SapQuestion, Via

TWO_WAYS = [
    # relation, the end that depends, its origin, steps back, steps forth
    ("used(a, e)", "a", "e", 1, 0),
    ("wasGeneratedBy(e, a)", "e", "a", 0, 1),
    ("wasDerivedFrom(e2, e1)", "e2", "e1", 1, 1),
    ("wasInformedBy(a2, a1)", "a2", "a1", 1, 1),
    ("wasStartedBy(a, trigger)", "a", "trigger", 1, 0),
    ("wasEndedBy(a, trigger)", "a", "trigger", 1, 0),
    ("specializationOf(special, general)", "special", "general", 0, 0),
    ("hadMember(collection, member)", "collection", "member", 0, 0),
]


@pytest.mark.parametrize(("told", "late", "origin", "back", "forth"), TWO_WAYS)
def test_followed_both_ways(
    archive: Services, told: str, late: str, origin: str, back: int, forth: int
) -> None:
    push(archive, prov(told))
    backward = ask(archive, late)
    assert depths(backward) == {late: 0, origin: 1}
    assert steps(backward) == {late: 0, origin: back}
    forward = ask(archive, origin, direction=Direction.FORTH)
    assert depths(forward) == {late: 1, origin: 0}
    assert steps(forward) == {late: forth, origin: 0}
    assert edges(backward) == edges(forward) == {told}
    assert nodes(ask(archive, origin)) == {origin}
    assert nodes(ask(archive, late, direction=Direction.FORTH)) == {late}
    assert nodes(ask(archive, late, direction=Direction.BOTH)) == {late, origin}
    assert nodes(ask(archive, origin, direction=Direction.BOTH)) == {late, origin}


@pytest.mark.parametrize("name", ["wasStartedBy", "wasEndedBy"])
def test_starters_are_communications(archive: Services, name: str) -> None:
    push(archive, prov(f"{name}(a2, -, a1) wasGeneratedBy(e2, a2)"))
    backward = ask(archive, "e2")
    assert depths(backward) == {"e2": 0, "a2": 1, "a1": 2}
    assert steps(backward) == {"e2": 0, "a2": 0, "a1": 1}
    assert edges(backward) == {"wasGeneratedBy(e2, a2)", f"{name}(a2, -, a1)"}
    forward = ask(archive, "a1", direction=Direction.FORTH)
    assert steps(forward) == {"a1": 0, "a2": 1, "e2": 2}


NEVER_FOLLOWED = [
    "wasInvalidatedBy(late, origin)",
    "alternateOf(late, origin)",
    "wasInfluencedBy(late, origin)",
    "actedOnBehalfOf(late, origin)",
    "mentionOf(late, origin)",
]


@pytest.mark.parametrize("told", NEVER_FOLLOWED)
def test_shown_where_both_ends_are_in_the_answer(archive: Services, told: str) -> None:
    push(archive, prov(told))
    for name in ("late", "origin"):
        assert nodes(ask(archive, name, direction=Direction.BOTH)) == {name}
        assert nodes(sap(archive, name)) == {name}
    both = ask(archive, "late", "origin")
    assert edges(both) == edges(sap(archive, "late", "origin")) == {told}


@pytest.mark.parametrize("told", NEVER_FOLLOWED)
def test_shown_between_what_is_before_and_what_is_after(archive: Services, told: str) -> None:
    """One end is met going back, the other going forth."""
    push(archive, prov(f"{told} wasDerivedFrom(root, origin) wasDerivedFrom(late, root)"))
    assert told in edges(ask(archive, "root", direction=Direction.BOTH))


@pytest.mark.parametrize("told", ["wasInfluencedBy(cfg, a)", "alternateOf(cfg, root)"])
def test_shown_with_configuration_too(archive: Services, told: str) -> None:
    push(archive, prov(f"{told} wasConfiguredBy(a, cfg) used(a, root)"))
    assert told in edges(ask(archive, "a"))


def test_missing_ends_are_kept_and_not_walked(archive: Services) -> None:
    [receipt] = push(archive, prov("entity(e) used(-, e) wasGeneratedBy(e, -)"))
    assert [f.rule for f in receipt.findings] == ["prov/missing-end", "prov/missing-end"]
    assert receipt.new.relations == 2
    assert nodes(ask(archive, "e", direction=Direction.BOTH)) == {"e"}


# -- which statements are followed

TWICE = """
    wasGeneratedBy(out, a) used(a, in) wasDerivedFrom(out, in)
    wasGeneratedBy(in, b) wasInformedBy(a, b) wasDerivedFrom(in, deep)
"""


@pytest.mark.parametrize(
    ("via", "met"),
    [
        (Via.ACTIVITY, {"out": 0, "a": 1, "in": 2, "b": 2}),
        (Via.DERIVATION, {"out": 0, "in": 1, "deep": 2}),
        (Via.BOTH, {"out": 0, "a": 1, "in": 1, "b": 2, "deep": 2}),
    ],
)
def test_via(archive: Services, via: Via, met: dict[str, int]) -> None:
    push(archive, prov(TWICE))
    assert depths(ask(archive, "out", via=via)) == met


# -- members


COLLECTION = """
    wasGeneratedBy(night, merge) used(merge, calibration)
    hadMember(night, run1) hadMember(night, run2) used(fit, run1) wasGeneratedBy(run2, redo)
"""


def test_a_member_inherits_from_what_made_its_collection(archive: Services) -> None:
    push(archive, prov(COLLECTION))
    answer = ask(archive, "fit")
    assert steps(answer) == {"fit": 0, "run1": 1, "merge": 1, "calibration": 2}
    assert edges(answer) == {
        "used(fit, run1)",
        "wasGeneratedBy(run1, merge)?",
        "used(merge, calibration)",
    }


def test_a_member_inherits_from_what_made_its_dictionary(archive: Services) -> None:
    # PROV-DICTIONARY: what is a member of a dictionary is a member of a collection
    push(archive, prov("wasGeneratedBy(night, merge) hadDictionaryMember(night, run)"))
    assert edges(ask(archive, "run")) == {"wasGeneratedBy(run, merge)?"}
    assert nodes(ask(archive, "merge", direction=Direction.FORTH)) == {"merge", "night", "run"}


def test_a_member_leads_forth_to_its_collection_not_to_its_siblings(archive: Services) -> None:
    push(archive, prov(COLLECTION))
    assert nodes(ask(archive, "run1", direction=Direction.FORTH)) == {"run1", "night", "fit"}
    made = ask(archive, "calibration", direction=Direction.FORTH)
    assert steps(made) == {"calibration": 0, "merge": 0, "night": 1, "run1": 1, "run2": 1, "fit": 1}


def test_a_collection_is_made_from_its_members(archive: Services) -> None:
    push(archive, prov(COLLECTION))
    assert steps(ask(archive, "night")) == {
        "night": 0,
        "merge": 0,
        "calibration": 1,
        "run1": 0,
        "run2": 0,
        "redo": 0,
    }


# -- agents

PEOPLE = """
    wasAttributedTo(e, ag) wasGeneratedBy(e, a) wasAssociatedWith(a, ag2)
    wasAssociatedWith(b, ag2) wasAttributedTo(other, ag) actedOnBehalfOf(ag2, ag)
"""


@pytest.mark.parametrize(
    ("agents", "met"),
    [
        (Agents.HIDE, {"e": 0, "a": 1}),
        (Agents.SHOW, {"e": 0, "a": 1, "ag": 1, "ag2": 2}),
        (Agents.WALK, {"e": 0, "a": 1, "ag": 1, "ag2": 2, "other": 2, "b": 3}),
    ],
)
def test_agents(archive: Services, agents: Agents, met: dict[str, int]) -> None:
    push(archive, prov(PEOPLE))
    answer = ask(archive, "e", agents=agents)
    assert depths(answer) == met
    assert set(steps(answer).values()) == {0}
    assert ("actedOnBehalfOf(ag2, ag)" in edges(answer)) == (agents is not Agents.HIDE)


def test_steps_through_an_agent_are_none(archive: Services) -> None:
    """Two paths of two relations: over the activity one step, over the agent none."""
    push(
        archive, prov("wasGeneratedBy(e, a) used(a, x) wasAttributedTo(e, g) wasAttributedTo(x, g)")
    )
    assert steps(ask(archive, "e", agents=Agents.WALK))["x"] == 0
    assert steps(ask(archive, "e"))["x"] == 1


def test_an_agent_alone_is_a_dead_end(archive: Services) -> None:
    push(archive, prov(PEOPLE))
    for direction in Direction:
        assert nodes(ask(archive, "ag", direction=direction)) == {"ag"}


def test_what_is_agent_and_entity_is_walked_through(archive: Services) -> None:
    """A program is an agent that was itself made."""
    push(archive, prov("agent(tool) wasAssociatedWith(a, tool) wasGeneratedBy(tool, build)"))
    answer = ask(archive, "a")
    assert depths(answer) == {"a": 0, "tool": 1, "build": 2}
    [tool] = [node for node in answer.nodes if node.id == EX + "tool"]
    assert (tool.kind, tool.kinds) == ("entity", ("entity", "agent"))


# -- configuration and descriptions

DESCRIBED = """
    wasGeneratedBy(e, a) used(a, in) wasConfiguredBy(a, cfg) wasAssociatedWith(a, ag, plan)
    isDescribedBy(a, adesc) isDescribedBy(e, edesc) isRelatedTo(udesc, adesc) isRelatedTo(adesc, x)
"""


@pytest.mark.parametrize(
    ("descriptions", "met"),
    [(0, set()), (1, {"adesc"}), (2, {"adesc", "edesc", "x"})],
)
def test_descriptions(archive: Services, descriptions: int, met: set[str]) -> None:
    push(archive, prov(DESCRIBED))
    plain = nodes(ask(archive, "e", parameters=False))
    assert plain == {"e", "a", "in", "ag"}
    answer = ask(archive, "e", parameters=False, descriptions=descriptions)
    assert nodes(answer) - plain == met


def test_a_plan_that_went_by_a_plan_itself_brings_it_along(archive: Services) -> None:
    push(archive, prov("wasAssociatedWith(a, -, plan) wasAssociatedWith(plan, -, older)"))
    found = ask(archive, "a")
    assert edges(found) == {
        "wasAssociatedWith(a, -, plan)",
        "wasAssociatedWith(plan, -, older)",
    }
    assert steps(found) == {"a": 0, "plan": 0, "older": 0}


def test_parameters_and_plans_cost_nothing(archive: Services) -> None:
    push(archive, prov(DESCRIBED))
    answer = ask(archive, "e")
    assert depths(answer) == {"e": 0, "a": 1, "in": 2, "ag": 2, "cfg": 1, "plan": 1}
    assert steps(answer) == {"e": 0, "a": 0, "in": 1, "ag": 0, "cfg": 0, "plan": 0}
    assert "wasAssociatedWith(a, -, plan)" in edges(answer)
    within = ask(archive, "e", bounds=Bounds(depth=1))
    assert depths(within) == {"e": 0, "a": 1, "cfg": 1, "plan": 1}


@pytest.mark.parametrize("start", ["cfg", "plan", "adesc"])
def test_from_configuration_forth_to_what_used_it(archive: Services, start: str) -> None:
    push(archive, prov(DESCRIBED))
    answer = ask(archive, start, direction=Direction.FORTH, parameters=False)
    assert nodes(answer) == {start, "a", "e", "ag"}
    assert nodes(ask(archive, start)) == {start}


def test_what_hangs_on_a_near_node_is_near(archive: Services) -> None:
    """The configuration of an activity where the walk stops, and of a farther one."""
    push(
        archive,
        prov(
            "activity(stop) wasDerivedFrom(root, e) wasGeneratedBy(e, far)"
            "wasGeneratedBy(root, stop) wasConfiguredBy(stop, cfg) wasConfiguredBy(far, cfg)",
            {"stop": {"prov:type": "STOP"}},
        ),
    )
    assert depths(ask(archive, "root", bounds=Bounds(stop=("STOP",))))["cfg"] == 1


# -- the same by the ProvSAP draft


def sap(archive: Services, *names: str, **question: Any) -> Lineage:  # noqa: ANN401  any option
    ids = tuple(EX + name for name in names)
    return archive.lineage.sap(SapQuestion(ids, **{"depth": None, **question}))


@pytest.mark.parametrize(("told", "late", "origin"), [row[:3] for row in TWO_WAYS[:4]])
def test_sap_processing_obeys_the_direction(
    archive: Services, told: str, late: str, origin: str
) -> None:
    push(archive, prov(told))
    assert depths(sap(archive, late)) == {late: 0, origin: 1}
    assert depths(sap(archive, origin, direction=Direction.FORTH)) == {late: 1, origin: 0}
    assert nodes(sap(archive, origin)) == {origin}
    assert nodes(sap(archive, late, direction=Direction.FORTH)) == {late}


@pytest.mark.parametrize(("told", "late", "origin"), [row[:3] for row in TWO_WAYS[4:7]])
def test_sap_shows_these_between_nodes_of_the_answer(
    archive: Services, told: str, late: str, origin: str
) -> None:
    push(archive, prov(told))
    for direction in (Direction.BACK, Direction.FORTH):
        assert nodes(sap(archive, late, direction=direction)) == {late}
        assert nodes(sap(archive, origin, direction=direction)) == {origin}
    assert edges(sap(archive, late, origin, depth=0)) == {told}


@pytest.mark.parametrize("direction", [Direction.BACK, Direction.FORTH])
@pytest.mark.parametrize(("name", "option"), [("hadMember", "members"), ("hadStep", "steps")])
def test_sap_goes_up_always_and_down_if_asked(
    archive: Services, direction: Direction, name: str, option: str
) -> None:
    push(archive, prov(f"{name}(whole, part)"))
    assert depths(sap(archive, "part", direction=direction)) == {"part": 0, "whole": 1}
    assert nodes(sap(archive, "whole", direction=direction)) == {"whole"}
    down = sap(archive, "whole", direction=direction, **{option: True})
    assert depths(down) == {"whole": 0, "part": 1}


@pytest.mark.parametrize("direction", [Direction.BACK, Direction.FORTH])
def test_sap_agents(archive: Services, direction: Direction) -> None:
    push(archive, prov("agent(ag) wasAttributedTo(e, ag) wasAttributedTo(f, ag)"))
    assert depths(sap(archive, "e", direction=direction)) == {"e": 0, "ag": 1}
    walked = sap(archive, "e", direction=direction, walk_agents=True)
    assert depths(walked) == {"e": 0, "ag": 1, "f": 2}
    assert nodes(sap(archive, "e", direction=direction, show_agents=False)) == {"e"}


def test_sap_configuration_and_descriptions(archive: Services) -> None:
    push(archive, prov(DESCRIBED))
    assert depths(sap(archive, "a", depth=0)) == {"a": 0, "cfg": 0, "plan": 0}
    assert nodes(sap(archive, "a", depth=0, configuration=False)) == {"a"}
    with_one = sap(archive, "e", configuration=False, descriptions=1)
    assert nodes(with_one) == {"e", "a", "in", "ag", "adesc"}
