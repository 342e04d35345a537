"""Looks up what a text is in the records of datasets."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, case, func, literal, select

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import obscore


def has_obs_id(tx: Transaction, text: str) -> bool:
    """Whether an observation has this id."""
    statement = select(obscore.c.obs_id).where(obscore.c.obs_id == text).limit(1)
    return tx.execute(statement).first() is not None


def columns_with(tx: Transaction, columns: Sequence[str], text: str) -> list[str]:
    """Those of the columns that have this value in some record, whatever the case of its letters.

    No index helps: all records are read, once.
    """
    row = tx.execute(_which(columns, text)).one()
    return [name for name, is_there in zip(columns, row, strict=True) if is_there]


def _which(columns: Sequence[str], text: str) -> Select[Any]:
    wanted = func.lower(literal(text))
    return select(
        *(func.max(case((func.lower(obscore.c[name]) == wanted, 1), else_=0)) for name in columns)
    )
