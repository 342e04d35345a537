"""What is shown of a node: of one element, or of several that are the same thing."""

import json
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Final, TypeVar

from provstore.model.body import EMPTY_BODY
from provstore.model.identifiers import split_iri, written_name
from provstore.stores.catalogue.derive import LEVEL_RANK, base_name
from provstore.stores.catalogue.read import Description, Seen

_T = TypeVar("_T")
_DESCRIPTION_RANK: Final = LEVEL_RANK.index("description")


def first_of(values: Iterable[_T | None]) -> _T | None:
    """The first that is there and not empty."""
    for value in values:
        if value:
            return value
    return None


def level_of(
    group: Sequence[Seen], descriptions: Mapping[int, Description]
) -> tuple[str | None, str | None]:
    """The level told by the strongest source among the elements of a node, and which that is."""
    told = [
        (LEVEL_RANK.index(one.level_from), one.level, one.level_from)
        for one in group
        if one.level is not None and one.level_from is not None
    ]
    for one in group:
        described = descriptions.get(one.id)
        if described is not None and described.level is not None:
            told.append((_DESCRIPTION_RANK, described.level, "description"))
    if not told:
        return None, None
    _, level, level_from = min(told, key=itemgetter(0))
    return level, level_from


def short_name(iri: str, body: str = EMPTY_BODY) -> str:
    """Something readable where an element has no name: its file's, or the end of its id."""
    file = base_name(location(body))
    written = written_name(iri) or iri
    return file or base_name(written) or split_iri(written)[1] or written


def location(body: str) -> str:
    """Where the attributes say that a thing is; empty where they do not."""
    if "ocation" not in body:
        return ""
    told = json.loads(body)
    values = told.get("prov:location") or told.get("voprov:location") or ""
    value = values[0] if isinstance(values, list) else values
    return str(value["$"] if isinstance(value, dict) else value)
