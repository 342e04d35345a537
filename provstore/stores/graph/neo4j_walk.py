"""Neo4j as the graph: it proposes which nodes there are and how far away, the catalogue disposes.

The walk of Neo4j comes back as two lists of numbers. The relations between the nodes, with their
roles, times and attributes, are read from the catalogue in the question's own snapshot, which a
full answer reads anyway, and the distances are proved over them. So an answer is never staler than
the catalogue, and never wrong whatever stands in the graph. Nothing that the graph says of its own
state would do instead: Neo4j shows a transaction bit by bit while it is committed, and a reader may
meet the new state of one node beside the old relationships of another (measured on 5.26).
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple, Protocol

from provstore.cypher import names
from provstore.cypher.loader import load, walk
from provstore.errors import GraphUnavailableError
from provstore.model.lineage import GRAPH_ENGINE, Bounds, Walk, WalkPlan
from provstore.model.vocabulary import ASSOCIATED, ENDED, STARTED
from provstore.stores.catalogue import outbox
from provstore.stores.catalogue.database import Transaction
from provstore.stores.graph.sql import SqlGraph
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.walker import Walker

_SHORTEST: Final = 3
"""Walks of less depth are quicker over the catalogue: a call to another server costs more."""
_MOST_STARTS: Final = 16
"""Neo4j searches from each start by itself; from many the catalogue walks at once."""
_POLL_S: Final = 0.02
_IN_VAIN_S: Final = 5.0
"""How long nobody waits for the graph after somebody did in vain: it may be days behind."""
_EVERYTHING: Final = 2**62


class Reader(Protocol):
    """What sends a statement that reads (`provstore.stores.graph.neo4j.Neo4j`)."""

    def read(self, text: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows of a statement; raises `GraphUnavailableError`."""


class Neo4jGraph:
    """Asks Neo4j where that is worth it and possible, and the catalogue otherwise.

    Parameters
    ----------
    server
        The connection.
    max_wait_s
        Longest wait, in seconds, for the graph to show what the catalogue holds.
    """

    def __init__(self, server: Reader, max_wait_s: float) -> None:
        self._server, self._max_wait_s = server, max_wait_s
        self._in_vain_until = float("-inf")
        self._catalogue = SqlGraph()

    def walk(self, tx: Transaction, roots: Sequence[int], plan: WalkPlan, bounds: Bounds) -> Walk:
        """See `provstore.stores.graph.base.Graph.walk`."""
        found = self._proposed(tx, roots, plan, bounds)
        return self._catalogue.walk(tx, roots, plan, bounds) if found is None else found

    def _proposed(
        self, tx: Transaction, roots: Sequence[int], plan: WalkPlan, bounds: Bounds
    ) -> Walk | None:
        is_short = bounds.depth is not None and bounds.depth < _SHORTEST
        way = _way(plan)
        if bounds.steps is not None or is_short or way is None:
            return None
        starts = sorted(Ties(tx).nodes(roots))
        if len(starts) > _MOST_STARTS:
            return None
        state = outbox.state(tx)
        try:
            answer = self._ask(state, _question(way, starts, bounds))
        except GraphUnavailableError:  # logged where the connection's state changes
            return None
        if answer is None:
            return None
        distances = dict(zip(answer.nodes, answer.distances, strict=True))
        made = Walker(tx, plan, bounds).walk_proposed(roots, distances)
        return None if made is None else replace(made, engine=GRAPH_ENGINE)

    def _ask(self, state: outbox.State, ask: "_Question") -> "_Answer | None":
        """What the graph says when it has come as far as the catalogue; None where it does not."""
        answer = self._once(state, ask)
        if answer is None or answer.position >= state.position:
            return answer
        if not self._has_come(state):
            return None
        answer = self._once(state, ask)
        return answer if answer is not None and answer.position >= state.position else None

    def _once(self, state: outbox.State, ask: "_Question") -> "_Answer | None":
        rows = self._server.read(ask.text, ask.parameters)
        answer = _Answer(*rows[0]) if rows else None
        return answer if answer is not None and _is_ours(state, answer) else None

    def _has_come(self, state: outbox.State) -> bool:
        """Whether the graph comes as far as the catalogue while it is waited for."""
        began_at = time.monotonic()
        if began_at < self._in_vain_until:
            return False
        while time.monotonic() < began_at + self._max_wait_s:
            time.sleep(_POLL_S)
            rows = self._server.read(load("read/state").text, {})
            if not rows or not _is_ours(state, _State(*rows[0])):
                return False
            if _State(*rows[0]).position >= state.position:
                return True
        self._in_vain_until = time.monotonic() + _IN_VAIN_S
        return False


class _State(NamedTuple):
    """What the graph says of itself; the columns of `read/state`."""

    catalogue: str
    position: int
    whole: int
    stamp: int


class _Answer(NamedTuple):
    """The columns of a walk."""

    catalogue: str
    position: int
    nodes: list[int]
    distances: list[int]


def _is_ours(state: outbox.State, told: _State | _Answer) -> bool:
    """Whether the graph is this catalogue's, and not being written anew."""
    return told.catalogue == state.catalogue and told.position >= 0


class _Way(NamedTuple):
    """The one direction in which a plan goes, and over which types of relationships."""

    back: bool
    types: tuple[str, ...]


class _Question(NamedTuple):
    text: str
    parameters: Mapping[str, Any]


def _question(way: _Way, starts: Sequence[int], bounds: Bounds) -> _Question:
    parameters: dict[str, Any] = {
        "roots": starts,
        # one more than is shown tells that there are more
        "limit": _EVERYTHING if bounds.limit is None else bounds.limit + 1,
    }
    if bounds.stop:
        parameters["stop"] = list(bounds.stop)
    text = walk(back=way.back, types=way.types, most=bounds.depth, stopping=bool(bounds.stop))
    return _Question(text, parameters)


def _way(plan: WalkPlan) -> _Way | None:
    """How a plan is walked by one pattern, which goes one way; None where it cannot be."""
    against = any(kind not in names.REVERSE for kind in plan.into)
    with_arrows, turned = (plan.into, plan.out) if against else (plan.out, plan.into)
    if any(kind not in names.REVERSE for kind in turned):
        return None
    beside = [*_beside(plan)]
    if not (with_arrows or turned or beside) or (beside and plan.forth != against):
        return None
    types = [names.TYPES[kind] for kind in with_arrows] + [names.REVERSE[kind] for kind in turned]
    return _Way(not against, tuple(sorted({*types, *beside})))


def _beside(plan: WalkPlan) -> list[str]:
    """The types that stand for more than the two ends of a relation."""
    types = []
    if plan.starters:
        types += [names.THIRD_END[STARTED], names.THIRD_END[ENDED]]
    if plan.from_plans:
        types.append(names.THIRD_END[ASSOCIATED])
    if plan.inferred:
        types.append(names.WITHIN)
    return types
