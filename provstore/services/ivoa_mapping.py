"""What W3C documents say in other words than the IVOA model: its statements are added on ingest.

The truth is what was told; each added statement is marked as inferred, belongs to the document that
it follows from, and goes with it. Conversion adds nothing. Classes that follow without a statement
(a collection by its members, a value by ``prov:value``) are derived in the catalogue.
"""

from collections.abc import Iterator
from typing import Final

from provstore.model.answer_document import INFERRED
from provstore.model.document import Document
from provstore.model.records import Relation, ivoa_class
from provstore.model.vocabulary import (
    ASSOCIATED,
    DESCRIBED,
    DESCRIPTION_CLASSES,
    SPECIALIZED,
    Kind,
    RelationType,
)

_DESCRIBED_BY: Final[dict[RelationType, int]] = {ASSOCIATED: 2, SPECIALIZED: 1}
"""Relations that the drafts of 2017 to 2019 use for descriptions, and which end then is one: the
plan of an association, the general entity of a specialization."""


def add_ivoa_statements(document: Document) -> None:
    """Add ``isDescribedBy`` where a plan or a general entity is an IVOA description.

    Only what the document itself declares to be a description counts, and what it relates by
    ``isDescribedBy`` already is left alone.
    """
    described = {r.ends[:2] for r in document.relations if r.type is DESCRIBED}
    links = dict.fromkeys(_links(document))
    document.relations.extend(link for link in links if link.ends not in described)


def _links(document: Document) -> Iterator[Relation]:
    descriptions = {
        telling.iri
        for telling, attributes in document.elements.items()
        if telling.kind is Kind.ENTITY and ivoa_class(attributes) in DESCRIPTION_CLASSES
    }
    if not descriptions:
        return
    for relation in document.relations:
        position = _DESCRIBED_BY.get(relation.type)
        if position is None:
            continue
        thing, description = relation.end(0), relation.end(position)
        if thing is not None and description in descriptions:
            ends = (thing, description)
            yield Relation(DESCRIBED, ends, attributes=(INFERRED,), bundle=relation.bundle)
