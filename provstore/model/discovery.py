"""Which provenance keywords there are: told by the data, described by the rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from provstore.model.keywords import Keyword, Place, Take
from provstore.model.search import Facet, FacetValue

GROUPS: Final[Mapping[str, str]] = {
    "collections": "obs_collection",
    "levels": "dataproduct_subtype",
    "types": "dataproduct_type",
}
"""By which columns datasets that have a keyword are counted, and what the counts are called."""

_TAKEN: Final[Mapping[Take, str]] = {
    Take.VERSION: "version",
    Take.NAME: "name",
    Take.PARAMETER: "parameter",
    Take.CONFIGURATION: "configuration",
    Take.AGENT: "agent",
    Take.ATTRIBUTE: "attribute",
}


@dataclass(frozen=True, slots=True)
class KeywordFound:
    """A keyword as the datasets that are found have it."""

    keyword: Keyword
    facet: Facet
    """Its values; a dataset that is mixed counts for each of them."""
    least: str | None
    most: str | None
    """Of numbers, versions and times; None of texts, and where there is no value."""
    groups: Mapping[str, Sequence[FacetValue]]
    """For each of `GROUPS` the datasets that have the keyword."""
    is_kept: bool = True
    """False of a keyword that has too many values: they are found when they are asked for, and
    nothing is counted here."""

    @property
    def origin(self) -> list[str]:
        """Where projects keep it, a phrase for each place."""
        return list(dict.fromkeys(map(place_text, self.keyword.places)))


def place_text(place: Place) -> str:
    """A place in words, such as ``version of the activity ctapipe-process that made DL2``."""
    return " ".join(_words(place))


def _words(place: Place) -> Iterator[str]:
    yield _TAKEN[place.take]
    if place.key:
        yield place.key
    if place.activity:
        yield f"of the activity {place.activity}" if place.activity != "*" else "of any activity"
        if place.level:
            yield f"that made {place.level}"
    else:
        yield f"of an entity of {place.level}" if place.level else "of an entity"
