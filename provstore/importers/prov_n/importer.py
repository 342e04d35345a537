"""PROV-N (W3C Recommendation of 30 April 2013), with what IVOA software and ProvToolbox write.

Read by our own grammar, which keeps lexical forms. Beyond the Recommendation, these are read:

- dictionaries (PROV-DICTIONARY) and ``mentionOf`` (PROV-LINKS), with or without ``prov:``;
- the records of the IVOA model, with the prefix ``voprov`` or without, and the texts without quotes
  that voprov up to 0.0.4 writes in them;
- the qualified ``specializationOf``, ``alternateOf`` and ``hadMember`` of ProvToolbox, which have
  names and attributes;
- arguments that are left out at the end, ``-`` for any end, statements behind bundles;
- names with characters that the grammar wants escaped; blank names; well-known prefixes that are
  not declared.
"""

import re
from collections.abc import Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.prov_n.forms import FORMS
from provstore.importers.prov_n.statements import StatementReader
from provstore.importers.prov_n.tokens import END, IRI_REF, NAME, Tokens
from provstore.importers.prov_n.values import (
    FORMAT,
    UNSTORABLE,
    Scope,
    UnexpectedTokenError,
    unescaped_iri,
)
from provstore.importers.qualified_names import declared_namespace
from provstore.importers.statements import Statements
from provstore.model.document import Document
from provstore.model.identifiers import Prefixes

_BEGIN: Final = re.compile(r"(?:\s++|//[^\r\n]*+|/\*(?s:.*?)\*/)*+document(?=\s|\Z)")
_DECLARATIONS: Final = frozenset({"prefix", "default"})
_STRUCTURE: Final = frozenset({"bundle", "endBundle", "endDocument"})


class ProvN:
    """The importer of PROV-N."""

    name = FORMAT
    media_types: Sequence[str] = ("text/provenance-notation",)

    def sniff(self, head: bytes) -> bool:
        """Whether the first word, behind comments, is ``document``."""
        return _BEGIN.match(sniffed_text(head)) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part; a text in no UTF-8 gives none."""
        text = decode_text(data, findings)
        if text is None:
            return []
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            message = "a NUL character cannot be stored"
            findings.error("prov-n/text", f"line {line}", "U+0000", message)
            return []
        reader = _DocumentReader(Tokens(text), findings)
        return [Part(reader.document(), 0, len(data))]


class _DocumentReader:
    """Reads the frame of a document, and hands its statements on."""

    def __init__(self, tokens: Tokens, findings: Findings) -> None:
        self._tokens = tokens
        self._findings = findings
        self._index = 0
        """Of the token that is read next."""
        self._nested = 0
        """Bundles that began in another one, and whose ends are still to come."""

    def document(self) -> Document:
        """The document, as far as it could be read."""
        if self._word() == "document":
            self._index = 1
        else:
            self._error("syntax", self._index, "expected document as the first word")
        document = Document(Prefixes(self._declared()))
        scope = Scope(self._tokens, document.prefixes, self._findings)
        statements = Statements(document, self._findings)
        reader = StatementReader(scope, statements)
        while True:
            self._statements(reader)
            if self._word() == "bundle":
                self._bundle(document)
            elif self._word() == "endBundle":
                self._stray_end()
            else:
                break
        self._end()
        statements.finish()
        return document

    def _end(self) -> None:
        if self._word() != "endDocument":
            self._error("syntax", self._index, "expected endDocument, and the text ends")
            return
        if self._tokens.kinds[self._index + 1] != END:
            self._error("syntax", self._index + 1, "nothing can stand behind endDocument")

    def _stray_end(self) -> None:
        if self._nested:
            self._nested -= 1
        else:
            self._error("syntax", self._index, "no bundle is open here that could end")
        self._index += 1

    def _word(self) -> str:
        """The keyword that comes next, or an empty text."""
        tokens, index = self._tokens, self._index
        is_word = tokens.kinds[index] == NAME and tokens.texts[index + 1] != "("
        return tokens.texts[index] if is_word else ""

    def _declared(self) -> dict[str, str]:
        """The prefixes that are declared here; the default namespace stands under the empty one."""
        declared: dict[str, str] = {}
        while (word := self._word()) in _DECLARATIONS:
            name = self._index + 1 if word == "prefix" else self._index
            try:
                prefix = self._prefix(name) if word == "prefix" else ""
                uri = self._namespace(name + 1)
            except UnexpectedTokenError as error:
                self._syntax(error)
                self._index = max(self._index + 1, error.index)
                continue
            place = self._tokens.place(name)
            if declared.get(prefix, uri) != uri:
                self._error("told-twice", name, "this prefix is declared twice here, differently")
            declared[prefix] = declared_namespace(
                prefix, uri, self._findings, place, format_name=FORMAT
            )
            self._index = name + 2
        return declared

    def _prefix(self, index: int) -> str:
        prefix = self._tokens.texts[index]
        if self._tokens.kinds[index] != NAME or ":" in prefix or "\\" in prefix:
            raise UnexpectedTokenError(index, "a prefix, without a colon")
        return prefix

    def _namespace(self, index: int) -> str:
        if self._tokens.kinds[index] != IRI_REF:
            raise UnexpectedTokenError(index, "the IRI of a namespace in < >")
        iri = unescaped_iri(self._tokens.texts[index][1:-1])
        if UNSTORABLE.search(iri):
            self._error(
                "text", index, "a NUL character or half of a surrogate pair is no character"
            )
        return iri

    def _bundle(self, document: Document) -> None:
        start = self._index
        name = start + 1
        self._index += 2
        declared = self._declared()
        prefixes = Prefixes(declared, parent=document.prefixes)
        try:
            iri = Scope(self._tokens, prefixes, self._findings).iri(name)
        except UnexpectedTokenError as error:
            self._syntax(error)
            self._nested += 1
            return
        if iri in document.bundles:
            message = "this bundle is told twice; what both say is united"
            place = self._tokens.place(name)
            self._findings.warning(
                "prov-n/repeated-bundle", place, self._tokens.texts[name], message
            )
        document.add_bundle(iri, declared)
        scope = Scope(self._tokens, prefixes, self._findings, iri)
        statements = Statements(document, self._findings, iri)
        self._statements(StatementReader(scope, statements))
        statements.finish()
        self._end_bundle(start)

    def _end_bundle(self, start: int) -> None:
        word = self._word()
        if word == "endBundle":
            self._index += 1
        elif word == "bundle":
            self._nested += 1
            message = "a bundle cannot hold bundles (PROV-DM 5.4.1)"
            self._error("nested-bundle", self._index, message)
        else:
            self._error("syntax", start, "this bundle has no endBundle")

    def _statements(self, reader: StatementReader) -> None:
        """Read all up to a word of the frame; behind an error, go on with the next statement."""
        tokens = self._tokens
        while self._word() not in _STRUCTURE and tokens.kinds[self._index] != END:
            try:
                self._index = reader.read(self._index)
            except UnexpectedTokenError as error:
                self._syntax(error)
                self._index = self._next_statement(max(self._index + 1, error.index))

    def _next_statement(self, index: int) -> int:
        """Where something begins that can only be a statement, or a word of the frame."""
        texts, kinds = self._tokens.texts, self._tokens.kinds
        while kinds[index] != END:
            if kinds[index] == NAME:
                if texts[index + 1] == "(":
                    if texts[index].rpartition(":")[2] in FORMS:
                        return index
                elif texts[index] in _STRUCTURE and texts[index + 1] not in {",", ")", ";"}:
                    return index
            index += 1
        return index

    def _syntax(self, error: UnexpectedTokenError) -> None:
        at_end = self._tokens.kinds[error.index] == END
        message = f"expected {error.expected}" + (", and the text ends" if at_end else "")
        self._error("syntax", error.index, message)

    def _error(self, rule: str, index: int, message: str) -> None:
        place, value = self._tokens.place(index), self._tokens.texts[index]
        self._findings.error(f"{FORMAT}/{rule}", place, value, message)
