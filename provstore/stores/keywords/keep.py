"""Keeps what elements inherit, in the transaction of the document that changes it.

With it the parameters of activities, which stand in what is read for it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import delete, select, update

from provstore.model.keyword_rules import Rules
from provstore.model.vocabulary import (
    CONFIGURED,
    GENERATED,
    NOT_DATA_CLASSES,
)
from provstore.stores.catalogue import check, parameters
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
)
from provstore.stores.keywords import own
from provstore.stores.keywords.edges import Edges
from provstore.stores.keywords.sets import Sets, Value, numbers_of
from provstore.stores.keywords.spread import Before, Kept, respread, settle

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
        touched = changes.numbers(What.ELEMENTS, What.HEIRS, What.LOSERS)
        losers = changes.numbers(What.LOSERS)
        # with what is asked for when marks spread: one statement in the place of two
        kept = self._sets.kept(touched | self._edges.origins(touched))
        known = [number for number in touched if number in kept]
        touched |= self._depending(known)
        nodes = self._edges.ties.nodes(touched)
        before = _united(self._sets.kept(self._edges.ties.elements(nodes)), self._edges)
        reader = own.Reader(self._tx, self._edges, self._rules)
        told = reader.tell(nodes)
        parameters.keep(self._tx, reader.parameters(touched), self._sets.kept(touched))
        now = own.marks(told, self._sets.numbers(_distinct(told)))
        lost = {node: one.own & ~now[node] for node, one in before.items()}
        for node in self._edges.ties.nodes(losers | self._members(losers)) & before.keys():
            lost[node] = before[node].marks
        self._sets.forget([number for number in known if not reader.is_there(number)])
        found = respread(_Stored(self._edges, self._sets), now, before, lost)
        self._sets.write(
            {
                number: one
                for node, one in found.items()
                for number in self._edges.ties.group(node)
                if node not in now or reader.is_there(number)
            }
        )

    def _depending(self, known: Sequence[int]) -> set[int]:
        """What says what these say: products, who is configured by them, members.

        What depends on a new element was touched with it.
        """
        found = {
            number
            for one in (_PRODUCTS, _USERS)
            for (number,) in (fetch(self._tx, one, known) if known else ())
        }
        return found | self._members(known)

    def _members(self, collections: Collection[int]) -> set[int]:
        """What inherits from what generated these."""
        if not collections or not self._edges.has_members:
            return set()
        return {number for (number,) in fetch(self._tx, _MEMBERS, list(collections))}


class _Stored:
    """The catalogue as the graph in which marks spread."""

    def __init__(self, edges: Edges, sets: Sets) -> None:
        self._edges, self._sets = edges, sets
        self.parents, self.children = edges.parents, edges.children

    def kept(self, nodes: Collection[int]) -> dict[int, Before]:
        """What is kept of nodes."""
        return _united(self._sets.kept(self._edges.ties.elements(nodes)), self._edges)


def _united(kept: Mapping[int, Kept], edges: Edges) -> dict[int, Before]:
    """What is kept of the nodes of these elements."""
    found: dict[int, list[Kept]] = {}
    for number, one in kept.items():
        found.setdefault(edges.ties.node(number), []).append(one)
    return {node: Before.of(several) for node, several in found.items()}


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
        sets.write({number: kept[edges.ties.node(number)] for number in numbers})
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
        # edges of its own, which remember no more than those of a chunk
        told = own.Reader(tx, Edges(tx), rules).tell(nodes)
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
            if known is not None and not known.is_kept_with(self._stored.get(name, 0)):
                bits |= 1 << number
        return bits

    def shown(self, kept: Kept | None) -> str:
        if kept is None:
            return "nothing"
        named = {number: value for value, number in self._by_value.items()}
        told = [named[number] for number in numbers_of(kept.marks) if number in named]
        return ", ".join(f"{name}={text}" if name else text for name, text in told) or "nothing"
