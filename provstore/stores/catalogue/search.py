"""Finds datasets: statements over the ObsCore records that count, and the kept keyword sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, null, select

from provstore.model.keywords import ByName
from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.search import Hit, Order, SearchQuestion
from provstore.stores.catalogue import search_order as orders
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search_columns import within
from provstore.stores.catalogue.search_keywords import KWSET, Held, held
from provstore.stores.catalogue.tables import element_keywords, obscore

_WITH_SETS: Final[FromClause] = obscore.join(
    element_keywords, element_keywords.c.element == obscore.c.element
)
_FEW: Final = 5000
"""Datasets that are looked up again by their numbers more quickly than they are found again."""
_COLUMNS: Final = [obscore.c[column.name] for column in COLUMNS]
_SHOWN: Final[Select[Any]] = select(*_COLUMNS, obscore.c.product_id, KWSET.label("kwset"))
"""What is read of a dataset that is shown; made once, since to make it takes long."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The datasets that a question asks for."""

    conditions: Sequence[ColumnElement[bool]] = ()
    """What the record of a dataset has to fulfil."""
    needs_sets: bool = False
    """Whether a condition reads `element_keywords`."""
    is_narrow: bool = False
    """Whether an index finds the few records among which it chooses."""

    def select(self, *columns: ColumnElement[Any], with_sets: bool = False) -> Select[Any]:
        """These columns of the datasets, of their keyword sets too where so said."""
        records = _WITH_SETS if with_sets or self.needs_sets else obscore
        chosen: Select[Any] = select(*columns).select_from(records)
        return chosen.where(obscore.c.latest, *self.conditions)

    def narrowed(self, tx: Transaction) -> "Chosen":
        """The same by their numbers where they are few, for whoever asks of them several times."""
        if not self.conditions:
            return self
        found = tx.execute(self.select(obscore.c.element).limit(_FEW + 1)).cursor.fetchall()
        if len(found) > _FEW:
            return self
        numbers = [number for (number,) in found]
        return Chosen([within(obscore.c.element, numbers)], is_narrow=True)

    def total(self, tx: Transaction) -> int:
        """How many there are."""
        return int(tx.execute(self.select(func.count())).scalar_one())


@dataclass(frozen=True, slots=True)
class Page:
    """A page of datasets."""

    hits: Sequence[Hit]
    next: str | None
    total: int | None
    """How many there are on all pages, where that was found by the way."""


def page(tx: Transaction, question: SearchQuestion, chosen: Chosen, keywords: ByName) -> Page:
    """The datasets of a page.

    Parameters
    ----------
    question
        Of which order, limit and cursor are read here.
    keywords
        Those that are known.

    Raises
    ------
    BadParameterError
        The cursor is none that a page of this question told.
    """
    order = orders.whole_order(question.order)
    rows = tx.execute(_statement(question, chosen, order)).all()
    shown = rows[: question.limit]
    is_last = len(shown) == len(rows)
    sets = held(tx, [row.kwset for row in shown], keywords)
    hits = [_hit(row, sets) for row in shown]
    following = None if is_last else orders.cursor_of(question, order, shown[-1])
    total = rows[0].total if rows else None
    if is_last and question.cursor is None:
        total = len(hits)
    return Page(hits, following, total)


def _statement(question: SearchQuestion, chosen: Chosen, order: Sequence[Order]) -> Select[Any]:
    """The records of a page are read once they are sorted: a whole one takes long to move about."""
    if chosen.is_narrow:
        names = dict.fromkeys(["element", "part", *(one.column for one in order)])
        columns = [obscore.c[name] for name in names]
        # sorted apart: an index that has them in order would be read from one end to the other
        few = chosen.select(*columns).cte("few").prefix_with("MATERIALIZED")
        total: ColumnElement[Any] = select(func.count()).select_from(few).scalar_subquery()
        keys: Select[Any] = select(few.c.element, few.c.part)
        found: FromClause = few
    else:
        total, found = null(), obscore
        keys = chosen.select(obscore.c.element, obscore.c.part)
    after = orders.after(question, order, found)
    if after is not None:
        keys = keys.where(after)
    key = keys.order_by(*orders.order_by(order, found))
    if question.limit is not None:
        key = key.limit(question.limit + 1)
    of_page = key.subquery("key")
    same = and_(obscore.c.element == of_page.c.element, obscore.c.part == of_page.c.part)
    records = of_page.join(obscore, same).join(
        element_keywords, element_keywords.c.element == obscore.c.element
    )
    shown = _SHOWN.add_columns(total.label("total")).select_from(records)
    return shown.order_by(*orders.order_by(order, obscore))


def _hit(row: Row[Any], sets: Mapping[int, Held]) -> Hit:
    told = zip(COLUMNS, row, strict=False)
    values = {column.name: value for column, value in told if value is not None}
    keywords, complete = sets[row.kwset]
    return Hit(ObsCoreRecord(values, row.product_id), keywords, complete)
