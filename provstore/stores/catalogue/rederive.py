"""Derives elements anew from the truth rows, and ties elements that share a strong name.

Used where something new is told of a known element, where something is taken back, by `rebuild` for
everything, and by `doctor` to compare.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from sqlalchemy import bindparam as parameter
from sqlalchemy import delete, exists, func, or_, select, update

from provstore.errors import Finding, Severity
from provstore.model.body import decode_body, encode_body
from provstore.model.identifiers import PROVSTORE
from provstore.model.literals import Literal
from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.records import NO_ATTRIBUTES, Attributes, unite
from provstore.model.vocabulary import GENERATED, KIND_NAMES
from provstore.stores.catalogue import tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import AliasKind, Derived, Told, derive, disagreements
from provstore.stores.catalogue.names import Names, as_list, insert_rows, members, take_ids
from provstore.stores.catalogue.tables import alias, assertion, element, relation, relation_end, tie

MOST_SHOWN: Final = 100
"""Values of one attribute that a merged body shows; all of them stay in the tellings. A value that
differs in every telling (a host, a process id) would make each ingest dearer than the last."""
_MORE: Final = PROVSTORE + "more"
_ALL_KINDS: Final = sum(int(kind) for kind in KIND_NAMES)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is derived of one element."""

    iri: str
    inferred: int
    derived: Derived
    bodies: tuple[int, ...]
    """The distinct tellings."""
    merged: str | None
    """The text of the merged body where tellings differ."""
    disagreements: tuple[str, ...]


def compute(
    tx: Transaction,
    names: Names,
    numbers: Iterable[int],
    zones: Mapping[str, tzinfo],
    inferred: Mapping[int, int] | None = None,
) -> dict[int, Facts]:
    """Derive elements from the truth rows, writing nothing.

    Parameters
    ----------
    tx, names
        Where to read, and the prefixes of the bodies there.
    numbers
        Elements.
    zones
        Time zone of the zone-less times of a source, by its name.
    inferred
        Masks of inferred kinds where they are known; the others are read from the relations.
    """
    wanted = as_list(sorted(numbers))
    rows = tx.execute(
        select(element.c.id, element.c.iri).where(element.c.id.in_(members("elements"))),
        {"elements": wanted},
    ).all()
    told = _tellings(tx, names, wanted, zones)
    records = latest_records(tx, wanted)
    masks = inferred if inferred is not None else inferred_kinds(tx, [n for n, _ in rows])
    return {
        number: _facts(
            iri, told.get(number, []), masks.get(number, 0), records.get(number), names.compact
        )
        for number, iri in rows
    }


def _facts(
    iri: str,
    told: Sequence[tuple[int, Told]],
    inferred: int,
    record: ObsCoreRecord | None,
    compact: Callable[[str], str],
) -> Facts:
    tellings = [telling for _, telling in told]
    bodies = tuple(dict.fromkeys(body for body, _ in told))
    merged = merge([t.attributes for t in tellings], compact) if len(bodies) > 1 else None
    return Facts(
        iri,
        inferred,
        derive(iri, tellings, inferred, record),
        bodies,
        merged,
        tuple(disagreements(tellings)),
    )


def merge(tellings: Iterable[Attributes], compact: Callable[[str], str]) -> str:
    """The text of the union of tellings, each attribute capped to `MOST_SHOWN` values."""
    merged: Attributes = NO_ATTRIBUTES
    for attributes in tellings:
        merged = unite(merged, attributes)
    return encode_body(_capped(merged, compact), compact)


def _capped(attributes: Attributes, compact: Callable[[str], str]) -> Attributes:
    counts: dict[str, int] = {}
    for name, _ in attributes:
        counts[name] = counts.get(name, 0) + 1
    if max(counts.values(), default=0) <= MOST_SHOWN:
        return attributes
    shown: dict[str, int] = {}
    kept = []
    for pair in sorted(attributes, key=repr):
        shown[pair[0]] = shown.get(pair[0], 0) + 1
        if shown[pair[0]] <= MOST_SHOWN:
            kept.append(pair)
    for name, count in sorted(counts.items()):
        if count > MOST_SHOWN:
            kept.append((_MORE, Literal(f"{compact(name)}: {count - MOST_SHOWN} more")))
    return tuple(kept)


def _tellings(
    tx: Transaction, names: Names, wanted: str, zones: Mapping[str, tzinfo]
) -> dict[int, list[tuple[int, Told]]]:
    """The distinct tellings of each element with their bodies, earliest first."""
    first = func.min(assertion.c.part).label("first")
    distinct = (
        select(assertion.c.element, assertion.c.kind, assertion.c.body, first)
        .where(
            assertion.c.element.in_(members("elements")),
            assertion.c.kind <= _ALL_KINDS,
        )
        .group_by(assertion.c.element, assertion.c.kind, assertion.c.body)
        .subquery()
    )
    rows = tx.execute(
        select(
            distinct.c.element,
            distinct.c.kind,
            distinct.c.body,
            tables.body.c.attrs,
            tables.part.c.namespace,
            distinct.c.first,
        )
        .join(tables.body, tables.body.c.id == distinct.c.body)
        .join(tables.part, tables.part.c.id == distinct.c.first)
        .order_by(distinct.c.element, distinct.c.first, distinct.c.body, distinct.c.kind),
        {"elements": wanted},
    )
    told: dict[int, list[tuple[int, Told]]] = {}
    for number, kind, body, attrs, namespace, part in rows:
        attributes = decode_body(attrs, names.expand)
        telling = Told(kind, attributes, zones.get(namespace, UTC), part)
        told.setdefault(number, []).append((body, telling))
    return told


def latest_records(tx: Transaction, wanted: str) -> dict[int, ObsCoreRecord]:
    """The ObsCore record that counts of each element in the list: the latest told."""
    rows = tx.execute(
        select(tables.obscore)
        .where(tables.obscore.c.element.in_(members("elements")))
        .order_by(tables.obscore.c.element, tables.obscore.c.part),
        {"elements": wanted},
    )
    found = {}
    for number, _, product_id, *values in rows:
        columns = zip((column.name for column in COLUMNS), values, strict=True)
        found[number] = ObsCoreRecord({n: v for n, v in columns if v is not None}, product_id)
    return found


def inferred_kinds(tx: Transaction, numbers: Sequence[int]) -> dict[int, int]:
    """What the relations of each element imply: one probe per end, not one per relation."""
    masks = dict.fromkeys(numbers, 0)
    for kind, ends in tables.ENDS_BY_KIND.items():
        for position, implied in enumerate(ends):
            if implied:
                for number in _with_end(tx, kind, position, numbers):
                    masks[number] |= implied
    return masks


def _with_end(tx: Transaction, kind: int, position: int, numbers: Sequence[int]) -> Iterable[int]:
    column = {0: relation.c.subj, 1: relation.c.obj}.get(position)
    if column is not None:
        related = exists().where(column == element.c.id, relation.c.kind == kind)
    else:
        related = exists().where(
            relation_end.c.element == element.c.id,
            relation_end.c.position == position,
            relation_end.c.relation == relation.c.id,
            relation.c.kind == kind,
        )
    return tx.execute(
        select(element.c.id).where(element.c.id.in_(members("elements")), related),
        {"elements": as_list(list(numbers))},
    ).scalars()


def rederive(
    tx: Transaction,
    names: Names,
    told: set[int],
    *,
    zones: Mapping[str, tzinfo],
    implied: Mapping[int, int] | None = None,
) -> list[Finding]:
    """Derive elements anew and write what differs.

    Parameters
    ----------
    told
        Elements of which something was told or taken back.
    zones
        Time zone of a source's zone-less times, by its name.
    implied
        Kinds that new relations imply, where nothing was taken back: these are added to what is
        stored, and elements that gain nothing by them are left alone. None reads all relations.

    Returns
    -------
    list[Finding]
        Single-valued facts on which tellings disagree.
    """
    inferred = None
    if implied is not None:
        inferred, grown = _grow(tx, told, implied)
        told = told | grown
    if not told:
        return []
    facts = compute(tx, names, told, zones, inferred)
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


_MASKS: Final = select(element.c.id, element.c.declared, element.c.inferred).where(
    element.c.id.in_(members("list"))
)
_NOTE_MASK: Final = (
    update(element).where(element.c.id == parameter("number")).values(inferred=parameter("mask"))
)


def _grow(
    tx: Transaction, told: set[int], implied: Mapping[int, int]
) -> tuple[dict[int, int], set[int]]:
    """The new masks of all elements concerned, and those that are of a kind they were not before.

    An entity that is used for the first time is the common case: only its mask is written.
    """
    rows = tx.execute(_MASKS, {"list": as_list(sorted(told | implied.keys()))})
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
        select(element.c.id, element.c.body).where(element.c.id.in_(members("elements"))),
        {"elements": as_list(list(facts))},
    ).all()
    bodies: dict[int, int | None] = {}
    unused = []
    for number, shown in rows:
        found = facts[number]
        own = None if shown is None or shown in found.bodies else shown
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
    listed = {"bodies": as_list(bodies)}
    shown = element.c.body.in_(members("bodies"))
    tx.execute(update(element).where(shown).values(body=None), listed)
    tx.execute(delete(tables.body).where(tables.body.c.id.in_(members("bodies"))), listed)


def _write_typed(tx: Transaction, facts: Mapping[int, Facts]) -> None:
    listed = {"elements": as_list(list(facts))}
    for table in (tables.activity, tables.entity):
        tx.execute(delete(table).where(table.c.element.in_(members("elements"))), listed)
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
        if facts.location or facts.generated_at:
            entities.append((number, facts.location, facts.generated_at))
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
            alias.c.element.in_(members("elements"))
        ),
        {"elements": as_list(list(facts))},
    )
    stored = {(number, kind, value): row for row, number, kind, value in rows}
    gone, come = stored.keys() - wanted, sorted(wanted - stored.keys())
    tx.execute(
        delete(alias).where(alias.c.id.in_(members("aliases"))),
        {"aliases": as_list([stored[name] for name in gone])},
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


def retie(tx: Transaction, names: set[tuple[int, str]]) -> list[Finding]:
    """Tie anew the elements that share each of these strong names: a star around the lowest.

    A checksum ties an entity without recorded origin to the one generated entity that shares it;
    where several are generated none is tied, and a finding says so.
    """
    if not names:
        return []
    findings: list[Finding] = []
    listed = {"values": as_list(sorted({value for _, value in names}))}
    tx.execute(delete(tie).where(tie.c.value.in_(members("values"))), listed)
    insert_rows(tx, tie, ties_of(tx, names, findings))
    return findings


def ties_of(
    tx: Transaction, names: set[tuple[int, str]], findings: list[Finding]
) -> list[tuple[int, int, int, str]]:
    """The ties that should be between the elements with these values, whatever their kind."""
    rows = tx.execute(
        select(alias.c.kind, alias.c.value, alias.c.element)
        .where(alias.c.value.in_(members("values")), alias.c.kind <= AliasKind.CHECKSUM)
        .order_by(alias.c.kind, alias.c.value, alias.c.element),
        {"values": as_list(sorted({value for _, value in names}))},
    )
    groups: dict[tuple[int, str], list[int]] = {}
    for kind, value, number in rows:
        groups.setdefault((kind, value), []).append(number)
    ties: list[tuple[int, int, int, str]] = []
    for (kind, value), numbers in groups.items():
        if len(numbers) == 1:
            continue
        if kind == AliasKind.CHECKSUM:
            ties.extend(_star(kind, value, _by_checksum(tx, value, numbers, findings)))
        else:
            ties.extend(_star(kind, value, numbers))
    return ties


def checksums_of(tx: Transaction, numbers: Iterable[int]) -> set[tuple[int, str]]:
    """The checksums by which elements may be tied."""
    rows = tx.execute(
        select(alias.c.kind, alias.c.value).where(
            alias.c.element.in_(members("elements")), alias.c.kind == AliasKind.CHECKSUM
        ),
        {"elements": as_list(sorted(numbers))},
    )
    return {(kind, value) for kind, value in rows}


def _by_checksum(
    tx: Transaction, value: str, numbers: Sequence[int], findings: list[Finding]
) -> Sequence[int]:
    generated = set(_with_end(tx, GENERATED.number, 0, numbers))
    if len(generated) > 1:
        message = (
            f"{len(generated)} generated files have this checksum, size and name: none is tied"
        )
        rule = "identity/checksum-ambiguous"
        findings.append(Finding(Severity.WARNING, rule, "", value, message))
    return numbers if len(generated) == 1 else ()


def _star(kind: int, value: str, numbers: Sequence[int]) -> Iterable[tuple[int, int, int, str]]:
    for other in numbers[1:]:
        yield numbers[0], other, kind, value
        yield other, numbers[0], kind, value


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
        select(element.c.id).where(element.c.id.in_(members("elements")), ~named),
        {"elements": as_list(wanted)},
    )
    return set(rows.scalars())
