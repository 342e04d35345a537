"""The one inferred arrow: a member of a collection leads to what generated the collection."""

from typing import Final

from sqlalchemy import select

from provstore.model.vocabulary import GENERATED
from provstore.stores.catalogue.tables import MEMBERSHIP_NUMBERS, relation

GENERATION: Final = relation.alias("generation")
PAIRS: Final = (
    select(relation.c.id, GENERATION.c.id, relation.c.obj, GENERATION.c.obj)
    .join(GENERATION, GENERATION.c.subj == relation.c.subj)
    .where(
        relation.c.kind.in_(MEMBERSHIP_NUMBERS),
        GENERATION.c.kind == GENERATED.number,
        relation.c.obj.is_not(None),
        GENERATION.c.obj.is_not(None),
    )
)
"""Memberships and generations of one collection: the numbers of both, the member, the activity."""
