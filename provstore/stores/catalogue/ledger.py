"""The ledger: receipts, the parts that documents hold, and the log of refusals."""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from provstore.errors import Finding, UnknownReceiptError
from provstore.model.ledger import Counts, Receipt, ReceiptPage, Status
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, insert_rows, take_ids
from provstore.stores.catalogue.tables import (
    assertion,
    document,
    document_part,
    element,
    obscore,
    part,
    prefix,
    refusal,
    relation,
)

_FAST: Final = 1
"""zlib level: provenance is text, and the slowest thing of an ingest is not its size on disk."""
_LIVE: Final = (Status.ACCEPTED, Status.PENDING)

_REFUSED: Final = "refused-"
"""What ids of the log of refusals begin with."""


class Arrival(NamedTuple):
    """What is known of a document when its bytes have come."""

    source: str
    """Empty where none was named."""
    sha: str
    received: str
    format: str
    n_bytes: int


class StoredPart(NamedTuple):
    """A part as it is kept."""

    id: int
    namespace: str
    format: str
    subject: str | None
    active: bool


def find_live(tx: Transaction, source: str, sha: str) -> int | None:
    """The receipt of these bytes of this source that is accepted or pending."""
    return tx.execute(
        select(document.c.id).where(
            document.c.source == source, document.c.sha == sha, document.c.status.in_(_LIVE)
        )
    ).scalar()


def link_correction(tx: Transaction, old: int, new: int) -> None:
    """Note that one receipt stands in place of another."""
    tx.execute(update(document).where(document.c.id == new).values(replaces=old))
    tx.execute(update(document).where(document.c.id == old).values(replaced_by=new))


def find_retracted(tx: Transaction, source: str, sha: str) -> int | None:
    """The latest retracted receipt of these bytes of this source."""
    return tx.execute(
        select(func.max(document.c.id)).where(
            document.c.source == source,
            document.c.sha == sha,
            document.c.status == Status.RETRACTED,
        )
    ).scalar()


def open_receipt(
    tx: Transaction,
    arrival: Arrival,
    status: Status,
    options: Mapping[str, Any] | None = None,
) -> int:
    """Enter a document into the ledger; returns its number."""
    number = take_ids(tx, document, 1)
    tx.execute(
        insert(document).values(
            id=number,
            source=arrival.source,
            sha=arrival.sha,
            received=arrival.received,
            format=arrival.format,
            bytes=arrival.n_bytes,
            status=status,
            options=orjson.dumps(options or {}).decode(),
        )
    )
    return number


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a document."""

    status: Status
    format: str
    new: Counts = field(default_factory=Counts)
    known: Counts = field(default_factory=Counts)
    findings: Sequence[Finding] = ()


def close_receipt(tx: Transaction, number: int, verdict: Verdict) -> None:
    """Write the verdict on a document."""
    tx.execute(
        update(document)
        .where(document.c.id == number)
        .values(
            status=verdict.status,
            format=verdict.format,
            new_elements=verdict.new.elements,
            new_relations=verdict.new.relations,
            known_elements=verdict.known.elements,
            known_relations=verdict.known.relations,
            findings=_findings_text(verdict.findings),
        )
    )


def set_status(tx: Transaction, number: int, status: Status) -> None:
    """Change the state of a receipt."""
    tx.execute(update(document).where(document.c.id == number).values(status=status))


def declare_prefixes(tx: Transaction, number: int, declared: Iterable[tuple[str, str]]) -> None:
    """Note the prefixes of a document, by which its qualified names are found."""
    rows = [(name, iri, number) for name, iri in sorted(declared) if name and iri]
    insert_rows(tx, prefix, rows)


def forget_prefixes(tx: Transaction, number: int) -> None:
    """Take back the prefixes of a document."""
    tx.execute(delete(prefix).where(prefix.c.document == number))


# -- parts


def find_part(tx: Transaction, namespace: str, sha: str) -> StoredPart | None:
    """The part with these bytes in this namespace."""
    row = tx.execute(
        _stored_parts().where(part.c.namespace == namespace, part.c.sha == sha)
    ).one_or_none()
    return None if row is None else StoredPart(*row)


def _stored_parts() -> Select[Any]:
    return select(part.c.id, part.c.namespace, part.c.format, part.c.subject, part.c.active)


def add_part(  # noqa: PLR0913, PLR0917  the columns of a part
    tx: Transaction, namespace: str, sha: str, form: str, subject: str | None, raw: bytes
) -> int:
    """Keep a part; it is not active until its statements are written."""
    number = take_ids(tx, part, 1)
    insert_rows(
        tx, part, [(number, namespace, sha, form, subject, False, zlib.compress(raw, _FAST))]
    )
    return number


def set_active(tx: Transaction, number: int, *, active: bool) -> None:
    """Say whether the statements of a part are in the tables."""
    tx.execute(update(part).where(part.c.id == number).values(active=active))


def active_parts_about(tx: Transaction, namespace: str, subject: str) -> list[int]:
    """The active parts that tell the state of a subject."""
    return list(
        tx.execute(
            select(part.c.id).where(
                part.c.namespace == namespace, part.c.subject == subject, part.c.active
            )
        ).scalars()
    )


def latest_held_part(tx: Transaction, namespace: str, subject: str) -> StoredPart | None:
    """The latest telling of a subject that an accepted document holds."""
    row = tx.execute(
        _stored_parts()
        .where(part.c.namespace == namespace, part.c.subject == subject, _is_held())
        .order_by(part.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else StoredPart(*row)


def _is_held() -> ColumnElement[bool]:
    return exists().where(
        document_part.c.part == part.c.id,
        document.c.id == document_part.c.document,
        document.c.status == Status.ACCEPTED,
    )


def parts_only_of(tx: Transaction, number: int) -> list[StoredPart]:
    """The active parts of a document that no accepted document holds."""
    rows = tx.execute(
        _stored_parts()
        .join(document_part, document_part.c.part == part.c.id)
        .where(document_part.c.document == number, part.c.active, ~_is_held())
        .distinct()
        .order_by(part.c.id)
    )
    return [StoredPart(*row) for row in rows]


def part_raw(tx: Transaction, number: int) -> bytes:
    """The bytes of a part."""
    raw = tx.execute(select(part.c.raw).where(part.c.id == number)).scalar_one()
    return zlib.decompress(raw)


def attach(tx: Transaction, number: int, pieces: Sequence[tuple[int | None, bytes]]) -> None:
    """Say what a document consists of: parts with the bytes before each, and a rest."""
    rows = [
        (number, seq, held, zlib.compress(lead, _FAST) if lead else b"")
        for seq, (held, lead) in enumerate(pieces)
    ]
    insert_rows(tx, document_part, rows)


def detach(tx: Transaction, number: int) -> None:
    """Forget what a pending document consists of, before its parts are entered."""
    tx.execute(delete(document_part).where(document_part.c.document == number))


def raw_document(tx: Transaction, number: int) -> bytes:
    """The document as it came."""
    rows = tx.execute(
        select(document_part.c.lead, part.c.raw)
        .select_from(document_part.outerjoin(part, part.c.id == document_part.c.part))
        .where(document_part.c.document == number)
        .order_by(document_part.c.seq)
    )
    pieces = (piece for row in rows for piece in row if piece)
    return b"".join(zlib.decompress(piece) for piece in pieces)


# -- receipts


def receipt(tx: Transaction, receipt_id: str) -> Receipt:
    """One receipt, also of the log of refusals.

    Raises
    ------
    UnknownReceiptError
        There is none of this id.
    """
    number = receipt_number(receipt_id.removeprefix(_REFUSED))
    table = refusal if receipt_id.startswith(_REFUSED) else document
    row = tx.execute(select(table).where(table.c.id == number)).one_or_none()
    if row is None:
        raise UnknownReceiptError(f"no receipt {receipt_id[:40]!r}")
    return _receipt(row) if table is document else _refused(row)


def receipt_number(receipt_id: str) -> int:
    """The number behind a receipt's id."""
    if not (receipt_id.isascii() and receipt_id.isdecimal() and len(receipt_id) <= 18):  # noqa: PLR2004  63 bits
        raise UnknownReceiptError(f"no receipt {receipt_id[:40]!r}")
    return int(receipt_id)


def receipts(
    tx: Transaction, status: Status | None, source: str | None, limit: int, cursor: str | None
) -> ReceiptPage:
    """A page of receipts, newest first."""
    rows = select(document)
    if status is not None:
        rows = rows.where(document.c.status == status)
    if source is not None:
        rows = rows.where(document.c.source == source)
    total = tx.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    if cursor is not None:
        rows = rows.where(document.c.id < receipt_number(cursor))
    found = tx.execute(rows.order_by(document.c.id.desc()).limit(limit + 1)).all()
    return _page([_receipt(row) for row in found], total, limit)


def _page(found: list[Receipt], total: int, limit: int) -> ReceiptPage:
    items = found[:limit]
    return ReceiptPage(items, total, items[-1].id if len(found) > limit else None)


def _receipt(row: Row[Any]) -> Receipt:
    return Receipt(
        id=str(row.id),
        sha256=row.sha,
        bytes=row.bytes,
        format=row.format,
        source=row.source or None,
        received=row.received,
        status=Status(row.status),
        replaces=None if row.replaces is None else str(row.replaces),
        replaced_by=None if row.replaced_by is None else str(row.replaced_by),
        new=Counts(row.new_elements, row.new_relations),
        known=Counts(row.known_elements, row.known_relations),
        findings=_findings(row.findings),
    )


def asserted_by(tx: Transaction, numbers: Sequence[int]) -> list[str]:
    """The receipts of the accepted documents that tell something of these elements."""
    told = (
        select(assertion.c.part)
        .where(among(assertion.c.element, "elements"))
        .union(select(obscore.c.part).where(among(obscore.c.element, "elements")))
    )
    rows = tx.execute(
        select(document.c.id)
        .join(document_part, document_part.c.document == document.c.id)
        .where(document_part.c.part.in_(told), document.c.status == Status.ACCEPTED)
        .distinct()
        .order_by(document.c.id),
        {"elements": numbers},
    )
    return [str(number) for number in rows.scalars()]


def pending(tx: Transaction) -> list[int]:
    """The documents that wait to be worked off, oldest first."""
    rows = tx.execute(
        select(document.c.id).where(document.c.status == Status.PENDING).order_by(document.c.id)
    )
    return list(rows.scalars())


def options(tx: Transaction, number: int) -> Mapping[str, Any]:
    """What a pending document was pushed with."""
    text = tx.execute(select(document.c.options).where(document.c.id == number)).scalar_one()
    found: Mapping[str, Any] = orjson.loads(text)
    return found


def counts(tx: Transaction) -> dict[str, int]:
    """How much the catalogue holds."""
    rows = tx.execute(select(document.c.status, func.count()).group_by(document.c.status))
    by_status: dict[str, int] = dict(rows.all())
    return {
        "documents": by_status.get(Status.ACCEPTED, 0),
        "pending": by_status.get(Status.PENDING, 0),
        "elements": _size(tx, element),
        "relations": _size(tx, relation),
    }


def _size(tx: Transaction, table: Table) -> int:
    """How many rows a table has; of a very large one on PostgreSQL what the server estimates.

    To count a hundred million takes longer than a health check may.
    """
    if tx.dialect.name == "postgresql":
        estimate = tx.execute(_ESTIMATE, {"table": table.name}).scalar_one()
        if estimate >= COUNTED_UP_TO:
            return int(estimate)
    return int(tx.execute(select(func.count()).select_from(table)).scalar_one())


COUNTED_UP_TO: Final = 1_000_000
"""Rows of a table on PostgreSQL up to which they are counted."""
_ESTIMATE: Final = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:table)")


# -- refusals


def log_refusal(tx: Transaction, arrival: Arrival, findings: Sequence[Finding], most: int) -> None:
    """Note a refusal; the oldest beyond ``most`` go."""
    number = take_ids(tx, refusal, 1)
    insert_rows(
        tx,
        refusal,
        [
            (
                number,
                arrival.source,
                arrival.sha,
                arrival.received,
                arrival.format,
                arrival.n_bytes,
                _findings_text(findings),
            )
        ],
    )
    tx.execute(delete(refusal).where(refusal.c.id <= number - most))


def refusals(tx: Transaction, source: str | None, limit: int, cursor: str | None) -> ReceiptPage:
    """A page of the log of refusals, newest first; ids start with `_REFUSED`."""
    rows = select(refusal)
    if source is not None:
        rows = rows.where(refusal.c.source == source)
    total = tx.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    if cursor is not None:
        rows = rows.where(refusal.c.id < receipt_number(cursor.removeprefix(_REFUSED)))
    found = tx.execute(rows.order_by(refusal.c.id.desc()).limit(limit + 1)).all()
    return _page([_refused(row) for row in found], total, limit)


def _refused(row: Row[Any]) -> Receipt:
    return Receipt(
        id=f"{_REFUSED}{row.id}",
        sha256=row.sha,
        bytes=row.bytes,
        format=row.format,
        source=row.source or None,
        received=row.received,
        status=Status.REFUSED,
        replaces=None,
        replaced_by=None,
        new=Counts(),
        known=Counts(),
        findings=_findings(row.findings),
    )


def _findings_text(findings: Sequence[Finding]) -> str:
    return orjson.dumps([finding.as_json() for finding in findings]).decode()


def _findings(text: str) -> list[Finding]:
    return [Finding.from_json(told) for told in orjson.loads(text)]
