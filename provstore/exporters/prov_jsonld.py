"""Documents as PROV-JSONLD (W3C member submission of 25 August 2024).

One object per statement in ``@graph``, in the order told, each scope with the prefixes that it
uses. The context gives ``type`` the meaning of ``rdf:type``, so the classes and relations of the
IVOA stand there in both flavours and are types of RDF as well; what differs is where an agent's
type is told. Its terms leave out mentions and dictionaries: these have the classes and properties
of PROV-LINKS and PROV-DICTIONARY, under their full names.
"""

from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, Scope, Statement, anonymous_and_referred, scopes
from provstore.exporters.names import QuotingNames
from provstore.exporters.prov_jsonld_terms import (
    CONTEXT_URL,
    ELEMENT_TERMS,
    OWN_TERMS,
    RELATION_TERMS,
    SPECIAL_TERMS,
    prefixes_for_terms,
)
from provstore.model.body import compact_json
from provstore.model.document import Document
from provstore.model.identifiers import PROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.vocabulary import (
    KIND_NAMES,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_START_TIME,
    RELATION_BY_NAME,
    Kind,
)

_TIMES: Final = {PROV_START_TIME: "startTime", PROV_END_TIME: "endTime"}
_ACTIVITY: Final = KIND_NAMES[Kind.ACTIVITY]
_TERMS: Final = {**ELEMENT_TERMS, **RELATION_TERMS}
_PLAIN_LABEL: Final = "prov:label"


def write_prov_jsonld(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as compact PROV-JSONLD in chunks of UTF-8.

    Parameters
    ----------
    document
        What to write.
    model
        ``W3C`` tells an agent's type as ``type``, ``IVOA`` as ``voprov:type``.
    """
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    main, *bundles = scopes(document)
    names = QuotingNames(prefixes_for_terms(main.prefixes))
    statements = _Graph(main, names).written(model)
    inner = [(scope, *_of_bundle(scope, names)) for scope in bundles]
    context = compact_json([names.used, CONTEXT_URL])
    yield f'{{"@context":{context},"@graph":['
    yield from _joined(statements)
    mark = "," if statements else ""
    for scope, name, its_names in inner:
        found = _Graph(scope, its_names).written(model)
        head = f'{{"@type":"Bundle","@id":{compact_json(name)},"@context":'
        yield f'{mark}{head}{compact_json([its_names.used])},"@graph":['
        yield from _joined(found)
        yield "]}"
        mark = ","
    yield "]}"


def _of_bundle(scope: Scope, names: QuotingNames) -> tuple[str, QuotingNames]:
    """The name of a bundle, and the names of its content."""
    iri = scope.bundle or ""
    told = prefixes_for_terms(scope.prefixes)
    return names(iri), names.inside(iri, told)


def _joined(texts: Sequence[str]) -> Iterator[str]:
    for index, text in enumerate(texts):
        yield "," + text if index else text


class _Graph:
    """The statements of one scope."""

    def __init__(self, scope: Scope, names: QuotingNames) -> None:
        self._scope = scope
        self._names = names
        self._keys: dict[tuple[str, str], str] = {}
        fresh = _fresh_names(scope)
        self._blanks = {key: next(fresh) for key in anonymous_and_referred(scope)}

    def written(self, model: Model) -> list[str]:
        """The JSON text of each, in the order told."""
        return [compact_json(self._statement(told)) for told in _in_terms(self._scope, model)]

    def _statement(self, told: Statement) -> dict[str, Any]:
        if told.relation is None:
            body = {"@type": ELEMENT_TERMS[told.name], "@id": self._names(told.iri or "")}
        else:
            body = self._relation(told)
        for name, value in told.attributes:
            self._add(body, told.name, name, value)
        return body

    def _relation(self, told: Statement) -> dict[str, Any]:
        term = RELATION_TERMS.get(told.name)
        body: dict[str, Any] = {"@type": term or OWN_TERMS[told.name]}
        name = told.iri
        if name is not None:
            body["@id"] = self._names(name)
        elif self._blanks and told.relation is not None and told.relation.key in self._blanks:
            body["@id"] = self._blanks[told.relation.key]
        for end, iri in told.ends:
            if iri is not None:
                text = (self._blanks.get(iri) if end.is_relation else None) or self._names(iri)
                # a term of the context is typed as a name, any other key has to say so
                body[end.name if term else "prov:" + end.name] = text if term else {"@id": text}
        if told.time is not None:
            body["time"] = told.time
        return body

    def _add(self, body: dict[str, Any], record: str, name: str, value: Value) -> None:
        if record == _ACTIVITY and name in _TIMES and _is_time(value) and _TIMES[name] not in body:
            body[_TIMES[name]] = value.lexical if isinstance(value, Literal) else value
            return
        key = self._keys.get((record, name)) or self._key(record, name)
        special = ":" not in key
        if name == PROV_LABEL and special and not _is_text(value):
            key, special = _PLAIN_LABEL, False  # the term label has texts only
        body.setdefault(key, []).append(self._value(value, bare=special and key != "value"))

    def _key(self, record: str, name: str) -> str:
        """The key of an attribute: its term where the type has it, else its qualified name.

        A formal argument is none by this name, and a key must be a name in full: else it is quoted.
        """
        special = SPECIAL_TERMS.get(name)
        relation = RELATION_BY_NAME.get(record)
        if special is not None and _TERMS.get(record) in special.types:
            key = special.term
        elif relation is not None and name in relation.argument_names:
            key = self._names.quoted(name)
        else:
            key = self._names(name)
            if key.partition(":")[0] not in self._names.used:
                key = self._names.quoted(name)
        self._keys[record, name] = key
        return key

    def _value(self, value: Value, *, bare: bool) -> str | dict[str, str]:
        """A value object; a name under a term that is typed so is a bare string."""
        if isinstance(value, Iri):
            name = self._names(value)
            return name if bare else {"@id": name}
        lexical, datatype, language = value
        if language is not None:
            return {"@value": lexical, "@language": language}
        if datatype == XSD_STRING:
            return {"@value": lexical}
        return {"@value": lexical, "@type": self._names(datatype)}


def _in_terms(scope: Scope, model: Model) -> Iterator[Statement]:
    """The statements in the terms that the context has: those of the W3C.

    Of the other flavour stays what is a record of the W3C in both: where agents tell their type.
    """
    if model is Model.W3C:
        return scope.statements(Model.W3C)
    flavours = zip(scope.statements(Model.W3C), scope.statements(model), strict=True)
    return (told if told.namespace == PROV else plain for plain, told in flavours)


def _is_time(value: Value) -> bool:
    return isinstance(value, Literal) and value.datatype == XSD_DATETIME


def _is_text(value: Value) -> bool:
    return isinstance(value, Literal) and (
        value.language is not None or value.datatype == XSD_STRING
    )


def _fresh_names(scope: Scope) -> Iterator[str]:
    """Blank names that nothing in the scope has."""
    taken: set[str] = {telling.iri for telling, _ in scope.elements}
    taken.update(end for relation in scope.relations for end in relation.ends if end)
    return (name for number in count(1) if (name := f"_:id{number}") not in taken)
