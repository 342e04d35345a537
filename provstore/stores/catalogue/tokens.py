"""Tokens: only a hash of each is kept."""

import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import exists, select, update

from provstore.model.access import Caller, Role, TokenInfo
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import insert_rows, take_ids
from provstore.stores.catalogue.tables import token


def create(tx: Transaction, name: str, role: Role, source: str | None, created: str) -> str:
    """A new token; the secret is returned here and nowhere else."""
    secret = "prov_" + secrets.token_urlsafe(32)
    number = take_ids(tx, token, 1)
    insert_rows(tx, token, [(number, name, _hash(secret), role.value, source, created, False)])
    return secret


def _hash(secret: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def find(tx: Transaction, secret: str) -> Caller | None:
    """Whom a secret stands for; None if it is unknown or revoked."""
    row = tx.execute(
        select(token).where(token.c.hash == _hash(secret), ~token.c.revoked)
    ).one_or_none()
    return None if row is None else Caller(row.name, Role(row.role), row.source)


def any_exist(tx: Transaction) -> bool:
    """Whether a token was ever made: from then on nobody writes without one."""
    return bool(tx.execute(select(exists(select(token.c.id)))).scalar())


def listed(tx: Transaction) -> Sequence[TokenInfo]:
    """All tokens in order of making."""
    rows = tx.execute(select(token).order_by(token.c.id))
    return [
        TokenInfo(r.id, r.name, Role(r.role), r.source, r.created, bool(r.revoked)) for r in rows
    ]


def revoke(tx: Transaction, number: int) -> bool:
    """Make a token useless; False if there is none of this number."""
    done = tx.execute(update(token).where(token.c.id == number).values(revoked=True))
    return done.rowcount == 1
