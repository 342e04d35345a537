"""PROV-JSON (W3C member submission of 24 April 2013), with what IVOA software writes in it.

Read in one pass over the parsed JSON, without the `prov` library: that keeps the lexical forms, the
order and the place of every finding. Beyond the submission, these are read:

- the sections of voprov up to 0.0.4, of OPUS and of the drafts of 2017 (``activityDescription``,
  ``isDescribedBy``, …), and the markers that voprov 0.1 writes in their stead;
- formal attributes under ``voprov`` where the submission has ``prov``, and the reverse;
- the documents of django-prov_vo, of the draft of 2017 (`draft`);
- ``voprov`` and the other well-known prefixes without a declaration;
- the ``@id`` that ProvToolbox repeats inside a bundle.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.element_sections import ELEMENT_SECTIONS, ElementSection
from provstore.importers.prov_json.draft import INLINED_ID, Draft, is_draft, split_description
from provstore.importers.prov_json.relations import RelationReader
from provstore.importers.prov_json.scope import Place, Record, Scope, read_prefixes
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, JsonText, wrong_type
from provstore.model.document import Document
from provstore.model.identifiers import Iri, Prefixes
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    PROV_COLLECTION,
    PROV_END_TIME,
    PROV_START_TIME,
    PROV_TYPE,
    RELATION_BY_NAME,
    Kind,
)

_NOT_RECORDS: Final = frozenset({"prefix", "bundle"})
_ELEMENTS: Final[Mapping[str, ElementSection]] = {
    **ELEMENT_SECTIONS,
    # of the drafts of 2017; PROV-DM and version 1.0 say it as a type of an entity
    "collection": ElementSection(Kind.ENTITY, ((PROV_TYPE, Iri(PROV_COLLECTION)),)),
}
_SECTIONS: Final = sorted({*_NOT_RECORDS, *_ELEMENTS, *RELATION_BY_NAME})
_SECTION_IN_TEXT: Final = re.compile(rf'"(?:{"|".join(_SECTIONS)})"\s*:\s*\{{')
SECTION_FIRST: Final = re.compile(rf'\{{\s*"(?:{"|".join(_SECTIONS)})"\s*:')
"""Whatever the section holds: what is wrong with it is said with its place."""
_EMPTY: Final = re.compile(r"\{\s*\}\s*\Z")
_ACTIVITY_TIMES: Final = frozenset({PROV_START_TIME, PROV_END_TIME})


class ProvJson:
    """The importer of PROV-JSON."""

    name = "prov-json"
    media_types: Sequence[str] = ("application/provenance+json", "application/json")

    def sniff(self, head: bytes) -> bool:
        """Whether this is a JSON object with a section of PROV-JSON, or an empty one."""
        text = sniffed_text(head)
        if not text.startswith("{"):
            return False
        begins = SECTION_FIRST.match(text) or _EMPTY.match(text)
        return begins is not None or _SECTION_IN_TEXT.search(text) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part; a text that is not JSON gives none."""
        text = decode_text(data, findings)
        if text is None:
            return []
        content = JsonText(text, findings).only_value()
        findings.refuse_if_any()
        if not isinstance(content, dict):
            wrong_type(findings, "", content, "an object of sections")
            return []
        return [Part(_document(content, findings), 0, len(data))]


def _document(content: Record, findings: Findings) -> Document:
    place = Place()
    document = Document(Prefixes(read_prefixes(content.get("prefix", {}), place, findings)))
    _read_sections(content, document, Scope(document.prefixes, place, findings))
    bundles = content.get("bundle", {})
    if not isinstance(bundles, dict):
        wrong_type(findings, "/bundle", bundles, "an object of bundles")
        return document
    for name, told in bundles.items():
        _read_bundle(name, told, document, findings)
    return document


def _read_bundle(name: str, told: Json, document: Document, findings: Findings) -> None:
    place = Place("bundle", name)
    if not isinstance(told, dict):
        wrong_type(findings, place.of_bundle(), told, "the sections of a bundle")
        return
    if told.get("bundle"):
        message = "a bundle cannot hold bundles (PROV-DM 5.4.1)"
        findings.error("prov-json/nested-bundle", place.of_bundle("bundle"), name, message)
    declared = read_prefixes(told.get("prefix", {}), place, findings)
    iri = _bundle_iri(name, Prefixes(declared, parent=document.prefixes), findings)
    prefixes = document.add_bundle(iri, declared)
    sections = {key: value for key, value in told.items() if key != "@id"}
    _read_sections(sections, document, Scope(prefixes, place, findings, iri))


def _bundle_iri(name: str, prefixes: Prefixes, findings: Findings) -> str:
    """Its name is read with the bundle's own prefixes first, as the `prov` library writes it."""
    place = Place()
    place.section, place.name = "bundle", name
    return Scope(prefixes, place, findings).iri(name)


def _read_sections(content: Record, document: Document, scope: Scope) -> None:
    statements = Statements(document, scope.findings, scope.bundle)
    draft = Draft(statements, scope) if is_draft(content, _ELEMENTS) else None
    relations = RelationReader(statements, scope, draft)
    for section, told in content.items():
        scope.place.section = section
        if section in _ELEMENTS:
            _read_elements(section, told, statements, scope, draft)
        elif section in RELATION_BY_NAME:
            relations.read(RELATION_BY_NAME[section], told)
        elif section not in _NOT_RECORDS:
            message = "no kind of record has this name, nor is it prefix or bundle"
            place = scope.place.of_bundle(section)
            scope.findings.error("prov-json/unknown-section", place, section, message)
    statements.finish()


def _read_elements(
    name: str, told: Json, statements: Statements, scope: Scope, draft: Draft | None
) -> None:
    known, section = scope.iris, _ELEMENTS[name]
    for identifier, record in scope.records(told):
        iri = known.get(identifier) or scope.iri(identifier)
        if draft is not None:
            record = draft.element(name, identifier, iri, record)  # noqa: PLW2901  what is left of it
        attributes = scope.attributes(record)
        if section.kind is Kind.ACTIVITY:
            attributes = _of_activity(iri, attributes, record, statements, scope)
        statements.element(section, iri, attributes, place=scope.place.of_record())


def _of_activity(
    iri: str, attributes: Attributes, record: Record, statements: Statements, scope: Scope
) -> Attributes:
    """Its attributes with times as such, and without an inlined description."""
    keys = {scope.attribute(key): key for key in record}
    if INLINED_ID in keys:
        attributes = split_description(iri, attributes, statements, scope)
    return tuple(_with_times(attributes, keys, scope))


def _with_times(
    attributes: Attributes, keys: Mapping[str, str], scope: Scope
) -> Iterator[tuple[str, Value]]:
    """Start and end are formal arguments of type xsd:dateTime (PROV-DM 5.1.2)."""
    for name, value in attributes:
        if name in _ACTIVITY_TIMES and isinstance(value, Literal):
            scope.check_time(value.lexical, keys[name])
            if value.datatype == XSD_STRING:
                yield name, Literal(value.lexical, XSD_DATETIME)
                continue
        yield name, value
