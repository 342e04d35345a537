"""Any JSON-LD as quads, expanded by pyoxigraph with the contexts that the document holds itself.

JSON-LD makes RDF of JSON numbers as IEEE doubles: ``1.50`` would become ``1.5E0``, ``1.0`` the
integer ``1``. So each number that would lose its form goes through the expansion as a number of its
own that nothing else in the document is, and is put back afterwards.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from provstore.importers.base import Findings
from provstore.importers.rdf.terms import BASE
from provstore.importers.strict_json import Integer, Json, Real
from provstore.model.literals import XSD_DOUBLE, XSD_INTEGER

MAX_DEPTH: Final = 64
"""Objects and arrays inside each other. pyoxigraph ends the process at about 3000 on a stack of
8 MB, and at 100 on one of 256 kB."""
_SAFE_DIGITS: Final = 15
"""Integers of so many digits are the same as IEEE doubles."""
_EXPONENTS: Final = range(300, 100, -1)
_STAND_IN: Final = re.compile(r"(?=1\.\d{9}1[eE]\+?(\d{3}))")
"""What stands for a number, with its exponent; a text that has one may have another in its end."""
_VERSION: Final = "1.1"


def quads_of(content: dict[str, Json] | list[Json], findings: Findings) -> list[Quad]:
    """The quads of a document whose contexts are all its own; none, with a finding, if it has none.

    Relative IRIs are resolved against `rdf_terms.BASE`.
    """
    if _depth(content) > MAX_DEPTH:
        message = f"arrays and objects are nested more than {MAX_DEPTH} deep"
        findings.error("json-ld/too-deep", "", "", message)
        return []
    exponent = _unused_exponent(content)
    if exponent is None:
        message = "the numbers of this document cannot be kept in their form"
        findings.error("json-ld/numbers", "", "", message)
        return []
    numbers = _Numbers(content, exponent)
    sent = json.dumps(numbers.replaced(content), ensure_ascii=False).encode()
    try:
        # lenient: terms without a definition and names that are no IRIs are kept, not dropped
        quads = list(parse(sent, RdfFormat.JSON_LD, base_iri=BASE, lenient=True))
    except (SyntaxError, ValueError) as error:
        message = f"not JSON-LD: {error}"
        findings.error("json-ld/syntax", "", "", message)
        return []
    _note_undefined(quads, findings)
    return [numbers.restored(quad) for quad in quads]


def _depth(content: dict[str, Json] | list[Json]) -> int:
    """How deep objects and arrays stand inside each other, counted up to one too deep."""
    depth = 0
    level: list[dict[str, Json] | list[Json]] = [content]
    while level and depth <= MAX_DEPTH:
        level = [inner for item in level for inner in _inside(item)]
        depth += 1
    return depth


def _inside(item: dict[str, Json] | list[Json]) -> Iterator[dict[str, Json] | list[Json]]:
    inner = item.values() if isinstance(item, dict) else item
    return (found for found in inner if isinstance(found, dict | list))


def _note_undefined(quads: list[Quad], findings: Findings) -> None:
    for quad in quads:
        name = quad.predicate.value
        if ":" not in name:
            message = "no context defines this term; it is kept under its bare name"
            findings.info_once("json-ld/undefined-term", "", name, message)
            return


class _Numbers:
    """The numbers of a document that JSON-LD would write in another form."""

    def __init__(self, content: Json, exponent: int) -> None:
        self._known: dict[Integer | Real, int] = {}
        for number in _numbers(content):
            if _changes(number):
                self._known.setdefault(number, len(self._known))
        self._told = list(self._known)
        self._exponent = exponent
        self._stand_in = re.compile(rf"1\.(\d{{9}})1[eE]\+?{self._exponent}")

    def replaced(self, content: Json, *, is_version: bool = False) -> Any:  # noqa: ANN401  any JSON
        """The content as Python values, with stand-ins for those numbers."""
        if isinstance(content, Integer | Real):
            return self._number(content, is_version=is_version)
        if isinstance(content, dict):
            return {
                key: self.replaced(told, is_version=key == "@version")
                for key, told in content.items()
            }
        if isinstance(content, list):
            return [self.replaced(told) for told in content]
        return content

    def _number(self, number: Integer | Real, *, is_version: bool) -> float | int:
        if is_version and number.lexical == _VERSION:
            return float(_VERSION)
        index = self._known.get(number)
        if index is None:
            return int(number.lexical)
        return float(f"1.{index:09}1e{self._exponent}")

    def restored(self, quad: Quad) -> Quad:
        """The quad with the number as it was written."""
        value = quad.object
        if not self._told or not isinstance(value, Literal):
            return quad
        found = self._stand_in.search(value.value)
        if found is None:
            return quad
        text = self._stand_in.sub(self._lexical, value.value)
        datatype = value.datatype
        if datatype.value == XSD_DOUBLE and isinstance(self._told[int(found[1])], Integer):
            datatype = NamedNode(XSD_INTEGER)
        literal = Literal(text, datatype=datatype)
        return Quad(quad.subject, quad.predicate, literal, quad.graph_name)

    def _lexical(self, stand_in: re.Match[str]) -> str:
        return self._told[int(stand_in[1])].lexical


def _unused_exponent(content: Json) -> int | None:
    """An exponent with which no text of the document has what stands for a number.

    None where the texts have all of them, as no document does that was not made for it.
    """
    told = {exponent for text in _texts(content) for exponent in _STAND_IN.findall(text)}
    return next((e for e in _EXPONENTS if str(e) not in told), None)


def _texts(content: Json) -> Iterator[str]:
    """Keys and values, as they are once escapes are undone."""
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            stack.extend(item)
            stack.extend(item.values())
        elif isinstance(item, list):
            stack.extend(item)


def _numbers(content: Json) -> Iterator[Integer | Real]:
    stack = [content]
    while stack:
        item = stack.pop()
        if isinstance(item, Integer | Real):
            yield item
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))
        elif isinstance(item, list):
            stack.extend(reversed(item))


def _changes(number: Integer | Real) -> bool:
    """Whether JSON-LD would write the number otherwise than it is written."""
    if isinstance(number, Real):
        return True
    digits = number.lexical.lstrip("-")
    return len(digits) > _SAFE_DIGITS or number.lexical == "-0"
