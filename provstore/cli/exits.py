"""What a command's exit status says."""

from enum import IntEnum
from typing import Final

from provstore.errors import (
    AmbiguousIdentifierError,
    BadParameterError,
    ConflictError,
    ProvstoreError,
    RefusedDocumentError,
    TooLargeError,
    UnknownFormatError,
    UnknownIdentifierError,
    UnknownReceiptError,
)


class Exit(IntEnum):
    """The statuses of all commands."""

    OK = 0
    NOTHING_FOUND = 1
    """Also: `doctor` found a difference."""
    USAGE = 2
    """A file that is not there, a value that is not allowed."""
    SERVER = 3
    """The server, the network or the catalogue failed."""
    REFUSED = 4
    """A document that cannot be stored truthfully."""


_BY_ERROR: Final[tuple[tuple[type[ProvstoreError], Exit], ...]] = (
    (RefusedDocumentError, Exit.REFUSED),
    (TooLargeError, Exit.REFUSED),
    (UnknownFormatError, Exit.REFUSED),
    (UnknownIdentifierError, Exit.NOTHING_FOUND),
    (UnknownReceiptError, Exit.NOTHING_FOUND),
    (BadParameterError, Exit.USAGE),
    (AmbiguousIdentifierError, Exit.USAGE),
    (ConflictError, Exit.USAGE),
)


def exit_of(error: BaseException | None) -> Exit:
    """The status that an error ends a command with; `Exit.SERVER` for all that is not listed."""
    for kind, status in _BY_ERROR:
        if isinstance(error, kind):
            return status
    return Exit.SERVER
