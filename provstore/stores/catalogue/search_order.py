"""Pages of what is found: sorted by any columns, each page beginning where the one before ended.

What has no value of a column comes last, whichever way it is sorted; the identifier of the dataset
decides between equals, so that every dataset is on one page.
"""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import ColumnElement, FromClause, Row, UnaryExpression, and_, literal, or_

from provstore.errors import BadParameterError
from provstore.model.obscore import BY_NAME, NUMBERS
from provstore.model.search import Order, SearchQuestion

_LAST: Final = Order("obs_publisher_did")
_DIGEST_BYTES: Final = 6
_MOST_CHARACTERS: Final = 20_000
_MOST_DIGITS: Final = 18
_UNSTORED: Final = re.compile("[\0\ud800-\udfff]")
"""No stored text holds these, and no engine takes them."""


def whole_order(order: Sequence[Order]) -> tuple[Order, ...]:
    """An order that no two datasets have the same place in; a column counts where it stands first.

    Its last column is the identifier of the dataset.
    """
    kept: dict[str, Order] = {}
    for one in (*order, _LAST):
        kept.setdefault(one.column, one)
        if one.column == _LAST.column:
            break  # what follows decides nothing
    return tuple(kept.values())


def order_by(order: Sequence[Order], records: FromClause) -> list[UnaryExpression[Any]]:
    """The order of records as SQL."""
    return [_sorted(one, records).nulls_last() for one in order]


def _sorted(one: Order, records: FromClause) -> UnaryExpression[Any]:
    column = records.c[one.column]
    return column.desc() if one.is_descending else column.asc()


# -- cursors


def cursor_of(question: SearchQuestion, order: Sequence[Order], row: Row[Any]) -> str:
    """Where a page ends, for the page after it."""
    place = [_digest(question, order), *(row._mapping[one.column] for one in order)]  # noqa: SLF001  documented access of SQLAlchemy
    return urlsafe_b64encode(json.dumps(place).encode()).rstrip(b"=").decode()


def after(
    question: SearchQuestion, order: Sequence[Order], records: FromClause
) -> ColumnElement[bool] | None:
    """Which of the records come behind the page before; None where there is none.

    Raises
    ------
    BadParameterError
        The cursor is none that a page of this question told.
    """
    if question.cursor is None:
        return None
    places = _read(question.cursor)
    if len(places) != len(order) + 1 or places[0] != _digest(question, order):
        raise _bad(question.cursor)
    behind = []
    equal: list[ColumnElement[bool]] = []
    for one, place in zip(order, places[1:], strict=True):
        if not _fits(one.column, place):
            raise _bad(question.cursor)
        column = records.c[one.column]
        if place is None:  # the last: nothing is behind it
            equal.append(column.is_(None))
            continue
        value = literal(place, column.type)
        further = column < value if one.is_descending else column > value
        can_lack = not BY_NAME[one.column].required
        behind.append(and_(*equal, or_(further, column.is_(None)) if can_lack else further))
        equal.append(column == value)
    return or_(*behind)


def _read(cursor: str) -> list[Any]:
    if len(cursor) > _MOST_CHARACTERS or not cursor.isascii():
        raise _bad(cursor)
    try:
        told = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        raise _bad(cursor) from None
    if not isinstance(told, list):
        raise _bad(cursor)
    return told


def _fits(column: str, place: object) -> bool:
    """Whether a value may be one of the column, as a page tells it."""
    known = BY_NAME[column]
    if place is None:
        return not known.required
    if known.type not in NUMBERS:
        return isinstance(place, str) and not _UNSTORED.search(place)
    if isinstance(place, bool) or not isinstance(place, int | float):
        return False
    # neither NaN nor infinite, and no integer that the engine cannot hold
    return abs(place) < 10**_MOST_DIGITS if isinstance(place, int) else place - place == 0


def _digest(question: SearchQuestion, order: Sequence[Order]) -> str:
    """Tells the question, so that no page of another is taken for one of it."""
    asked = (
        *(question.region, question.times, question.energy, question.target_names),
        *(question.columns, question.keywords, question.excluded, question.match, tuple(order)),
    )
    return blake2b(repr(asked).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def _bad(cursor: str) -> BadParameterError:
    return BadParameterError("cursor", cursor, "the one of the answer's `next`, to this question")
