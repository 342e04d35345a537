"""Attribute elements of PROV-XML: the name and the value that each tells."""

from typing import Final
from xml.sax.saxutils import escape

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.prov_xml.escapes import unescaped
from provstore.importers.prov_xml.names import Escapes, Names
from provstore.importers.strict_xml import XML_NAMESPACE, XSI, place_of, xml_attributes
from provstore.model.identifiers import PROV, RDF, VOPROV, Iri, canonical_namespace, unquoted_name
from provstore.model.literals import (
    LANGUAGE_TYPES,
    NAME_TYPES,
    XSD_STRING,
    Literal,
    Value,
    text_literal,
)

XSI_TYPE: Final = f"{{{XSI}}}type"
_LANGUAGE: Final = f"{{{XML_NAMESPACE}}}lang"
_XML_LITERAL: Final = RDF + "XMLLiteral"
_SPACES: Final = frozenset({PROV, VOPROV, ""})
_NO_STATEMENT: Final = frozenset({f"{{{XSI}}}", f"{{{XML_NAMESPACE}}}"})
"""Attributes of XML Schema and of XML itself say nothing of what is described."""


class ValueReader:
    """Reads the attribute elements of a document."""

    def __init__(self, escapes: Escapes, findings: Findings) -> None:
        self._escapes = escapes
        self._findings = findings
        self.tags: dict[str, str] = {}
        """Tags met so far to the IRIs of attributes; read directly where speed counts."""
        self._texts: dict[str, Literal] = {}
        self.is_escaped = False
        """Whether the texts of the record at hand are escaped, as provstore does where XML forbids
        a character."""

    def name(self, tag: str, element: etree._Element) -> str:
        """The IRI of an attribute from the name of its element."""
        space, mark, local = tag.rpartition("}")
        namespace = canonical_namespace(space[1:]) if mark else ""
        found = self.tags[tag] = unquoted_name(namespace + self._escapes.meant(local, element))
        if not namespace:
            message = "attributes without a namespace are kept under their bare names"
            place = place_of(element)
            self._findings.info_once("prov-xml/bare-attribute", place, local, message)
        return found

    def value(self, element: etree._Element, names: Names, default: str = XSD_STRING) -> Value:
        """The value of an attribute; ``default`` is the datatype of one that tells none."""
        told = xml_attributes(element)
        if not told and not len(element):
            return self._literal(self.text(element), default)
        datatype, language = default, ""
        for key, value in told:
            if key == XSI_TYPE:
                datatype = names.known.get(value) or names.iri(value, element)
            elif key == _LANGUAGE:
                language = unescaped(value) if self.is_escaped else value
            elif is_named(key, "ref"):
                return Iri(names.iri(value, element))
            else:
                self._left_out(element, key, value)
        if len(element):
            return self._nested(element)
        if language:
            return self._in_language(element, language, datatype)
        if datatype in NAME_TYPES:
            name = element.text or ""
            return Iri(names.known.get(name) or names.iri(name, element))
        return self._literal(self.text(element), datatype)

    def text(self, element: etree._Element) -> str:
        """The text of an element, as meant."""
        found = element.text or ""
        return unescaped(found) if self.is_escaped else found

    def attribute(self, element: etree._Element, key: str, value: str) -> tuple[str, Value] | None:
        """An attribute of a record's own tag, which the schema allows; None where it is none."""
        if key.partition("}")[0] + "}" in _NO_STATEMENT:
            return None
        message = "an attribute of XML at a record is read as an attribute with a plain text"
        place = place_of(element)
        self._findings.info_once("prov-xml/xml-attribute", place, key, message)
        return self.tags.get(key) or self.name(key, element), Literal(value)

    def _literal(self, text: str, datatype: str) -> Literal:
        """Plain texts are made once: real documents repeat most of theirs."""
        if datatype != XSD_STRING:
            return Literal(text, datatype)
        known = self._texts.get(text)
        if known is None:
            known = self._texts[text] = Literal(text)
        return known

    def _in_language(self, element: etree._Element, language: str, datatype: str) -> Literal:
        """A text with a language has one datatype (PROV-DM 5.7.3), whatever the document says."""
        if datatype not in LANGUAGE_TYPES:
            message = "a value with a language is read as prov:InternationalizedString"
            self._findings.warning("prov-xml/language-type", place_of(element), datatype, message)
        return text_literal(self.text(element), language)

    def _nested(self, element: etree._Element) -> Literal:
        """Elements in a value are kept as the XML that they are (RDF 1.1 Concepts, 5.2)."""
        message = "elements in a value are kept as a constant of type rdf:XMLLiteral"
        self._findings.info_once("prov-xml/xml-value", place_of(element), element.tag, message)
        inner = (etree.tostring(child, encoding="unicode") for child in element)
        return Literal(escape(element.text or "") + "".join(inner), _XML_LITERAL)

    def _left_out(self, element: etree._Element, key: str, value: str) -> None:
        if key.partition("}")[0] + "}" in _NO_STATEMENT:
            return
        message = f"the attribute {key[:200]} of a value has no meaning in PROV and is left out"
        self._findings.warning("prov-xml/value-attribute", place_of(element), value, message)


def is_named(key: str, local: str) -> bool:
    """Whether an attribute of XML is ``id`` or ``ref`` of PROV, of voprov, or without prefix."""
    space, _, name = key.rpartition("}")
    return name == local and canonical_namespace(space[1:]) in _SPACES
