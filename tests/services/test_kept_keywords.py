"""What datasets inherit: from everything upstream, whatever the order, whatever is taken back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.catalogue import EX, fresh, push
from support.engines import settings
from support.inherited import inherited, prov

from provstore import factory
from provstore.factory import Services

RULES = """
[[keyword]]
name = "calib"
[[keyword.from]]
activity = "calibrate*"
version = true

[[keyword]]
name = "reco"
type = "version"
[[keyword.from]]
activity = "process"
version = true
level = "DL2"

[[keyword]]
name = "cuts"
[[keyword.from]]
activity = "select"
parameter = "cuts"
[[keyword.from]]
attribute = "cuts"

[[keyword]]
name = "method"
most_values = 2
[[keyword.from]]
activity = "process"
parameter = "method"

[[keyword]]
name = "operator"
[[keyword.from]]
activity = "*"
agent = "operator"

[[keyword]]
name = "setup"
[[keyword.from]]
activity = "process"
configuration = true

[[source]]
name = "*.catalogue"
"""
PRODUCT = "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
RAW = {"voprov:datalevel": "DL0"}


@pytest.fixture(name="folder")
def _folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.toml").write_text(RULES)
    return tmp_path


@pytest.fixture(name="services")
def _services(folder: Path) -> Iterator[Services]:
    services = fresh(folder, keywords_file=folder / "rules.toml")
    yield services
    services.close()


def ivoa(name: str) -> dict[str, str]:
    """An IVOA class as a type."""
    return {"$": f"voprov:{name}", "type": "prov:QUALIFIED_NAME"}


def process(number: int, version: str = "1.0", **more: str) -> dict[str, dict[str, str]]:
    told = {"prov:label": "process", "voprov:version": version}
    return {f"p{number}": told | {f"param:{name}": value for name, value in more.items()}}


CALIBRATION = prov(
    "entity(raw) entity(coeff) activity(c1) wasGeneratedBy(coeff, c1) used(c1, raw)",
    {"raw": RAW, "c1": {"prov:label": "calibrate-camera", "voprov:version": "7"}},
)
RECONSTRUCTION = prov(
    "entity(dl2) activity(p1) used(p1, coeff) wasGeneratedBy(dl2, p1)",
    {"dl2": {"voprov:datalevel": "DL2"}, **process(1)},
)
SELECTION = prov(
    "entity(dl3) activity(s1) used(s1, dl2) wasGeneratedBy(dl3, s1)",
    {"s1": {"prov:label": "select", "param:cuts": "loose"}},
)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_a_dataset_inherits_from_everything_upstream(
    services: Services, folder: Path, order: tuple[int, ...]
) -> None:
    documents = (CALIBRATION, RECONSTRUCTION, SELECTION)
    push(services, *(documents[number] for number in order))
    found = inherited(folder)
    assert found["raw"] == set()
    assert found["coeff"] == {"calib=7"}
    assert found["dl2"] == {"calib=7", "reco=1.0"}
    assert found["dl3"] == {"calib=7", "reco=1.0", "cuts=loose"}
    assert services.maintenance.doctor() == []


def test_what_is_not_told_yet_makes_the_record_incomplete(services: Services, folder: Path) -> None:
    push(services, SELECTION)
    assert inherited(folder)["dl3"] == {"cuts=loose", "incomplete"}
    push(services, RECONSTRUCTION)
    assert inherited(folder)["dl3"] == {"cuts=loose", "reco=1.0", "incomplete"}
    push(services, CALIBRATION)
    assert "incomplete" not in inherited(folder)["dl3"]


def test_a_level_keeps_the_stages_of_a_program_apart(services: Services, folder: Path) -> None:
    push(
        services,
        prov(
            "entity(dl1) entity(dl2) activity(p1) activity(p2) used(p2, dl1) "
            "wasGeneratedBy(dl1, p1) wasGeneratedBy(dl2, p2)",
            {
                "dl1": {"voprov:datalevel": "DL1"},
                "dl2": {"voprov:datalevel": "DL2"},
                **process(1, "0.9"),
                **process(2, "0.19"),
            },
        ),
    )
    found = inherited(folder)
    assert found["dl1"] == set()
    assert found["dl2"] == {"reco=0.19"}
    assert found["p2"] == set()


def test_the_activity_is_described_later_than_its_product(services: Services, folder: Path) -> None:
    push(
        services,
        prov(
            "entity(dl2) entity(dl3) wasGeneratedBy(dl2, p1) wasGeneratedBy(dl3, s1) used(s1, dl2)",
            {"dl2": {"voprov:datalevel": "DL2"}},
        ),
    )
    assert inherited(folder)["dl3"] == set()
    push(services, prov("activity(p1)", process(1, "0.19")))
    assert inherited(folder)["dl3"] == {"reco=0.19"}


def test_parameters_agents_and_configuration(services: Services, folder: Path) -> None:
    push(
        services,
        prov(
            "activity(p1) agent(ada) agent(bob) entity(method) entity(file) "
            "wasAssociatedWith(p1, ada) [prov:role=operator] wasAssociatedWith(p1, bob) "
            "wasConfiguredBy(p1, method) wasConfiguredBy(p1, file) wasGeneratedBy(dl4, p1)",
            {
                **process(1),
                "ada": {"prov:label": "Ada"},
                "bob": {"prov:label": "Bob"},
                "method": {
                    "prov:type": ivoa("Parameter"),
                    "voprov:name": "method",
                    "voprov:value": "ImPACT",
                },
                "file": {"prov:type": ivoa("ConfigFile"), "voprov:name": "stereo.json"},
            },
        ),
    )
    assert inherited(folder)["dl4"] >= {"method=ImPACT", "operator=Ada", "setup=stereo.json"}
    assert "operator=Bob" not in inherited(folder)["dl4"]
    push(services, prov("agent(ada)", {"ada": {"prov:label": "Ada", "foaf:mbox": "a@b.c"}}))
    assert services.maintenance.doctor() == []


def test_a_member_inherits_from_the_maker_of_its_collection_and_no_sibling(
    services: Services, folder: Path
) -> None:
    push(
        services,
        prov(
            "entity(set) entity(one) entity(two) activity(c1) wasGeneratedBy(set, c1) "
            "hadMember(set, one) hadMember(set, two)",
            {
                "c1": {"prov:label": "calibrate", "voprov:version": "7"},
                "two": {"voprov:cuts": "tight"},
            },
        ),
    )
    found = inherited(folder)
    assert found["one"] == {"calib=7"}
    assert found["two"] == found["set"] == {"calib=7", "cuts=tight"}
    push(services, prov("entity(one)", {"one": {"voprov:cuts": "loose"}}))
    assert inherited(folder)["set"] == {"calib=7", "cuts=tight", "cuts=loose"}
    assert inherited(folder)["two"] == {"calib=7", "cuts=tight"}


def test_a_known_file_inherits_from_the_maker_of_a_new_collection(
    services: Services, folder: Path
) -> None:
    push(services, prov("entity(one) activity(s1) used(s1, one) wasGeneratedBy(dl3, s1)"))
    assert inherited(folder)["dl3"] == {"incomplete"}
    receipts = push(
        services,
        prov(
            "entity(set) activity(c1) wasGeneratedBy(set, c1) hadMember(set, one)",
            {"c1": {"prov:label": "calibrate", "voprov:version": "7"}},
        ),
    )
    assert inherited(folder)["dl3"] == {"calib=7"}
    services.ingest.retract(receipts[0].id)
    assert inherited(folder)["dl3"] == {"incomplete"}


def test_names_of_one_thing_inherit_together(services: Services, folder: Path) -> None:
    made = prov(
        "entity(a) activity(c1) wasGeneratedBy(a, c1)",
        {
            "a": {"voprov:product_id": PRODUCT},
            "c1": {"prov:label": "calibrate", "voprov:version": "7"},
        },
    )
    used = prov(
        "entity(b) activity(s1) used(s1, b) wasGeneratedBy(dl3, s1)",
        {"b": {"voprov:product_id": PRODUCT}},
    )
    receipts = push(services, used, made)
    assert inherited(folder)["dl3"] == {"calib=7"}
    services.ingest.retract(receipts[1].id)
    assert inherited(folder)["dl3"] == {"incomplete"}
    assert services.maintenance.doctor() == []


def test_what_was_made_from_one_name_inherits_from_the_other(
    services: Services, folder: Path
) -> None:
    # neither says anything itself, so that nothing shows that they were two
    used = prov(
        "entity(b) activity(s1) used(s1, b) wasGeneratedBy(dl3, s1)",
        {"b": {**RAW, "voprov:product_id": PRODUCT}},
    )
    made = prov(
        "entity(a) activity(c1) wasGeneratedBy(a, c1)",
        {"c1": {"prov:label": "calibrate", "voprov:version": "7"}},
    )
    push(services, used, made)
    assert inherited(folder)["dl3"] == set()
    push(services, prov("entity(a)", {"a": {"voprov:product_id": PRODUCT}}))
    assert inherited(folder)["dl3"] == {"calib=7"}


def test_nothing_on_a_cycle_is_kept_alive_by_the_cycle(services: Services, folder: Path) -> None:
    cycle = prov(
        "wasDerivedFrom(a, b) wasDerivedFrom(b, c) wasDerivedFrom(c, a) wasDerivedFrom(d, c) "
        + " ".join(f"wasGeneratedBy({name}, s1)" for name in "abcd")
    )
    told = prov("entity(b)", {"b": {"voprov:cuts": "loose"}})
    receipts = push(services, cycle, told)
    assert {inherited(folder)[name] == {"cuts=loose"} for name in "abcd"} == {True}
    services.ingest.retract(receipts[1].id)
    assert {name: kept for name, kept in inherited(folder).items() if kept} == {}
    back = push(services, told)
    assert inherited(folder)["d"] == {"cuts=loose"}
    services.ingest.retract(receipts[0].id)
    services.ingest.retract(back[0].id)
    assert inherited(folder) == {}


def test_a_keyword_of_too_many_values_is_not_kept_any_more(
    services: Services, folder: Path
) -> None:
    for number in range(5):
        push(
            services,
            prov(
                f"activity(p{number}) wasGeneratedBy(e{number}, p{number})",
                process(number, method=f"m{number}"),
            ),
        )
    found = inherited(folder)
    assert [found[f"e{number}"] for number in (3, 4)] == [set(), set()]
    # some of the first are in sets; which came first says nothing
    assert services.inherited.keywords(EX + "e0") == {}
    assert services.maintenance.doctor() == []


def test_what_a_rule_calls_a_source_is_complete(services: Services, folder: Path) -> None:
    push(services, prov("activity(s1) used(s1, stars.catalogue) wasGeneratedBy(dl3, s1)"))
    assert inherited(folder)["dl3"] == set()


def test_other_rules_keep_everything_anew(services: Services, folder: Path) -> None:
    push(services, CALIBRATION, RECONSTRUCTION)
    services.close()
    (folder / "rules.toml").write_text(RULES.replace('"calib"', '"calibration"'))
    changed = settings(folder, keywords_file=folder / "rules.toml")
    factory.migrate(changed)
    assert inherited(folder)["dl2"] == {"calibration=7", "reco=1.0"}
    again = factory.build(changed)
    assert again.maintenance.doctor() == []
    again.close()
