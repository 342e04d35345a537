"""From a dataset to its neighbours: what it was made from, what was made from it and beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Any, Final, NamedTuple

from provstore.errors import AmbiguousIdentifierError, UnknownIdentifierError
from provstore.model.lineage import (
    Agents,
    Bounds,
    Direction,
    LineageQuestion,
    Node,
    Walk,
    WalkedEdge,
    WalkPlan,
)
from provstore.model.links import Access, Fault, Linked, Links, LinksAnswer, Neighbours
from provstore.model.vocabulary import GENERATED, USED
from provstore.services import answer
from provstore.stores.catalogue import resolve
from provstore.stores.catalogue.accesses import accesses
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.graph.base import Graph

_QUESTION: Final = LineageQuestion((), agents=Agents.HIDE, parameters=False)
_BACK: Final = replace(_QUESTION.plans()[0], shown=())
_FORTH: Final = replace(replace(_QUESTION, direction=Direction.FORTH).plans()[0], shown=())
_NOWHERE: Final = WalkPlan(out=(), into=(), shown=())
_PREVIEW: Final = "preview"
_TYPES: Final = ("prov:type", "voprov:type")
_NAMED: Final = 10
"""How many of the datasets under one name a fault lists."""


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """How much one answer holds."""

    ids: int = 100
    """Identifiers that are answered."""
    links: int = 1000
    """Datasets in one relation to one other; if there are more, none is listed."""
    total: int = 10_000
    """Links after which no further identifier is begun."""
    walked: int = 10_000
    """Nodes that are looked at to find those in one relation."""


class LinkService:
    """Answers what datasets lead to.

    Parameters
    ----------
    database
        The catalogue.
    graph
        What walks.
    limits
        How much one answer holds.
    """

    def __init__(self, database: Database, graph: Graph, limits: LinkLimits | None = None) -> None:
        self._database, self._graph = database, graph
        self._limits = limits or LinkLimits()

    def find(self, names: Sequence[str]) -> LinksAnswer:
        """The links of identifiers, in their order; what is wrong with one is told beside it."""
        items: list[Links] = []
        total = 0
        with self._database.reading() as tx:
            for name in names[: self._limits.ids]:
                if total >= self._limits.total:
                    break
                items.append(self._links(tx, name))
                total += items[-1].size
        return LinksAnswer(items, len(items) < len(names))

    def _links(self, tx: Transaction, name: str) -> Links:
        try:
            elements = resolve.find(tx, name).elements
        except AmbiguousIdentifierError as error:
            return Links(name, Fault.USAGE, str(error))
        if not elements:
            return Links(name, Fault.NOT_FOUND, str(UnknownIdentifierError([name])))
        here = _Seen(tx, self._graph.walk(tx, elements, _NOWHERE, Bounds(depth=0)))
        if len(here.nodes) > 1:
            return Links(name, Fault.USAGE, _several(here.nodes.values()))
        [(root, node)] = here.nodes.items()
        this = Linked(node, here.accesses.get(root))
        if node.kind != "entity":
            return Links(name, this=this)
        back = self._walk(tx, elements, _BACK)
        forth = self._walk(tx, elements, _FORTH)
        return Links(
            name,
            this=this,
            progenitors=self._neighbours(back, root, back.uses),
            derivations=self._neighbours(forth, root, forth.makings),
            coderived=self._coderived(tx, root, back),
        )

    def _walk(self, tx: Transaction, elements: Sequence[int], plan: WalkPlan) -> "_Seen":
        bounds = Bounds(steps=1, limit=self._limits.walked)
        return _Seen(tx, self._graph.walk(tx, elements, plan, bounds))

    def _coderived(self, tx: Transaction, root: int, back: "_Seen") -> Neighbours:
        """What the activities that made the root made beside it."""
        makers = sorted(back.makers_of(root))
        if not makers:
            return Neighbours()
        forth = self._walk(tx, makers, _FORTH)
        nodes = {forth.node_of(maker) for maker in makers}
        makings = {number: made for number, made in forth.makings.items() if made.activity in nodes}
        return self._neighbours(forth, root, makings, only=True)

    def _neighbours(
        self, found: "_Seen", root: int, parts: Mapping[int, "_Part"], *, only: bool = False
    ) -> Neighbours:
        """The data one step away; with ``only`` those alone that have a part in an activity."""
        numbers = [
            number
            for number, node in found.nodes.items()
            if node.is_data and node.steps == 1 and number != root
            if not only or number in parts
        ]
        if found.is_cut or len(numbers) > self._limits.links:
            return Neighbours(is_cut=True)
        return Neighbours([found.linked(number, parts.get(number)) for number in numbers])


class _Part(NamedTuple):
    """What a dataset was to an activity."""

    activity: int
    """Its node."""
    role: str | None
    is_preview: bool = False


class _Seen:
    """What a walk met, as links show it."""

    def __init__(self, tx: Transaction, walk: Walk) -> None:
        self._walk = walk
        self.is_cut = walk.cut is not None
        self.nodes: dict[int, Node] = answer.Facts(tx, walk).nodes({})
        self.accesses: dict[int, Access] = {
            walk.node_of[element]: access for element, access in accesses(tx, list(walk.node_of))
        }
        self._generations = [edge for edge in walk.edges if edge.type == GENERATED.number]

    @cached_property
    def uses(self) -> dict[int, _Part]:
        """The first use of each node that was used."""
        found: dict[int, _Part] = {}
        for edge in self._walk.edges:
            if edge.type == USED.number:
                found.setdefault(self.node_of(edge.obj), _Part(self.node_of(edge.subj), edge.role))
        return found

    @cached_property
    def makings(self) -> dict[int, _Part]:
        """The first generation of each node that was generated."""
        found: dict[int, _Part] = {}
        for edge in self._generations:
            part = _Part(self.node_of(edge.obj), edge.role, _is_preview(edge))
            found.setdefault(self.node_of(edge.subj), part)
        return found

    def makers_of(self, node: int) -> set[int]:
        """The activities that a node was generated by."""
        return {edge.obj for edge in self._generations if self.node_of(edge.subj) == node}

    def node_of(self, element: int) -> int:
        """The node that an element belongs to."""
        return self._walk.node_of[element]

    def linked(self, number: int, part: _Part | None) -> Linked:
        """A dataset with how it hangs together with the one that was asked for."""
        access = self.accesses.get(number)
        if part is None:
            return Linked(self.nodes[number], access)
        activity = self.nodes.get(part.activity)
        return Linked(self.nodes[number], access, activity, part.role, part.is_preview)


def _is_preview(generation: WalkedEdge) -> bool:
    """Whether a generation says so: by its role, or by the IVOA's term for such outputs."""
    told = json.loads(generation.attrs) if generation.attrs else {}
    words = [generation.role or "", *chain.from_iterable(map(_words, map(told.get, _TYPES)))]
    return _PREVIEW in map(str.lower, words)


def _words(told: Any) -> Iterator[str]:  # noqa: ANN401  a value of a stored attribute
    """The values of an attribute, of a qualified name its last part."""
    for value in told if isinstance(told, list) else [told] if told else ():
        yield value["$"].rpartition(":")[2] if isinstance(value, dict) else value


def _several(nodes: Iterable[Node]) -> str:
    """That a name is one of several things, and which."""
    known = [node.obs_publisher_did or node.id for node in nodes]
    listed = ", ".join(known[:_NAMED]) + (", …" if len(known) > _NAMED else "")
    return f"this is a name of {len(known)} things: {listed}"
