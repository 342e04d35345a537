"""The bare work of a lineage answer: an engine's own statements, and the rows that are shown."""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from neo4j import READ_ACCESS, GraphDatabase
from sqlalchemy import make_url

KINDS: Final = (1, 2, 3, 4, 5, 6, 8, 9, 11, 12)
"""What the service follows, as far as the observatory has it."""
_WALKED: Final = f"kind IN ({', '.join(map(str, KINDS))})"
_RELATION: Final = "r.id, r.kind, r.subj, r.obj, r.role, r.time"
_SHOWN: Final = "e.id, e.iri, e.declared, e.name, e.level, b.attrs"
_TYPES: Final = "USED|WAS_GENERATED_BY|WAS_DERIVED_FROM|WAS_ASSOCIATED_WITH|WAS_ATTRIBUTED_TO"
_SETTINGS: Final = "-c random_page_cost=1.1 -c jit=off"
_SUBJ, _OBJ = 2, 3


class Way(NamedTuple):
    """What is walked."""

    iri: str
    back: bool
    depth: int | None = None


class Bare(ABC):
    """One engine, asked with its plain driver."""

    def lineage(self, way: Way) -> int:
        """Walk and read what an answer shows, in one snapshot; gives the number of nodes."""
        self.execute(self.begin)
        [(root,)] = self.execute(self.by_iri, way.iri)
        nodes = self.walk(root, way)
        rows = self.execute(self.rows, self.many(sorted(nodes)))
        self.execute("COMMIT")
        return len(rows)

    begin: str
    by_iri: str
    rows: str
    frontier: str

    @abstractmethod
    def execute(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  the driver's
        """The rows of a statement."""

    @abstractmethod
    def many(self, numbers: Sequence[int]) -> object:
        """Numbers as one parameter."""

    def walk(self, root: int, way: Way) -> Collection[int]:
        """Level by level, each node once."""
        end, other = ("subj", _OBJ) if way.back else ("obj", _SUBJ)
        seen, front, edges, depth = {root}, [root], list[tuple[Any, ...]](), 0
        while front and (way.depth is None or depth < way.depth):
            found = self.execute(self.frontier.format(end=end), self.many(front))
            edges.extend(found)
            front = [node for node in {row[other] for row in found} if node not in seen]
            seen.update(front)
            depth += 1
        return seen

    @abstractmethod
    def close(self) -> None:
        """End all connections."""


class BareSqlite(Bare):
    """The file of the embedded set-up."""

    begin = "BEGIN"
    by_iri = "SELECT id FROM element WHERE iri = ?"
    frontier = (
        f"SELECT {_RELATION} FROM json_each(?) j "
        f"CROSS JOIN relation r ON r.{{end}} = j.value AND r.{_WALKED}"
    )
    rows = (
        f"SELECT {_SHOWN} FROM json_each(?) j "
        "CROSS JOIN element e ON e.id = j.value LEFT JOIN body b ON b.id = e.body"
    )

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None)
        self._connection.execute("PRAGMA cache_size=-65536")

    def execute(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  as above
        return self._connection.execute(statement, parameters).fetchall()

    def many(self, numbers: Sequence[int]) -> str:
        return json.dumps(numbers)

    def close(self) -> None:
        self._connection.close()


class BarePostgres(Bare):
    """The catalogue of the server set-up, which walks by itself."""

    begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    by_iri = "SELECT id FROM element WHERE iri = %s"
    frontier = (
        f"SELECT {_RELATION} FROM relation r WHERE r.{{end}} = ANY(%s::bigint[]) AND r.{_WALKED}"
    )
    rows = (
        f"SELECT {_SHOWN} FROM element e LEFT JOIN body b ON b.id = e.body "
        "WHERE e.id = ANY(%s::bigint[])"
    )

    def __init__(self, url: str) -> None:
        plain = make_url(url).set(drivername="postgresql")
        self._connection = psycopg.connect(
            plain.render_as_string(hide_password=False), autocommit=True, options=_SETTINGS
        )

    def execute(self, statement: str, *parameters: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401  as above
        cursor = self._connection.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    def many(self, numbers: Sequence[int]) -> str:
        # the driver looks at each number of a list, which takes longer than the search
        return f"{{{','.join(map(str, numbers))}}}"

    def close(self) -> None:
        self._connection.close()


class BareNeo4j(BarePostgres):
    """The graph of the server set-up: nodes and distances; all else is read from the catalogue."""

    def __init__(self, url: str, graph_url: str) -> None:
        super().__init__(url)
        self._driver = GraphDatabase.driver(graph_url)
        self._session = self._driver.session(
            database="neo4j", default_access_mode=READ_ACCESS, fetch_size=-1
        )

    def walk(self, root: int, way: Way) -> Collection[int]:
        most = "" if way.depth is None else str(way.depth)
        pattern = f"-[:{_TYPES}*0..{most}]->" if way.back else f"<-[:{_TYPES}*0..{most}]-"
        text = (
            f"MATCH p = (n:Element {{iid: $root}}){pattern}(m) "
            "WITH m.iid AS iid, min(length(p)) AS depth RETURN collect(iid), collect(depth)"
        )
        record = self._session.run(text, root=root).single(strict=True)
        nodes: list[int] = record[0]
        self.execute(self.frontier.format(end="subj" if way.back else "obj"), self.many(nodes))
        return nodes

    def close(self) -> None:
        self._session.close()
        self._driver.close()
        super().close()
