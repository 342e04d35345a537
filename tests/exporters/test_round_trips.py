"""Laws: what is written is read back as it was, by us and by the `prov` library."""

from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from lxml import etree
from prov.model import ProvDocument
from support.odd_documents import EX, odd_documents, plain_documents, standard_documents

from provstore.exporters.flavour import Model
from provstore.exporters.prov_json import write_prov_json
from provstore.exporters.prov_n import write_prov_n
from provstore.exporters.prov_xml import write_prov_xml
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import Prefixes
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    RELATIONS,
    RelationType,
)


@pytest.mark.parametrize("model", list(Model))
@given(document=odd_documents())
def test_prov_json_is_read_back_as_an_equal_document(document: Document, model: Model) -> None:
    text = b"".join(write_prov_json(document, model))
    (part,) = read_document(text, format="prov-json").parts
    assert part.document == document


def read_by_prov(text: bytes, form: str) -> ProvDocument:
    return ProvDocument.deserialize(content=text.decode(), format=form)


@given(document=plain_documents)
def test_prov_reads_every_w3c_prov_json(document: Document) -> None:
    read = read_by_prov(b"".join(write_prov_json(document)), "json")
    records = [*read.records, *(record for bundle in read.bundles for record in bundle.records)]
    assert len(records) == len(document.elements) + len(document.relations)
    names = {r.identifier.uri for r in records if r.is_element()}
    assert names == {telling.iri for telling in document.elements}


@given(document=standard_documents)
def test_prov_reads_prov_n_as_it_reads_prov_json(document: Document) -> None:
    from_json = read_by_prov(b"".join(write_prov_json(document)), "json")
    assert read_by_prov(b"".join(write_prov_n(document)), "provn") == from_json


@given(document=standard_documents)
def test_prov_reads_prov_xml_as_it_reads_prov_json(document: Document) -> None:
    from_json = read_by_prov(b"".join(write_prov_json(document)), "json")
    assert read_by_prov(b"".join(write_prov_xml(document)), "xml") == from_json


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """The W3C schema of PROV-XML, as the wheel of `prov` brings it."""
    path = Path(str(files("prov"))) / "tests" / "schemas" / "prov.xsd"
    return etree.XMLSchema(etree.parse(path))


@given(document=standard_documents)
def test_prov_xml_is_valid(schema: etree.XMLSchema, document: Document) -> None:
    schema.assertValid(etree.fromstring(b"".join(write_prov_xml(document))))


@pytest.mark.parametrize("model", list(Model))
@given(document=odd_documents())
def test_prov_xml_is_well_formed_whatever_it_says(document: Document, model: Model) -> None:
    root = etree.fromstring(b"".join(write_prov_xml(document, model)))
    bundles = [child for child in root if str(child.tag).endswith("}bundleContent")]
    assert len(bundles) == len(document.bundles)


@pytest.mark.parametrize("kind", RELATIONS, ids=lambda kind: kind.name)
def test_each_relation_is_read_back_in_both_flavours(kind: RelationType) -> None:
    document = Document(Prefixes({"ex": EX}))
    document.add_relation(Relation(kind, (EX + "a", EX + "b")))
    for model in Model:
        text = b"".join(write_prov_json(document, model))
        assert read_document(text, format="prov-json").parts[0].document == document
