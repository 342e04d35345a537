"""What the errors of Neo4j's driver mean.

Codes of errors are those of the Neo4j Status Codes; what a full disk and a frozen server give was
measured on 5.26.
"""

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

from provstore.stores.graph.faults import Fault

_TIMED_OUT: Final = "Neo.ClientError.Transaction.TransactionTimedOut"
_CODES: Final = {
    Fault.REFUSED: ("Neo.ClientError.Security.CredentialsExpired",),
    Fault.SLOW: ("Neo.ClientError.Transaction.Terminated",),
    Fault.CONFLICT: ("Neo.DatabaseError.Schema.ConstraintCreationFailed",),
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
