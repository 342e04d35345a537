"""What names and values mean in one document or bundle of PROV-JSON.

Section 2 of the PROV-JSON submission says how names, values and records are written.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.qualified_names import declared_namespace
from provstore.importers.strict_json import (
    Integer,
    Json,
    Real,
    plain_literal,
    pointer,
    shown,
    wrong_type,
)
from provstore.model.identifiers import (
    QUOTED,
    Iri,
    Prefixes,
    UnknownPrefixError,
    unquoted_name,
)
from provstore.model.literals import (
    LANGUAGE_TYPES,
    NAME_TYPES,
    Literal,
    Value,
    text_literal,
)
from provstore.model.records import Attributes

_DEFAULT_KEY: Final = "default"
_STRING: Final = "xsd:string"
_VALUE_KEYS: Final = frozenset({"$", "type", "lang"})

Record = Mapping[str, Json]
"""One record: attribute to value, or to a list of values."""


class Place:
    """Where the reader stands in the document."""

    __slots__ = ("bundle", "index", "name", "section")

    def __init__(self, *bundle: str) -> None:
        self.bundle = bundle
        self.section = ""
        self.name = ""
        self.index: int | None = None
        """Of the record in the list of those with one name; None where there is no list."""

    def of_bundle(self, *keys: str) -> str:
        """The JSON pointer of the bundle or document, or of what ``keys`` lead to in it."""
        return pointer(*self.bundle, *keys)

    def of_record(self) -> tuple[str | int, ...]:
        """The keys that lead to the record."""
        if self.index is None:
            return (*self.bundle, self.section, self.name)
        return (*self.bundle, self.section, self.name, self.index)

    def pointer(self, *keys: str | int) -> str:
        """The JSON pointer of the record, or of what ``keys`` lead to in it."""
        return pointer(*self.of_record(), *keys)


class Scope:
    """Names, values and records as one document or bundle means them, each name resolved once."""

    __slots__ = (
        "_attributes",
        "bundle",
        "findings",
        "iris",
        "place",
        "prefixes",
        "texts",
    )

    def __init__(
        self, prefixes: Prefixes, place: Place, findings: Findings, bundle: str | None = None
    ) -> None:
        self.prefixes = prefixes
        self.place = place
        self.findings = findings
        self.bundle = bundle
        """IRI of the bundle; None for the document itself."""
        self.iris: dict[str, str] = {}
        """Names met so far to their IRIs; read directly where speed counts."""
        self.texts: dict[str, Literal] = {}
        """Plain strings met so far to their literals; read directly as well."""
        self._attributes: dict[str, str] = {}

    def iri(self, name: str, *keys: str | int) -> str:
        """The IRI of a name; where it has none, a finding at ``keys`` and the name itself."""
        known = self.iris.get(name)
        if known is not None:
            return known
        if not name:
            self._error("prov-json/empty-name", name, "the name is empty", *keys)
            return name
        try:
            found = self.iris[name] = unquoted_name(self.prefixes.expand(name))
        except UnknownPrefixError as error:
            message = f"the prefix {error.prefix[:100]!r} is not declared"
            self._error("prov-json/unknown-prefix", name, message, *keys)
            return name
        return found

    def attribute(self, key: str) -> str:
        """The IRI of an attribute; a bare key without a default namespace is kept as it is."""
        known = self._attributes.get(key)
        if known is not None:
            return known
        found = self.iri(key, key)
        if found == key and ":" not in key:
            message = "attributes without a namespace are kept under their bare names"
            place = self.place.pointer(key)
            self.findings.info_once("prov-json/bare-attribute", place, key, message)
        if key in self.iris:  # one that has no meaning is to be found at each of its places
            self._attributes[key] = found
        return found

    def is_quoted(self, key: str) -> bool:
        """Whether a key that has a meaning is a quoted name: then it is no formal argument."""
        return key in self.iris and self.prefixes.expand(key).startswith(QUOTED)

    def records(self, section: Json) -> Iterator[tuple[str, Record]]:
        """Each record of a section with its name; `place` stands at it."""
        place = self.place
        if not isinstance(section, dict):
            where = place.of_bundle(place.section)
            wrong_type(self.findings, where, section, "an object of records")
            return
        for name, told in section.items():
            place.name, place.index = name, None
            if isinstance(told, dict):
                yield name, told
            else:
                yield from self._listed_records(name, told)

    def _listed_records(self, name: str, told: Json) -> Iterator[tuple[str, Record]]:
        """One name may have several records (PROV-JSON, section 2)."""
        if not isinstance(told, list):
            self.wrong_type(told, "a record or a list of records")
            return
        for index, record in enumerate(told):
            self.place.index = index
            if isinstance(record, dict):
                yield name, record
            else:
                self.wrong_type(record, "a record")

    def attributes(self, record: Record) -> Attributes:
        """The attributes of an element."""
        known, texts = self._attributes, self.texts
        pairs: dict[tuple[str, Value], None] = {}
        for key, told in record.items():
            name = known.get(key) or self.attribute(key)
            if isinstance(told, str):
                pairs[name, texts.get(told) or self.text(told)] = None
            else:
                self.add_values(pairs, name, key, told)
        return tuple(pairs)

    def add_values(
        self, pairs: dict[tuple[str, Value], None], name: str, key: str, told: Json
    ) -> None:
        """Add the one or several values of an attribute to the ordered set ``pairs``."""
        if not isinstance(told, list):
            value = self.value(told, key)
            if value is not None:
                pairs[name, value] = None
            return
        for index, item in enumerate(told):
            value = self.value(item, key, index)
            if value is not None:
                pairs[name, value] = None

    def check_time(self, text: str, *keys: str | int) -> None:
        """Note a time that cannot be read."""
        self.findings.check_time(text, (*self.place.of_record(), *keys))

    def wrong_type(self, value: Json, expected: str, *keys: str | int) -> None:
        """Note that ``value`` is not what stands here in PROV-JSON."""
        wrong_type(self.findings, self.place.pointer(*keys), value, expected)

    def _error(self, rule: str, value: str, message: str, *keys: str | int) -> None:
        self.findings.error(rule, self.place.pointer(*keys), value, message)

    def text(self, told: str) -> Literal:
        """A plain string as a value, made once: real documents repeat most of theirs."""
        known = self.texts[told] = Literal(told)
        return known

    def value(self, told: Json, *keys: str | int) -> Value | None:
        """The value of an attribute; None, with a finding, where it is none."""
        if isinstance(told, str):
            return self.texts.get(told) or self.text(told)
        if isinstance(told, dict):
            return self._typed_value(told, *keys)
        if isinstance(told, bool | Integer | Real):
            return plain_literal(told)
        self.wrong_type(told, "a string, number, boolean or value object", *keys)
        return None

    def _typed_value(self, told: Record, *keys: str | int) -> Value | None:
        content = told.get("$")
        if not isinstance(content, str | bool | Integer | Real) or not told.keys() <= _VALUE_KEYS:
            expected = 'an object with "$" and perhaps "type" or "lang", and nothing else'
            self.wrong_type(dict(told), expected, *keys)
            return None
        if len(told) == 1:
            return plain_literal(content)
        datatype, language = told.get("type", _STRING), told.get("lang", "")
        if not isinstance(datatype, str) or not isinstance(language, str):
            self.wrong_type(dict(told), 'strings as "type" and "lang"', *keys)
            return None
        return self._constant(shown(content), datatype, language, *keys)

    def _constant(self, text: str, datatype: str, language: str, *keys: str | int) -> Value:
        type_iri = self.iris.get(datatype) or self.iri(datatype, *keys, "type")
        if language:
            self._check_language_type(type_iri, *keys)
            return text_literal(text, language)
        if type_iri in NAME_TYPES:
            return Iri(self.iris.get(text) or self.iri(text, *keys, "$"))
        return Literal(text, type_iri)

    def _check_language_type(self, type_iri: str, *keys: str | int) -> None:
        """A text with a language has one datatype (PROV-DM 5.7.3), whatever the document says."""
        if type_iri not in LANGUAGE_TYPES:
            message = "a value with a language is read as prov:InternationalizedString"
            place = self.place.pointer(*keys, "type")
            self.findings.warning("prov-json/language-type", place, type_iri, message)


def read_prefixes(told: Json, place: Place, findings: Findings) -> dict[str, str]:
    """The declared prefixes of a document or bundle; the default namespace under the empty one."""
    if not isinstance(told, dict):
        wrong_type(findings, place.of_bundle("prefix"), told, "an object of prefixes")
        return {}
    declared: dict[str, str] = {}
    for prefix, uri in told.items():
        where = place.of_bundle("prefix", prefix)
        if isinstance(uri, str):
            name = "" if prefix == _DEFAULT_KEY else prefix
            declared[name] = declared_namespace(
                prefix, uri, findings, where, format_name="prov-json"
            )
        else:
            wrong_type(findings, where, uri, "the URI of a namespace")
    return declared
