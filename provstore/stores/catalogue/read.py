"""Reads what answers show of elements."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import Row, func, select

from provstore.model.body import EMPTY_BODY
from provstore.model.lineage import named_rows
from provstore.model.vocabulary import DESCRIBED, Kind
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import highest_level
from provstore.stores.catalogue.names import among, fetch
from provstore.stores.catalogue.tables import (
    alias,
    body,
    element,
    obscore,
    relation,
    relation_end,
)


class Seen(NamedTuple):
    """One element as answers show it."""

    id: int
    iri: str
    declared: int
    inferred: int
    cls: str | None
    name: str | None
    version: str | None
    level: str | None
    level_from: str | None
    attrs: str | None


class Kinds(NamedTuple):
    """What an element is, without what is told of it."""

    id: int
    declared: int
    inferred: int
    cls: str | None
    level: str | None


class Dataset(NamedTuple):
    """The ObsCore facts that lineage answers carry."""

    obs_publisher_did: str | None
    obs_id: str | None
    target_name: str | None


class Description(NamedTuple):
    """What the description of an element says of it."""

    version: str | None
    level: str | None


_SEEN: Final = (
    select(
        element.c.id,
        element.c.iri,
        element.c.declared,
        element.c.inferred,
        element.c["class"],
        element.c.name,
        element.c.version,
        element.c.level,
        element.c.level_from,
        body.c.attrs,
    )
    .select_from(element.outerjoin(body, body.c.id == element.c.body))
    .where(among(element.c.id, "list"))
)


_KINDS: Final = select(
    element.c.id, element.c.declared, element.c.inferred, element.c["class"], element.c.level
).where(among(element.c.id, "list"))
_DATASETS: Final = (
    select(
        obscore.c.element,
        obscore.c.obs_publisher_did,
        obscore.c.obs_id,
        obscore.c.target_name,
    )
    .where(among(obscore.c.element, "list"))
    .order_by(obscore.c.element, obscore.c.part)
)
_told: Final = element.alias("told")
_DESCRIPTIONS: Final = (
    select(relation.c.subj, _told.c.version, _told.c.level, _told.c.name)
    .join(_told, _told.c.id == relation.c.obj)
    .where(among(relation.c.subj, "list"), relation.c.kind == DESCRIBED.number)
    .order_by(relation.c.subj, relation.c.id.desc())
)


def seen(tx: Transaction, numbers: Sequence[int]) -> dict[int, Seen]:
    """The elements of these numbers."""
    found = named_rows(Seen, fetch(tx, _SEEN, numbers))
    return dict(zip(map(itemgetter(0), found), found, strict=True))


def kinds(tx: Transaction, numbers: Sequence[int]) -> list[Kinds]:
    """What the elements of these numbers are."""
    return named_rows(Kinds, fetch(tx, _KINDS, numbers))


def datasets(tx: Transaction, numbers: Sequence[int]) -> dict[int, Dataset]:
    """The ObsCore facts of those of the elements that have a record; the latest counts."""
    return {number: Dataset(*facts) for number, *facts in fetch(tx, _DATASETS, numbers)}


def obscore_record(tx: Transaction, numbers: Sequence[int]) -> dict[str, Any] | None:
    """The latest ObsCore record of any of these elements, by column."""
    row = tx.execute(
        select(obscore)
        .where(among(obscore.c.element, "elements"))
        .order_by(obscore.c.part.desc(), obscore.c.element)
        .limit(1),
        {"elements": numbers},
    ).one_or_none()
    return None if row is None else _columns(row)


def _columns(row: Row[Any]) -> dict[str, Any]:
    own = {"element", "part", "latest"}
    return {str(name): value for name, value in row._mapping.items() if name not in own}  # noqa: SLF001  documented access of SQLAlchemy


def descriptions(tx: Transaction, numbers: Sequence[int]) -> dict[int, Description]:
    """What the descriptions of the elements say of version and level, the first one counting."""
    return {
        number: Description(version, level or _level_word(name))
        for number, version, level, name in fetch(tx, _DESCRIPTIONS, numbers)
    }


def _level_word(name: str | None) -> str | None:
    return None if name is None else highest_level([name])


def stop_labels(tx: Transaction, numbers: Sequence[int]) -> dict[int, set[str]]:
    """What a walk may be told to stop at: level, types, and the name of an activity."""
    found = seen(tx, numbers)
    return labels_of(found, level_descriptions(tx, found))


def level_descriptions(tx: Transaction, found: Mapping[int, Seen]) -> dict[int, Description]:
    """What the descriptions of elements say that have no level of their own."""
    return descriptions(tx, [number for number, one in found.items() if one.level is None])


def labels_of(
    found: Mapping[int, Seen], described: Mapping[int, Description]
) -> dict[int, set[str]]:
    """`stop_labels` of elements that were read, with what `level_descriptions` gave for them."""
    labels = {}
    for number, one in found.items():
        names = {one.level, one.cls, *_types(one.attrs)}
        if number in described:
            names.add(described[number].level)
        if (one.declared | one.inferred) & Kind.ACTIVITY:
            names.add(one.name)
        labels[number] = {name for name in names if name}
    return labels


def _types(attrs: str | None) -> list[str]:
    if attrs is None or attrs == EMPTY_BODY:
        return []
    told = orjson.loads(attrs).get("prov:type", [])
    values = told if isinstance(told, list) else [told]
    texts = [value["$"] if isinstance(value, dict) else value for value in values]
    return [*texts, *(text.rpartition(":")[2] for text in texts)]


def names_of(tx: Transaction, numbers: Sequence[int]) -> list[tuple[int, str]]:
    """The kinds and values of all names of these elements."""
    rows = tx.execute(
        select(alias.c.kind, alias.c.value)
        .where(among(alias.c.element, "elements"))
        .distinct()
        .order_by(alias.c.kind, alias.c.value),
        {"elements": numbers},
    )
    return [(kind, value) for kind, value in rows]


def more_ends(tx: Transaction, numbers: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The ends after the second of relations, by position, as IRIs."""
    rows = tx.execute(
        select(
            relation_end.c.relation,
            relation_end.c.position,
            func.coalesce(element.c.iri, relation_end.c.ref),
        )
        .select_from(relation_end.outerjoin(element, element.c.id == relation_end.c.element))
        .where(among(relation_end.c.relation, "relations"))
        .order_by(relation_end.c.relation, relation_end.c.position),
        {"relations": numbers},
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for number, position, iri in rows:
        found.setdefault(number, []).append((position, iri))
    return found
