"""What is known of pushed documents: receipts and their state."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provstore.errors import BadParameterError, Finding

_SOURCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,99}\Z")


def check_source(name: str | None) -> None:
    """Let the name of a source pass; it stands in identifiers as it is. None is no source.

    Raises
    ------
    BadParameterError
        It cannot stand in an identifier.
    """
    if name is not None and not _SOURCE.match(name):
        allowed = "letters, digits, '.', '_', '@' and '-', at most 100, no mark first"
        raise BadParameterError("source", name, allowed)


class Status(StrEnum):
    """State of a receipt."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    RETRACTED = "retracted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a document told."""

    elements: int = 0
    relations: int = 0


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a push: what landed."""

    id: str
    sha256: str
    """Of the bytes after content encoding was undone, hexadecimal."""
    bytes: int
    format: str
    source: str | None
    received: str
    """UTC, ``YYYY-MM-DDThh:mm:ss.ffffffZ``."""
    status: Status
    replaces: str | None
    replaced_by: str | None
    new: Counts
    """Not known before this document."""
    known: Counts
    """Told before by another document."""
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Pushed:
    """The outcome of a push."""

    receipt: Receipt
    created: bool
    """False where the same bytes of the same source were known."""


@dataclass(frozen=True, slots=True)
class ReceiptPage:
    """A page of the ledger, newest first."""

    items: Sequence[Receipt]
    total: int
    next: str | None
    """Opaque cursor of the next page, or None."""
