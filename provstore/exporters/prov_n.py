r"""Documents as PROV-N (W3C Recommendation of 30 April 2013).

Arguments stand by position, ``-`` for a missing one. What the grammar cannot say:

- a character that may not stand in a local name, even behind ``\``, is percent-encoded, and so the
  name is another one (3.7.1);
- ``specializationOf``, ``alternateOf``, ``hadMember`` and ``mentionOf`` have neither identifier nor
  attributes: they are told in a comment above the statement;
- a time that is no ``xsd:dateTime`` is told as an attribute.

An anonymous relation that another one refers to is given its key as identifier, a blank name a name
in our namespace, for PROV-N has no blank names. The records of the IVOA flavour have a qualified
functor (``voprov:parameter``), as the extensibility of 3.10 wants it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import (
    Model,
    Scope,
    Statement,
    anonymous_and_referred,
    scopes,
)
from provstore.exporters.names import NAME_CHAR, NAME_START, Names, named
from provstore.model.document import Document
from provstore.model.identifiers import PROV, Iri
from provstore.model.literals import XSD_STRING, Literal, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    KIND_NAMES,
    PROV_END_TIME,
    PROV_START_TIME,
    PROV_TIME,
    Kind,
)

_PREDECLARED: Final = frozenset({"prov", "xsd"})
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*\Z")
_OTHERS: Final = "/@~&+*?#$!"  # PN_CHARS_OTHERS without escapes
_ESCAPED: Final = "='(),-:;[]."  # PN_CHARS_ESC
_NOT_PLAIN: Final = re.compile(
    rf"%(?![0-9A-Fa-f]{{2}})|\A[^{NAME_START}0-9%{_OTHERS}]|[^{NAME_CHAR}.%{_OTHERS}]|\.\Z"
)
_NOT_IN_NAMESPACE: Final = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_NOT_IN_TEXT: Final = re.compile(r'[\\"\n\r\t\f\b]')
_TEXT_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}


def write_prov_n(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as PROV-N in chunks of UTF-8, a statement on each line."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    main, *bundles = scopes(document)
    writer = _ScopeWriter(main, Names(main.prefixes))
    statements = writer.lines(main.statements(model), "  ")
    inner = [(scope, *writer.of_bundle(scope)) for scope in bundles]
    yield "document\n"
    yield from writer.declarations("  ")
    yield from statements
    for scope, name, its_writer in inner:
        told = its_writer.lines(scope.statements(model), "    ")
        yield f"  bundle {name}\n"
        yield from its_writer.declarations("    ")
        yield from told
        yield "  endBundle\n"
    yield "endDocument\n"


class _ScopeWriter:
    """Writes the statements of a document or bundle, with the prefixes that they need."""

    def __init__(self, scope: Scope, names: Names) -> None:
        self._names = names
        self._referred = frozenset(anonymous_and_referred(scope))

    def of_bundle(self, scope: Scope) -> "tuple[str, _ScopeWriter]":
        """The name of a bundle, and the writer of its content."""
        iri = named(scope.bundle or "")
        return self.name(iri), _ScopeWriter(scope, self._names.inside(iri, scope.prefixes))

    def declarations(self, indent: str) -> Iterator[str]:
        for prefix, uri in self._names.used.items():
            if prefix not in _PREDECLARED:
                shown = _NOT_IN_NAMESPACE.sub(_percent, uri)
                yield f"{indent}prefix {prefix} <{shown}>\n"

    def lines(self, statements: Iterable[Statement], indent: str) -> list[str]:
        return [f"{indent}{self._line(statement, indent)}\n" for statement in statements]

    def name(self, iri: str) -> str:
        iri = named(iri)
        prefix, colon, local = self._names(iri).partition(":")
        if not colon:
            return _escape(prefix)
        return f"{prefix}:{_escape(local)}" if prefix in self._names.used else _escape(iri)

    def _line(self, statement: Statement, indent: str) -> str:
        functor = statement.name if statement.namespace == PROV else f"voprov:{statement.name}"
        if statement.namespace != PROV:
            self._names(statement.namespace)  # a prefix that is used is declared
        arguments, attributes = self._arguments(statement)
        told = self._attributes(attributes)
        identifier = self._identifier(statement)
        if not statement.is_bare:
            listed = ", ".join([*arguments, *([told] if told else [])])
            return f"{functor}({identifier}{listed})"
        left_out = f"// {identifier} {told}\n{indent}" if identifier or told else ""
        return f"{left_out}{functor}({', '.join(arguments)})"

    def _identifier(self, statement: Statement) -> str:
        relation = statement.relation
        if relation is None:
            return ""
        if statement.iri is not None:
            return self.name(statement.iri) + "; "
        if self._referred and relation.key in self._referred:
            return self.name(relation.key) + "; "
        return ""

    def _arguments(self, statement: Statement) -> tuple[list[str], Attributes]:
        """Positional arguments, and the attributes that are left."""
        if statement.relation is None:
            return self._element_arguments(statement)
        arguments = ["-" if iri is None else self.name(iri) for _, iri in statement.ends]
        time, attributes = statement.time, statement.attributes
        plain = statement.has_time and (time is None or _TIME.match(time) is not None)
        if statement.has_time:
            arguments.append(time if plain and time is not None else "-")
        if time is not None and not plain:
            attributes = ((PROV_TIME, Literal(time)), *attributes)
        return arguments, attributes

    def _element_arguments(self, statement: Statement) -> tuple[list[str], Attributes]:
        arguments = [self.name(statement.iri or "")]
        attributes = statement.attributes
        if statement.name == KIND_NAMES[Kind.ACTIVITY]:
            start, attributes = _take_time(attributes, PROV_START_TIME)
            end, attributes = _take_time(attributes, PROV_END_TIME)
            if start is not None or end is not None:
                arguments += [start or "-", end or "-"]
        return arguments, attributes

    def _attributes(self, attributes: Attributes) -> str:
        if not attributes:
            return ""
        pairs = (f"{self.name(name)}={self._value(value)}" for name, value in attributes)
        return f"[{', '.join(pairs)}]"

    def _value(self, value: Value) -> str:
        if isinstance(value, Iri):
            return f"'{self.name(value)}'"
        text = f'"{_NOT_IN_TEXT.sub(_text_escape, value.lexical)}"'
        if value.language is not None and _LANGUAGE.match(value.language):
            return f"{text}@{value.language}"
        return text if value.datatype == XSD_STRING else f"{text} %% {self.name(value.datatype)}"


def _take_time(attributes: Attributes, name: str) -> tuple[str | None, Attributes]:
    """The first time of this name that PROV-N can say, and the other attributes."""
    for pair in attributes:
        value = pair[1]
        if pair[0] == name and isinstance(value, Literal) and _TIME.match(value.lexical):
            return value.lexical, tuple(other for other in attributes if other is not pair)
    return None, attributes


def _escape(local: str) -> str:
    return _NOT_PLAIN.sub(_name_escape, local)


def _name_escape(match: re.Match[str]) -> str:
    character = match.group()
    return "\\" + character if character in _ESCAPED else _percent(match)


def _percent(match: re.Match[str]) -> str:
    raw = match.group().encode(errors="replace")
    return "".join(f"%{byte:02X}" for byte in raw)


def _text_escape(match: re.Match[str]) -> str:
    character = match.group()
    return _TEXT_ESCAPES.get(character, "\\" + character)
