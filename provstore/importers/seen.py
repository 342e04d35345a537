"""What bytes look like, in words: for the sender of something that no importer reads."""

import re
from typing import Final

from provstore.importers.base import sniffed_text
from provstore.importers.metadata.headers import looks_like_obscore
from provstore.importers.strict_xml import sniffed_root

_KEY: Final = re.compile(r'\A[\[{]\s*(?:\{\s*)?"([^"\\]{1,60})"\s*:')
_MAGIC: Final = (
    (b"SIMPLE  =", "a FITS file"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"%PDF-", "a PDF file"),
    (b"\x89PNG", "a PNG picture"),
    (b"PK\x03\x04", "a zip archive"),
    (b"\x1f\x8b", "gzip within gzip"),
)
_SCHEMA: Final = re.compile(r'(?:---\s+)?\{?\s*"?\$schema"?\s*:')
_CONTROL: Final = re.compile("[\x00-\x08\x0e-\x1f]")


def described(head: bytes) -> str:
    """What the first bytes of a document look like, e.g. ``XML with the root html``."""
    named = _named(head)
    if named is not None:
        return named
    text = sniffed_text(head)
    if not text:
        return "nothing"
    root = sniffed_root(text)
    if root is not None:
        return f"XML with the root {root[:60]}"
    if text.startswith(("{", "[")):
        key = _KEY.match(text)
        return "JSON" if key is None else f"JSON that begins with the key {key.group(1)!r}"
    return "binary data" if _CONTROL.search(text) else f"text that begins {text[:40]!r}"


def _named(head: bytes) -> str | None:
    """What is known by name although it is read elsewhere, or nowhere."""
    if looks_like_obscore(head):
        return "a table of datasets (ObsCore), which goes to PUT /api/v1/obscore"
    if _SCHEMA.match(sniffed_text(head)):
        return "a JSON schema, which says what documents look like and is none of them"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)
