"""What the server does for each statement, on graphs where the wrong plan would never end."""

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest
from neo4j import GraphDatabase, Session
from support import graph_shapes as shapes
from support.servers import empty_graph

from provstore.cypher import loader
from provstore.stores.graph.neo4j import Neo4j

TYPES: Final = ["USED", "WAS_GENERATED_BY"]
NAMES: Final = [name for folder in ("read", "write", "people") for name in loader.names(folder)]
ARROWS: Final = shapes.arrows()
SHAPES: Final = {
    # where a walk back starts, where a walk forth does, nodes, arrows, greatest distance
    "diamonds": (shapes.DIAMONDS, shapes.DIAMONDS + 90, 91, 120, 60),
    "chain": (shapes.CHAINED, shapes.CHAINED + 1000, 1001, 1000, 1000),
    "ring": (shapes.RINGED, shapes.RINGED, 50, 50, 49),
    "loop": (shapes.LOOP, shapes.LOOP, 1, 1, 0),
}
HOSTILE: Final = "'}) DETACH DELETE n //\"`\\u0027 $x {}"


@pytest.fixture(scope="module")
def session() -> Iterator[Session]:
    with empty_graph() as url:
        server = Neo4j(url, "neo4j", "", 60)
        assert server.wait_up(30)
        server.apply_schema()
        server.close()
        with (
            GraphDatabase.driver(url, notifications_min_severity="OFF") as driver,
            driver.session(database="neo4j") as opened,
        ):
            shapes.fill(opened, ARROWS)
            opened.run("CALL db.prepareForReplanning").consume()
            yield opened


def _filled(name: str) -> str:
    text = loader.load(name).text
    filled = {"<types>": "|".join(TYPES), "<most>": "", "<label>": "Entity", "<type>": "USED"}
    for mark, value in filled.items():
        text = text.replace(mark, value)
    return text


@pytest.mark.parametrize("name", NAMES)
def test_the_plan_is_the_one_that_the_header_names(session: Session, name: str) -> None:
    plan = shapes.explained(session, _filled(name))
    wanted = shapes.expected(loader.load(name).header)
    assert wanted, "a header names the operators that matter"
    assert [operator for operator in wanted if operator not in plan.names] == []
    assert not {"AllNodesScan", "CartesianProduct"} & set(plan.names)


@pytest.mark.parametrize("name", NAMES)
def test_the_indexes_are_those_that_the_header_names(session: Session, name: str) -> None:
    line = re.search(r"^Index: (.*)\.$", loader.load(name).header, re.MULTILINE)
    assert line is not None
    named = set() if line[1] == "none" else set(line[1].split(", "))
    rows = session.run(
        "SHOW INDEXES YIELD name, type, labelsOrTypes, properties WHERE type = 'RANGE' "
        "RETURN name, labelsOrTypes[0], properties[0]"
    )
    of_name = {name: f":{label}({key})" for name, label, key in rows.values()}
    seeks = " ".join(
        details
        for operator, details in shapes.explained(session, _filled(name)).operators
        if "Index" in operator
    )
    assert {one for one in of_name if re.search(_in_details(of_name[one]), seeks)} == named


def _in_details(index: str) -> str:
    """How a plan tells an index: ``UNIQUE n:Element(iid)``, ``RANGE INDEX n:Element(name)``."""
    return rf"\w{re.escape(index)}"


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stopping", [False, True])
@pytest.mark.parametrize("back", [False, True])
def test_a_walk_is_linear(session: Session, shape: str, *, back: bool, stopping: bool) -> None:
    top, bottom, nodes, arrows, farthest = SHAPES[shape]
    parameters: dict[str, Any] = {
        "roots": [top if back else bottom],
        "limit": 2**62,
        "stop": ["no such level"],
    }
    text = loader.walk(back=back, types=TYPES, stopping=stopping)
    [[*state, numbers, distances]], plan = shapes.profiled(session, text, parameters)
    assert state == ["c", 7]
    assert len(numbers) == len(set(numbers)) == nodes
    assert sorted(zip(distances, numbers, strict=True)) == list(
        zip(distances, numbers, strict=True)
    )
    assert distances[0] == 0
    assert distances[-1] == farthest
    assert plan.hits < 20 * arrows + 100


@pytest.mark.parametrize("stopping", [False, True])
def test_the_state_is_read_before_the_walk(session: Session, *, stopping: bool) -> None:
    """Else a graph might seem to have come as far as it came while it was walked."""
    plan = shapes.explained(session, loader.walk(back=True, types=TYPES, stopping=stopping))
    walk = plan.names.index("VarLengthExpand(Pruning,BFS,All)")
    state = plan.names.index("Projection")
    assert "[s.position] AS position" in plan.operators[state][1]
    # told from the last step on, the left of an Apply before its right: each is done before what
    # stands above it, and the left before the right
    assert state > walk or walk > state > plan.names.index("Apply")


def test_a_walk_from_several_roots_with_a_bound(session: Session) -> None:
    first, second = shapes.CHAINED, shapes.CHAINED + 3
    text = loader.walk(back=True, types=TYPES, most=2)
    [[*_, numbers, distances]], _ = shapes.profiled(
        session, text, {"roots": [second, first], "limit": 100}
    )
    assert numbers == [first, second, first + 1, second + 1, first + 2, second + 2]
    assert distances == [0, 0, 1, 1, 2, 2]


def test_the_limit_keeps_the_nearest(session: Session) -> None:
    text = loader.walk(back=True, types=TYPES)
    parameters = {"roots": [shapes.DIAMONDS], "limit": 5}
    [[*_, numbers, distances]], _ = shapes.profiled(session, text, parameters)
    assert numbers == [0, 1, 2, 3, 4]
    assert distances == [0, 1, 1, 2, 3]


def test_only_the_types_asked_for_are_walked(session: Session) -> None:
    """Of each diamond the arrows with even numbers are used: those over its second node."""
    text = loader.walk(back=True, types=["USED"])
    parameters = {"roots": [shapes.DIAMONDS], "limit": 100}
    [[*_, numbers, _]], _ = shapes.profiled(session, text, parameters)
    assert numbers == [number for number in range(91) if number % 3 != 1]


@pytest.mark.parametrize("back", [False, True])
def test_a_stop_is_reached_and_not_passed(session: Session, *, back: bool) -> None:
    """Every ninth number is a stop: 10,008 the first after the start of the chain."""
    start = shapes.CHAINED + (1 if back else 15)
    text = loader.walk(back=back, types=TYPES, stopping=True)
    parameters = {"roots": [start], "limit": 100, "stop": ["DL3"]}
    [[*_, numbers, _]], _ = shapes.profiled(session, text, parameters)
    assert numbers == (list(range(10_001, 10_009)) if back else list(range(10_015, 10_007, -1)))


def test_a_root_that_is_a_stop_is_walked_from(session: Session) -> None:
    text = loader.walk(back=True, types=TYPES, stopping=True, most=3)
    parameters = {"roots": [10_008], "limit": 100, "stop": ["x"]}
    [[*_, numbers, _]], _ = shapes.profiled(session, text, parameters)
    assert numbers == [10_008, 10_009, 10_010, 10_011]


def test_a_ring_with_a_stop_at_its_start(session: Session) -> None:
    """20,007 is a stop; the ring comes back to its start, which ends nothing."""
    text = loader.walk(back=True, types=TYPES, stopping=True)
    parameters = {"roots": [20_007], "limit": 100, "stop": ["DL3"]}
    [[*_, numbers, distances]], _ = shapes.profiled(session, text, parameters)
    assert numbers == list(range(20_007, 20_017))
    assert distances == list(range(10))


def test_counts_are_those_of_the_store(session: Session) -> None:
    rows, plan = shapes.profiled(session, loader.counts(), {})
    counted = {name: number for name, number in rows if number}
    used = sum(arrow.type == "USED" for arrow in ARROWS)
    nodes = sum(nodes for _, _, nodes, _, _ in SHAPES.values())
    assert counted == {
        "Element": nodes,
        "Entity": nodes,
        "USED": used,
        "WAS_GENERATED_BY": len(ARROWS) - used,
    }
    assert len(rows) == 17 + 32
    assert plan.hits < 3 * len(rows)


def test_a_sample_has_all_that_stands_there(session: Session) -> None:
    rows, _ = shapes.profiled(session, loader.load("read/sample").text, {"iids": [2, 10_008, 99]})
    assert [row[0] for row in rows] == [2, 10_008]
    number, labels, properties, [relationship] = rows[0]
    assert number == 2
    assert sorted(labels) == ["Element", "Entity"]
    assert properties == {"iid": 2, "iri": "urn:x:2", "name": "n2", "level": "DL4", "stops": []}
    assert relationship == ["USED", {"key": 4}, 3]


def test_values_are_only_values(session: Session) -> None:
    counted = session.run(loader.counts()).values()
    lists = {name: [HOSTILE] for name in ("roots", "iids", "stop")}
    for name in NAMES:
        text = _filled(name)
        asked = set(re.findall(r"\$(\w+)", text))
        if name.startswith("write/") or not asked:
            continue
        parameters = {one: 10 if one == "limit" else lists.get(one, HOSTILE) for one in asked}
        assert session.run(text, parameters).values() == []
    assert session.run(loader.counts()).values() == counted


@pytest.mark.parametrize("shape", ["diamonds", "chain"])
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("people/inputs_of_product", {"diamonds": 1, "chain": 1}),
        ("people/made_from", {"diamonds": 90, "chain": 1000}),
        ("people/who_and_what", {"diamonds": 0, "chain": 0}),
        ("people/path_between", {"diamonds": 1, "chain": 1}),
        # of all shapes: the bottom of the diamonds, every 18th of the chain, three of the ring
        ("people/without_origin", {"diamonds": 59, "chain": 59}),
    ],
)
def test_questions_of_people_are_linear(
    session: Session, shape: str, name: str, rows: dict[str, int]
) -> None:
    top, bottom, _, arrows, _ = SHAPES[shape]
    start = bottom if name == "people/made_from" else top
    parameters = {
        "name": f"n{start}",
        "level": "DL3",
        "limit": 5000,
        "result": f"urn:x:{top}",
        "origin": f"urn:x:{bottom}",
    }
    found, plan = shapes.profiled(session, loader.load(name).text, parameters)
    assert len(found) == rows[shape]
    assert plan.hits < 40 * arrows + 1000
