"""PROV-JSON of the IVOA draft of 2017, as django-prov_vo writes it.

Each record repeats its own name inside (``voprov:id``, in its W3C flavour ``prov:id``); no other
software does so, and that is how such a document is known. In it, and only in it, names mean more
than their text says:

- ``voprov:description`` names a description, or holds it as an object;
- ``voprov:activity`` in a parameter is the activity that it configures;
- ``voprov:startTime``, ``voprov:endTime``, ``voprov:role`` and a bare ``time`` are those of PROV;
- ``voprov:votype`` names the class or relation of the IVOA in its W3C flavour;
- ``null`` says nothing, and ``_`` is no name of a relation.

Activities with their description inlined (``voprov:desc_id``, …) are of another draft, and split
wherever they are met.
"""

from collections.abc import Mapping
from typing import Final

from provstore.importers.element_sections import ELEMENT_SECTIONS
from provstore.importers.prov_json.scope import Record, Scope
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json
from provstore.model.identifiers import VOPROV, UnknownPrefixError
from provstore.model.literals import Literal
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DESCRIBED,
    ENTITY_CLASSES,
    GENERATED,
    STEP,
    USED,
    RelationType,
)

_IDS: Final = ("voprov:id", "prov:id")
_TIMES: Final = {"voprov:startTime": "prov:startTime", "voprov:endTime": "prov:endTime"}
_DESCRIPTION: Final = "voprov:description"
_VOTYPE: Final = "voprov:votype"
_WITH_ROLE: Final = frozenset({USED.number, GENERATED.number, ASSOCIATED.number})
_DESCRIPTIONS: Final[Mapping[str, str]] = {
    "activity": "activityDescription",
    "activityFlow": "activityDescription",
    "collection": "entityDescription",
    "entity": "entityDescription",
    "parameter": "parameterDescription",
}
"""Section of what is described to that of its description."""
_VOTYPES: Final = {
    "voprov:" + name[0].lower() + name[1:]: name for name in (*ENTITY_CLASSES, "ActivityFlow")
}
_INLINED: Final = VOPROV + "desc_"
INLINED_ID: Final = _INLINED + "id"
"""Names the description that an activity has inlined."""


def is_draft(content: Record, elements: Mapping[str, object]) -> bool:
    """Whether every element of a document or bundle tells its name inside, and one the right one.

    Parameters
    ----------
    content
        The sections.
    elements
        Has the names of those that hold elements.
    """
    agrees = False
    for section in elements.keys() & content.keys():
        records = content[section]
        if not isinstance(records, dict):
            return False
        for name, record in records.items():
            told = _own_id(record)
            if told is None:
                return False
            agrees = agrees or told == name
    return agrees


def _own_id(record: Json) -> str | None:
    if not isinstance(record, dict):
        return None
    told = next((record[key] for key in _IDS if key in record), None)
    return told if isinstance(told, str) else None


def _qualified(name: str) -> dict[str, Json]:
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def _with_type(record: Record, name: str) -> Record:
    """The record with one more ``prov:type``."""
    told = record.get("prov:type")
    known = told if isinstance(told, list) else [] if told is None else [told]
    return {**record, "prov:type": [*known, _qualified(name)]}


def _expanded(text: str, scope: Scope) -> str | None:
    """The IRI that a text names; None for a sentence."""
    if not text or any(letter.isspace() for letter in text):
        return None
    try:
        return scope.prefixes.expand(text)
    except UnknownPrefixError:
        return None


class Draft:
    """Reads the records of one document or bundle of the draft as those of PROV-JSON."""

    def __init__(self, statements: Statements, scope: Scope) -> None:
        self._statements = statements
        self._scope = scope
        message = (
            "read as the draft of 2017 that django-prov_vo writes: voprov:description refers to a "
            "description, voprov:startTime and voprov:endTime are those of PROV"
        )
        scope.findings.info_once("prov-json/draft-2017", scope.place.of_bundle(), "", message)

    def element(self, section: str, name: str, iri: str, record: Record) -> Record:
        """What is left of an element as its attributes; its relations are stated."""
        rest: dict[str, Json] = {}
        for key, told in self._told(record).items():
            if key in _IDS:
                self._check_id(name, key, told, rest)
            elif key == _DESCRIPTION and section in _DESCRIPTIONS:
                self._description(_DESCRIPTIONS[section], iri, told, rest)
            elif key == "voprov:activity" and section == "parameter" and isinstance(told, str):
                self._relate(CONFIGURED, self._scope.iri(told, key), iri)
            else:
                rest[_TIMES.get(key, key)] = told
        votype = rest.get(_VOTYPE)
        if isinstance(votype, str) and votype in _VOTYPES:
            del rest[_VOTYPE]
            return _with_type(rest, "voprov:" + _VOTYPES[votype])
        return rest

    def relation(self, kind: RelationType, record: Record) -> Record:
        """The record of a relation with the keys of PROV-JSON."""
        told = self._told(record)
        rest = {self._relation_key(kind, key, told): value for key, value in told.items()}
        descriptor = rest.get("voprov:descriptor")
        if isinstance(descriptor, str):
            rest["voprov:descriptor"] = _qualified(descriptor)
        if rest.get(_VOTYPE) == "voprov:" + STEP.name:
            del rest[_VOTYPE]
            return _with_type(rest, "voprov:" + STEP.name)
        return rest

    def _relation_key(self, kind: RelationType, key: str, told: Record) -> str:
        if key in {_DESCRIPTION, "description"}:
            wanted = "voprov:descriptor"
        elif key in {"voprov:time", "time"} and kind.has_time:
            wanted = "prov:time"
        elif key in {"voprov:role", "role"} and kind.number in _WITH_ROLE:
            wanted = "prov:role"
        else:
            return key
        return key if wanted in told else wanted

    def _told(self, record: Record) -> dict[str, Json]:
        """The record without what is null."""
        if None not in record.values():
            return dict(record)
        key = next(key for key, told in record.items() if told is None)
        message = "attributes that are null say nothing and are left out"
        place = self._scope.place.pointer(key)
        self._scope.findings.info_once("prov-json/null", place, "null", message)
        return {key: told for key, told in record.items() if told is not None}

    def _check_id(self, name: str, key: str, told: Json, rest: dict[str, Json]) -> None:
        """The repeated name says nothing new; another one is kept as an attribute."""
        if told == name:
            return
        rest[key] = told
        message = f"the record of {name[:100]!r} calls itself something else; it is kept as told"
        place = self._scope.place.pointer(key)
        self._scope.findings.warning("prov-json/repeated-id", place, str(told), message)

    def _description(self, section: str, iri: str, told: Json, rest: dict[str, Json]) -> None:
        if isinstance(told, dict) and "$" not in told:
            self._nested(section, iri, told, rest)
        elif isinstance(told, str) and (name := self._reference(told)) is not None:
            self._relate(DESCRIBED, iri, name)
        else:
            rest[_DESCRIPTION] = told

    def _reference(self, text: str) -> str | None:
        """The IRI of the description that a text names; None, with a finding, if it names none."""
        found = _expanded(text, self._scope)
        if found is not None:
            return found
        message = "this is no name of a description; it is kept as a text"
        place = self._scope.place.pointer(_DESCRIPTION)
        self._scope.findings.warning("prov-json/description", place, text, message)
        return None

    def _nested(self, section: str, iri: str, told: dict[str, Json], rest: dict[str, Json]) -> None:
        """A description inside of what it describes is an element of its own."""
        key = next((key for key in (*_IDS, "id") if isinstance(told.get(key), str)), None)
        if key is None:
            rest[_DESCRIPTION] = told  # and refused there, as any object that is no value
            return
        name = told[key]
        described = self._scope.iri(str(name), _DESCRIPTION, key)
        record = {other: value for other, value in self._told(told).items() if other != key}
        place = (*self._scope.place.of_record(), _DESCRIPTION)
        attributes = self._scope.attributes(record)
        self._statements.element(ELEMENT_SECTIONS[section], described, attributes, place=place)
        self._relate(DESCRIBED, iri, described)

    def _relate(self, kind: RelationType, first: str, second: str) -> None:
        place = self._scope.place.of_record()
        self._statements.relation(kind, (first, second), place=place)


def split_description(
    iri: str, attributes: Attributes, statements: Statements, scope: Scope
) -> Attributes:
    """Take the inlined description out of an activity, and state it (draft of 2018).

    Returns the attributes without it; as they are where the description has no id.
    """
    told = dict(attributes).get(INLINED_ID)
    name = told.lexical if isinstance(told, Literal) else told
    if not name:
        return attributes
    described = scope.iri(str(name), "voprov:desc_id")
    own = tuple(
        (VOPROV + name.removeprefix(_INLINED), value)
        for name, value in attributes
        if name.startswith(_INLINED) and name != INLINED_ID
    )
    place = scope.place.of_record()
    section = ELEMENT_SECTIONS["activityDescription"]
    statements.element(section, described, own, place=place)
    statements.relation(DESCRIBED, (iri, described), place=place)
    message = "the attributes voprov:desc_… are read as a description of their own"
    where = scope.place.pointer()
    scope.findings.info_once("prov-json/inlined-description", where, str(name), message)
    return tuple(pair for pair in attributes if not pair[0].startswith(_INLINED))
