"""Graphs of tests: all that stands in one, what should, and workers that bring it up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from provstore.cypher.names import WITHIN
from provstore.services.projection import Projector, is_up_to_date
from provstore.stores.catalogue.database import Database
from provstore.stores.graph import content
from provstore.stores.graph.neo4j import Neo4j

Dump = tuple[dict[int, Any], list[str]]
"""Nodes by number, with labels and properties; relationships as texts."""

_NODES = "MATCH (n:Element) RETURN n.iid, labels(n), properties(n)"
_RELATIONSHIPS = "MATCH (a)-[r]->(b) RETURN a.iid, type(r), b.iid, properties(r)"


@contextmanager
def connection(url: str) -> Iterator[Neo4j]:
    """A connection to a Neo4j that answers."""
    server = Neo4j(url, "neo4j", "", 30.0)
    assert server.wait_up(60)
    try:
        yield server
    finally:
        server.close()


def dump(server: Neo4j) -> Dump:
    """All that stands in the graph, but for its state."""
    nodes = {
        iid: (sorted(labels), _present(properties))
        for iid, labels, properties in server.read(_NODES, {})
    }
    relationships = [
        _told(a, type_, b, properties)
        for a, type_, b, properties in server.read(_RELATIONSHIPS, {})
    ]
    return nodes, sorted(relationships)


def wanted(database: Database) -> Dump:
    """All that should stand there, read from the catalogue as for a graph that is made anew."""
    nodes: dict[int, Any] = {}
    rows: list[dict[str, Any]] = []
    with database.reading() as tx:
        for step in content.everything(tx):
            for node in step.nodes:
                nodes[node["iid"]] = (sorted(node["labels"]), _present(node["properties"]))
            rows += step.relations
            rows += ({**row, "type": WITHIN} for row in step.within)
    told = (_told(row.pop("a"), row.pop("type"), row.pop("b"), row) for row in rows)
    return nodes, sorted(told)


def _present(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in sorted(properties.items()) if value is not None}


def _told(a: int, type_: str, b: int, properties: dict[str, Any]) -> str:
    return f"{a} {type_} {b} {_present(properties)}"


def state(server: Neo4j) -> dict[str, Any]:
    """What the graph says of itself; empty where nothing was ever written."""
    rows = server.read("MATCH (s:Projection) RETURN properties(s)", {})
    assert len(rows) <= 1
    return dict(rows[0][0]) if rows else {}


def wipe(server: Neo4j) -> None:
    """Delete all that stands in the graph."""
    server.auto("MATCH (n) DETACH DELETE n")


def settle(database: Database, projector: Projector) -> None:
    """Let a worker work until the graph shows the catalogue."""
    for _ in range(10_000):
        projector.turn()
        with database.reading() as tx:
            if is_up_to_date(tx):
                return
    raise AssertionError("the graph does not catch up")
