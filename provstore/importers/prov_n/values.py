"""What names and values mean in one document or bundle of PROV-N (Recommendation, section 3.7)."""

import re
from collections.abc import Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.prov_n.tokens import (
    BAD,
    HYPHEN,
    NAME,
    QUOTED_NAME,
    TEXT,
    TIME,
    TYPED,
    Tokens,
    is_plain_name,
    split_name,
)
from provstore.importers.qualified_names import QualifiedNames
from provstore.model.identifiers import Iri, Prefixes, is_absolute, unquoted_name
from provstore.model.literals import (
    LANGUAGE_TYPES,
    QUALIFIED_NAME,
    XSD_QNAME,
    Literal,
    Value,
    integer_literal,
    tagged_language,
    text_literal,
)
from provstore.model.records import Attributes
from provstore.model.times import is_time

FORMAT: Final = "prov-n"
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(?s:(.)))")
_ESCAPED: Final[Mapping[str, str]] = {
    "t": "\t",
    "b": "\b",
    "n": "\n",
    "r": "\r",
    "f": "\f",
    '"': '"',
    "'": "'",
    "\\": "\\",
}
UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
_HIGHEST: Final = 0x10FFFF
_LANGUAGE: Final = re.compile(r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*\Z")
_INTEGER: Final = re.compile(r"-?[0-9]+\Z")
_NAMES: Final = frozenset({QUALIFIED_NAME, XSD_QNAME})
_LONG: Final = '"""'


_CODE_POINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U(000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4})")


def unescaped_iri(iri: str) -> str:
    r"""The IRI of a namespace, its ``\u`` and ``\U`` read (section 6 of the Recommendation)."""
    return _CODE_POINT.sub(lambda match: chr(int(match[1] or match[2], 16)), iri)


class UnexpectedTokenError(Exception):
    """A token stands where the grammar has another; it never leaves the reader."""

    def __init__(self, index: int, expected: str) -> None:
        self.index, self.expected = index, expected
        super().__init__(expected)


class Scope:
    """Names, values and attributes of one document or bundle, each name resolved once.

    Parameters
    ----------
    tokens
        Of the whole text; methods are given the index of a token.
    prefixes
        Those in force.
    findings
        Takes what is noticed.
    bundle
        IRI of the bundle; None for the document itself.
    """

    def __init__(
        self, tokens: Tokens, prefixes: Prefixes, findings: Findings, bundle: str | None = None
    ) -> None:
        self.tokens = tokens
        self.prefixes = prefixes
        self.findings = findings
        self.bundle = bundle
        self.iris: dict[str, str] = {}
        """Names met so far, as written, to their IRIs; read directly where speed counts."""
        self._names = QualifiedNames(prefixes, findings, FORMAT)
        self._keys: dict[str, str] = {}
        self._texts: dict[str, Literal] = {}

    def iri(self, index: int) -> str:
        """The IRI of the name that stands there."""
        tokens = self.tokens
        name = tokens.texts[index]
        known = self.iris.get(name)
        if known is None:
            if tokens.kinds[index] != NAME:
                raise UnexpectedTokenError(index, "a name")
            known = self.named(name, index)
        return known

    def named(self, name: str, index: int) -> str:
        """The IRI of a name as it is written, which stands in the token there."""
        known = self.iris.get(name)
        if known is not None:
            return known
        place = self.tokens.place(index)
        if not name:
            return self._names.iri(name, place)
        if not is_plain_name(name) and not name.startswith("_:"):
            message = "names that PROV-N would have escaped are read as they are written"
            self.findings.info_once("prov-n/unescaped-name", place, name, message)
        prefix, local = split_name(name)
        if prefix is None:
            known = unquoted_name((self.prefixes.namespace("") or "") + local)
        else:
            told = f"{prefix}:{local}"
            known = self._names.iri(told, place)
            if known == told and prefix != "_" and not is_absolute(told):
                return known  # one that has no meaning is to be found at each of its places
        self.iris[name] = known
        return known

    def attributes(self, index: int) -> tuple[Attributes, int]:
        """The attributes of the brackets that open there, and the index behind them."""
        texts, kinds, keys = self.tokens.texts, self.tokens.kinds, self._keys
        pairs: dict[tuple[str, Value], None] = {}
        index += 1
        if texts[index] == "]":
            return (), index + 1
        while True:
            name = keys.get(texts[index]) or self._key(index)
            if texts[index + 1] != "=":
                raise UnexpectedTokenError(index + 1, "= and a value")
            value: Value
            if kinds[index + 2] == TEXT and texts[index + 3] in {",", "]"}:
                value, index = self._text(index + 2), index + 3
            else:
                value, index = self.value(index + 2)
            pairs[name, value] = None
            index += 1
            if texts[index - 1] == "]":
                return tuple(pairs), index
            if texts[index - 1] != ",":
                raise UnexpectedTokenError(index - 1, ", or ]")

    def _key(self, index: int) -> str:
        """The IRI of an attribute; a bare one without a default namespace is kept as it is."""
        found = self.iri(index)
        name = self.tokens.texts[index]
        if found == name and ":" not in name:
            message = "attributes without a namespace are kept under their bare names"
            self.findings.info_once(
                "prov-n/bare-attribute", self.tokens.place(index), name, message
            )
        if name in self.iris:
            self._keys[name] = found
        return found

    def value(self, index: int) -> tuple[Value, int]:
        """The literal that stands there (3.7.3), and the index behind it."""
        kind, text = self.tokens.kinds[index], self.tokens.texts[index]
        if kind == TEXT:
            return self._literal(index)
        if kind == QUOTED_NAME:
            return Iri(self.named(text[1:-1], index)), index + 1
        if kind in {NAME, HYPHEN} and _INTEGER.match(text):
            return integer_literal(text), index + 1
        if kind == BAD and text[0] in "\"'":
            raise UnexpectedTokenError(index, "the end of this text, which is not closed")
        raise UnexpectedTokenError(index, "a value: a text, a number, or a name in single quotes")

    def _literal(self, index: int) -> tuple[Value, int]:
        """A text with its datatype or language."""
        literal = self._text(index)
        texts, kinds = self.tokens.texts, self.tokens.kinds
        index += 1
        language = None
        if kinds[index] == NAME and texts[index].startswith("@"):
            language = self._language(index)
            index += 1
        if kinds[index] != TYPED:
            return text_literal(literal.lexical, language), index
        datatype = self.iri(index + 1)
        return self._typed(literal.lexical, datatype, language, index + 1), index + 2

    def _language(self, index: int) -> str:
        tag = self.tokens.texts[index]
        if not _LANGUAGE.match(tag):
            message = "this is no language tag of PROV-N (LANGTAG); it is kept"
            self._warning("language-tag", index, tag, message)
        return tag[1:]

    def _typed(self, text: str, datatype: str, language: str | None, index: int) -> Value:
        if language is not None:
            if datatype not in LANGUAGE_TYPES:
                message = "a value with a language is read as prov:InternationalizedString"
                self._warning("language-type", index, datatype, message)
            return text_literal(text, language)
        if datatype in _NAMES:
            return Iri(self.named(text, index))
        tagged = tagged_language(datatype)
        return Literal(text, datatype) if tagged is None else text_literal(text, tagged)

    def _text(self, index: int) -> Literal:
        """The text between the quotes that stand there, made once: documents repeat most."""
        told = self.tokens.texts[index]
        known = self._texts.get(told)
        if known is None:
            content = told[3:-3] if told.startswith(_LONG) else told[1:-1]
            if "\\" in content:
                content = _ESCAPE.sub(lambda match: self._unescaped(match, index), content)
            if UNSTORABLE.search(content):
                message = "a NUL character or half of a surrogate pair cannot be stored"
                self.findings.error("prov-n/text", self.tokens.place(index), told, message)
                content = UNSTORABLE.sub("\ufffd", content)
                return Literal(content)
            known = self._texts[told] = Literal(content)
        return known

    def _unescaped(self, match: re.Match[str], index: int) -> str:
        r"""What stands for an escape: ECHAR of the grammar, ``\u`` and ``\U`` of section 6."""
        four, eight, character = match.groups()
        if character is None:
            code = int(four or eight, 16)
            return chr(code) if code <= _HIGHEST else "\0"
        known = _ESCAPED.get(character)
        if known is None:
            message = "no character is escaped like this; the backslash is kept"
            self._warning("unknown-escape", index, match.group(), message)
            return match.group()
        return known

    def time(self, first: int, last: int) -> str:
        """The time that stands in these tokens, as it is written."""
        text = self.tokens.between(first, last)
        plain = first == last and self.tokens.kinds[first] == TIME
        if is_time(text):
            if not plain:
                message = "this is no time of PROV-N (DATETIME), but one of ISO 8601; it is kept"
                self._warning("time", first, text, message)
        elif plain:
            self.check_time(text, first)
        else:
            raise UnexpectedTokenError(first, "a time or -")
        return text

    def check_time(self, text: str, index: int) -> None:
        """Note a time among the attributes of the statement there that cannot be read."""
        if not is_time(text):  # finding the place of a token takes longer
            self.findings.check_time(text, self.tokens.place(index))

    def _warning(self, rule: str, index: int, value: str, message: str) -> None:
        self.findings.warning(f"prov-n/{rule}", self.tokens.place(index), value, message)
