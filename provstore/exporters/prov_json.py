"""Documents as PROV-JSON (W3C member submission of 24 April 2013).

Names are qualified under prefixes that the document declares, each scope its own. A name without a
prefix (``run1``) stays bare; as no default namespace is ever declared, it is read back as it was.
Blank names are numbered afresh in each scope: ``_:id1``, ``_:id2``, … A reference to an anonymous
relation is written as the fresh name of that relation.

An attribute of a relation that has the name of a formal argument is quoted (`quoted_name`).

Dictionaries have the keys of the submission's later schema: ``prov:before``, ``prov:after``,
``prov:key-entity-set``, ``prov:key-set``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import count
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, Scope, Statement, anonymous_and_referred, scopes
from provstore.exporters.insertions import Insertions, Pair, pair_of
from provstore.exporters.names import QuotingNames
from provstore.model.body import attribute_members, compact_json, json_string, value_as_json
from provstore.model.document import Document
from provstore.model.identifiers import PROV
from provstore.model.literals import XSD_DATETIME, Literal
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    KIND_NAMES,
    PROV_END_TIME,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_START_TIME,
    PROV_TIME,
    RELATIONS,
    REMOVED,
    Kind,
)

_TIMES: Final = (PROV_START_TIME, PROV_END_TIME)
_DICTIONARY_RELATIONS: Final = frozenset({DICTIONARY_MEMBER.name, INSERTED.name, REMOVED.name})
_END_KEYS: Final = {
    INSERTED.ends[0].iri: '"prov:after"',
    INSERTED.ends[1].iri: '"prov:before"',
}
_KEYS: Final = {
    DICTIONARY_MEMBER.name: (PROV_PAIR_KEY, '"prov:key"'),
    REMOVED.name: (PROV_REMOVED_KEY, '"prov:key-set"'),
}
"""The attribute of the model that holds keys, and the one of PROV-JSON."""
_PAIR_ENTITY: Final = DICTIONARY_MEMBER.ends[1]
_OF_DICTIONARIES: Final = frozenset(
    PROV + name for name in ("after", "before", "key", "key-set", "key-entity-set")
)
_ARGUMENTS: Final[Mapping[str, frozenset[str]]] = {
    kind.name: kind.argument_names
    | (_OF_DICTIONARIES if kind.name in _DICTIONARY_RELATIONS else frozenset())
    for kind in RELATIONS
}
"""Name of a record to the attributes that are its formal arguments."""
_ACTIVITY: Final = KIND_NAMES[Kind.ACTIVITY]

Records = dict[str, list[str]]
"""JSON string of an identifier to the JSON texts of what is told of it."""
Sections = dict[str, Records]


def write_prov_json(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as compact PROV-JSON in chunks of UTF-8.

    Parameters
    ----------
    document
        What to write.
    model
        ``W3C`` is read by every PROV tool, ``IVOA`` has the sections of voprov up to 0.0.4.
    """
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    main, *bundles = scopes(document)
    writer = _ScopeWriter(main, QuotingNames(main.prefixes))
    sections = writer.sections(model)
    inner = [(scope, *writer.of_bundle(scope)) for scope in bundles]
    yield from writer.block(sections)
    mark = ',"bundle":{'
    for _, name, its_writer in inner:
        yield f"{mark}{json_string(name)}:"
        found = its_writer.sections(model)
        yield from its_writer.block(found)
        yield "}"
        mark = ","
    yield "}}" if bundles else "}"


class _ScopeWriter:
    """Writes the records of a document or bundle as texts; names are quoted once each."""

    def __init__(self, scope: Scope, names: QuotingNames) -> None:
        self._scope = scope
        self._names = names
        self._fresh = _fresh_names(scope)
        self._blanks = {
            key: json_string(next(self._fresh)) for key in anonymous_and_referred(scope)
        }
        self._known = dict(self._blanks)
        """IRIs, and keys of relations that are referred to, to their names as JSON strings."""
        self._insertions = Insertions(scope.relations)

    def of_bundle(self, scope: Scope) -> "tuple[str, _ScopeWriter]":
        """The name of a bundle, and the writer of its content."""
        iri = scope.bundle or ""
        return self._names(iri), _ScopeWriter(scope, self._names.inside(iri, scope.prefixes))

    def block(self, sections: Sections) -> Iterator[str]:
        """The scope from its opening brace on; the closing one is the caller's."""
        yield f'{{"prefix":{compact_json(self._names.used)}'
        for section, records in sections.items():
            mark = f',"{section}":{{'
            for name, bodies in records.items():
                told = bodies[0] if len(bodies) == 1 else f"[{','.join(bodies)}]"
                yield f"{mark}{name}:{told}"
                mark = ","
            yield "}"

    def sections(self, model: Model) -> Sections:
        """All records, by section and name."""
        sections: Sections = {}
        for statement in self._scope.statements(model):
            relation = statement.relation
            if statement.name in _DICTIONARY_RELATIONS and relation is not None:
                if self._insertions.holds(relation):
                    continue
                body = self._of_dictionary(statement, relation)
            else:
                body = self._members(statement)
            records = sections.get(statement.name)
            if records is None:
                records = sections[statement.name] = {}
            text = f"{{{','.join(body)}}}"
            records.setdefault(self._name(statement), []).append(text)
        return sections

    def _quoted(self, iri: str) -> str:
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = json_string(self._names(iri))
        return known

    def _name(self, statement: Statement) -> str:
        """The identifier of a record, a fresh one where it is free to take any."""
        if statement.iri is not None:
            return self._quoted(statement.iri)
        relation = statement.relation
        known = self._blanks.get(relation.key) if self._blanks and relation is not None else None
        return known or json_string(next(self._fresh))

    def _members(self, statement: Statement) -> list[str]:
        quoted, known = self._quoted, self._known
        members = [
            f"{known.get(end.iri) or quoted(end.iri)}:{known.get(iri) or quoted(iri)}"
            for end, iri in statement.ends
            if iri is not None
        ]
        if statement.time is not None:
            members.append(f"{quoted(PROV_TIME)}:{json_string(statement.time)}")
        if statement.attributes:
            key_of = None if statement.relation is None else self._key_of(statement)
            members += attribute_members(_plain_times(statement), quoted, key_of)
        return members

    def _of_dictionary(self, statement: Statement, relation: Relation) -> list[str]:
        """The record of a relation of dictionaries, with the keys that PROV-JSON has for it."""
        pairs = self._insertions.pairs(relation)
        pair = pair_of(relation) if relation.type is DICTIONARY_MEMBER else None
        if pair is not None:
            pairs = [pair]
        members = []
        for end, iri in statement.ends:
            if iri is not None and (pair is None or end is not _PAIR_ENTITY):
                key = _END_KEYS.get(end.iri) or self._quoted(end.iri)
                members.append(f"{key}:{self._quoted(iri)}")
        of_keys, key = _KEYS.get(statement.name, ("", ""))
        keys = [value_as_json(v, self._quoted) for n, v in statement.attributes if n == of_keys]
        if keys and pair is None:
            members.append(f"{key}:[{','.join(sorted(keys))}]")
        others = [told for told in statement.attributes if told[0] != of_keys]
        members += attribute_members(others, self._quoted, self._key_of(statement))
        return [*members, f'"prov:key-entity-set":{self._pairs(pairs)}'] if pairs else members

    def _key_of(self, statement: Statement) -> Callable[[str], str]:
        """What gives the keys of a relation's attributes.

        One with the name of a formal argument would be read as that argument: it is quoted.
        """
        arguments = _ARGUMENTS[statement.name]
        if arguments.isdisjoint(name for name, _ in statement.attributes):
            return self._quoted
        return lambda name: (
            json_string(self._names.quoted(name)) if name in arguments else self._quoted(name)
        )

    def _pairs(self, pairs: Sequence[Pair]) -> str:
        told = (
            f'{{"key":{value_as_json(key, self._quoted)},"$":{self._quoted(entity)}}}'
            for key, entity in pairs
        )
        return f"[{','.join(told)}]"


def _plain_times(statement: Statement) -> Attributes:
    """Start and end time are plain text in PROV-JSON (section 3.2.2), not typed values."""
    attributes = statement.attributes
    if statement.name != _ACTIVITY:
        return attributes
    return tuple(
        (name, Literal(value.lexical))
        if name in _TIMES and isinstance(value, Literal) and value.datatype == XSD_DATETIME
        else (name, value)
        for name, value in attributes
    )


def _fresh_names(scope: Scope) -> Iterator[str]:
    """Blank names that nothing in the scope has."""
    taken = {telling.iri for telling, _ in scope.elements}
    taken.update(end for relation in scope.relations for end in relation.ends if end)
    return (name for number in count(1) if (name := f"_:id{number}") not in taken)
