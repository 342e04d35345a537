"""A question for datasets, and what is answered: pages of ObsCore records with their keywords."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from provstore.model.keywords import Keyword
from provstore.model.obscore import ObsCoreRecord
from provstore.model.regions import Region


class Operator(StrEnum):
    """How a value is compared; ``~`` takes a pattern in which ``*`` stands for any characters."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    LIKE = "~"


class State(StrEnum):
    """What a dataset has of a keyword: one value, several since its inputs disagree, or none."""

    SINGLE = "single"
    MIXED = "mixed"
    UNKNOWN = "unknown"


class Match(StrEnum):
    """Whether some input has to have the value, or every input that has the keyword."""

    ANY = "any"
    ALL = "all"


class Condition(NamedTuple):
    """A column of ObsCore, or a provenance keyword, compared with a value."""

    name: str
    operator: Operator
    value: str
    state: State | None = None
    """Where the words ``mixed`` or ``unknown`` were asked for, unquoted: `value` is empty then."""


class Order(NamedTuple):
    """A column by which datasets are sorted."""

    column: str
    is_descending: bool = False


class Span(NamedTuple):
    """From one value to another, both included."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SearchQuestion:
    """All conditions have to hold."""

    region: Region | None = None
    """A region of the sky, in degrees (ICRS), that the dataset touches."""
    times: tuple[Span, ...] = ()
    """MJD; the dataset was observed in one of them."""
    energy: Span | None = None
    """In TeV; the dataset has some of it. What is given in Hz or m is converted by who asks."""
    target_names: tuple[str, ...] = ()
    """The target has one of these names, compared without case and blanks."""
    columns: tuple[Condition, ...] = ()
    """Columns of `provstore.model.obscore.COLUMNS`."""
    keywords: tuple[Condition, ...] = ()
    excluded: tuple[Condition, ...] = ()
    match: Match = Match.ANY
    order: tuple[Order, ...] = ()
    facets: tuple[str, ...] = ()
    """Columns and keywords of which the values are counted among all that is found."""
    limit: int | None = 100
    cursor: str | None = None
    """Where the page before ended, as told with it."""


class Inherited(NamedTuple):
    """What a dataset has of a keyword."""

    state: State
    values: tuple[str, ...]


class FacetValue(NamedTuple):
    """A value of a facet and how many of the datasets that are found have it."""

    value: str
    datasets: int


@dataclass(frozen=True, slots=True)
class Facet:
    """The values of a column or keyword among all datasets that are found."""

    name: str
    values: Sequence[FacetValue]
    mixed: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A dataset that was found."""

    record: ObsCoreRecord
    keywords: Mapping[str, Inherited]
    complete: bool
    """Whether the record upstream is complete."""


@dataclass(frozen=True, slots=True)
class SearchPage:
    """A page of what was found."""

    items: Sequence[Hit]
    total: int
    next: str | None
    """Cursor of the next page."""
    facets: Sequence[Facet] = ()
    notes: Sequence[str] = field(default=())
    """What the asker should know: a limit that cut, a resolver that was away."""
    adql: str = ""
    """The query that asks the same of TAP."""


@dataclass(frozen=True, slots=True)
class SearchTable:
    """All that was found, or as much of it as a limit leaves."""

    rows: Iterable[Hit]
    """To be taken once: they are read from the catalogue meanwhile."""
    keywords: Sequence[Keyword]
    """Those of which the catalogue has a value, in order of their names."""
    total: int
    limit: int | None = None
    """Most rows."""
    notes: Sequence[str] = ()
    adql: str = ""

    @property
    def cut(self) -> str | None:
        """The limit where more was found than it leaves."""
        return None if self.limit is None or self.total <= self.limit else f"limit={self.limit}"


NO_CONDITION: Final = SearchQuestion()
