"""Who inherits from whom: the relations that a walk back follows, between nodes.

The same as those of a `LineageQuestion` without agents and parameters: towards the origin, from an
activity to what started and ended it, and from a member to what generated its collection.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, case, select, text

from provstore.model.lineage import named_rows
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
from provstore.stores.graph.presence import presence
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.within import GENERATION, PAIRS

_ARROWS: Final = frozenset(kind.number for kind in TOWARDS_ORIGIN)
_STARTER: Final = 2
"""Which end of a start or an end the activity is that caused it."""

_ALONG: Final = select(relation.c.subj, relation.c.obj).where(
    relation.c.kind.in_(sorted(_ARROWS)), relation.c.subj.is_not(None), relation.c.obj.is_not(None)
)
BESIDE: Final = frozenset({DESCRIBED.number, ASSOCIATED.number, CONFIGURED.number})
"""Relations to what an activity is read with: its description, agents and configuration."""
_LINKED: Final = tuple(sorted(_ARROWS | BESIDE))
# of others no role is read: the index has all of them
_ROLE: Final = case((relation.c.kind == ASSOCIATED.number, relation.c.role))
_LINKS: Final = select(relation.c.subj, relation.c.kind, relation.c.obj, _ROLE).where(
    among(relation.c.subj, "list"),
    # no column alone: SQLite would look into the index for each of the kinds of each element
    text(f"relation.kind + 0 IN {_LINKED}"),
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


class _Pairs(NamedTuple):
    """Some of the edges: who inherits, and from whom."""

    all: Select[Any]
    up: Select[Any]
    """From those of a list who inherit."""
    down: Select[Any]
    """To those of a list."""


def _pairs(pairs: Select[Any]) -> _Pairs:
    dependent, origin = pairs.selected_columns
    return _Pairs(pairs, pairs.where(among(dependent, "list")), pairs.where(among(origin, "list")))


_BY_RELATION: Final = _pairs(_ALONG)
_BY_STARTER: Final = _pairs(_STARTERS)
_BY_MEMBERSHIP: Final = _pairs(_MAKERS)


class Link(NamedTuple):
    """A relation as seen from its first end."""

    subj: int
    kind: int
    obj: int
    role: str | None
    """Of an agent."""


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
        self.has_members = there.memberships
        self._links: defaultdict[int, list[Link]] = defaultdict(list)
        self._linked: set[int] = set()
        self._others = [_BY_STARTER] if there.third_ends else []
        """Those that are not among the links of elements."""
        if self.has_members:
            self._others.append(_BY_MEMBERSHIP)

    def links(self, elements: Iterable[int]) -> dict[int, list[Link]]:
        """What each of the elements comes from, and what describes, did or configured it."""
        wanted = list(elements)
        unknown = [number for number in wanted if number not in self._linked]
        if unknown:
            self._linked.update(unknown)
            for link in named_rows(Link, fetch(self._tx, _LINKS, unknown)):
                self._links[link.subj].append(link)
        return {number: self._links.get(number, []) for number in wanted}

    def origins(self, elements: Iterable[int]) -> set[int]:
        """What any of the elements comes from directly."""
        linked = self.links(elements).values()
        return {link.obj for links in linked for link in links if link.kind in _ARROWS}

    def parents(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What each of the nodes inherits from directly."""
        listed = list(self.ties.elements(nodes))
        pairs = [
            (number, link.obj)
            for number, links in self.links(listed).items()
            for link in links
            if link.kind in _ARROWS
        ]
        pairs += [pair for one in self._others for pair in fetch(self._tx, one.up, listed)]
        return self._by_node(nodes, pairs)

    def children(self, nodes: Collection[int]) -> dict[int, set[int]]:
        """What inherits from each of the nodes directly."""
        listed = list(self.ties.elements(nodes))
        statements = [one.down for one in (_BY_RELATION, *self._others)]
        pairs = [pair for one in statements for pair in fetch(self._tx, one, listed)]
        return self._by_node(nodes, [(origin, dependent) for dependent, origin in pairs])

    def all(self) -> Iterable[tuple[int, int]]:
        """Every dependent with every origin, as elements."""
        for one in (_BY_RELATION, *self._others):
            yield from self._tx.execute(one.all).cursor.fetchall()

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
