"""What a graph should hold: read from the catalogue, in steps of bounded size.

A graph node is a node of the catalogue: an element with all that it is tied to, under the lowest of
their numbers. Relations lead from node to node; `provstore.cypher.names` says which types of
relationship tell one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, select

from provstore.cypher.names import REVERSE, THIRD_END, TYPES, WITHIN, labels_of
from provstore.model.body import EMPTY_BODY
from provstore.model.vocabulary import RELATION_BY_NUMBER, Kind
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.outbox import Batch, What
from provstore.stores.catalogue.read import Dataset, Description, Seen
from provstore.stores.catalogue.shown import first_of, level_of, location, short_name
from provstore.stores.catalogue.tables import (
    element,
    relation,
    relation_end,
)
from provstore.stores.graph.ties import Ties
from provstore.stores.graph.within import GENERATION, PAIRS

PAGE: Final = 2500
"""Elements or relations of one step."""
THIRD: Final = 2
"""Position of a third end."""
KINDS: Final = int(Kind.ENTITY | Kind.ACTIVITY | Kind.AGENT)
"""The bits of a mask that are labels."""
_NO_DATASET: Final = Dataset(None, None, None)
_NOBODY: Final[frozenset[int]] = frozenset()
Row = dict[str, Any]
Key = int | str


@dataclass(slots=True)
class Step:
    """Part of what is written, in the order in which it is done."""

    gone: Sequence[int] = ()
    """Numbers of which there is no node."""
    nodes: list[Row] = field(default_factory=list)
    """Each `iid`, `labels`, and `properties`, among them `iid` again."""
    unsaid: Sequence[int] = ()
    """Numbers of relations that nobody says any more."""
    moved: dict[str, list[Key]] = field(default_factory=dict)
    """Type to keys of relationships that may be there between other nodes: deleted first."""
    relations: list[Row] = field(default_factory=list)
    """Each `type`, `key`, `a`, `b`, `role` and `time`."""
    within: list[Row] = field(default_factory=list)
    """Each `key`, `a`, `b`, `membership`, `generation`."""
    read: int = 0
    """How many elements and relations of the catalogue it stands for."""

    @property
    def size(self) -> int:
        """How much there is to write."""
        deleted = len(self.gone) + len(self.unsaid) + sum(map(len, self.moved.values()))
        return deleted + len(self.nodes) + len(self.relations) + len(self.within)


def everything(tx: Transaction) -> Iterator[Step]:
    """All nodes, then all relations, each once."""
    for numbers in _all_numbers(tx, element.c.id):
        yield _nodes(tx, numbers, only=True)
    for numbers in _all_numbers(tx, relation.c.id):
        yield from _relations(tx, numbers, _NOBODY, every=True)


def changes(tx: Transaction, batch: Batch, moving: AbstractSet[int]) -> Iterator[Step]:
    """The present state of all that rows of the outbox name.

    Parameters
    ----------
    tx
        Where to read: the snapshot in which the rows were taken, or a later one.
    batch
        The rows.
    moving
        Elements of which the graph may not show yet to which node they belong: their relations may
        stand there between others.
    """
    moved = batch.changed.get(What.NODES, [])
    for numbers in _pages({*batch.changed.get(What.ELEMENTS, ()), *moved}):
        yield _nodes(tx, numbers)
    related = {*batch.changed.get(What.RELATIONS, ())}
    for numbers in _pages(moved):
        related.update(_of_elements(tx, numbers))
    for numbers in _pages(related):
        yield from _relations(tx, numbers, moving)


def nodes_of(tx: Transaction, elements: Iterable[int]) -> list[Row]:
    """The nodes that these elements belong to."""
    return _nodes(tx, sorted(elements)).nodes


def relations_of(tx: Transaction, nodes: Iterable[int]) -> Step:
    """The relations of nodes, as one step."""
    ties = Ties(tx)
    elements = ties.elements(ties.nodes(nodes))
    found = Step()
    for step in _relations(tx, sorted(_of_elements(tx, sorted(elements))), _NOBODY):
        found.relations.extend(step.relations)
        found.within.extend(step.within)
    return found


def _pages(numbers: Iterable[int]) -> Iterator[list[int]]:
    listed = sorted(numbers)
    for start in range(0, len(listed), PAGE):
        yield listed[start : start + PAGE]


def _all_numbers(tx: Transaction, column: Column[int]) -> Iterator[list[int]]:
    """The numbers of a table in order, some at a time."""
    last = 0
    while True:
        rows = tx.execute(select(column).where(column > last).order_by(column).limit(PAGE))
        page = list(rows.scalars())
        if not page:
            return
        yield page
        last = page[-1]


# -- nodes


def _nodes(tx: Transaction, numbers: Sequence[int], *, only: bool = False) -> Step:
    """The nodes of elements; with ``only`` those alone that are named by one of them."""
    ties = Ties(tx)
    nodes = ties.nodes(numbers)
    if only:
        nodes &= set(numbers)
    elements = sorted(ties.elements(nodes))
    found = read.seen(tx, elements)
    facts = _Facts(found, read.descriptions(tx, elements), read.datasets(tx, elements))
    written = [
        facts.node([found[number] for number in ties.elements([node])])
        for node in sorted(nodes)
        if node in found
    ]
    gone = () if only else sorted(set(numbers) - {row["iid"] for row in written})
    return Step(gone=gone, nodes=written, read=len(numbers))


class _Facts:
    """What was read of elements, for the nodes that they make."""

    def __init__(
        self,
        found: Mapping[int, Seen],
        descriptions: Mapping[int, Description],
        datasets: Mapping[int, Dataset],
    ) -> None:
        self._descriptions, self._datasets = descriptions, datasets
        without = {n: told for n, told in descriptions.items() if found[n].level is None}
        self._stops = read.labels_of(found, without)

    def node(self, group: Sequence[Seen]) -> Row:
        labels: dict[str, None] = {}
        for one in group:
            labels.update(dict.fromkeys(_labels((one.declared | one.inferred) & KINDS, one.cls)))
        return {
            "iid": group[0].id,
            "labels": list(labels),
            "properties": self._properties(group),
        }

    def _properties(self, group: Sequence[Seen]) -> Row:
        first = group[0]
        described = [self._descriptions.get(one.id) for one in group]
        datasets = [self._datasets.get(one.id, _NO_DATASET) for one in group]
        stops = set().union(*[self._stops[one.id] for one in group])
        return {
            "iid": first.id,
            "iri": first.iri,
            "name": first_of([one.name for one in group]) or _named_by_place(group),
            "version": first_of([one.version for one in group])
            or first_of([one and one.version for one in described]),
            "class": first_of([one.cls for one in group]),
            "level": level_of(group, self._descriptions)[0],
            "obs_publisher_did": first_of([one.obs_publisher_did for one in datasets]),
            "stops": sorted(stops),
        }


@cache
def _labels(kinds: int, cls: str | None) -> tuple[str, ...]:
    """`labels_of`; an archive has few of them."""
    return labels_of(Kind(kinds), cls)


def _named_by_place(group: Sequence[Seen]) -> str:
    place = first_of(one.attrs for one in group if location(one.attrs or EMPTY_BODY))
    return short_name(group[0].iri, place or EMPTY_BODY)


# -- relations


class _Related(NamedTuple):
    """One relationship between elements."""

    type: str
    key: Key
    a: int
    b: int
    more: Row


_TYPES_OF: Final = {
    number: (TYPES[kind], REVERSE.get(kind), THIRD_END.get(kind))
    for number, kind in RELATION_BY_NUMBER.items()
}
"""By the numbers of the catalogue: the type that tells a relation, its reverse, its third end's."""
_RELATION: Final = select(
    relation.c.id,
    relation.c.kind,
    relation.c.subj,
    relation.c.obj,
    relation.c.role,
    relation.c.time,
).where(among(relation.c.id, "list"))
_THIRDS: Final = select(relation_end.c.relation, relation_end.c.element).where(
    among(relation_end.c.relation, "list"),
    relation_end.c.position == THIRD,
    relation_end.c.element.is_not(None),
)
_PAIRS: Final = PAIRS.execution_options(yield_per=PAGE)
_OF_MEMBERSHIP: Final = _PAIRS.where(among(relation.c.id, "list"))
_OF_GENERATION: Final = _PAIRS.where(among(GENERATION.c.id, "list"))
_OF_ELEMENTS: Final = (
    select(relation.c.id).where(among(relation.c.subj, "list")),
    select(relation.c.id).where(among(relation.c.obj, "list")),
    select(relation_end.c.relation).where(
        among(relation_end.c.element, "list"), relation_end.c.position == THIRD
    ),
)


def _of_elements(tx: Transaction, elements: Sequence[int]) -> set[int]:
    """The numbers of all relations that a relationship at one of these elements tells."""
    return {number for statement in _OF_ELEMENTS for (number,) in fetch(tx, statement, elements)}


def _relations(
    tx: Transaction, numbers: Sequence[int], moving: AbstractSet[int], *, every: bool = False
) -> Iterator[Step]:
    """The relationships of relations; with ``every`` other calls bring all other relations."""
    rows = fetch(tx, _RELATION, numbers)
    thirds = dict(fetch(tx, _THIRDS, numbers))
    step = _step(tx, [one for row in rows for one in _told(row, thirds)], moving)
    step.read = len(numbers)
    if len(rows) < len(numbers):
        step.unsaid = sorted(set(numbers) - {row[0] for row in rows})
    yield step
    for statement in (_OF_MEMBERSHIP,) if every else (_OF_MEMBERSHIP, _OF_GENERATION):
        for pairs in tx.execute(statement, {"list": numbers}).partitions():
            yield _step(tx, [_inferred(*pair) for pair in pairs], moving)


def _told(row: tuple[Any, ...], thirds: Mapping[int, int]) -> Iterator[_Related]:
    number, kind_number, subj, obj, role, time = row
    type_, reverse, third = _TYPES_OF[kind_number]
    if subj is None:
        return
    more = {"role": role, "time": time}
    if obj is not None:
        yield _Related(type_, number, subj, obj, more)
        if reverse is not None:
            yield _Related(reverse, number, obj, subj, {})
    if third is not None and number in thirds:
        yield _Related(third, number, subj, thirds[number], more)


def _inferred(membership: int, generation: int, member: int, maker: int) -> _Related:
    more = {"membership": membership, "generation": generation}
    return _Related(WITHIN, f"{membership}:{generation}", member, maker, more)


def _step(tx: Transaction, found: Sequence[_Related], moving: AbstractSet[int]) -> Step:
    ties = Ties(tx)
    ties.nodes({end for one in found for end in (one.a, one.b)})
    step = Step()
    for type_, key, a, b, more in found:
        if a in moving or b in moving:
            step.moved.setdefault(type_, []).append(key)
        row = {"type": type_, "key": key, "a": ties.node(a), "b": ties.node(b), **more}
        (step.within if type_ == WITHIN else step.relations).append(row)
    return step
