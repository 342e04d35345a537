"""Reads how datasets are had."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from provstore.model.links import Access
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import obscore

_ACCESSES: Final = (
    select(obscore.c.element, *(obscore.c[name] for name in Access._fields))
    .where(among(obscore.c.element, "list"))
    .order_by(obscore.c.part, obscore.c.element)
)


def accesses(tx: Transaction, numbers: Sequence[int]) -> list[tuple[int, Access]]:
    """Elements with what an ObsCore record says of them, the latest record last."""
    return [(number, Access(*told)) for number, *told in fetch(tx, _ACCESSES, numbers)]
