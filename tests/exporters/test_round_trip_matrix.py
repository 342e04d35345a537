"""The matrix: every lossless format, by every importer that reads it, gives the document back.

Documents come from Hypothesis (three strategies: what real documents hold, what is odd in names and
values, and relations that could be taken for something else) and from our own files. What a format
cannot say is in `support.sayable`.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.odd_documents import odd_documents, odd_relations
from support.sayable import EXCLUSIONS, Exclusion, in_flavour, sayable, writable
from support.strategies import documents

from provstore.exporters.flavour import Model
from provstore.exporters.registry import FORMATS, write_document
from provstore.importers.registry import read_document
from provstore.model.document import Document

LOSSLESS = [form.name for form in FORMATS if form.lossless]
READERS: Mapping[str, Sequence[str | None]] = {
    "turtle": ("turtle", "trig", None),
}
"""Importers of a format where it is more than the one of the same name, or that which content
decides (None)."""
CELLS = [
    pytest.param(form, reader, model, id=f"{form}-{reader or 'auto'}-{model}")
    for form in LOSSLESS
    for reader in READERS.get(form, (form, None))
    for model in Model
]
anything = st.one_of(documents(), odd_documents(), odd_relations())


def read_back(document: Document, form: str, reader: str | None, model: Model) -> Document:
    text = b"".join(write_document(writable(document, form), form, model=model))
    (part,) = read_document(text, format=reader).parts
    return part.document


@pytest.mark.parametrize(("form", "reader", "model"), CELLS)
@given(document=anything)
def test_what_is_written_is_read_back(
    form: str, reader: str | None, model: Model, document: Document
) -> None:
    assert read_back(document, form, reader, model) == sayable(document, form)


def own_documents(data: Path) -> Iterator[Document]:
    for path in sorted(path for folder in data.iterdir() for path in folder.iterdir()):
        if folder_is_taken(path):
            for part in read_document(path.read_bytes()).parts:
                yield part.document


def folder_is_taken(path: Path) -> bool:
    """Whether a file of our own is a document, and is taken."""
    return path.parent.name != "obscore" and "refused" not in path.name


@pytest.mark.parametrize(("form", "reader", "model"), CELLS)
def test_files_of_our_own_are_read_back(
    form: str, reader: str | None, model: Model, data: Path
) -> None:
    found = list(own_documents(data))
    assert found
    for document in found:
        expected = in_flavour(sayable(document, form), model)
        assert read_back(document, form, reader, model) == expected


EXCLUDED = [
    pytest.param(form, exclusion, id=f"{form}-{exclusion.name}")
    for form, exclusions in EXCLUSIONS.items()
    for exclusion in exclusions
]


@pytest.mark.parametrize(("form", "exclusion"), EXCLUDED)
def test_what_a_format_cannot_say(form: str, exclusion: Exclusion) -> None:
    document = exclusion.example()
    assert exclusion.apply(document) != document
    assert read_back(document, form, None, Model.W3C) == sayable(document, form)


def test_every_lossless_format_says_what_it_cannot_say() -> None:
    assert EXCLUSIONS.keys() == set(LOSSLESS)
