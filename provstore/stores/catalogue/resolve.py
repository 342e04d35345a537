"""Finds the elements that a name of a user means."""

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from sqlalchemy import select

from provstore.errors import AmbiguousIdentifierError
from provstore.model.identifiers import (
    OWN_PREFIXES,
    WELL_KNOWN,
    doi,
    ivoid,
    local_name,
    product_id,
)
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import WEAK, AliasKind, normal_url
from provstore.stores.catalogue.names import among
from provstore.stores.catalogue.tables import alias, element, prefix

_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
"""What is in no stored name, and what a driver takes in no question."""
MOST_ROOTS: Final = 100
"""Elements that one weak name may start a walk from."""
_WORDS: Final = {
    AliasKind.WRITTEN: "written id",
    AliasKind.URL: "access URL",
    AliasKind.PATH: "path",
    AliasKind.NAME: "file name",
    AliasKind.OBS_ID: "obs_id",
}


class Found(NamedTuple):
    """The elements that a name means."""

    elements: Sequence[int]
    note: str | None = None
    """Why there are several."""


def find(tx: Transaction, name: str, weak: Sequence[AliasKind] = WEAK) -> Found:
    """The elements under a name: its IRI, a strong name, else the first weak kind that hits.

    Weak kinds are tried in this order: the id as written, qualified name, access URL, path, base
    name, obs_id. Nothing found is an empty answer.

    Parameters
    ----------
    tx, name
        Where to look, and for what.
    weak
        The weak kinds that are tried; a qualified name is with access URLs.

    Raises
    ------
    AmbiguousIdentifierError
        A weak name fits more than `MOST_ROOTS` elements.
    """
    if _UNSTORABLE.search(name):
        return Found(())
    exact = _by_iri(tx, [name])
    if exact:
        return Found(exact)
    strong = _strong(tx, name)
    if strong:
        return Found(strong)
    for kind in weak:
        if kind is AliasKind.URL:
            qualified = _qualified(tx, name)
            if qualified:
                return _checked(name, "qualified name", qualified)
        hits = _weak(tx, kind, name)
        if hits:
            return _checked(name, _WORDS[kind], hits)
    return Found(())


def _by_iri(tx: Transaction, iris: Sequence[str]) -> list[int]:
    rows = tx.execute(
        select(element.c.id).where(among(element.c.iri, "iris")).order_by(element.c.id),
        {"iris": iris},
    )
    return list(rows.scalars())


def _strong(tx: Transaction, name: str) -> list[int]:
    names = [found for found in (ivoid(name), product_id(name), doi(name)) if found is not None]
    hits: dict[int, None] = {}
    for strong in names:
        # those that share it are tied: the lowest of them stands for their node
        hits.update(dict.fromkeys(_weak(tx, AliasKind[strong.kind.upper()], strong.value)[:1]))
    # a UUID names what has it as its IRI, activities too
    if not hits and names and names[-1].kind == "product_id":
        return _by_iri(tx, ["urn:uuid:" + names[-1].value])
    return sorted(hits)


def _weak(tx: Transaction, kind: AliasKind, name: str) -> list[int]:
    value = normal_url(name) if kind is AliasKind.URL else name
    rows = tx.execute(
        select(alias.c.element)
        .where(alias.c.value == value, alias.c.kind == kind)
        .order_by(alias.c.element)
        .distinct()
        .limit(MOST_ROOTS + 1)
    )
    return list(rows.scalars())


def _qualified(tx: Transaction, name: str) -> list[int]:
    """Under every namespace that any document declared for the prefix."""
    start, colon, local = name.partition(":")
    if not colon:
        return []
    namespaces = set(
        tx.execute(select(prefix.c.iri).where(prefix.c.prefix == start).distinct()).scalars()
    )
    namespaces.update(known[start] for known in (WELL_KNOWN, OWN_PREFIXES) if start in known)
    iris = sorted(namespace + local for namespace in namespaces)
    hits = _by_iri(tx, iris)
    for written in _local_names(iris):
        hits.extend(_weak(tx, AliasKind.WRITTEN, written))
    return sorted(set(hits))


def _local_names(iris: Iterable[str]) -> Iterable[str]:
    return filter(None, map(local_name, iris))


def _checked(name: str, kind: str, hits: Sequence[int]) -> Found:
    if len(hits) > MOST_ROOTS:
        raise AmbiguousIdentifierError(name, len(hits), MOST_ROOTS)
    if len(hits) == 1:
        return Found(hits)
    return Found(hits, f"{name!r} is a {kind} of {len(hits)} elements; all of them are roots")
