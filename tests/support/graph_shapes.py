"""Small graphs on which a statement that enumerates paths does not end, and plans of statements."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from neo4j import Session

LEVELS: Final = 30
CHAIN: Final = 1000
RING: Final = 50
# where the numbers of each shape begin
DIAMONDS: Final = 0
CHAINED: Final = 10_000
RINGED: Final = 20_000
LOOP: Final = 30_000


class Arrow(NamedTuple):
    """One relationship, from the end that depends."""

    key: int
    type: str
    subj: int
    obj: int


def arrows() -> list[Arrow]:
    """Thirty diamonds, a chain of a thousand, a ring of fifty, a loop; apart from each other."""
    pairs = [*_diamonds(), *_line(CHAINED, CHAIN), *_line(RINGED, RING - 1)]
    pairs += [(RINGED + RING - 1, RINGED), (LOOP, LOOP)]
    kinds = ("USED", "WAS_GENERATED_BY")
    return [Arrow(key, kinds[key % 2], *pair) for key, pair in enumerate(pairs, 1)]


def _diamonds() -> Iterator[tuple[int, int]]:
    for top in range(DIAMONDS, DIAMONDS + 3 * LEVELS, 3):
        yield from [(top, top + 1), (top, top + 2), (top + 1, top + 3), (top + 2, top + 3)]


def _line(start: int, steps: int) -> Iterator[tuple[int, int]]:
    return ((number, number + 1) for number in range(start, start + steps))


def fill(session: Session, told: Iterable[Arrow]) -> None:
    """Write nodes and relationships as the projection does."""
    rows = [one._asdict() for one in told]
    numbers = sorted({number for one in rows for number in (one["subj"], one["obj"])})
    session.run(
        "UNWIND $numbers AS i CREATE (:Element:Entity {iid: i, iri: 'urn:x:' + i, "
        "name: 'n' + i, level: CASE WHEN i % 9 = 0 THEN 'DL3' ELSE 'DL4' END, "
        "stops: CASE WHEN i % 9 = 0 THEN ['DL3', 'x'] ELSE [] END})",
        numbers=numbers,
    ).consume()
    session.run(
        "UNWIND $rows AS r MATCH (a:Element {iid: r.subj}) MATCH (b:Element {iid: r.obj}) "
        "CREATE (a)-[:$(r.type) {key: r.key}]->(b)",
        rows=rows,
    ).consume()
    session.run("CREATE (:Projection {id: 1, catalogue: 'c', position: 7, whole: 5, stamp: 5})")


class Plan(NamedTuple):
    """What a server did, or would do, for a statement."""

    operators: tuple[tuple[str, str], ...]
    """Name and details, the last step first."""
    hits: int
    """Accesses to the database."""

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.operators]


def profiled(
    session: Session, text: str, parameters: Mapping[str, Any]
) -> tuple[list[list[Any]], Plan]:
    """Run a statement; gives its rows and what it took."""
    result = session.run(f"PROFILE {text}", dict(parameters))
    rows = result.values()
    return rows, _plan(result.consume().profile)


def explained(session: Session, text: str) -> Plan:
    """The plan of a statement that is not run."""
    return _plan(session.run(f"EXPLAIN {text}").consume().plan)


def _plan(told: Mapping[str, Any] | None) -> Plan:
    assert told is not None
    steps = list(_steps(told))
    operators = [
        (step["operatorType"].partition("@")[0], str(step["args"].get("Details", "")))
        for step in steps
    ]
    return Plan(tuple(operators), sum(step.get("dbHits", 0) for step in steps))


def _steps(step: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield step
    for child in step.get("children", ()):
        yield from _steps(child)


def expected(header: str) -> list[str]:
    """The operators that a header names under ``Plan:``."""
    plan = header.partition("Plan:")[2].partition(". ")[0]
    return re.findall(r"\b(?:[A-Z][a-z]+){2,}(?:\([A-Za-z,]+\))?", plan)
