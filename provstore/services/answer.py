"""Composes answers from what a walk met: nodes with their facts, edges with their names."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from provstore.model.body import EMPTY_BODY
from provstore.model.identifiers import split_iri, written_name
from provstore.model.lineage import Edge, Node, Walk
from provstore.model.vocabulary import RELATION_BY_NUMBER, Kind, kind_names
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import LEVEL_RANK, base_name
from provstore.stores.catalogue.read import Dataset, Description, Seen

_T = TypeVar("_T")
_DESCRIPTION_RANK: Final = LEVEL_RANK.index("description")


def nodes(tx: Transaction, walk: Walk, complete: Mapping[int, bool]) -> dict[int, Node]:
    """The nodes of a walk by number, nearest first.

    Parameters
    ----------
    tx
        The transaction of the walk.
    walk
        What was met.
    complete
        Whether the record upstream of a node is complete, where that is known.
    """
    numbers = list(walk.node_of)
    facts = _Facts(
        read.seen(tx, numbers), read.datasets(tx, numbers), read.descriptions(tx, numbers)
    )
    members: dict[int, list[int]] = {}
    for number in sorted(numbers):
        members.setdefault(walk.node_of[number], []).append(number)
    order = sorted(members, key=lambda node: (walk.depth[node], node))
    return {
        node: facts.node(members[node], walk.depth[node], walk.steps[node], complete.get(node))
        for node in order
    }


def edges(tx: Transaction, walk: Walk, found: Mapping[int, Node]) -> list[Edge]:
    """The relations of a walk, between its nodes."""
    extended = [e.relation for e in walk.edges if len(RELATION_BY_NUMBER[e.type].ends) > 2]  # noqa: PLR2004  the ends every relation has
    more = read.more_ends(tx, extended) if extended else {}
    node_of = walk.node_of
    return [
        Edge(
            RELATION_BY_NUMBER[edge.type].name,
            found[node_of[edge.subj]].id,
            found[node_of[edge.obj]].id,
            edge.role,
            edge.time,
            edge.iri,
            not edge.relation,
            edge.attrs,
            tuple(more.get(edge.relation, ())),
            edge.position,
        )
        for edge in walk.edges
    ]


class _Facts:
    """What was read of the elements of an answer."""

    def __init__(
        self,
        seen: Mapping[int, Seen],
        datasets: Mapping[int, Dataset],
        descriptions: Mapping[int, Description],
    ) -> None:
        self.seen, self.datasets, self.descriptions = seen, datasets, descriptions

    def node(
        self,
        numbers: Sequence[int],
        depth: int,
        steps: int,
        complete: bool | None,  # noqa: FBT001  a fact, not a switch
    ) -> Node:
        group = [self.seen[number] for number in numbers]
        first = group[0]
        kinds = Kind(0)
        for one in group:
            kinds |= one.declared | one.inferred
        level, level_from = self._level(group)
        dataset = _first(self.datasets.get(number) for number in numbers)
        return Node(
            id=first.iri,
            same=tuple(one.iri for one in group[1:]),
            name=_first(one.name for one in group) or short_name(first.iri),
            kinds=_KIND_NAMES[kinds],
            cls=_first(one.cls for one in group) or _PLAIN_CLASS[kinds],
            level=level,
            level_from=level_from,
            declared=any(one.declared for one in group),
            complete=complete,
            depth=depth,
            steps=steps,
            version=self._version(group),
            body=_merged([one.attrs for one in group]),
            obs_publisher_did=dataset and dataset.obs_publisher_did,
            obs_id=dataset and dataset.obs_id,
            target_name=dataset and dataset.target_name,
            bodies=tuple(
                (one.iri, _KIND_NAMES[Kind(one.declared)], one.attrs or EMPTY_BODY) for one in group
            ),
        )

    def _level(self, group: Sequence[Seen]) -> tuple[str | None, str | None]:
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
        _, level, level_from = min(told, key=lambda found: found[0])
        return level, level_from

    def _version(self, group: Sequence[Seen]) -> str | None:
        described = (self.descriptions.get(one.id) for one in group)
        return _first(one.version for one in group) or _first(
            one and one.version for one in described
        )


def _first(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in values if value), None)


def short_name(iri: str) -> str:
    """Something a person can read where an element has no name: the end of its id."""
    written = written_name(iri) or iri
    return base_name(written) or split_iri(written)[1] or written


def _merged(texts: Sequence[str | None]) -> str:
    """The attributes of a node: those of its elements, united."""
    told = list(dict.fromkeys(text for text in texts if text and text != EMPTY_BODY))
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


_ALL = [Kind(mask) for mask in range(8)]
_KIND_NAMES: Final = {kind: tuple(kind_names(kind)) for kind in _ALL}
_PLAIN_CLASS: Final = {
    kind: (kind_names(kind)[0] if kind_names(kind) else "entity").capitalize() for kind in _ALL
}
