"""Names and values as PROV-JSONLD writes them: strings, value objects, node references."""

from typing import Final

from provstore.importers.base import Findings
from provstore.importers.qualified_names import QualifiedNames
from provstore.importers.strict_json import (
    Integer,
    Json,
    Real,
    plain_literal,
    pointer,
    shown,
    wrong_type,
)
from provstore.model.identifiers import Iri, Prefixes
from provstore.model.literals import (
    NAME_TYPES,
    XSD_STRING,
    Literal,
    Value,
    text_literal,
)

_FORMAT: Final = "json-ld"
_TERM_FORM: Final = '"@value" with perhaps "@type" or "@language", or "@id" alone'
_VALUE_KEYS: Final = frozenset({"@value", "@type", "@language"})

Place = tuple[str | int, ...]


class ValueReader:
    """Reads the names and values of one document or bundle, each name resolved once."""

    def __init__(self, prefixes: Prefixes, findings: Findings) -> None:
        self._names = QualifiedNames(prefixes, findings, _FORMAT)
        self._prefixes = prefixes
        self._findings = findings
        self._known: dict[str, str] = {}
        self._texts: dict[str, Literal] = {}

    def iri(self, name: str, place: Place) -> str:
        """The IRI of a name; where it has none, a finding and the name itself."""
        known = self._known.get(name)
        if known is not None:
            return known
        iri = self._names.iri(name, pointer(*place))
        if iri != name or ":" not in name or self._is_told(name):
            self._known[name] = iri  # one that has no meaning is to be found at each of its places
        return iri

    def _is_told(self, name: str) -> bool:
        return self._prefixes.namespace(name.partition(":")[0]) is not None

    def attribute(self, key: str, place: Place) -> str:
        """The IRI of a key; a term that the context declares is what it declares."""
        if ":" not in key:
            term = self._prefixes.namespace(key)
            if key and term is not None:
                return term
            if self._prefixes.namespace("") is None:
                message = "attributes without a namespace are kept under their bare names"
                where = pointer(*place)
                self._findings.info_once("json-ld/bare-attribute", where, key, message)
        return self.iri(key, place)

    def value(self, told: Json, place: Place, *, names: bool) -> Value | None:
        """The value of an attribute; ``names`` where a bare string is a name.

        None, with a finding, where it is none.
        """
        if isinstance(told, str):
            return Iri(self.iri(told, place)) if names else self._text(told)
        if isinstance(told, dict):
            return self._object(told, place)
        if isinstance(told, bool | Integer | Real):
            return plain_literal(told)
        wrong_type(self._findings, pointer(*place), told, "a string, number, boolean or object")
        return None

    def _text(self, told: str) -> Literal:
        known = self._texts.get(told)
        if known is None:
            known = self._texts[told] = Literal(told)
        return known

    def _object(self, told: dict[str, Json], place: Place) -> Value | None:
        content = told.get("@value")
        if isinstance(content, str) and len(told) == 1:
            return self._text(content)
        name = told.get("@id")
        if isinstance(name, str) and len(told) == 1:
            return Iri(self.iri(name, (*place, "@id")))
        if not isinstance(content, str | bool | Integer | Real) or not told.keys() <= _VALUE_KEYS:
            wrong_type(self._findings, pointer(*place), told, "an object of " + _TERM_FORM)
            return None
        if len(told) == 1:
            return plain_literal(content)
        return self._typed(told, shown(content), place)

    def _typed(self, told: dict[str, Json], text: str, place: Place) -> Value | None:
        datatype, language = told.get("@type"), told.get("@language")
        if isinstance(language, str) and datatype is None and language:
            return text_literal(text, language)
        if not isinstance(datatype, str) or language is not None:
            expected = 'a string as "@type" or as "@language", not both'
            wrong_type(self._findings, pointer(*place), told, expected)
            return None
        iri = self.iri(datatype, (*place, "@type"))
        if iri in NAME_TYPES:
            return Iri(self.iri(text, (*place, "@value")))
        return Literal(text) if iri == XSD_STRING else Literal(text, iri)
