"""Histories that are not straight: several makers, cycles, agents that are data, no level."""

from pathlib import Path

import pytest
from support.catalogue import EX, fresh, prov, push

from provstore.model.lineage import LineageQuestion
from provstore.web.history import History, Input, by_level

LEVEL = "cta:CTA PRODUCT DATA LEVELS"
LEVELS = {f"dl{number}": {LEVEL: f"DL{number}"} for number in range(6)}


def history_of(folder: Path, root: str, statements: str, **told: dict[str, object]) -> History:
    services = fresh(folder)
    document = prov(statements, {**LEVELS, **told}).replace(
        b'"ex": "http', b'"cta": "urn:x-provstore:cta:", "ex": "http'
    )
    push(services, document)
    lineage = services.lineage.ask(LineageQuestion((EX + root,)))
    services.close()
    return History(lineage)


def described(history: History, name: str) -> Input:
    return history.described(history.nodes[EX + name])


def test_a_cycle_ends(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "b",
        "entity(a) entity(b) activity(x) activity(y)"
        "wasGeneratedBy(b, y) used(y, a) wasGeneratedBy(a, x) used(x, b) used(x, x)",
    )
    assert [program.name for program in described(history, "a").programs] == ["x", "y"]
    assert [node.name for node in history.inputs()[1]] == ["a"]


def test_a_file_with_two_makers_lists_both(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "dl4",
        "entity(dl3) entity(dl4) activity(fit) activity(one) activity(two)"
        "wasGeneratedBy(dl4, fit) used(fit, dl3)"
        "wasGeneratedBy(dl3, one) wasGeneratedBy(dl3, two)",
    )
    assert sorted(program.name for program in described(history, "dl3").programs) == ["one", "two"]


def test_activities_that_are_only_mentioned_are_no_programs(tmp_path: Path) -> None:
    history = history_of(
        tmp_path, "dl4", "entity(dl4) entity(dl3) wasGeneratedBy(dl4, fit) used(fit, dl3)"
    )
    assert history.uses() == []


def test_a_derivation_leads_on(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "dl4",
        "entity(dl4) entity(dl3) entity(dl2) activity(reco)"
        "wasDerivedFrom(dl4, dl3) wasDerivedFrom(dl3, dl2) wasGeneratedBy(dl2, reco)",
    )
    level, inputs = history.inputs()
    assert (level, [node.name for node in inputs]) == ("DL3", ["dl3"])
    assert [tuple(program) for program in described(history, "dl3").programs] == [
        ("reco", None, "DL2")
    ]


@pytest.mark.parametrize(("root", "level"), [("dl4", "DL3"), ("plain", "DL3"), ("dl3b", None)])
def test_dl3_is_looked_for_above_it_only(tmp_path: Path, root: str, level: str | None) -> None:
    history = history_of(
        tmp_path,
        root,
        f"entity({root}) entity(dl3) wasDerivedFrom({root}, dl3)",
        dl3b={LEVEL: "DL3"},
    )
    assert history.inputs()[0] == level


def test_a_program_that_makes_two_levels_is_named_by_the_higher(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "dl3",
        "entity(dl1) entity(dl2) entity(dl3) activity(reco) activity(select)"
        "wasGeneratedBy(dl1, reco) wasGeneratedBy(dl2, reco)"
        "wasGeneratedBy(dl3, select) used(select, dl1) used(select, dl2)",
    )
    assert [tuple(use.program) for use in history.uses()] == [
        ("select", None, "DL3"),
        ("reco", None, "DL2"),
    ]


def test_levels_are_counted_highest_first_and_unknown_last(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "dl4",
        "entity(dl4) entity(dl3) entity(dl0) entity(note)"
        "wasDerivedFrom(dl4, dl3) wasDerivedFrom(dl4, dl0) wasDerivedFrom(dl4, note)",
    )
    assert by_level(history.nodes.values()) == [
        ("DL4", 1),
        ("DL3", 1),
        ("DL0", 1),
        ("unknown", 1),
    ]


def test_a_configuration_file_is_a_setting(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        "out",
        "entity(out) entity(file) activity(fit) wasGeneratedBy(out, fit)wasConfiguredBy(fit, file)",
        file={"prov:label": "fit.yaml"},
    )
    [use] = history.uses()
    assert use.settings == [("configuration file", [("fit.yaml", 1)])]
    assert not use.settings[0].differs
