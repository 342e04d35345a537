"""What may be wrong with Neo4j, in words of our own: the driver's reach nobody.

Its driver need not be installed here: `provstore.stores.graph.driver_faults` knows its errors.
"""

from enum import StrEnum
from typing import Final

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
PASSING: Final = frozenset({Fault.BUSY, Fault.CONFLICT})
"""What says something of one statement, not of the server."""
