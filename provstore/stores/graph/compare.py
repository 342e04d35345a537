"""Compares what stands in the graph with what the catalogue says should stand there."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import func, select

from provstore.cypher.loader import counts, load
from provstore.cypher.names import REVERSE, THIRD_END, TYPES, WITHIN, labels_of
from provstore.model.vocabulary import RELATION_BY_NUMBER, Kind
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among
from provstore.stores.catalogue.tables import element, relation, relation_end, tie
from provstore.stores.catalogue.ties import lowest_of
from provstore.stores.graph.content import (
    KINDS,
    THIRD,
    Row,
    nodes_of,
    relations_of,
)
from provstore.stores.graph.projection import Server
from provstore.stores.graph.within import PAIRS

SAMPLE: Final = 200
"""Elements that are compared with all that leads away from them."""
_DRAWN: Final = 20 * SAMPLE
"""Numbers that are drawn for it: elements that went leave gaps."""


def differences(tx: Transaction, server: Server, seed: int) -> Iterator[str]:
    """A sentence for each difference; the graph must show the state that the transaction sees.

    Parameters
    ----------
    tx
        The catalogue.
    server
        The connection to the graph.
    seed
        Which elements are compared one by one.

    Raises
    ------
    GraphUnavailableError
        The graph does not answer.
    """
    yield from _counted(tx, server)
    yield from _sampled(tx, server, seed)


# -- how many


def _counted(tx: Transaction, server: Server) -> Iterator[str]:
    should = _labels(tx) + _types(tx)
    stands = {str(name): int(number) for name, number in server.read(counts(), {})}
    for name in sorted(stands.keys() | should.keys()):
        is_, wanted = stands.get(name, 0), should[name]
        if is_ != wanted:
            yield f"the graph has {is_} of {name}, should have {wanted}"


def _labels(tx: Transaction) -> Counter[str]:
    """How many nodes have each label."""
    columns = (element.c.declared, element.c.inferred, element.c["class"])
    untied = element.c.id.not_in(select(tie.c.a))
    found: Counter[str] = Counter()
    rows = tx.execute(select(*columns, func.count()).where(untied).group_by(*columns))
    for declared, inferred, cls, number in rows:
        for label in labels_of(Kind((declared | inferred) & KINDS), cls):
            found[label] += number
    for labels in _labels_of_tied(tx):
        found.update(labels)
    return found


def _labels_of_tied(tx: Transaction) -> Iterator[set[str]]:
    tied: dict[int, list[int]] = {}
    for one, other in tx.execute(select(tie.c.a, tie.c.b)):
        tied.setdefault(one, []).append(other)
    lowest = lowest_of(tied)
    labels: dict[int, set[str]] = {}
    for number, one in read.seen(tx, sorted(tied)).items():
        kinds = Kind((one.declared | one.inferred) & KINDS)
        labels.setdefault(lowest[number], set()).update(labels_of(kinds, one.cls))
    yield from labels.values()


def _types(tx: Transaction) -> Counter[str]:
    """How many relationships there are of each type."""
    found: Counter[str] = Counter()
    has_first = relation.c.subj.is_not(None)
    number = func.count()
    second = select(relation.c.kind, number).where(has_first, relation.c.obj.is_not(None))
    for kind, count in tx.execute(second.group_by(relation.c.kind)):
        told = RELATION_BY_NUMBER[kind]
        found[TYPES[told]] += count
        if told in REVERSE:
            found[REVERSE[told]] += count
    third = (
        select(relation.c.kind, number)
        .join(relation_end, relation_end.c.relation == relation.c.id)
        .where(has_first, relation_end.c.position == THIRD, relation_end.c.element.is_not(None))
    )
    for kind, count in tx.execute(third.group_by(relation.c.kind)):
        told = RELATION_BY_NUMBER[kind]
        if told in THIRD_END:
            found[THIRD_END[told]] += count
    pairs = PAIRS.with_only_columns(number, maintain_column_froms=True)
    found[WITHIN] += tx.execute(pairs).scalar_one()
    return found


# -- some, in full


def _sampled(tx: Transaction, server: Server, seed: int) -> Iterator[str]:
    should = {row["iid"]: row for row in nodes_of(tx, _sample(tx, seed))}
    stands = {
        iid: (labels, properties, relationships)
        for iid, labels, properties, relationships in server.read(
            load("read/sample").text, {"iids": sorted(should)}
        )
    }
    related = _related(tx, sorted(should))
    for iid, row in should.items():
        name = row["properties"]["iri"]
        if iid not in stands:
            yield f"{name}: the graph has no node"
            continue
        labels, properties, relationships = stands[iid]
        yield from _compare_node(row, labels, properties)
        away = {_as_told(type_, told, other) for type_, told, other in relationships}
        for one in sorted(away - related.get(iid, set())):
            yield f"{name}: the graph has {one}, which should not be there"
        for one in sorted(related.get(iid, set()) - away):
            yield f"{name}: the graph lacks {one}"


def _sample(tx: Transaction, seed: int) -> list[int]:
    last = tx.execute(select(func.max(element.c.id))).scalar() or 0
    drawn = random.Random(seed).sample(range(1, last + 1), min(last, _DRAWN))  # noqa: S311  a sample, no secret
    rows = tx.execute(select(element.c.id).where(among(element.c.id, "list")), {"list": drawn})
    there = set(rows.scalars())
    return [number for number in drawn if number in there][:SAMPLE]


def _compare_node(row: Row, labels: Sequence[str], properties: Mapping[str, Any]) -> Iterator[str]:
    name = row["properties"]["iri"]
    if set(labels) != set(row["labels"]):
        yield f"{name}: labels are {sorted(labels)}, should be {sorted(row['labels'])}"
    for key in sorted(properties.keys() | row["properties"].keys()):
        is_, wanted = properties.get(key), row["properties"].get(key)
        if is_ != wanted:
            yield f"{name}: {key} is {is_!r} in the graph, should be {wanted!r}"


def _related(tx: Transaction, nodes: Sequence[int]) -> dict[int, set[str]]:
    """What should lead away from nodes."""
    step = relations_of(tx, nodes)
    found: dict[int, set[str]] = {}
    for row in step.relations:
        told = {name: row.get(name) for name in ("key", "role", "time")}
        found.setdefault(row["a"], set()).add(_as_told(row["type"], told, row["b"]))
    for row in step.within:
        told = {name: row[name] for name in ("key", "membership", "generation")}
        found.setdefault(row["a"], set()).add(_as_told(WITHIN, told, row["b"]))
    return found


def _as_told(type_: str, properties: Mapping[str, Any], other: int) -> str:
    told = {name: value for name, value in sorted(properties.items()) if value is not None}
    return f"{type_} to node {other} with {told}"
