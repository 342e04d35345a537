"""What the page of keywords shows: which there are, and the searches that their values lead to."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from provstore.factory import Services
from provstore.model.discovery import GROUPS, KeywordFound
from provstore.model.keyword_rules import Rules
from provstore.model.parameters import Given
from provstore.model.search import Condition, FacetValue, Operator, State
from provstore.services.asked import DISCOVER
from provstore.services.meant import meant
from provstore.web.address import Address, Pair
from provstore.web.links import Links
from provstore.web.refine import pair_of

MOST_VALUES: Final = 30
"""Of one keyword on the page; the interface tells more."""
_GROUPS: Final = {"collections": "collection", "levels": "level", "types": "type"}


class Counted(NamedTuple):
    """A value and how many datasets have it."""

    text: str
    datasets: int
    url: str | None
    """The search for them; None where the value is too long to be asked for."""


class KeywordShown(NamedTuple):
    """A keyword."""

    found: KeywordFound
    values: Sequence[Counted]
    states: Sequence[Counted]
    """The datasets whose inputs disagree, and those without a value."""
    groups: Sequence[tuple[str, Sequence[FacetValue]]]


class KeywordsShown(NamedTuple):
    """What the page shows."""

    notes: Sequence[str]
    """What texts were taken for."""
    keywords: Sequence[KeywordShown]


def keywords_shown(services: Services, links: Links, asked: Address) -> KeywordsShown:
    """Find the keywords of the datasets that are asked for.

    Raises
    ------
    BadParameterError
        As ``GET /api/v1/keywords`` refuses the same parameters.
    """
    rules = services.settings.keyword_rules
    question, notes = meant(Given(DISCOVER, asked.pairs), services)
    found = services.search.keywords(question)
    return KeywordsShown(notes, [_shown(links, asked, rules, one) for one in found])


def _shown(links: Links, asked: Address, rules: Rules, found: KeywordFound) -> KeywordShown:
    name = found.keyword.name

    def counted(value: str, datasets: int, state: State | None = None) -> Counted:
        pair: Pair | None = pair_of(rules, Condition(name, Operator.EQUAL, value, state))
        url = None if pair is None else links.search(asked.having(pair).pairs)
        return Counted(value if state is None else state.value, datasets, url)

    def states() -> Iterator[Counted]:
        for state, datasets in (
            (State.MIXED, found.facet.mixed),
            (State.UNKNOWN, found.facet.unknown),
        ):
            if datasets:
                yield counted("", datasets, state)

    return KeywordShown(
        found,
        [counted(one.value, one.datasets) for one in found.facet.values[:MOST_VALUES]],
        list(states()),
        [(_GROUPS[group], found.groups[group]) for group in GROUPS],
    )
