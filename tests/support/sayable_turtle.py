"""What Turtle and TriG cannot say."""

from collections.abc import Iterator

from provstore.model.document import Document
from provstore.model.identifiers import Prefixes
from provstore.model.literals import Literal, Value, text_literal
from provstore.model.records import Attributes
from provstore.model.vocabulary import PROV_LABEL, Kind


def without_bundles(document: Document) -> Document:
    """What stands outside bundles: the writer of Turtle refuses the others."""
    told = Document(document.prefixes)
    for (bundle, iri, kind), attributes in document.elements.items():
        if bundle is None:
            told.add_element(kind, iri, attributes)
    told.relations.extend(r for r in document.relations if r.bundle is None)
    return told


def with_one_spelling_of_languages(document: Document) -> Document:
    """Language tags that are spelled in several ways are in lower case."""
    spellings: dict[str, set[str]] = {}
    for tag in _tags(document):
        spellings.setdefault(tag.lower(), set()).add(tag)
    several = {key for key, found in spellings.items() if len(found) > 1}
    if not several:
        return document
    told = Document(document.prefixes)
    for bundle, prefixes in document.bundles.items():
        told.add_bundle(bundle, prefixes.declared)
    for (inside, iri, kind), attributes in document.elements.items():
        told.add_element(kind, iri, _lowered(attributes, several), inside)
    for relation in document.relations:
        told.add_relation(relation._replace(attributes=_lowered(relation.attributes, several)))
    return told


def _tags(document: Document) -> Iterator[str]:
    told = [*document.elements.values(), *(r.attributes for r in document.relations)]
    values = (value for attributes in told for _, value in attributes)
    for value in values:
        if isinstance(value, Literal) and value.language is not None:
            yield value.language


def _lowered(attributes: Attributes, several: set[str]) -> Attributes:
    return tuple(dict.fromkeys((name, _lower(value, several)) for name, value in attributes))


def _lower(value: Value, several: set[str]) -> Value:
    if isinstance(value, Literal) and value.language and value.language.lower() in several:
        return text_literal(value.lexical, value.language.lower())
    return value


def two_spellings() -> Document:
    """A label in ``en-GB``, and one in ``en-gb``."""
    document = Document(Prefixes({"ex": "http://example.org/"}))
    labels = (text_literal("night", "en-GB"), text_literal("day", "en-gb"))
    told = tuple((PROV_LABEL, label) for label in labels)
    document.add_element(Kind.ENTITY, "http://example.org/e", told)
    return document
