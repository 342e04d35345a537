"""Finds datasets: statements over the ObsCore records that count, and the kept keyword sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, func, select

from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.search import Hit, Order, SearchQuestion
from provstore.stores.catalogue import search_order as orders
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search_columns import within
from provstore.stores.catalogue.search_keywords import KWSET, Held, held
from provstore.stores.catalogue.tables import element_keywords, obscore

_WITH_SETS: Final[FromClause] = obscore.outerjoin(
    element_keywords, element_keywords.c.element == obscore.c.element
)
_FEW: Final = 5000
"""Datasets that are looked up again by their numbers more quickly than they are found again."""
_COLUMNS: Final = [obscore.c[column.name] for column in COLUMNS]
_SHOWN: Final = [*_COLUMNS, obscore.c.product_id, KWSET.label("kwset")]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The datasets that a question asks for."""

    conditions: Sequence[ColumnElement[bool]] = ()
    """What the record of a dataset has to fulfil."""
    needs_sets: bool = False
    """Whether a condition reads `element_keywords`."""

    def select(self, *columns: ColumnElement[Any], with_sets: bool = False) -> Select[Any]:
        """These columns of the datasets, of their keyword sets too where so said."""
        records = _WITH_SETS if with_sets or self.needs_sets else obscore
        chosen: Select[Any] = select(*columns).select_from(records)
        return chosen.where(obscore.c.latest, *self.conditions)

    def narrowed(self, tx: Transaction) -> "Chosen":
        """The same by their numbers where they are few, for whoever asks of them several times."""
        if not self.conditions:
            return self
        numbers = tx.execute(self.select(obscore.c.element).limit(_FEW + 1)).scalars().all()
        if len(numbers) > _FEW:
            return self
        return Chosen([within(obscore.c.element, numbers)])

    def total(self, tx: Transaction) -> int:
        """How many there are."""
        return int(tx.execute(self.select(func.count())).scalar_one())


@dataclass(frozen=True, slots=True)
class Page:
    """A page of datasets."""

    hits: Sequence[Hit]
    next: str | None


def page(tx: Transaction, question: SearchQuestion, chosen: Chosen) -> Page:
    """The datasets of a page.

    Parameters
    ----------
    question
        Of which order, limit and cursor are read here.

    Raises
    ------
    BadParameterError
        The cursor is none that a page of this question told.
    """
    order = orders.whole_order(question.order)
    # sorted by what is needed for it: a whole record takes much longer to move about
    keys = chosen.select(obscore.c.element, obscore.c.part).order_by(*orders.order_by(order))
    after = orders.after(question, order)
    if after is not None:
        keys = keys.where(after)
    if question.limit is not None:
        keys = keys.limit(question.limit + 1)
    rows = tx.execute(_shown(keys, order)).all()
    shown = rows[: question.limit]
    is_last = len(shown) == len(rows)
    sets = held(tx, [row.kwset for row in shown])
    hits = [_hit(row, sets) for row in shown]
    return Page(hits, None if is_last else orders.cursor_of(question, order, shown[-1]))


def _shown(keys: Select[Any], order: Sequence[Order]) -> Select[Any]:
    key = keys.subquery("key")
    of_key = and_(obscore.c.element == key.c.element, obscore.c.part == key.c.part)
    records = key.join(obscore, of_key).outerjoin(
        element_keywords, element_keywords.c.element == obscore.c.element
    )
    return select(*_SHOWN).select_from(records).order_by(*orders.order_by(order))


def _hit(row: Row[Any], sets: Mapping[int, Held]) -> Hit:
    told = zip(COLUMNS, row, strict=False)
    values = {column.name: value for column, value in told if value is not None}
    keywords, complete = sets[row.kwset]
    return Hit(ObsCoreRecord(values, row.product_id), keywords, complete)
