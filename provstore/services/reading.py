"""From bytes to a reading: the parts of a document, and what was noticed and assumed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Final

from provstore.errors import Finding, Severity
from provstore.importers.base import Findings, Part
from provstore.importers.obscore.importer import read_obscore
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.ledger import Counts
from provstore.model.literals import value_text
from provstore.model.obscore import ObsCoreRecord
from provstore.model.times import parse_time
from provstore.model.vocabulary import PROV_END_TIME, PROV_START_TIME, PROV_TYPE, Kind
from provstore.services.identity import checksum, local_ids, resolver
from provstore.services.ivoa_mapping import add_ivoa_statements
from provstore.services.quality import noticed
from provstore.services.records import records_told

OBSCORE_FORMAT: Final = "obscore"
_TIME_NAMES: Final = frozenset({PROV_START_TIME, PROV_END_TIME})


@dataclass(slots=True)
class Reading:
    """A document as it was read, ready to be written."""

    data: bytes
    format: str
    parts: Sequence[Part]
    findings: list[Finding]
    namespace: str
    """What qualifies its local ids: the source, or the checksum of its first part."""
    digests: Sequence[str]
    """Checksum of each part."""
    records: Sequence[Sequence[ObsCoreRecord]]
    """The ObsCore records that each part tells."""

    def told(self) -> Counts:
        """How much it tells, each element and relation once."""
        documents = [part.document for part in self.parts]
        elements = {iri for document in documents for iri in document.told()}
        relations = {r.identity for document in documents for r in document.relations}
        return Counts(len(elements), len(relations))


def read(
    data: bytes,
    source: str,
    zones: Mapping[str, tzinfo],
    *,
    format: str | None = None,  # noqa: A002  the users' word
    media_type: str | None = None,
) -> Reading:
    """Read a provenance document.

    Raises
    ------
    RefusedDocumentError, UnknownFormatError
        As their names say.
    """
    parsed = read_document(data, format=format, media_type=media_type)
    reading = _reading(data, parsed.format, parsed.parts, source)
    reading.findings.extend(parsed.findings)
    _note_assumptions(reading, source, zones)
    reading.findings.extend(noticed(reading.parts))  # of what is told, not of what we add
    told = Findings()
    reading.records = [records_told(part.document, told) for part in reading.parts]
    reading.findings.extend(told.closed())
    for part in reading.parts:
        add_ivoa_statements(part.document)
    return reading


def read_records(data: bytes, source: str, name: str) -> Reading:
    """Read a table of ObsCore records; each is the entity that its publisher's id names.

    Raises
    ------
    RefusedDocumentError
        A record breaks a rule of ObsCore.
    """
    findings = Findings()
    records = read_obscore(data, findings, name=name)
    findings.refuse_if_any()
    part = Part(_obscore_document(records), 0, len(data))
    reading = _reading(data, OBSCORE_FORMAT, [part], source)
    reading.findings.extend(findings.closed())
    reading.records = [records]
    return reading


def _obscore_document(records: Iterable[ObsCoreRecord]) -> Document:
    document = Document()
    is_dataset = ((PROV_TYPE, Iri(VOPROV + "DatasetEntity")),)
    for record in records:
        document.add_element(Kind.ENTITY, record.obs_publisher_did, is_dataset)
    return document


def _reading(data: bytes, form: str, parts: Sequence[Part], source: str) -> Reading:
    digests = [checksum(data[part.start : part.end]) for part in parts]
    # a log is named after its first part, so that it keeps its ids when it grows
    namespace = source or (digests[0] if digests else checksum(data))
    return Reading(data, form, parts, [], namespace, digests, [() for _ in parts])


def _note_assumptions(reading: Reading, source: str, zones: Mapping[str, tzinfo]) -> None:
    if not source:
        reading.findings.extend(_unqualified(reading))
    zone = zones.get(source, UTC)
    texts = [text for part in reading.parts for text in _times(part.document)]
    instants = [instant for text in texts if (instant := parse_time(text, zone)) is not None]
    assumed = sum(1 for instant in instants if instant.zone_assumed)
    if assumed:
        message = f"{assumed} of {len(texts)} times say no zone; {zone} was assumed"
        reading.findings.append(Finding(Severity.INFO, "time/zone-assumed", "", "", message))


def _unqualified(reading: Reading) -> Iterable[Finding]:
    local = []
    for part in reading.parts:
        resolve = resolver(part.document, reading.namespace, "")
        local.extend(local_ids(part.document, resolve))
    if local:
        message = (
            f"{len(local)} ids are local and no source was named: they are qualified by the "
            "document's checksum and meet those of no other document"
        )
        yield Finding(Severity.WARNING, "identity/no-source", "", local[0][:200], message)


def _times(document: Document) -> Iterable[str]:
    for attributes in document.elements.values():
        for name, value in attributes:
            if name in _TIME_NAMES:
                yield value_text(value)
    for relation in document.relations:
        if relation.time is not None:
            yield relation.time
