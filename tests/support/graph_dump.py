"""What stands in Neo4j, so that two graphs compare."""

from typing import Any, Final, LiteralString, NamedTuple

from neo4j import GraphDatabase

_NODES: Final[LiteralString] = "MATCH (n:Element) RETURN labels(n), properties(n)"
_RELATIONS: Final[LiteralString] = "MATCH (a)-[r]->(b) RETURN type(r), properties(r), a.iid, b.iid"
_OTHERS: Final[LiteralString] = "MATCH (n) WHERE NOT n:Element RETURN labels(n)"
_STATE: Final[LiteralString] = "MATCH (s:Projection) RETURN s.catalogue, s.position"


class GraphDump(NamedTuple):
    """All of a graph but its stamps and who wrote it."""

    nodes: set[str]
    relations: list[str]
    others: list[str]
    """Labels of the nodes that are no elements."""
    state: list[str]
    """Whose graph it is, and how far it has come."""

    def differences(self, other: "GraphDump") -> list[str]:
        """What stands in one of the two only, the first of it."""
        here, there = set(self.relations), set(other.relations)
        found = sorted(self.nodes ^ other.nodes) + sorted(here ^ there)
        if len(self.relations) != len(other.relations):
            found.append(f"{len(self.relations)} relationships, {len(other.relations)} there")
        if (self.others, self.state) != (other.others, other.state):
            found.append(f"{self.others} {self.state}, {other.others} {other.state} there")
        return found[:20]


def graph_dump(url: str, password: str = "") -> GraphDump:
    """What stands in the Neo4j of this address."""
    auth = ("neo4j", password) if password else None
    with GraphDatabase.driver(url, auth=auth, max_transaction_retry_time=20) as driver:

        def ask(statement: LiteralString) -> list[str]:
            records = driver.execute_query(statement, database_="neo4j").records
            return sorted(str([_ordered(value) for value in record.values()]) for record in records)

        nodes = ask(_NODES)
        assert len(set(nodes)) == len(nodes)  # each has a number of its own
        return GraphDump(set(nodes), ask(_RELATIONS), ask(_OTHERS), ask(_STATE))


def _ordered(value: Any) -> Any:  # noqa: ANN401  any value of a graph
    if isinstance(value, dict):
        return sorted((key, _ordered(held)) for key, held in value.items())
    return sorted(value) if isinstance(value, list) else value
