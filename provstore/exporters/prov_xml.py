"""Documents as PROV-XML (W3C Working Group Note of 30 April 2013), and in voprov's layout.

Written here and not by the ``prov`` library because that one turns values into Python objects:
``007`` would leave as ``7``. The order of elements is that of the W3C schemas. Three things they
have no place for are told so that the schemas still hold and our reader finds them:

- identifier and attributes of ``specializationOf``, ``alternateOf``, ``hadMember``, ``mentionOf``
  and ``hadDictionaryMember``: in a ``provstore:details`` within the ``prov:other`` that follows;
- an attribute of a relation with the name of a formal argument, ``prov:entity``: likewise;
- characters that XML forbids, in values: as ``_xHHHH_``, where the record or its details are marked
  ``provstore:escaped="true"``.

In the IVOA flavour the records, ``id`` and ``ref`` are in the ``voprov`` namespace and the
attributes keep theirs, as voprov up to 0.0.4 and OPUS write it. It has no schema, and identifiers
and other attributes need no such place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import (
    Model,
    Scope,
    Statement,
    anonymous_and_referred,
    scopes,
)
from provstore.exporters.insertions import Insertions
from provstore.exporters.xml_names import XmlNames
from provstore.exporters.xml_text import escaped_text, is_plain, is_sayable, xml_attribute, xml_text
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_QNAME, XSD_STRING, Value
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TIME,
    PROV_TYPE,
    PROV_VALUE,
    RELATIONS,
    REMOVED,
)

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_IN_ORDER: Final = (
    PROV_REMOVED_KEY,
    PROV_START_TIME,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_TYPE,
    PROV_VALUE,
)
_RANK: Final = {name: rank for rank, name in enumerate(_IN_ORDER)}
_TIMES: Final = frozenset({PROV_START_TIME, PROV_END_TIME})
_DESCRIPTOR: Final = VOPROV + "descriptor"
_OF_DICTIONARIES: Final = frozenset(
    space + name for space in (PROV, VOPROV) for name in ("key", "keyEntityPair")
)
_ARGUMENTS: Final[Mapping[str, frozenset[str]]] = {
    kind.name: kind.argument_names
    | (_OF_DICTIONARIES if kind in {DICTIONARY_MEMBER, INSERTED, REMOVED} else frozenset())
    for kind in RELATIONS
}
"""Name of a record to the attributes that are its formal arguments."""
_MARK: Final = ' provstore:escaped="true"'


def write_prov_xml(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as XML in chunks of UTF-8, an element on each line."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    parts = scopes(document)
    told = {p: u for scope in reversed(parts) for p, u in scope.prefixes}
    writer = _Writer(XmlNames(told.items()), model)
    records = [record for scope in parts for record in writer.scope(scope)]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<{writer.own}:document{writer.declarations()}>\n"
    yield from records
    yield f"</{writer.own}:document>\n"


class _Writer:
    """Writes the records of a document; all scopes share its prefixes."""

    def __init__(self, names: XmlNames, model: Model) -> None:
        self._names = names
        self._model = model
        self.own = "prov" if model is Model.W3C else "voprov"
        """Prefix of the records, ``id`` and ``ref``."""
        self._is_sayable = True
        """Whether XML has all characters of the record at hand, as far as it is written."""
        self._escapes = False
        """Whether texts are escaped."""
        names((PROV if model is Model.W3C else VOPROV) + "document")

    def declarations(self) -> str:
        declared = {**self._names.used, "xsi": _XSI}
        return "".join(f" xmlns:{p}={xml_attribute(uri)}" for p, uri in declared.items())

    def scope(self, scope: Scope) -> Iterator[str]:
        referred = frozenset(anonymous_and_referred(scope))
        insertions = Insertions(scope.relations)
        records = (
            self._record(told, referred, insertions)
            for told in scope.statements(self._model)
            if told.relation is None or not insertions.holds(told.relation)
        )
        if scope.bundle is None:
            yield from records
            return
        yield f"<{self.own}:bundleContent{self._reference('id', scope.bundle)}>\n"
        yield from records
        yield f"</{self.own}:bundleContent>\n"

    def _record(
        self, statement: Statement, referred: frozenset[str], insertions: Insertions
    ) -> str:
        self._is_sayable, self._escapes = True, False
        record = self._text_of(statement, referred, insertions)
        if not self._is_sayable:
            self._escapes = True
            record = self._text_of(statement, referred, insertions)
        return record

    def _text_of(
        self, statement: Statement, referred: frozenset[str], insertions: Insertions
    ) -> str:
        identifier = self._identifier(statement, referred)
        relation = statement.relation
        ends = [] if relation is None else self._ends(statement, relation, insertions)
        name = f"{self.own}:{statement.name}"
        has_key = relation is not None and relation.type is DICTIONARY_MEMBER
        if (statement.is_bare or has_key) and self._model is Model.W3C:
            record = _element(name, name, ends)
            return record + self._behind(statement, identifier, statement.attributes)
        inside, behind = _placed(statement)
        details = [*self._time(statement), *self._details(statement, inside)]
        mark = _MARK if self._escapes else ""
        record = _element(f"{name}{identifier}{mark}", name, [*ends, *details])
        return record + self._behind(statement, "", behind)

    def _behind(self, statement: Statement, identifier: str, attributes: Attributes) -> str:
        """What follows a record in a ``prov:other``: identifier, attributes, the mark for a key."""
        mark = _MARK if self._escapes and attributes else ""
        told = list(self._details(statement, attributes))
        if not identifier and not told and not mark:
            return ""
        inner = _element(f"provstore:details{identifier}{mark}", "provstore:details", told)
        return f"<prov:other>\n{inner}</prov:other>\n"

    def _identifier(self, statement: Statement, referred: frozenset[str]) -> str:
        if statement.iri is not None:
            return self._reference("id", statement.iri)
        relation = statement.relation
        if referred and relation is not None and relation.key in referred:
            return self._reference("id", relation.key)
        return ""

    def _reference(self, attribute: str, iri: str) -> str:
        return f' {self.own}:{attribute}="{self._names(iri)}"'  # no character of a name is markup

    def _ends(self, statement: Statement, relation: Relation, insertions: Insertions) -> list[str]:
        ends = [
            f"<{self._names(end.iri)}{self._reference('ref', iri)}/>"
            for end, iri in statement.ends
            if iri is not None
        ]
        if relation.type is DICTIONARY_MEMBER:
            keys = [value for name, value in relation.attributes if name == PROV_PAIR_KEY]
            entity = relation.end(1)
            if keys or entity is not None:
                del ends[0 if relation.end(0) is None else 1 :]
                ends.append(self._pair(keys, entity))
        ends.extend(self._pair([key], entity) for key, entity in insertions.pairs(relation))
        return ends

    def _pair(self, keys: Iterable[Value], entity: str | None) -> str:
        """A key and an entity of a dictionary (PROV-DICTIONARY, 5)."""
        told = "".join(self._attribute(PROV + "key", key) for key in keys)
        if entity is not None:
            told += f"<prov:entity{self._reference('ref', entity)}/>"
        return f"<prov:keyEntityPair>{told}</prov:keyEntityPair>"

    def _time(self, statement: Statement) -> Iterator[str]:
        if statement.time is not None:
            name = self._names(PROV_TIME)
            yield f"<{name}>{self._text(statement.time)}</{name}>"

    def _details(self, statement: Statement, attributes: Attributes) -> Iterator[str]:
        """The attributes, in the order of the schema."""
        kind = None if statement.relation is None else statement.relation.type
        for name, value in _in_order(attributes):
            if kind is REMOVED and name == PROV_REMOVED_KEY:
                yield self._attribute(PROV + "key", value)
            elif kind is not DICTIONARY_MEMBER or name != PROV_PAIR_KEY:
                yield self._attribute(name, value, of_activity=statement.name == "activity")

    def _attribute(self, iri: str, value: Value, *, of_activity: bool = False) -> str:
        name = self._names(iri)
        if iri == _DESCRIPTOR and isinstance(value, Iri) and self._model is Model.IVOA:
            return f"<{name}{self._reference('ref', value)}/>"
        if isinstance(value, Iri):
            told = f' xsi:type="{self._names(XSD_QNAME)}"'
            return f"<{name}{told}>{self._names(value)}</{name}>"
        if value.language is not None:
            told = f" xml:lang={xml_attribute(self._sayable(value.language))}"
        else:
            plain = XSD_DATETIME if of_activity and iri in _TIMES else XSD_STRING
            told = "" if value.datatype == plain else self._type(value.datatype)
        return f"<{name}{told}>{self._text(value.lexical)}</{name}>"

    def _type(self, datatype: str) -> str:
        return f' xsi:type="{self._names(datatype)}"'

    def _text(self, text: str) -> str:
        return text if not self._escapes and is_plain(text) else xml_text(self._sayable(text))

    def _sayable(self, text: str) -> str:
        if self._escapes:
            return escaped_text(text)
        self._is_sayable = self._is_sayable and is_sayable(text)
        return text


def _placed(statement: Statement) -> tuple[Attributes, Attributes]:
    """The attributes that stand in the record, and those that would be read as its arguments."""
    arguments = _ARGUMENTS.get(statement.name, frozenset[str]())
    if arguments.isdisjoint(name for name, _ in statement.attributes):
        return statement.attributes, ()
    return (
        tuple(pair for pair in statement.attributes if pair[0] not in arguments),
        tuple(pair for pair in statement.attributes if pair[0] in arguments),
    )


def _in_order(attributes: Attributes) -> Attributes:
    """In the order that the schema wants; the sort keeps the order told otherwise."""
    if len(attributes) < 2:  # noqa: PLR2004  nothing to order
        return attributes
    return tuple(sorted(attributes, key=lambda pair: _RANK.get(pair[0], len(_RANK))))


def _element(opening: str, name: str, content: list[str]) -> str:
    if not content:
        return f"<{opening}/>\n"
    inner = "\n  ".join(content)
    return f"<{opening}>\n  {inner}\n</{name}>\n"
