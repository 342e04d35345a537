"""Links from a search to the same search with other conditions."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from provstore.model.conditions import MOST_CHARACTERS, condition_text
from provstore.model.keyword_rules import Rules
from provstore.model.search import Condition, Facet, Match, Operator, SearchQuestion, State
from provstore.web.address import BOX, NO_CONDITIONS, Address, Pair
from provstore.web.links import Links

MOST_VALUES: Final = 40
"""Of one facet on a page; the interface tells more."""
_MATCHES: Final = {
    Match.ANY: "some input has the value",
    Match.ALL: "every input that has the keyword has the value",
}
_TITLES: Final = {
    "dataproduct_subtype": "level",
    "dataproduct_type": "type",
    "target_name": "target",
    "data_rights": "rights",
}
_LEVEL: Final = "dataproduct_subtype"


class Chip(NamedTuple):
    """One condition that holds."""

    text: str
    without: str
    """The page without it."""


class Other(NamedTuple):
    """One of several ways to ask."""

    text: str
    url: str
    is_asked: bool


class Choice(NamedTuple):
    """One value of a facet, or what a dataset has of a keyword instead."""

    text: str
    datasets: int
    only: str | None
    """The page of those that have it, without the condition where it is one; None where it cannot
    be asked for."""
    exclude: str | None
    is_asked: bool
    is_state: bool


class FacetShown(NamedTuple):
    """The values of a column or keyword among what is found."""

    name: str
    title: str
    choices: Sequence[Choice]
    values: int
    """How many there are; the most frequent are here."""
    is_wanted: bool
    """Whether it was asked for."""


class Sorting(NamedTuple):
    """How a column of the table is sorted."""

    url: str
    """Sorts by it, the other way round where that is so already."""
    direction: str
    """As ``aria-sort`` has it."""


def pair_of(rules: Rules, condition: Condition) -> Pair | None:
    """The parameter that asks a condition; None where its value is too long to be asked for."""
    if len(condition.value) > MOST_CHARACTERS:
        return None
    name = "keyword" if rules.is_keyword(condition.name) else "where"
    return name, condition_text(condition)


class Refine:
    """Writes the links of one search.

    Parameters
    ----------
    asked, question
        What the page asks, as it was written and as it was read.
    """

    def __init__(
        self, links: Links, asked: Address, question: SearchQuestion, rules: Rules
    ) -> None:
        self._links, self._asked, self._question, self._rules = links, asked, question, rules
        self._given = frozenset(asked.pairs)
        self._holds = frozenset((*question.columns, *question.keywords))

    def chips(self) -> Iterator[Chip]:
        """The conditions that hold."""
        for pair in dict.fromkeys(self._asked.pairs):
            if pair[0] not in NO_CONDITIONS and pair[1].strip():
                yield Chip(condition_said(pair), self._url(self._asked.without(pair)))

    def matches(self) -> Iterator[Other]:
        """The ways to compare keywords, where one is compared."""
        if not self._question.keywords:
            return
        plain = self._asked.lacking("match")
        for match, text in _MATCHES.items():
            url = self._url(plain.having(("match", match.value)))
            yield Other(text, url, match is self._question.match)

    def sorting(self, column: str) -> Sorting:
        """How the table is sorted by a column."""
        order = self._question.order[:1]
        plain = self._asked.lacking("order")
        if order and order[0].column == column:
            turned = column if order[0].is_descending else f"-{column}"
            direction = "descending" if order[0].is_descending else "ascending"
            return Sorting(self._url(plain.having(("order", turned))), direction)
        return Sorting(self._url(plain.having(("order", column))), "none")

    def facets(self, facets: Iterable[Facet]) -> Iterator[FacetShown]:
        """Those that have a value, and those that were asked for."""
        for facet in facets:
            is_wanted = facet.name in self._question.facets
            if facet.values or is_wanted:
                yield self._facet(facet, is_wanted=is_wanted)

    def _facet(self, facet: Facet, *, is_wanted: bool) -> FacetShown:
        shown = facet.values[:MOST_VALUES]
        if facet.name == _LEVEL:
            shown = sorted(shown)
        choices = [
            self._choice(Condition(facet.name, Operator.EQUAL, one.value), one.datasets)
            for one in shown
        ]
        for state, datasets in ((State.MIXED, facet.mixed), (State.UNKNOWN, facet.unknown)):
            if datasets:
                condition = Condition(facet.name, Operator.EQUAL, "", state)
                choices.append(self._choice(condition, datasets))
        title = _TITLES.get(facet.name, facet.name)
        return FacetShown(facet.name, title, choices, len(facet.values), is_wanted)

    def _choice(self, condition: Condition, datasets: int) -> Choice:
        pair = pair_of(self._rules, condition)
        is_state = condition.state is not None
        text = condition.state.value if condition.state is not None else condition.value
        if pair is None:
            return Choice(text, datasets, None, None, is_asked=False, is_state=is_state)
        is_asked = condition in self._holds
        if pair in self._given:
            only: str | None = self._url(self._asked.without(pair))
        else:
            only = None if is_asked else self._url(self._asked.having(pair))
        out = ("exclude", pair[1])
        exclude = None if is_asked else self._url(self._asked.having(out))
        return Choice(text, datasets, only, exclude, is_asked=is_asked, is_state=is_state)

    def _url(self, asked: Address) -> str:
        return self._links.search(asked.pairs)


def condition_said(pair: Pair) -> str:
    """A condition as a person reads it."""
    name, value = pair
    if name in {"keyword", "where"}:
        return value
    if name == BOX:
        return f"“{value.strip()}”"
    return f"not {value}" if name == "exclude" else f"{name}: {value}"
