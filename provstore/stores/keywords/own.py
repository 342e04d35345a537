"""What nodes say themselves: the values that rules read of them, and whether their making is known.

Of an activity, rules see its description, agents, parameters and configuration too. A rule that
names a data level speaks of what the activity made of that level: those values are the product's.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import orjson
from sqlalchemy import select

from provstore.model.body import EMPTY_BODY
from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Thing
from provstore.model.lineage import RAW_LEVEL
from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTACHED_RELATIONS,
    CONFIGURED,
    DESCRIBED,
    GENERATED,
    NOT_DATA_CLASSES,
    ORIGIN_RELATIONS,
    Kind,
)
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.read import Seen
from provstore.stores.catalogue.shown import level_of, short_name
from provstore.stores.catalogue.tables import INCOMPLETE, relation, relation_end
from provstore.stores.keywords.edges import Edges
from provstore.stores.keywords.sets import Value

_ORIGINS: Final = frozenset(kind.number for kind in ORIGIN_RELATIONS)
_ATTACHED: Final = tuple(kind.number for kind in ATTACHED_RELATIONS)
_PARAMETER: Final = "Parameter"
_PARAMETER_PREFIX: Final = "param:"
_LINKS: Final = select(relation.c.subj, relation.c.kind, relation.c.obj, relation.c.role).where(
    among(relation.c.subj, "list"),
    relation.c.kind.in_(
        sorted({*_ORIGINS, ASSOCIATED.number, CONFIGURED.number, DESCRIBED.number})
    ),
    relation.c.obj.is_not(None),
)
_use: Final = relation.alias("use")
_HANGING: Final = (
    select(_use.c.obj).where(among(_use.c.obj, "list"), _use.c.kind.in_(_ATTACHED))
).union(select(relation_end.c.element).where(among(relation_end.c.element, "list")))
"""What describes, configures or plans a thing, of a list."""


class _Link(NamedTuple):
    kind: int
    obj: int
    role: str | None


class Told(NamedTuple):
    """What nodes say themselves."""

    values: Mapping[int, frozenset[Value]]
    incomplete: frozenset[int]
    """Nodes that are data, not raw, and of which no making is known."""


class Reader:
    """Reads what nodes say, in one transaction.

    Parameters
    ----------
    tx, edges
        Where to read.
    rules
        What to look for.
    """

    def __init__(self, tx: Transaction, edges: Edges, rules: Rules) -> None:
        self._tx, self._edges, self._rules = tx, edges, rules
        self._seen: dict[int, Seen] = {}
        self._links: defaultdict[int, list[_Link]] = defaultdict(list)
        self._linked: set[int] = set()
        self._found: dict[int, list[tuple[Value, str | None]]] = {}

    def tell(self, nodes: Collection[int]) -> Told:
        """What these nodes say themselves."""
        ties = self._edges.ties
        groups = {node: list(ties.elements([node])) for node in nodes}
        elements = [number for group in groups.values() for number in group]
        self._see(elements)
        self._link(elements)
        makers = self._makers(elements) if self._rules.leveled else []
        self._see(makers)
        self._link(makers)
        self._see(
            {
                link.obj
                for n in (*elements, *makers)
                for link in self._links[n]
                if link.kind not in _ORIGINS
            }
        )
        described = self._described(elements)
        values = {node: frozenset(self._values(group, described)) for node, group in groups.items()}
        return Told(values, self._incomplete(groups))

    def _see(self, numbers: Iterable[int]) -> None:
        unknown = [number for number in numbers if number not in self._seen]
        if unknown:
            self._seen.update(read.seen(self._tx, unknown))

    def _link(self, numbers: Iterable[int]) -> None:
        unknown = [number for number in numbers if number not in self._linked]
        if unknown:
            self._linked.update(unknown)
            for subj, *link in fetch(self._tx, _LINKS, unknown):
                self._links[subj].append(_Link(*link))

    def _makers(self, elements: Iterable[int]) -> list[int]:
        return [
            link.obj
            for number in elements
            for link in self._links[number]
            if link.kind == GENERATED.number
        ]

    def _described(self, elements: Iterable[int]) -> Mapping[int, read.Description]:
        linked = [n for n in elements if self._linked_by(n, DESCRIBED.number)]
        return read.descriptions(self._tx, linked) if linked else {}

    def _linked_by(self, number: int, kind: int) -> list[_Link]:
        return [link for link in self._links[number] if link.kind == kind]

    # -- values

    def _values(
        self, group: Sequence[int], described: Mapping[int, read.Description]
    ) -> Iterable[Value]:
        there = [self._seen[number] for number in group if number in self._seen]
        level, _ = level_of(there, described)
        for one in there:
            kinds = one.declared | one.inferred
            if kinds & Kind.ACTIVITY:
                yield from (value for value, of in self._of_activity(one) if of is None)
            if kinds & Kind.ENTITY:
                thing = _thing(one)._replace(level=level)
                for found in self._rules.of_entity(thing):
                    yield found.keyword, found.value
                if level is not None:
                    yield from self._of_makers(one, level)

    def _of_makers(self, one: Seen, level: str) -> Iterable[Value]:
        for number in self._makers([one.id]):
            maker = self._seen.get(number)
            if maker is not None:
                yield from (value for value, of in self._of_activity(maker) if of == level)

    def _of_activity(self, one: Seen) -> list[tuple[Value, str | None]]:
        found = self._found.get(one.id)
        if found is None:
            found = self._found[one.id] = [
                ((read_.keyword, read_.value), read_.level)
                for read_ in self._rules.of_activity(*self._things(one))
            ]
        return found

    def _things(self, one: Seen) -> tuple[Thing, Sequence[Thing], Sequence[Thing]]:
        """The activity with its description and parameters, its agents, its configuration."""
        thing = _thing(one)
        names, version = list(thing.names), thing.version
        agents, configuration, parameters = [], [], list(thing.parameters)
        for link in self._links[one.id]:
            other = self._seen.get(link.obj)
            if other is None:
                continue
            if link.kind == DESCRIBED.number:
                names += [other.name] if other.name else []
                version = version or other.version
            elif link.kind == ASSOCIATED.number:
                agents.append(_thing(other)._replace(role=link.role))
            elif link.kind == CONFIGURED.number and other.cls == _PARAMETER:
                parameters.extend(_parameter(other))
            elif link.kind == CONFIGURED.number:
                configuration.append(_thing(other))
        return (
            thing._replace(names=tuple(names), version=version, parameters=parameters),
            agents,
            configuration,
        )

    # -- completeness

    def _incomplete(self, groups: Mapping[int, Sequence[int]]) -> frozenset[int]:
        unmade = {node for node, group in groups.items() if self._is_unmade(group)}
        if unmade:
            unmade -= self._members_of_made(unmade)
        if unmade:
            listed = list(self._edges.ties.elements(unmade))
            hanging = {number for (number,) in fetch(self._tx, _HANGING, listed)}
            unmade -= self._edges.ties.nodes(hanging)
        return frozenset(unmade)

    def _is_unmade(self, group: Sequence[int]) -> bool:
        there = [self._seen[number] for number in group if number in self._seen]
        return (
            any((one.declared | one.inferred) & Kind.ENTITY for one in there)
            and not any(link.kind in _ORIGINS for number in group for link in self._links[number])
            and not any(
                one.level == RAW_LEVEL
                or one.cls in NOT_DATA_CLASSES
                or self._rules.is_source(_thing(one))
                for one in there
            )
        )

    def _members_of_made(self, nodes: set[int]) -> set[int]:
        """Those of the nodes that inherit from what generated their collection."""
        if not self._edges.has_members:
            return set()
        return {node for node, parents in self._edges.parents(nodes).items() if parents}


def marks(told: Told, numbers: Mapping[Value, int]) -> dict[int, int]:
    """What nodes say as bits; values without a number are not kept."""
    own = {}
    for node, values in told.values.items():
        bits = 1 << INCOMPLETE if node in told.incomplete else 0
        for value in values:
            number = numbers.get(value)
            if number is not None:
                bits |= 1 << number
        own[node] = bits
    return own


def _thing(one: Seen) -> Thing:
    attributes: list[tuple[str, str]] = []
    parameters: list[tuple[str, str]] = []
    body = one.attrs or EMPTY_BODY
    if body != EMPTY_BODY:
        for key, told in orjson.loads(body).items():
            into = parameters if key.startswith(_PARAMETER_PREFIX) else attributes
            local = key.partition(":")[2] or key
            into.extend((local, text) for text in _texts(told))
    short = short_name(one.iri, body)
    names = (short,) if one.name is None else (one.name, short)
    return Thing(names, one.version, one.level, attributes, parameters)


def _texts(told: object) -> Iterable[str]:
    for value in told if isinstance(told, list) else [told]:
        yield str(value["$"]) if isinstance(value, dict) else str(value)


def _parameter(one: Seen) -> list[tuple[str, str]]:
    """Name and values of a parameter that is an element (Provenance DM 1.0, 4.2.2)."""
    thing = _thing(one)
    return [(thing.names[0], text) for name, text in thing.attributes if name == "value"]
