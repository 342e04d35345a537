"""The labels and relationship types of the graph: closed sets, derived from the model.

Every relation of PROV and the IVOA model is a relationship type of its own, whose arrow goes as in
the catalogue: from the end that depends to the end that it depends on. One pattern of Cypher goes
one way only, so what a walk follows against the others is there a second time, turned round; and
what a relation says beyond its two ends is a type of its own.
"""

import re
from collections.abc import Mapping
from typing import Final

from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTRIBUTED,
    DICTIONARY_MEMBER,
    ENDED,
    ENTITY_CLASSES,
    KIND_NAMES,
    MEMBER,
    RELATIONS,
    STARTED,
    STEP,
    Kind,
    RelationType,
)

ELEMENT: Final = "Element"
"""The label that every node of the graph has."""
STATE: Final = "Projection"
"""The label of the one node that says what stands in the graph."""
CLASS_LABELS: Final = ENTITY_CLASSES | {"Collection"}
"""Labels by the class of the IVOA model that an element is of (Provenance DM 1.0)."""
KIND_LABELS: Final[Mapping[Kind, str]] = {
    kind: name.capitalize() for kind, name in KIND_NAMES.items()
}
"""Labels by the kind of PROV that an element is of, declared or inferred."""
LABELS: Final = frozenset({ELEMENT, *KIND_LABELS.values(), *CLASS_LABELS})
"""All labels of nodes that stand for elements."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()


TYPES: Final[Mapping[RelationType, str]] = {one: _snake(one.name) for one in RELATIONS}
"""Relations to their relationship type: ``wasGeneratedBy`` is ``WAS_GENERATED_BY``."""
REVERSE: Final[Mapping[RelationType, str]] = {
    MEMBER: "IS_MEMBER_OF",
    DICTIONARY_MEMBER: "IS_DICTIONARY_MEMBER_OF",
    STEP: "IS_STEP_OF",
    ATTRIBUTED: "IS_CREDITED_WITH",
    ASSOCIATED: "TOOK_PART_IN",
}
"""Relations that are there a second time, from the second end to the first."""
THIRD_END: Final[Mapping[RelationType, str]] = {
    STARTED: "WAS_STARTED_BY_ACTIVITY",
    ENDED: "WAS_ENDED_BY_ACTIVITY",
    ASSOCIATED: "HAD_PLAN",
}
"""Relations whose third end is reached from the first: the starter, the ender, the plan."""
WITHIN: Final = "WAS_GENERATED_WITHIN"
"""From a member to the activity that made its collection, which no single relation says."""

RELATIONSHIP_TYPES: Final = frozenset(
    {*TYPES.values(), *REVERSE.values(), *THIRD_END.values(), WITHIN}
)
"""All relationship types of the graph."""


def type_of(relation: RelationType) -> str:
    """The relationship type of a relation, from its first end to its second."""
    return TYPES[relation]


def labels_of(kinds: Kind, cls: str | None) -> tuple[str, ...]:
    """The labels of an element, that of all elements first.

    Parameters
    ----------
    kinds
        What it is declared as, or must be by what relations say of it.
    cls
        Its class in the catalogue; one that is no label gives none.
    """
    of_kinds = [label for kind, label in KIND_LABELS.items() if kind in kinds]
    of_class = [cls] if cls in CLASS_LABELS else []
    return (ELEMENT, *of_kinds, *of_class)
