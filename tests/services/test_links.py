"""What a dataset leads to: which relations count as one step, and what too much of them does."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catalogue import EX, fresh, prov, push, short

from provstore.factory import Services
from provstore.model.identifiers import VOPROV
from provstore.model.links import Fault, Links, Neighbours
from provstore.services.links import LinkLimits, LinkService


@pytest.fixture
def services(tmp_path: Path, engine: str) -> Iterator[Services]:
    del engine
    services = fresh(tmp_path)
    yield services
    services.close()


def link(services: Services, name: str) -> Links:
    [found] = services.links.find([EX + name]).items
    assert found.fault is None
    return found


def names(found: Neighbours) -> list[str]:
    assert not found.is_cut
    return [short(linked.node.id) for linked in found.shown]


def limited(services: Services, limits: LinkLimits) -> LinkService:
    return LinkService(services._database, services.lineage._graph, limits)


CHAIN = (
    "entity(raw) entity(dl1) entity(log) entity(dl2) entity(dl3)"
    "activity(r1) activity(r2) activity(r3)"
    "used(r1, raw) [prov:role=input] wasGeneratedBy(dl1, r1) [prov:role=events]"
    "wasGeneratedBy(log, r1) used(r2, dl1) wasGeneratedBy(dl2, r2)"
    "used(r3, dl2) wasGeneratedBy(dl3, r3)"
)


def test_one_step_and_no_more(services: Services) -> None:
    push(services, prov(CHAIN))
    found = link(services, "dl1")
    assert names(found.progenitors) == ["raw"]
    assert names(found.derivations) == ["dl2"]
    assert names(found.coderived) == ["log"]
    [raw] = found.progenitors.shown
    assert (raw.activity and short(raw.activity.id), raw.role) == ("r1", "input")
    [events] = link(services, "log").coderived.shown
    assert (short(events.node.id), events.role) == ("dl1", "events")


def test_a_derivation_without_an_activity_is_a_step(services: Services) -> None:
    push(services, prov("entity(a) entity(b) entity(c) wasDerivedFrom(b, a) wasDerivedFrom(c, b)"))
    found = link(services, "b")
    assert (names(found.progenitors), names(found.derivations)) == (["a"], ["c"])
    assert [linked.activity for linked in found.derivations.shown] == [None]
    assert names(found.coderived) == []


def test_a_file_that_was_made_twice_has_the_siblings_of_both(services: Services) -> None:
    told = "".join(
        f"activity(a{n}) wasGeneratedBy(e, a{n}) wasGeneratedBy(s{n}, a{n})" for n in "12"
    )
    push(services, prov("entity(e) entity(s1) entity(s2)" + told))
    assert names(link(services, "e").coderived) == ["s1", "s2"]


def test_a_file_that_is_rewritten_in_place_ends_no_walk(services: Services) -> None:
    push(services, prov("entity(e) activity(a) used(a, e) wasGeneratedBy(e, a)"))
    found = link(services, "e")
    assert [names(g) for g in (found.progenitors, found.derivations, found.coderived)] == [[]] * 3


def test_parameters_and_agents_are_no_datasets(services: Services) -> None:
    told = prov(
        "entity(out) entity(config) activity(a) agent(who) wasGeneratedBy(out, a)"
        "wasAssociatedWith(a, who) wasConfiguredBy(a, config)",
        {"config": {"prov:type": {"$": "voprov:ConfigFile", "type": "prov:QUALIFIED_NAME"}}},
    )
    push(services, told)
    assert names(link(services, "out").progenitors) == []
    assert names(link(services, "config").derivations) == ["out"]


@pytest.mark.parametrize(
    "told",
    [
        "[prov:role=preview]",
        "[prov:role=Preview]",
        "[prov:type=Preview]",
        "[voprov:type=Preview]",
    ],
)
def test_what_was_made_to_be_looked_at_first(services: Services, told: str) -> None:
    made = f"wasGeneratedBy(map, a) wasGeneratedBy(png, a) {told}"
    push(services, prov("entity(map) entity(png) activity(a)" + made))
    assert [one.is_preview for one in link(services, "map").coderived.shown] == [True]
    assert [one.is_preview for one in link(services, "png").coderived.shown] == [False]


def test_what_its_description_calls_a_preview(services: Services) -> None:
    told = json.loads(
        prov("entity(map) entity(png) activity(a) wasGeneratedBy(map, a) wasGeneratedBy(png, a)")
    )
    told["prefix"]["voprov"] = VOPROV
    for generation in told["wasGeneratedBy"].values():
        if generation["prov:entity"] == "ex:png":
            generation["voprov:descriptor"] = {"$": "ex:gd", "type": "prov:QUALIFIED_NAME"}
    told["generationDescription"] = {"ex:gd": {"voprov:role": "image", "voprov:type": "Preview"}}
    push(services, json.dumps(told).encode())
    assert [one.is_preview for one in link(services, "map").coderived.shown] == [True]
    assert [one.is_preview for one in link(services, "png").coderived.shown] == [False]


def test_a_member_leads_to_what_made_its_collection(services: Services) -> None:
    push(
        services,
        prov(
            "entity(in) entity(all) entity(part) activity(a) used(a, in)"
            "wasGeneratedBy(all, a) hadMember(all, part)"
        ),
    )
    part, whole = link(services, "part"), link(services, "all")
    assert (names(part.progenitors), names(whole.progenitors)) == (["in"], ["in"])
    assert (names(part.derivations), names(whole.derivations)) == ([], [])


def test_what_another_activity_made_is_no_sibling(services: Services) -> None:
    push(
        services,
        prov(
            "entity(e) entity(f) entity(all) activity(a) activity(pack) wasGeneratedBy(e, a)"
            "wasGeneratedBy(f, a) used(pack, f) wasGeneratedBy(all, pack) hadMember(all, f)"
        ),
    )
    assert names(link(services, "e").coderived) == ["f"]


def test_too_many_of_one_relation_are_not_listed_in_part(services: Services) -> None:
    push(
        services,
        prov(
            "entity(e) activity(a) used(a, e)"
            + "".join(f"wasGeneratedBy(f{n}, a)" for n in range(4))
        ),
    )
    four = limited(services, LinkLimits(links=4)).find([EX + "e"])
    assert names(four.items[0].derivations) == ["f0", "f1", "f2", "f3"]
    three = limited(services, LinkLimits(links=3)).find([EX + "e"])
    assert (three.items[0].derivations, three.is_cut) == (Neighbours(is_cut=True), False)
    walked = limited(services, LinkLimits(walked=3)).find([EX + "e"])
    assert walked.items[0].derivations == Neighbours(is_cut=True)


def test_identifiers_beyond_a_limit_are_left_out_whole(services: Services) -> None:
    push(services, prov(CHAIN))
    asked = [EX + "dl1", EX + "dl2", "nothing", EX + "dl3"]
    for limits, kept in (
        (LinkLimits(), 4),
        (LinkLimits(ids=4), 4),
        (LinkLimits(ids=3), 3),
        (LinkLimits(total=1), 1),  # dl1 has four links, itself among them
        (LinkLimits(total=4), 1),
        (LinkLimits(total=5), 2),
        (
            LinkLimits(total=10, links=9, walked=1),
            1,
        ),  # not listed counts as full
    ):
        found = limited(services, limits).find(asked)
        assert [one.asked for one in found.items] == asked[:kept]
        assert found.is_cut is (kept < 4)


def test_what_is_unknown_and_what_is_several(services: Services) -> None:
    located = {name: {"prov:location": f"/data/{name}/x.fits"} for name in ("a", "b")}
    push(services, prov("entity(a) entity(b)", located))
    unknown, several = services.links.find(["nothing", "x.fits"]).items
    assert (unknown.fault, unknown.message) == (
        Fault.NOT_FOUND,
        "nothing is known under 'nothing'",
    )
    assert (several.fault, several.message) == (
        Fault.USAGE,
        f"this is a name of 2 things: {EX}a, {EX}b",
    )


def test_a_name_of_very_many_things_is_a_fault_of_its_own(services: Services) -> None:
    every = [f"e{number}" for number in range(101)]
    located = {name: {"prov:location": f"/data/{name}/x.fits"} for name in every}
    push(services, prov("".join(f"entity({name})" for name in every), located))
    many, one = services.links.find(["x.fits", EX + "e7"]).items
    assert many.fault is Fault.USAGE
    assert one.fault is None
