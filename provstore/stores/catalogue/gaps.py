"""Where the record stops short: entities of unknown making, names told and never described."""

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from provstore.model.answers import Gap, GapPage
from provstore.model.lineage import RAW_LEVEL
from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTACHED_RELATIONS,
    GENERATED,
    NOT_DATA_CLASSES,
    ORIGIN_RELATIONS,
    Kind,
)
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import (
    MEMBERSHIP_NUMBERS,
    element,
    relation,
    relation_end,
    tie,
)

_NOT_DATA: Final = sorted(NOT_DATA_CLASSES)


def gaps(tx: Transaction, limit: int, cursor: int | None) -> GapPage:
    """A page of gaps in order of arrival."""
    rows = _rows()
    total = tx.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    if cursor is not None:
        rows = rows.where(element.c.id > cursor)
    found = tx.execute(rows.order_by(element.c.id).limit(limit + 1)).all()
    items = [
        Gap(
            row.iri,
            row.name or row.iri,
            row.level,
            "no-generation" if row.declared else "undeclared",
            row.affected,
        )
        for row in found[:limit]
    ]
    return GapPage(items, total, str(found[limit - 1].id) if len(found) > limit else None)


def _rows() -> Select[Any]:
    resting = relation.alias("resting")
    affected = select(func.count()).where(resting.c.obj == element.c.id).scalar_subquery()
    kinds = element.c.declared.op("|")(element.c.inferred)
    is_entity = kinds.op("&")(int(Kind.ENTITY)) != 0
    has_origin = exists().where(_origin_of(element.c.id))
    tied_has_origin = exists().where(tie.c.a == element.c.id, _origin_of(tie.c.b))
    tied_is_declared = exists().where(
        tie.c.a == element.c.id, tie.c.b == _other.c.id, _other.c.declared != 0
    )
    no_generation = and_(
        element.c.declared != 0,
        is_entity,
        or_(element.c.level.is_(None), element.c.level != RAW_LEVEL),
        or_(element.c["class"].is_(None), element.c["class"].not_in(_NOT_DATA)),
        _is_data(),
        ~has_origin,
        ~tied_has_origin,
    )
    undeclared = and_(element.c.declared == 0, ~tied_is_declared)
    return select(element, affected.label("affected")).where(or_(no_generation, undeclared))


_other: Final = element.alias("other")


def _origin_of(number: ColumnElement[Any]) -> ColumnElement[bool]:
    kinds = [kind.number for kind in ORIGIN_RELATIONS]
    made = and_(relation.c.subj == number, relation.c.kind.in_(kinds), relation.c.obj.is_not(None))
    collection = relation.alias("collection")
    in_made = and_(
        relation.c.obj == number,
        relation.c.kind.in_(MEMBERSHIP_NUMBERS),
        exists().where(
            collection.c.subj == relation.c.subj,
            collection.c.kind == GENERATED.number,
            collection.c.obj.is_not(None),
        ),
    )
    return or_(made, in_made)


def _is_data() -> ColumnElement[bool]:
    """Neither describes nor configures anything, nor is a plan of anything."""
    use = relation.alias("use")
    kinds = [kind.number for kind in ATTACHED_RELATIONS]
    plan = and_(
        relation_end.c.element == element.c.id,
        relation_end.c.relation == use.c.id,
        use.c.kind == ASSOCIATED.number,
    )
    return and_(
        ~exists().where(use.c.obj == element.c.id, use.c.kind.in_(kinds)), ~exists().where(plan)
    )
