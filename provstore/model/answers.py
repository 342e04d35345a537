"""Answers about elements other than lineage: one element, impact, gaps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provstore.model.lineage import Node


@dataclass(frozen=True, slots=True)
class Alias:
    """One name of an element."""

    kind: str
    """``iri``, ``ivoid``, ``product_id``, ``doi``, ``checksum``; weak: ``written``, ``url``,
    ``path``, ``name``, ``obs_id``."""
    value: str


@dataclass(frozen=True, slots=True)
class ElementAnswer:
    """One element with its names, attributes, and who asserted them."""

    node: Node
    aliases: Sequence[Alias]
    asserted_by: Sequence[str]
    """Receipt ids, oldest first."""
    attributes: Sequence[Mapping[str, Any]]
    """``name``, ``value``, ``datatype``, ``language`` of each, names as IRIs."""
    obscore: Mapping[str, Any] | None
    """The ObsCore record of the dataset, or None."""


@dataclass(frozen=True, slots=True)
class Impact:
    """What was made from something: datasets by level, with counts."""

    roots: Sequence[str]
    items: Sequence[Node]
    """Entities made from the roots, highest level first, then nearest first."""
    counts: Mapping[str, int]
    """Datasets per level; ``unknown`` for those without one."""
    activities: int
    engine: str
    cut: str | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A place where the record stops short."""

    id: str
    name: str
    level: str | None
    reason: str
    """``no-generation``: an entity whose making is not recorded; ``undeclared``: a name that was
    told and never described."""
    affected: int
    """Relations that lead to it: how many statements rest on it."""


@dataclass(frozen=True, slots=True)
class GapPage:
    """A page of gaps."""

    items: Sequence[Gap]
    total: int
    next: str | None
