"""Writes what follows for elements of which something was told or taken back.

Used where something new is told of a known element, where something is taken back, and by `rebuild`
for everything.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from sqlalchemy import bindparam as parameter
from sqlalchemy import delete, exists, func, or_, select, update

from provstore.errors import Finding, Severity
from provstore.model.vocabulary import ASSOCIATED, CONFIGURED, DESCRIBED
from provstore.stores.catalogue import outbox, tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import AliasKind, Dated, Derived, Told
from provstore.stores.catalogue.extend import extend
from provstore.stores.catalogue.facts import Facts, compute, latest_records
from provstore.stores.catalogue.names import Names, among, insert_rows, take_ids
from provstore.stores.catalogue.outbox import What
from provstore.stores.catalogue.tables import alias, assertion, element, relation, relation_end
from provstore.stores.catalogue.ties import retie


def rederive(
    tx: Transaction,
    names: Names,
    numbers: set[int],
    *,
    zones: Mapping[str, tzinfo],
) -> list[Finding]:
    """Derive elements from the truth rows alone and write what differs.

    Parameters
    ----------
    numbers
        Elements of which something was taken back, or told out of order.
    zones
        Time zone of a source's zone-less times, by its name.

    Returns
    -------
    list[Finding]
        Single-valued facts on which tellings disagree.
    """
    return _write(tx, compute(tx, names, numbers, zones)) if numbers else []


@dataclass(frozen=True, slots=True)
class Change:
    """What a part brings to elements that were there."""

    told: Mapping[int, Sequence[tuple[int, Told]]]
    """New tellings with their bodies."""
    implied: Mapping[int, int]
    """Kinds that new relations imply."""
    recorded: AbstractSet[int]
    """Elements that the part gives an ObsCore record."""
    dated: Mapping[int, Dated]
    """What new relations say of the times of entities."""
    part: int


def add_tellings(
    tx: Transaction, names: Names, change: Change, zones: Mapping[str, tzinfo]
) -> list[Finding]:
    """Derive known elements further by what a part brings, and write what differs.

    Elements that gain nothing are left alone. What is kept of the earlier tellings suffices, unless
    the part is not the latest (it came back) or ObsCore records are about.

    Returns
    -------
    list[Finding]
        Single-valued facts on which a new telling disagrees with earlier ones.
    """
    told = change.told.keys() | change.recorded | change.dated.keys()
    inferred, grown = _grow(tx, told, change.implied)
    changed = told | grown
    if not changed:
        return []
    is_latest = change.part == tx.execute(_LATEST_PART).scalar()
    recorded = latest_records(tx, sorted(changed)).keys()
    anew = recorded if is_latest else changed
    facts = compute(tx, names, anew, zones, inferred) if anew else {}
    further = {number: change.told.get(number, ()) for number in changed - anew}
    return _write(tx, facts | extend(tx, names, further, inferred, change.dated))


_LATEST_PART: Final = select(func.max(tables.part.c.id))


def _write(tx: Transaction, facts: Mapping[int, Facts]) -> list[Finding]:
    _note_changes(tx, facts)
    _write_elements(tx, facts)
    _write_typed(tx, facts)
    changed_names = _write_aliases(tx, facts)
    findings = retie(tx, changed_names)
    for found in facts.values():
        for what in found.disagreements:
            message = f"documents disagree on the {what}; the earliest counts, all are kept"
            rule = "identity/values-differ"
            findings.append(Finding(Severity.WARNING, rule, "", found.iri, message))
    return findings


def _note_changes(tx: Transaction, facts: Mapping[int, Facts]) -> None:
    """Note what is about to be written, and what it describes or did where that shows its facts.

    Only one that really differs is a reason: what a description, or an agent, says again must not
    touch the thousands that hang on it.
    """
    outbox.note(tx, What.ELEMENTS, facts)
    if not facts:
        return
    differing = [
        number
        for number, *kept in tx.execute(_DESCRIBING, {"list": sorted(facts)})
        if kept != list(_describing(facts[number].derived))
    ]
    if differing:
        outbox.note(tx, What.ELEMENTS, tx.execute(_DESCRIBED_BY, {"list": differing}).scalars())


_DESCRIBING: Final = select(
    element.c.id, element.c.name, element.c.version, element.c.level, element.c["class"]
).where(among(element.c.id, "list"))


def _describing(facts: Derived) -> tuple[str | None, ...]:
    """What else shows of a description, agent or configuration, as `_DESCRIBING` reads it."""
    return facts.name, facts.version, facts.level, facts.cls


_DESCRIBED_BY: Final = select(relation.c.subj).where(
    among(relation.c.obj, "list"),
    relation.c.kind.in_((DESCRIBED.number, ASSOCIATED.number, CONFIGURED.number)),
    relation.c.subj.is_not(None),
)
_MASKS: Final = select(element.c.id, element.c.declared, element.c.inferred).where(
    among(element.c.id, "list")
)
_NOTE_MASK: Final = (
    update(element).where(element.c.id == parameter("number")).values(inferred=parameter("mask"))
)


def _grow(
    tx: Transaction, told: AbstractSet[int], implied: Mapping[int, int]
) -> tuple[dict[int, int], set[int]]:
    """The new masks of all elements concerned, and those that are of a kind they were not before.

    An entity that is used for the first time is the common case: only its mask is written.
    """
    rows = tx.execute(_MASKS, {"list": sorted(told | implied.keys())})
    masks: dict[int, int] = {}
    grown: set[int] = set()
    noted = []
    for number, declared, known in rows:
        masks[number] = known | implied.get(number, 0)
        if (declared | masks[number]) != (declared | known):
            grown.add(number)
        elif masks[number] != known and number not in told:
            noted.append({"number": number, "mask": masks[number]})
    if noted:
        tx.execute(_NOTE_MASK, noted)
    return masks, grown


def _write_elements(tx: Transaction, facts: Mapping[int, Facts]) -> None:
    bodies = _write_merged(tx, facts)
    tx.execute(
        update(element).where(element.c.id == parameter("number")),
        [
            {
                "number": number,
                "declared": found.derived.declared,
                "inferred": found.inferred,
                "class": found.derived.cls,
                "name": found.derived.name,
                "version": found.derived.version,
                "level": found.derived.level,
                "level_from": found.derived.level_from,
                "body": bodies[number],
            }
            for number, found in facts.items()
        ],
    )


def _write_merged(tx: Transaction, facts: Mapping[int, Facts]) -> dict[int, int | None]:
    """The body that each element shows; a merged one is rewritten in place."""
    rows = tx.execute(
        select(element.c.id, element.c.body).where(among(element.c.id, "elements")),
        {"elements": list(facts)},
    ).all()
    bodies: dict[int, int | None] = {}
    unused = []
    for number, shown in rows:
        found = facts[number]
        own = None if shown in {None, *found.bodies} else shown
        if found.merged is None:
            bodies[number] = next(iter(found.bodies), None)
            unused.append(own)
        else:
            bodies[number] = _write_body(tx, own, found.merged)
    _drop_merged(tx, [body for body in unused if body is not None])
    return bodies


def _write_body(tx: Transaction, own: int | None, text: str) -> int:
    if own is None:
        own = take_ids(tx, tables.body, 1)
        insert_rows(tx, tables.body, [(own, text)])
    else:
        tx.execute(update(tables.body).where(tables.body.c.id == own).values(attrs=text))
    return own


def _drop_merged(tx: Transaction, bodies: Sequence[int]) -> None:
    if not bodies:
        return
    tx.execute(delete(tables.body).where(among(tables.body.c.id, "bodies")), {"bodies": bodies})


def _write_typed(tx: Transaction, facts: Mapping[int, Facts]) -> None:
    listed = {"elements": list(facts)}
    for table in (tables.activity, tables.entity):
        tx.execute(delete(table).where(among(table.c.element, "elements")), listed)
    activities, entities = typed_rows((number, f.derived) for number, f in facts.items())
    insert_rows(tx, tables.activity, activities)
    insert_rows(tx, tables.entity, entities)


def typed_rows(
    derived: Iterable[tuple[int, Derived]],
) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The rows of `activity` and of `entity`; elements without such facts have none."""
    activities: list[tuple[object, ...]] = []
    entities: list[tuple[object, ...]] = []
    for number, facts in derived:
        if facts.start_time or facts.end_time:
            activities.append((number, facts.start_time, facts.end_time))
        entity = (facts.location, facts.generated_at, facts.invalidated_at)
        if any(entity):
            entities.append((number, *entity))
    return activities, entities


def _write_aliases(tx: Transaction, facts: Mapping[int, Facts]) -> set[tuple[int, str]]:
    """Write the names that differ; returns the strong ones among them."""
    wanted = {
        (number, kind, value)
        for number, found in facts.items()
        for kind, value in found.derived.aliases
    }
    rows = tx.execute(
        select(alias.c.id, alias.c.element, alias.c.kind, alias.c.value).where(
            among(alias.c.element, "elements")
        ),
        {"elements": list(facts)},
    )
    stored = {(number, kind, value): row for row, number, kind, value in rows}
    gone, come = stored.keys() - wanted, sorted(wanted - stored.keys())
    tx.execute(
        delete(alias).where(among(alias.c.id, "aliases")),
        {"aliases": [stored[name] for name in gone]},
    )
    first = take_ids(tx, alias, len(come))
    insert_rows(
        tx,
        alias,
        [(first + i, value, kind, number) for i, (number, kind, value) in enumerate(come)],
    )
    # a generation that came or went decides which equal checksums are tied
    checksums = {name for name in wanted if name[1] == AliasKind.CHECKSUM}
    touched = gone.union(come, checksums)
    return {(kind, value) for _, kind, value in touched if kind <= AliasKind.CHECKSUM}


def taken_back(tx: Transaction, numbers: Iterable[int]) -> set[int]:
    """Those of the elements that no statement names any more.

    A bundle needs no probe of its own: whoever says something in it also says that it is there.
    """
    wanted = sorted(numbers)
    named = or_(
        exists().where(assertion.c.element == element.c.id),
        exists().where(relation.c.subj == element.c.id),
        exists().where(relation.c.obj == element.c.id),
        exists().where(relation_end.c.element == element.c.id),
        exists().where(tables.obscore.c.element == element.c.id),
    )
    rows = tx.execute(
        select(element.c.id).where(among(element.c.id, "elements"), ~named),
        {"elements": wanted},
    )
    return set(rows.scalars())
