"""Takes back exactly what only one part said."""

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from sqlalchemy import delete, exists, select

from provstore.errors import Finding
from provstore.model.vocabulary import GENERATED
from provstore.stores.catalogue import coverage, latest, outbox, tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import AliasKind
from provstore.stores.catalogue.names import Names, among, pairs
from provstore.stores.catalogue.outbox import What
from provstore.stores.catalogue.rederive import rederive, taken_back
from provstore.stores.catalogue.tables import (
    alias,
    assertion,
    element,
    obscore,
    relation,
    relation_assertion,
    relation_end,
)
from provstore.stores.catalogue.ties import checksums_of, retie

_Telling = tuple[int, int, int]
"""Element, hash and body."""


def retract_part(
    tx: Transaction, names: Names, part: int, zones: Mapping[str, tzinfo]
) -> list[Finding]:
    """Delete the statements of a part and derive anew what they touched.

    Elements that no statement names any more go; their numbers are never given again.
    """
    tellings, touched = _withdraw_tellings(tx, part)
    ends, generated = _drop_relations(tx, _withdraw_relations(tx, part))
    touched |= ends
    gone = taken_back(tx, touched)
    findings = retie(tx, checksums_of(tx, generated) | _drop_names(tx, gone))
    findings.extend(rederive(tx, names, touched - gone, zones=zones))
    _drop_elements(tx, gone)
    _drop_bodies(tx, tellings)
    return findings


def _withdraw_tellings(tx: Transaction, part: int) -> tuple[set[_Telling], set[int]]:
    """Delete what the part told; returns the tellings and the elements concerned."""
    rows = tx.execute(
        select(assertion.c.element, assertion.c.hash, assertion.c.body, assertion.c.bundle).where(
            assertion.c.part == part
        )
    ).all()
    recorded = set(tx.execute(select(obscore.c.element).where(obscore.c.part == part)).scalars())
    datasets = latest.datasets_of(tx, recorded)
    touched = {number for row in rows for number in (row.element, row.bundle) if number}
    touched.update(recorded)
    tx.execute(delete(assertion).where(assertion.c.part == part))
    tx.execute(delete(obscore).where(obscore.c.part == part))
    coverage.remove(tx, part)
    latest.settle(tx, datasets)
    return {(row.element, row.hash, row.body) for row in rows}, touched


def _withdraw_relations(tx: Transaction, part: int) -> list[int]:
    """Delete that the part said relations; returns those that nobody says any more."""
    other = relation_assertion.alias("other")
    said_by_other = exists().where(
        other.c.relation == relation_assertion.c.relation, other.c.part != part
    )
    rows = tx.execute(
        select(relation_assertion.c.relation).where(
            relation_assertion.c.part == part, ~said_by_other
        )
    )
    numbers = list(rows.scalars())
    tx.execute(delete(relation_assertion).where(relation_assertion.c.part == part))
    return numbers


def _drop_relations(tx: Transaction, numbers: Sequence[int]) -> tuple[set[int], set[int]]:
    """Delete relations; returns the elements that they named, and those that were generated."""
    listed = {"relations": numbers}
    columns = (relation.c.kind, relation.c.subj, relation.c.obj, relation.c.bundle)
    of_these = among(relation.c.id, "relations")
    ends_of_these = among(relation_end.c.relation, "relations")
    rows = tx.execute(select(*columns).where(of_these), listed).all()
    more = tx.execute(select(relation_end.c.element).where(ends_of_these), listed).scalars()
    ends = {number for row in rows for number in (row.subj, row.obj, row.bundle) if number}
    ends.update(number for number in more if number)
    outbox.note(tx, What.RELATIONS, numbers)
    outbox.note(tx, What.LOSERS, ends)
    tx.execute(delete(relation_end).where(ends_of_these), listed)
    tx.execute(delete(relation).where(of_these), listed)
    return ends, {row.subj for row in rows if row.kind == GENERATED.number and row.subj}


def _drop_names(tx: Transaction, gone: set[int]) -> set[tuple[int, str]]:
    """Delete the names of elements that go; returns the strong ones."""
    listed = {"gone": sorted(gone)}
    of_gone = among(alias.c.element, "gone")
    rows = tx.execute(
        select(alias.c.kind, alias.c.value).where(of_gone, alias.c.kind <= AliasKind.CHECKSUM),
        listed,
    )
    names = {(kind, value) for kind, value in rows}
    tx.execute(delete(alias).where(of_gone), listed)
    return names


def _drop_elements(tx: Transaction, gone: set[int]) -> None:
    outbox.note(tx, What.ELEMENTS, gone)
    listed = {"gone": sorted(gone)}
    shown = select(element.c.body).where(among(element.c.id, "gone"))
    tx.execute(delete(tables.body).where(tables.body.c.id.in_(shown)), listed)
    for column in (tables.activity.c.element, tables.entity.c.element, element.c.id):
        tx.execute(delete(column.table).where(among(column, "gone")), listed)


def _drop_bodies(tx: Transaction, tellings: set[_Telling]) -> None:
    """Delete the bodies of tellings that nobody tells any more."""
    wanted = pairs("tellings", 3)
    number, digest, body = wanted.columns
    told = exists().where(assertion.c.element == number, assertion.c.hash == digest)
    unused = select(body).select_from(wanted.table).where(~told)
    tx.execute(
        delete(tables.body).where(tables.body.c.id.in_(unused)),
        {"tellings": sorted(tellings)},
    )
