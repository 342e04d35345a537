"""Every rule by its stable name, and what it asks."""

from collections.abc import Mapping
from typing import Final

from provstore.errors import Finding, Severity

CONSTRAINTS: Final[Mapping[int, str]] = {
    22: "key-object",
    23: "key-properties",
    24: "unique-generation",
    25: "unique-invalidation",
    26: "unique-wasStartedBy",
    27: "unique-wasEndedBy",
    28: "unique-startTime",
    29: "unique-endTime",
    30: "start-precedes-end",
    31: "start-start-ordering",
    32: "end-end-ordering",
    33: "usage-within-activity",
    34: "generation-within-activity",
    35: "wasInformedBy-ordering",
    36: "generation-precedes-invalidation",
    37: "generation-precedes-usage",
    38: "usage-precedes-invalidation",
    39: "generation-generation-ordering",
    40: "invalidation-invalidation-ordering",
    41: "derivation-usage-generation-ordering",
    42: "derivation-generation-generation-ordering",
    43: "wasStartedBy-ordering",
    44: "wasEndedBy-ordering",
    45: "specialization-generation-ordering",
    46: "specialization-invalidation-ordering",
    47: "wasAssociatedWith-ordering",
    48: "wasAttributedTo-ordering",
    49: "actedOnBehalfOf-ordering",
    50: "typing",
    51: "impossible-unspecified-derivation-generation-use",
    52: "impossible-specialization-reflexive",
    53: "impossible-property-overlap",
    54: "impossible-object-property-overlap",
    55: "entity-activity-disjoint",
    56: "membership-empty-collection",
}
"""The constraints of W3C PROV-CONSTRAINTS (REC 30 April 2013, section 6), by number."""

ONE_GENERATION: Final = "ivoa/one-generation"
ONE_DESCRIPTION: Final = "ivoa/one-description"
ONE_REFERENCE: Final = "ivoa/one-reference"
DESCRIPTION_CLASS: Final = "ivoa/description-class"
MANDATORY: Final = "ivoa/mandatory-attribute"
AGENT_TYPE: Final = "ivoa/agent-type"
CONFIGURATION_TARGET: Final = "ivoa/configuration-target"
ARTEFACT_TYPE: Final = "ivoa/artefact-type"
USAGE_TIME: Final = "ivoa/usage-time"
ROLE: Final = "ivoa/role"
NAME: Final = "ivoa/name"
UNDECLARED_END: Final = "prov/undeclared-end"
CYCLE: Final = "prov/cycle"
TIME_ORDER: Final = "prov/time-order"

OWN_RULES: Final = frozenset(
    {
        ONE_GENERATION,
        ONE_DESCRIPTION,
        ONE_REFERENCE,
        DESCRIPTION_CLASS,
        MANDATORY,
        AGENT_TYPE,
        CONFIGURATION_TARGET,
        ARTEFACT_TYPE,
        USAGE_TIME,
        ROLE,
        NAME,
        UNDECLARED_END,
        CYCLE,
        TIME_ORDER,
    }
)
"""The rules that have a name and no number: those of the IVOA, and ours."""

STRICT: Final = 42
"""The one constraint of order that says *strictly before*."""
ORDERING: Final = frozenset(range(30, 50)) - {STRICT}
"""The constraints that say *before or at once*. None can be violated by itself: a document is
invalid if a cycle of what they and `STRICT` order has a strict step, which `STRICT` is told for."""

RULES: Final = (
    frozenset({f"prov-constraints/{n}" for n in CONSTRAINTS.keys() - ORDERING}) | OWN_RULES
)
"""Every rule that a document is checked against once it is read."""

_SHOWN: Final = 200


def warning(rule: str, place: str, value: str, message: str) -> Finding:
    """A finding on a rule; ``value`` is cut to what can be shown."""
    return Finding(Severity.WARNING, rule, place, value[:_SHOWN], message)


def info(rule: str, place: str, value: str, message: str) -> Finding:
    """A finding on what no standard forbids."""
    return Finding(Severity.INFO, rule, place, value[:_SHOWN], message)


def violated(number: int, place: str, value: str, message: str) -> Finding:
    """A finding on a constraint of PROV-CONSTRAINTS."""
    return warning(f"prov-constraints/{number}", place, value, message)
