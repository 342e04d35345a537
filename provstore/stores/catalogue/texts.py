"""Looks up what a text is in the records of datasets."""

from collections.abc import Sequence

from sqlalchemy import func, literal, or_, select

from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import obscore


def has_obs_id(tx: Transaction, text: str) -> bool:
    """Whether an observation has this id."""
    statement = select(obscore.c.obs_id).where(obscore.c.obs_id == text).limit(1)
    return tx.execute(statement).first() is not None


def columns_with(tx: Transaction, columns: Sequence[str], text: str) -> list[str]:
    """Those of the columns that have this value in a record, whatever the case of its letters.

    No index helps: records are read up to the first that has it.
    """
    wanted = func.lower(literal(text))
    is_wanted = [func.lower(obscore.c[name]) == wanted for name in columns]
    row = tx.execute(select(*is_wanted).where(or_(*is_wanted)).limit(1)).first()
    return [name for name, is_there in zip(columns, row or (), strict=False) if is_there]
