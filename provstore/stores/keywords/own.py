"""What nodes say themselves: the values that rules read of them, and whether their making is known.

Of an activity, rules see its description, agents, parameters and configuration too. A rule that
names a data level speaks of what the activity made of that level: those values are the product's.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
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
from provstore.stores.catalogue import parameters as kept_parameters
from provstore.stores.catalogue import read
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.read import Seen
from provstore.stores.catalogue.shown import level_of, short_name
from provstore.stores.catalogue.tables import INCOMPLETE, relation, relation_end
from provstore.stores.keywords.edges import BESIDE, Edges, Link
from provstore.stores.keywords.sets import Value

_ORIGINS: Final = frozenset(kind.number for kind in ORIGIN_RELATIONS)
_ATTACHED: Final = tuple(kind.number for kind in ATTACHED_RELATIONS)
_PREFIX: Final = kept_parameters.PREFIX
_FEW_KEYS: Final = 100
"""Of a body: those of larger ones are not remembered."""
_ACTIVITY: Final = int(Kind.ACTIVITY)
_ENTITY: Final = int(Kind.ENTITY)
_as_written: Final[kept_parameters.Expand] = str
"""Keywords show a name as texts do."""
_use: Final = relation.alias("use")
_HANGING: Final = (
    select(_use.c.obj).where(among(_use.c.obj, "list"), _use.c.kind.in_(_ATTACHED))
).union(select(relation_end.c.element).where(among(relation_end.c.element, "list")))
"""What describes, configures or plans a thing, of a list."""


class _Key(NamedTuple):
    """A key of a body that rules read."""

    key: str
    name: str
    is_parameter: bool


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
        self._links: dict[int, list[Link]] = {}
        self._found: dict[int, dict[str | None, list[Value]]] = {}
        self._expand = kept_parameters.expander(tx)

    def tell(self, nodes: Collection[int]) -> Told:
        """What these nodes say themselves."""
        ties = self._edges.ties
        nodes = ties.nodes(nodes)  # so that all their elements are known
        groups = {node: ties.group(node) for node in nodes}
        elements = list(ties.elements(nodes))
        self._links.update(self._edges.links(elements))
        makers = self._makers(elements) if self._rules.leveled else []
        self._links.update(self._edges.links(makers))
        read_ = {*elements, *makers}
        linked = {
            link.obj for number in read_ for link in self._links[number] if link.kind in BESIDE
        }
        self._see(read_ | linked)
        described = self._described(elements)
        values = {node: frozenset(self._values(group, described)) for node, group in groups.items()}
        return Told(values, self._incomplete(groups))

    def is_there(self, number: int) -> bool:
        """Whether an element of the nodes that were read is in the catalogue."""
        return number in self._seen

    def parameters(self, numbers: Iterable[int]) -> dict[int, frozenset[kept_parameters.Row]]:
        """All parameters of those of these elements that are activities.

        They are elements of nodes that were read.
        """
        activities = [
            one
            for number in numbers
            if (one := self._seen.get(number)) and (one.declared | one.inferred) & _ACTIVITY
        ]
        return {
            one.id: kept_parameters.rows_of(one.attrs, self._configured(one), self._expand)
            for one in activities
        }

    def _configured(self, one: Seen) -> Iterator[kept_parameters.Configured]:
        for link in self._links[one.id]:
            other = self._seen.get(link.obj) if link.kind == CONFIGURED.number else None
            if other is not None and other.cls == kept_parameters.CLASS:
                yield kept_parameters.Configured(other.iri, other.name, other.attrs)

    def _see(self, numbers: Iterable[int]) -> None:
        unknown = [number for number in numbers if number not in self._seen]
        if unknown:
            self._seen.update(read.seen(self._tx, unknown))

    def _makers(self, elements: Iterable[int]) -> list[int]:
        return [
            link.obj
            for number in elements
            for link in self._links[number]
            if link.kind == GENERATED.number
        ]

    def _described(self, elements: Iterable[int]) -> Mapping[int, read.Description]:
        linked = [
            number
            for number in elements
            for link in self._links[number]
            if link.kind == DESCRIBED.number
        ]
        return read.descriptions(self._tx, linked) if linked else {}

    # -- values

    def _values(
        self, group: Sequence[int], described: Mapping[int, read.Description]
    ) -> Iterable[Value]:
        there = [self._seen[number] for number in group if number in self._seen]
        is_plain = len(there) == 1 and there[0].id not in described
        level = there[0].level if is_plain else level_of(there, described)[0]
        for one in there:
            kinds = one.declared | one.inferred
            if kinds & _ACTIVITY:
                yield from self._of_activity(one).get(None, ())
            if kinds & _ENTITY:
                thing = self._thing(one)
                if thing.level != level:
                    thing = thing._replace(level=level)
                for found in self._rules.of_entity(thing):
                    yield found.keyword, found.value
                if level is not None:
                    yield from self._of_makers(one, level)

    def _of_makers(self, one: Seen, level: str) -> Iterable[Value]:
        for link in self._links[one.id]:
            maker = self._seen.get(link.obj) if link.kind == GENERATED.number else None
            if maker is not None:
                yield from self._of_activity(maker).get(level, ())

    def _of_activity(self, one: Seen) -> Mapping[str | None, Sequence[Value]]:
        """What rules read of an activity, by the data level of which it holds."""
        found = self._found.get(one.id)
        if found is None:
            found = self._found[one.id] = {}
            for keyword, value, level in self._rules.of_activity(*self._things(one)):
                found.setdefault(level, []).append((keyword, value))
        return found

    def _things(self, one: Seen) -> tuple[Thing, Sequence[Thing], Sequence[Thing]]:
        """The activity with its description and parameters, its agents, its configuration."""
        thing = self._thing(one)
        names, version = list(thing.names), thing.version
        agents, configuration, parameters = [], [], list(thing.parameters)
        for link in self._links[one.id]:
            other = self._seen.get(link.obj) if link.kind in BESIDE else None
            if other is None:
                continue
            if link.kind == DESCRIBED.number:
                names += [other.name] if other.name else []
                version = version or other.version
            elif link.kind == ASSOCIATED.number:
                agents.append(self._thing(other)._replace(role=link.role))
            elif link.kind == CONFIGURED.number and other.cls == kept_parameters.CLASS:
                values = kept_parameters.values_of(other.attrs or EMPTY_BODY, _as_written)
                parameters.extend((_name(other), text) for text in values)
            elif link.kind == CONFIGURED.number:
                configuration.append(self._thing(other))
        whole = Thing(tuple(names), version, thing.level, thing.attributes, parameters)
        return whole, agents, configuration

    def _thing(self, one: Seen) -> Thing:
        """What rules see of an element; of its attributes those that any rule reads."""
        attributes: list[tuple[str, str]] = []
        parameters: list[tuple[str, str]] = []
        body = one.attrs or EMPTY_BODY
        if body != EMPTY_BODY:
            told = orjson.loads(body)
            read_of = _read_of if len(told) <= _FEW_KEYS else _read_of.__wrapped__
            for key, name, is_parameter in read_of(self._rules, tuple(told)):
                into = parameters if is_parameter else attributes
                into += [(name, text) for text in kept_parameters.texts(told[key], _as_written)]
        return Thing((_name(one),), one.version, one.level, attributes, parameters)

    # -- completeness

    def _incomplete(self, groups: Mapping[int, Sequence[int]]) -> frozenset[int]:
        made = {
            number
            for group in groups.values()
            for number in group
            for link in self._links[number]
            if link.kind in _ORIGINS
        }
        unmade = {
            node
            for node, group in groups.items()
            if made.isdisjoint(group) and self._needs_origin(group)
        }
        if unmade:
            unmade -= self._members_of_made(unmade)
        if unmade:
            listed = list(self._edges.ties.elements(unmade))
            hanging = {number for (number,) in fetch(self._tx, _HANGING, listed)}
            unmade -= self._edges.ties.nodes(hanging)
        return frozenset(unmade)

    def _needs_origin(self, group: Sequence[int]) -> bool:
        """Whether these are data, and not such that nobody records where they come from."""
        there = [self._seen[number] for number in group if number in self._seen]
        return any((one.declared | one.inferred) & _ENTITY for one in there) and not any(
            one.level == RAW_LEVEL
            or one.cls in NOT_DATA_CLASSES
            or self._rules.is_source(self._thing(one))
            for one in there
        )

    def _members_of_made(self, nodes: set[int]) -> set[int]:
        """Those of the nodes that inherit from what generated their collection."""
        if not self._edges.has_members:
            return set()
        return {node for node, parents in self._edges.parents(nodes).items() if parents}


@lru_cache(maxsize=512)
def _read_of(rules: Rules, keys: tuple[str, ...]) -> Sequence[_Key]:
    """Those of the keys of a body that rules read; most bodies of one kind have the same keys."""
    named = [_Key(key, key.partition(":")[2] or key, key.startswith(_PREFIX)) for key in keys]
    return [one for one in named if rules.reads(one.name, is_parameter=one.is_parameter)]


def _name(one: Seen) -> str:
    return one.name or short_name(one.iri, one.attrs or EMPTY_BODY)


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
