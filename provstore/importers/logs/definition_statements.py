"""What a definition of lstosa, logprov or gammapy's prototypes says, as IVOA descriptions.

A description of an activity, those of its parameters, usages and generations related to it, and
those of the kinds of entities related to the usages and generations: so voprov relates them
(``isRelatedTo``). The Python variables in which the traced software looks for values are kept under
names of our own. Addresses of e-mail are personal and are not taken.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.element_sections import ELEMENT_SECTIONS
from provstore.importers.logs.definition_names import (
    activity_description_name,
    agent_name,
    entity_description_name,
    part_name,
)
from provstore.importers.logs.values import as_literal
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, pointer, shown, type_name
from provstore.model.identifiers import PROVSTORE, VOPROV
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import ATTRIBUTED, PROV_ROLE, PROV_TYPE, RELATED

ACTIVITY_SECTIONS: Final = ("activities", "activity_descriptions")
ENTITY_SECTIONS: Final = ("entities", "entity_descriptions")
_SECTIONS: Final = frozenset({*ACTIVITY_SECTIONS, *ENTITY_SECTIONS, "agents", "namespaces"})
_FLOWS: Final = (("usage", "usageDescription"), ("generation", "generationDescription"))
_ENTITY_KEYS: Final = ("entityName", "entity_description", "entityType")
_LINKED: Final = ("has_members", "has_progenitors")
_PERSONAL: Final = "email"

_OF_IVOA: Final = frozenset(
    {
        "name", "description", "docurl", "contentType", "type", "version", "subtype",
        "multiplicity", "valueType", "arraysize", "xtype", "unit", "ucd", "utype", "min", "max",
        "options", "default",
    }
)  # fmt: skip
"""Attributes of the descriptions of Provenance DM 1.0, 3.3 and 4.2, told by the same word."""
_VARIABLES: Final = frozenset({"value", "location", "id", "list"})
"""Keys that name a Python variable."""


class DefinitionStatements:
    """Adds the descriptions of one definition.

    Parameters
    ----------
    statements
        Takes them.
    findings
        Takes what is wrong.
    place
        Where the definition stands; empty for a file.
    """

    def __init__(self, statements: Statements, findings: Findings, place: str = "") -> None:
        self._statements = statements
        self._findings = findings
        self._place = place

    def add(self, definition: Mapping[str, Json]) -> None:
        """Add all that it describes; sections of other names are passed over with a finding."""
        for section in ACTIVITY_SECTIONS:
            for name, told, place in self._named(definition, section):
                self._add_activity(name, told, place)
        for section in ENTITY_SECTIONS:
            for name, told, place in self._named(definition, section):
                self._add_entity(name, told, place)
        for name, told, place in self._named(definition, "agents"):
            attributes = ((VOPROV + "name", Literal(name)), *_attributes(told, ("name", _PERSONAL)))
            self._element("agent", agent_name(name), place, attributes)
        for section in definition.keys() - _SECTIONS:
            message = "this is no section of a definition; it is not taken"
            self._findings.warning(
                "log-definition/unknown-section", self._place + pointer(section), section, message
            )

    # -- activities

    def _add_activity(self, name: str, told: Mapping[str, Json], place: str) -> None:
        iri = activity_description_name(name)
        known = ("name", "contact", "parameters", "usage", "generation", _PERSONAL)
        attributes = ((VOPROV + "name", Literal(name)), *_attributes(told, known))
        self._element("activityDescription", iri, place, attributes)
        self._add_contact(iri, told.get("contact"), place)
        for item, where in self._items(told, "parameters", place):
            self._add_parameter(name, item, where)
        self._add_flows(name, told, place)

    def _add_flows(self, activity: str, told: Mapping[str, Json], place: str) -> None:
        """Its usages and generations; a role that comes again is numbered."""
        for key, section in _FLOWS:
            roles: dict[str, int] = {}
            for item, where in self._items(told, key, place):
                name = _text(item, "role") or _entity_name(item)
                if name is None:
                    self._unnamed(where, f"a {key} needs a role or an entity")
                    continue
                count = roles[name] = roles.get(name, 0) + 1
                iri = part_name(activity, key, name) + (f"/{count}" if count > 1 else "")
                self._add_flow(activity, section, iri, item, where)

    def _add_contact(self, described: str, told: Json, place: str) -> None:
        if told is None or isinstance(told, dict | list):
            if told is not None:
                self._wrong_type(place + pointer("contact"), told, "a text")
            return
        contact = shown(told)
        if "@" in contact:
            message = "an address of e-mail is personal; it is not taken"
            self._findings.info("log-definition/personal", place + pointer("contact"), "", message)
            return
        iri = agent_name(contact)
        self._element("agent", iri, place, ((VOPROV + "name", Literal(contact)),))
        role = ((PROV_ROLE, Literal("contact")),)
        self._statements.relation(ATTRIBUTED, (described, iri), place=place, attributes=role)

    def _add_parameter(self, activity: str, told: Mapping[str, Json], place: str) -> None:
        name = _text(told, "name") or _text(told, "value")
        if name is None:
            self._unnamed(place, "a parameter needs a name or a value")
            return
        iri = part_name(activity, "parameter", name)
        attributes = [(VOPROV + "name", Literal(name)), *_attributes(told, ("name", "datatype"))]
        datatype = told.get("datatype")
        if datatype is not None:
            attributes.append((VOPROV + "valueType", as_literal(datatype)))
        self._element("parameterDescription", iri, place, tuple(attributes))
        self._relate(iri, activity_description_name(activity), place)

    def _add_flow(
        self, activity: str, section: str, iri: str, told: Mapping[str, Json], place: str
    ) -> None:
        role, entity = _text(told, "role"), _entity_name(told)
        attributes = [*_attributes(told, ("role", *_ENTITY_KEYS, *_LINKED))]
        if role is not None:
            attributes.insert(0, (PROV_ROLE, Literal(role)))
        self._element(section, iri, place, tuple(attributes))
        self._relate(iri, activity_description_name(activity), place)
        if entity is not None:
            self._relate(entity_description_name(entity), iri, place)
        for link in _LINKED:
            described = iri if entity is None else entity_description_name(entity)
            self._add_linked(link, described, told.get(link), place + pointer(link))

    def _add_linked(self, link: str, described: str, told: Json, place: str) -> None:
        """The kind of the members or progenitors of an entity, and where they are looked for."""
        if told is None:
            return
        if not isinstance(told, dict):
            self._wrong_type(place, told, "a mapping")
            return
        other = _entity_name(told)
        attributes = ((PROV_TYPE, Literal(link)), *_attributes(told, _ENTITY_KEYS))
        descriptor = None if other is None else entity_description_name(other)
        ends = (descriptor, described)
        self._statements.relation(RELATED, ends, place=place, attributes=attributes)

    # -- entities

    def _add_entity(self, name: str, told: Mapping[str, Json], place: str) -> None:
        is_dataset = told.get("contentType") is not None
        section = "datasetDescription" if is_dataset else "entityDescription"
        attributes = ((VOPROV + "name", Literal(name)), *_attributes(told, ("name",)))
        self._element(section, entity_description_name(name), place, attributes)

    # -- all

    def _named(
        self, tree: Mapping[str, Json], section: str
    ) -> Iterator[tuple[str, Mapping[str, Json], str]]:
        """Name, content and place of each entry of a section."""
        told, place = tree.get(section), self._place + pointer(section)
        if not isinstance(told, dict):
            if told is not None:
                self._wrong_type(place, told, "a mapping")
            return
        for name, content in told.items():
            where = place + pointer(name)
            if content is None:
                yield name, {}, where
            elif isinstance(content, dict):
                yield name, content, where
            else:
                self._wrong_type(where, content, "a mapping")

    def _items(
        self, tree: Mapping[str, Json], key: str, place: str
    ) -> Iterator[tuple[Mapping[str, Json], str]]:
        told, where = tree.get(key), place + pointer(key)
        if not isinstance(told, list):
            if told is not None:
                self._wrong_type(where, told, "a list")
            return
        for index, item in enumerate(told):
            if isinstance(item, dict):
                yield item, where + pointer(index)
            else:
                self._wrong_type(where + pointer(index), item, "a mapping")

    def _wrong_type(self, place: str, told: Json, expected: str) -> None:
        message = f"expected {expected}, found {type_name(told)}"
        self._findings.error("log-definition/wrong-type", place, shown(told), message)

    def _unnamed(self, place: str, message: str) -> None:
        self._findings.error("log-definition/no-name", place, "", message)

    def _element(self, section: str, iri: str, place: str, attributes: Attributes) -> None:
        self._statements.element(ELEMENT_SECTIONS[section], iri, attributes, place=place)

    def _relate(
        self, related: str, relator: str, place: str, attributes: Attributes = NO_ATTRIBUTES
    ) -> None:
        ends = (related, relator)
        self._statements.relation(RELATED, ends, place=place, attributes=attributes)


def _entity_name(told: Mapping[str, Json]) -> str | None:
    return next((name for key in _ENTITY_KEYS if (name := _text(told, key))), None)


def _text(told: Mapping[str, Json], key: str) -> str | None:
    value = told.get(key)
    return None if value is None or isinstance(value, dict | list) else shown(value) or None


def _attributes(told: Mapping[str, Json], others: "tuple[str, ...]") -> Iterator[tuple[str, Value]]:
    """What stands under all keys but ``others``; null says nothing."""
    for key, value in told.items():
        if value is None or key in others:
            continue
        if key in _OF_IVOA:
            yield VOPROV + key, as_literal(value)
        elif key in _VARIABLES:
            yield f"{PROVSTORE}{key}_variable", as_literal(value)
        else:
            yield PROVSTORE + key, as_literal(value)
