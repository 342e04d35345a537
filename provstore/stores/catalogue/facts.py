"""What follows for elements from the truth rows: computed here, written by `rederive`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from functools import cache
from hashlib import blake2b
from itertools import chain
from typing import Any, Final

from sqlalchemy import Select, exists, func, select

from provstore.model.body import decode_body, encode_body
from provstore.model.identifiers import PROVSTORE
from provstore.model.literals import Literal
from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.records import Attributes
from provstore.model.vocabulary import KIND_NAMES
from provstore.stores.catalogue import tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import (
    DATING,
    Dated,
    Derived,
    Told,
    derive,
    disagreements,
)
from provstore.stores.catalogue.names import Names, among
from provstore.stores.catalogue.tables import assertion, element, relation, relation_end

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
    wanted = sorted(numbers)
    rows = tx.execute(
        select(element.c.id, element.c.iri).where(among(element.c.id, "elements")),
        {"elements": wanted},
    ).all()
    told = _tellings(tx, names, wanted, zones)
    records = latest_records(tx, wanted)
    masks = inferred if inferred is not None else inferred_kinds(tx, [n for n, _ in rows])
    dated = _dates(tx, wanted)
    return {
        number: _facts(
            iri,
            told.get(number, []),
            masks.get(number, 0),
            (records.get(number), dated.get(number, Dated())),
            names.compact,
        )
        for number, iri in rows
    }


def _facts(
    iri: str,
    told: Sequence[tuple[int, Told]],
    inferred: int,
    known: tuple[ObsCoreRecord | None, Dated],
    compact: Callable[[str], str],
) -> Facts:
    record, dated = known
    tellings = [telling for _, telling in told]
    bodies = tuple(dict.fromkeys(body for body, _ in told))
    merged = merge([t.attributes for t in tellings], compact) if len(bodies) > 1 else None
    return Facts(
        iri,
        inferred,
        derive(iri, tellings, inferred, record, dated=dated),
        bodies,
        merged,
        tuple(disagreements(tellings)),
    )


def body_hash(text: str) -> int:
    """The hash of a body's text that stands in the key of its tellings."""
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def merge(tellings: Iterable[Attributes], compact: Callable[[str], str]) -> str:
    """The text of the union of tellings, each attribute capped to `MOST_SHOWN` values."""
    merged = tuple(dict.fromkeys(chain.from_iterable(tellings)))
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
    kept.extend(
        (_MORE, Literal(f"{compact(name)}: more than {MOST_SHOWN} values"))
        for name, count in sorted(counts.items())
        if count > MOST_SHOWN
    )
    return tuple(dict.fromkeys(kept))


def _tellings(
    tx: Transaction, names: Names, wanted: Sequence[int], zones: Mapping[str, tzinfo]
) -> dict[int, list[tuple[int, Told]]]:
    """The distinct tellings of each element with their bodies, earliest first."""
    first = func.min(assertion.c.part).label("first")
    distinct = (
        select(assertion.c.element, assertion.c.kind, assertion.c.body, first)
        .where(
            among(assertion.c.element, "elements"),
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


_RECORD: Final = [
    tables.obscore.c[name]
    for name in ("element", "part", "product_id", *(column.name for column in COLUMNS))
]


def latest_records(tx: Transaction, wanted: Sequence[int]) -> dict[int, ObsCoreRecord]:
    """The ObsCore record that counts of each element in the list: the latest told."""
    rows = tx.execute(
        select(*_RECORD)
        .where(among(tables.obscore.c.element, "elements"))
        .order_by(tables.obscore.c.element, tables.obscore.c.part),
        {"elements": wanted},
    )
    found = {}
    for number, _, product_id, *values in rows:
        columns = zip((column.name for column in COLUMNS), values, strict=True)
        found[number] = ObsCoreRecord({n: v for n, v in columns if v is not None}, product_id)
    return found


def _dates(tx: Transaction, wanted: Sequence[int]) -> dict[int, Dated]:
    """What relations say of the times of each entity in the list."""
    rows = tx.execute(
        select(relation.c.subj, relation.c.kind, func.min(relation.c.time_utc))
        .where(
            among(relation.c.subj, "elements"),
            relation.c.kind.in_(DATING),
            relation.c.time_utc.is_not(None),
        )
        .group_by(relation.c.subj, relation.c.kind),
        {"elements": wanted},
    )
    found: dict[int, Dated] = {}
    for number, kind, time in rows:
        found[number] = found.get(number, Dated()).with_time(kind, time)
    return found


def inferred_kinds(tx: Transaction, numbers: Sequence[int]) -> dict[int, int]:
    """What the relations of each element imply: one probe per end, not one per relation."""
    masks = dict.fromkeys(numbers, 0)
    for kind, ends in tables.ENDS_BY_KIND.items():
        for position, implied in enumerate(ends):
            if implied:
                for number in elements_with_end(tx, kind, position, numbers):
                    masks[number] |= implied
    return masks


def elements_with_end(
    tx: Transaction, kind: int, position: int, numbers: Sequence[int]
) -> Iterable[int]:
    """Those of the elements that stand at an end of some relation of a kind."""
    return tx.execute(_with_end(kind, position), {"elements": list(numbers)}).scalars()


@cache  # there are some fifty, and to make one takes longer than to run it
def _with_end(kind: int, position: int) -> Select[Any]:
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
    return select(element.c.id).where(among(element.c.id, "elements"), related)
