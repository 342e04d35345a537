"""The `prov` library as the oracle: it reads PROV-N as we do, where it reads it at all.

The documents are those that its wheel brings (examples of the W3C, and what ProvToolbox wrote), and
those of Hypothesis in the words of the W3C, written by us and by the library.
"""

import warnings
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from prov.model import ProvDocument, ProvException
from support.odd_documents import EX, W3C_KINDS, Documents, plain_iris, plain_values
from support.prov_oracle import comparable, document_of

from provstore.errors import RefusedDocumentError
from provstore.exporters.prov_json import write_prov_json
from provstore.exporters.prov_n import write_prov_n
from provstore.importers.registry import read_document
from provstore.model.document import Document

CORPUS = Path(str(files("prov"))) / "tests" / "provn"
FILES = sorted(CORPUS.rglob("*.provn"))
UNREADABLE = {
    # no complete documents, as the README of the corpus says
    *(f"prov-n-example-{number}" for number in (16, 52, 53, 54, 55, 56, 59)),
    *(f"prov-dm-example-{number}" for number in ("05", "06", 19, 57, 58, 59)),
    "container0",
    "container2",
    # prefixes that are nowhere declared
    *(f"prov-n-example-{number}" for number in (34, 35)),
    *(f"prov-dm-example-{number}" for number in (27, 31, 61, 62)),
    "container1",
}


NAMES = (EX + "size", EX + "comment")
PLAIN = Documents(
    plain_iris, plain_values(), NAMES, [kind for kind in W3C_KINDS if not kind.ivoa_marker]
)
standard_documents = Documents.draw(PLAIN, strict=True)


def by_us(text: bytes) -> Document:
    (part,) = read_document(text, format="prov-n").parts
    return part.document


def by_prov(text: str) -> Document:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return document_of(ProvDocument.deserialize(content=text, format="provn"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_documents_of_others_are_read_as_prov_reads_them(path: Path) -> None:
    text = path.read_bytes()
    if path.stem in UNREADABLE:
        with pytest.raises(RefusedDocumentError):
            by_us(text)
        return
    found = by_us(text)
    try:
        expected = by_prov(text.decode())
    except ProvException:  # it reads less than we do: dictionaries, arguments that are left out
        return
    assert comparable(found) == comparable(expected)


def test_the_corpus_is_there() -> None:
    assert len(FILES) > 500
    assert {path.stem for path in FILES} >= UNREADABLE


@given(document=standard_documents)
def test_what_we_write_is_read_as_prov_reads_it(document: Document) -> None:
    text = b"".join(write_prov_n(document))
    assert comparable(by_us(text)) == comparable(by_prov(text.decode()))


@given(document=standard_documents)
def test_what_prov_writes_is_read_as_it_was(document: Document) -> None:
    json = b"".join(write_prov_json(document)).decode()
    written = ProvDocument.deserialize(content=json, format="json")
    text = written.serialize(format="provn").encode()
    assert comparable(by_us(text)) == comparable(document_of(written))
