"""The page of the graph's model and its picture say what the program has."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neo4j import GraphDatabase, NotificationMinimumSeverity
from support.pages import blocks

from provstore.cypher.loader import load, names
from provstore.cypher.names import (
    KIND_LABELS,
    LABELS,
    RELATIONSHIP_TYPES,
    REVERSE,
    STATE,
    THIRD_END,
    TYPES,
    WITHIN,
)
from provstore.model.vocabulary import RELATIONS, End, RelationType

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "graph.md"
PICTURE = ROOT / "docs" / "img" / "graph.svg"


def test_the_picture_is_the_one_that_is_drawn_now(tmp_path: Path) -> None:
    drawn = tmp_path / "graph.svg"
    subprocess.run([sys.executable, ROOT / "docs" / "graph_picture.py", drawn], check=True)
    assert PICTURE.read_text() == drawn.read_text()


def test_the_picture_shows_every_label_and_type() -> None:
    shown = re.findall(r">([^<>]+)</text>", PICTURE.read_text())
    assert {text.removeprefix(":") for text in shown if text.startswith(":")} == LABELS | {STATE}
    assert {text for text in shown if re.fullmatch(r"[A-Z_]+", text)} == RELATIONSHIP_TYPES


def _label(end: End) -> str:
    return KIND_LABELS.get(end.implies, "any")


def _also(relation: RelationType) -> str:
    told = []
    if relation in REVERSE:
        told.append(f"`{REVERSE[relation]}`, turned round")
    if relation in THIRD_END:
        told.append(f"`{THIRD_END[relation]}`, to the {relation.ends[2].name}")
    return "; ".join(told)


def test_the_table_of_relationships_is_the_one_of_the_code() -> None:
    start = "| relation | type | from | to | also there as |\n|---|---|---|---|---|\n"
    shown = PAGE.read_text().partition(start)[2].partition("\n\n")[0].splitlines()
    assert [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown] == [
        [one.name, f"`{TYPES[one]}`", *map(_label, one.ends[:2]), _also(one)] for one in RELATIONS
    ]
    assert f"`{WITHIN}`" in PAGE.read_text()


def _properties(start: str) -> set[str]:
    """What the first column of the page's table under this header names."""
    table = PAGE.read_text().partition(f"{start}\n|---|---|\n")[2].partition("\n\n")[0]
    return set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE))


def test_the_graph_has_the_properties_and_labels_of_the_page(demo_graph: tuple[str, Path]) -> None:
    with GraphDatabase.driver(demo_graph[0]) as driver:

        def asked(query: str) -> set[str]:
            return set(driver.execute_query(query).records[0][0])

        keys = "UNWIND keys(x) AS key RETURN collect(DISTINCT key)"
        assert asked(f"MATCH (x:Element) {keys}") == _properties("| property | what |")
        assert asked(f"MATCH (x:Projection) {keys}") == _properties("| of the graph | what |")
        told = {"key", "role", "time", "membership", "generation"}
        assert asked(f"MATCH ()-[x]->() {keys}") <= told
        labels = asked("MATCH (n) UNWIND labels(n) AS l RETURN collect(DISTINCT l)")
        assert labels <= LABELS | {STATE}
        types = asked("MATCH ()-[r]->() RETURN collect(DISTINCT type(r))")
        assert {"USED", "WAS_GENERATED_BY"} <= types <= RELATIONSHIP_TYPES


_ONE = "MATCH p = (n:Element {iid: 1})"
_WALK = f"{_ONE}-[:USED|WAS_GENERATED_BY*0..]->(m)"
_HOP = "-[:USED|WAS_GENERATED_BY]->"
_FOUND = "RETURN m.iid, min(length(p))"
_PRUNED, _ALL_PATHS = "VarLengthExpand(Pruning,BFS,All)", "VarLengthExpand(All)"
_OTHER = "WITH n MATCH (b:Element {iid: 2})"
_AGENT = "MATCH (n)-[:USED*0..]->(m) WITH DISTINCT m WHERE m:Agent RETURN m"
PLANS = {
    f"{_WALK} {_FOUND}": _PRUNED,
    f"{_WALK} RETURN p": _ALL_PATHS,
    f"{_WALK} UNWIND relationships(p) AS r RETURN count(DISTINCT r)": _ALL_PATHS,
    f"{_ONE}-[:USED|WAS_GENERATED_BY*2..]->(m) {_FOUND}": _ALL_PATHS,
    f"{_ONE}((a WHERE a.level <> 'DL3'){_HOP}()){{0,}}(m) {_FOUND}": _PRUNED,
    f"{_WALK} WHERE all(a IN nodes(p)[0..-1] WHERE a.level <> 'DL3') {_FOUND}": _ALL_PATHS,
    f"{_ONE} {_OTHER} MATCH q = shortestPath((n)-[:USED*]->(b)) RETURN length(q)": "ShortestPath",
    f"{_ONE} RETURN EXISTS {{ {_AGENT} }}": _PRUNED,
    f"{_ONE} RETURN EXISTS {{ (n)-[:USED*]->(:Agent) }}": _ALL_PATHS,
}
"""Forms that the page tells to use, and never to use: how Neo4j walks.

`SHORTEST` is not among them: which operator it becomes depends on what stands in the graph.
"""


@pytest.mark.parametrize("statement", PLANS)
def test_forms_of_walks_are_planned_as_the_page_says(neo4j: str, statement: str) -> None:
    with GraphDatabase.driver(
        neo4j, notifications_min_severity=NotificationMinimumSeverity.OFF
    ) as driver:
        told = driver.execute_query(f"EXPLAIN {statement}").summary.plan
    assert told is not None
    found = [name.partition("@")[0] for name in _operators(told)]
    assert [name for name in found if "Path" in name or "VarLength" in name] == [PLANS[statement]]


def _operators(plan: dict[str, Any]) -> Iterator[str]:
    yield plan["operatorType"]
    for child in plan.get("children", ()):
        yield from _operators(child)


def test_the_queries_of_the_page_are_those_of_the_package() -> None:
    shown = {block.text.strip() for block in blocks(PAGE) if block.kind == "cypher"}
    assert len(names("people")) == 5
    assert {load(name).text for name in names("people")} <= shown
