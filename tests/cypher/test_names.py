"""Labels and relationship types are closed sets that follow from the model."""

import re

import pytest

from provstore.cypher import loader
from provstore.cypher.names import (
    CLASS_LABELS,
    LABELS,
    RELATIONSHIP_TYPES,
    REVERSE,
    THIRD_END,
    TYPES,
    WITHIN,
    labels_of,
    type_of,
)
from provstore.model.vocabulary import INSERTED, RELATIONS, SPECIALIZED, USED, Kind


def test_every_relation_has_a_type_of_its_own() -> None:
    assert type_of(USED) == "USED"
    assert type_of(SPECIALIZED) == "SPECIALIZATION_OF"
    assert type_of(INSERTED) == "DERIVED_BY_INSERTION_FROM"
    assert len(set(TYPES.values())) == len(RELATIONS) == 23


def test_no_two_meanings_share_a_type() -> None:
    assert len(RELATIONSHIP_TYPES) == len(TYPES) + len(REVERSE) + len(THIRD_END) + len([WITHIN])


@pytest.mark.parametrize("name", sorted(RELATIONSHIP_TYPES | LABELS))
def test_names_need_no_quotes(name: str) -> None:
    assert re.fullmatch(r"[A-Z][A-Z_]+|[A-Z][A-Za-z]+", name)


def test_labels_of_an_element() -> None:
    both = Kind.ENTITY | Kind.AGENT
    assert labels_of(both, None) == ("Element", "Entity", "Agent")
    assert labels_of(Kind.ENTITY, "Collection") == ("Element", "Entity", "Collection")
    assert labels_of(Kind(0), "no class of the model") == ("Element",)
    assert labels_of(Kind.ACTIVITY, "Entity) DETACH DELETE (n") == ("Element", "Activity")


def test_classes_and_kinds_are_told_apart() -> None:
    assert not CLASS_LABELS & {"Element", "Entity", "Activity", "Agent"}
    assert len(LABELS) == 4 + len(CLASS_LABELS) == 4 + 13


def test_every_type_has_a_constraint_on_its_key() -> None:
    text = loader.load("schema/0002_keys").text
    assert set(re.findall(r"\[r:(\w+)\]", text)) == RELATIONSHIP_TYPES
    assert len(set(re.findall(r"CONSTRAINT (\w+)", text))) == len(RELATIONSHIP_TYPES)
