"""Who inherits from whom: the relations that a walk back follows, between nodes.

The same as those of a `LineageQuestion` without agents and parameters: towards the origin, from an
activity to what started and ended it, and from a member to what generated its collection.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Select, select

from provstore.model.vocabulary import ENDED, STARTED, TOWARDS_ORIGIN
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import relation, relation_end
from provstore.stores.graph.presence import has_memberships, presence
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.within import GENERATION, PAIRS

ARROWS: Final = tuple(kind.number for kind in TOWARDS_ORIGIN)
_STARTER: Final = 2
"""Which end of a start or an end the activity is that caused it."""

_ALONG: Final = select(relation.c.subj, relation.c.obj).where(
    relation.c.kind.in_(ARROWS), relation.c.subj.is_not(None), relation.c.obj.is_not(None)
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
        self.has_third_ends = there.third_ends
        self.has_members = has_memberships(tx)
        statements = [(_ALONG, relation.c.subj, relation.c.obj)]
        if there.third_ends:
            statements.append((_STARTERS, relation.c.subj, relation_end.c.element))
        if self.has_members:
            statements.append((_MAKERS, relation.c.obj, GENERATION.c.obj))
        self._all: list[Select[Any]] = [statement for statement, *_ in statements]
        self._up = [one.where(among(dependent, "list")) for one, dependent, _ in statements]
        self._down = [one.where(among(origin, "list")) for one, _, origin in statements]

    def parents(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What each of the nodes inherits from directly."""
        return self._between(self._up, nodes, is_up=True)

    def children(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What inherits from each of the nodes directly."""
        return self._between(self._down, nodes, is_up=False)

    def all(self) -> Iterable[tuple[int, int]]:
        """Every dependent with every origin, as elements."""
        for statement in self._all:
            yield from self._tx.execute(statement).cursor.fetchall()

    def _between(
        self, statements: Sequence[Select[Any]], nodes: Collection[int], *, is_up: bool
    ) -> dict[int, set[int]]:
        listed = list(self.ties.elements(nodes))
        pairs = [pair for one in statements for pair in fetch(self._tx, one, listed)]
        near, far = (0, 1) if is_up else (1, 0)
        self.ties.nodes(pair[far] for pair in pairs)
        node = self.ties.node
        found: dict[int, set[int]] = {number: set() for number in nodes}
        for pair in pairs:
            start, end = node(pair[near]), node(pair[far])
            if start != end:
                found[start].add(end)
        return found
