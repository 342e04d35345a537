"""What a question asks of the catalogue as it is: conditions in SQL, and which values they mean."""

from collections.abc import Callable, Collection
from typing import Final

from sqlalchemy import ColumnElement, false, func, not_

from provstore.errors import BadParameterError
from provstore.model.adql_text import Meaning
from provstore.model.comparison import matcher
from provstore.model.conditions import condition_text, suggestion
from provstore.model.free_keywords import FORMS, free_keyword
from provstore.model.keyword_rules import Rules
from provstore.model.keyword_values import as_kept
from provstore.model.keywords import Keyword
from provstore.model.obscore import BY_NAME, standard_name
from provstore.model.search import Condition, Match, Operator, SearchQuestion
from provstore.model.targets import folded
from provstore.stores.catalogue import search_keywords
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_columns import column_condition, within
from provstore.stores.catalogue.search_keywords import Values, has_value, in_state
from provstore.stores.catalogue.search_upstream import Wanted, marked
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.spans import has_energy, observed_in
from provstore.stores.catalogue.tables import obscore
from provstore.stores.catalogue.targets import target_names
from provstore.stores.graph.base import Graph

COLUMN: Final = "where"
KEYWORD: Final = "keyword"
EXCLUDED: Final = "exclude"
_NARROW: Final = frozenset({"obs_id", "obs_publisher_did"})
"""Columns of which a value names few datasets."""


class Asked:
    """A question that was looked at with the catalogue's values at hand.

    Parameters
    ----------
    tx
        The transaction in which the conditions are used.
    graph
        Walks to what datasets were made from, where a keyword is asked for that is not kept.
    rules
        The keywords that are known.
    question
        What is asked.

    Raises
    ------
    BadParameterError
        A column or keyword is not known, or a value cannot be compared with its values.
    """

    def __init__(
        self, tx: Transaction, graph: Graph, rules: Rules, question: SearchQuestion
    ) -> None:
        self._tx, self._rules = tx, rules
        self._unkept: list[Wanted] = []
        self._few = _is_narrow(question)
        spellings = self._spellings(question.target_names)
        self._fitting: dict[Condition, Collection[str]] = {}
        conditions: list[ColumnElement[bool]] = []
        if question.target_names:
            conditions.append(within(obscore.c.target_name, spellings))
        if question.region is not None:
            conditions.append(touches(tx, question.region))
        if question.times:
            conditions.append(observed_in(question.times))
        if question.energy is not None:
            conditions.append(has_energy(question.energy))
        conditions += [column_condition(tx, one, COLUMN) for one in question.columns]
        for one in question.keywords:
            conditions += self._keyword(one, question.match, KEYWORD)
        for one in question.excluded:
            conditions += map(not_, self._excluded(one))
        self.chosen = Chosen(conditions, bool(self._fitting), is_narrow=self._few)
        """The datasets that are asked for."""
        self.notes: list[str] = []
        """What there is to say of them."""
        if self._unkept:
            self.chosen, self.notes = marked(tx, graph, self.chosen, self._unkept)
        left_out = tuple(one.condition for one in self._unkept)
        self.meaning = Meaning(tuple(spellings), self._fitting, left_out)
        """What the question means with the values that the catalogue has."""

    def _spellings(self, names: Collection[str]) -> list[str]:
        wanted = {folded(name) for name in names}
        known = target_names(self._tx) if wanted else []
        return [name for name in known if folded(name) in wanted]

    def _excluded(self, condition: Condition) -> list[ColumnElement[bool]]:
        if not self._rules.is_keyword(condition.name) and standard_name(condition.name) in BY_NAME:
            # what has no value stays
            return [func.coalesce(column_condition(self._tx, condition, EXCLUDED), false())]
        return self._keyword(condition, Match.ANY, EXCLUDED)

    def _keyword(
        self, condition: Condition, match: Match, parameter: str
    ) -> list[ColumnElement[bool]]:
        """The condition; none where it is left to what is not kept."""
        known = keyword_of(self._rules, condition.name, parameter, condition.value)
        stored = search_keywords.values_of(self._tx, known.name)
        if not is_kept(self._rules, known, len(stored)):
            fits = None if condition.state is not None else _matcher(known, condition, parameter)
            is_excluded = parameter == EXCLUDED
            self._unkept.append(Wanted(condition, known, fits, match, is_excluded))
            return []
        if condition.state is not None:
            self._fitting[condition] = ()
            return [in_state(condition.state, stored.keys(), few=self._few)]
        values = Values.of(stored, _matcher(known, condition, parameter))
        self._fitting[condition] = sorted(stored[number] for number in values.fitting)
        return [has_value(match, values, few=self._few)]


def _matcher(keyword: Keyword, condition: Condition, parameter: str) -> Callable[[str], bool]:
    wanted = condition.value
    if condition.operator is not Operator.LIKE:
        wanted = as_kept(wanted)
    try:
        return matcher(keyword, condition.operator, wanted)
    except ValueError as error:
        raise BadParameterError(parameter, condition_text(condition), str(error)) from error


def is_kept(rules: Rules, keyword: Keyword, values: int) -> bool:
    """Whether sets hold what is inherited of a keyword, of which so many values are stored."""
    return keyword.name in rules.by_name and keyword.is_kept_with(values)


def keyword_of(rules: Rules, name: str, parameter: str, compared_with: str = "") -> Keyword:
    """The keyword of a name.

    Parameters
    ----------
    parameter
        What the asker calls it, for messages.
    compared_with
        What its values are compared with, where no rule says of which kind they are.

    Raises
    ------
    BadParameterError
        There is none; it suggests the nearest.
    """
    known = rules.by_name.get(name) or free_keyword(name, compared_with)
    if known is None:
        allowed = f"a keyword, or {FORMS}: {suggestion(name, rules.by_name)}"
        raise BadParameterError(parameter, name, allowed)
    return known


def _is_narrow(question: SearchQuestion) -> bool:
    return bool(question.target_names) or any(
        standard_name(one.name) in _NARROW and one.operator is Operator.EQUAL
        for one in question.columns
    )
