"""Writes what one part of a document says: the truth rows, then what follows from them.

The volume that is written decides the time of an ingest, so nothing is written twice: a telling
that is known costs one row, a known relation one row, and only elements of which something new was
told are derived.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, Select, and_, select

from provstore.errors import Finding, Severity
from provstore.model.body import encode_body
from provstore.model.document import Document
from provstore.model.ledger import Counts
from provstore.model.literals import XSD_STRING, Literal
from provstore.model.obscore import COLUMNS, ObsCoreRecord
from provstore.model.records import Attributes, Relation
from provstore.model.times import parse_time
from provstore.model.vocabulary import (
    ATTACHED_RELATIONS,
    DESCRIBED,
    GENERATED,
    MEMBERSHIPS,
    PROV_ROLE,
)
from provstore.stores.catalogue import coverage, latest, outbox, tables
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import (
    DATING,
    AliasKind,
    Dated,
    Derived,
    Told,
    derive,
)
from provstore.stores.catalogue.facts import body_hash, merge
from provstore.stores.catalogue.names import Names, among, insert_rows, pairs, take_ids
from provstore.stores.catalogue.outbox import What
from provstore.stores.catalogue.rederive import Change, add_tellings, typed_rows
from provstore.stores.catalogue.tables import assertion, element, relation, relation_end
from provstore.stores.catalogue.ties import checksums_of, retie

BUNDLE_KIND: Final = 8
"""`assertion.kind` of the statement that a bundle is there."""
NO_BODY: Final = 0
"""Hash and body of such a statement: it has no attributes, not even an empty set of them."""


@dataclass(slots=True)
class Content:
    """What one part says, and how its identifiers become the stored ones."""

    document: Document
    records: Sequence[ObsCoreRecord] = ()
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    """Of times that are written without one, by source."""
    namespace: str = ""
    """The source, or the checksum that stands for it."""
    resolve: Callable[[str, str | None], str] = field(default=lambda iri, _bundle: iri)
    """From an id of the document, and its bundle, to the IRI that is stored."""


@dataclass(slots=True)
class Outcome:
    """What a part brought."""

    new: Counts
    known: Counts
    findings: list[Finding]


_BOTH_ENDS: Final = frozenset(kind.number for kind in (*ATTACHED_RELATIONS, *MEMBERSHIPS))
"""Relations that change what is inherited at their second end too."""
_Ends = tuple[int, int | None, int | None]
"""Kind and both ends of a relation."""


class _Row(NamedTuple):
    """A relation as its columns from `kind` on, and its ends after the second."""

    kind: int
    subj: int | None
    obj: int | None
    role: str | None
    time: str | None
    time_utc: str | None
    iri: str | None
    bundle: int
    attrs: str | None
    more: tuple[tuple[int, int | None, str | None], ...]


def _relations_between(*, no_subj: bool, no_obj: bool) -> Select[Any]:
    """The relations with the ends and kinds of a list.

    Whether an end is there stands in the statement: PostgreSQL reads no index for a comparison that
    holds for NULL too.
    """
    wanted = pairs("ends", 3)
    subj, kind, obj = wanted.columns
    same = (
        relation.c.subj.is_(None) if no_subj else relation.c.subj == subj,
        relation.c.kind == kind,
        relation.c.obj.is_(None) if no_obj else relation.c.obj == obj,
    )
    columns = [relation.c[name] for name in ("id", *_Row._fields[:-1])]
    return select(*columns).select_from(wanted.table.join(relation, and_(*same)))


_RELATIONS_BETWEEN: Final = {
    (no_subj, no_obj): _relations_between(no_subj=no_subj, no_obj=no_obj)
    for no_subj in (False, True)
    for no_obj in (False, True)
}


def write_part(tx: Transaction, names: Names, part: int, content: Content) -> Outcome:
    """Write all that a part says and derive what follows.

    Parameters
    ----------
    tx
        The writing transaction.
    names
        The catalogue's prefixes; the caller saves those that are taken up.
    part
        Id of the row in `part`, which exists.
    content
        What it says.
    """
    return _PartWriter(tx, names, part, content).write()


class _PartWriter:
    """One part on its way into the tables; new rows are collected and written table by table."""

    def __init__(self, tx: Transaction, names: Names, part: int, content: Content) -> None:
        self.tx, self.names, self.part, self.content = tx, names, part, content
        self.ids: dict[str, int] = {}
        self.iris: dict[int, str] = {}
        self.first_new = 0
        self.told: dict[int, list[tuple[int, Told]]] = {}
        self.bodies: dict[tuple[int, int], int] = {}
        self.body_rows: list[tuple[int, str]] = []
        self.body_of: dict[int, int] = {}
        self.assertion_rows: list[tuple[int, int, int, int, int, int]] = []
        self.implied: dict[int, int] = {}
        self.dated: dict[int, Dated] = {}
        self.records: dict[int, ObsCoreRecord] = {}
        self.findings: list[Finding] = []
        self.zone = content.zones.get(content.namespace, UTC)
        self.strong: set[tuple[int, str]] = set()
        self._stored: dict[str, int] = {}

    def write(self) -> Outcome:
        self._number()
        self._tell()
        rows = self._distinct_relations()
        known = self._known_relations(rows)
        self._note_differing_ends(rows)
        new_rows = [row for row in rows if row not in known]
        self._imply(new_rows)
        self._insert_elements()
        insert_rows(self.tx, assertion, self.assertion_rows)
        self._insert_relations(new_rows, known.values())
        self._insert_records()
        self._derive_known(new_rows)
        new_elements = sum(1 for number in self.iris if number >= self.first_new)
        return Outcome(
            new=Counts(new_elements, len(new_rows)),
            known=Counts(len(self.iris) - new_elements, len(known)),
            findings=self.findings,
        )

    # -- elements

    def _number(self) -> None:
        """Find the number of every element that is named, or give it the next one."""
        stored = dict.fromkeys(self._named())
        wanted = list(stored)
        rows = self.tx.execute(
            select(element.c.iri, element.c.id).where(among(element.c.iri, "iris")),
            {"iris": wanted},
        )
        self.ids = dict(rows.all())
        new = [iri for iri in wanted if iri not in self.ids]
        self.first_new = take_ids(self.tx, element, len(new))
        outbox.note(self.tx, What.ELEMENTS, range(self.first_new, self.first_new + len(new)))
        self.ids.update((iri, self.first_new + index) for index, iri in enumerate(new))
        self.iris = {number: iri for iri, number in self.ids.items()}
        self.records = {self._id(*record.element): record for record in self.content.records}

    def _named(self) -> Iterable[str]:
        resolve, document = self.content.resolve, self.content.document
        for bundle, iri, _ in document.elements:
            yield resolve(iri, bundle)
        for told in document.relations:
            for end, name in zip(told.type.ends, told.ends, strict=False):
                if name is not None and not end.is_relation:
                    yield resolve(name, told.bundle)
        for bundle_iri in document.bundles:
            yield resolve(bundle_iri, None)
        for record in self.content.records:
            yield resolve(*record.element)

    def _id(self, iri: str, bundle: str | None) -> int:
        number = self._stored.get(iri)
        if number is None:
            number = self.ids[self.content.resolve(iri, bundle)]
            if not iri.startswith("_:"):  # a blank name means another thing in each bundle
                self._stored[iri] = number
        return number

    def _bundle_id(self, bundle: str | None) -> int:
        return 0 if bundle is None else self._id(bundle, None)

    def _tell(self) -> None:
        """One assertion per telling; a body only for what was never told of the element."""
        tellings: list[tuple[int, int, int, int, str, Attributes]] = []
        compact = self.names.compact
        for (bundle, iri, told_as), attributes in self.content.document.elements.items():
            text = encode_body(attributes, compact)
            number = self._id(iri, bundle)
            row = (number, body_hash(text), int(told_as), self._bundle_id(bundle), text, attributes)
            tellings.append(row)
        for bundle_iri in self.content.document.bundles:
            number = self._id(bundle_iri, None)
            self.assertion_rows.append((number, NO_BODY, BUNDLE_KIND, self.part, 0, NO_BODY))
        known = self._known_tellings(tellings)
        first_body = take_ids(self.tx, tables.body, len(tellings))
        for offset, telling in enumerate(tellings):
            number, digest, kind, bundle_id, text, attributes = telling
            key = (number, digest)
            body = self.bodies.get(key)
            if body is None:
                body = self.bodies[key] = first_body + offset
                self.body_rows.append((body, text))
            self.assertion_rows.append((number, digest, kind, self.part, bundle_id, body))
            if (number, digest, kind) not in known:
                telling_of = Told(kind, attributes, self.zone, self.part)
                self.told.setdefault(number, []).append((body, telling_of))

    def _known_tellings(
        self, tellings: Sequence[tuple[int, int, int, int, str, Attributes]]
    ) -> set[tuple[int, int, int]]:
        """Which (element, hash, kind) were told before; notes the bodies of known texts.

        A part that comes back is earlier than others that tell the same: then it counts as new.
        """
        old = {(t[0], t[1], t[2]) for t in tellings if t[0] < self.first_new}
        if not old:
            return set()
        wanted = pairs("tellings", 3)
        number, digest, kind = wanted.columns
        same = (assertion.c.element == number) & (assertion.c.hash == digest)
        before = (assertion.c.kind == kind) & (assertion.c.part < self.part)
        told_as = select(assertion.c.body).where(same, before).limit(1)
        told_at_all = select(assertion.c.body).where(same).limit(1)
        rows = self.tx.execute(
            select(
                number,
                digest,
                kind,
                told_as.scalar_subquery(),
                told_at_all.scalar_subquery(),
            ).select_from(wanted.table),
            {"tellings": sorted(old)},
        )
        known = set()
        for number_, digest_, kind_, exact, body in rows:
            if body is not None:
                self.bodies[number_, digest_] = body
            if exact is not None:
                known.add((number_, digest_, kind_))
        return known

    def _insert_elements(self) -> None:
        """Insert the new elements with all that follows from what this part tells of them."""
        derived: dict[int, Derived] = {}
        for number, iri in self.iris.items():
            if number < self.first_new:
                continue
            told = self.told.get(number, [])
            implied = self.implied.get(number, 0)
            tellings = [telling for _, telling in told]
            dated = self.dated.get(number, Dated())
            derived[number] = derive(iri, tellings, implied, self.records.get(number), dated=dated)
            self.body_of[number] = self._body(told)
        insert_rows(self.tx, tables.body, self.body_rows)
        insert_rows(self.tx, element, [self._element_row(n, d) for n, d in derived.items()])
        self._insert_derived(derived)

    def _body(self, told: Sequence[tuple[int, Told]]) -> int:
        """The body that answers show: the only telling, or all of them merged; 0 for none."""
        bodies = {body for body, _ in told}
        if len(bodies) <= 1:
            return next(iter(bodies), 0)
        merged = take_ids(self.tx, tables.body, 1)
        text = merge([telling.attributes for _, telling in told], self.names.compact)
        self.body_rows.append((merged, text))
        return merged

    def _element_row(self, number: int, derived: Derived) -> tuple[object, ...]:
        return (
            number,
            self.iris[number],
            derived.declared,
            self.implied.get(number, 0),
            derived.cls,
            derived.name,
            derived.version,
            derived.level,
            derived.level_from,
            self.body_of[number] or None,
        )

    def _insert_derived(self, derived: dict[int, Derived]) -> None:
        names = [
            (value, kind, number)
            for number, facts in derived.items()
            for kind, value in sorted(facts.aliases)
        ]
        first = take_ids(self.tx, tables.alias, len(names))
        insert_rows(
            self.tx, tables.alias, [(first + index, *name) for index, name in enumerate(names)]
        )
        activities, entities = typed_rows(derived.items())
        insert_rows(self.tx, tables.activity, activities)
        insert_rows(self.tx, tables.entity, entities)
        self.strong = {(kind, value) for value, kind, _ in names if kind <= AliasKind.CHECKSUM}

    # -- relations

    def _distinct_relations(self) -> list[_Row]:
        return list(dict.fromkeys(map(self._relation_row, self.content.document.relations)))

    def _relation_row(self, told: Relation) -> _Row:
        bundle, ends = told.bundle, told.ends
        role, rest = _split_role(told.attributes)
        more: list[tuple[int, int | None, str | None]] = []
        for position, end in enumerate(told.type.ends[2:], start=2):
            name = told.end(position)
            if name is None:
                continue
            if end.is_relation:
                more.append((position, None, self.content.resolve(name, bundle)))
            else:
                more.append((position, self._id(name, bundle), None))
        instant = None if told.time is None else parse_time(told.time, self.zone)
        return _Row(
            told.type.number,
            None if not ends or ends[0] is None else self._id(ends[0], bundle),
            None if len(ends) < 2 or ends[1] is None else self._id(ends[1], bundle),  # noqa: PLR2004  the second end
            role,
            told.time,
            None if instant is None else instant.utc,
            None if told.iri is None else self.content.resolve(told.iri, bundle),
            self._bundle_id(bundle),
            encode_body(rest, self.names.compact) if rest else None,
            tuple(more),
        )

    def _known_relations(self, rows: Sequence[_Row]) -> dict[_Row, int]:
        """Which of the rows are in the catalogue, and under which number.

        A relation is found through its ends, and only ends that existed before can have one: no
        index over all columns is needed.
        """
        old = [row for row in rows if self._is_old(row.subj) and self._is_old(row.obj)]
        if not old:
            return {}
        candidates = self._candidates({(row.subj, row.kind, row.obj) for row in old})
        wanted = set(old)
        return {row: number for number, row in candidates if row in wanted}

    def _is_old(self, number: int | None) -> bool:
        return number is None or number < self.first_new

    def _candidates(self, ends: set[tuple[int | None, int, int | None]]) -> list[tuple[int, _Row]]:
        found: list[Row[Any]] = []
        by_absence: dict[tuple[bool, bool], list[tuple[int | None, int, int | None]]] = {}
        for subj, kind, obj in ends:
            by_absence.setdefault((subj is None, obj is None), []).append((subj, kind, obj))
        for absent, told in by_absence.items():
            found.extend(self.tx.execute(_RELATIONS_BETWEEN[absent], {"ends": told}))
        more = self._more_ends([row[0] for row in found])
        return [(row[0], _Row._make((*row[1:], more.get(row[0], ())))) for row in found]

    def _more_ends(
        self, numbers: Sequence[int]
    ) -> dict[int, tuple[tuple[int, int | None, str | None], ...]]:
        more: dict[int, tuple[tuple[int, int | None, str | None], ...]] = {}
        rows = self.tx.execute(
            select(relation_end)
            .where(among(relation_end.c.relation, "relations"))
            .order_by(relation_end.c.relation, relation_end.c.position),
            {"relations": list(numbers)},
        )
        for number, *end in rows:
            more[number] = (*more.get(number, ()), tuple(end))
        return more

    def _note_differing_ends(self, rows: Sequence[_Row]) -> None:
        """Note each named relation that is told with several ends, here or by another document."""
        named: dict[str, set[_Ends]] = {}
        for row in rows:
            if row.iri is not None:
                named.setdefault(row.iri, set()).add((row.kind, row.subj, row.obj))
        if not named:
            return
        found = self.tx.execute(
            select(relation.c.iri, relation.c.kind, relation.c.subj, relation.c.obj).where(
                among(relation.c.iri, "iris")
            ),
            {"iris": list(named)},
        )
        for iri, *ends in found:
            named[iri].add(tuple(ends))
        message = "this relation is told with different ends; all tellings are kept"
        rule = "identity/relation-ends-differ"
        self.findings.extend(
            Finding(Severity.WARNING, rule, "", iri, message)
            for iri, told in named.items()
            if len(told) > 1
        )

    def _imply(self, rows: Sequence[_Row]) -> None:
        for row in rows:
            if row.time_utc is not None and row.subj is not None and row.kind in DATING:
                known = self.dated.get(row.subj, Dated())
                self.dated[row.subj] = known.with_time(row.kind, row.time_utc)
            ends = tables.ENDS_BY_KIND[row.kind]
            for number, kinds in ((row.subj, ends[0]), (row.obj, ends[1])):
                if number is not None:
                    self.implied[number] = self.implied.get(number, 0) | kinds
            for position, number, _ in row.more:
                if number is not None:
                    kinds = ends[position]
                    self.implied[number] = self.implied.get(number, 0) | kinds

    def _insert_relations(self, rows: Sequence[_Row], known: Iterable[int]) -> None:
        first = take_ids(self.tx, relation, len(rows))
        outbox.note(self.tx, What.RELATIONS, range(first, first + len(rows)))
        # a walk may stop at the level that a description names
        described = [row.subj for row in rows if row.kind == DESCRIBED.number and row.subj]
        outbox.note(self.tx, What.ELEMENTS, described)
        outbox.note(self.tx, What.HEIRS, _heirs(rows))
        numbered = list(enumerate(rows, start=first))
        insert_rows(self.tx, relation, [(number, *row[:-1]) for number, row in numbered])
        ends = [(number, *end) for number, row in numbered for end in row.more]
        insert_rows(self.tx, relation_end, ends)
        said = [(self.part, number) for number in known]
        said.extend((self.part, number) for number, _ in numbered)
        insert_rows(self.tx, tables.relation_assertion, said)

    def _insert_records(self) -> None:
        rows = []
        for number, record in self.records.items():
            values = [record.values.get(column.name) for column in COLUMNS]
            rows.append((number, self.part, record.product_id, *values, True))
        insert_rows(self.tx, tables.obscore, rows)
        values_by_element = {number: record.values for number, record in self.records.items()}
        coverage.add(self.tx, self.part, values_by_element)
        latest.settle(self.tx, latest.datasets_of(self.tx, self.records))

    # -- what follows for elements that were there

    def _derive_known(self, rows: Sequence[_Row]) -> None:
        told = {n: tellings for n, tellings in self.told.items() if n < self.first_new}
        implied = {n: mask for n, mask in self.implied.items() if n < self.first_new}
        dated = {n: times for n, times in self.dated.items() if n < self.first_new}
        recorded = {n for n in self.records if n < self.first_new}
        change = Change(told, implied, recorded, dated, self.part)
        self.findings.extend(add_tellings(self.tx, self.names, change, self.content.zones))
        got_origin = {row.subj for row in rows if row.kind == GENERATED.number}
        checksums = checksums_of(self.tx, [n for n in got_origin if n in implied])
        self.findings.extend(retie(self.tx, self.strong | checksums))


def _heirs(rows: Sequence[_Row]) -> set[int]:
    """What inherits from others by these relations; and what hangs on a thing, or is its plan.

    A member inherits from what made its collection. What hangs on a thing is no data, of which
    nobody asks how it was made.
    """
    heirs = {row.subj for row in rows if row.subj is not None}
    heirs.update(row.obj for row in rows if row.kind in _BOTH_ENDS and row.obj is not None)
    heirs.update(number for row in rows for _, number, _ in row.more if number is not None)
    return heirs


def _split_role(attributes: Attributes) -> tuple[str | None, Attributes]:
    """The role where it is one plain text, and the other attributes."""
    roles = [value for name, value in attributes if name == PROV_ROLE]
    if len(roles) == 1 and isinstance(roles[0], Literal) and roles[0].datatype == XSD_STRING:
        return roles[0].lexical, tuple(a for a in attributes if a[0] != PROV_ROLE)
    return None, attributes
