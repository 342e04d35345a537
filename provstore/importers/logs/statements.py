"""What the records of lstosa, logprov and the prototypes of gammapy say, as statements.

Records are told apart by their keys. Taken are activities with their times, parameters and agents,
entities, and how they are related. The ``system`` of a session (packages, environment, user, host,
command line) is personal or belongs to the host: it stays in the raw bytes.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from provstore.importers.base import Findings
from provstore.importers.element_sections import ELEMENT_SECTIONS
from provstore.importers.logs.definition_names import (
    activity_description_name,
    agent_name,
    entity_description_name,
)
from provstore.importers.logs.definition_statements import DefinitionStatements
from provstore.importers.logs.parts import OwnedRecord
from provstore.importers.logs.values import RecordValues
from provstore.importers.metadata.parameters import parameters
from provstore.importers.metadata.reference import activity_description
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Integer, shown
from provstore.model.document import Document
from provstore.model.identifiers import PROVSTORE, VOPROV, Iri
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DERIVED,
    DESCRIBED,
    GENERATED,
    MEMBER,
    PROV_COLLECTION,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    PROV_VALUE,
    RELATED,
    STEP,
    USED,
    RelationType,
)

_ACTIVITY_KEYS: Final = frozenset(
    {
        "activity_id", "name", "startTime", "endTime", "agent_name", "parameters",
        "used_id", "used_role", "generated_id", "generated_role",
    }
)  # fmt: skip
_ENTITY_KEYS: Final = frozenset(
    {
        "entity_id", "name", "entity_description", "filepath", "location", "contentType", "type",
        "value", "generated_time", "hash", "hash_type", "session_tag", "size", "modifier",
    }
)  # fmt: skip
_ENTITY_REST: Final = _ENTITY_KEYS - {"size", "modifier"}
_SESSION_KEYS: Final = frozenset(
    {
        "session_id", "name", "startTime", "system", "definitions", "software_version",
        "config_file", "config_file_hash", "config_file_hash_type",
    }
)  # fmt: skip
_COLLECTIONS: Final = frozenset({"SetCollection", "FileCollection"})
_FILE_ID: Final = "file:"


class Dialect(NamedTuple):
    """In what the writers differ."""

    name: str
    """Of the importer; findings begin with it."""
    hash_of: str | None = None
    """What a ``hash`` is of, where the identifier of the entity does not say it."""
    has_flows: bool = False
    """A session is a process that runs activities, not the name of a run that many share."""


class LogStatements:
    """Adds what the records of one part say.

    Parameters
    ----------
    document
        Takes the statements.
    findings
        Takes what is noticed.
    dialect
        Of the writer.
    noted
        What holds for the whole log and was noted before.
    """

    def __init__(
        self, document: Document, findings: Findings, dialect: Dialect, noted: set[str]
    ) -> None:
        self._statements = Statements(document, findings)
        self._findings = findings
        self._dialect = dialect
        self._sessions: dict[str, RecordValues] = {}
        """The latest telling of each session."""
        self._session: str | None = None
        """That of the record at hand: integers are names in their session only."""
        self._described: set[str] = set()
        self._noted = noted
        self._starts: dict[str, str] = {}

    def add(self, part: Sequence[OwnedRecord]) -> None:
        """Add all records of a part."""
        told = [RecordValues(o.record, self._findings, self._dialect.name) for o in part]
        sessions, default = _sessions(part)
        for one, values in zip(part, told, strict=True):
            self._session = sessions.get(one.activity, default)
            self._record(values)
        self._statements.finish()

    def _record(self, values: RecordValues) -> None:
        told = values.told
        if "session_id" in told:
            self._add_session(values)
        elif "activity_id" in told:
            self._add_activity(values)
        elif "progenitor_id" in told:
            self._add_derivation(values)
        elif "member_id" in told:
            ends = (self._id(values, "entity_id"), self._id(values, "member_id"))
            self._relate(MEMBER, ends, values, tuple(values.rest({"entity_id", "member_id"})))
        elif told.keys() & _ENTITY_KEYS:
            self._add_entity(values)
        else:
            message = "the keys are those of no record of this format"
            self._findings.error(
                f"{self._dialect.name}/unknown-record", values.place, ", ".join(told), message
            )

    # -- sessions

    def _add_session(self, values: RecordValues) -> None:
        session = values.text("session_id")
        if session is None:
            values.warning("no-identity", "", "the session has no session_id; it is not taken")
            return
        self._sessions[session] = values
        definitions = values.mapping("definitions")
        if definitions:
            told = DefinitionStatements(self._statements, self._findings, values.place)
            told.add(definitions)
        if self._dialect.has_flows:
            attributes = _labelled(values.text("name"), values.time("startTime"))
            rest = values.rest(_SESSION_KEYS)
            self._element("activityFlow", _flow(session), values, (*attributes, *rest))

    def _session_facts(self, session: RecordValues) -> Iterator[tuple[str, Value]]:
        """What a session of lstosa says of each of its activities."""
        name, start = session.literal("name"), session.time("startTime")
        if name is not None:
            yield PROVSTORE + "session_name", name
        if start is not None:
            yield PROVSTORE + "session_startTime", start
        yield from session.rest(_SESSION_KEYS)

    def _add_configuration(self, activity: str, session: RecordValues) -> None:
        path = session.text("config_file")
        if path is None:
            return
        attributes: list[tuple[str, Value]] = [
            (VOPROV + "name", Literal(path.rpartition("/")[2] or path)),
            (PROV_LOCATION, Literal(path)),
        ]
        digest = session.text("config_file_hash")
        kind = session.text("config_file_hash_type")
        attributes += _hash(digest, kind, self._dialect.hash_of)
        self._element("configFile", path, session, tuple(attributes))
        artefact = ((VOPROV + "artefactType", Literal("ConfigFile")),)
        self._relate(CONFIGURED, (activity, path), session, artefact)

    # -- activities

    def _add_activity(self, values: RecordValues) -> None:
        activity = values.text("activity_id")
        if activity is None:
            values.warning("no-identity", "", "the activity has no activity_id; it is kept")
        else:
            self._declare_activity(activity, values)
        for kind, key in ((USED, "used"), (GENERATED, "generated")):
            if f"{key}_id" in values.told:
                entity = self._id(values, f"{key}_id")
                ends = (activity, entity) if kind is USED else (entity, activity)
                self._relate(kind, ends, values, _role(values.text(f"{key}_role")))

    def _declare_activity(self, activity: str, values: RecordValues) -> None:
        start = values.time("startTime")
        attributes = [*_labelled(values.text("name"), start, values.time("endTime"))]
        attributes += parameters(values.mapping("parameters"), _is_never)
        attributes += values.rest(_ACTIVITY_KEYS)
        tag = values.literal("session_tag")
        if tag is not None and start is not None:
            attributes.append((PROVSTORE + "session_tag", tag))
        if start is not None:
            self._note_start(activity, start.lexical, values)
        session = self._sessions.get(values.text("in_session") or "")
        if session is not None and not self._dialect.has_flows:
            attributes += self._session_facts(session)
            self._add_configuration(activity, session)
        if attributes:
            self._element("activity", activity, values, tuple(attributes))
        self._describe(activity, session, values)
        self._relate_activity(activity, values)

    def _note_start(self, activity: str, start: str, values: RecordValues) -> None:
        if self._starts.setdefault(activity, start) != start:
            message = "the activity has started before; both tellings are kept as one activity"
            values.warning("started-again", activity, message)

    def _relate_activity(self, activity: str, values: RecordValues) -> None:
        agent = values.text("agent_name")
        if agent is not None:
            iri = agent_name(agent)
            self._element("agent", iri, values, ((VOPROV + "name", Literal(agent)),))
            self._relate(ASSOCIATED, (activity, iri), values)
        session = values.text("in_session")
        if session is not None and self._dialect.has_flows:
            self._relate(STEP, (_flow(session), activity), values)

    def _describe(self, activity: str, session: RecordValues | None, values: RecordValues) -> None:
        """Tie it to what a definition says of its name, by its version where one is known."""
        name = values.text("name")
        if name is None:
            return
        defined = activity_description_name(name)
        version = None if session is None else session.text("software_version")
        if version is None:
            self._add_description("activityDescription", defined, name, values)
            self._relate(DESCRIBED, (activity, defined), values)
            return
        versioned, attributes = activity_description(self._dialect.name, name, version)
        self._element("entity", versioned, values, attributes)
        self._relate(DESCRIBED, (activity, versioned), values)
        self._relate(RELATED, (versioned, defined), values)

    # -- entities

    def _add_entity(self, values: RecordValues) -> None:
        entity, known = self._entity_id(values)
        if entity is None:
            values.warning("no-identity", "", "the entity has no identifier; it is not taken")
            return
        name = values.text("name") or values.text("entity_description")
        attributes = [*_labelled(name), *_entity_facts(values), *self._hash(entity, values)]
        attributes += values.rest(_ENTITY_REST | known)
        self._element("entity", entity, values, tuple(attributes))
        if name is not None:
            described = entity_description_name(name)
            self._add_description("entityDescription", described, name, values)
            self._relate(DESCRIBED, (entity, described), values)

    def _entity_id(self, values: RecordValues) -> tuple[str | None, frozenset[str]]:
        """Its identifier, and the key that is it where logprov writes it so."""
        if "entity_id" in values.told:
            return self._id(values, "entity_id"), frozenset()
        key = values.id_as_key(_ENTITY_KEYS)
        if key is None:
            return None, frozenset()
        return self._id(values, key), frozenset({key})

    def _hash(self, entity: str, values: RecordValues) -> Iterator[tuple[str, Value]]:
        """A checksum of content where the identifier is made of it, else what it is called."""
        digest, kind = values.text("hash"), values.text("hash_type")
        if digest and kind and entity == _FILE_ID + digest:
            yield PROVSTORE + kind, Literal(digest)
        else:
            yield from _hash(digest, kind, self._dialect.hash_of)

    def _add_derivation(self, values: RecordValues) -> None:
        entity, progenitor = self._id(values, "entity_id"), self._id(values, "progenitor_id")
        time = values.time("generated_time")
        if entity is not None and time is not None:
            self._element("entity", entity, values, ((VOPROV + "generatedAtTime", time),))
        rest = values.rest({"entity_id", "progenitor_id", "generated_time"})
        self._relate(DERIVED, (entity, progenitor), values, tuple(rest))

    # -- both

    def _id(self, values: RecordValues, key: str) -> str | None:
        """The identifier under a key; an integer means something in its session only."""
        text, told = values.text(key), values.told.get(key)
        if text is None or not isinstance(told, Integer):
            if text is not None and text.startswith(_FILE_ID):
                self._note_relative(text, values)
            return text
        if self._session is None:
            message = "the session of this number is not told; it is kept as it is"
            values.warning("no-session", text, message)
            return text
        return f"{_flow(self._session)}_{text}"

    def _note_relative(self, text: str, values: RecordValues) -> None:
        rule = "relative-name"
        if rule not in self._noted:
            self._noted.add(rule)
            message = "the prefix of the identifier is not declared: it is local to its source"
            values.warning(rule, text, message)

    def _add_description(self, section: str, iri: str, name: str, values: RecordValues) -> None:
        if iri not in self._described:
            self._described.add(iri)
            self._element(section, iri, values, ((VOPROV + "name", Literal(name)),))

    def _element(
        self, section: str, iri: str, values: RecordValues, attributes: Attributes
    ) -> None:
        self._statements.element(ELEMENT_SECTIONS[section], iri, attributes, place=values.place)

    def _relate(
        self,
        kind: RelationType,
        ends: tuple[str | None, str | None],
        values: RecordValues,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        self._statements.relation(kind, ends, place=values.place, attributes=attributes)


def _sessions(part: Sequence[OwnedRecord]) -> tuple[dict[str | None, str], str | None]:
    """The session of each activity of a part, and that of all other records if there is one."""
    found: dict[str | None, str] = {}
    told: set[str] = set()
    for record, activity in part:
        for key, into in (("in_session", found), ("session_id", None)):
            session = record.told.get(key)
            if isinstance(session, str | Integer):
                told.add(shown(session))
                if into is not None:
                    into[activity] = shown(session)
    return found, told.pop() if len(told) == 1 else None


def _flow(session: str) -> str:
    return f"session:{session}"


def _is_never(_key: str) -> bool:
    return False


def _role(role: str | None) -> Attributes:
    return ((PROV_ROLE, Literal(role)),) if role else NO_ATTRIBUTES


def _labelled(
    name: str | None, start: Literal | None = None, end: Literal | None = None
) -> Iterator[tuple[str, Value]]:
    if name is not None:
        yield PROV_LABEL, Literal(name)
    if start is not None:
        yield PROV_START_TIME, start
    if end is not None:
        yield PROV_END_TIME, end


def _entity_facts(values: RecordValues) -> Iterator[tuple[str, Value]]:
    for key in ("filepath", "location"):
        place = values.text(key)
        if place is not None:
            yield PROV_LOCATION, Literal(place)
    value, time = values.literal("value"), values.time("generated_time")
    if value is not None:
        yield PROV_VALUE, value
    if time is not None:
        yield VOPROV + "generatedAtTime", time
    content_type, kind = values.text("contentType"), values.text("type")
    if content_type is not None:
        yield VOPROV + "contentType", Literal(content_type)
    if kind is not None:
        yield PROV_TYPE, Literal(kind)
    if kind in _COLLECTIONS:
        yield PROV_TYPE, Iri(PROV_COLLECTION)


def _hash(digest: str | None, kind: str | None, hash_of: str | None) -> Iterator[tuple[str, Value]]:
    """A hash under its own name: it may be that of a path, which says nothing of the content."""
    if digest is None:
        return
    yield PROVSTORE + "hash", Literal(digest)
    if kind is not None:
        yield PROVSTORE + "hash_type", Literal(kind)
    if hash_of is not None:
        yield PROVSTORE + "hash_of", Literal(hash_of)
