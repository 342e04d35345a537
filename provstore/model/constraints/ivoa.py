"""The rules of the IVOA Provenance Data Model 1.0 (REC 2020-04-11).

Held to them is what says that it is of that model: elements of one of its classes, its relations,
and, in a document that has any of these, agents and generations too. A W3C document has none.

No standard fixes how the model is written. Attributes are met in the namespaces of voprov and of
PROV, names as ``prov:label`` too; each of these counts.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.ivoa_links import (
    configurations,
    descriptions,
    references,
    roles,
    usage_times,
)
from provstore.model.constraints.ivoa_model import IvoaModel, spellings
from provstore.model.constraints.rules import AGENT_TYPE, MANDATORY, ONE_GENERATION, warning
from provstore.model.constraints.scope import place_of
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV
from provstore.model.records import first_text
from provstore.model.vocabulary import GENERATED, PROV_LABEL

_NAME: Final = (*spellings("name"), PROV_LABEL)
_REQUIRED: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "Agent": {"name": _NAME},
    "ActivityDescription": {"name": _NAME},
    "EntityDescription": {"name": _NAME},
    "ValueDescription": {"name": _NAME, "valueType": spellings("valueType")},
    "DatasetDescription": {"name": _NAME, "contentType": spellings("contentType")},
    "UsageDescription": {"role": spellings("role")},
    "GenerationDescription": {"role": spellings("role")},
    "ValueEntity": {"value": spellings("value")},
    "Parameter": {"name": _NAME, "value": spellings("value")},
    "ParameterDescription": {"name": _NAME, "valueType": spellings("valueType")},
    "ConfigFile": {"name": _NAME},
    "ConfigFileDescription": {"name": _NAME, "contentType": spellings("contentType")},
}
"""The attributes that must not be null, with their spellings. The location of a ConfigFile is
mandatory in the text and 0..1 in the VO-DML: it is not asked for."""
_AGENT_TYPES: Final = ("Person", "Organization", "SoftwareAgent")
_DRAFT_AGENT_TYPE: Final = "Individual"
"""What drafts of 2017 called a person."""
_AGENT_TYPE_NAME: Final = VOPROV + "type"


def broken_rules(document: Document) -> Iterator[Finding]:
    """Everything in which a document breaks a rule of the IVOA model."""
    model = IvoaModel(document)
    if not model.is_used:
        return
    yield from _mandatory(model)
    yield from _agent_types(model)
    yield from _generations(document)
    yield from configurations(model)
    yield from descriptions(model)
    yield from references(model)
    yield from roles(model)
    yield from usage_times(model)


def _mandatory(model: IvoaModel) -> Iterator[Finding]:
    for iri, (name, attributes, telling) in model.elements.items():
        told = {key for key, _ in attributes}
        for attribute, names in _REQUIRED.get(name, {}).items():
            if told.isdisjoint(names):
                message = f"the {name} {iri} has no {attribute}, which it must have"
                yield warning(MANDATORY, place_of(model.document, telling), iri, message)


def _agent_types(model: IvoaModel) -> Iterator[Finding]:
    """AgentType is a closed enumeration."""
    for iri, (name, attributes, telling) in model.elements.items():
        told = first_text(attributes, _AGENT_TYPE_NAME) if name == "Agent" else None
        if told is None:
            continue
        local = told.replace("#", ":").replace("/", ":").rpartition(":")[2]
        if local not in {*_AGENT_TYPES, _DRAFT_AGENT_TYPE}:
            message = f"the type of agent {iri} is {told[:50]!r}, not {', '.join(_AGENT_TYPES)}"
            yield warning(AGENT_TYPE, place_of(model.document, telling), told, message)


def _generations(document: Document) -> Iterator[Finding]:
    """An entity has one generating activity at most (WasGeneratedBy 0..1)."""
    first: dict[str, tuple[int, str]] = {}
    said: set[str] = set()
    for index, relation in enumerate(document.relations):
        if relation.type is not GENERATED:
            continue
        entity, activity = relation.end(0), relation.end(1)
        if entity is None or activity is None:
            continue
        where, known = first.setdefault(entity, (index, activity))
        if known != activity and entity not in said:
            said.add(entity)
            message = (
                f"{entity} has more than one generating activity: {known} at "
                f"{place_of(document, where)} and {activity} at {place_of(document, index)}"
            )
            yield warning(ONE_GENERATION, place_of(document, index), entity, message)
