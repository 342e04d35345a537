"""Every deliberate failure of provstore, with a stable code.

ProvstoreError
├── RefusedDocumentError     the document cannot be stored truthfully; carries every finding
├── UnknownFormatError       no importer recognises the bytes
├── TooLargeError            over a limit on bytes
├── BadParameterError        a value that is not allowed; names the parameter, the value, the choice
├── UnknownIdentifierError   no element has any of the names asked for
├── AmbiguousIdentifierError a weak name that fits more elements than a walk may start from
├── UnknownReceiptError      no such receipt
├── ConflictError            the receipt, or the graph, is not in a state that allows it
├── UnauthenticatedError     a token is needed, or the one sent is not known
├── ForbiddenError           the caller is known and may not
├── BusyError                the writer did not become free in time (retryable)
├── UnavailableError         a database cannot be reached (retryable)
│   └── GraphUnavailableError  the graph gives no answer, or takes nothing in; says why
├── NotInstalledError        something optional that is needed here is not installed
├── ServerError              a server that was asked said no, or something that is not its protocol
└── StaleSchemaError         the catalogue was written by another version

This module knows no HTTP and no driver: ``api/errors.py`` is the one table from code to status.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Severity(StrEnum):
    """How much a finding weighs: an error refuses the document."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was noticed in a document."""

    severity: Severity
    rule: str
    """Stable name of the rule, e.g. ``prov-json/unknown-prefix``."""
    place: str
    """JSON pointer, ``line:column`` or record number, as the format has it; empty for the whole."""
    value: str
    """The offending value as text, shortened."""
    message: str
    """One sentence for a person."""

    def as_json(self) -> dict[str, str]:
        """The finding under the keys that receipts and problems carry."""
        return {
            "severity": self.severity.value,
            "rule": self.rule,
            "place": self.place,
            "value": self.value,
            "message": self.message,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Finding":
        """The finding that `as_json` told; raises ``KeyError`` or ``ValueError`` for another."""
        return cls(
            Severity(told["severity"]),
            str(told["rule"]),
            str(told["place"]),
            str(told["value"]),
            str(told["message"]),
        )


class ProvstoreError(Exception):
    """Base of all deliberate failures; ``str()`` is a sentence that may be shown to a user."""

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False


class RefusedDocumentError(ProvstoreError):
    """A document that cannot be stored truthfully, with every finding on it."""

    code = "document-refused"

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        first = f": {errors[0].message}" if errors else ""
        super().__init__(f"the document is refused, {len(errors)} error(s){first}")


class UnknownFormatError(ProvstoreError):
    """No importer recognises the bytes."""

    code = "unknown-format"


class TooLargeError(ProvstoreError):
    """More bytes than a setting allows."""

    code = "too-large"


class BadParameterError(ProvstoreError):
    """A parameter's value is not allowed."""

    code = "bad-parameter"

    def __init__(self, name: str, value: str, allowed: str) -> None:
        self.name, self.value, self.allowed = name, value, allowed
        super().__init__(f"{name}={value[:200]!r} is not allowed: {allowed}")


class UnknownIdentifierError(ProvstoreError):
    """No element has any of the names asked for."""

    code = "unknown-identifier"

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        super().__init__("nothing is known under " + ", ".join(repr(n[:200]) for n in names))


class AmbiguousIdentifierError(ProvstoreError):
    """A weak name that fits more elements than a walk may start from."""

    code = "ambiguous-identifier"

    def __init__(self, name: str, count: int, most: int) -> None:
        self.name = name
        super().__init__(
            f"{name[:200]!r} is a name of {count} elements; at most {most} can start a walk: "
            "ask with a full identifier"
        )


class UnknownReceiptError(ProvstoreError):
    """No such receipt."""

    code = "unknown-receipt"


class ConflictError(ProvstoreError):
    """The receipt, or the graph, is not in a state that allows what was asked."""

    code = "conflict"


class UnauthenticatedError(ProvstoreError):
    """A token is needed, or the one sent is not known."""

    code = "unauthenticated"


class ForbiddenError(ProvstoreError):
    """The caller is known and may not do this."""

    code = "forbidden"


class BusyError(ProvstoreError):
    """The writer did not become free in time; the same request may succeed later."""

    code = "busy"
    retryable = True


class UnavailableError(ProvstoreError):
    """A database cannot be reached; the same request may succeed later."""

    code = "unavailable"
    retryable = True


class GraphUnavailableError(UnavailableError):
    """The graph gives no answer, or takes nothing in; the catalogue answers in its place."""

    code = "graph-unavailable"

    def __init__(self, message: str, fault: str) -> None:
        self.fault = fault
        """What is wrong, a stable word (`provstore.stores.graph.faults.Fault`)."""
        super().__init__(message)


class NotInstalledError(ProvstoreError):
    """Something optional that is needed here, a library or a program, is not installed."""

    code = "not-installed"


class ServerError(ProvstoreError):
    """A server that was asked refused, failed, or does not speak the protocol (client side)."""

    code = "server"

    def __init__(self, message: str, status: int = 0) -> None:
        self.status = status
        super().__init__(message)


class StaleSchemaError(ProvstoreError):
    """The catalogue was written by another version of provstore."""

    code = "stale-schema"
