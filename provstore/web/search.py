"""What the page of a search shows: datasets, facets that are links, the same answer elsewhere."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, NamedTuple

from provstore.exporters.search import FORMATS
from provstore.factory import Services
from provstore.model.box import Meaning, TakenFor
from provstore.model.keyword_rules import Rules
from provstore.model.obscore import COLUMNS
from provstore.model.parameters import Given, page_limit
from provstore.model.search import Hit, Inherited, SearchPage, SearchQuestion, State
from provstore.services.asked import SEARCH
from provstore.services.meant import meant
from provstore.web.address import NO_CONDITIONS, Address
from provstore.web.facts import utc_of, web_address
from provstore.web.links import Download, Links
from provstore.web.refine import Chip, FacetShown, Other, Refine, Sorting

FACETS: Final = ("dataproduct_subtype", "dataproduct_type", "target_name", "data_rights")
"""Columns that are counted on every page; each of them costs a statement."""
SORTED: Final = ("target_name", "dataproduct_subtype", "dataproduct_type", "t_min")
"""Columns of the table that it can be sorted by."""
_UNKNOWN: Final = Inherited(State.UNKNOWN, ())


class Found(NamedTuple):
    """A dataset."""

    did: str
    told: Mapping[str, Any]
    """Its record: every column, None where it has no value."""
    keywords: Sequence[tuple[str, Inherited]]
    """Those that were asked for first, the others as the rules have them."""
    complete: bool
    times: tuple[str, str]
    """When it was observed, from and to; empty where that is not told."""
    file: str | None
    """Where its file is, if that is an address for a browser."""


@dataclass(frozen=True, slots=True)
class SearchShown:
    """A page of a search."""

    notes: Sequence[str]
    """What texts were taken for, first that in the box; and limits."""
    chips: Sequence[Chip]
    clear: str
    """The page without any condition."""
    matches: Sequence[Other]
    """The ways to compare keywords; empty where none is compared."""
    page: SearchPage
    found: Sequence[Found]
    facets: Sequence[FacetShown]
    sorting: Mapping[str, Sorting]
    start: str | None
    """The first page, on all others."""
    next: str | None
    downloads: Sequence[Download]
    keywords: str
    """The page of keywords among what is found."""


def leads_to(meaning: Meaning, asked: Address) -> str | None:
    """The identifier that the text in the box is, where nothing else is asked."""
    question = meaning.question
    if meaning.taken_for is not TakenFor.IDENTIFIER or asked.conditions:
        return None
    if question is not None and (question.keywords or len(question.columns) > 1):
        return None
    return meaning.ids[0] if len(meaning.ids) == 1 else meaning.text


def search_shown(services: Services, links: Links, asked: Address) -> SearchShown:
    """Find all that the page of a search shows.

    Raises
    ------
    BadParameterError
        As ``GET /api/v1/search`` refuses the same parameters.
    """
    rules = services.settings.keyword_rules
    given = Given(SEARCH, asked.pairs)
    question, notes = meant(given, services)
    kept = services.search.kept()
    counted = tuple(dict.fromkeys((*question.facets, *FACETS, *kept)))
    limit = page_limit(given, services.settings.max_rows)
    page = services.search.search(replace(question, facets=counted, limit=limit))
    compared = [name for name in _compared(question) if name in kept]
    refine = Refine(links, asked, question, rules)
    return SearchShown(
        notes=[*notes, *page.notes],
        chips=list(refine.chips()),
        clear=links.search(()),
        matches=list(refine.matches()),
        page=page,
        found=[_found(hit, compared, rules) for hit in page.items],
        facets=list(refine.facets(page.facets)),
        sorting={name: refine.sorting(name) for name in SORTED},
        start=None if question.cursor is None else links.search(asked.lacking("cursor").pairs),
        next=None if page.next is None else links.search(asked.having(("cursor", page.next)).pairs),
        downloads=list(_downloads(links, asked)),
        keywords=links.query("/keywords", asked.lacking(*NO_CONDITIONS).pairs),
    )


def _compared(question: SearchQuestion) -> Iterable[str]:
    return dict.fromkeys(one.name for one in (*question.keywords, *question.excluded))


def _downloads(links: Links, asked: Address) -> Iterator[Download]:
    plain = asked.lacking("limit", "facet", "format")
    for known in FORMATS:
        query = plain.having(("format", known.name)).pairs
        yield Download(known.name.upper(), links.query("/api/v1/search", query))


def _found(hit: Hit, compared: Iterable[str], rules: Rules) -> Found:
    told = {column.name: hit.record.values.get(column.name) for column in COLUMNS}
    asked = {name: hit.keywords.get(name, _UNKNOWN) for name in compared}
    ruled = {name: hit.keywords[name] for name in rules.by_name if name in hit.keywords}
    return Found(
        did=hit.record.obs_publisher_did,
        told=told,
        keywords=list({**asked, **ruled, **hit.keywords}.items()),
        complete=hit.complete,
        times=_times(told["t_min"], told["t_max"]),
        file=web_address(told["access_url"]),
    )


def _times(first: object, last: object) -> tuple[str, str]:
    """When it began and ended; of an end on the same day the time alone."""
    start, end = utc_of(first), utc_of(last)
    day = start[:11]
    return start, end.removeprefix(day) if day else end
