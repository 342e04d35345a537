"""Taking documents in, and taking them back.

Reading stands outside the writing transaction; everything that a document says is written inside
one, and only then acknowledged.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import NamedTuple

from provstore.errors import (
    BusyError,
    ConflictError,
    Finding,
    RefusedDocumentError,
    Severity,
    TooLargeError,
    UnavailableError,
)
from provstore.importers.base import Findings, Part
from provstore.importers.registry import (
    collector_at_rest,
    importer_named,
    read_document,
    recognise,
)
from provstore.model.keyword_rules import Rules, shipped
from provstore.model.ledger import Counts, Pushed, Receipt, Status, check_source
from provstore.model.obscore import ObsCoreRecord
from provstore.model.times import format_utc
from provstore.services.identity import checksum, resolver
from provstore.services.ivoa_mapping import add_ivoa_statements
from provstore.services.reading import OBSCORE_FORMAT, Reading, read, read_records
from provstore.services.records import records_told
from provstore.stores.catalogue import ledger
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.ledger import Arrival, StoredPart, Verdict
from provstore.stores.catalogue.names import Names, load_names, save_names
from provstore.stores.catalogue.outbox import recording
from provstore.stores.catalogue.retraction import retract_part
from provstore.stores.catalogue.writer import Content, Outcome, write_part
from provstore.stores.keywords.keep import keep


@dataclass(frozen=True, slots=True)
class IngestLimits:
    """What a push may cost."""

    max_document_bytes: int = 100_000_000
    async_document_bytes: int = 8_000_000
    """Larger documents are acknowledged when their bytes are durable, and worked off."""
    max_refusals: int = 10_000


class _Piece(NamedTuple):
    """One part of a document on its way into the catalogue."""

    part: Part
    digest: str
    records: Sequence[ObsCoreRecord]


class Ingest:
    """Push, correct, retract.

    Parameters
    ----------
    database
        The catalogue.
    limits
        What a push may cost.
    rules
        The provenance keywords that datasets inherit.
    zones
        Time zone of the zone-less times of a source, by its name; UTC otherwise.
    """

    def __init__(
        self,
        database: Database,
        limits: IngestLimits | None = None,
        rules: Rules | None = None,
        zones: Mapping[str, tzinfo] | None = None,
    ) -> None:
        self._database = database
        self._follow = partial(keep, rules=rules or shipped())
        self._limits = limits or IngestLimits()
        self._zones = dict(zones or {})

    def push(
        self,
        data: bytes,
        *,
        source: str | None = None,
        format: str | None = None,  # noqa: A002  the users' word
        media_type: str | None = None,
        replaces: str | None = None,
    ) -> Pushed:
        """Take a document.

        Parameters
        ----------
        data
            Its bytes, content encoding undone.
        source
            Who sends it; qualifies its local ids.
        format, media_type
            What it is said to be; content decides where they are absent or wrong.
        replaces
            Receipt of the document that this one corrects: taken back in the same transaction.

        Returns
        -------
        Pushed
            The receipt; of the first push where the same bytes of the same source were known. Of a
            large document it is pending: that promises a verdict, not acceptance.

        Raises
        ------
        RefusedDocumentError
            It cannot be stored truthfully; nothing is changed but the log of refusals.
        UnknownFormatError, TooLargeError, BadParameterError, UnknownReceiptError, ConflictError
            As their names say.
        BusyError
            The writer did not become free in time.
        """
        self._check_request(data, source)
        importer_named(format)
        arrival = _arrive(data, source)
        known = self._known(arrival, replaces)
        if known is not None:
            return known
        if len(data) > self._limits.async_document_bytes:
            importer = recognise(data, format, media_type)
            options = {"media_type": media_type, "replaces": replaces}
            return self._keep_for_later(data, arrival._replace(format=importer.name), options)
        try:
            reading = read(data, arrival.source, self._zones, format=format, media_type=media_type)
        except RefusedDocumentError as refusal:
            form = recognise(data, format, media_type).name
            self._log_refusal(arrival._replace(format=form), refusal)
            raise
        return self._store(reading, arrival, replaces)

    def check(
        self,
        data: bytes,
        *,
        source: str | None = None,
        format: str | None = None,  # noqa: A002  the users' word
        media_type: str | None = None,
    ) -> list[Finding]:
        """What a push would find, without storing anything; raises as `push`."""
        self._check_request(data, source)
        importer_named(format)
        reading = read(data, source or "", self._zones, format=format, media_type=media_type)
        return reading.findings

    def push_obscore(self, data: bytes, *, name: str = "", source: str | None = None) -> Pushed:
        """Take a table of ObsCore records (VOTable, ECSV, FITS, CSV, JSON); raises as `push`."""
        self._check_request(data, source)
        arrival = _arrive(data, source)._replace(format=OBSCORE_FORMAT)
        known = self._known(arrival, None)
        if known is not None:
            return known
        try:
            reading = read_records(data, arrival.source, name)
        except RefusedDocumentError as refusal:
            self._log_refusal(arrival, refusal)
            raise
        return self._store(reading, arrival, None)

    def retract(self, receipt_id: str) -> Receipt:
        """Take back exactly what only this document said.

        Raises
        ------
        UnknownReceiptError
            There is no such receipt.
        ConflictError
            It is not an accepted one.
        """
        with recording(self._database, self._follow) as tx:
            names = load_names(tx)
            self._retract(tx, names, _retractable(tx, receipt_id))
            save_names(tx, names)
            return ledger.receipt(tx, receipt_id)

    def finish_pending(self) -> int:
        """Work off the documents that wait for their verdict; returns how many there were.

        Raises
        ------
        BusyError, UnavailableError
            The catalogue cannot be written now; those that are left wait.
        ExceptionGroup
            Documents that could not be judged, by a fault of ours; all others were.
        """
        with self._database.reading() as tx:
            numbers = ledger.pending(tx)
        faults = []
        for number in numbers:
            try:
                self._finish(number)
            except (BusyError, UnavailableError):
                raise
            except Exception as fault:  # noqa: BLE001  told below; it must not hold up the next
                fault.add_note(f"while receipt {number} was worked off")
                faults.append(fault)
        if faults:
            raise ExceptionGroup("pending documents could not be judged", faults)
        return len(numbers)

    # -- before the transaction

    def _check_request(self, data: bytes, source: str | None) -> None:
        if len(data) > self._limits.max_document_bytes:
            raise TooLargeError(
                f"the document has {len(data)} bytes; {self._limits.max_document_bytes} are taken"
            )
        check_source(source)

    def _known(self, arrival: Arrival, replaces: str | None) -> Pushed | None:
        """The receipt of the same bytes, if nothing is to be corrected by them."""
        with self._database.reading() as tx:
            if replaces is not None:
                _retractable(tx, replaces)
                return None
            number = ledger.find_live(tx, arrival.source, arrival.sha)
            if number is None:
                return None
            return Pushed(ledger.receipt(tx, str(number)), created=False)

    def _log_refusal(self, arrival: Arrival, refusal: RefusedDocumentError) -> None:
        with self._database.writing() as tx:
            ledger.log_refusal(tx, arrival, refusal.findings, self._limits.max_refusals)

    # -- large documents

    def _keep_for_later(
        self, data: bytes, arrival: Arrival, options: Mapping[str, str | None]
    ) -> Pushed:
        with recording(self._database, self._follow) as tx:
            number = ledger.find_live(tx, arrival.source, arrival.sha)
            created = number is None
            replaces = options["replaces"]
            if number is None:
                number = ledger.open_receipt(tx, arrival, Status.PENDING, options=options)
                ledger.attach(tx, number, [(None, data)])
            elif replaces is not None:
                names = load_names(tx)
                self._correct_by_known(tx, names, replaces, number)
                save_names(tx, names)
            return Pushed(ledger.receipt(tx, str(number)), created)

    def _finish(self, number: int) -> None:
        with self._database.reading() as tx:
            receipt = ledger.receipt(tx, str(number))
            options = ledger.options(tx, number)
            data = ledger.raw_document(tx, number)
        try:
            reading = read(
                data,
                receipt.source or "",
                self._zones,
                format=receipt.format,
                media_type=options["media_type"],
            )
            self._accept(number, reading, options["replaces"])
        except RefusedDocumentError as refusal:
            self._refuse(number, receipt, refusal.findings)
        except ConflictError as conflict:
            replaced = options["replaces"] or ""
            finding = Finding(Severity.ERROR, "ledger/conflict", "", replaced, str(conflict))
            self._refuse(number, receipt, (finding,))

    def _accept(self, number: int, reading: Reading, replaces: str | None) -> None:
        with recording(self._database, self._follow) as tx:
            if not _is_pending(tx, number):  # another process was quicker
                return
            names = load_names(tx)
            ledger.detach(tx, number)
            if replaces is not None:
                self._correct(tx, names, replaces, number)
            self._write(tx, names, number, reading)
            save_names(tx, names)

    def _refuse(self, number: int, receipt: Receipt, findings: tuple[Finding, ...]) -> None:
        with self._database.writing() as tx:
            if _is_pending(tx, number):
                verdict = Verdict(Status.REFUSED, receipt.format, findings=findings)
                ledger.close_receipt(tx, number, verdict)
                arrival = Arrival(
                    receipt.source or "",
                    receipt.sha256,
                    receipt.received,
                    receipt.format,
                    receipt.bytes,
                )
                ledger.log_refusal(tx, arrival, findings, self._limits.max_refusals)

    # -- inside the transaction

    def _store(self, reading: Reading, arrival: Arrival, replaces: str | None) -> Pushed:
        with recording(self._database, self._follow) as tx:
            names = load_names(tx)
            number = ledger.find_live(tx, arrival.source, arrival.sha)
            created = number is None
            if number is None:
                former = ledger.find_retracted(tx, arrival.source, arrival.sha)
                number = ledger.open_receipt(tx, arrival, Status.PENDING)
                if replaces is not None:
                    self._correct(tx, names, replaces, number)
                elif former is not None:
                    ledger.link_correction(tx, former, number)
                self._write(tx, names, number, reading)
            elif replaces is not None:
                self._correct_by_known(tx, names, replaces, number)
            save_names(tx, names)
            return Pushed(ledger.receipt(tx, str(number)), created)

    def _correct(self, tx: Transaction, names: Names, replaces: str, number: int) -> None:
        """Take back the document that this one stands in place of."""
        old = _retractable(tx, replaces)
        if old.id == str(number):
            raise ConflictError(f"receipt {old.id} holds these very bytes: nothing to correct")
        self._retract(tx, names, old)
        ledger.link_correction(tx, int(old.id), number)

    def _correct_by_known(self, tx: Transaction, names: Names, replaces: str, number: int) -> None:
        """The same by a document that is in the ledger already."""
        if _is_pending(tx, number):
            raise ConflictError(f"receipt {number} holds these bytes and waits for its verdict")
        self._correct(tx, names, replaces, number)

    def _write(self, tx: Transaction, names: Names, number: int, reading: Reading) -> None:
        """Write the parts that are not known, and the verdict."""
        pieces: list[tuple[int | None, bytes]] = []
        outcomes: list[Outcome] = []
        declared: set[tuple[str, str]] = set()
        end = 0
        told = zip(reading.parts, reading.digests, reading.records, strict=True)
        for part, digest, records in told:
            names.adopt(part.document.prefixes)
            declared.update(part.document.prefixes)
            with collector_at_rest():
                stored, written = self._write_part(
                    tx, names, reading, _Piece(part, digest, records)
                )
            outcomes.extend(written)
            pieces.append((stored, reading.data[end : part.start]))
            end = part.end
        ledger.declare_prefixes(tx, number, declared)
        ledger.attach(tx, number, [*pieces, (None, reading.data[end:])])
        new, known = _counts(reading, outcomes)
        found = [finding for outcome in outcomes for finding in outcome.findings]
        verdict = Verdict(Status.ACCEPTED, reading.format, new, known, [*reading.findings, *found])
        ledger.close_receipt(tx, number, verdict)

    def _write_part(
        self, tx: Transaction, names: Names, reading: Reading, piece: _Piece
    ) -> tuple[int, list[Outcome]]:
        """Write a part that is not in force; returns its number."""
        part, digest, records = piece
        stored = ledger.find_part(tx, reading.namespace, digest)
        resolve = resolver(part.document, reading.namespace, digest)
        subject = None if part.subject is None else resolve(part.subject, None)
        if stored is None:
            raw = reading.data[part.start : part.end]
            number = ledger.add_part(tx, reading.namespace, digest, reading.format, subject, raw)
        elif stored.active or self._is_outdated(tx, stored):
            return stored.id, []
        else:
            number = stored.id
        if subject is not None:
            self._supersede(tx, names, reading.namespace, subject)
        content = Content(part.document, records, self._zones, reading.namespace, resolve)
        outcome = write_part(tx, names, number, content)
        ledger.set_active(tx, number, active=True)
        return number, [outcome]

    def _is_outdated(self, tx: Transaction, stored: StoredPart) -> bool:
        """Whether a later telling of the same activity stands in place of this one."""
        if stored.subject is None:
            return False
        active = ledger.active_parts_about(tx, stored.namespace, stored.subject)
        return any(number > stored.id for number in active)

    def _supersede(self, tx: Transaction, names: Names, namespace: str, subject: str) -> None:
        for number in ledger.active_parts_about(tx, namespace, subject):
            retract_part(tx, names, number, self._zones)
            ledger.set_active(tx, number, active=False)

    def _retract(self, tx: Transaction, names: Names, receipt: Receipt) -> None:
        number = int(receipt.id)
        ledger.set_status(tx, number, Status.RETRACTED)
        ledger.forget_prefixes(tx, number)
        for part in ledger.parts_only_of(tx, number):
            retract_part(tx, names, part.id, self._zones)
            ledger.set_active(tx, part.id, active=False)
            if part.subject is not None:
                self._restore(tx, names, part.namespace, part.subject)

    def _restore(self, tx: Transaction, names: Names, namespace: str, subject: str) -> None:
        """Put the telling of an activity in force that a retracted one had stood in place of."""
        former = ledger.latest_held_part(tx, namespace, subject)
        if former is None or former.active:
            return
        data = ledger.part_raw(tx, former.id)
        for part in read_document(data, format=former.format).parts:
            records = records_told(part.document, Findings())
            add_ivoa_statements(part.document)
            resolve = resolver(part.document, namespace, checksum(data))
            content = Content(part.document, records, self._zones, namespace, resolve)
            write_part(tx, names, former.id, content)
        ledger.set_active(tx, former.id, active=True)


def _counts(reading: Reading, outcomes: Sequence[Outcome]) -> tuple[Counts, Counts]:
    """What a document brought and what was known of it, each element and relation once."""
    if len(reading.parts) == 1 and outcomes:
        return outcomes[0].new, outcomes[0].known
    told = reading.told()
    new = Counts(
        sum(outcome.new.elements for outcome in outcomes),
        sum(outcome.new.relations for outcome in outcomes),
    )
    return new, Counts(told.elements - new.elements, told.relations - new.relations)


def _arrive(data: bytes, source: str | None) -> Arrival:
    now = format_utc(datetime.now(UTC))
    return Arrival(source or "", checksum(data), now, "", len(data))


def _is_pending(tx: Transaction, number: int) -> bool:
    return ledger.receipt(tx, str(number)).status is Status.PENDING


def _retractable(tx: Transaction, receipt_id: str) -> Receipt:
    receipt = ledger.receipt(tx, receipt_id)
    if receipt.status is not Status.ACCEPTED:
        raise ConflictError(f"receipt {receipt.id} is {receipt.status}, not accepted")
    return receipt
