"""From a dataset to its neighbours: what it was made from, what was made from it and beside it."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
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
from provstore.stores.catalogue import read, resolve
from provstore.stores.catalogue.accesses import accesses
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.names import load_names
from provstore.stores.graph.base import Graph

_QUESTION: Final = LineageQuestion((), agents=Agents.HIDE, parameters=False)
_BACK: Final = replace(_QUESTION.plans()[0], shown=())
_FORTH: Final = replace(replace(_QUESTION, direction=Direction.FORTH).plans()[0], shown=())
_NOWHERE: Final = WalkPlan(out=(), into=(), shown=())
_PREVIEW: Final = "preview"
_TYPES: Final = ("prov:type", "voprov:type")
_DESCRIPTOR: Final = "voprov:descriptor"
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
    """Links after which no further identifier is begun; a relation with too many counts as much as
    one that is full, since it was walked all the same."""
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
                total += self._size(items[-1])
        return LinksAnswer(items, len(items) < len(names))

    def _size(self, links: Links) -> int:
        groups = (links.progenitors, links.derivations, links.coderived)
        return 1 + sum(self._limits.links if one.is_cut else len(one.shown) for one in groups)

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
        return self._neighbours(forth, root, forth.makings, only=True)

    def _neighbours(
        self, found: "_Seen", root: int, parts: Mapping[int, "_Part"], *, only: bool = False
    ) -> Neighbours:
        """The data one step away; with ``only`` those alone that have a part in an activity."""
        if found.is_cut:
            return Neighbours(is_cut=True)
        numbers = [
            number
            for number, node in found.nodes.items()
            if node.is_data and node.steps == 1 and number != root
            if not only or number in parts
        ]
        if len(numbers) > self._limits.links:
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
        self._tx, self._walk = tx, walk
        self.is_cut = walk.cut is not None
        self._types_of: dict[str, list[str]] = {}
        self._generations = [edge for edge in walk.edges if edge.type == GENERATED.number]

    @cached_property
    def nodes(self) -> dict[int, Node]:
        """The nodes by number, nearest first."""
        return answer.Facts(self._tx, self._walk).nodes({})

    @cached_property
    def accesses(self) -> dict[int, Access]:
        """How nodes are had, of those that have a record."""
        told = accesses(self._tx, list(self._walk.node_of))
        return {self.node_of(element): access for element, access in told}

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
            part = _Part(self.node_of(edge.obj), edge.role, self._is_preview(edge))
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

    def _is_preview(self, generation: WalkedEdge) -> bool:
        """Whether a generation, or its description, is of the IVOA's type for such outputs."""
        told = _told(generation.attrs)
        types = list(_types(told))
        for name in _values(told.get(_DESCRIPTOR)):
            types.extend(self._described_types(name))
        return _PREVIEW in {word.lower() for word in (generation.role or "", *types)}

    def _described_types(self, name: str) -> list[str]:
        """The types that a description tells, by its name in stored texts."""
        if name not in self._types_of:
            numbers = resolve.find(self._tx, load_names(self._tx).expand(name)).elements
            found = read.seen(self._tx, numbers).values()
            self._types_of[name] = [word for one in found for word in _types(_told(one.attrs))]
        return self._types_of[name]


def _told(attrs: str | None) -> dict[str, Any]:
    """Stored attributes, by their names."""
    return json.loads(attrs) if attrs else {}


def _values(told: Any) -> Iterator[str]:  # noqa: ANN401  what is stored under one name
    """The values under one name; the datatype is left out."""
    for value in told if isinstance(told, list) else [told] if told else ():
        yield value["$"] if isinstance(value, dict) else value


def _types(told: Mapping[str, Any]) -> Iterator[str]:
    """What stored attributes tell as a type, without a prefix."""
    for name in _TYPES:
        for value in _values(told.get(name)):
            yield value.rpartition(":")[2]


def _several(nodes: Iterable[Node]) -> str:
    """That a name is one of several things, and which."""
    known = [node.obs_publisher_did or node.id for node in nodes]
    listed = ", ".join(known[:_NAMED]) + (", …" if len(known) > _NAMED else "")
    return f"this is a name of {len(known)} things: {listed}"
