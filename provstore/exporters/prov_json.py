"""Documents as PROV-JSON (W3C member submission of 24 April 2013).

Names are qualified under prefixes that the document declares, each scope its own. A name without a
prefix (``run1``) stays bare; as no default namespace is ever declared, it is read back as it was.
Blank names are numbered afresh in each scope: ``_:id1``, ``_:id2``, … A reference to an anonymous
relation is written as the fresh name of that relation.

Dictionaries have the keys of the submission's later schema: ``prov:before``, ``prov:after``,
``prov:key-entity-set``, ``prov:key-set``.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, Scope, Statement, anonymous_and_referred, scopes
from provstore.exporters.insertions import Insertions, Pair, pair_of
from provstore.exporters.names import Names
from provstore.model.body import attributes_as_json, compact_json, value_as_json
from provstore.model.document import Document
from provstore.model.literals import XSD_DATETIME, Literal
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    PROV_END_TIME,
    PROV_PAIR_KEY,
    PROV_START_TIME,
    PROV_TIME,
    REMOVED,
)

_TIMES: Final = (PROV_START_TIME, PROV_END_TIME)
_DICTIONARY_RELATIONS: Final = frozenset({DICTIONARY_MEMBER.name, INSERTED.name, REMOVED.name})
_DICTIONARY_KEYS: Final = {
    "prov:newDictionary": "prov:after",
    "prov:oldDictionary": "prov:before",
    "prov:pairKey": "prov:key",
    "prov:removedKey": "prov:key-set",
}
_PAIRS: Final = "prov:key-entity-set"

Sections = dict[str, dict[str, list[str]]]
"""Section to identifier to the JSON texts of what is told of it."""


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
    names = Names(main.prefixes)
    sections = _sections(main, model, names)
    inner = [(scope, *_of_bundle(scope, names)) for scope in bundles]
    yield from _block(names, sections)
    mark = ',"bundle":{'
    for scope, name, its_names in inner:
        yield f"{mark}{compact_json(name)}:"
        found = _sections(scope, model, its_names)
        yield from _block(its_names, found)
        yield "}"
        mark = ","
    yield "}}" if bundles else "}"


def _of_bundle(scope: Scope, names: Names) -> tuple[str, Names]:
    """The name of a bundle, and the names of its content."""
    iri = scope.bundle or ""
    return names(iri), names.inside(iri, scope.prefixes)


def _block(names: Names, sections: Sections) -> Iterator[str]:
    """A document or bundle from its opening brace on; the closing one is the caller's."""
    yield f'{{"prefix":{compact_json(names.used)}'
    for section, records in sections.items():
        yield f',"{section}":{{'
        mark = ""
        for name, bodies in records.items():
            told = bodies[0] if len(bodies) == 1 else f"[{','.join(bodies)}]"
            yield f"{mark}{compact_json(name)}:{told}"
            mark = ","
        yield "}"


def _sections(scope: Scope, model: Model, names: Names) -> Sections:
    fresh = _fresh_names(scope)
    blanks = {key: next(fresh) for key in anonymous_and_referred(scope)}
    sections: Sections = {}
    insertions = Insertions(scope.relations)
    for statement in scope.statements(model):
        told = _body(statement, names, blanks)
        if statement.name in _DICTIONARY_RELATIONS and statement.relation is not None:
            if insertions.holds(statement.relation):
                continue
            told = _of_dictionary(told, statement.relation, insertions, names)
        body = compact_json(told)
        name = _name(statement, names, blanks) or next(fresh)
        sections.setdefault(statement.name, {}).setdefault(name, []).append(body)
    return sections


def _name(statement: Statement, names: Names, blanks: Mapping[str, str]) -> str | None:
    """The identifier of a record; None where it is free to take any."""
    if statement.iri is not None:
        return names(statement.iri)
    relation = statement.relation
    return blanks.get(relation.key) if blanks and relation is not None else None


def _body(statement: Statement, names: Names, blanks: Mapping[str, str]) -> dict[str, Any]:
    body = {
        names(end.iri): (blanks.get(iri) if end.is_relation else None) or names(iri)
        for end, iri in statement.ends
        if iri is not None
    }
    if statement.time is not None:
        body[names(PROV_TIME)] = statement.time
    return body | attributes_as_json(_plain_times(statement.attributes), names)


def _of_dictionary(
    body: dict[str, Any], relation: Relation, insertions: Insertions, names: Names
) -> dict[str, Any]:
    """The record of a relation of dictionaries, with the keys that PROV-JSON has for it."""
    if relation.type is DICTIONARY_MEMBER and (pair := pair_of(relation)) is not None:
        told = names(PROV_PAIR_KEY), "prov:entity"
        body = {key: value for key, value in body.items() if key not in told}
        return body | {_PAIRS: _pairs([pair], names)}
    body = {_DICTIONARY_KEYS.get(key, key): value for key, value in body.items()}
    removed = body.get("prov:key-set")
    if removed is not None and not isinstance(removed, list):
        body["prov:key-set"] = [removed]
    found = insertions.pairs(relation)
    return body | {_PAIRS: _pairs(found, names)} if found else body


def _pairs(pairs: Sequence[Pair], names: Names) -> list[dict[str, Any]]:
    return [{"key": value_as_json(key, names), "$": names(entity)} for key, entity in pairs]


def _plain_times(attributes: Attributes) -> Attributes:
    """Start and end time are plain text in PROV-JSON (section 3.2.2), not typed values."""
    if not any(name in _TIMES for name, _ in attributes):
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
