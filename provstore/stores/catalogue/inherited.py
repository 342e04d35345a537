"""What one element inherits: the set that is kept for it."""

from sqlalchemy import select

from provstore.model.keywords import ByName
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.search_keywords import Held, held
from provstore.stores.catalogue.tables import EMPTY_SET, element_keywords


def inherited(tx: Transaction, element: int, keywords: ByName) -> Held:
    """Which of these keywords an element has, its own and those of everything upstream."""
    column = element_keywords.c
    row = tx.execute(select(column.kwset).where(column.element == element)).scalar()
    kept = EMPTY_SET if row is None else row
    return held(tx, [kept], keywords)[kept]
