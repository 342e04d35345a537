"""Elements that are one node, met during a walk."""

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import exists, select

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import tie

_TIED: Final = select(tie.c.a, tie.c.b).where(among(tie.c.a, "list"))
_HAS_ANY: Final = select(exists(select(tie.c.a)))


class Ties:
    """From elements to nodes and back. A node is named by its lowest element.

    Only elements that are tied stand in the tables here: most are a node by themselves.

    Parameters
    ----------
    tx
        A transaction of the catalogue.
    has_any
        Whether there are ties at all; found out where it is not told.
    """

    def __init__(self, tx: Transaction, *, has_any: bool | None = None) -> None:
        self._tx = tx
        self._has_any = bool(tx.execute(_HAS_ANY).scalar()) if has_any is None else has_any
        self._asked: set[int] = set()
        self._node: dict[int, int] = {}
        self._group: dict[int, list[int]] = {}

    @property
    def any_met(self) -> bool:
        """Whether any element met so far is tied to another."""
        return bool(self._node)

    def nodes(self, elements: Iterable[int]) -> set[int]:
        """The nodes of elements; ties cost no distance and lead on through any number of ties."""
        wanted = set(elements)
        if not self._has_any:
            return wanted
        new = wanted - self._asked
        if new:
            self._ask(new)
        return {self._node.get(number, number) for number in wanted} if self._node else wanted

    def node(self, element: int) -> int:
        """The node of an element that was asked for."""
        return self._node.get(element, element)

    def group(self, node: int) -> Sequence[int]:
        """All elements of a node."""
        return self._group.get(node, (node,))

    def elements(self, nodes: Iterable[int]) -> Sequence[int]:
        """All elements of nodes."""
        if not self._group:
            return list(nodes)
        group = self._group
        return [number for node in nodes for number in group.get(node, (node,))]

    def _ask(self, new: set[int]) -> None:
        tied: dict[int, set[int]] = {}
        front = new
        while front:
            self._asked |= front
            reached = set()
            for one, other in fetch(self._tx, _TIED, list(front)):
                tied.setdefault(one, set()).add(other)
                reached.add(other)
            front = reached - self._asked
        while tied:
            self._unite(tied)

    def _unite(self, tied: dict[int, set[int]]) -> None:
        """Take one group out of the ties."""
        start, others = tied.popitem()
        group, front = {start}, list(others)
        while front:
            number = front.pop()
            if number not in group:
                group.add(number)
                front.extend(tied.pop(number, ()))
        node = min(group)
        self._group[node] = sorted(group)
        self._node.update(dict.fromkeys(group, node))
