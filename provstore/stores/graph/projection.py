"""The graph in Neo4j as what it is: something written from the catalogue, which says from where.

One node of the graph tells its state. Whoever writes takes this node's lock first and finds it as
it was left, in the transaction that writes: a second worker, a graph that was emptied, or restored,
is noticed before anything is changed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple, Protocol, TypeVar

from provstore.cypher.loader import load, of_type
from provstore.cypher.names import ELEMENT, LABELS, RELATIONSHIP_TYPES
from provstore.stores.graph.content import Row, Step

_REBUILDING: Final = -1
_NODES_AT_ONCE: Final = 2000
_RELATIONS_AT_ONCE: Final = 20_000
_MOST_IN_TRANSACTION: Final = 5000
"""Rows written together: more are not quicker, and take memory of the server."""
_KNOWN_LABELS: Final = sorted(LABELS - {ELEMENT})
_NEEDED: Final = frozenset({"projection_id", "element_iid"})
"""Constraints by whose indexes a graph is written anew."""
# in the order in which `write/new_nodes` and `write/new_within` take them
_properties: Final = itemgetter(
    "iid", "iri", "name", "version", "class", "level", "obs_publisher_did", "stops"
)
_within: Final = itemgetter("a", "b", "key", "membership", "generation")
_T = TypeVar("_T")


class Writing(Protocol):
    """A transaction that writes."""

    def run(self, text: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """The rows of a statement; raises `GraphUnavailableError`."""


class Server(Protocol):
    """What the connection has to be able to do (`provstore.stores.graph.neo4j.Neo4j`)."""

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement that only reads; raises `GraphUnavailableError`."""

    def write(self, work: Callable[[Any], _T]) -> _T:
        """What ``work`` gives, in one transaction (`Writing`); raises `GraphUnavailableError`."""

    def apply_schema(self, names: Collection[str] | None = None) -> None:
        """Make all constraints and indexes, or some; raises `GraphUnavailableError`."""

    def drop_schema(self, keep: Collection[str]) -> None:
        """Drop all constraints and indexes but some; raises `GraphUnavailableError`."""


class Progress(NamedTuple):
    """What stands in the graph."""

    catalogue: str
    """Whose it is."""
    position: int
    """Number of the last row of the outbox that it shows; negative while it is written anew."""
    seen: int
    """Number of the last row of the outbox in the snapshot that it was written from."""
    whole: int
    """Stamp of that snapshot."""
    stamp: int
    """As `whole` where the graph shows this snapshot exactly; else a random one."""

    @property
    def is_rebuilding(self) -> bool:
        """Whether it is being written anew."""
        return self.position < 0


class OvertakenError(Exception):
    """The graph is not as this worker left it; nothing was written."""


class Projection:
    """Writes the graph.

    Parameters
    ----------
    server
        The connection.
    writer
        Who writes, for people who look at the graph's state.
    """

    def __init__(self, server: Server, writer: str) -> None:
        self._server, self._writer = server, writer

    def progress(self) -> Progress | None:
        """What stands in the graph; None where nothing was ever written.

        Raises
        ------
        GraphUnavailableError
            It does not answer.
        """
        return _progress(self._server.read(load("read/progress").text, {}))

    def write(
        self, expected: Progress, steps: Iterable[Step], after: Progress, *, is_new: bool = False
    ) -> None:
        """Write steps in one transaction.

        Parameters
        ----------
        expected
            What stands in the graph as far as this worker knows.
        steps
            What is written.
        after
            What stands there then.
        is_new
            Whether nothing of them can be there: they are created, and not looked for first.

        Raises
        ------
        OvertakenError
            Something else stands there.
        GraphUnavailableError
            It was not written; or, where it fails in the commit, it may be.
        """

        def work(tx: Writing) -> None:
            self._lock(tx, expected)
            for step in steps:
                (_create if is_new else _write)(tx, step)
            self._say(tx, after)

        self._server.write(work)

    # -- anew

    def begin(self, catalogue: str, stamp: int, *, is_large: bool) -> Progress:
        """Say that the graph is being written anew, whatever stands there; gives what it says now.

        Parameters
        ----------
        catalogue
            Whose graph it will be.
        stamp
            A random one.
        is_large
            Whether so much is to be written that indexes are made quicker afterwards than kept
            meanwhile; they are dropped, and `complete` has to be called.

        Raises
        ------
        OvertakenError
            Another worker began to write it anew.
        GraphUnavailableError
            As for `write`.
        """
        self._server.apply_schema(_NEEDED)
        started = Progress(catalogue, _REBUILDING, _REBUILDING, 0, stamp)
        self._server.write(lambda tx: self._say(tx, started))
        if is_large:
            if self.progress() != started:
                raise OvertakenError
            self._server.drop_schema(_NEEDED)
        return started

    def complete(self) -> None:
        """Make all constraints and indexes that are not there; raises `GraphUnavailableError`."""
        self._server.apply_schema()

    def clear(self, started: Progress) -> bool:
        """Delete some nodes or relationships; tells whether there were any. Raises as `write`."""
        return self._delete(started, "write/clear_relations") or self._delete(
            started, "write/clear_nodes"
        )

    def _delete(self, started: Progress, name: str) -> bool:
        limits = {"nodes": _NODES_AT_ONCE, "most": _RELATIONS_AT_ONCE}

        def work(tx: Writing) -> bool:
            self._lock(tx, started)
            [[number]] = tx.run(load(name).text, limits)
            return bool(number)

        return self._server.write(work)

    def _lock(self, tx: Writing, expected: Progress) -> None:
        tx.run(load("write/lock").text, {"writer": self._writer})
        if _progress(tx.run(load("read/progress").text, {})) != expected:
            raise OvertakenError

    def _say(self, tx: Writing, after: Progress) -> None:
        values = {"state": {"id": 1, **after._asdict()}, "writer": self._writer}
        tx.run(load("write/state").text, values)


def in_transactions(steps: Iterable[Step]) -> Iterator[tuple[list[Step], bool]]:
    """Steps that are written together, and whether they are the last ones; at least once."""
    group: list[Step] = []
    size = 0
    for step in steps:
        if group and size + step.size > _MOST_IN_TRANSACTION:
            yield group, False
            group, size = [], 0
        group.append(step)
        size += step.size
    yield group, True


def _progress(rows: Sequence[tuple[Any, ...]]) -> Progress | None:
    return Progress(*rows[0]) if rows else None


def _write(tx: Writing, step: Step) -> None:
    """Delete first: an element that came back has its IRI under another number."""
    _run(tx, load("write/drop_nodes").text, iids=step.gone)
    for type_ in sorted(RELATIONSHIP_TYPES) if step.unsaid else ():
        _run(tx, of_type("write/drop_relations", type_), keys=step.unsaid)
    for of in ("membership", "generation"):
        _run(tx, load(f"write/drop_within_{of}").text, keys=step.unsaid)
    for type_, keys in sorted(step.moved.items()):
        _run(tx, of_type("write/drop_relations", type_), keys=keys)
    if step.nodes:
        tx.run(load("write/nodes").text, {"nodes": step.nodes, "known": _KNOWN_LABELS})
    for type_, rows in _by_type(step.relations):
        _run(tx, of_type("write/relations", type_), relations=rows)
    _run(tx, load("write/within").text, within=step.within)


def _create(tx: Writing, step: Step) -> None:
    """Lists in place of maps: the driver and the server spend as long on names as on values."""
    nodes = [[*_properties(row["properties"]), row["labels"]] for row in step.nodes]
    _run(tx, load("write/new_nodes").text, nodes=nodes)
    for type_, rows in _by_type(step.relations):
        listed = [
            [row[name] for name in ("a", "b", "key")] + [row.get("role"), row.get("time")]
            for row in rows
        ]
        _run(tx, of_type("write/new_relations", type_), relations=listed)
    _run(tx, load("write/new_within").text, within=list(map(list, map(_within, step.within))))


def _run(tx: Writing, text: str, **rows: Sequence[Any]) -> None:
    if any(rows.values()):
        tx.run(text, rows)


def _by_type(relations: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """In one order always, and each type's by the nodes that they lead to and from."""
    ordered = sorted(relations, key=lambda row: (row["type"], row["b"], row["a"]))
    for type_, rows in groupby(ordered, key=lambda row: str(row["type"])):
        yield type_, list(rows)
