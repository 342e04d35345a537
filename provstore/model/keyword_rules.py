"""The rules of provenance keywords at work: what an activity, or an entity, says itself.

They run for each element that is written. So patterns are made once, each name is looked up once
and then remembered, and an element that no rule speaks of costs a look at its names.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from hashlib import blake2b
from importlib.resources import files
from typing import Final, NamedTuple

from provstore.model.free_keywords import free_keyword
from provstore.model.keyword_file import Source, fold_key, read_rules
from provstore.model.keyword_values import values_in
from provstore.model.keywords import Found, Keyword, Place, Take, Thing
from provstore.model.patterns import STAR, Pattern

_REMEMBERED: Final = 8192
"""Names that are looked up once: those of activities, parameters and attributes are few."""
_READING: Final = 1
"""Counted up when the same rules come to read an element otherwise: what a catalogue kept before
then differs from what it would keep now."""

_TOLD: Final = frozenset({Take.PARAMETER, Take.ATTRIBUTE})
"""What many rules read and few activities tell."""

Numbers = tuple[int, ...]
"""Of rules, in their order."""


class _Rule(NamedTuple):
    """One place of one keyword."""

    keyword: str
    place: Place
    key: Pattern


class Rules:
    """The rules of a project.

    Parameters
    ----------
    keywords
        With their places; of two with one name the later counts.
    sources
        Entities whose making nobody records.
    """

    def __init__(self, keywords: Iterable[Keyword], sources: Iterable[Source] = ()) -> None:
        self.by_name: Mapping[str, Keyword] = {keyword.name: keyword for keyword in keywords}
        self.sources: tuple[Source, ...] = tuple(dict.fromkeys(sources))
        rules = [
            _Rule(keyword.name, place, Pattern(fold_key(place.key) or STAR))
            for keyword in self.by_name.values()
            for place in keyword.places
        ]
        self._of_activities = [rule for rule in rules if rule.place.activity]
        self._of_entities = [rule for rule in rules if not rule.place.activity]
        self._named = _fitting([rule.place.activity.casefold() for rule in self._of_activities])
        self._of_parameter = _fitting_key(self._of_activities, Take.PARAMETER)
        self._of_attribute = _fitting_key(self._of_activities, Take.ATTRIBUTE)
        self._of_entity_attribute = _fitting_key(self._of_entities, Take.ATTRIBUTE)
        takes = [rule.place.take for rule in self._of_activities]
        self._of_told = {number for number, take in enumerate(takes) if take in _TOLD}
        self._of_agents = {fold_name(place.attribute) for _, place, _ in rules if place.attribute}
        self._source_named = _fitting([source.name.casefold() for source in self.sources])
        self._source_attribute = _fitting([fold_key(source.attribute) for source in self.sources])
        self._source_values = [Pattern(source.value.casefold()) for source in self.sources]

    @cached_property
    def leveled(self) -> bool:
        """Whether a rule speaks of a data level: then products are read with their activities."""
        return any(rule.place.level for rule in self._of_activities)

    @cached_property
    def digest(self) -> str:
        """Tells these rules from others that would keep something else: 32 hexadecimal digits."""
        told = json.dumps([_READING, *self._told()])
        return blake2b(told.encode(), digest_size=16).hexdigest()

    def _told(self) -> Iterator[list[object]]:
        for name, keyword in sorted(self.by_name.items()):
            places = [[p.take, p.key, p.activity, p.level] for p in keyword.places]
            yield [name, keyword.most_values, *places]
        for source in sorted(self.sources):
            yield list(source)

    def with_more(self, more: "Rules") -> "Rules":
        """These rules and more; a keyword that both have is that of ``more``."""
        keywords = {**self.by_name, **more.by_name}
        return Rules(keywords.values(), (*self.sources, *more.sources))

    def is_keyword(self, name: str) -> bool:
        """Whether a name is that of a keyword, or has the form of one that no rule names."""
        return name in self.by_name or free_keyword(name) is not None

    def reads(self, name: str, *, is_parameter: bool) -> bool:
        """Whether any rule looks at attributes, or parameters, of this name."""
        folded = fold_name(name)
        if is_parameter:
            return bool(self._of_parameter(folded))
        readers = (self._of_attribute, self._of_entity_attribute, self._source_attribute)
        return folded in self._of_agents or any(numbers(folded) for numbers in readers)

    def of_activity(
        self, activity: Thing, agents: Sequence[Thing] = (), configuration: Sequence[Thing] = ()
    ) -> list[Found]:
        """What an activity says, each keyword and value once, in the order of the rules.

        Parameters
        ----------
        activity
            With the version, the parameters and the names that its description gives it.
        agents
            That were associated with it, each with its role.
        configuration
            Files that configured it.
        """
        numbers = {number for name in activity.names for number in self._named(name.casefold())}
        if not numbers:
            return []
        told = _told(activity.parameters, self._of_parameter)
        told.update(_told(activity.attributes, self._of_attribute))
        found: dict[Found, None] = {}
        for number in sorted(numbers - (self._of_told - told.keys())):
            rule = self._of_activities[number]
            match rule.place.take:
                case Take.VERSION:
                    texts = [activity.version or ""]
                case Take.NAME:
                    texts = [self._fitting_name(activity, number)]
                case Take.AGENT:
                    those = [a for a in agents if rule.key.matches(fold_name(a.role))]
                    texts = _of_agents(those, fold_name(rule.place.attribute))
                case Take.CONFIGURATION:
                    texts = _names_of(configuration)
                case Take.PARAMETER | Take.ATTRIBUTE:
                    texts = told[number]
            for value in _values_in(texts):
                found[Found(rule.keyword, value, rule.place.level)] = None
        return list(found)

    def _fitting_name(self, activity: Thing, number: int) -> str:
        return next(name for name in activity.names if number in self._named(name.casefold()))

    def of_entity(self, entity: Thing) -> list[Found]:
        """What an entity says itself, each keyword and value once, in the order of the rules.

        A rule with a data level speaks of entities of this level only.
        """
        if not entity.attributes:
            return []
        told = _told(entity.attributes, self._of_entity_attribute)
        found: dict[Found, None] = {}
        for number in sorted(told):
            rule = self._of_entities[number]
            if rule.place.level is None or rule.place.level == entity.level:
                for value in _values_in(told[number]):
                    found[Found(rule.keyword, value)] = None
        return list(found)

    def is_source(self, entity: Thing) -> bool:
        """Whether an entity comes from where nobody records: its record is complete without."""
        if any(self._source_named(name.casefold()) for name in entity.names):
            return True
        return any(
            self._source_values[number].matches(text.strip().casefold())
            for name, text in entity.attributes
            for number in self._source_attribute(fold_name(name))
        )


def parse(text: str, place: str) -> Rules:
    """The rules of a TOML text.

    Parameters
    ----------
    text
        The text of a file.
    place
        What messages call it.

    Raises
    ------
    RulesError
        The first mistake: where it stands, the value, and what is allowed.
    """
    return Rules(*read_rules(text, place))


@cache
def shipped() -> Rules:
    """The rules that come with provstore: CTAO and ctapipe, H.E.S.S. and gammapy, LST."""
    text = files("provstore.model").joinpath("keywords.toml").read_text(encoding="utf-8")
    return parse(text, "the shipped rules")


@lru_cache(maxsize=_REMEMBERED)
def fold_name(name: str | None) -> str:
    """A name as names compare: without case, blanks and punctuation, stars too."""
    return fold_key(name or "").replace(STAR, "")


def _told(
    pairs: Iterable[tuple[str, str]], of_name: Callable[[str], Numbers]
) -> dict[int, list[str]]:
    """By rule: the texts of all that has the name that it speaks of."""
    told: dict[int, list[str]] = {}
    for name, text in pairs:
        for number in of_name(fold_name(name)):
            told.setdefault(number, []).append(text)
    return told


def _values_in(texts: Iterable[str]) -> list[str]:
    return [value for text in texts for value in values_in(text)]


def _fitting(patterns: Sequence[str]) -> Callable[[str], Numbers]:
    """Which patterns a text fits; one that is empty is none."""
    numbers_of: dict[str, list[int]] = {}
    for number, pattern in enumerate(patterns):
        numbers_of.setdefault(pattern, []).append(number)
    starred = [(Pattern(text), found) for text, found in numbers_of.items() if STAR in text]
    exact = {text: found for text, found in numbers_of.items() if text and STAR not in text}

    @lru_cache(maxsize=_REMEMBERED)
    def fitting(text: str) -> Numbers:
        found = list(exact.get(text, ()))
        for pattern, numbers in starred:
            if pattern.matches(text):
                found += numbers
        return tuple(found)

    return fitting


def _fitting_key(rules: Sequence[_Rule], take: Take) -> Callable[[str], Numbers]:
    return _fitting([fold_key(r.place.key) if r.place.take is take else "" for r in rules])


def _of_agents(agents: Iterable[Thing], attribute: str) -> list[str]:
    """An attribute of each of the agents; their names where none is meant."""
    if not attribute:
        return _names_of(agents)
    return [
        text for agent in agents for name, text in agent.attributes if fold_name(name) == attribute
    ]


def _names_of(things: Iterable[Thing]) -> list[str]:
    """What each thing is called first."""
    return [thing.names[0] for thing in things if thing.names]
