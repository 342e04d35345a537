"""The provenance log of ctapipe: what its tools append to ``*.provenance.log``.

The log is no JSON document: each run appends a JSON array of its activities. One array, one object
and one object a line are read as well, and the forms of 2017 to 2019. Each activity is a part of
its own, so that a log that grew shares its parts with what it was.

Taken are the activities, their files, parameters and software version, and what the reference
metadata says of the files. The environment, the host, the command line, e-mail addresses and the
list of packages are personal or belong to the host: they stay in the raw bytes.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.ctapipe.log import ByteOffsets, LogScan, LogValue, Told
from provstore.importers.metadata.parameters import parameters
from provstore.importers.metadata.reference import (
    FROM_REFERENCE_METADATA,
    ReferenceMetadata,
    activity_description,
    read_reference_metadata,
    uuid_iri,
)
from provstore.importers.strict_json import JsonText, pointer, wrong_type
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, PROVSTORE, VOPROV, Iri, Prefixes
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation
from provstore.model.vocabulary import (
    ATTRIBUTED,
    CONFIGURED,
    DESCRIBED,
    GENERATED,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    USED,
    Kind,
    RelationType,
)

_NAMED: Final = re.compile(r'"activity_(?:name|uuid)"\s*:')
_TIMED: Final = re.compile(r'"time_utc"\s*:')
_STATUS: Final = frozenset({"running", "completed", "error", "interrupted"})
_CONFIGURATION_ROLE: Final = "Tool Configuration"
_PERSONAL_COMPONENT: Final = "contact_info"
"""Trait of the writer that repeats the contact of the reference metadata, with the e-mail."""


class CtapipeLog:
    """The importer of ctapipe's provenance log."""

    name = "ctapipe"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether the text begins with a JSON array or object of ctapipe's activities."""
        text = sniffed_text(head)
        if not text.startswith(("[", "{")) or _NAMED.search(text) is None:
            return False
        return text.startswith("[") or _TIMED.search(text) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """One part for each activity, in the order of the log."""
        text = decode_text(data, findings)
        if text is None:
            return []
        values = list(LogScan(JsonText(text, findings)).values())
        findings.refuse_if_any()
        offset = ByteOffsets(text, len(data) - len(text.encode()))
        return [
            Part(document, offset.of(value.start), offset.of(value.end), subject)
            for value in values
            for document, subject in _parts(value, findings)
        ]


def _parts(value: LogValue, findings: Findings) -> Iterator[tuple[Document, str]]:
    """The document of an activity, and the activity's IRI; nothing where it has no name."""
    if not isinstance(value.value, dict):
        wrong_type(findings, value.place, value.value, "an activity")
        return
    activity = _Activity(Told(value.value, value.place, findings))
    if activity.iri is None:
        message = "an activity needs activity_uuid, or activity_name and start.time_utc"
        findings.error("ctapipe/no-identity", value.place, "", message)
        return
    try:
        document = activity.document(activity.iri)
    except RecursionError:
        message = "arrays and objects are nested too deeply"
        findings.error("json/too-deep", value.place, activity.iri, message)
    else:
        yield document, activity.iri


class _Activity:
    """Builds the document of one activity."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._name = told.text("activity_name")
        self._times = {
            PROV_START_TIME: told.inner("start").time("time_utc"),
            PROV_END_TIME: told.inner("stop").time("time_utc"),
        }
        self.iri = self._identity()

    def _identity(self) -> str | None:
        """Its UUID, which it has since April 2017; before that, its name and start."""
        uuid, start = self._told.text("activity_uuid"), self._times[PROV_START_TIME]
        if uuid:
            return uuid_iri(uuid) or uuid
        return f"{self._name}/{start.lexical}" if self._name and start else None

    def document(self, iri: str) -> Document:
        """All that the log tells of it."""
        document = Document(Prefixes(OWN_PREFIXES))
        document.add_element(Kind.ACTIVITY, iri, tuple(self._attributes()))
        statements = _Statements(document, iri)
        statements.describe(self._name, self._told.inner("system").text("ctapipe_version"))
        for file in self._told.files("input"):
            statements.add_input(file)
        for file in self._told.files("output"):
            statements.add_output(file)
        return document

    def _attributes(self) -> Iterator[tuple[str, Value]]:
        if self._name:
            yield PROV_LABEL, Literal(self._name)
        for attribute, time in self._times.items():
            if time is not None:
                yield attribute, time
        yield from self._status()
        for key in ("exit_code", "duration_min"):
            number = self._told.number(key)
            if number is not None:
                yield PROVSTORE + key, number
        yield from parameters(self._told.inner("config").content, _is_personal)

    def _status(self) -> Iterator[tuple[str, Value]]:
        status = self._told.text("status")
        if status is None:
            return
        if status not in _STATUS:
            message = f"the status is none of {', '.join(sorted(_STATUS))}; it is kept"
            place = self._told.place + pointer("status")
            self._told.findings.info("ctapipe/unknown-status", place, status, message)
        yield PROVSTORE + "status", Literal(status)


class _Statements:
    """What a log says around one activity."""

    def __init__(self, document: Document, activity: str) -> None:
        self._document = document
        self._activity = activity

    def describe(self, name: str | None, version: str | None) -> None:
        """The tool and its version describe what can be known before it runs."""
        if not name or not version:
            return
        iri, attributes = activity_description("ctapipe", name, version)
        self._document.add_element(Kind.ENTITY, iri, attributes)
        self._relate(DESCRIBED, (self._activity, iri))

    def add_input(self, file: Told) -> None:
        """It used the file, or was configured by it."""
        role = file.text("role")
        entity, metadata = self._add_file(file, is_configuration=role == _CONFIGURATION_ROLE)
        if role == _CONFIGURATION_ROLE:
            kind = ((VOPROV + "artefactType", Literal("ConfigFile")),)
            self._relate(CONFIGURED, (self._activity, entity), kind)
            return
        self._relate(USED, (self._activity, entity), _role(role))
        if entity and metadata.producer not in {None, self._activity}:
            marker = ((PROV_TYPE, FROM_REFERENCE_METADATA),)
            self._relate(GENERATED, (entity, metadata.producer), marker)

    def add_output(self, file: Told) -> None:
        """It generated the file."""
        entity, _ = self._add_file(file, is_configuration=False)
        self._relate(GENERATED, (entity, self._activity), _role(file.text("role")))

    def _add_file(
        self, file: Told, *, is_configuration: bool
    ) -> tuple[str | None, ReferenceMetadata]:
        """Declare a file; its IRI is None, with a finding, where nothing names it."""
        inner = file.inner("reference_meta")
        metadata = read_reference_metadata(inner.content, file.findings, inner.place)
        url = file.text("url")
        entity = metadata.product or url
        if not entity:
            message = "the file has neither a url nor a product id; it is kept and not followed"
            file.findings.warning("prov/missing-end", file.place, "", message)
            return None, metadata
        attributes: list[tuple[str, Value]] = []
        if is_configuration:
            attributes.append((PROV_TYPE, Iri(VOPROV + "ConfigFile")))
        if url:
            attributes.append((PROV_LOCATION, Literal(url)))
        self._document.add_element(Kind.ENTITY, entity, (*attributes, *metadata.attributes))
        self._attribute(entity, metadata)
        return entity, metadata

    def _attribute(self, entity: str, metadata: ReferenceMetadata) -> None:
        contact = metadata.contact
        if contact is not None:
            self._document.add_element(Kind.AGENT, contact.iri, contact.attributes)
            self._relate(ATTRIBUTED, (entity, contact.iri), _role("contact"))

    def _relate(
        self,
        kind: RelationType,
        ends: tuple[str | None, str | None],
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        told = ends if ends[1] is not None else ends[:1]
        self._document.add_relation(Relation(kind, told, attributes=attributes))


def _role(role: str | None) -> Attributes:
    return ((PROV_ROLE, Literal(role)),) if role else NO_ATTRIBUTES


def _is_personal(key: str) -> bool:
    return key == _PERSONAL_COMPONENT
