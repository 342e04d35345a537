"""What a question asks of the catalogue as it is: conditions in SQL, and which values they mean."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import ColumnElement, false, func, not_

from provstore.errors import BadParameterError
from provstore.model.adql_text import Meaning
from provstore.model.comparison import matcher
from provstore.model.conditions import condition_text, suggestion
from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Keyword
from provstore.model.obscore import BY_NAME, standard_name
from provstore.model.search import Condition, Match, Operator, SearchQuestion
from provstore.model.targets import folded
from provstore.stores.catalogue import search_keywords
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search import Chosen
from provstore.stores.catalogue.search_columns import column_condition, within
from provstore.stores.catalogue.search_keywords import Values, has_value, in_state
from provstore.stores.catalogue.sky import touches
from provstore.stores.catalogue.spans import has_energy, observed_in
from provstore.stores.catalogue.tables import obscore
from provstore.stores.catalogue.targets import target_names

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
    rules
        The keywords that are known.
    question
        What is asked.

    Raises
    ------
    BadParameterError
        A column or keyword is not known, or a value cannot be compared with its values.
    """

    def __init__(self, tx: Transaction, rules: Rules, question: SearchQuestion) -> None:
        self._tx, self._rules = tx, rules
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
        conditions += [self._keyword(one, question.match) for one in question.keywords]
        conditions += [not_(self._excluded(one)) for one in question.excluded]
        self.chosen = Chosen(conditions, bool(self._fitting), is_narrow=self._few)
        """The datasets that are asked for."""
        self.meaning = Meaning(tuple(spellings), self._fitting)
        """What the question means with the values that the catalogue has."""

    def _spellings(self, names: Collection[str]) -> list[str]:
        wanted = {folded(name) for name in names}
        known = target_names(self._tx) if wanted else []
        return [name for name in known if folded(name) in wanted]

    def _excluded(self, condition: Condition) -> ColumnElement[bool]:
        if not self.is_keyword(condition.name) and standard_name(condition.name) in BY_NAME:
            # what has no value stays
            return func.coalesce(column_condition(self._tx, condition, EXCLUDED), false())
        return self._keyword(condition, Match.ANY, EXCLUDED)

    def _keyword(
        self, condition: Condition, match: Match, parameter: str = KEYWORD
    ) -> ColumnElement[bool]:
        known = keyword_of(self._tx, self._rules, condition.name, parameter)
        stored = search_keywords.values_of(self._tx, known.name)
        if condition.state is not None:
            self._fitting[condition] = ()
            return in_state(condition.state, stored.keys(), few=self._few)
        try:
            fits = matcher(known, condition.operator, condition.value)
        except ValueError as error:
            text = condition_text(condition)
            raise BadParameterError(parameter, text, str(error)) from error
        values = Values.of(stored, fits)
        self._fitting[condition] = sorted(stored[number] for number in values.fitting)
        return has_value(match, values, few=self._few)

    def is_keyword(self, name: str) -> bool:
        """Whether a name is that of a keyword."""
        return name in self._rules.by_name or bool(search_keywords.values_of(self._tx, name))


def keyword_of(tx: Transaction, rules: Rules, name: str, parameter: str) -> Keyword:
    """The keyword of a name; one that no rule names any more is a text.

    Raises
    ------
    BadParameterError
        There is none; it suggests the nearest.
    """
    known = rules.by_name.get(name)
    if known is not None:
        return known
    names = search_keywords.names(tx)
    if name in names:
        return Keyword(name)
    every = {*rules.by_name, *names}
    raise BadParameterError(parameter, name, f"a keyword: {suggestion(name, every)}")


def _is_narrow(question: SearchQuestion) -> bool:
    return bool(question.target_names) or any(
        standard_name(one.name) in _NARROW and one.operator is Operator.EQUAL
        for one in question.columns
    )
