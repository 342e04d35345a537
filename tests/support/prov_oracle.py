"""The `prov` library as the oracle: its records as our statements, and a form to compare both in.

The library reads numbers, booleans and times into Python values, so both sides are compared by
value; that forms are kept is tested elsewhere.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from prov.constants import PROV_N_MAP
from prov.identifier import Identifier, QualifiedName
from prov.model import Literal as ProvLiteral
from prov.model import ProvBundle, ProvDocument, ProvRecord

from provstore.model.document import Document
from provstore.model.identifiers import PROV, Iri
from provstore.model.literals import (
    XSD_ANY_URI,
    XSD_BOOLEAN,
    XSD_DATETIME,
    XSD_DOUBLE,
    XSD_INT,
    XSD_INTEGER,
    XSD_LONG,
    Literal,
    Value,
    text_literal,
)
from provstore.model.records import Relation
from provstore.model.times import parse_time
from provstore.model.vocabulary import KIND_NAMES, RELATION_BY_NAME

_KIND_BY_NAME = {name: kind for kind, name in KIND_NAMES.items()}
_INTEGERS = frozenset({XSD_INT, XSD_INTEGER, XSD_LONG})


def document_of(source: ProvDocument) -> Document:
    """The statements of a document that the library read or built."""
    document = Document()
    _add_records(document, source, None)
    for bundle in source.bundles:
        document.add_bundle(bundle.identifier.uri)
        _add_records(document, bundle, bundle.identifier.uri)
    return document


def _add_records(document: Document, source: ProvBundle, bundle: str | None) -> None:
    for record in source.get_records():
        name = PROV_N_MAP[record.get_type()]
        if name in _KIND_BY_NAME:
            iri, attributes = record.identifier.uri, tuple(_attributes(record.attributes))
            document.add_element(_KIND_BY_NAME[name], iri, attributes, bundle)
        else:
            document.add_relation(_relation(name, record, bundle))


def _relation(name: str, record: ProvRecord, bundle: str | None) -> Relation:
    kind = RELATION_BY_NAME[name]
    formal = {key.uri: value for key, value in record.formal_attributes}
    ends = [None if formal.get(end.iri) is None else formal[end.iri].uri for end in kind.ends]
    while ends and ends[-1] is None:
        ends.pop()
    time = formal.get(PROV + "time")
    return Relation(
        kind,
        tuple(ends),
        None if time is None else time.isoformat(),
        None if record.identifier is None else record.identifier.uri,
        tuple(dict.fromkeys(_attributes(record.extra_attributes))),
        bundle,
    )


def _attributes(pairs: Iterable[tuple[QualifiedName, object]]) -> Iterator[tuple[str, Value]]:
    return ((name.uri, _value(value)) for name, value in pairs)


def _value(value: object) -> Value:
    match value:
        case QualifiedName():
            return Iri(value.uri)
        case Identifier():
            return Literal(value.uri, XSD_ANY_URI)
        case ProvLiteral(langtag=str()):
            return text_literal(value.value, value.langtag)
        case ProvLiteral():
            return Literal(value.value, value.datatype.uri)
        case datetime():
            return Literal(value.isoformat(), XSD_DATETIME)
        case bool() | int() | float() | str():
            return _constant(value)
        case _:
            raise TypeError(value)


def _constant(value: str | bool | float) -> Literal:  # noqa: FBT001  a value, no flag
    if isinstance(value, bool):
        return Literal(str(value).lower(), XSD_BOOLEAN)
    if isinstance(value, int):
        return Literal(str(value), _integer_type(value))
    return Literal(repr(value), XSD_DOUBLE) if isinstance(value, float) else Literal(value)


def _integer_type(number: int) -> str:
    """The smallest type that holds it (XML Schema 1.1 part 2, 3.4.16 and 3.4.17)."""
    if -(2**31) <= number < 2**31:
        return XSD_INT
    return XSD_LONG if -(2**63) <= number < 2**63 else XSD_INTEGER


def comparable(document: Document) -> tuple[object, object, object]:
    """Elements, relations and bundles, with numbers, booleans and times by value."""
    elements = {
        telling: frozenset((name, _by_value(value)) for name, value in attributes)
        for telling, attributes in document.elements.items()
    }
    relations = {_comparable_relation(relation) for relation in document.relations}
    return elements, relations, set(document.bundles)


def _comparable_relation(relation: Relation) -> tuple[object, ...]:
    time = None if relation.time is None else _instant(relation.time)
    attributes = frozenset((name, _by_value(value)) for name, value in relation.attributes)
    return (*relation._replace(time=time, attributes=()).identity, attributes)


_LOWEST: Final = frozenset({-(2**31), -(2**63)})


def _by_value(value: Value) -> tuple[object, ...]:
    if isinstance(value, Iri):
        return ("iri", str(value))
    if value.datatype == XSD_DATETIME:
        return ("time", _instant(value.lexical))
    if value.datatype in _INTEGERS:
        number = int(value.lexical)
        # the library takes the lowest int for a long, though it is one (XML Schema 1.1, 3.4.17)
        return ("integer", "lowest" if number in _LOWEST else value.datatype, number)
    if value.datatype == XSD_DOUBLE:
        return ("double", repr(float(value.lexical)))
    if value.datatype == XSD_BOOLEAN:
        return ("boolean", value.lexical in {"true", "1"})
    return (value.lexical, value.datatype, value.language)


def _instant(text: str) -> str:
    instant = parse_time(text)
    return text if instant is None else instant.utc
