"""Finds datasets: one statement over the ObsCore records and the kept keyword sets.

A dataset is what one ``obs_publisher_did`` names. Of several records that tell it the latest
counts, as for lineage answers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, Select, and_, exists, func, or_, select

from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.search import Hit, SearchQuestion
from provstore.stores.catalogue import search_order as orders
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search_keywords import KWSET, Held, held
from provstore.stores.catalogue.tables import element_keywords, obscore

RECORDS: Final[FromClause] = obscore.outerjoin(
    element_keywords, element_keywords.c.element == obscore.c.element
)
_later: Final = obscore.alias("later")
COUNTS: Final[ColumnElement[bool]] = and_(
    ~exists().where(
        _later.c.obs_publisher_did == obscore.c.obs_publisher_did,
        or_(
            _later.c.part > obscore.c.part,
            and_(_later.c.part == obscore.c.part, _later.c.element < obscore.c.element),
        ),
    ),
    ~exists().where(_later.c.element == obscore.c.element, _later.c.part > obscore.c.part),
)
"""The record is the latest of its dataset, and of its element."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of datasets."""

    hits: Sequence[Hit]
    next: str | None


def page(
    tx: Transaction, question: SearchQuestion, conditions: Sequence[ColumnElement[bool]]
) -> Page:
    """The datasets of a page.

    Parameters
    ----------
    question
        Of which order, limit and cursor are read here.
    conditions
        What a record has to fulfil, as SQL.

    Raises
    ------
    BadParameterError
        The cursor is none that a page of this question told.
    """
    order = orders.whole_order(question.order)
    columns = [obscore.c[column.name] for column in COLUMNS]
    statement: Select[Any] = (
        select(*columns, obscore.c.product_id, KWSET.label("kwset"))
        .select_from(RECORDS)
        .where(COUNTS, *conditions)
        .order_by(*orders.order_by(order))
    )
    after = orders.after(question, order)
    if after is not None:
        statement = statement.where(after)
    if question.limit is not None:
        statement = statement.limit(question.limit + 1)
    rows = tx.execute(statement).all()
    shown = rows[: question.limit]
    is_last = len(shown) == len(rows)
    sets = held(tx, [row.kwset for row in shown])
    hits = [_hit(row, sets) for row in shown]
    return Page(hits, None if is_last else orders.cursor_of(question, order, shown[-1]))


def total(tx: Transaction, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many datasets fulfil the conditions."""
    statement = select(func.count()).select_from(RECORDS).where(COUNTS, *conditions)
    return int(tx.execute(statement).scalar_one())


def _hit(row: Row[Any], sets: Mapping[int, Held]) -> Hit:
    told = zip(COLUMNS, row, strict=False)
    values = {column.name: value for column, value in told if value is not None}
    keywords, complete = sets[row.kwset]
    return Hit(ObsCoreRecord(values, row.product_id), keywords, complete)
