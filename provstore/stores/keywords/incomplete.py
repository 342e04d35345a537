"""Which elements have a record that stops short somewhere upstream."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import exists, select

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import INCOMPLETE, element_keywords, kwset_member

_MARKED: Final = select(element_keywords.c.element).where(
    among(element_keywords.c.element, "list"),
    exists().where(
        kwset_member.c.kw == INCOMPLETE, kwset_member.c.kwset == element_keywords.c.kwset
    ),
)


def incomplete(tx: Transaction, elements: Collection[int]) -> set[int]:
    """Those of the elements that were made from something of unknown making, or are such."""
    return {number for (number,) in fetch(tx, _MARKED, list(elements))}
