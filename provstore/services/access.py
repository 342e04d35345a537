"""Who may do what. One place decides, so that rules on reading can be added here."""

from collections.abc import Sequence
from datetime import UTC, datetime

from provstore.errors import BadParameterError, ForbiddenError, UnauthenticatedError
from provstore.model.access import ANONYMOUS, LOOPBACK, Caller, Role, TokenInfo
from provstore.model.ledger import Receipt, check_source
from provstore.model.times import format_utc
from provstore.stores.catalogue import tokens
from provstore.stores.catalogue.database import Database


class Access:
    """Tokens and roles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def caller(self, token: str | None, *, loopback: bool) -> Caller:
        """Who asks.

        Parameters
        ----------
        token
            The secret that came with the request, or None.
        loopback
            Whether the request comes from the server's own host, by all that it says. While no
            token exists such a caller is an administrator.

        Raises
        ------
        UnauthenticatedError
            The token is unknown or revoked.
        """
        with self._database.reading() as tx:
            if token is not None:
                found = tokens.find(tx, token)
                if found is None:
                    raise UnauthenticatedError("the token is not known, or it was revoked")
                return found
            return LOOPBACK if loopback and not tokens.any_exist(tx) else ANONYMOUS

    def require(self, caller: Caller, role: Role) -> None:
        """Let the caller pass if it has the role.

        Raises
        ------
        UnauthenticatedError
            It has shown no token.
        ForbiddenError
            Its token is for less.
        """
        if caller.role.allows(role):
            return
        if caller is ANONYMOUS:
            raise UnauthenticatedError(f"this needs a token with the role {role.value}")
        raise ForbiddenError(f"the token of {caller.name!r} is for {caller.role.value} only")

    def source_for(self, caller: Caller, asked: str | None) -> str | None:
        """The source under which the caller pushes.

        Raises
        ------
        ForbiddenError
            The token is bound to another source.
        """
        if caller.source is None:
            return asked
        if asked not in {None, caller.source}:
            raise ForbiddenError(f"the token is bound to the source {caller.source!r}")
        return caller.source

    def may_read_raw(self, caller: Caller, receipt: Receipt) -> bool:
        """Whether the caller may have a document as it came: it may hold personal data."""
        if caller.role.allows(Role.CURATOR):
            return True
        return caller.source is not None and caller.source == receipt.source

    def create(self, name: str, role: Role, source: str | None) -> str:
        """Make a token; the secret is shown here and never again.

        Raises
        ------
        BadParameterError
            The name is empty, or no push could be made under the source.
        """
        check_source(source)
        if not name.strip():
            raise BadParameterError("name", name, "a name by which the token is known in the list")
        with self._database.writing() as tx:
            return tokens.create(tx, name, role, source, format_utc(datetime.now(UTC)))

    def tokens(self) -> Sequence[TokenInfo]:
        """All tokens, without their secrets."""
        with self._database.reading() as tx:
            return tokens.listed(tx)

    def revoke(self, token_id: int) -> None:
        """Make a token useless.

        Raises
        ------
        BadParameterError
            There is no such token.
        """
        with self._database.writing() as tx:
            if not tokens.revoke(tx, token_id):
                raise BadParameterError("token", str(token_id), "a number of `token list`")
