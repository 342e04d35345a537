"""Python literals as logs hold them: ``repr`` of dictionaries, lists, tuples, texts and numbers.

They are read into the values of strict JSON. Nothing is evaluated: a text goes through
``ast.literal_eval``, alone and only where it has an escape; a number keeps its form, so that
identifiers beyond 64 bits and numbers of thousands of digits are texts like any other. Grammar:
Python language reference, 2.4 (literals) and 6.2 (displays), as far as ``repr`` writes it; and the
names ``nan``, ``inf`` and ``-inf``, which are no literals and yet the whole ``repr`` of a float.
"""

import ast
import re
from typing import Final, NoReturn, cast

from provstore.importers.strict_json import Integer, Json, Real, shown

MOST_DEPTH: Final = 100
"""Containers within one another."""

# Possessive, so that a quote that is never closed costs one pass. The escapes are those of `repr`.
_TOKEN: Final = re.compile(
    r"""
    [ \t\r\n]*+
    (?:
        (?P<mark>[\[\](){},:])
      | (?P<text>'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+")
      | (?P<real>-?(?:0|[1-9][0-9]*+)(?:\.[0-9]*+(?:[eE][-+]?[0-9]++)?|[eE][-+]?[0-9]++)(?![\w.]))
      | (?P<integer>-?(?:0|[1-9][0-9]*+)(?![\w.]))
      | (?P<word>(?:None|True|False|nan|-?inf)(?![\w.]))
    )
    """,
    re.VERBOSE,
)
_WHITE: Final = re.compile(r"[ \t\r\n]*+")
_CUT_OFF: Final = re.compile(
    r"""
    (?:
        -?(?:(?:0|[1-9][0-9]*+)(?:\.[0-9]*+)?(?:[eE][-+]?)?)?
      | N(?:on?)? | Tr?u? | F(?:a(?:ls?)?)? | na? | -?in?
      | ['"][^\n]*+
    )
    [ \t\r\n]*+\Z
    """,
    re.VERBOSE,
)
"""What may be left of a token where the text ends within it."""
_ESCAPES: Final = re.compile(
    r"(?:[^\\]++|\\(?:[\\'\"nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}))*+\Z"
)
_BAD_CHARACTER: Final = re.compile("[\0\ud800-\udfff]")
_WORDS: Final[dict[str, Json]] = {
    "None": None,
    "True": True,
    "False": False,
    # as XML Schema spells them (datatypes 1.1, section 3.3.5.2)
    "nan": Real("NaN"),
    "inf": Real("INF"),
    "-inf": Real("-INF"),
}
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}


class LiteralError(Exception):
    """The text is no plain literal.

    Parameters
    ----------
    rule
        Last part of the finding's rule.
    index
        Where in the text.
    message
        For persons.
    """

    def __init__(self, rule: str, index: int, message: str) -> None:
        self.rule, self.index, self.message = rule, index, message
        super().__init__(message)


class IncompleteLiteralError(Exception):
    """The text ends before the literal does."""


class _Open:
    """A container of which not all is read."""

    __slots__ = ("closing", "content", "expects", "key")

    def __init__(self, content: "list[Json] | dict[str, Json]", mark: str) -> None:
        self.content = content
        self.closing = _CLOSING[mark]
        self.key = ""
        self.expects = "key" if mark == "{" else "value"
        """``key``, ``:``, ``value`` or ``,``."""


def read_literal(text: str, start: int, end: int) -> tuple[Json, int]:
    """The literal that begins at ``start``, and where it ends; ``end`` bounds the search.

    Lists and tuples are lists, keys of dictionaries are texts (``{5: 'a'}`` has the key ``5``).

    Raises
    ------
    LiteralError
        It is anything else than dictionaries with text or integer keys, lists, tuples, texts,
        numbers, booleans and None; or nested more than `MOST_DEPTH` deep; or tells a key twice.
    IncompleteLiteralError
        The text ends first.
    """
    return _Reader(text, end).read(start)


class _Reader:
    def __init__(self, text: str, end: int) -> None:
        self._text = text
        self._end = end
        self._stack: list[_Open] = []
        self._root: Json = None

    def read(self, index: int) -> tuple[Json, int]:
        while True:
            token = _TOKEN.match(self._text, index, self._end)
            if token is None:
                self._fail(index)
            index = token.end()
            kind = cast("str", token.lastgroup)
            start = token.start(kind)
            if kind == "mark":
                self._mark(token[kind], start)
            else:
                self._put(_scalar(kind, token[kind], start), start)
            if not self._stack:
                return self._root, index

    def _fail(self, index: int) -> NoReturn:
        """Tell a text that ends too early from one that is no literal."""
        index = cast("re.Match[str]", _WHITE.match(self._text, index, self._end)).end()
        if _CUT_OFF.match(self._text, index, self._end):
            raise IncompleteLiteralError
        raise _not_literal(index)

    def _mark(self, mark: str, index: int) -> None:
        if mark in _CLOSING:
            self._open(mark, index)
            return
        if not self._stack:
            raise _not_literal(index)
        top = self._stack[-1]
        if mark == top.closing and top.expects in {",", "key", "value"} and not _is_split(top):
            if mark == ")" and top.expects == "," and len(top.content) == 1:
                raise _not_literal(index)  # parentheses around a value: no `repr` has them
            self._stack.pop()
        elif mark == "," == top.expects:
            top.expects = "key" if isinstance(top.content, dict) else "value"
        elif mark == ":" == top.expects:
            top.expects = "value"
        else:
            raise _not_literal(index)

    def _open(self, mark: str, index: int) -> None:
        if len(self._stack) >= MOST_DEPTH:
            message = f"dictionaries, lists and tuples are nested more than {MOST_DEPTH} deep"
            raise LiteralError("too-deep", index, message)
        content: list[Json] | dict[str, Json] = {} if mark == "{" else []
        self._put(content, index)
        self._stack.append(_Open(content, mark))

    def _put(self, value: Json, index: int) -> None:
        """Add a value where it belongs: to a list, as a key, or under the key that waits."""
        if not self._stack:
            self._root = value
            return
        top = self._stack[-1]
        if top.expects == "key":
            self._take_key(top, value, index)
            return
        if top.expects != "value":
            raise _not_literal(index)
        if isinstance(top.content, dict):
            top.content[top.key] = value
        else:
            top.content.append(value)
        top.expects = ","

    def _take_key(self, top: _Open, value: Json, index: int) -> None:
        if not isinstance(value, str | Integer):
            message = "a key of a dictionary must be a text or an integer"
            raise LiteralError("not-a-literal", index, message)
        top.key = shown(value)
        if top.key in top.content:
            raise LiteralError("duplicate-key", index, "the key is told twice in one dictionary")
        top.expects = ":"


def _is_split(top: _Open) -> bool:
    """Whether a dictionary has a key that waits for its value."""
    return isinstance(top.content, dict) and top.expects == "value"


def _scalar(kind: str, token: str, index: int) -> Json:
    if kind == "text":
        return _unquoted(token, index)
    if kind == "word":
        return _WORDS[token]
    return Integer(token) if kind == "integer" else Real(token)


def _unquoted(token: str, index: int) -> str:
    text = token[1:-1]
    if "\\" in token:
        if _ESCAPES.match(text) is None:
            raise LiteralError("not-a-literal", index, "the text has an escape that is none")
        try:
            text = ast.literal_eval(token)
        except (SyntaxError, ValueError) as error:
            message = "the text has an escape that stands for no character"
            raise LiteralError("not-a-literal", index, message) from error
    if _BAD_CHARACTER.search(text):
        message = "a NUL character or half of a surrogate pair cannot be stored"
        raise LiteralError("character", index, message)
    return text


def _not_literal(index: int) -> LiteralError:
    message = (
        "this is no plain Python literal: records are dictionaries, lists, tuples, texts, "
        "numbers, True, False and None; nothing is evaluated"
    )
    return LiteralError("not-a-literal", index, message)
