"""IRIs as names that XML can say.

PROV-XML takes identifiers for ``xsd:QName`` (section 2.4 of the note), whose local part is an
NCName. So the IRI is cut where the rest is one, under a prefix made for it if need be: prefix and
rest put together are the IRI again. Where no such cut exists (a name that ends in digits only), or
what stands before it is no URI, the characters that do not fit are written ``_xHHHH_``, as
ISO/IEC 9075-14 does, with eight digits beyond U+FFFF, as the ``prov`` library does. A blank name
becomes a URN, which our reader undoes.
"""

import re
from collections.abc import Iterable
from typing import Final

from provstore.exporters.names import NAME_CHAR, NAME_START, usable_prefixes
from provstore.model.identifiers import (
    PROV,
    PROVSTORE,
    XSD,
    canonical_namespace,
    quoted_name,
    split_iri,
    unquoted_name,
)

XML_SCHEMA: Final = "http://www.w3.org/2001/XMLSchema"
"""XML Schema's own namespace: without the ``#`` that PROV puts behind it."""

_NCNAME: Final = re.compile(rf"[{NAME_START}][{NAME_CHAR}.]*\Z")
_TAIL_REVERSED: Final = re.compile(rf"[{NAME_CHAR}.]*")
_NOT_START: Final = re.compile(rf"\A[^{NAME_START}]+")
_LOOKS_ESCAPED: Final = re.compile(r"_x[0-9A-Fa-f]{4,8}_")
# An underscore that an escape behind it would make look like one itself is escaped too.
_UNFIT: Final = re.compile(rf"\A[^{NAME_START}]|[^{NAME_CHAR}.]|_(?=x[0-9A-Fa-f]{{4}})")
_BASIC_PLANE: Final = 0xFFFF
# A namespace is a URI reference (Namespaces in XML 1.0, section 2.2): RFC 3986, appendix A, without
# the literal IP addresses of version 6.
_PCHARS: Final = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*"
_URI: Final = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*:"
    r"(?://(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*(?::\d{0,5})?(?=[/?#]|\Z)|(?!//))"
    rf"{_PCHARS}(?:\#{_PCHARS})?"
)
_RESERVED: Final = frozenset(
    {"http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace"}
)


class XmlNames:
    """Qualified names for a whole XML document, and the prefixes that they use."""

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        prefixes = {p: uri for p, uri in usable_prefixes(told).items() if _is_namespace(uri)}
        # of several prefixes of a namespace the first of the alphabet is written
        self._prefix_of = {uri: prefix for prefix, uri in sorted(prefixes.items(), reverse=True)}
        self._lengths = sorted({len(uri) for uri in self._prefix_of}, reverse=True)
        self._taken = set(prefixes)
        self._number = 1
        self._known: dict[str, str] = {}
        self.used: dict[str, str] = {"prov": PROV, "xsd": XML_SCHEMA, "provstore": PROVSTORE}
        """What has to be declared; grows as names are made. The namespace of provstore tells our
        reader that names are escaped as they are here."""

    def __call__(self, iri: str) -> str:
        """The name of ``iri``, fit for an element, an ``xsd:QName`` and its value."""
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = self._name(iri)
        return known

    def _name(self, iri: str) -> str:
        if iri.startswith("_:") or unquoted_name(iri) != iri:
            iri = quoted_name(iri)
        for length in self._lengths:
            prefix = self._prefix_of.get(iri[:length])
            if prefix is not None and _is_plain(iri[length:]):
                return self._qualified(prefix, iri[:length], iri[length:])
        namespace, local = _cut(iri)
        if not namespace:
            return local
        prefix = self._prefix_of.get(namespace) or self._mint(namespace)
        return self._qualified(prefix, namespace, local)

    def _qualified(self, prefix: str, uri: str, local: str) -> str:
        self.used[prefix] = XML_SCHEMA if uri == XSD else uri
        return f"{prefix}:{local}"

    def _mint(self, namespace: str) -> str:
        while (prefix := f"ns{self._number}") in self._taken:
            self._number += 1
        self._taken.add(prefix)
        self._prefix_of[namespace] = prefix
        return prefix


def _is_plain(local: str) -> bool:
    return _NCNAME.match(local) is not None and not _LOOKS_ESCAPED.search(local)


def _is_namespace(uri: str) -> bool:
    return _URI.fullmatch(uri) is not None and _is_own(uri)


def _cut(iri: str) -> tuple[str, str]:
    """Namespace and local part, the latter an NCName; no namespace where no URI is in front."""
    tail = _TAIL_REVERSED.match(iri[::-1])
    local = _NOT_START.sub("", iri[len(iri) - (tail.end() if tail else 0) :])
    namespace = iri[: len(iri) - len(local)]
    if _is_plain(local) and (not namespace or _is_namespace(namespace)):
        return namespace, local
    start = _URI.match(iri)
    namespace = split_iri(start.group())[0] if start else ""
    while namespace and (namespace == iri or not _is_own(namespace)):
        namespace = namespace[:-1]
    if not _is_namespace(namespace):
        namespace = ""
    return namespace, escaped(iri[len(namespace) :])


def _is_own(namespace: str) -> bool:
    """Whether XML lets it be declared, and our reader does not take it for another one."""
    canonical = namespace == XSD or canonical_namespace(namespace) == namespace
    return canonical and namespace not in _RESERVED


def escaped(local: str) -> str:
    """The local part as an NCName."""
    return _UNFIT.sub(escaped_character, local)


def escaped_character(match: re.Match[str]) -> str:
    """The character as ``_xHHHH_``."""
    code = ord(match.group())
    return f"_x{code:04X}_" if code <= _BASIC_PLANE else f"_x{code:08X}_"
