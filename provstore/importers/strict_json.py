"""JSON read strictly: numbers keep their form, and what JSON readers pass over is found.

RFC 8259 leaves repeated keys, lone surrogates and the depth of nesting to the reader, and Python's
reader takes ``NaN``. Here each of them is an error that names its place, since each would be stored
as something else than what was sent.
"""

import json
import re
from collections.abc import Iterator
from typing import Final, NamedTuple, TypeAlias, cast

from provstore.importers.base import Findings
from provstore.model.document import place_text
from provstore.model.literals import XSD_BOOLEAN, XSD_DOUBLE, Literal, integer_literal

_WHITE: Final = re.compile(r"[ \t\n\r]*")
# An escape is the only way in which valid UTF-8 can bring one of these characters.
_SUSPECT_ESCAPE: Final = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_BAD_CHARACTER: Final = re.compile("[\0\ud800-\udfff]")

_NOT_NUMBERS: Final = frozenset({"NaN", "Infinity", "-Infinity"})
"""What Python's reader takes for numbers and JSON does not."""


class Integer(NamedTuple):
    """A JSON number without fraction and exponent."""

    lexical: str
    """As it was written."""


class Real(NamedTuple):
    """Any other JSON number."""

    lexical: str
    """As it was written; also ``NaN`` and its like, which are refused after reading."""


class _Repeated(dict[str, "Json"]):
    """An object that tells a key more than once, with all that it tells."""

    pairs: "list[tuple[str, Json]]"


Json: TypeAlias = "str | bool | Integer | Real | dict[str, Json] | list[Json] | None"
"""A value as read."""


def type_name(value: Json) -> str:
    """What a value is, in the words of RFC 8259."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (Integer, Real)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, dict) else "an array"


def shown(value: Json) -> str:
    """A value as findings show it: a container by its type, for it may be deep and large."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (Integer, Real)):
        return value.lexical
    return value if isinstance(value, str) else type_name(value)


def plain_literal(told: str | bool | Integer | Real) -> Literal:  # noqa: FBT001  a value, no flag
    """The literal that a JSON string, boolean or number stands for (PROV-JSON, data typing)."""
    if isinstance(told, bool):
        return Literal(shown(told), XSD_BOOLEAN)
    if isinstance(told, Integer):
        return integer_literal(told.lexical)
    return Literal(told.lexical, XSD_DOUBLE) if isinstance(told, Real) else Literal(told)


def wrong_type(findings: Findings, place: str, value: Json, expected: str) -> None:
    """Note that what stands at ``place`` is not what the format has there."""
    message = f"expected {expected}, found {type_name(value)}"
    findings.error("json/wrong-type", place, shown(value), message)


def pointer(*keys: str | int) -> str:
    """The JSON pointer along these keys (RFC 6901, section 3)."""
    return place_text(keys)


class JsonText:
    """A text that holds one or several JSON values."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self._findings = findings
        self._has_suspect_escapes = _SUSPECT_ESCAPE.search(text) is not None
        self._doubtful = False
        self._decode = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_int=Integer,
            parse_float=Real,
            parse_constant=self._constant,
        ).raw_decode

    def only_value(self) -> Json:
        """The one value that the text holds; None, with a finding, where it holds anything else."""
        read = self.value_at(self.skip_white(0))
        if read is None:
            return None
        value, end = read
        rest = self.skip_white(end)
        if rest < len(self.text):
            self.syntax_error(rest, "the document goes on after its end")
        return value

    def value_at(self, index: int, place: str = "") -> tuple[Json, int] | None:
        """The value that starts at ``index`` and where it ends; None, with a finding, if none does.

        ``place`` is the JSON pointer of the value, for the findings on what is inside.
        """
        self._doubtful = self._has_suspect_escapes
        try:
            value, end = self._decode(self.text, index)
        except json.JSONDecodeError as error:
            self.syntax_error(error.pos, error.msg)
            return None
        except RecursionError:
            message = "arrays and objects are nested too deeply"
            self._findings.error("json/too-deep", self.line_column(index), "", message)
            return None
        if self._doubtful:
            self._report(value, place)
        return cast("Json", value), end

    def skip_white(self, index: int) -> int:
        """The first index from ``index`` on that is no white space of RFC 8259, section 2."""
        return cast("re.Match[str]", _WHITE.match(self.text, index)).end()

    def syntax_error(self, index: int, message: str) -> None:
        """Note that the text is not JSON from ``index`` on."""
        near = self.text[index : index + 20]
        self._findings.error("json/syntax", self.line_column(index), near, f"not JSON: {message}")

    def line_column(self, index: int) -> str:
        """``line:column`` of an index, both from 1."""
        line = self.text.count("\n", 0, index) + 1
        return f"{line}:{index - self.text.rfind(chr(10), 0, index)}"

    def _object(self, pairs: "list[tuple[str, Json]]") -> "dict[str, Json]":
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        self._doubtful = True
        repeated = _Repeated(found)
        repeated.pairs = pairs
        return repeated

    def _constant(self, name: str) -> Real:
        self._doubtful = True
        return Real(name)

    def _report(self, value: Json, place: str) -> None:
        """Find the places of what is wrong; only read values that are known to be doubtful."""
        stack = [iter(((value, place),))]
        while stack:
            item, where = next(stack[-1], (None, None))
            if where is None:
                stack.pop()
                continue
            if isinstance(item, str):
                self._report_text(item, where)
            elif isinstance(item, Real):
                self._report_number(item, where)
            elif isinstance(item, dict):
                self._report_keys(item, where)
            if isinstance(item, dict | list):
                stack.append(_inside(item, where))

    def _report_text(self, text: str, place: str) -> None:
        if _BAD_CHARACTER.search(text):
            message = "a NUL character or half of a surrogate pair cannot be stored"
            self._findings.error("json/character", place, ascii(text)[1:-1], message)

    def _report_number(self, number: Real, place: str) -> None:
        text = number.lexical
        if text in _NOT_NUMBERS:
            self._findings.error("json/not-a-number", place, text, f"{text} is not a JSON number")

    def _report_keys(self, item: "dict[str, Json]", place: str) -> None:
        for key in item:
            self._report_text(key, place + pointer(key))
        if isinstance(item, _Repeated):
            told: set[str] = set()
            for key, _ in item.pairs:
                if key in told:
                    message = "the key is told twice in one object"
                    self._findings.error("json/duplicate-key", place + pointer(key), key, message)
                told.add(key)


def _inside(value: "dict[str, Json] | list[Json]", place: str) -> Iterator[tuple[Json, str]]:
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield item, place + pointer(index)
        return
    pairs = value.pairs if isinstance(value, _Repeated) else value.items()
    for key, item in pairs:
        yield item, place + pointer(key)
