"""Rules of the IVOA model on its links: descriptions, roles, configuration.

Source: IVOA Provenance DM 1.0 (REC 2020-04-11), the sections on descriptions and configuration.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.errors import Finding
from provstore.model.constraints.ivoa_model import IvoaModel, spellings
from provstore.model.constraints.rules import (
    ARTEFACT_TYPE,
    CONFIGURATION_TARGET,
    DESCRIPTION_CLASS,
    NAME,
    ONE_DESCRIPTION,
    ONE_REFERENCE,
    ROLE,
    USAGE_TIME,
    warning,
)
from provstore.model.constraints.scope import place_of
from provstore.model.identifiers import VOPROV
from provstore.model.records import Relation, first_text
from provstore.model.times import parse_time
from provstore.model.vocabulary import (
    CONFIGURATION_CLASSES,
    CONFIGURED,
    DESCRIBED,
    GENERATED,
    REFERENCED,
    USED,
    RelationType,
)

_ARTEFACT_TYPE: Final = spellings("artefactType")
_DESCRIPTOR: Final = VOPROV + "descriptor"
_OF_ENTITIES: Final = frozenset({"EntityDescription", "ValueDescription", "DatasetDescription"})
_DESCRIPTIONS_OF: Final[Mapping[str, frozenset[str]]] = {
    "activity": frozenset({"ActivityDescription"}),
    "entity": _OF_ENTITIES,
    "ValueEntity": frozenset({"ValueDescription"}),
    "DatasetEntity": frozenset({"DatasetDescription"}),
    "Parameter": frozenset({"ParameterDescription"}),
    "ConfigFile": frozenset({"ConfigFileDescription"}),
    USED.name: frozenset({"UsageDescription"}),
    GENERATED.name: frozenset({"GenerationDescription"}),
}
"""What describes what. An entity of no particular class may have any of the descriptions."""


def configurations(model: IvoaModel) -> Iterator[Finding]:
    """A WasConfiguredBy has one target, a Parameter or a ConfigFile, and says which."""
    for index, relation in model.of(CONFIGURED):
        place, target = place_of(model.document, index), relation.end(1)
        name = model.class_of(target)
        if target is None or (name not in CONFIGURATION_CLASSES and target in model.declared):
            found = "nothing" if target is None else f"{target}, {_a(name)}"
            message = f"wasConfiguredBy leads to {found}, not to a Parameter or a ConfigFile"
            yield warning(CONFIGURATION_TARGET, place, str(relation.end(0)), message)
        told = first_text(relation.attributes, *_ARTEFACT_TYPE)
        kind = (told or "").rpartition(":")[2].lower()
        if kind not in {name.lower() for name in CONFIGURATION_CLASSES}:
            shown = "no artefactType" if told is None else f"the artefactType {told[:50]!r}"
            message = f"wasConfiguredBy has {shown}; it is Parameter or ConfigFile"
            yield warning(ARTEFACT_TYPE, place, told or str(target), message)
        elif name in CONFIGURATION_CLASSES and kind != str(name).lower():
            message = f"wasConfiguredBy says {told} of {target}, which is {_a(name)}"
            yield warning(ARTEFACT_TYPE, place, str(told), message)


def _a(name: str | None) -> str:
    return "an entity of no such class" if name is None else f"a {name}"


def descriptions(model: IvoaModel) -> Iterator[Finding]:
    """A thing has one description at most, of the class for it, and has its name."""
    yield from _several(model, DESCRIBED, ONE_DESCRIPTION, "description")
    activities = {iri for _, iri in model.activity_times}
    for index, relation in model.of(DESCRIBED):
        described, descriptor = relation.end(0), relation.end(1)
        if described is None or descriptor is None:
            continue
        kind = "activity" if described in activities else model.class_of(described) or "entity"
        if described not in model.declared:
            kind = "undeclared"
        yield from _class_fits(model, index, kind, descriptor)
        if kind in CONFIGURATION_CLASSES:
            yield from _name_fits(model, index, described, descriptor)


def _class_fits(model: IvoaModel, index: int, kind: str, descriptor: str) -> Iterator[Finding]:
    name, allowed = model.class_of(descriptor), _DESCRIPTIONS_OF.get(kind)
    if allowed is None or name is None or name in allowed:
        return
    place = place_of(model.document, index)
    message = f"{descriptor} is a {name}; what describes {kind} is a {' or '.join(sorted(allowed))}"
    yield warning(DESCRIPTION_CLASS, place, descriptor, message)


def _name_fits(model: IvoaModel, index: int, described: str, descriptor: str) -> Iterator[Finding]:
    """A parameter or file has the name of its description; a label may say more."""
    name, expected = model.text_of(described, "name"), model.text_of(descriptor, "name")
    if name is not None and expected is not None and name != expected:
        message = f"{described} has the name {name[:50]!r}, its description {expected[:50]!r}"
        yield warning(NAME, place_of(model.document, index), described, message)


def references(model: IvoaModel) -> Iterator[Finding]:
    """The value of a parameter comes from one entity at most."""
    yield from _several(model, REFERENCED, ONE_REFERENCE, "reference")


def _several(model: IvoaModel, kind: RelationType, rule: str, what: str) -> Iterator[Finding]:
    first: dict[str, tuple[int, str]] = {}
    for index, relation in model.of(kind):
        subject, target = relation.end(0), relation.end(1)
        if subject is None or target is None:
            continue
        where, known = first.setdefault(subject, (index, target))
        if known != target:
            place = place_of(model.document, index)
            message = (
                f"{subject} has one {what} at most, but has {known} at "
                f"{place_of(model.document, where)} and {target} at {place}"
            )
            yield warning(rule, place, subject, message)


def roles(model: IvoaModel) -> Iterator[Finding]:
    """The role of a usage or a generation equals that of its description."""
    for index, relation in model.of(USED, GENERATED):
        for name, value in relation.attributes:
            if name == _DESCRIPTOR:
                descriptor = model.named_by(value, relation.bundle)
                yield from _class_fits(model, index, relation.type.name, descriptor)
                yield from _role_fits(model, index, relation, descriptor)


def _role_fits(
    model: IvoaModel, index: int, relation: Relation, descriptor: str
) -> Iterator[Finding]:
    role = first_text(relation.attributes, *spellings("role"))
    expected = model.text_of(descriptor, "role")
    if role is not None and expected is not None and role != expected:
        message = (
            f"{relation.type.name} has the role {role[:50]!r}, "
            f"its description {descriptor} {expected[:50]!r}"
        )
        yield warning(ROLE, place_of(model.document, index), role, message)


def usage_times(model: IvoaModel) -> Iterator[Finding]:
    """The time of a usage lies within its activity."""
    for index, relation in model.of(USED):
        activity = relation.end(0)
        if relation.time is None or activity is None:
            continue
        start, end = model.activity_times.get((relation.bundle, activity), (None, None))
        if _is_after(start, relation.time) or _is_after(relation.time, end):
            message = (
                f"{activity} used {relation.end(1)} at {relation.time}, outside of its own time "
                f"({start or '…'} to {end or '…'})"
            )
            yield warning(USAGE_TIME, place_of(model.document, index), relation.time, message)


def _is_after(first: str | None, second: str | None) -> bool:
    """Whether a time is later than another; one with a zone and one without are not compared."""
    if first is None or second is None:
        return False
    one, other = parse_time(first), parse_time(second)
    if one is None or other is None or one.zone_assumed != other.zone_assumed:
        return False
    return one.utc > other.utc
