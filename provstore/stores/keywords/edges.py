"""Who inherits from whom: the relations that a walk back follows, between nodes.

The same as those of a `LineageQuestion` without agents and parameters: towards the origin, from an
activity to what started and ended it, and from a member to what generated its collection.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, select

from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DESCRIBED,
    ENDED,
    STARTED,
    TOWARDS_ORIGIN,
)
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import relation, relation_end
from provstore.stores.graph.presence import has_memberships, presence
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.within import GENERATION, PAIRS

_ARROWS: Final = frozenset(kind.number for kind in TOWARDS_ORIGIN)
_STARTER: Final = 2
"""Which end of a start or an end the activity is that caused it."""

_ALONG: Final = select(relation.c.subj, relation.c.obj).where(
    relation.c.kind.in_(sorted(_ARROWS)), relation.c.subj.is_not(None), relation.c.obj.is_not(None)
)
_LINKS: Final = select(relation.c.subj, relation.c.kind, relation.c.obj, relation.c.role).where(
    among(relation.c.subj, "list"),
    relation.c.kind.in_(sorted({*_ARROWS, ASSOCIATED.number, CONFIGURED.number, DESCRIBED.number})),
    relation.c.obj.is_not(None),
)
_STARTERS: Final = (
    select(relation.c.subj, relation_end.c.element)
    .join(relation_end, relation_end.c.relation == relation.c.id)
    .where(
        relation.c.kind.in_((STARTED.number, ENDED.number)),
        relation.c.subj.is_not(None),
        relation_end.c.position == _STARTER,
        relation_end.c.element.is_not(None),
    )
)
_MAKERS: Final = PAIRS.with_only_columns(relation.c.obj, GENERATION.c.obj)
"""A member, and what generated its collection."""


class Link(NamedTuple):
    """A relation as seen from its first end."""

    kind: int
    obj: int
    role: str | None


class Edges:
    """The edges of one transaction's snapshot.

    Parameters
    ----------
    tx
        The transaction.
    """

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        there = presence(tx)
        self.ties = Ties(tx, has_any=there.ties)
        self.has_members = has_memberships(tx)
        self._links: defaultdict[int, list[Link]] = defaultdict(list)
        self._linked: set[int] = set()
        statements = [(_ALONG, relation.c.subj, relation.c.obj)]
        if there.third_ends:
            statements.append((_STARTERS, relation.c.subj, relation_end.c.element))
        if self.has_members:
            statements.append((_MAKERS, relation.c.obj, GENERATION.c.obj))
        self._all: list[Select[Any]] = [statement for statement, *_ in statements]
        self._up = [one.where(among(dependent, "list")) for one, dependent, _ in statements[1:]]
        self._down = [one.where(among(origin, "list")) for one, _, origin in statements]

    def links(self, elements: Iterable[int]) -> dict[int, list[Link]]:
        """What each of the elements comes from, and what describes, did or configured it."""
        wanted = list(elements)
        unknown = [number for number in wanted if number not in self._linked]
        if unknown:
            self._linked.update(unknown)
            for subj, kind, obj, role in fetch(self._tx, _LINKS, unknown):
                self._links[subj].append(Link(kind, obj, role))
        return {number: self._links.get(number, []) for number in wanted}

    def parents(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What each of the nodes inherits from directly."""
        listed = list(self.ties.elements(nodes))
        pairs = [
            (number, link.obj)
            for number, links in self.links(listed).items()
            for link in links
            if link.kind in _ARROWS
        ]
        pairs += [pair for one in self._up for pair in fetch(self._tx, one, listed)]
        return self._by_node(nodes, pairs)

    def children(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What inherits from each of the nodes directly."""
        listed = list(self.ties.elements(nodes))
        pairs = [pair for one in self._down for pair in fetch(self._tx, one, listed)]
        return self._by_node(nodes, [(origin, dependent) for dependent, origin in pairs])

    def all(self) -> Iterable[tuple[int, int]]:
        """Every dependent with every origin, as elements."""
        for statement in self._all:
            yield from self._tx.execute(statement).cursor.fetchall()

    def _by_node(
        self, nodes: Collection[int], pairs: Sequence[tuple[Any, ...]]
    ) -> dict[int, set[int]]:
        self.ties.nodes(far for _, far in pairs)
        node = self.ties.node
        found: dict[int, set[int]] = {number: set() for number in nodes}
        for near, far in pairs:
            start, end = node(near), node(far)
            if start != end:
                found[start].add(end)
        return found
