"""What we read is what the `prov` library reads."""

import json
import warnings
from pathlib import Path

import prov
import pytest
from hypothesis import given, settings
from prov.model import ProvDocument
from prov.tests.strategies import prov_documents
from support.prov_oracle import comparable, document_of
from support.reading import read
from support.strategies import texts

CORPUS = sorted((Path(prov.__file__).parent / "tests" / "json").glob("*.json"))


def of_library(text: str) -> tuple[object, object, object]:
    with warnings.catch_warnings():
        # the library warns of what its next version refuses
        warnings.simplefilter("ignore")
        return comparable(document_of(ProvDocument.deserialize(content=text, format="json")))


def test_the_library_ships_its_corpus() -> None:
    assert len(CORPUS) > 300


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_documents_that_the_library_ships(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert comparable(read(text)) == of_library(text)


@settings(max_examples=60)
@given(prov_documents())
def test_documents_that_the_library_writes(document: ProvDocument) -> None:
    text = document.serialize(format="json")
    assert comparable(read(text)) == of_library(text)


@given(texts, texts)
def test_names_and_texts_that_are_not_ascii(label: str, local: str) -> None:
    content = {
        "prefix": {"ex": "http://example.org/"},
        "entity": {"ex:" + local: {"ex:label": label}},
    }
    (telling,) = read(content).elements
    assert telling.iri == "http://example.org/" + local
    (attributes,) = read(json.dumps(content, ensure_ascii=False)).elements.values()
    assert [value.lexical for _, value in attributes if not isinstance(value, str)] == [label]
