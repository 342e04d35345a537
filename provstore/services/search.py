"""Finding datasets, and which keywords there are to find them by."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provstore.model.adql_text import Meaning, adql
from provstore.model.comparison import value_range
from provstore.model.discovery import GROUPS, KeywordFound
from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Keyword
from provstore.model.search import (
    NO_CONDITION,
    Facet,
    FacetValue,
    Hit,
    SearchPage,
    SearchQuestion,
    SearchTable,
    Span,
)
from provstore.stores.catalogue import facets, search, search_keywords
from provstore.stores.catalogue.asking import Asked, is_kept, keyword_of
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_columns import column_of
from provstore.stores.catalogue.search_upstream import Inputs
from provstore.stores.catalogue.spans import spans_of
from provstore.stores.graph.base import Graph

_FACET: Final = "facet"
_ROWS: Final = 1000
"""Datasets of a table that are read at once."""


class SearchService:
    """Finds datasets by their ObsCore records and by how they were made.

    Parameters
    ----------
    database
        The catalogue.
    graph
        What walks, where a keyword is asked for that is not kept.
    rules
        The provenance keywords.
    """

    def __init__(self, database: Database, graph: Graph, rules: Rules) -> None:
        self._database, self._graph, self._rules = database, graph, rules

    def search(self, question: SearchQuestion) -> SearchPage:
        """A page of the datasets that are asked for.

        Raises
        ------
        BadParameterError
            A column or keyword is not known, a value cannot be compared with its values, or the
            cursor is none that a page of this question told.
        """
        with self._database.reading() as tx:
            asked = Asked(tx, self._graph, self._rules, question)
            chosen = asked.chosen
            if question.facets or not chosen.is_narrow:
                chosen = chosen.narrowed(tx)
            found = search.page(tx, question, chosen, self._rules.by_name)
            counted, notes = self._facets(tx, question.facets, chosen)
            total = found.total if found.total is not None else self._total(tx, chosen, counted)
            query = adql(question, asked.meaning)
            notes = [*asked.notes, *_left_out(asked.meaning), *notes]
            return SearchPage(found.hits, total, found.next, counted, notes, query)

    def table(self, question: SearchQuestion) -> SearchTable:
        """All datasets that are asked for, up to the question's limit.

        They are read a few at a time while they are taken: a record that comes or goes meanwhile
        may be among them or not. The question has no cursor.

        Raises
        ------
        BadParameterError
            As in `search`.
        """
        with self._database.reading() as tx:
            asked = Asked(tx, self._graph, self._rules, question)
            total = asked.chosen.total(tx)
            kept, _ = self._keywords_of(tx)
            query = adql(question, asked.meaning)
        notes = [*asked.notes, *_left_out(asked.meaning)]
        return SearchTable(self._rows(question), kept, total, question.limit, notes, query)

    def _rows(self, question: SearchQuestion) -> Iterator[Hit]:
        left = question.limit
        while True:
            size = _ROWS if left is None else min(left, _ROWS)
            with self._database.reading() as tx:
                chosen = Asked(tx, self._graph, self._rules, question).chosen
                of_page = replace(question, limit=size)
                found = search.page(tx, of_page, chosen, self._rules.by_name)
            yield from found.hits
            left = None if left is None else left - len(found.hits)
            if found.next is None or left == 0:
                return
            question = replace(question, cursor=found.next)

    def _total(self, tx: Transaction, chosen: Chosen, counted: Iterable[Facet]) -> int:
        """How many datasets there are: what was counted for a column is not counted again."""
        of_columns = (one for one in counted if not self._rules.is_keyword(one.name))
        totals = (total for one in of_columns if (total := facets.total_of(one)) is not None)
        known = next(totals, None)
        return chosen.total(tx) if known is None else known

    def _facets(
        self, tx: Transaction, names: Iterable[str], chosen: Chosen
    ) -> tuple[list[Facet], list[str]]:
        """The facets in order, and what there is to say of them."""
        wanted = list(dict.fromkeys(names))
        of_keywords = [name for name in wanted if self._rules.is_keyword(name)]
        keywords = [keyword_of(self._rules, name, _FACET) for name in of_keywords]
        columns = {n: column_of(n, _FACET) for n in wanted if n not in of_keywords}
        counts = search_keywords.counts_of(tx, of_keywords)
        kept = [one.name for one in keywords if is_kept(self._rules, one, counts[one.name])]
        unkept = [one for one in keywords if one.name not in kept]
        found = facets.keyword_facets(tx, kept, chosen) if kept else {}
        counted = facets.column_facets(tx, columns.values(), chosen)
        found |= {name: counted[column.name] for name, column in columns.items()}
        notes: list[str] = []
        if unkept:
            inputs = Inputs(tx, self._graph, chosen)
            found |= {one.name: facets.facet_of(inputs, one) for one in unkept}
            notes += inputs.notes([one.name for one in unkept])
        told = [found[name] for name in wanted]
        return told, [*notes, *(note for facet in told if (note := _cut(facet)) is not None)]

    def _keywords_of(self, tx: Transaction) -> tuple[list[Keyword], list[Keyword]]:
        """The keywords that are kept, of those that the catalogue has values of; and the others."""
        rules = self._rules.by_name
        counts = search_keywords.counts_of(tx, rules)
        kept = [rules[name] for name, count in counts.items() if count > 0]
        unkept = [one for one in kept if not is_kept(self._rules, one, counts[one.name])]
        return [one for one in kept if one not in unkept], unkept

    def kept(self) -> list[str]:
        """The names of the keywords whose values can be counted without a walk."""
        with self._database.reading() as tx:
            return [one.name for one in self._keywords_of(tx)[0]]

    def keywords(self, question: SearchQuestion = NO_CONDITION) -> list[KeywordFound]:
        """The keywords that the catalogue has values of, in order of their names.

        Parameters
        ----------
        question
            What is counted are the datasets that it finds.

        Raises
        ------
        BadParameterError
            As in `search`.
        """
        with self._database.reading() as tx:
            chosen = Asked(tx, self._graph, self._rules, question).chosen.narrowed(tx)
            kept, unkept = self._keywords_of(tx)
            names = [one.name for one in kept]
            spreads = facets.keyword_spreads(tx, names, GROUPS.values(), chosen)
            found = [_found(one, spreads[one.name]) for one in kept]
            found += [_unkept(one) for one in unkept]
            return sorted(found, key=lambda one: one.keyword.name)

    def observed(self, did: str) -> tuple[Span, ...]:
        """When a dataset was observed, in MJD; empty where it does not say.

        Raises
        ------
        UnknownIdentifierError
            No dataset has this identifier.
        """
        with self._database.reading() as tx:
            return spans_of(tx, did)


def _left_out(meaning: Meaning) -> list[str]:
    names = sorted({condition.name for condition in meaning.left_out})
    return [f"the ADQL leaves out {', '.join(names)}: provenance.keyword has none"] if names else []


def _cut(facet: Facet) -> str | None:
    if len(facet.values) < facets.MOST_VALUES:
        return None
    return f"of {facet.name} only the {facets.MOST_VALUES} most frequent values are counted"


def _unkept(keyword: Keyword) -> KeywordFound:
    nothing: dict[str, list[FacetValue]] = {name: [] for name in GROUPS}
    return KeywordFound(keyword, Facet(keyword.name, ()), None, None, nothing, is_kept=False)


def _found(keyword: Keyword, spread: facets.Spread) -> KeywordFound:
    ends = value_range(keyword, [one.value for one in spread.facet.values])
    least, most = ends or (None, None)
    groups = dict(zip(GROUPS, spread.groups, strict=True))
    return KeywordFound(keyword, spread.facet, least, most, groups)
