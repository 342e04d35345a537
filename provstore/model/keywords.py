"""Provenance keywords: what they are, where a project keeps them, and what is read by their rules.

A dataset inherits keywords from everything upstream. A rule says of an activity, or an entity, what
it says itself; what is inherited of it is kept by `provstore.stores.catalogue.keywords`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple


class ValueKind(StrEnum):
    """How values of a keyword compare."""

    TEXT = "text"
    VERSION = "version"
    """As versions: 0.9 < 0.19, 1.0rc1 < 1.0."""
    NUMBER = "number"
    """In the keyword's unit."""
    TIME = "time"


class Take(StrEnum):
    """Which of the things that are told of an activity or entity holds the value."""

    VERSION = "version"
    """Of what ran: the activity's own, or that of its description."""
    NAME = "name"
    """The activity's name itself."""
    PARAMETER = "parameter"
    CONFIGURATION = "configuration"
    """The name of what configured the activity."""
    AGENT = "agent"
    """The name of an agent of the activity, of one role where `Place.key` names it."""
    ATTRIBUTE = "attribute"


class Thing(NamedTuple):
    """What rules see of an element."""

    names: tuple[str, ...]
    """Its names: as told, of its description, the end of its id."""
    version: str | None = None
    level: str | None = None
    """Data level of an entity."""
    attributes: Sequence[tuple[str, str]] = ()
    """Local name of each attribute, and the text of its value."""
    parameters: Sequence[tuple[str, str]] = ()
    """Name and value of each parameter of an activity."""
    role: str | None = None
    """Of an agent in its activity."""


class Found(NamedTuple):
    """What a rule read."""

    keyword: str
    value: str
    level: str | None = None
    """Where it stands: what the activity made of this level has it, not the activity itself."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a project keeps a keyword."""

    take: Take
    key: str = ""
    """Name of the parameter or attribute, role of the agent; compared without case, blanks and
    punctuation."""
    activity: str = ""
    """Pattern of the activity's name, in which ``*`` stands for any characters, without case; empty
    where an entity's attribute is meant."""
    level: str | None = None
    """The data level that it speaks of: it holds for what the activity made of this level."""
    attribute: str = ""
    """Of agents: the attribute that is meant; empty for their name."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A provenance keyword."""

    name: str
    kind: ValueKind = ValueKind.TEXT
    unit: str = ""
    ucd: str = ""
    description: str = ""
    most_values: int = 1000
    """With more distinct values than this it is no longer kept, but found when it is asked for."""
    places: tuple[Place, ...] = field(default=())

    def is_kept_with(self, values: int) -> bool:
        """Whether sets hold what is inherited of it, where so many distinct values are stored."""
        return values <= self.most_values


ByName = Mapping[str, Keyword]
