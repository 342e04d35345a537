"""Keeps what elements inherit, in the transaction of the document that changes it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Final

from sqlalchemy import delete, select, update

from provstore.model.keyword_rules import Rules
from provstore.model.vocabulary import (
    ATTACHED_RELATIONS,
    CONFIGURED,
    GENERATED,
    NOT_DATA_CLASSES,
)
from provstore.stores.catalogue import check
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.outbox import Changes, What
from provstore.stores.catalogue.tables import (
    EMPTY_SET,
    INCOMPLETE,
    MEMBERSHIP_NUMBERS,
    catalogue,
    element,
    element_keywords,
    keyword,
    kwset,
    kwset_member,
    relation,
    relation_end,
)
from provstore.stores.keywords import own
from provstore.stores.keywords.edges import Edges
from provstore.stores.keywords.sets import Sets, Value, numbers_of
from provstore.stores.keywords.spread import Kept, respread, settle

_ATTACHED: Final = tuple(kind.number for kind in ATTACHED_RELATIONS)
_NEW: Final = select(relation.c.id, relation.c.kind, relation.c.subj, relation.c.obj).where(
    among(relation.c.id, "list")
)
_PLANS: Final = (
    select(relation_end.c.element)
    .join(relation, relation.c.id == relation_end.c.relation)
    .where(among(relation.c.id, "list"), relation_end.c.element.is_not(None))
)
_PRODUCTS: Final = select(relation.c.subj).where(
    among(relation.c.obj, "list"),
    relation.c.kind == GENERATED.number,
    relation.c.subj.is_not(None),
)
_USERS: Final = (
    select(relation.c.subj)
    .join(element, element.c.id == relation.c.obj)
    .where(
        among(relation.c.obj, "list"),
        relation.c.kind == CONFIGURED.number,
        relation.c.subj.is_not(None),
        element.c["class"].in_(sorted(NOT_DATA_CLASSES)),
    )
)
_MEMBERS: Final = select(relation.c.obj).where(
    among(relation.c.subj, "list"),
    relation.c.kind.in_(MEMBERSHIP_NUMBERS),
    relation.c.obj.is_not(None),
)
_THERE: Final = select(element.c.id).where(among(element.c.id, "list"))


def keep(tx: Transaction, changes: Changes, *, rules: Rules) -> None:
    """Bring what is kept up to date with what the transaction changed."""
    if changes.is_empty:
        return
    _Keeper(tx, rules).follow(changes)


class _Keeper:
    """One transaction's worth of keeping."""

    def __init__(self, tx: Transaction, rules: Rules) -> None:
        self._tx, self._rules = tx, rules
        self._edges = Edges(tx)
        self._sets = Sets(tx, rules.by_name)

    def follow(self, changes: Changes) -> None:
        touched, may_lose = self._touched(changes)
        there = {number for (number,) in fetch(self._tx, _THERE, list(touched))}
        self._sets.forget(sorted(touched - there))
        nodes = self._edges.ties.nodes(there)
        elements = list(self._edges.ties.elements(nodes))
        kept = self._sets.kept(elements)
        before = _united(kept, self._edges)
        told = own.Reader(self._tx, self._edges, self._rules).tell(nodes)
        now = own.marks(told, self._sets.numbers(_distinct(told)))
        lost = {
            node: one.marks if may_lose else one.own & ~now[node] for node, one in before.items()
        }
        found = respread(_Stored(self._edges, self._sets), now, before, lost)
        self._write(found, kept)

    def _touched(self, changes: Changes) -> tuple[set[int], bool]:
        """Elements that may say something else now, or inherit from others; whether from fewer."""
        touched = {*changes.numbers(What.ELEMENTS), *changes.numbers(What.NODES)}
        listed = list(changes.numbers(What.RELATIONS))
        found = fetch(self._tx, _NEW, listed)
        touched.update(subj for _, _, subj, _ in found if subj is not None)
        touched.update(obj for _, kind, _, obj in found if obj is not None and kind in _ATTACHED)
        if self._edges.has_third_ends:
            touched.update(number for (number,) in fetch(self._tx, _PLANS, listed))
        touched |= self._depending(touched)
        has_moved = bool(changes.numbers(What.NODES))
        return touched, has_moved or len(found) < len(listed)

    def _depending(self, touched: set[int]) -> set[int]:
        """What says what these say: products, who is configured by them, members."""
        statements = [_PRODUCTS, _USERS, *([_MEMBERS] if self._edges.has_members else [])]
        return {number for one in statements for (number,) in fetch(self._tx, one, list(touched))}

    def _write(self, found: dict[int, Kept], kept: dict[int, Kept]) -> None:
        ties = self._edges.ties
        rows = {number: one for node, one in found.items() for number in ties.elements([node])}
        unknown = [number for number in rows if number not in kept]
        self._sets.write(rows, kept | self._sets.kept(unknown))


class _Stored:
    """The catalogue as the graph in which marks spread."""

    def __init__(self, edges: Edges, sets: Sets) -> None:
        self._edges, self._sets = edges, sets
        self.parents, self.children = edges.parents, edges.children

    def kept(self, nodes: Collection[int]) -> dict[int, Kept]:
        """What is kept of nodes."""
        elements = list(self._edges.ties.elements(nodes))
        return _united(self._sets.kept(elements), self._edges)


def _united(kept: Mapping[int, Kept], edges: Edges) -> dict[int, Kept]:
    """What is kept of nodes: of elements that became one, what any of them has."""
    found: dict[int, Kept] = {}
    for number, one in kept.items():
        node = edges.ties.node(number)
        known = found.get(node)
        found[node] = one if known is None else Kept(known.own | one.own, known.marks | one.marks)
    return found


def _distinct(told: own.Told) -> set[Value]:
    return {value for values in told.values.values() for value in values}


# -- all at once


def is_kept_by(tx: Transaction, rules: Rules) -> bool:
    """Whether what is kept was kept by these rules."""
    return bool(tx.execute(select(catalogue.c.keyword_rules)).scalar_one() == rules.digest)


def rebuild(tx: Transaction, rules: Rules) -> int:
    """Keep everything anew, from nothing; returns the number of elements."""
    tx.execute(update(catalogue).values(keyword_rules=rules.digest))
    for table in (element_keywords, kwset_member):
        tx.execute(delete(table))
    tx.execute(delete(kwset).where(kwset.c.id != EMPTY_SET))
    tx.execute(delete(keyword).where(keyword.c.id != INCOMPLETE))
    sets = Sets(tx, rules.by_name)
    edges = Edges(tx)
    kept = _computed(tx, edges, rules, sets.numbers)
    done = 0
    for numbers in check.chunks(tx):
        sets.write({number: kept[edges.ties.node(number)] for number in numbers}, {})
        done += len(numbers)
    return done


def _computed(
    tx: Transaction,
    edges: Edges,
    rules: Rules,
    number: Callable[[Collection[Value]], Mapping[Value, int]],
) -> dict[int, Kept]:
    """What should be kept of every node."""
    mine: dict[int, int] = {}
    for numbers in check.chunks(tx):
        nodes = edges.ties.nodes(numbers) - mine.keys()
        told = own.Reader(tx, edges, rules).tell(nodes)
        mine.update(own.marks(told, number(_distinct(told))))
    parents: dict[int, list[int]] = {}
    for dependent, origin in edges.all():
        child, parent = edges.ties.node(dependent), edges.ties.node(origin)
        if child != parent:
            parents.setdefault(child, []).append(parent)
    marks: dict[int, int] = {}
    settle(mine, mine, parents, marks)
    return {node: Kept(said, marks.get(node, 0)) for node, said in mine.items()}


def differences(tx: Transaction, rules: Rules) -> Iterator[str]:
    """A sentence for each element of which something else is kept than should be."""
    sets, edges = Sets(tx, rules.by_name), Edges(tx)
    values = _Numbers(tx)
    wanted = _computed(tx, edges, rules, values.of)
    compared = ~values.not_kept(rules)
    for numbers in check.chunks(tx):
        kept = sets.kept(numbers)
        for number in numbers:
            is_, should = kept.get(number), wanted[edges.ties.node(number)]
            if is_ is None or any((a ^ b) & compared for a, b in zip(is_, should, strict=True)):
                iri = tx.execute(_IRI, {"list": [number]}).scalar_one()
                yield f"{iri}: inherits {values.shown(is_)}, should inherit {values.shown(should)}"


_IRI: Final = select(element.c.iri).where(among(element.c.id, "list"))


class _Numbers:
    """The numbers of values as stored; those that lack get one here alone."""

    def __init__(self, tx: Transaction) -> None:
        self._by_value: dict[Value, int] = {
            (name, text): number
            for number, name, text in tx.execute(
                select(keyword.c.id, keyword.c.name, keyword.c.value)
            )
        }
        self._next = max(self._by_value.values()) + 1
        self._stored: dict[str, int] = {}
        for name, _ in self._by_value:
            self._stored[name] = self._stored.get(name, 0) + 1

    def of(self, values: Collection[Value]) -> dict[Value, int]:
        for value in sorted(values):
            if value not in self._by_value:
                self._by_value[value] = self._next
                self._next += 1
        return {value: self._by_value[value] for value in values}

    def not_kept(self, rules: Rules) -> int:
        """The values of keywords that have too many."""
        bits = 0
        for (name, _), number in self._by_value.items():
            known = rules.by_name.get(name)
            if known is not None and self._stored.get(name, 0) > known.most_values:
                bits |= 1 << number
        return bits

    def shown(self, kept: Kept | None) -> str:
        if kept is None:
            return "nothing"
        named = {number: value for value, number in self._by_value.items()}
        told = [named[number] for number in numbers_of(kept.marks) if number in named]
        return ", ".join(f"{name}={text}" if name else text for name, text in told) or "nothing"
