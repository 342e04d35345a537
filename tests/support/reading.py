"""Short forms for tests of importers: read, refuse, name a relation."""

import json
from typing import Any

import pytest

from provstore.errors import Finding, RefusedDocumentError
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.literals import Literal, Value
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import Kind

EX = "http://example.org/"


def encoded(content: object) -> bytes:
    """JSON bytes of a Python value; text and bytes stay what they are."""
    if isinstance(content, bytes):
        return content
    return (content if isinstance(content, str) else json.dumps(content)).encode()


def parsed(content: object, name: str = "prov-json") -> Parsed:
    """What the importer of that name makes of the content."""
    return read_document(encoded(content), format=name)


def read(content: object, name: str = "prov-json") -> Document:
    """The document of the only part."""
    (part,) = parsed(content, name).parts
    return part.document


def example(**sections: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON
    """A PROV-JSON document of these sections, with the prefix ``ex``."""
    return {"prefix": {"ex": EX}, **sections}


def refused(content: object, name: str = "prov-json") -> list[Finding]:
    """The errors for which the content is refused."""
    with pytest.raises(RefusedDocumentError) as refusal:
        parsed(content, name)
    return [finding for finding in refusal.value.findings if finding.severity == "error"]


def rules(findings: list[Finding]) -> list[tuple[str, str]]:
    """Rule and place of each."""
    return [(finding.rule, finding.place) for finding in findings]


def told(document: Document, iri: str, kind: Kind, bundle: str | None = None) -> Attributes:
    """The attributes of one element."""
    return document.elements[Telling(bundle, iri, kind)]


def attribute(attributes: Attributes, name: str) -> Value:
    """The only value of an attribute."""
    (value,) = [value for key, value in attributes if key == name]
    return value


def text(attributes: Attributes, name: str) -> str:
    """The lexical form of the only value of an attribute."""
    value = attribute(attributes, name)
    assert isinstance(value, Literal)
    return value.lexical


def shape(relation: Relation) -> tuple[str, tuple[str | None, ...]]:
    """Type and ends of a relation."""
    return relation.type.name, relation.ends
