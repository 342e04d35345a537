"""Where a walk ends: depth, steps, stops, limits; and what it says of the record beyond."""

import pytest
from support.catalogue import EX, ask, depths, edges, nodes, prov, push, steps

from provstore.factory import Services
from provstore.model.lineage import Bounds, Direction, LineageQuestion, SapQuestion, Via

# Three derivations (3 relations, 3 steps) beside used-generated twice (4 relations, 2 steps).
MIXED = """
    wasDerivedFrom(out, x) wasDerivedFrom(x, y) wasDerivedFrom(y, in)
    wasGeneratedBy(out, b) used(b, mid) wasGeneratedBy(mid, a) used(a, in)
"""


def test_depth_and_steps_are_least_by_themselves(archive: Services) -> None:
    push(archive, prov(MIXED))
    answer = ask(archive, "out")
    assert depths(answer) == {"out": 0, "x": 1, "b": 1, "y": 2, "mid": 2, "in": 3, "a": 3}
    assert steps(answer) == {"out": 0, "x": 1, "b": 0, "y": 2, "mid": 1, "in": 2, "a": 1}


def test_within_steps(archive: Services) -> None:
    push(archive, prov(MIXED))
    assert nodes(ask(archive, "out", bounds=Bounds(steps=0))) == {"out", "b"}
    one = ask(archive, "out", bounds=Bounds(steps=1))
    assert steps(one) == {"out": 0, "b": 0, "x": 1, "mid": 1, "a": 1}
    assert depths(one) == {"out": 0, "b": 1, "x": 1, "mid": 2, "a": 3}
    two = ask(archive, "out", bounds=Bounds(steps=2))
    assert steps(two)["in"] == 2
    assert depths(two)["in"] == 4  # the derivation of it would be a third step
    assert two.cut is None


def test_within_depth_the_other_distance_is_that_within_the_answer(archive: Services) -> None:
    push(archive, prov(MIXED))
    answer = ask(archive, "out", bounds=Bounds(depth=3))
    assert depths(answer)["in"] == 3
    assert steps(answer)["in"] == 3
    assert "used(a, in)" not in edges(answer)


LEVELS: dict[str, dict[str, object]] = {
    "dl4": {"cta:CTA PRODUCT DATA LEVELS": "DL4"},
    "dl3": {"cta:CTA PRODUCT DATA LEVELS": "DL3"},
    "dl2": {"cta:CTA PRODUCT DATA LEVELS": "DL2"},
    "fit": {"prov:label": "spectrum fit"},
    "reco": {"prov:label": "reconstruction"},
    "table": {"prov:type": {"$": "voprov:DatasetEntity", "type": "prov:QUALIFIED_NAME"}},
}
CHAIN = """
    entity(dl4) entity(dl3) entity(dl2) activity(fit) activity(reco) entity(table)
    wasGeneratedBy(dl4, fit) used(fit, dl3) used(fit, table)
    wasGeneratedBy(dl3, reco) used(reco, dl2) wasGeneratedBy(table, make)
"""


def chain() -> bytes:
    """Of data levels, with the prefix that the attribute needs."""
    plain = prov(CHAIN, LEVELS)
    return plain.replace(b'"prefix": {', b'"prefix": {"cta": "urn:x-provstore:cta:", ')


@pytest.mark.parametrize(
    ("stop", "met"),
    [
        ("DL3", {"dl4", "fit", "dl3", "table", "make"}),
        ("DatasetEntity", {"dl4", "fit", "dl3", "table", "reco", "dl2"}),
        ("reconstruction", {"dl4", "fit", "dl3", "table", "make", "reco"}),
        ("spectrum fit", {"dl4", "fit"}),
        ("dl3", {"dl4", "fit", "dl3", "table", "make", "reco", "dl2"}),
    ],
    ids=["level", "type", "activity", "the next", "no name of an entity"],
)
def test_stops_are_in_the_answer(archive: Services, stop: str, met: set[str]) -> None:
    push(archive, chain())
    answer = ask(archive, "dl4", bounds=Bounds(stop=(stop,)))
    assert nodes(answer) == met
    assert answer.cut is None


def test_several_stops(archive: Services) -> None:
    push(archive, chain())
    answer = ask(archive, "dl4", bounds=Bounds(stop=("DL3", "DatasetEntity")))
    assert nodes(answer) == {"dl4", "fit", "dl3", "table"}


def test_a_root_that_is_a_stop_is_walked_from(archive: Services) -> None:
    push(archive, chain())
    answer = ask(archive, "dl3", bounds=Bounds(stop=("DL3",)))
    assert nodes(answer) == {"dl3", "reco", "dl2"}


def test_a_level_that_only_the_description_tells_stops(archive: Services) -> None:
    push(
        archive,
        prov(
            "wasGeneratedBy(out, a) used(a, in) entity(in) wasGeneratedBy(in, b)"
            "isDescribedBy(in, desc) entity(desc)",
            {"desc": {"voprov:name": "DL3 event list"}},
        ),
    )
    answer = ask(archive, "out", bounds=Bounds(stop=("DL3",)))
    assert nodes(answer) == {"out", "a", "in"}
    [node] = [node for node in answer.nodes if node.id == EX + "in"]
    assert (node.level, node.level_from) == ("DL3", "description")


# -- limits

STAR = "wasGeneratedBy(out, a) " + " ".join(f"used(a, in{n})" for n in range(10))


def test_a_limit_keeps_the_nearest_and_says_so(archive: Services) -> None:
    push(archive, prov(STAR))
    answer = ask(archive, "out", bounds=Bounds(limit=5))
    assert nodes(answer) == {"out", "a", "in0", "in1", "in2"}
    assert edges(answer) == {
        "wasGeneratedBy(out, a)",
        "used(a, in0)",
        "used(a, in1)",
        "used(a, in2)",
    }
    assert answer.cut == "limit=5"
    assert [node.complete for node in answer.nodes] == [False] * 5


def test_a_limit_that_is_just_enough_does_not_cut(archive: Services) -> None:
    push(archive, prov(STAR))
    answer = ask(archive, "out", bounds=Bounds(limit=12))
    assert len(answer.nodes) == 12
    assert answer.cut is None


@pytest.mark.parametrize("direction", [Direction.BACK, Direction.BOTH])
def test_configuration_counts_towards_the_limit(archive: Services, direction: Direction) -> None:
    parameters = " ".join(f"wasConfiguredBy(a, p{n})" for n in range(10))
    push(archive, prov("wasGeneratedBy(out, a) used(a, in)" + parameters))
    answer = ask(archive, "out", direction=direction, bounds=Bounds(limit=4))
    assert len(answer.nodes) == 4
    assert {"out", "a"} < nodes(answer)
    assert answer.cut == "limit=4"


def test_both_ways_share_the_limit(archive: Services) -> None:
    push(
        archive,
        prov("wasDerivedFrom(c, b) wasDerivedFrom(b, a) wasDerivedFrom(d, c) wasDerivedFrom(e, d)"),
    )
    answer = ask(archive, "c", direction=Direction.BOTH, bounds=Bounds(limit=3))
    assert nodes(answer) == {"c", "b", "d"}
    assert answer.cut == "limit=3"


# -- the record

RECORD = """
    entity(good) wasGeneratedBy(good, g1) used(g1, raw) entity(raw)
    entity(bad) wasGeneratedBy(bad, b1) used(b1, made) wasGeneratedBy(made, b2) used(b2, lost)
    entity(lost) wasGeneratedBy(both, b3) used(b3, good) used(b3, bad)
"""
RAW = {"raw": {"prov:type": "DL0"}}


def completeness(archive: Services, *names: str, **question: object) -> dict[str, bool | None]:
    answer = ask(archive, *names, **question)
    return {node.id.removeprefix(EX): node.complete for node in answer.nodes}


def test_a_record_is_complete_down_to_raw_data(archive: Services) -> None:
    push(archive, prov(RECORD, RAW))
    assert completeness(archive, "good") == {"good": True, "g1": True, "raw": True}
    assert completeness(archive, "both") == {
        **dict.fromkeys(["good", "g1", "raw"], True),
        **dict.fromkeys(["both", "b3", "bad", "b1", "made", "b2", "lost"], False),
    }


@pytest.mark.parametrize(
    "question",
    [
        {"bounds": Bounds(depth=0)},
        {"bounds": Bounds(depth=2)},
        {"bounds": Bounds(steps=0)},
        {"bounds": Bounds(steps=1)},
        {"bounds": Bounds(stop=("Entity",))},
        {"via": Via.ACTIVITY},
        {"via": Via.DERIVATION},
        {"direction": Direction.FORTH},
        {"direction": Direction.BOTH},
        {"direction": Direction.BOTH, "bounds": Bounds(steps=1)},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["good", "bad", "both", "made"])
def test_completeness_does_not_depend_on_how_one_asks(
    archive: Services, name: str, question: dict[str, object]
) -> None:
    push(archive, prov(RECORD, RAW))
    whole = completeness(archive, "both")
    asked = completeness(archive, name, **question)
    assert asked == {node: whole[node] for node in asked}


def test_what_was_derived_from_an_unknown_thing_is_incomplete_whatever_is_followed(
    archive: Services,
) -> None:
    push(archive, prov("wasGeneratedBy(e, a) wasDerivedFrom(e, x)"))
    assert completeness(archive, "e", via=Via.ACTIVITY) == {"e": False, "a": True}


def test_a_generation_without_activity_is_no_record(archive: Services) -> None:
    push(archive, prov("entity(e) wasGeneratedBy(e, -)"))
    assert completeness(archive, "e") == {"e": False}
    assert [gap.id for gap in archive.lineage.gaps().items] == [EX + "e"]


def test_configuration_and_agents_are_no_gap(archive: Services) -> None:
    push(
        archive,
        prov(
            "entity(cfg) entity(plan) agent(ag) wasConfiguredBy(a, cfg) used(a, raw)"
            "wasAssociatedWith(a, ag, plan) entity(raw) activity(a)",
            RAW,
        ),
    )
    assert completeness(archive, "a") == dict.fromkeys(["a", "raw", "cfg", "plan", "ag"], True)
    assert archive.lineage.gaps().total == 0


def test_a_late_generation_completes_and_its_retraction_does_not(archive: Services) -> None:
    push(archive, prov(RECORD, RAW))
    [late] = push(archive, prov("wasGeneratedBy(lost, found) used(found, raw)"))
    assert completeness(archive, "both")["both"] is True
    archive.ingest.retract(late.id)
    assert completeness(archive, "both")["both"] is False


# -- the figure of the ProvSAP draft (September 2017), and the vectors of django-prov_vo

FIGURE = """
    used(A1, E1) used(A4, E2) used(A4, E3) used(A4, C1) used(A5, E6) used(AF1, E6) used(A6, E10)
    used(A7, C3)
    wasGeneratedBy(E2, A1) wasGeneratedBy(E3, A2) wasGeneratedBy(C1, A3) wasGeneratedBy(E6, A4)
    wasGeneratedBy(C2, A4) wasGeneratedBy(E10, A5) wasGeneratedBy(C3, A5)
    wasDerivedFrom(E6, E2) wasDerivedFrom(E2, E1) wasInformedBy(A6, A5)
    hadMember(C2, E6) hadMember(C2, E7) hadMember(C2, E8) hadMember(C2, E9)
    hadMember(C1, E4) hadMember(C1, E5) hadMember(C3, E11) hadMember(C3, C4) hadMember(C3, E12)
    hadStep(AF1, A5) hadStep(AF1, A6)
    wasAssociatedWith(A4, Ag2) wasAttributedTo(E6, Ag3) wasAssociatedWith(A3, Ag1)
    wasAssociatedWith(A7, Ag4)
"""


def sap(archive: Services, name: str, **question: object) -> tuple[set[str], set[str]]:
    answer = archive.lineage.sap(SapQuestion((EX + name,), **question))  # type: ignore[arg-type]  # each case has its own options
    return nodes(answer), edges(answer)


def test_the_worked_figure_of_the_draft(archive: Services) -> None:
    """As highlighted there, and A1, which is two relations away over the derivation.

    The draft's figure leaves A1 out, against its own rule; a breadth-first walk has it.
    """
    push(archive, prov(FIGURE))
    met, told = sap(archive, "E6", depth=2)
    assert met == {"E6", "A4", "E2", "E3", "C1", "E1", "C2", "Ag2", "Ag3", "A1"}
    assert told == {
        "wasGeneratedBy(E6, A4)",
        "wasDerivedFrom(E6, E2)",
        "wasDerivedFrom(E2, E1)",
        "wasGeneratedBy(E2, A1)",
        "used(A4, E2)",
        "used(A4, E3)",
        "used(A4, C1)",
        "wasGeneratedBy(C2, A4)",
        "hadMember(C2, E6)",
        "wasAttributedTo(E6, Ag3)",
        "wasAssociatedWith(A4, Ag2)",
    }


VECTORS = """
    wasGeneratedBy(dr4, act) used(act, obs) wasAssociatedWith(act, org)
    wasAttributedTo(dr4, org) hadStep(flow, act) hadMember(all, dr4)
"""


@pytest.mark.parametrize(
    ("name", "question", "met", "told"),
    [
        ("act", {"depth": 0}, {"act"}, set()),
        ("org", {"depth": 1}, {"org"}, set()),
        (
            "org",
            {"depth": 1, "walk_agents": True},
            {"org", "act", "dr4"},
            {"wasAssociatedWith(act, org)", "wasAttributedTo(dr4, org)"},
        ),
        (
            "act",
            {"depth": 1},
            {"act", "flow", "obs", "org"},
            {"used(act, obs)", "wasAssociatedWith(act, org)", "hadStep(flow, act)"},
        ),
        ("all", {"depth": 1}, {"all"}, set()),
        ("all", {"depth": 1, "members": True}, {"all", "dr4"}, {"hadMember(all, dr4)"}),
    ],
)
def test_vectors(
    archive: Services, name: str, question: dict[str, object], met: set[str], told: set[str]
) -> None:
    push(archive, prov(VECTORS))
    assert sap(archive, name, **question) == (met, told)


# -- large and odd shapes


def jobs(count: int) -> str:
    return " ".join(f"wasGeneratedBy(e{n}, a{n}) used(a{n}, e{n - 1})" for n in range(1, count + 1))


@pytest.mark.parametrize("count", [200, 1000])
def test_a_chain_of_jobs(archive: Services, count: int) -> None:
    push(archive, prov(jobs(count)))
    answer = ask(archive, f"e{count}")
    assert len(answer.nodes) == 2 * count + 1
    assert depths(answer) == {
        **{f"e{n}": 2 * (count - n) for n in range(count + 1)},
        **{f"a{n}": 2 * (count - n) + 1 for n in range(1, count + 1)},
    }
    assert steps(answer)["e0"] == count
    assert len(answer.edges) == 2 * count
    forth = ask(archive, "e0", direction=Direction.FORTH)
    assert steps(forth)[f"e{count}"] == count
    assert depths(forth)[f"e{count}"] == 2 * count


@pytest.mark.parametrize("count", [11, 100])
def test_diamonds(archive: Services, count: int) -> None:
    """On each level two activities use one file, and a third joins what they make: 2^n paths."""
    level = (
        "wasGeneratedBy(e{n}, j{n}) used(j{n}, l{n}) used(j{n}, r{n}) wasGeneratedBy(l{n}, la{n})"
        "wasGeneratedBy(r{n}, ra{n}) used(la{n}, e{m}) used(ra{n}, e{m}) "
    )
    push(archive, prov("".join(level.format(n=n, m=n - 1) for n in range(1, count + 1))))
    answer = ask(archive, f"e{count}")
    assert len(answer.nodes) == 6 * count + 1
    assert len(answer.edges) == 7 * count
    assert (depths(answer)["e0"], steps(answer)["e0"]) == (4 * count, 2 * count)


def test_diamonds_of_derivations_by_steps(archive: Services) -> None:
    told = "wasDerivedFrom(e{n}, l{n}) wasDerivedFrom(e{n}, r{n}) wasDerivedFrom(l{n}, e{m}) "
    told += "wasDerivedFrom(r{n}, e{m}) "
    push(archive, prov("".join(told.format(n=n, m=n - 1) for n in range(1, 101))))
    answer = ask(archive, "e100", bounds=Bounds(steps=199))
    assert len(answer.nodes) == 300
    assert steps(ask(archive, "e100"))["e0"] == 200


def test_fan_in_and_fan_out(archive: Services) -> None:
    push(archive, prov(" ".join(f"used(a, in{n}) wasGeneratedBy(out{n}, a)" for n in range(1000))))
    back = ask(archive, "out0")
    assert len(back.nodes) == 1002
    assert set(depths(back).values()) == {0, 1, 2}
    forth = ask(archive, "in0", direction=Direction.FORTH)
    assert len(forth.nodes) == 1002
    assert steps(forth)["out999"] == 1


def test_a_self_loop_and_a_cycle(archive: Services) -> None:
    """A tool rewrites a file in place; two files are said to come from one another."""
    push(archive, prov("used(tool, f) wasGeneratedBy(f, tool) wasDerivedFrom(f, f)"))
    assert depths(ask(archive, "f")) == {"f": 0, "tool": 1}
    assert steps(ask(archive, "f", direction=Direction.BOTH)) == {"f": 0, "tool": 0}
    push(archive, prov("wasDerivedFrom(x, y) wasDerivedFrom(y, x)"))
    answer = ask(archive, "x")
    assert depths(answer) == {"x": 0, "y": 1}
    assert edges(answer) == {"wasDerivedFrom(x, y)", "wasDerivedFrom(y, x)"}


def test_several_roots(archive: Services) -> None:
    push(archive, prov(jobs(3)))
    answer = archive.lineage.ask(LineageQuestion((EX + "e3", EX + "a2")))
    assert depths(answer) == {"e3": 0, "a2": 0, "a3": 1, "e1": 1, "e2": 2, "a1": 2, "e0": 3}
    assert steps(answer) == {"e3": 0, "a2": 0, "a3": 0, "e1": 1, "e2": 1, "a1": 1, "e0": 2}


def test_use_in_two_roles_is_two_relations(archive: Services) -> None:
    push(archive, prov("used(a, e) [prov:role=dark] used(a, e) [prov:role=flat]"))
    answer = ask(archive, "a")
    assert sorted(str(edge.role) for edge in answer.edges) == ["dark", "flat"]
