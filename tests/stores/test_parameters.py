"""Parameters of activities are kept in rows: whatever told them, whatever the order."""

import json
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest
from alembic import command
from sqlalchemy import text
from support import catalogue
from support.catalogue import EX, push, rows
from support.engines import connected, settings
from support.found import IVO, find, names, table_of

from provstore import factory
from provstore.factory import Services
from provstore.model.identifiers import PARAMETER
from provstore.stores.catalogue.database import Database, _alembic_config

Kept = dict[tuple[str, str, str], float | None]
_ROWS: Final = """
SELECT e.iri, p.name, p.value, p.num FROM parameter p LEFT JOIN element e ON e.id = p.activity
"""


def prov(statements: str, attributes: dict[str, dict[str, Any]] | None = None) -> bytes:
    """As `support.catalogue.prov`; ``param:`` stands for parameters of activities."""
    content = json.loads(catalogue.prov(statements, attributes))
    content["prefix"]["param"] = PARAMETER
    return json.dumps(content).encode()


def parameter(name: str | None, *values: str) -> dict[str, Any]:
    """An element of class Parameter."""
    told: dict[str, Any] = {
        "prov:type": {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"},
        "voprov:value": list(values),
    }
    return told if name is None else told | {"voprov:name": name}


def kept(folder: Path) -> Kept:
    """The number of each parameter, by activity, name and value."""
    return {
        (iri.removeprefix(EX), name, value): number
        for iri, name, value, number in rows(folder, _ROWS)
    }


def test_attributes_and_elements_give_the_same_row(archive: Services, tmp_path: Path) -> None:
    told = {
        "by-attribute": {"param:EventSource.max_events": "100"},
        "by-element": {},
        "by-both": {"param:EventSource.max_events": "100"},
        "most": parameter("EventSource.max_events", "100"),
    }
    configured = "wasConfiguredBy(by-element, most) wasConfiguredBy(by-both, most)"
    activities = "activity(by-attribute) activity(by-both) entity(most)"
    push(archive, prov(f"{activities} {configured}", told))
    assert kept(tmp_path) == {
        ("by-attribute", "EventSource.max_events", "100"): 100.0,
        ("by-element", "EventSource.max_events", "100"): 100.0,
        ("by-both", "EventSource.max_events", "100"): 100.0,
    }
    assert archive.maintenance.doctor() == []


VALUES: Final = {
    "0.05": 0.05,
    " -1e3 ": -1000.0,
    "inf": float("inf"),
    "1e999": float("inf"),
    "nan": None,
    "5 TeV": None,
    "true": None,
    "": None,
    "0.19.3": None,
    "é' OR 1=1 --": None,
}
"""Each value that is told, and the number that it is."""


def test_a_value_is_kept_as_told_and_as_a_number_where_it_is_one(
    archive: Services, tmp_path: Path
) -> None:
    push(archive, prov("activity(a)", {"a": {"param:x": list(VALUES)}}))
    assert kept(tmp_path) == {("a", "x", value): number for value, number in VALUES.items()}


def test_values_of_other_types_are_kept_as_texts(archive: Services, tmp_path: Path) -> None:
    values = [
        {"$": "7", "type": "xsd:int"},
        {"$": "sieben", "lang": "de"},
        {"$": "ex:seven", "type": "prov:QUALIFIED_NAME"},
    ]
    push(archive, prov("activity(a)", {"a": {"param:x": values}}))
    assert kept(tmp_path) == {
        ("a", "x", "7"): 7.0,
        ("a", "x", "sieben"): None,
        ("a", "x", EX + "seven"): None,
    }
    assert archive.maintenance.doctor() == []


def test_only_activities_have_parameters(archive: Services, tmp_path: Path) -> None:
    told = {"param:x": "1"}
    [receipt] = push(archive, prov("used(thing, e)"))
    push(archive, prov("entity(thing) agent(ada)", {"thing": told, "ada": told}))
    assert kept(tmp_path) == {("thing", "x", "1"): 1.0}
    archive.ingest.retract(receipt.id)
    assert kept(tmp_path) == {}
    push(archive, prov("wasAssociatedWith(thing, ada)"))
    assert kept(tmp_path) == {("thing", "x", "1"): 1.0}
    assert archive.maintenance.doctor() == []


def test_what_is_no_parameter_gives_no_row(archive: Services, tmp_path: Path) -> None:
    told: dict[str, dict[str, Any]] = {
        "a": {"ex:x": "1", "voprov:version": "7", "ex:param:y": "1"},
        "file": {"prov:type": {"$": "voprov:ConfigFile", "type": "prov:QUALIFIED_NAME"}},
        "plain": {"voprov:name": "x", "voprov:value": "1"},
        "used": parameter("x", "1"),
    }
    push(
        archive,
        prov(
            "activity(a) entity(file) entity(plain) entity(used) used(a, used) "
            "wasConfiguredBy(a, file) wasConfiguredBy(a, plain) wasConfiguredBy(-, used)",
            told,
        ),
    )
    assert kept(tmp_path) == {}


def test_a_parameter_without_a_name_is_called_after_its_id(
    archive: Services, tmp_path: Path
) -> None:
    push(archive, prov("entity(alpha) wasConfiguredBy(a, alpha)", {"alpha": parameter(None, "5")}))
    assert kept(tmp_path) == {("a", "alpha", "5"): 5.0}
    push(archive, prov("entity(alpha)", {"alpha": {"voprov:name": "beta"}}))
    assert kept(tmp_path) == {("a", "beta", "5"): 5.0}


LATE: Final = (
    prov("wasConfiguredBy(a, p)"),
    prov("entity(p)", {"p": parameter("x", "1")}),
    prov("entity(p)", {"p": {"voprov:value": "2"}}),
    prov("activity(a)", {"a": {"param:y": "3"}}),
)
"""An activity is configured; the parameter is told; it has a second value; the activity is told."""


@pytest.mark.parametrize("order", list(permutations(range(4)))[::3])
def test_any_order(archive: Services, tmp_path: Path, order: tuple[int, ...]) -> None:
    receipts = push(archive, *(LATE[number] for number in order))
    receipt = {number: one.id for number, one in zip(order, receipts, strict=True)}
    assert kept(tmp_path) == {("a", "x", "1"): 1, ("a", "x", "2"): 2, ("a", "y", "3"): 3}
    archive.ingest.retract(receipt[2])
    assert kept(tmp_path) == {("a", "x", "1"): 1, ("a", "y", "3"): 3}
    archive.ingest.retract(receipt[1])
    assert kept(tmp_path) == {("a", "y", "3"): 3}
    archive.ingest.retract(receipt[3])
    assert kept(tmp_path) == {}
    push(archive, LATE[1])
    assert kept(tmp_path) == {("a", "x", "1"): 1}
    archive.ingest.retract(receipt[0])
    assert kept(tmp_path) == {}
    assert archive.maintenance.doctor() == []


def test_an_element_that_is_no_parameter_any_more(archive: Services, tmp_path: Path) -> None:
    kind = {"prov:type": {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"}}
    push(archive, prov("entity(p) wasConfiguredBy(a, p)", {"p": {"voprov:name": "x"}}))
    [receipt] = push(archive, prov("entity(p)", {"p": kind}))
    push(archive, prov("entity(p)", {"p": {"voprov:value": "1"}}))
    assert kept(tmp_path) == {("a", "x", "1"): 1}
    archive.ingest.retract(receipt.id)
    assert kept(tmp_path) == {}
    assert archive.maintenance.doctor() == []


def test_a_correction_puts_other_values_in_their_place(archive: Services, tmp_path: Path) -> None:
    old, new = (prov("activity(a)", {"a": {"param:x": value}}) for value in "12")
    [receipt] = push(archive, old)
    archive.ingest.push(new, replaces=receipt.id)
    assert kept(tmp_path) == {("a", "x", "2"): 2}


def test_what_is_long_has_room_in_the_index_and_stays_distinct(
    archive: Services, tmp_path: Path
) -> None:
    name, long = "param:" + "n" * 140, "\U0001f52d" * 3000
    told = {name + long + "a": "v", name + long + "b": "v", "param:" + long: [long, long + "v"]}
    push(archive, prov("activity(a)", {"a": told}))
    found = kept(tmp_path)
    assert len(found) == 4
    assert max(len(name.encode()) + len(value.encode()) for _, name, value in found) < 2600
    assert archive.maintenance.doctor() == []


DAMAGES: Final = {
    "missing": "DELETE FROM parameter WHERE name = 'x'",
    "changed": "UPDATE parameter SET value = '3' WHERE name = 'y'",
    "of another number": "UPDATE parameter SET num = 3 WHERE name = 'x'",
    "of no activity": "INSERT INTO parameter VALUES (2, 'z', '1', 1)",
    "of nobody": "INSERT INTO parameter VALUES (99, 'z', '1', 1)",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_wrong_is_told_and_rebuilt(archive: Services, tmp_path: Path, damage: str) -> None:
    told = {"a": {"param:x": ["1", "2"]}, "p": parameter("y", "1")}
    push(archive, prov("activity(a) entity(p) wasConfiguredBy(a, p)", told))
    before = kept(tmp_path)
    assert len(before) == 3
    with connected(tmp_path) as connection:
        connection.execute(text(DAMAGES[damage]))
    [sentence] = archive.maintenance.doctor()
    assert "parameters" in sentence
    archive.maintenance.rebuild()
    assert kept(tmp_path) == before
    assert archive.maintenance.doctor() == []


def test_what_was_stored_before_is_filled(tmp_path: Path) -> None:
    services = catalogue.fresh(tmp_path)
    told = {
        "a": {"param:x": ["1", {"$": "ex:one", "type": "prov:QUALIFIED_NAME"}]},
        "p": parameter("y", "1"),
        "e": {"param:x": "1"},
    }
    push(services, prov("activity(a) entity(p) entity(e) wasConfiguredBy(b, p)", told))
    many = " ".join(f"activity(c{number})" for number in range(2500))
    push(services, prov(many, {f"c{number}": {"param:n": str(number)} for number in range(2500)}))
    before = kept(tmp_path)
    assert len(before) == 2503
    services.close()
    database = Database(settings(tmp_path).catalogue_url)
    with database.engine.begin() as connection:
        config = _alembic_config()
        config.attributes["connection"] = connection
        command.downgrade(config, "0007")
    database.migrate()
    database.close()
    assert kept(tmp_path) == before
    services = factory.build(settings(tmp_path))
    assert services.maintenance.doctor() == []
    services.close()


def test_datasets_are_found_by_what_their_activities_were_given(archive: Services) -> None:
    long = "n" * 200
    told = {
        "p": parameter("Tool.max_events", "7"),
        "a1": {"prov:label": "one"},
        "a2": {"prov:label": "two", "param:tool max-events": "8", f"param:{long}": "1"},
        "a3": {"prov:label": "three", "ex:max_events": "7"},
    }
    made = " ".join(f"wasGeneratedBy({IVO}d{number}, a{number})" for number in (1, 2, 3))
    activities = "activity(a1) activity(a2) activity(a3) entity(p) wasConfiguredBy(a1, p)"
    push(archive, prov(f"{activities} {made}", told))
    rows_ = [
        {"obs_publisher_did": f"{IVO}d{n}", "obs_id": f"d{n}", "obs_collection": "X"}
        for n in (1, 2, 3)
    ]
    table = table_of(*({**row, "calib_level": 2} for row in rows_))
    archive.ingest.push_obscore(table, name="t.csv")
    for asked, expected in {
        "param:tool.max_events=7": ["d1"],
        "param:TOOL MAX EVENTS>7": ["d2"],
        "param:*events>=7": ["d1", "d2"],
        "param/two:*events>=7": ["d2"],
        "param:tool.max_events=unknown": ["d3"],
        f"param:{long}=1": ["d2"],
    }.items():
        assert names(find(archive, keywords=[asked])) == expected, asked
