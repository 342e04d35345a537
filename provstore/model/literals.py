"""Attribute values: literals with their lexical form, datatype and language.

Nothing is converted: ``01`` stays ``01``, ``1.50`` stays ``1.50`` (PROV-DM 5.7.3 makes a value a
constant of a datatype, and two constants that differ in form are two values of the set).
"""

from typing import Final, NamedTuple
from urllib.parse import quote, unquote

from provstore.model.identifiers import PROV, PROVSTORE, RDF, XSD, Iri

XSD_STRING: Final = XSD + "string"
XSD_INT: Final = XSD + "int"
XSD_LONG: Final = XSD + "long"
XSD_INTEGER: Final = XSD + "integer"
XSD_DOUBLE: Final = XSD + "double"
XSD_BOOLEAN: Final = XSD + "boolean"
XSD_DATETIME: Final = XSD + "dateTime"
XSD_QNAME: Final = XSD + "QName"
XSD_ANY_URI: Final = XSD + "anyURI"
QUALIFIED_NAME: Final = PROV + "QUALIFIED_NAME"
INTERNATIONALIZED: Final = PROV + "InternationalizedString"
LANG_STRING: Final = RDF + "langString"
NAME_TYPES: Final = frozenset({QUALIFIED_NAME, XSD_QNAME})
"""Constants of these types are qualified names: PROV-JSON writes both, PROV-XML the latter."""
LANGUAGE_TYPES: Final = frozenset({INTERNATIONALIZED, LANG_STRING, XSD_STRING})
"""What formats call the type of a text with a language, which is one (PROV-DM 5.7.3)."""
_TAGGED: Final = PROVSTORE + "language:"

_INT_BITS: Final = 31
_LONG_BITS: Final = 63
_LONG_LENGTH: Final = len(str(-(2**63)))


class Literal(NamedTuple):
    """A constant: its text, the IRI of its datatype, and a language tag for texts that have one."""

    lexical: str
    datatype: str = XSD_STRING
    language: str | None = None


Value = Literal | Iri
"""What an attribute may hold: a constant, or the IRI that a qualified name stands for."""


def text_literal(lexical: str, language: str | None = None) -> Literal:
    """A text; with a language it is a ``prov:InternationalizedString`` (PROV-DM 5.7.3)."""
    if language is None:
        return Literal(lexical)
    return Literal(lexical, INTERNATIONALIZED, language)


def language_datatype(language: str) -> str:
    """A datatype that stands for a language, where a format has no such tag: ``en_US``, ``x y``.

    Readers undo it with `tagged_language`; to other software it is some datatype.
    """
    return _TAGGED + quote(language, safe="")


def tagged_language(datatype: str) -> str | None:
    """The language that `language_datatype` was given; None of any other datatype."""
    if not datatype.startswith(_TAGGED):
        return None
    language = unquote(datatype[len(_TAGGED) :], errors="replace")
    return language if language_datatype(language) == datatype else None


def integer_literal(lexical: str) -> Literal:
    """An integer typed by its size, so that no reader of ``xsd:int`` overflows."""
    if len(lexical) > _LONG_LENGTH:  # Python refuses to read integers of thousands of digits
        return Literal(lexical, XSD_INTEGER)
    bits = int(lexical).bit_length()
    if bits <= _INT_BITS:
        return Literal(lexical, XSD_INT)
    return Literal(lexical, XSD_LONG if bits <= _LONG_BITS else XSD_INTEGER)


def value_text(value: Value) -> str:
    """The text of a value: the lexical form, or the IRI."""
    return str(value) if isinstance(value, Iri) else value.lexical
