"""Names that are too long to be looked up by: the last thing that a document is refused for."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provstore.importers.base import Findings, Part
from provstore.model.document import Document, Telling, place_text
from provstore.model.identifiers import MOST_BYTES, MOST_BYTES_OF_A_MARK, fits

_RULE: Final = "identity/too-long"
_SURELY_FITS: Final = MOST_BYTES_OF_A_MARK // 4
"""Characters, of at most four bytes each."""


def note_long_names(parts: Sequence[Part], findings: Findings) -> None:
    """Note what no index takes, by its place: identifiers, blank names, prefixes, namespaces."""
    for part in parts:
        for name, where in _long(part.document):
            place = place_text(part.document.places.get(where, ""))
            most = MOST_BYTES_OF_A_MARK if name.startswith("_:") else MOST_BYTES
            _note(findings, place, name, "an identifier", most)
        for bundle in part.document.bundles:
            if not fits(bundle):
                _note(findings, "", bundle, "an identifier", MOST_BYTES)
        for prefix, namespace in _declared(part.document):
            if not fits(prefix, MOST_BYTES_OF_A_MARK):
                _note(findings, "", prefix, "a prefix", MOST_BYTES_OF_A_MARK)
            if not fits(namespace):
                _note(findings, "", namespace, f"the namespace of {prefix!r}", MOST_BYTES)


def _long(document: Document) -> Iterator[tuple[str, Telling | int]]:
    """The names of statements that are too long, with the key of the statement's place."""
    for telling in document.elements:
        if _is_long(telling.iri):
            yield telling.iri, telling
    for index, relation in enumerate(document.relations):
        for name in relation.ends:
            if name is not None and _is_long(name):
                yield name, index
        if relation.iri is not None and _is_long(relation.iri):
            yield relation.iri, index


def _is_long(name: str) -> bool:
    # most names are short whatever they are written with
    return len(name) > _SURELY_FITS and not fits(
        name, MOST_BYTES_OF_A_MARK if name.startswith("_:") else MOST_BYTES
    )


def _declared(document: Document) -> Iterable[tuple[str, str]]:
    yield from document.prefixes
    for prefixes in document.bundles.values():
        yield from prefixes


def _note(findings: Findings, place: str, name: str, what: str, most: int) -> None:
    length = len(name.encode())
    message = f"{what} of {length} bytes (UTF-8); at most {most} can be looked up by"
    findings.error(_RULE, place, name, message)
