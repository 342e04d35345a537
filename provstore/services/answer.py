"""Composes answers from what a walk met: nodes with their facts, edges with their names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeVar

from provstore.model.body import EMPTY_BODY
from provstore.model.identifiers import split_iri, written_name
from provstore.model.lineage import Edge, Node, Walk
from provstore.model.vocabulary import RELATION_BY_NUMBER, Kind, kind_names
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import LEVEL_RANK, base_name
from provstore.stores.catalogue.read import Seen

_T = TypeVar("_T")
_NAMES: Final = {number: kind.name for number, kind in RELATION_BY_NUMBER.items()}
_EXTENDED: Final = frozenset(
    number
    for number, kind in RELATION_BY_NUMBER.items()
    if len(kind.ends) > 2  # noqa: PLR2004  the ends every relation has
)
_DESCRIPTION_RANK: Final = LEVEL_RANK.index("description")


class Facts:
    """What was read of the elements of a walk, once for all that the answer shows of them."""

    def __init__(self, tx: Transaction, walk: Walk) -> None:
        numbers = list(walk.node_of)
        self.walk = walk
        self.seen = read.seen(tx, numbers)
        self.datasets = read.datasets(tx, numbers)
        self.descriptions = read.descriptions(tx, numbers)

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
        found = {}
        for node in sorted(depth, key=lambda number: (depth[number], number)):
            others = [self.seen[number] for number in sorted(members.get(node, ()))]
            group = [self.seen[node], *others]
            found[node] = self._node(group, depth[node], steps[node], complete.get(node))
        return found

    def _node(self, group: Sequence[Seen], depth: int, steps: int, complete: bool | None) -> Node:
        first = group[0]
        kinds, declared = first.declared | first.inferred, first.declared
        name, cls, body = first.name, first.cls, first.attrs or EMPTY_BODY
        if len(group) > 1:  # most nodes are one element, and there are many of them
            for one in group:
                kinds |= one.declared | one.inferred
                declared |= one.declared
            name, cls = _first(one.name for one in group), _first(one.cls for one in group)
            body = _merged(group)
        level, level_from = self._level(group)
        dataset = _first(self.datasets.get(one.id) for one in group) if self.datasets else None
        return Node(
            id=first.iri,
            same=tuple([one.iri for one in group[1:]]),
            name=name or short_name(first.iri),
            kinds=_KIND_NAMES[kinds],
            cls=cls or _PLAIN_CLASS[kinds],
            level=level,
            level_from=level_from,
            declared=declared != 0,
            complete=complete,
            depth=depth,
            steps=steps,
            version=first.version or self._version(group),
            body=body,
            obs_publisher_did=dataset and dataset.obs_publisher_did,
            obs_id=dataset and dataset.obs_id,
            target_name=dataset and dataset.target_name,
            bodies=tuple(
                [(one.iri, _KIND_NAMES[one.declared], one.attrs or EMPTY_BODY) for one in group]
            ),
        )

    def _level(self, group: Sequence[Seen]) -> tuple[str | None, str | None]:
        """The level told by the strongest source among the elements of a node."""
        if len(group) == 1 and group[0].id not in self.descriptions:
            return group[0].level, group[0].level_from
        told = [
            (LEVEL_RANK.index(one.level_from), one.level, one.level_from)
            for one in group
            if one.level is not None and one.level_from is not None
        ]
        for one in group:
            described = self.descriptions.get(one.id)
            if described is not None and described.level is not None:
                told.append((_DESCRIPTION_RANK, described.level, "description"))
        if not told:
            return None, None
        _, level, level_from = min(told, key=itemgetter(0))
        return level, level_from

    def _version(self, group: Sequence[Seen]) -> str | None:
        """The version that a node tells itself, else that of its description."""
        told = _first(one.version for one in group) if len(group) > 1 else None
        if told is not None or not self.descriptions:
            return told
        described = [self.descriptions.get(one.id) for one in group]
        return _first(one and one.version for one in described)


def edges(tx: Transaction, walk: Walk, found: Mapping[int, Node]) -> list[Edge]:
    """The relations of a walk, between its nodes."""
    extended = [edge.relation for edge in walk.edges if edge.type in _EXTENDED]
    more = read.more_ends(tx, extended) if extended else {}
    ids = {number: found[node].id for number, node in walk.node_of.items()}
    return [
        Edge(
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
    ]


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value), None)


def short_name(iri: str) -> str:
    """Something a person can read where an element has no name: the end of its id."""
    written = written_name(iri) or iri
    return base_name(written) or split_iri(written)[1] or written


def _merged(group: Sequence[Seen]) -> str:
    """The attributes of a node: those of its elements, united."""
    texts = dict.fromkeys(one.attrs for one in group)
    told = [text for text in texts if text and text != EMPTY_BODY]
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
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


# by mask: computing with flags is slow, and every node is asked
_KIND_NAMES: Final = [tuple(kind_names(Kind(mask))) for mask in range(8)]
_PLAIN_CLASS: Final = [(*names, "entity")[0].capitalize() for names in _KIND_NAMES]
