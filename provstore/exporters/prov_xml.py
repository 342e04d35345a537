"""Documents as PROV-XML (W3C Working Group Note of 30 April 2013), and in voprov's layout.

Written here and not by the ``prov`` library because that one turns values into Python objects:
``007`` would leave as ``7``. The order of elements is that of the W3C schema. What the schema gives
no place to, the identifier and attributes of ``specializationOf``, ``alternateOf``, ``hadMember``
and ``mentionOf``, is told in a comment.

In the IVOA flavour the records, ``id`` and ``ref`` are in the ``voprov`` namespace and the
attributes keep theirs, as voprov up to 0.0.4 and OPUS write it.
"""

from collections.abc import Iterator
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import (
    Model,
    Scope,
    Statement,
    anonymous_and_referred,
    scopes,
)
from provstore.exporters.xml_names import XmlNames
from provstore.exporters.xml_text import xml_attribute, xml_comment, xml_text
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_QNAME, XSD_STRING, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TIME,
    PROV_TYPE,
    PROV_VALUE,
)

_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_IN_ORDER: Final = (
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
        names((PROV if model is Model.W3C else VOPROV) + "document")

    def declarations(self) -> str:
        declared = {**self._names.used, "xsi": _XSI}
        return "".join(f" xmlns:{p}={xml_attribute(uri)}" for p, uri in declared.items())

    def scope(self, scope: Scope) -> Iterator[str]:
        referred = frozenset(anonymous_and_referred(scope))
        records = (self._record(told, referred) for told in scope.statements(self._model))
        if scope.bundle is None:
            yield from records
            return
        yield f"<{self.own}:bundleContent{self._reference('id', scope.bundle)}>\n"
        yield from records
        yield f"</{self.own}:bundleContent>\n"

    def _record(self, statement: Statement, referred: frozenset[str]) -> str:
        identifier = self._identifier(statement, referred)
        ends = [
            f"<{self._names(end.iri)}{self._reference('ref', iri)}/>"
            for end, iri in statement.ends
            if iri is not None
        ]
        details = list(self._details(statement))
        name = f"{self.own}:{statement.name}"
        if not statement.is_bare or self._model is Model.IVOA:
            return _element(f"{name}{identifier}", name, [*ends, *details])
        left_out = [identifier.strip(), *details] if identifier or details else []
        comment = xml_comment(" ".join(left_out)) + "\n" if left_out else ""
        return comment + _element(name, name, ends)

    def _identifier(self, statement: Statement, referred: frozenset[str]) -> str:
        if statement.iri is not None:
            return self._reference("id", statement.iri)
        relation = statement.relation
        if referred and relation is not None and relation.key in referred:
            return self._reference("id", relation.key)
        return ""

    def _reference(self, attribute: str, iri: str) -> str:
        return f" {self.own}:{attribute}={xml_attribute(self._names(iri))}"

    def _details(self, statement: Statement) -> Iterator[str]:
        """The time and the attributes, in the order of the schema."""
        if statement.time is not None:
            name = self._names(PROV_TIME)
            yield f"<{name}>{xml_text(statement.time)}</{name}>"
        for name, value in _in_order(statement.attributes):
            yield self._attribute(name, value)

    def _attribute(self, iri: str, value: Value) -> str:
        name = self._names(iri)
        if iri == _DESCRIPTOR and isinstance(value, Iri) and self._model is Model.IVOA:
            return f"<{name}{self._reference('ref', value)}/>"
        text = self._names(value) if isinstance(value, Iri) else value.lexical
        return f"<{name}{self._type(iri, value)}>{xml_text(text)}</{name}>"

    def _type(self, iri: str, value: Value) -> str:
        if isinstance(value, Iri):
            return f' xsi:type="{self._names(XSD_QNAME)}"'
        if value.language is not None:
            return f" xml:lang={xml_attribute(value.language)}"
        if value.datatype == XSD_STRING or (iri in _TIMES and value.datatype == XSD_DATETIME):
            return ""
        return f" xsi:type={xml_attribute(self._names(value.datatype))}"


def _in_order(attributes: Attributes) -> Attributes:
    """In the order that the schema wants; the sort keeps the order told otherwise."""
    return tuple(sorted(attributes, key=lambda pair: _RANK.get(pair[0], len(_RANK))))


def _element(opening: str, name: str, content: list[str]) -> str:
    if not content:
        return f"<{opening}/>\n"
    inner = "".join(f"  {line}\n" for line in content)
    return f"<{opening}>\n{inner}</{name}>\n"
