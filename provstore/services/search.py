"""Finding datasets, and which keywords there are to find them by."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from provstore.model.adql_text import adql
from provstore.model.comparison import value_range
from provstore.model.discovery import GROUPS, KeywordFound
from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Keyword
from provstore.model.search import (
    NO_CONDITION,
    Facet,
    Hit,
    SearchPage,
    SearchQuestion,
    SearchTable,
    Span,
)
from provstore.stores.catalogue import facets, search, search_keywords
from provstore.stores.catalogue.asking import Asked, keyword_of
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_columns import column_of
from provstore.stores.catalogue.spans import spans_of

_FACET: Final = "facet"
_ROWS: Final = 1000
"""Datasets of a table that are read at once."""


class SearchService:
    """Finds datasets by their ObsCore records and by how they were made.

    Parameters
    ----------
    database
        The catalogue.
    rules
        The provenance keywords.
    """

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database, self._rules = database, rules

    def search(self, question: SearchQuestion) -> SearchPage:
        """A page of the datasets that are asked for.

        Raises
        ------
        BadParameterError
            A column or keyword is not known, a value cannot be compared with its values, or the
            cursor is none that a page of this question told.
        """
        with self._database.reading() as tx:
            asked = Asked(tx, self._rules, question)
            chosen = asked.chosen
            if question.facets or not chosen.is_narrow:
                chosen = chosen.narrowed(tx)
            found = search.page(tx, question, chosen)
            total = chosen.total(tx) if found.total is None else found.total
            counted = self._facets(tx, asked, question.facets, chosen)
            notes = [note for facet in counted if (note := _cut(facet)) is not None]
            query = adql(question, asked.meaning)
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
            asked = Asked(tx, self._rules, question)
            total = asked.chosen.total(tx)
            names = search_keywords.names(tx)
            keywords = [keyword_of(tx, self._rules, name, "") for name in names]
            query = adql(question, asked.meaning)
        return SearchTable(self._rows(question), keywords, total, question.limit, adql=query)

    def _rows(self, question: SearchQuestion) -> Iterator[Hit]:
        left = question.limit
        while True:
            size = _ROWS if left is None else min(left, _ROWS)
            with self._database.reading() as tx:
                chosen = Asked(tx, self._rules, question).chosen
                found = search.page(tx, replace(question, limit=size), chosen)
            yield from found.hits
            left = None if left is None else left - len(found.hits)
            if found.next is None or left == 0:
                return
            question = replace(question, cursor=found.next)

    def _facets(
        self, tx: Transaction, asked: Asked, names: Iterable[str], chosen: Chosen
    ) -> list[Facet]:
        wanted = list(dict.fromkeys(names))
        keywords = [name for name in wanted if asked.is_keyword(name)]
        columns = {name: column_of(name, _FACET) for name in wanted if name not in keywords}
        found = facets.keyword_facets(tx, keywords, chosen) if keywords else {}
        counted = facets.column_facets(tx, columns.values(), chosen)
        found |= {name: counted[column.name] for name, column in columns.items()}
        return [found[name] for name in wanted]

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
            chosen = Asked(tx, self._rules, question).chosen.narrowed(tx)
            names = search_keywords.names(tx)
            spreads = facets.keyword_spreads(tx, names, GROUPS.values(), chosen)
            return [
                _found(keyword_of(tx, self._rules, name, ""), spread)
                for name, spread in spreads.items()
            ]

    def observed(self, did: str) -> tuple[Span, ...]:
        """When a dataset was observed, in MJD; empty where it does not say.

        Raises
        ------
        UnknownIdentifierError
            No dataset has this identifier.
        """
        with self._database.reading() as tx:
            return spans_of(tx, did)


def _cut(facet: Facet) -> str | None:
    if len(facet.values) < facets.MOST_VALUES:
        return None
    return f"of {facet.name} only the {facets.MOST_VALUES} most frequent values are counted"


def _found(keyword: Keyword, spread: facets.Spread) -> KeywordFound:
    ends = value_range(keyword, [one.value for one in spread.facet.values])
    least, most = ends or (None, None)
    groups = dict(zip(GROUPS, spread.groups, strict=True))
    return KeywordFound(keyword, spread.facet, least, most, groups)
