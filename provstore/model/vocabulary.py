"""The terms of W3C PROV-DM and the IVOA Provenance DM 1.0, as data.

Each relation is described once, here: its PROV-N name, its ends in formal order, the kinds that its
ends imply, and whether it may carry a time. Readers, writers, the catalogue and the walks derive
what they need from this table. Sources: PROV-DM section 5, PROV-JSON section 3; for the IVOA
relations, which no standard serialises, what voprov 0.0.4 and OPUS write.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntFlag
from functools import cached_property
from typing import Final

from provstore.model.identifiers import PROV, PROVSTORE, VOPROV


class Kind(IntFlag):
    """What an IRI is said to be; one IRI may be several."""

    ENTITY = 1
    ACTIVITY = 2
    AGENT = 4


KIND_NAMES: Final[Mapping[Kind, str]] = {
    Kind.ENTITY: "entity",
    Kind.ACTIVITY: "activity",
    Kind.AGENT: "agent",
}
NO_KIND: Final = Kind(0)


def kind_names(mask: Kind) -> list[str]:
    """The names of the kinds in a set, ``activity`` first: the order in which one is shown."""
    order = (Kind.ACTIVITY, Kind.ENTITY, Kind.AGENT)
    return [KIND_NAMES[kind] for kind in order if kind in mask]


@dataclass(frozen=True)
class End:
    """One formal end of a relation."""

    name: str
    """Local name of the argument, e.g. ``usedEntity``."""
    implies: Kind = NO_KIND
    """What stands here must be this (PROV-CONSTRAINTS 50, typing)."""
    namespace: str = PROV
    is_relation: bool = False
    """The end names another statement (the generation or usage of a derivation)."""

    @cached_property
    def iri(self) -> str:
        """The attribute that carries this end in PROV-JSON and PROV-XML."""
        return self.namespace + self.name


@dataclass(frozen=True)
class RelationType:
    """One relation of PROV or the IVOA model."""

    number: int
    """Stored in the catalogue: never renumber."""
    name: str
    """As in PROV-N and as a PROV-JSON section."""
    ends: tuple[End, ...]
    """In formal order: the end that depends, the end it depends on, then the optional ones."""
    has_time: bool = False
    ivoa_marker: str = ""
    """Local name of the ``prov:type`` that marks it in a W3C ``wasInfluencedBy`` (voprov 0.1)."""

    @cached_property
    def namespace(self) -> str:
        """``prov`` for the W3C relations, ``voprov`` for those of the IVOA."""
        return VOPROV if self.ivoa_marker else PROV

    @cached_property
    def argument_names(self) -> frozenset[str]:
        """Attributes that carry its formal arguments where a format tells these as attributes.

        ``voprov`` and ``prov`` are met in each other's place.
        """
        names = [end.name for end in self.ends] + (["time"] if self.has_time else [])
        return frozenset(space + name for name in names for space in (PROV, VOPROV))


def _entity(name: str) -> End:
    return End(name, Kind.ENTITY)


def _activity(name: str) -> End:
    return End(name, Kind.ACTIVITY)


def _agent(name: str) -> End:
    return End(name, Kind.AGENT)


def _ivoa(name: str, implies: Kind = NO_KIND) -> End:
    return End(name, implies, VOPROV)


USED: Final = RelationType(1, "used", (_activity("activity"), _entity("entity")), has_time=True)
GENERATED: Final = RelationType(
    2, "wasGeneratedBy", (_entity("entity"), _activity("activity")), has_time=True
)
DERIVED: Final = RelationType(
    3,
    "wasDerivedFrom",
    (
        _entity("generatedEntity"),
        _entity("usedEntity"),
        _activity("activity"),
        End("generation", is_relation=True),
        End("usage", is_relation=True),
    ),
)
INFORMED: Final = RelationType(4, "wasInformedBy", (_activity("informed"), _activity("informant")))
STARTED: Final = RelationType(
    5,
    "wasStartedBy",
    (_activity("activity"), _entity("trigger"), _activity("starter")),
    has_time=True,
)
ENDED: Final = RelationType(
    6, "wasEndedBy", (_activity("activity"), _entity("trigger"), _activity("ender")), has_time=True
)
INVALIDATED: Final = RelationType(
    7, "wasInvalidatedBy", (_entity("entity"), _activity("activity")), has_time=True
)
SPECIALIZED: Final = RelationType(
    8, "specializationOf", (_entity("specificEntity"), _entity("generalEntity"))
)
MEMBER: Final = RelationType(9, "hadMember", (_entity("collection"), _entity("entity")))
STEP: Final = RelationType(
    10,
    "hadStep",
    (_ivoa("activityFlow", Kind.ACTIVITY), _ivoa("activity", Kind.ACTIVITY)),
    ivoa_marker="hadStep",
)
ATTRIBUTED: Final = RelationType(11, "wasAttributedTo", (_entity("entity"), _agent("agent")))
ASSOCIATED: Final = RelationType(
    12, "wasAssociatedWith", (_activity("activity"), _agent("agent"), _entity("plan"))
)
DELEGATED: Final = RelationType(
    13, "actedOnBehalfOf", (_agent("delegate"), _agent("responsible"), _activity("activity"))
)
DESCRIBED: Final = RelationType(
    14,
    "isDescribedBy",
    (_ivoa("described"), _ivoa("descriptor", Kind.ENTITY)),
    ivoa_marker="DescriptionRelation",
)
RELATED: Final = RelationType(
    15,
    "isRelatedTo",
    (_ivoa("related", Kind.ENTITY), _ivoa("relator", Kind.ENTITY)),
    ivoa_marker="RelatedToRelation",
)
CONFIGURED: Final = RelationType(
    16,
    "wasConfiguredBy",
    (_ivoa("configured", Kind.ACTIVITY), _ivoa("configurator", Kind.ENTITY)),
    ivoa_marker="ConfigurationRelation",
)
REFERENCED: Final = RelationType(
    17,
    "hadReference",
    (_ivoa("referenced", Kind.ENTITY), _ivoa("referrer", Kind.ENTITY)),
    ivoa_marker="HadReference",
)
ALTERNATE: Final = RelationType(18, "alternateOf", (_entity("alternate1"), _entity("alternate2")))
MENTIONED: Final = RelationType(
    19,
    "mentionOf",
    (_entity("specificEntity"), _entity("generalEntity"), _entity("bundle")),
)
INFLUENCED: Final = RelationType(20, "wasInfluencedBy", (End("influencee"), End("influencer")))
DICTIONARY_MEMBER: Final = RelationType(
    21, "hadDictionaryMember", (_entity("dictionary"), _entity("entity"))
)
INSERTED: Final = RelationType(
    22, "derivedByInsertionFrom", (_entity("newDictionary"), _entity("oldDictionary"))
)
REMOVED: Final = RelationType(
    23, "derivedByRemovalFrom", (_entity("newDictionary"), _entity("oldDictionary"))
)

RELATIONS: Final = (
    USED,
    GENERATED,
    DERIVED,
    INFORMED,
    STARTED,
    ENDED,
    INVALIDATED,
    SPECIALIZED,
    MEMBER,
    STEP,
    ATTRIBUTED,
    ASSOCIATED,
    DELEGATED,
    DESCRIBED,
    RELATED,
    CONFIGURED,
    REFERENCED,
    ALTERNATE,
    MENTIONED,
    INFLUENCED,
    DICTIONARY_MEMBER,
    INSERTED,
    REMOVED,
)
RELATION_BY_NUMBER: Final[Mapping[int, RelationType]] = {r.number: r for r in RELATIONS}
RELATION_BY_NAME: Final[Mapping[str, RelationType]] = {r.name: r for r in RELATIONS}
RELATION_BY_MARKER: Final[Mapping[str, RelationType]] = {
    VOPROV + r.ivoa_marker: r for r in RELATIONS if r.ivoa_marker
}

MEMBERSHIPS: Final = (MEMBER, DICTIONARY_MEMBER)
"""A collection, or dictionary, is made of its members (PROV-DICTIONARY, 3)."""
DERIVATIONS: Final = (DERIVED, INSERTED, REMOVED)
"""Inserting into a dictionary, or removing from it, derives a new one (PROV-DICTIONARY, 2)."""
AGENT_RELATIONS: Final = (ATTRIBUTED, ASSOCIATED)
"""A walk reaches agents by these."""
ORIGIN_RELATIONS: Final = (GENERATED, *MEMBERSHIPS, SPECIALIZED)
"""These say where an entity comes from: its making, its members, what it is a case of."""
TOWARDS_ORIGIN: Final = (
    USED,
    GENERATED,
    *DERIVATIONS,
    INFORMED,
    STARTED,
    ENDED,
    SPECIALIZED,
    *MEMBERSHIPS,
)
"""Relations from a result to where it comes from."""
ATTACHED_RELATIONS: Final = (DESCRIBED, RELATED, CONFIGURED, REFERENCED)
"""These hang on something what describes or configures it, which is no data itself."""

PROV_TYPE: Final = PROV + "type"
PROV_LABEL: Final = PROV + "label"
PROV_ROLE: Final = PROV + "role"
PROV_VALUE: Final = PROV + "value"
PROV_LOCATION: Final = PROV + "location"
PROV_TIME: Final = PROV + "time"
PROV_START_TIME: Final = PROV + "startTime"
PROV_END_TIME: Final = PROV + "endTime"
PROV_COLLECTION: Final = PROV + "Collection"
PROV_EMPTY_COLLECTION: Final = PROV + "EmptyCollection"
PROV_DICTIONARY: Final = PROV + "Dictionary"
PROV_EMPTY_DICTIONARY: Final = PROV + "EmptyDictionary"
PROV_PAIR_KEY: Final = PROV + "pairKey"
"""The key under which a dictionary holds a member; an attribute of `DICTIONARY_MEMBER`."""
PROV_REMOVED_KEY: Final = PROV + "removedKey"
"""A key that was removed; an attribute of `REMOVED`, which may have several."""
INSERTED_FROM: Final = PROVSTORE + "insertedFrom"
"""On a `DICTIONARY_MEMBER`: it was told by the insertion into the dictionary that stands here.

An insertion is one `INSERTED` and, for each pair of its set, one such membership of the new
dictionary, which follows from it anyway. A new dictionary has one insertion at most
(PROV-DICTIONARY, 3), so that writers can put the set together again.
"""

DESCRIPTION_CLASSES: Final = frozenset(
    {
        "ActivityDescription",
        "EntityDescription",
        "ValueDescription",
        "DatasetDescription",
        "UsageDescription",
        "GenerationDescription",
        "ConfigFileDescription",
        "ParameterDescription",
    }
)
"""IVOA classes that say what is known before an activity runs (Provenance DM 1.0, 3.3 and 4.2)."""

CONFIGURATION_CLASSES: Final = frozenset({"Parameter", "ConfigFile"})
"""IVOA classes that configure an activity (Provenance DM 1.0, section 4)."""

ENTITY_CLASSES: Final = (
    frozenset({"ValueEntity", "DatasetEntity"}) | DESCRIPTION_CLASSES | CONFIGURATION_CLASSES
)
"""IVOA classes that are told as PROV entities with a marker in ``prov:type``."""

CLASS_BY_SECTION: Final[Mapping[str, str]] = {
    name[0].lower() + name[1:]: name for name in sorted(ENTITY_CLASSES)
}
"""Sections of voprov <= 0.0.4 and OPUS, e.g. ``activityDescription``, to their class."""


NOT_DATA_CLASSES: Final = DESCRIPTION_CLASSES | CONFIGURATION_CLASSES
"""IVOA classes whose entities are no data: nobody asks how a parameter was made."""


def is_data_class(name: str | None) -> bool:
    """Whether an entity of this IVOA class is data: neither a description nor configuration."""
    return name not in NOT_DATA_CLASSES
