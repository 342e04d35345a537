"""Who may do what: roles, tokens, and the caller of a request."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a token allows; each role allows what the ones before it do."""

    READER = "reader"
    PUSHER = "pusher"
    """Push documents, under the source that the token is bound to."""
    CURATOR = "curator"
    """Retract and correct, read raw documents."""
    ADMIN = "admin"

    def allows(self, needed: "Role") -> bool:
        """Whether this role may do what ``needed`` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks."""

    name: str
    role: Role
    source: str | None = None
    """The only source under which the caller pushes; None leaves it free."""


ANONYMOUS = Caller("anonymous", Role.READER)
LOOPBACK = Caller("loopback", Role.ADMIN)
"""A client on the server's own host while no token exists."""


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as it is listed: never its secret."""

    id: int
    name: str
    role: Role
    source: str | None
    created: str
    revoked: bool
