"""What every importer is: it recognises its format by content and reads bytes into documents."""

import json
from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from provstore.errors import Finding, RefusedDocumentError, Severity
from provstore.model.document import Document, Place, place_text
from provstore.model.times import is_time

MAX_FINDINGS: Final = 1000
"""Findings kept of one document; the rest is counted in a last one."""
_SHOWN_VALUE: Final = 200


class Part(NamedTuple):
    """A self-contained part of what was pushed.

    A PROV document is one part. A log that only grows has one part per activity, so that the grown
    log stores just its new parts. ``start`` and ``end`` are offsets into the bytes; what lies
    between parts (brackets, commas, white space) belongs to none.
    """

    document: Document
    start: int
    end: int
    subject: str | None = None
    """IRI of the activity whose state this part tells: a later telling of it by the same source
    stands in place of this one. None for PROV documents, which never replace one another."""


class Findings:
    """Collects what was noticed; `refuse_if_any` ends the reading when an error is among it."""

    def __init__(self) -> None:
        self.items: list[Finding] = []
        self._dropped = 0
        self._refused = False
        self._noted: set[str] = set()

    def add(self, severity: Severity, rule: str, place: str, value: object, message: str) -> None:
        """Keep one finding, with the start of the offending value."""
        self._refused = self._refused or severity is Severity.ERROR
        if len(self.items) >= MAX_FINDINGS:
            self._dropped += 1
            return
        shown = str(value).encode(errors="replace").decode()
        text = shown if len(shown) <= _SHOWN_VALUE else shown[:_SHOWN_VALUE] + "…"
        self.items.append(Finding(severity, rule, place, text, message))

    def error(self, rule: str, place: str, value: object, message: str) -> None:
        """Note what refuses the document."""
        self.add(Severity.ERROR, rule, place, value, message)

    def warning(self, rule: str, place: str, value: object, message: str) -> None:
        """Note what is stored although it is probably wrong."""
        self.add(Severity.WARNING, rule, place, value, message)

    def info(self, rule: str, place: str, value: object, message: str) -> None:
        """Note what was assumed."""
        self.add(Severity.INFO, rule, place, value, message)

    def info_once(self, rule: str, place: str, value: object, message: str) -> None:
        """Note what was assumed, at the first place only: it holds for the whole document."""
        if self._is_new(rule):
            self.info(rule, place, value, message)

    def warning_once(self, rule: str, place: str, value: object, message: str) -> None:
        """Note what is probably wrong all over the document, at the first place only."""
        if self._is_new(rule):
            self.warning(rule, place, value, message)

    def _is_new(self, rule: str) -> bool:
        is_new = rule not in self._noted
        self._noted.add(rule)
        return is_new

    def check_time(self, text: str, place: Place) -> None:
        """Note a time that cannot be read."""
        if not is_time(text):
            message = "this is no ISO 8601 time; it is kept as text"
            self.warning("prov/bad-time", place_text(place), text, message)

    def closed(self) -> list[Finding]:
        """All findings, with a last one that counts those beyond `MAX_FINDINGS`."""
        if not self._dropped:
            return self.items
        severity = Severity.ERROR if self._refused else Severity.INFO
        message = f"{self._dropped} more findings are not listed"
        return [*self.items, Finding(severity, "findings/more", "", str(self._dropped), message)]

    def refuse_if_any(self) -> None:
        """End the reading if the document cannot be stored truthfully.

        Raises
        ------
        RefusedDocumentError
            An error is among the findings; it carries all of them.
        """
        if self._refused:
            raise RefusedDocumentError(self.closed())


class Importer(Protocol):
    """One format."""

    name: str
    """As in receipts and ``--format``, e.g. ``prov-json``."""
    media_types: Sequence[str]
    """Types a client may declare; a hint, content decides."""

    def sniff(self, head: bytes) -> bool:
        """Whether these first bytes (64 kB or all) look like this format."""

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read all parts, in order; never fetch, evaluate or guess.

        Errors are added to ``findings`` as far as reading can go on, so that a person sees all of
        them at once; the registry refuses the document if there are any.
        """


@dataclass(frozen=True, slots=True)
class Parsed:
    """What an importer made of the bytes."""

    format: str
    parts: list[Part]
    findings: list[Finding]


def sniffed_text(head: bytes) -> str:
    """The first bytes as text, in whatever encoding of Unicode they are, white space cut off.

    For recognising a format only: a document in UTF-16 is recognised, so that its reader can say
    what is wrong with it.
    """
    return head.decode(json.detect_encoding(head), errors="replace").lstrip(" \t\r\n")


def decode_text(data: bytes, findings: Findings) -> str | None:
    """The text of a document in UTF-8; None, with a finding, where it is in no UTF-8.

    A byte order mark is passed over with a finding (RFC 8259, section 8.1, lets readers do so).
    """
    if data.startswith(BOM_UTF8):
        findings.info("text/byte-order-mark", "1:1", "EF BB BF", "the byte order mark is ignored")
        data = data.removeprefix(BOM_UTF8)
    encoding = json.detect_encoding(data)
    if not encoding.startswith("utf-8"):
        message = f"the text is {encoding.upper()}; it must be UTF-8"
        findings.error("text/encoding", "1:1", data[:4].hex(" "), message)
        return None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        value = data[error.start : error.end].hex(" ")
        findings.error("text/encoding", f"{line}:{column}", value, "the bytes are not UTF-8")
        return None
