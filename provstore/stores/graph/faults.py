"""What may be wrong with Neo4j, in words of our own: the driver's reach nobody.

Codes of errors are those of the Neo4j Status Codes; what a full disk and a frozen server give was
measured on 5.26.
"""

from enum import StrEnum
from typing import Final

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    Forbidden,
    Neo4jError,
    TransientError,
    UnsupportedServerProduct,
)

LEAST_VERSION: Final = (5, 26)
"""Of Neo4j: what the statements need (dynamic relationship types)."""


class Fault(StrEnum):
    """One kind of trouble; the value is stable."""

    UNREACHABLE = "unreachable"
    HANGING = "hanging"
    REFUSED = "refused"
    FORBIDDEN = "forbidden"
    VERSION = "version"
    SETTINGS = "settings"
    STORAGE = "storage"
    READ_ONLY = "read-only"
    MEMORY = "memory"
    SLOW = "slow"
    BUSY = "busy"
    CONFLICT = "conflict"
    STATEMENT = "statement"
    UNKNOWN = "unknown"
    CLOSED = "closed"

    @property
    def finding(self) -> str:
        """One sentence for an administrator."""
        return _FINDINGS[self]

    @property
    def is_lasting(self) -> bool:
        """Whether the next call would meet it too, so that none is made until a probe succeeds."""
        return self in _LASTING


_LEAST: Final = ".".join(map(str, LEAST_VERSION))
_FINDINGS: Final = {
    Fault.UNREACHABLE: "Neo4j cannot be reached at the address of GRAPH_URL",
    Fault.HANGING: "Neo4j does not answer: its process hangs, or the network to it",
    Fault.REFUSED: "Neo4j does not let in GRAPH_USER with GRAPH_PASSWORD",
    Fault.FORBIDDEN: "Neo4j does not let GRAPH_USER do what is needed",
    Fault.VERSION: f"what answers at GRAPH_URL is no Neo4j of version {_LEAST} or newer",
    Fault.SETTINGS: "the connection to Neo4j cannot be made as GRAPH_URL says it",
    Fault.STORAGE: "Neo4j cannot write to its disk: free space and restart it; its log says more",
    Fault.READ_ONLY: "Neo4j takes nothing in: it is set to be read only",
    Fault.MEMORY: "Neo4j has too little memory for a statement (db.memory.transaction)",
    Fault.SLOW: "Neo4j took longer for a statement than GRAPH_TIMEOUT_S",
    Fault.BUSY: "Neo4j asks to try again later",
    Fault.CONFLICT: "a write contradicts what stands in Neo4j",
    Fault.STATEMENT: "Neo4j refused a statement; its log says more",
    Fault.UNKNOWN: "Neo4j has not answered yet",
    Fault.CLOSED: "the connection to Neo4j is closed",
}
_LASTING: Final = frozenset(
    {
        Fault.UNREACHABLE,
        Fault.HANGING,
        Fault.REFUSED,
        Fault.VERSION,
        Fault.SETTINGS,
        Fault.STORAGE,
    }
)
_TIMED_OUT: Final = "Neo.ClientError.Transaction.TransactionTimedOut"
_CODES: Final = {
    Fault.REFUSED: ("Neo.ClientError.Security.CredentialsExpired",),
    Fault.SLOW: ("Neo.ClientError.Transaction.Terminated",),
    Fault.MEMORY: (
        "Neo.TransientError.General.MemoryPoolOutOfMemoryError",
        "Neo.TransientError.General.OutOfMemoryError",
        "Neo.TransientError.General.StackOverFlowError",
        "Neo.DatabaseError.General.OutOfMemoryError",
        "Neo.DatabaseError.General.StackOverFlowError",
    ),
    # After the first of these the database stands still until Neo4j is started again: each later
    # transaction gives the second.
    Fault.STORAGE: (
        "Neo.DatabaseError.Transaction.TransactionLogError",
        "Neo.DatabaseError.Transaction.TransactionStartFailed",
        "Neo.DatabaseError.Transaction.TransactionCommitFailed",
        "Neo.DatabaseError.General.StorageDamageDetected",
    ),
    Fault.READ_ONLY: (
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
    ),
    Fault.UNREACHABLE: (
        "Neo.ClientError.Database.DatabaseNotFound",
        "Neo.TransientError.Database.DatabaseUnavailable",
        "Neo.TransientError.General.DatabaseUnavailable",
    ),
}
_BY_CODE: Final = {code: fault for fault, codes in _CODES.items() for code in codes}


def fault_of(error: Exception) -> Fault:
    """What an error of the driver, or of the network beneath it, means."""
    if isinstance(error, UnsupportedServerProduct):
        return Fault.VERSION
    if isinstance(error, ConfigurationError):
        return Fault.SETTINGS
    if isinstance(error, Neo4jError):
        return _told_by_server(error)
    if isinstance(error, DriverError | OSError):
        return Fault.UNREACHABLE
    # a value that no parameter can be, e.g. an integer above 2^63-1
    return Fault.STATEMENT


def _told_by_server(error: Neo4jError) -> Fault:
    code = error.code or ""
    if code.startswith(_TIMED_OUT):
        return Fault.SLOW
    if code in _BY_CODE:
        return _BY_CODE[code]
    kinds: tuple[tuple[type[Neo4jError], Fault], ...] = (
        (ConstraintError, Fault.CONFLICT),
        (AuthError, Fault.REFUSED),
        (Forbidden, Fault.FORBIDDEN),
        (TransientError, Fault.BUSY),
        (ClientError, Fault.STATEMENT),
    )
    return next((fault for kind, fault in kinds if isinstance(error, kind)), Fault.STATEMENT)
