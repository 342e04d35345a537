"""Derives a known element further by later tellings, without reading the earlier ones.

What the earlier tellings came to is kept: their union in the body that answers show, the
single-valued facts in columns, the names as aliases. So the thousandth telling of a hub costs what
the second did; computed from all tellings, each would cost more than the last.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any, Final

from sqlalchemy import Row, exists, select

from provstore.model.body import EMPTY_BODY, decode_body
from provstore.stores.catalogue import tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import (
    BEFORE,
    AliasKind,
    Dated,
    Derived,
    Single,
    Told,
    derive,
    disagreements,
)
from provstore.stores.catalogue.facts import Facts, body_hash, merge
from provstore.stores.catalogue.names import Names, among, pairs
from provstore.stores.catalogue.tables import alias, assertion, element

_KEPT: Final = (
    select(
        element,
        tables.body.c.attrs,
        tables.activity.c.start_time,
        tables.activity.c.end_time,
        tables.entity.c.location,
        tables.entity.c.generated_at,
        tables.entity.c.invalidated_at,
    )
    .select_from(
        element.outerjoin(tables.body, tables.body.c.id == element.c.body)
        .outerjoin(tables.activity, tables.activity.c.element == element.c.id)
        .outerjoin(tables.entity, tables.entity.c.element == element.c.id)
    )
    .where(among(element.c.id, "list"))
)


def extend(
    tx: Transaction,
    names: Names,
    told: Mapping[int, Sequence[tuple[int, Told]]],
    inferred: Mapping[int, int],
    dated: Mapping[int, Dated],
) -> dict[int, Facts]:
    """What follows for elements from what is kept of them and later tellings.

    Elements with an ObsCore record are not for this: the record that counts may change.

    Parameters
    ----------
    told
        Later tellings with their bodies; none where only a kind was implied.
    inferred
        Masks of inferred kinds, the new ones included.
    dated
        What new relations say of the times of entities.
    """
    if not told:
        return {}
    listed = sorted(told)
    rows = {row.id: row for row in tx.execute(_KEPT, {"list": listed})}
    bodies = _told_bodies(tx, rows)
    aliases = _aliases(tx, listed)
    facts = {}
    for number, row in rows.items():
        known = _Element(row, names, bodies[number], aliases.get(number, frozenset()))
        facts[number] = known.with_tellings(
            told[number], inferred[number], dated.get(number, Dated())
        )
    return facts


def _told_bodies(tx: Transaction, rows: Mapping[int, Row[Any]]) -> dict[int, tuple[int, ...]]:
    """The shown body of each element where it is one telling; nothing where it is a merged one."""
    shown = [
        (number, body_hash(row.attrs), row.body)
        for number, row in rows.items()
        if row.body is not None
    ]
    wanted = pairs("shown", 3)
    number, digest, body = wanted.columns
    is_told = exists().where(
        assertion.c.element == number, assertion.c.hash == digest, assertion.c.body == body
    )
    found = tx.execute(
        select(number, body).select_from(wanted.table).where(is_told), {"shown": shown}
    )
    return dict.fromkeys(rows, ()) | {element_: (told,) for element_, told in found}


def _aliases(tx: Transaction, listed: Sequence[int]) -> dict[int, frozenset[tuple[int, str]]]:
    """The names that stay whatever else is told: a checksum may become ambiguous."""
    rows = tx.execute(
        select(alias.c.element, alias.c.kind, alias.c.value).where(
            among(alias.c.element, "list"), alias.c.kind != AliasKind.CHECKSUM
        ),
        {"list": listed},
    )
    found: dict[int, set[tuple[int, str]]] = {}
    for number, kind, value in rows:
        found.setdefault(number, set()).add((kind, value))
    return {number: frozenset(names) for number, names in found.items()}


class _Element:
    """A known element: what is kept of all that was told of it."""

    def __init__(
        self,
        row: Row[Any],
        names: Names,
        bodies: tuple[int, ...],
        aliases: frozenset[tuple[int, str]],
    ) -> None:
        self._row, self._bodies, self._aliases = row, bodies, aliases
        self._compact = names.compact
        attributes = decode_body(row.attrs or EMPTY_BODY, names.expand)
        self._before = Told(row.declared, attributes, UTC, BEFORE)

    def with_tellings(self, told: Sequence[tuple[int, Told]], inferred: int, dated: Dated) -> Facts:
        """What follows with these later tellings."""
        new = [telling for _, telling in told]
        bodies = tuple(dict.fromkeys([*self._bodies, *(body for body, _ in told)]))
        return Facts(
            self._row.iri,
            inferred,
            self._derived(new, inferred, dated),
            bodies,
            self._merged(new, bodies),
            tuple(disagreements([self._before], new)),
        )

    def _merged(self, new: Sequence[Told], bodies: tuple[int, ...]) -> str | None:
        is_merged = self._row.body is not None and not self._bodies
        if not is_merged and len(bodies) <= 1:
            return None
        return merge([self._before.attributes, *(t.attributes for t in new)], self._compact)

    def _derived(self, new: Sequence[Told], inferred: int, dated: Dated) -> Derived:
        """Earlier facts count; what they leave open the new tellings may say."""
        row = self._row
        earliest = Single(*(getattr(row, fact) for fact in Single._fields))
        told = [self._before, *new]
        found = derive(row.iri, told, inferred, earliest=earliest, dated=dated)
        same_rank = found.level_from == row.level_from and found.level is not None
        return found._replace(
            aliases=self._aliases | found.aliases,
            level=max(found.level, row.level) if same_rank else found.level,
        )
