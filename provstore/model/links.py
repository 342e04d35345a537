"""What a dataset leads to, one processing step away: the answer behind DataLink.

Everything further away is a lineage question (`provstore.model.lineage`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from provstore.model.lineage import Node


class Fault(StrEnum):
    """Why there are no links; the names are those of DataLink 1.1, section 4.5."""

    NOT_FOUND = "NotFoundFault"
    USAGE = "UsageFault"


class Access(NamedTuple):
    """How a dataset is had, as its ObsCore record says it."""

    access_url: str | None
    access_format: str | None
    access_estsize: int | None
    """In kbyte."""
    dataproduct_type: str | None
    data_rights: str | None


class Linked(NamedTuple):
    """A dataset that a link leads to."""

    node: Node
    access: Access | None
    """None where there is no ObsCore record of it."""
    activity: Node | None = None
    """What stands between the two; None where that is not recorded."""
    role: str | None = None
    """Of the linked dataset in that activity."""
    is_preview: bool = False
    """Whether it was made to be looked at first."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Datasets that stand in one relation to another."""

    shown: Sequence[Linked] = ()
    is_cut: bool = False
    """Whether they are too many to be shown: then none is, since part of them would mislead."""


@dataclass(frozen=True, slots=True)
class Links:
    """The links of one identifier."""

    asked: str
    """As the client wrote it."""
    fault: Fault | None = None
    message: str = ""
    """What the fault is about."""
    this: Linked | None = None
    """What has the identifier; None only where there is a fault."""
    progenitors: Neighbours = field(default_factory=Neighbours)
    """What it was made from."""
    derivations: Neighbours = field(default_factory=Neighbours)
    """What was made from it."""
    coderived: Neighbours = field(default_factory=Neighbours)
    """What else was made by what made it."""


@dataclass(frozen=True, slots=True)
class LinksAnswer:
    """The links of several identifiers."""

    items: Sequence[Links]
    is_cut: bool
    """Whether a limit left out the last of the identifiers; those that are here are whole."""
