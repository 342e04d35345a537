"""Compares what is kept with what would be computed from nothing."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from typing import Any, Final

from sqlalchemy import Table, func, select

from provstore.stores.catalogue import coverage, latest, parameters, tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.facts import Facts, compute
from provstore.stores.catalogue.names import Names, among
from provstore.stores.catalogue.tables import alias, element, relation, tie
from provstore.stores.catalogue.ties import Tie, all_ties

_CHUNK: Final = 2000


def count_elements(tx: Transaction) -> int:
    """How many elements there are."""
    return int(tx.execute(select(func.count()).select_from(element)).scalar_one())


def count_relations(tx: Transaction) -> int:
    """How many relations there are."""
    return int(tx.execute(select(func.count()).select_from(relation)).scalar_one())


def chunks(tx: Transaction) -> Iterator[list[int]]:
    """The numbers of all elements, some at a time."""
    last = 0
    while True:
        rows = tx.execute(
            select(element.c.id).where(element.c.id > last).order_by(element.c.id).limit(_CHUNK)
        )
        numbers = list(rows.scalars())
        if not numbers:
            return
        yield numbers
        last = numbers[-1]


def differences(
    tx: Transaction, names: Names, numbers: list[int], zones: Mapping[str, tzinfo]
) -> Iterator[str]:
    """A sentence for each kept fact of these elements that is not what it should be."""
    wanted = compute(tx, names, numbers, zones)
    rows = _kept(tx, numbers)
    for number, facts in wanted.items():
        yield from _compare(rows[number], facts)
    yield from _compare_side(tx, numbers, wanted)
    yield from _compare_names(tx, numbers, wanted)
    yield from coverage.differences(tx, numbers)
    yield from latest.differences(tx, numbers)
    yield from parameters.differences(tx, numbers)


def _kept(tx: Transaction, numbers: list[int]) -> dict[int, Any]:
    rows = tx.execute(
        select(element, tables.body.c.attrs)
        .select_from(element.outerjoin(tables.body, tables.body.c.id == element.c.body))
        .where(among(element.c.id, "elements")),
        {"elements": numbers},
    )
    return {row.id: row for row in rows}


def _compare(kept: Any, facts: Facts) -> Iterator[str]:  # noqa: ANN401  a row of a query
    derived = facts.derived
    pairs = {
        "declared": (kept.declared, derived.declared),
        "inferred": (kept.inferred, facts.inferred),
        "class": (kept._mapping["class"], derived.cls),  # noqa: SLF001  documented access of SQLAlchemy
        "name": (kept.name, derived.name),
        "version": (kept.version, derived.version),
        "level": (kept.level, derived.level),
        "level_from": (kept.level_from, derived.level_from),
    }
    for name, (is_, should) in pairs.items():
        if is_ != should:
            yield f"{facts.iri}: {name} is {is_!r}, should be {should!r}"
    if facts.merged is not None and kept.attrs != facts.merged:
        yield f"{facts.iri}: merged attributes are {kept.attrs!r}, should be {facts.merged!r}"
    if facts.merged is None and kept.body != next(iter(facts.bodies), None):
        yield f"{facts.iri}: shows body {kept.body}, should show {facts.bodies}"


def _compare_side(
    tx: Transaction, numbers: list[int], wanted: Mapping[int, Facts]
) -> Iterator[str]:
    sides: tuple[tuple[Table, tuple[str, ...]], ...] = (
        (tables.activity, ("start_time", "end_time")),
        (tables.entity, ("location", "generated_at", "invalidated_at")),
    )
    for table, columns in sides:
        rows = tx.execute(
            select(table).where(among(table.c.element, "elements")),
            {"elements": numbers},
        )
        kept = {number: tuple(facts) for number, *facts in rows}
        for number, facts in wanted.items():
            should = tuple(getattr(facts.derived, column) for column in columns)
            is_ = kept.get(number, (None,) * len(columns))
            if is_ != should:
                yield f"{facts.iri}: {', '.join(columns)} are {is_!r}, should be {should!r}"


def _compare_names(
    tx: Transaction, numbers: list[int], wanted: Mapping[int, Facts]
) -> Iterator[str]:
    rows = tx.execute(
        select(alias.c.element, alias.c.kind, alias.c.value).where(
            among(alias.c.element, "elements")
        ),
        {"elements": numbers},
    )
    kept: dict[int, list[tuple[int, str]]] = {}
    for number, kind, value in rows:
        kept.setdefault(number, []).append((kind, value))
    for number, facts in wanted.items():
        should = sorted(facts.derived.aliases)
        if sorted(kept.get(number, [])) != should:
            yield f"{facts.iri}: names are {sorted(kept.get(number, []))}, should be {should}"


def tie_differences(tx: Transaction) -> Iterator[str]:
    """A sentence for each tie that is missing or should not be there."""
    kept = {Tie(*row) for row in tx.execute(select(tie))}
    should = all_ties(tx)
    for row in sorted(kept - should):
        yield f"tie {tuple(row)} should not be there"
    for row in sorted(should - kept):
        yield f"tie {tuple(row)} is missing"
