"""What we read in PROV-XML is what the `prov` library reads, and what its writer was given."""

import re
import warnings
from pathlib import Path

import prov
import pytest
from hypothesis import given, settings
from prov.model import ProvDocument
from prov.tests.strategies import prov_documents
from support.odd_documents import standard_documents
from support.prov_oracle import comparable, document_of
from support.reading import read

from provstore.exporters.prov_xml import write_prov_xml
from provstore.model.document import Document

CORPUS = sorted((Path(prov.__file__).parent / "tests" / "xml").glob("*.xml"))


def of_library(text: str) -> tuple[object, object, object]:
    with warnings.catch_warnings():
        # the library warns of what its next version refuses
        warnings.simplefilter("ignore")
        return comparable(document_of(ProvDocument.deserialize(content=text, format="xml")))


BARE = re.compile(r'xsi:type="xsd:QName">[^:<]+<')
"""Some examples of the Note have types without a prefix; the library wants a default namespace."""
SEVERAL_MEMBERS = "example_33"
"""The library reads the first member only."""


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_examples_of_the_note(path: Path) -> None:
    text = path.read_text()
    if BARE.search(text) is not None:
        text = text.replace("<prov:document", '<prov:document xmlns="http://bare.org/"', 1)
    ours = comparable(read(text, "prov-xml"))
    if path.stem == SEVERAL_MEMBERS:
        members = {"http://example.com/ns/ex#" + name for name in ("e0", "e1", "e2")}
        found = read(text, "prov-xml").relations
        assert {relation.ends[1] for relation in found} == members
    else:
        assert ours == of_library(text)


@given(document=standard_documents)
def test_the_library_reads_what_we_write(document: Document) -> None:
    told = [relation for relation in document.relations if not relation.type.ivoa_marker]
    document.relations[:] = told
    text = b"".join(write_prov_xml(document)).decode()
    assert of_library(text) == comparable(document) == comparable(read(text, "prov-xml"))


@settings(max_examples=60)
@given(prov_documents())
def test_we_read_what_the_library_writes(document: ProvDocument) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = document.serialize(format="xml")
    assert comparable(read(text, "prov-xml")) == of_library(text)
