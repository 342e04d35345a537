"""What a VOTable cannot say."""

from provstore.exporters.xml_text import visible
from provstore.model.document import Document
from provstore.model.identifiers import Iri
from provstore.model.literals import Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import Kind


def _value(value: Value) -> Value:
    if isinstance(value, Iri):
        return Iri(visible(value))
    return value._replace(lexical=visible(value.lexical), datatype=visible(value.datatype))


def _attributes(told: Attributes) -> Attributes:
    return tuple(dict.fromkeys((visible(name), _value(value)) for name, value in told))


def _name(name: str | None) -> str | None:
    return None if name is None else visible(name)


def with_visible_characters(document: Document) -> Document:
    """What XML forbids as the characters that stand for it."""
    shown = Document(document.prefixes)
    for bundle, prefixes in document.bundles.items():
        shown.add_bundle(visible(bundle), prefixes.declared)
    for (inside, iri, kind), attributes in document.elements.items():
        shown.add_element(kind, visible(iri), _attributes(attributes), _name(inside))
    for relation in document.relations:
        shown.add_relation(
            relation._replace(
                ends=tuple(_name(end) for end in relation.ends),
                time=_name(relation.time),
                iri=_name(relation.iri),
                attributes=_attributes(relation.attributes),
                bundle=_name(relation.bundle),
            )
        )
    return shown


def bell() -> Document:
    document = Document()
    document.add_element(Kind.ENTITY, "http://example.org/bell\x07")
    return document
