"""What is written in and behind the boxes of pictures, as plain text for the format to escape."""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Final, NamedTuple

from provstore.model.lineage import Node
from provstore.model.vocabulary import KIND_NAMES

_DIGITS: Final = re.compile(r"(\d+)")
_SHOWN_IDS: Final = 10
_SHOWN_ATTRIBUTES: Final = 25
_SHOWN_VALUE: Final = 200


class Label(NamedTuple):
    """The texts of a box."""

    name: str
    detail: str
    """Level, version and count; may be empty."""
    lines: tuple[str, ...]
    """All that is to be said of it, for those who ask for more."""


def label_of(members: Sequence[Node], *, attributes: bool) -> Label:
    """The texts of nodes that are shown as one.

    Parameters
    ----------
    members
        The nodes; the first stands for all.
    attributes
        False says names and counts only.
    """
    first = members[0]
    count = f"x{len(members)}" if len(members) > 1 else None
    level, version = (first.level, first.version) if attributes else (None, None)
    detail = " · ".join(part for part in (level, version, count) if part)
    lines = (*_identity(members), *(_attributes(members) if attributes else ()))
    return Label(_name(members), detail, lines)


def _name(members: Sequence[Node]) -> str:
    """The name that all share; numbers in which they differ are left out."""
    names = list({member.name: _DIGITS.split(member.name) for member in members}.values())
    first = names[0]
    if any(name[::2] != first[::2] for name in names):
        return f"{len(members)} different"
    return "".join(
        text if all(name[place] == text for name in names) else "…"
        for place, text in enumerate(first)
    )


def _identity(members: Sequence[Node]) -> Iterator[str]:
    first = members[0]
    what = first.kind if first.cls in KIND_NAMES.values() else f"{first.kind} ({first.cls})"
    told = (first.name if len(members) == 1 else f"{len(members)} of these", what)
    yield ", ".join(told)
    yield from (member.id for member in islice(members, _SHOWN_IDS))
    if len(members) > _SHOWN_IDS:
        yield f"and {len(members) - _SHOWN_IDS} more"
    if any(member.complete is False for member in members):
        yield "the record behind it is incomplete"


def _attributes(members: Sequence[Node]) -> Iterator[str]:
    """The attributes of a single node; those of several may differ."""
    if len(members) > 1:
        return
    told: dict[str, Any] = json.loads(members[0].body)
    pairs = [(name, value) for name, values in told.items() for value in _texts(values)]
    yield from (f"{name}: {value[:_SHOWN_VALUE]}" for name, value in pairs[:_SHOWN_ATTRIBUTES])
    if len(pairs) > _SHOWN_ATTRIBUTES:
        yield f"and {len(pairs) - _SHOWN_ATTRIBUTES} more attributes"


def _texts(values: object) -> Iterator[str]:
    for value in values if isinstance(values, list) else [values]:
        yield str(value["$"]) if isinstance(value, dict) else str(value)
