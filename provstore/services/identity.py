"""How the identifiers of a document become those that are stored."""

import hashlib
from collections.abc import Callable

from provstore.model.document import Document
from provstore.model.identifiers import BLANK, LOCAL, RELATION_KEY, global_iri

Resolver = Callable[[str, str | None], str]
"""From an id of the document, and the bundle that it stands in, to the stored IRI."""


def checksum(data: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def resolver(document: Document, namespace: str, digest: str) -> Resolver:
    """The identifiers of one part.

    Parameters
    ----------
    document
        What the part says.
    namespace
        The source, or the checksum that stands for it: qualifies local ids, so that ``run1`` of two
        hosts never becomes one activity by accident.
    digest
        Checksum of the part: a blank name means something in this part (and bundle) alone.
    """
    known: dict[str, str] = {}

    def resolve(iri: str, bundle: str | None) -> str:
        if iri.startswith("_:"):
            return f"{BLANK}{digest}:{bundle or ''}{iri[1:]}"
        found = known.get(iri)
        if found is None:
            found = known[iri] = global_iri(iri, namespace)
        return found

    known.update(_relation_keys(document, resolve))
    return resolve


def _relation_keys(document: Document, resolve: Resolver) -> dict[str, str]:
    """The keys of anonymous relations that other statements refer to, before and after."""
    referred = {
        end
        for relation in document.relations
        for end in relation.ends[2:]
        if end is not None and end.startswith(RELATION_KEY)
    }
    if not referred:
        return {}
    keys = {}
    for relation in document.relations:
        if relation.iri is None and relation.key in referred:
            ends = tuple(
                None if end is None else resolve(end, relation.bundle) for end in relation.ends
            )
            keys[relation.key] = relation._replace(ends=ends).key
    return keys


def local_ids(document: Document, resolve: Resolver) -> list[str]:
    """The ids of a document that are local to its source, as written."""
    told = (iri for iri in document.told() if not iri.startswith("_:"))
    return [iri for iri in told if resolve(iri, None).startswith(LOCAL)]
