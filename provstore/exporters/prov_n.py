r"""Documents as PROV-N (W3C Recommendation of 30 April 2013); our importer reads them back equal.

Arguments stand by position, ``-`` for a missing one. What the grammar cannot say is said so:

- a name with a character that may not stand in a local name, even behind ``\``, and a blank name of
  an element are quoted (`quoted_name`), under a prefix that shows the namespace that was meant:
  ``cta-quoted:CTA%20PRODUCT%20ID``;
- ``specializationOf``, ``alternateOf`` and ``hadMember`` have neither identifier nor attributes
  (3.5 and 3.6): with these they are the qualified statements of ProvToolbox
  (``provext:alternateOf``), and ``mentionOf`` is one in our namespace, as the extensibility of 3.10
  wants it;
- a time that is no ``xsd:dateTime`` is told as an attribute;
- an anonymous relation that another one refers to is given its key as identifier;
- a language that is no tag by the grammar becomes a datatype (`language_datatype`).

The records of the IVOA flavour have a qualified functor (``voprov:parameter``), and dictionaries
those of PROV-DICTIONARY (section 3).
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
from provstore.exporters.insertions import Insertions
from provstore.exporters.prov_n_names import PROVEXT, SayableNames
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, Iri
from provstore.model.literals import (
    XSD_DATETIME,
    XSD_STRING,
    Literal,
    Value,
    language_datatype,
)
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    KIND_NAMES,
    MENTIONED,
    PROV_END_TIME,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_START_TIME,
    PROV_TIME,
    REMOVED,
    Kind,
)

_PREDECLARED: Final = frozenset({"prov", "xsd"})
_DICTIONARY: Final = frozenset(kind.name for kind in (DICTIONARY_MEMBER, INSERTED, REMOVED))
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?\Z", re.ASCII
)
_LANGUAGE: Final = re.compile(r"[A-Za-z]+(?:-[A-Za-z0-9]+)*\Z")
_NOT_IN_TEXT: Final = re.compile(r'[\\"\n\r\t\f\b]')
_TEXT_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\f": "\\f", "\b": "\\b"}


def write_prov_n(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as PROV-N in chunks of UTF-8, a statement on each line."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    main, *bundles = scopes(document)
    writer = _ScopeWriter(main, SayableNames(main.prefixes))
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

    def __init__(self, scope: Scope, names: SayableNames) -> None:
        self.name = names
        self._referred = frozenset(anonymous_and_referred(scope))
        self._insertions = Insertions(scope.relations)

    def of_bundle(self, scope: Scope) -> "tuple[str, _ScopeWriter]":
        """The name of a bundle, and the writer of its content."""
        iri = scope.bundle or ""
        return self.name(iri), _ScopeWriter(scope, self.name.inside(iri, scope.prefixes))

    def declarations(self, indent: str) -> Iterator[str]:
        for prefix, uri in self.name.used.items():
            if prefix not in _PREDECLARED:
                yield f"{indent}prefix {prefix} <{uri}>\n"

    def lines(self, statements: Iterable[Statement], indent: str) -> list[str]:
        """The statements, but for memberships that the set of an insertion says."""
        return [
            f"{indent}{self._line(statement)}\n"
            for statement in statements
            if statement.relation is None or not self._insertions.holds(statement.relation)
        ]

    def _line(self, statement: Statement) -> str:
        arguments, attributes = self._arguments(statement)
        told = self._attributes(attributes)
        identifier = self._identifier(statement)
        functor = self._functor(statement, qualified=bool(identifier or told))
        listed = ", ".join([*arguments, *([told] if told else [])])
        return f"{functor}({identifier}{listed})"

    def _functor(self, statement: Statement, *, qualified: bool) -> str:
        """The name of a statement; ``qualified`` where it has an identifier or attributes."""
        if statement.namespace != PROV:
            return self.name(statement.namespace + statement.name)
        if statement.is_bare and qualified:
            mention = statement.name == MENTIONED.name
            return self.name((PROVSTORE if mention else PROVEXT) + statement.name)
        return f"prov:{statement.name}" if statement.name in _DICTIONARY else statement.name

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
        if statement.name in _DICTIONARY:
            of_dictionary, attributes = self._dictionary(statement.relation)
            return [*arguments, of_dictionary], attributes
        time, attributes = statement.time, statement.attributes
        plain = statement.has_time and (time is None or _TIME.match(time) is not None)
        if statement.has_time:
            arguments.append(time if plain and time is not None else "-")
        if time is not None and not plain:
            attributes = ((PROV_TIME, Literal(time)), *attributes)
        return arguments, attributes

    def _dictionary(self, relation: Relation) -> tuple[str, Attributes]:
        """What stands behind the dictionaries, and the attributes that are left."""
        if relation.type is INSERTED:
            pairs = self._insertions.pairs(relation)
            told = [f"({self._value(pair.key)}, {self.name(pair.entity)})" for pair in pairs]
            return f"{{{', '.join(told)}}}", relation.attributes
        name = PROV_REMOVED_KEY if relation.type is REMOVED else PROV_PAIR_KEY
        keys = [self._value(value) for key, value in relation.attributes if key == name]
        others = tuple(pair for pair in relation.attributes if pair[0] != name)
        if relation.type is REMOVED:
            return f"{{{', '.join(keys)}}}", others
        return (keys[0], others) if len(keys) == 1 else ("-", relation.attributes)

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
        datatype = value.datatype
        if value.language is not None:
            if _LANGUAGE.match(value.language):
                return f"{text}@{value.language}"
            datatype = language_datatype(value.language)
        return text if datatype == XSD_STRING else f"{text} %% {self.name(datatype)}"


def _take_time(attributes: Attributes, name: str) -> tuple[str | None, Attributes]:
    """The first time of this name that PROV-N can say, and the other attributes."""
    for pair in attributes:
        value = pair[1]
        if pair[0] == name and isinstance(value, Literal) and _is_time(value):
            return value.lexical, tuple(other for other in attributes if other is not pair)
    return None, attributes


def _is_time(value: Literal) -> bool:
    return value.datatype == XSD_DATETIME and _TIME.match(value.lexical) is not None


def _text_escape(match: re.Match[str]) -> str:
    character = match.group()
    return _TEXT_ESCAPES.get(character, "\\" + character)
