"""Names and literals as Turtle and TriG write them (RDF 1.1 Turtle, section 6.5)."""

import re
from collections.abc import Iterable
from typing import Final

from provstore.exporters.names import NAME_CHAR, NAME_START, usable_prefixes
from provstore.model.identifiers import QUOTED, RDF, quoted_name
from provstore.model.literals import (
    INTERNATIONALIZED,
    LANG_STRING,
    QUALIFIED_NAME,
    XSD_QNAME,
    XSD_STRING,
    Literal,
    Value,
)
from provstore.model.prov_o import RDFS

# RFC 3987, section 2.2, without private characters and the literal addresses of IP version 6.
_UNRESERVED: Final = (
    "A-Za-z0-9._~\\-\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef"
    + "".join(f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14))
    + f"{chr(0xE1000)}-{chr(0xEFFFD)}"
)
_ESCAPED: Final = "%[0-9A-Fa-f]{2}"
_SUB: Final = "!$&'()*+,;="
_PATH: Final = rf"(?:[{_UNRESERVED}{_SUB}:@/]|{_ESCAPED})*"
_MORE: Final = rf"(?:[{_UNRESERVED}{_SUB}:@/?]|{_ESCAPED})*"
_IRI: Final = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.-]*:"
    rf"(?://(?:(?:[{_UNRESERVED}{_SUB}:]|{_ESCAPED})*@)?(?:[{_UNRESERVED}{_SUB}]|{_ESCAPED})*"
    rf"(?::[0-9]{{0,5}})?(?=[/?#]|\Z)|(?!//)){_PATH}(?:\?{_MORE})?(?:\#{_MORE})?\Z"
)
_DOTS: Final = re.compile(r"[/:]\.{1,2}(?=[/?#]|\Z)")
"""Steps of a path: some readers go them (RFC 3986, 5.2.4), and the IRI is another one."""
_LOCAL: Final = re.compile(rf"[{NAME_START}0-9][{NAME_CHAR}]*\Z")
_LABEL: Final = re.compile(r"_:[A-Za-z0-9_][A-Za-z0-9_-]*\Z")
_LANGUAGE: Final = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-[A-Za-z0-9]{5,8})?\Z"
)
"""The usual tags of BCP 47: readers refuse what is none."""
_NOT_IN_TEXT: Final = re.compile(r'[\\"\n\r\t\f\b\x00-\x1f\x7f]|(?<=[\'"])@')
_TEXT_ESCAPES: Final = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\f": "\\f",
    "\b": "\\b",
    '"': '\\"',
    "\\": "\\\\",
}
_UNSAID: Final = frozenset(
    {LANG_STRING, RDF + "dirLangString", INTERNATIONALIZED, XSD_QNAME, QUALIFIED_NAME}
)
"""Datatypes that mean something else in RDF where a literal has no language."""


def is_iri(name: str) -> bool:
    """Whether every reader of RDF takes this for an IRI, and keeps it as it is."""
    if _IRI.match(name) is None or name.startswith((QUOTED, "x-provstore-relative:")):
        return False
    return _DOTS.search(name) is None


class Terms:
    """Names and literals of a whole document, under the prefixes that it declares."""

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        usable = {"rdfs": RDFS, **usable_prefixes(told)}
        self._prefix_of = {
            uri: prefix
            for prefix, uri in sorted(usable.items(), reverse=True)
            if is_iri(uri) and uri[-1] in "/#:?=_"
        }
        self._lengths = sorted({len(uri) for uri in self._prefix_of}, reverse=True)
        self._known: dict[str, str] = {}
        self._nodes: dict[str, str] = {}
        self.used: dict[str, str] = {}
        """What has to be declared; grows as names are made."""

    def node(self, name: str) -> str:
        """A subject or object."""
        known = self._nodes.get(name)
        if known is None:
            blank = _LABEL.match(name) is not None
            known = self._nodes[name] = name if blank else self.iri(name)
        return known

    def iri(self, name: str) -> str:
        """A property, class, datatype or graph: never a blank node."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._iri(name)
        return known

    def _iri(self, name: str) -> str:
        if not is_iri(name):
            name = quoted_name(name)
        for length in self._lengths:
            prefix = self._prefix_of.get(name[:length])
            if prefix is not None:
                local = name[length:]
                if not local or _LOCAL.match(local):
                    self.used[prefix] = name[:length]
                    return f"{prefix}:{local}"
        return f"<{name}>"

    def value(self, value: Value) -> str:
        """An object."""
        if not isinstance(value, Literal):
            return self.node(value)
        text = _NOT_IN_TEXT.sub(_escape, value.lexical)
        if value.language is not None:
            if _LANGUAGE.match(value.language):
                return f'"{text}"@{value.language}'
            return f'"{text}"^^{self.iri("@" + value.language)}'
        if value.datatype == XSD_STRING:
            return f'"{text}"'
        if value.datatype in _UNSAID:
            return f'"{text}"^^<{quoted_name(value.datatype)}>'
        return f'"{text}"^^{self.iri(value.datatype)}'


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    return _TEXT_ESCAPES.get(character) or f"\\u{ord(character):04X}"
