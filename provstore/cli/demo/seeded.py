"""Identifiers and numbers that look random and follow from a seed and a name alone."""

import hashlib
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Seeded:
    """A source of made-up facts; each depends on its own name, not on what was asked before."""

    seed: int

    def uuid(self, what: str) -> str:
        """The UUID of ``what``, in the form of version 4 as ctapipe gives to files and runs."""
        return str(UUID(bytes=self._digest(what)[:16], version=4))

    def between(self, what: str, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int.from_bytes(self._digest(what)[16:24]) % (high - low + 1)

    def _digest(self, what: str) -> bytes:
        return hashlib.sha256(f"{self.seed} {what}".encode()).digest()
