"""PROV-O as data: how its properties and classes tell each relation.

PROV-O (W3C Recommendation of 30 April 2013) tells a relation by a short-cut between its two ends,
or by a node of its own that a ``qualified…`` property of the first end names (sections 3.1 to 3.3),
or both. PROV-DICTIONARY 4 adds dictionaries, PROV-LINKS 4 mentions, and voprov 0.1 the relations of
the IVOA. Where none of them gives a relation a node, we do, in our namespace.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.model.identifiers import PROV, PROVSTORE, RDF, VOPROV
from provstore.model.vocabulary import (
    ALTERNATE,
    ASSOCIATED,
    ATTRIBUTED,
    CONFIGURATION_CLASSES,
    DELEGATED,
    DERIVED,
    DICTIONARY_MEMBER,
    ENDED,
    ENTITY_CLASSES,
    GENERATED,
    INFLUENCED,
    INFORMED,
    INSERTED,
    INVALIDATED,
    MEMBER,
    MENTIONED,
    PROV_COLLECTION,
    PROV_DICTIONARY,
    PROV_EMPTY_COLLECTION,
    PROV_EMPTY_DICTIONARY,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    RELATIONS,
    REMOVED,
    SPECIALIZED,
    STARTED,
    USED,
    Kind,
    RelationType,
)

RDF_TYPE: Final = RDF + "type"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
AT_TIME: Final = PROV + "atTime"
INFLUENCER: Final = PROV + "influencer"
MENTION_OF: Final = PROV + "mentionOf"
AS_IN_BUNDLE: Final = PROV + "asInBundle"
INSERTED_PAIR: Final = PROV + "insertedKeyEntityPair"
"""From an insertion to a pair of its set (PROV-DICTIONARY 4)."""

STATEMENT_NAME: Final = PROVSTORE + "statementName"
"""From the node of a relation to its identifier, where the identifier cannot be the node itself:
it is an element too, or two relations have it. RDF would make one of all that is said of it."""
TOLD_AS: Final = PROVSTORE + "toldAs"
"""From an element of several kinds to a node for each kind, with what is told of it as that."""
AS_KIND: Final = PROVSTORE + "asKind"
"""The kind of which such a node tells."""
EMPTY_BUNDLE: Final = PROVSTORE + "EmptyBundle"
"""Type of a bundle that says nothing: RDF has no empty graphs (RDF 1.1 Concepts, section 4)."""


class Form(NamedTuple):
    """How one relation is told."""

    kind: RelationType
    shortcut: str | None
    """From the first end to the second; None where there is none."""
    qualified: str
    """From the first end to the node."""
    node_class: str
    ends: tuple[str, ...]
    """From the node to the second end and those after it."""
    subtype: str | None = None
    """The ``prov:type`` that a more special property says of the relation."""

    def slots(self) -> Mapping[str, int]:
        """Properties of the node to the end that they tell."""
        told = {INFLUENCER: 1, **{name: slot for slot, name in enumerate(self.ends, 1)}}
        if self.kind is INFLUENCED:
            told.update({PROV + name: 1 for name in ("entity", "activity", "agent")})
        return told | {VOPROV + name[len(PROV) :]: told[name] for name in told if _is_prov(name)}


def _is_prov(name: str) -> bool:
    return name.startswith(PROV)


def _w3c(kind: RelationType, node: str, *ends: str, shortcut: str | None = None) -> Form:
    names = tuple(PROV + end for end in ends)
    return Form(kind, PROV + (shortcut or kind.name), PROV + "qualified" + node, PROV + node, names)


def _own(kind: RelationType, node: str, *ends: str) -> Form:
    return Form(
        kind,
        PROV + kind.name,
        PROVSTORE + "qualified" + node,
        PROVSTORE + node,
        tuple(PROV + end for end in ends),
    )


def _ivoa(kind: RelationType) -> Form:
    name = kind.name[0].upper() + kind.name[1:]
    return Form(
        kind,
        VOPROV + kind.name,
        VOPROV + "qualified" + name,
        VOPROV + name,
        (VOPROV + kind.ends[1].name,),
    )


_DERIVATION: Final = ("entity", "hadActivity", "hadGeneration", "hadUsage")

FORMS: Final[Mapping[int, Form]] = {
    form.kind.number: form
    for form in (
        _w3c(USED, "Usage", "entity"),
        _w3c(GENERATED, "Generation", "activity"),
        _w3c(DERIVED, "Derivation", *_DERIVATION),
        _w3c(INFORMED, "Communication", "activity"),
        _w3c(STARTED, "Start", "entity", "hadActivity"),
        _w3c(ENDED, "End", "entity", "hadActivity"),
        _w3c(INVALIDATED, "Invalidation", "activity"),
        _w3c(ATTRIBUTED, "Attribution", "agent"),
        _w3c(ASSOCIATED, "Association", "agent", "hadPlan"),
        _w3c(DELEGATED, "Delegation", "agent", "hadActivity"),
        _w3c(INFLUENCED, "Influence", "influencer"),
        _w3c(INSERTED, "Insertion", "dictionary"),
        _w3c(REMOVED, "Removal", "dictionary"),
        Form(
            DICTIONARY_MEMBER,
            None,
            PROV + "hadDictionaryMember",
            PROV + "KeyEntityPair",
            (PROV + "pairEntity",),
        ),
        _own(SPECIALIZED, "Specialization", "entity"),
        _own(ALTERNATE, "Alternate", "entity"),
        _own(MEMBER, "Membership", "entity"),
        _own(MENTIONED, "Mention", "entity", "asInBundle"),
        *(_ivoa(kind) for kind in RELATIONS if kind.ivoa_marker),
    )
}
"""Number of a relation type to how it is told."""

_SPECIAL: Final = tuple(
    _w3c(DERIVED, node, *_DERIVATION, shortcut=shortcut)._replace(subtype=PROV + node)
    for node, shortcut in (
        ("Revision", "wasRevisionOf"),
        ("Quotation", "wasQuotedFrom"),
        ("PrimarySource", "hadPrimarySource"),
    )
)
SUBTYPES: Final = frozenset(form.node_class for form in _SPECIAL)
"""Classes of derivations (PROV-O, 3.2)."""

_ALL: Final = (*FORMS.values(), *_SPECIAL)


def _with_voprov(told: Mapping[str, Form]) -> dict[str, Form]:
    """The terms of PROV are met under ``voprov`` too: voprov 0.1 derives its own from them."""
    beside = {VOPROV + name[len(PROV) :]: told[name] for name in told if _is_prov(name)}
    return {**beside, **told}


QUALIFIED: Final = _with_voprov({form.qualified: form for form in _ALL})
SHORTCUTS: Final = _with_voprov({form.shortcut: form for form in _ALL if form.shortcut})
NODE_CLASSES: Final = _with_voprov({form.node_class: form for form in _ALL})

_INVERSES: Final = {
    "generated": "wasGeneratedBy",
    "invalidated": "wasInvalidatedBy",
    "influenced": "wasInfluencedBy",
    "wasUsedBy": "used",
    "informed": "wasInformedBy",
    "started": "wasStartedBy",
    "ended": "wasEndedBy",
    "hadDerivation": "wasDerivedFrom",
    "hadRevision": "wasRevisionOf",
    "quotedAs": "wasQuotedFrom",
    "wasPrimarySourceOf": "hadPrimarySource",
    "contributed": "wasAttributedTo",
    "wasAssociateFor": "wasAssociatedWith",
    "hadDelegate": "actedOnBehalfOf",
    "generalizationOf": "specializationOf",
    "wasMemberOf": "hadMember",
}
INVERSES: Final = _with_voprov(
    {PROV + inverse: SHORTCUTS[PROV + name] for inverse, name in _INVERSES.items()}
)
"""Properties from the second end to the first: three of PROV-O itself, and the names that its
appendix B.1 keeps for the others."""
RELATING: Final = QUALIFIED.keys() | SHORTCUTS.keys() | INVERSES.keys()
"""Properties that tell relations, not attributes."""

KIND_BY_CLASS: Final[Mapping[str, Kind]] = {
    space + name: kind
    for space in (PROV, VOPROV)
    for name, kind in (
        ("Entity", Kind.ENTITY),
        ("Activity", Kind.ACTIVITY),
        ("Agent", Kind.AGENT),
    )
}
"""Classes that say what an element is and nothing else."""

_WFPROV: Final = "http://purl.org/wf4ever/wfprov#"
IMPLIED_KIND: Final[Mapping[str, Kind]] = {
    **KIND_BY_CLASS,
    **{PROV + name: Kind.AGENT for name in ("Person", "Organization", "SoftwareAgent")},
    **dict.fromkeys((PROV + "Plan", PROV + "Bundle", PROV_COLLECTION), Kind.ENTITY),
    **dict.fromkeys((PROV_EMPTY_COLLECTION, PROV_DICTIONARY, PROV_EMPTY_DICTIONARY), Kind.ENTITY),
    **{VOPROV + name: Kind.ENTITY for name in ENTITY_CLASSES | CONFIGURATION_CLASSES},
    VOPROV + "ActivityFlow": Kind.ACTIVITY,
    _WFPROV + "ProcessRun": Kind.ACTIVITY,
    _WFPROV + "WorkflowRun": Kind.ACTIVITY,
    _WFPROV + "Artifact": Kind.ENTITY,
    _WFPROV + "WorkflowEngine": Kind.AGENT,
}
"""Classes whose members are of a kind: those of PROV-O 3.1 to 3.3, of PROV-DICTIONARY, of the IVOA,
and of the Wf4Ever ontology, which derives them from PROV."""

KIND_BY_PROPERTY: Final[Mapping[str, Kind]] = {
    PROV + "startedAtTime": Kind.ACTIVITY,
    PROV + "endedAtTime": Kind.ACTIVITY,
    PROV + "generatedAtTime": Kind.ENTITY,
    PROV + "invalidatedAtTime": Kind.ENTITY,
    PROV + "value": Kind.ENTITY,
}
"""Properties whose domain is a kind (PROV-O, 4)."""

PROPERTY_OF: Final[Mapping[str, str]] = {
    PROV_LABEL: RDFS + "label",
    PROV_LOCATION: PROV + "atLocation",
    PROV_START_TIME: PROV + "startedAtTime",
    PROV_END_TIME: PROV + "endedAtTime",
}
"""Attributes of PROV-DM to the properties that stand for them (PROV-O, appendix A)."""
HAD_ROLE: Final = PROV + "hadRole"
"""Of the nodes of relations; elements have no roles (PROV-O, 4.3)."""
ATTRIBUTE_OF: Final[Mapping[str, str]] = {
    HAD_ROLE: PROV_ROLE,
    **{name: attribute for attribute, name in PROPERTY_OF.items()},
}


MEANINGS_OF_ELEMENTS: Final = frozenset(
    {RDF_TYPE, AS_IN_BUNDLE, TOLD_AS, AS_KIND, INSERTED_PAIR}
    | QUALIFIED.keys()
    | SHORTCUTS.keys()
    | INVERSES.keys()
    | ATTRIBUTE_OF.keys()
)
"""Properties that mean more than an attribute of their own name."""


def meanings_of_nodes(form: Form) -> frozenset[str]:
    """As `MEANINGS_OF_ELEMENTS`, for the nodes of a relation."""
    return MEANINGS_OF_ELEMENTS | form.slots().keys() | {AT_TIME, STATEMENT_NAME}
