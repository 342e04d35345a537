"""RDF in its syntaxes: Turtle, TriG, N-Triples, N-Quads and RDF/XML, read as PROV-O.

pyoxigraph parses, as a stream; its store is never asked, for it changes the form of literals.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from lxml import etree
from pyoxigraph import Quad, QuadParser, RdfFormat, parse

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.rdf.prov_o import document_of_quads
from provstore.importers.rdf.terms import BASE
from provstore.importers.strict_xml import read_xml, sniffed_root
from provstore.model.document import Document

_BOM: Final = b"\xef\xbb\xbf"
_NESTED: Final = 100
"""Deepest triple within triples that is handed to the parser, which goes down by recursion."""
_TOKENS: Final = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*"""'
    rb"|'''(?:[^'\\]++|\\.|'(?!''))*'''"
    rb'|"(?:[^"\\\n\r]++|\\.)*"'
    rb"|'(?:[^'\\\n\r]++|\\.)*'"
    rb"|<[^<>\x00-\x20]*>|#[^\n\r]*|<<|>>",
    re.DOTALL,
)
_IRI: Final = r"<[^<>\"{}|^`\\\x00-\x20]*>"
_PREFIX_FIRST: Final = re.compile(
    r"(?:#[^\n]*\n\s*)*(?:@(?:prefix|base)\s|(?i:prefix|base)\s+(?:[^\s:]*:\s*)?<)"
)
_TRIPLE_FIRST: Final = re.compile(
    rf"(?:#[^\n]*\n\s*)*(?:{_IRI}|_:\S+)\s+(?:{_IRI}|a\s)\s*(?:{_IRI}|_:\S+|\[|\")"
)
_NOT_MARKS: Final = re.compile(rf'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|{_IRI}|#[^\n]*', re.DOTALL)
_BLOCK_FIRST: Final = re.compile(
    rf"(?:#[^\n]*\n\s*)*(?:(?i:graph)\s+)?(?:{_IRI}\s*)?\{{\s*(?:{_IRI}|_:|\[)"
)
_LINE: Final = re.compile(
    rf"(?:{_IRI}|_:\S+)[ \t]*{_IRI}[ \t]*"
    rf'(?:{_IRI}|_:[^\s.]+|"(?:[^"\\]|\\.)*"(?:@[\w-]+|\^\^{_IRI})?)[ \t]*'
    rf"({_IRI}|_:[^\s.]+)?[ \t]*\.[ \t]*(?:#.*)?\Z"
)


class _Rdf:
    """One syntax."""

    name: str
    media_types: Sequence[str]
    syntax: RdfFormat
    has_prefixes = True

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part."""
        text = self._checked(data, findings)
        if text is None:
            return []
        prefixes: dict[str, str] = {}
        parser = parse(input=text, format=self.syntax, base_iri=BASE)
        quads = _quads(parser, prefixes, findings)
        document = self._document(quads, prefixes, findings, text)
        return [Part(document, 0, len(data))]

    def _document(
        self, quads: Iterator[Quad], prefixes: Mapping[str, str], findings: Findings, text: bytes
    ) -> Document:
        return document_of_quads(
            quads, prefixes, findings, source=text, has_prefixes=self.has_prefixes
        )

    def _checked(self, data: bytes, findings: Findings) -> bytes | None:
        """The bytes as the parser may have them; None, with a finding, where it may not."""
        if data.startswith(_BOM):
            findings.info(
                "text/byte-order-mark", "1:1", "EF BB BF", "the byte order mark is ignored"
            )
            data = data.removeprefix(_BOM)
        if data.count(b"<<") > _NESTED and _depth(data) > _NESTED:
            message = f"triples within triples are nested more than {_NESTED} deep"
            findings.error("rdf/triple-term", "", "<<", message)
            return None
        return data


def _depth(data: bytes) -> int:
    """How deep ``<<`` is nested, in texts, names and comments not counted."""
    depth = deepest = 0
    for match in _TOKENS.finditer(data):
        token = match.group()
        if token == b"<<":
            depth += 1
            deepest = max(deepest, depth)
        elif token == b">>":
            depth -= 1
    return deepest


def _quads(parser: QuadParser, prefixes: dict[str, str], findings: Findings) -> Iterator[Quad]:
    """The quads up to the first that cannot be read; ``prefixes`` is filled at the end."""
    try:
        yield from parser
    except SyntaxError as error:
        place = f"{error.lineno}:{error.offset}" if error.lineno else ""
        message = str(error.msg).partition(": ")[2] or str(error.msg)
        findings.error("rdf/syntax", place, "", message[:500])
    prefixes.update(parser.prefixes)


class Turtle(_Rdf):
    """The importer of Turtle (RDF 1.1 Turtle, W3C Recommendation of 25 February 2014)."""

    name = "turtle"
    media_types: Sequence[str] = ("text/turtle", "application/x-turtle")
    syntax = RdfFormat.TURTLE

    def sniff(self, head: bytes) -> bool:
        """Whether this begins as Turtle does, and shows no graph."""
        return _is_turtle(sniffed_text(head))


class TriG(_Rdf):
    """The importer of TriG (RDF 1.1 TriG, W3C Recommendation of 25 February 2014)."""

    name = "trig"
    media_types: Sequence[str] = ("application/trig", "application/x-trig")
    syntax = RdfFormat.TRIG

    def sniff(self, head: bytes) -> bool:
        """Whether this begins as Turtle or TriG do, and shows a graph."""
        text = sniffed_text(head)
        return (_is_turtle(text) or _BLOCK_FIRST.match(text) is not None) and _shows_graph(text)


class NTriples(_Rdf):
    """The importer of N-Triples (RDF 1.1 N-Triples, W3C Recommendation of 25 February 2014)."""

    name = "n-triples"
    media_types: Sequence[str] = ("application/n-triples",)
    syntax = RdfFormat.N_TRIPLES
    has_prefixes = False

    def sniff(self, head: bytes) -> bool:
        """Whether every line is a triple."""
        return _graphs_of_lines(sniffed_text(head)) == {False}


class NQuads(_Rdf):
    """The importer of N-Quads (RDF 1.1 N-Quads, W3C Recommendation of 25 February 2014)."""

    name = "n-quads"
    media_types: Sequence[str] = ("application/n-quads",)
    syntax = RdfFormat.N_QUADS
    has_prefixes = False

    def sniff(self, head: bytes) -> bool:
        """Whether every line is a triple, and one has the name of a graph."""
        return True in _graphs_of_lines(sniffed_text(head))


class RdfXml(_Rdf):
    """The importer of RDF/XML (RDF 1.1 XML Syntax, W3C Recommendation of 25 February 2014)."""

    name = "rdf-xml"
    media_types: Sequence[str] = ("application/rdf+xml",)
    syntax = RdfFormat.RDF_XML

    def sniff(self, head: bytes) -> bool:
        """Whether the first element is ``rdf:RDF``."""
        return sniffed_root(sniffed_text(head)) == "RDF"

    def _checked(self, data: bytes, findings: Findings) -> bytes | None:
        """Only what our own reader of XML takes: no document type, no deep nesting."""
        root = read_xml(data, findings)
        return None if root is None else etree.tostring(root, encoding="utf-8")


def _is_turtle(text: str) -> bool:
    return _PREFIX_FIRST.match(text) is not None or _TRIPLE_FIRST.match(text) is not None


def _shows_graph(text: str) -> bool:
    return "{" in _NOT_MARKS.sub("", text)


def _graphs_of_lines(text: str) -> set[bool]:
    """Whether lines name a graph; empty where one of the whole lines is neither triple nor quad."""
    lines = [line.strip() for line in text.split("\n")]
    whole = lines if text.endswith("\n") or len(lines) == 1 else lines[:-1]
    found: set[bool] = set()
    for line in whole:
        if line and not line.startswith("#"):
            match = _LINE.match(line)
            if match is None:
                return set()
            found.add(match.group(1) is not None)
    return found
