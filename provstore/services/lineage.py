"""Lineage and what is built on it: impact, gaps, one element."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from provstore.errors import AmbiguousIdentifierError, BadParameterError, UnknownIdentifierError
from provstore.model.answers import Alias, ElementAnswer, GapPage, Impact
from provstore.model.body import decode_body
from provstore.model.identifiers import Iri
from provstore.model.lineage import (
    LEVELS,
    Bounds,
    Direction,
    Lineage,
    LineageQuestion,
    Node,
    SapQuestion,
    Walk,
    WalkPlan,
)
from provstore.model.literals import value_text
from provstore.services import answer
from provstore.stores.catalogue import gaps, ledger, read, resolve
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.derive import AliasKind
from provstore.stores.catalogue.names import load_names
from provstore.stores.catalogue.resolve import MOST_ROOTS
from provstore.stores.graph.base import Graph
from provstore.stores.keywords.incomplete import incomplete

_MOST_DIGITS: Final = 18
"""Of a cursor: more may not fit into the 63 bits of a number of the catalogue."""


class _Roots(NamedTuple):
    elements: list[int]
    notes: list[str]


class LineageService:
    """Answers about who comes from whom.

    Parameters
    ----------
    database
        The catalogue.
    graph
        What walks.
    max_nodes
        Most nodes of one answer.
    """

    def __init__(self, database: Database, graph: Graph, *, max_nodes: int = 200_000) -> None:
        self._database, self._graph, self._max_nodes = database, graph, max_nodes

    def ask(self, question: LineageQuestion) -> Lineage:
        """Answer a lineage question.

        Raises
        ------
        UnknownIdentifierError
            None of the ids is known; where some are, a note says which are not.
        AmbiguousIdentifierError
            A weak name fits too many elements.
        """
        with self._database.reading() as tx:
            roots = _find(tx, question.ids)
            walk = self._walk(tx, roots.elements, question.plans(), question.bounds)
            facts = answer.Facts(tx, walk)
            return self._compose(tx, facts, _complete(tx, walk), roots, question.direction)

    def sap(self, question: SapQuestion) -> Lineage:
        """Answer a question of the ProvSAP endpoint; raises as `ask`."""
        with self._database.reading() as tx:
            roots = _find(tx, question.ids)
            bounds = Bounds(depth=question.depth)
            walk = self._walk(tx, roots.elements, [question.plan()], bounds)
            return self._compose(tx, answer.Facts(tx, walk), {}, roots, question.direction)

    def impact(self, ids: Sequence[str], *, limit: int | None = None) -> Impact:
        """What was made from something; raises as `ask`.

        Parameters
        ----------
        ids
            What may be bad.
        limit
            Most datasets listed; the counts are of all of them.
        """
        question = LineageQuestion(tuple(ids), Direction.FORTH, parameters=False)
        found = self.ask(question)
        roots = set(found.roots)
        made = [node for node in found.nodes if node.id not in roots and node.is_data]
        made.sort(key=lambda node: (-_level_rank(node), node.steps))
        counts: dict[str, int] = {}
        for node in made:
            level = node.level or "unknown"
            counts[level] = counts.get(level, 0) + 1
        activities = sum(node.kind == "activity" and node.id not in roots for node in found.nodes)
        cut = found.cut
        if limit is not None and len(made) > limit:
            cut = cut or f"limit={limit}"
        return Impact(found.roots, made[:limit], counts, activities, found.engine, cut)

    def gaps(self, *, limit: int = 100, cursor: str | None = None) -> GapPage:
        """Where the record stops short, a page in order of arrival.

        Raises
        ------
        BadParameterError
            The cursor is none that an answer gave.
        """
        after = None if cursor is None else _number_of(cursor)
        with self._database.reading() as tx:
            return gaps.gaps(tx, limit, after)

    def element(self, name: str) -> ElementAnswer:
        """One entity, activity or agent; raises as `ask`, also where a name fits several."""
        with self._database.reading() as tx:
            found = _find(tx, (name,)).elements
            walk = self._walk(tx, found, [_NOTHING], Bounds(depth=0))
            if len(walk.depth) > 1:
                raise AmbiguousIdentifierError(name, len(walk.depth), 1)
            facts = answer.Facts(tx, walk)
            [node] = facts.nodes(_complete(tx, walk)).values()
            numbers = sorted(walk.node_of)
            return ElementAnswer(
                node,
                [*(Alias("iri", iri) for iri in (node.id, *node.same)), *_aliases(tx, numbers)],
                ledger.asserted_by(tx, numbers),
                _listed(node.body, load_names(tx).expand),
                read.obscore_record(tx, numbers),
            )

    def _walk(
        self, tx: Transaction, roots: Sequence[int], plans: Sequence[WalkPlan], bounds: Bounds
    ) -> Walk:
        limit = min(bounds.limit or self._max_nodes, self._max_nodes)
        within = Bounds(bounds.depth, bounds.steps, bounds.stop, limit)
        walks = [self._graph.walk(tx, roots, plan, within) for plan in plans]
        if len(walks) == 1:
            return walks[0]
        both = _both(*walks, limit=limit)
        shown = WalkPlan(out=(), into=(), shown=plans[0].shown)
        between = self._graph.walk(tx, sorted(both.node_of), shown, Bounds(depth=0))
        both.edges = list(dict.fromkeys([*both.edges, *between.edges]))
        return both

    def _compose(
        self,
        tx: Transaction,
        facts: answer.Facts,
        complete: dict[int, bool],
        roots: _Roots,
        direction: Direction,
    ) -> Lineage:
        walk, nodes = facts.walk, facts.nodes(complete)
        starts = dict.fromkeys(walk.node_of[number] for number in roots.elements)
        return Lineage(
            roots=tuple(nodes[start].id for start in starts if start in nodes),
            direction=direction,
            engine=walk.engine,
            cut=walk.cut,
            nodes=list(nodes.values()),
            edges=answer.edges(tx, walk, nodes),
            notes=tuple(roots.notes),
            prefixes=load_names(tx).prefixes,
        )


_NOTHING: Final = WalkPlan(out=(), into=(), shown=())


def _complete(tx: Transaction, walk: Walk) -> dict[int, bool]:
    """Whether the record upstream of each node is complete."""
    marked = incomplete(tx, walk.depth)
    return {node: node not in marked for node in walk.depth}


def _number_of(cursor: str) -> int:
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= _MOST_DIGITS):
        raise BadParameterError("cursor", cursor, "the one of the answer's `next`")
    return int(cursor)


def _find(tx: Transaction, names: Sequence[str]) -> _Roots:
    elements: dict[int, None] = {}
    notes, unknown = [], []
    for name in dict.fromkeys(names):
        found = resolve.find(tx, name)
        elements.update(dict.fromkeys(found.elements))
        if found.note is not None:
            notes.append(found.note)
        if not found.elements:
            unknown.append(name)
    if not elements:
        raise UnknownIdentifierError(unknown)
    if len(elements) > MOST_ROOTS:
        raise AmbiguousIdentifierError(", ".join(names), len(elements), MOST_ROOTS)
    notes.extend(f"nothing is known under {name!r}" for name in unknown)
    return _Roots(list(elements), notes)


def _both(back: Walk, forth: Walk, *, limit: int) -> Walk:
    """The union of a walk back and a walk forth, nearest first up to the limit."""
    depth, steps = dict(forth.depth), dict(forth.steps)
    for node in back.depth:
        depth[node] = min(back.depth[node], depth.get(node, back.depth[node]))
        steps[node] = min(back.steps[node], steps.get(node, back.steps[node]))
    cut = back.cut or forth.cut
    if len(depth) > limit:
        cut = f"limit={limit}"
        nearest = sorted(depth, key=lambda node: (depth[node], node))[:limit]
        depth = {node: depth[node] for node in nearest}
    node_of = {n: node for n, node in (back.node_of | forth.node_of).items() if node in depth}
    edges = dict.fromkeys([*back.edges, *forth.edges])
    return Walk(
        node_of,
        depth,
        {node: steps[node] for node in depth},
        [edge for edge in edges if edge.subj in node_of and edge.obj in node_of],
        back.unexpanded | forth.unexpanded,
        cut,
        ", ".join(sorted({back.engine, forth.engine})),
        back.plain | forth.plain,
    )


def _aliases(tx: Transaction, numbers: Sequence[int]) -> list[Alias]:
    names = read.names_of(tx, numbers)
    return [Alias(AliasKind(kind).name.lower(), value) for kind, value in names]


def _level_rank(node: Node) -> int:
    return LEVELS.index(node.level) if node.level in LEVELS else -1


def _listed(body: str, expand: Callable[[str], str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "value": value_text(value),
            "datatype": None if isinstance(value, Iri) else value.datatype,
            "language": None if isinstance(value, Iri) else value.language,
        }
        for name, value in decode_body(body, expand)
    ]
