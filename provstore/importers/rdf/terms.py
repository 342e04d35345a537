"""RDF terms as names and values of the model.

pyoxigraph gives terms as RDF 1.1 sees them. What it does not keep is taken back from the text:
relative IRIs, the case of language tags, and names for the blank nodes that have no label.
"""

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any, Final

from pyoxigraph import BlankNode, NamedNode, Triple
from pyoxigraph import Literal as RdfLiteral

from provstore.importers.base import Findings
from provstore.model.identifiers import QUOTED, Iri, canonical_namespace, split_iri, unquoted_name
from provstore.model.literals import (
    NAME_TYPES,
    XSD_STRING,
    Literal,
    Value,
    text_literal,
)

BASE: Final = "x-provstore-relative://here/-/-/-/-/"
"""The base of a document that declares none. What it makes of a relative IRI is undone again, so
that ``<run1>`` is the name ``run1``, local to its source; nothing is ever fetched."""

_AUTHORITY: Final = "x-provstore-relative:"
_HERE: Final = "//here"
_STEPS: Final = BASE.count("/-")
_ANONYMOUS: Final = re.compile(r"[0-9a-f]{20,32}\Z")
# Each way in which a text says it, by the mark that it begins with: a search for a mark is quick.
_LABEL: Final = rb"([0-9a-f]{20,32})"
_LABELS: Final = (
    (b"_:", re.compile(rb"_:" + _LABEL)),
    (b"nodeID", re.compile(rb"nodeID\s*=\s*[\"']" + _LABEL)),
)
_TAG: Final = rb"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*)"
_TAGS: Final = (
    (b'"@', re.compile(rb'"@' + _TAG)),
    (b"'@", re.compile(rb"'@" + _TAG)),
    (b'"@language"', re.compile(rb'"@language"\s*:\s*"' + _TAG)),
    (b"xml:lang", re.compile(rb"xml:lang\s*=\s*[\"']" + _TAG)),
)
_ALTERED: Final = ("http://www.ivoa.net/", "http://wiki.ivoa.net/", "voprov:")
"""Starts of the namespaces that are met for voprov."""


def relative_name(iri: str) -> str:
    """The relative IRI from which `BASE` made this one; ``.`` for the document itself."""
    rest = iri[len(_AUTHORITY) :]
    if not rest.startswith(_HERE + "/"):
        return rest  # a network-path reference: RFC 3986, 4.2
    path = rest[len(_HERE) :]
    depth = 0
    while depth < _STEPS and path.startswith("/-"):
        path, depth = path[2:], depth + 1
    if depth == 0:
        return path
    return "../" * (_STEPS - depth) + path.removeprefix("/") or "."


class _Properties(dict[str, str]):
    """Made when they are first asked for."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, iri: str) -> str:
        found = self[iri] = self._make(iri)
        return found


class RdfTerms:
    """Turns the terms of one document into names and values, each of them once.

    Parameters
    ----------
    source
        The bytes of the document: they tell how language tags are spelled, which blank nodes have
        labels, and which namespaces are declared.
    findings
        Takes what cannot be kept.
    has_prefixes
        Whether the format declares namespaces. Where it does not, every spelling of voprov counts.
    """

    def __init__(self, source: bytes, findings: Findings, *, has_prefixes: bool) -> None:
        self._source = source
        self._findings = findings
        self._has_prefixes = has_prefixes
        self.known: dict[str, Iri] = {}
        """IRIs of the text met so far, to what they mean; read directly where speed counts."""
        self.properties = _Properties(self.raw)
        """IRIs of predicates to what they mean; one that `quoted_name` hides stays hidden."""
        self._blanks: dict[str, Iri] = {}
        self._texts: dict[str, Literal] = {}
        self._namespaces: dict[str, str] = {}
        self._datatypes: dict[str, str] = {}
        self._labels: frozenset[str] | None = None
        self._spellings: dict[str, str] | None = None
        self._number = 0
        self._stem = ""
        self._may_hold_nul = any(mark in source for mark in (b"\0", b"u0000", b"U00000000"))
        self.has_qnames = False
        """Whether a literal is a qualified name."""
        self._readers: dict[type, Any] = {
            NamedNode: lambda term: self.iri(term.value),
            BlankNode: lambda term: self._blank(term.value),
            RdfLiteral: self._literal,
            Triple: self._triple,
        }

    def value(self, term: object) -> Value:
        """The value that a term is."""
        found: Value = self._readers[type(term)](term)
        return found

    def raw(self, iri: str) -> str:
        """An IRI of the text with its namespace in the one spelling."""
        if iri.startswith(_ALTERED):
            return self._canonical(iri)
        if iri.startswith(_AUTHORITY):
            return self._relative(iri)
        return iri

    def iri(self, iri: str) -> Iri:
        """The name that an IRI of the text means."""
        known = self.known.get(iri)
        if known is None:
            name = unquoted_name(iri) if iri.startswith(QUOTED) else self.raw(iri)
            known = self.known[iri] = Iri(name)
        return known

    def _relative(self, iri: str) -> str:
        name = relative_name(iri)
        message = "relative IRIs without a base are names local to their source"
        self._findings.info_once("rdf/relative-iri", "", name, message)
        return name

    def _canonical(self, iri: str) -> str:
        namespace, local = ("voprov:", iri[7:]) if iri.startswith("voprov:") else split_iri(iri)
        known = self._namespaces.get(namespace)
        if known is None:
            known = canonical_namespace(namespace)
            if known != namespace and not self._is_declared(namespace):
                known = namespace
            self._namespaces[namespace] = known
        return known + local

    def _is_declared(self, namespace: str) -> bool:
        if not self._has_prefixes:
            return True
        uri = re.escape(namespace.encode())
        declared = (
            rb"(?i:prefix)\s+[^\s:]*:\s*<%s>" % uri,
            rb"xmlns(?::[\w.-]+)?\s*=\s*[\"']%s[\"']" % uri,
            rb"\"[^\"\\]{0,200}\"\s*:\s*\"%s\"" % uri,
        )
        return any(re.search(pattern, self._source) for pattern in declared)

    def _blank(self, label: str) -> Iri:
        known = self._blanks.get(label)
        if known is None:
            name = self._fresh() if self._is_anonymous(label) else label
            known = self._blanks[label] = Iri("_:" + name)
        return known

    def _is_anonymous(self, label: str) -> bool:
        """Whether the parser made the label, at random: the text does not hold it."""
        if _ANONYMOUS.match(label) is None:
            return False
        if self._labels is None:
            self._labels = self._told(_LABELS)
        return label not in self._labels

    def _told(self, ways: Iterable[tuple[bytes, re.Pattern[bytes]]]) -> frozenset[str]:
        """What the text says in any of the ways."""
        source = self._source
        found = (pattern.findall(source) for mark, pattern in ways if mark in source)
        return frozenset(text.decode() for texts in found for text in texts)

    def _fresh(self) -> str:
        """A label that the text does not have; the same on each reading."""
        if not self._stem:
            known = b"anonymous" in self._source
            self._stem = (
                f"anonymous{sha256(self._source).hexdigest()[:8]}_" if known else "anonymous"
            )
        self._number += 1
        return f"{self._stem}{self._number}"

    def _literal(self, term: RdfLiteral) -> Literal:
        text, language, datatype = term.value, term.language, term.datatype.value
        if self._may_hold_nul and "\0" in text:
            message = "the text holds the character NUL, which cannot be stored"
            self._findings.error("rdf/nul", "", text, message)
        if language is not None:
            return text_literal(text, self._spelled(language))
        if datatype == XSD_STRING:
            known = self._texts.get(text)
            if known is None:
                known = self._texts[text] = Literal(text)
            return known
        name = self._datatypes.get(datatype)
        if name is None:
            name = self._datatypes[datatype] = str(self.iri(datatype))
            self.has_qnames = self.has_qnames or name in NAME_TYPES
        return text_literal(text, name[1:]) if name.startswith("@") else Literal(text, name)

    def _spelled(self, language: str) -> str:
        """The tag as the text has it: pyoxigraph gives it in lower case (RDF 1.1, 3.3)."""
        if self._spellings is None:
            self._spellings = {}
            for tag in sorted(self._told(_TAGS)):
                lower = tag.lower()
                self._spellings[lower] = lower if lower in self._spellings else tag
        return self._spellings.get(language, language)

    def _triple(self, term: Triple) -> Literal:
        message = "triples as terms (RDF 1.2) are not read: PROV-O has none"
        self._findings.error("rdf/triple-term", "", term, message)
        return Literal("")
