"""Composes answers from what a walk met: nodes with their facts, edges with their names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from provstore.model.body import EMPTY_BODY, compact_json
from provstore.model.lineage import Edge, Node, Walk, named_rows
from provstore.model.vocabulary import RELATION_BY_NUMBER, Kind, kind_names
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.read import Dataset, Seen
from provstore.stores.catalogue.shown import first_of, level_of, short_name

_Place = tuple[int, int, bool | None]
"""Depth, steps, and whether the record upstream is complete."""
_NO_DATASET: Final = Dataset(None, None, None)
_NAMES: Final = {number: kind.name for number, kind in RELATION_BY_NUMBER.items()}
_EXTENDED: Final = frozenset(
    number
    for number, kind in RELATION_BY_NUMBER.items()
    if len(kind.ends) > 2  # noqa: PLR2004  the ends every relation has
)


class Facts:
    """What was read of the elements of a walk, once for all that the answer shows of them."""

    def __init__(self, tx: Transaction, walk: Walk) -> None:
        numbers = list(walk.node_of)
        self.walk = walk
        self.seen = read.seen(tx, numbers)
        self.datasets = read.datasets(tx, numbers)
        unsure = [number for number in numbers if number not in walk.plain]
        self.descriptions = read.descriptions(tx, unsure) if unsure else {}

    def nodes(self, complete: Mapping[int, bool]) -> dict[int, Node]:
        """The nodes of the walk by number, nearest first.

        Parameters
        ----------
        complete
            Whether the record upstream of a node is complete, where that is known.
        """
        depth, steps = self.walk.depth, self.walk.steps
        members: dict[int, list[int]] = {}
        for number, node in self.walk.node_of.items():
            if number != node:
                members.setdefault(node, []).append(number)
        nearest = sorted(depth)
        nearest.sort(key=depth.__getitem__)
        found = {}
        for node in nearest:
            place = (depth[node], steps[node], complete.get(node))
            if node in members:
                group = [self.seen[number] for number in sorted((node, *members[node]))]
                found[node] = self._united(group, place)
            else:
                found[node] = self._node(self.seen[node], place)
        return found

    def _node(self, one: Seen, place: _Place, body: str | None = None) -> Node:
        """A node of one element, as nearly all are."""
        number, iri, declared, inferred, cls, name, version, level, level_from, attrs = one
        kinds = (declared | inferred) & _ALL_KINDS
        did, obs_id, target = self.datasets.get(number, _NO_DATASET)
        if number in self.descriptions:
            level, level_from = level_of([one], self.descriptions)
            version = version or self.descriptions[number].version
        shown = body or attrs or EMPTY_BODY
        depth, steps, complete = place
        return tuple.__new__(
            Node,
            (
                iri,
                (),
                name or short_name(iri, shown),
                _KIND_NAMES[kinds],
                cls or _PLAIN_CLASS[kinds],
                level,
                level_from,
                declared != 0,
                complete,
                depth,
                steps,
                version,
                shown,
                did,
                obs_id,
                target,
                () if declared == kinds or not declared else _bodies([one]),
            ),
        )

    def _united(self, group: Sequence[Seen], place: _Place) -> Node:
        """A node of several elements: what the first tells, completed by the others."""
        first, numbers = group[0], [one.id for one in group]
        declared = inferred = 0
        for one in group:
            declared |= one.declared
            inferred |= one.inferred
        level, level_from = level_of(group, self.descriptions)
        described = (self.descriptions.get(number) for number in numbers)
        told = first._replace(
            declared=declared,
            inferred=inferred,
            cls=first_of(one.cls for one in group),
            name=first_of(one.name for one in group),
            version=first_of(one.version for one in group)
            or first_of(one and one.version for one in described),
        )
        dataset = first_of(map(self.datasets.get, numbers)) or _NO_DATASET
        return self._node(told, place, _united_text(one.attrs for one in group))._replace(
            same=tuple(one.iri for one in group[1:]),
            level=level,
            level_from=level_from,
            obs_publisher_did=dataset.obs_publisher_did,
            obs_id=dataset.obs_id,
            target_name=dataset.target_name,
            bodies=_bodies(group),
        )


def edges(tx: Transaction, walk: Walk, found: Mapping[int, Node]) -> list[Edge]:
    """The relations of a walk, between its nodes."""
    extended = [edge.relation for edge in walk.edges if edge.type in _EXTENDED]
    more = read.more_ends(tx, extended) if extended else {}
    ids = {number: found[node].id for number, node in walk.node_of.items()}
    rows = (
        (
            _NAMES[kind],
            ids[subj],
            ids[obj],
            role,
            time,
            iri,
            not relation,
            attrs,
            tuple(more[relation]) if relation in more else (),
            position,
        )
        for relation, kind, subj, obj, role, time, attrs, iri, position in walk.edges
    )
    told = named_rows(Edge, rows)
    return _one_of_each_name(told) if any(edge.id for edge in told) else told


def _one_of_each_name(told: Sequence[Edge]) -> list[Edge]:
    """The edges, those of one identifier and the same ends united: two tellings of one relation."""
    united: dict[tuple[object, ...], Edge] = {}
    for number, edge in enumerate(told):
        name = edge.id or number
        key = (name, edge.kind, edge.source, edge.target, edge.position)
        known = united.get(key)
        united[key] = edge if known is None else _both(known, edge)
    return list(united.values())


def _both(first: Edge, second: Edge) -> Edge:
    """Two tellings of one relation; where they differ the earlier counts."""
    attributes = _united_text([first.attributes, second.attributes])
    return first._replace(
        role=first.role or second.role,
        time=first.time or second.time,
        attributes=None if attributes == EMPTY_BODY else attributes,
        more=first.more or second.more,
    )


def _bodies(group: Sequence[Seen]) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    told = [(one.iri, _KIND_NAMES[one.declared], one.attrs or EMPTY_BODY) for one in group]
    return tuple(told)


def _united_text(texts: Iterable[str | None]) -> str:
    """The union of stored attributes."""
    told = [text for text in dict.fromkeys(texts) if text and text != EMPTY_BODY]
    if len(told) <= 1:
        return told[0] if told else EMPTY_BODY
    united: dict[str, list[object]] = {}
    for text in told:
        for name, values in json.loads(text).items():
            kept = united.setdefault(name, [])
            for value in values if isinstance(values, list) else [values]:
                if value not in kept:
                    kept.append(value)
    body = {name: kept[0] if len(kept) == 1 else kept for name, kept in sorted(united.items())}
    return compact_json(body)


# by mask: computing with flags is slow, and every node is asked
_ALL_KINDS: Final = int(Kind.ENTITY | Kind.ACTIVITY | Kind.AGENT)
_KIND_NAMES: Final = [tuple(kind_names(Kind(mask))) for mask in range(_ALL_KINDS + 1)]
_PLAIN_CLASS: Final = [(*names, "entity")[0].capitalize() for names in _KIND_NAMES]
