"""The ``Accept`` header (RFC 9110, section 12.5.1)."""

import re
from typing import Final, NamedTuple

_NAMED: Final = 2
_WEIGHT: Final = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\Z")


class Preference(NamedTuple):
    """How much a media type is wanted; the greater is wanted more."""

    quality: float
    precision: int
    """0 if ``*/*`` covers it, 1 for ``text/*``, 2 if it is named."""

    @property
    def is_named(self) -> bool:
        """Whether the header names it, and wants it at all."""
        return self.precision == _NAMED and self.quality > 0


class Range(NamedTuple):
    """One media range of the header."""

    type: str
    subtype: str
    quality: float

    @property
    def precision(self) -> int:
        """0 for ``*/*``, 1 for ``text/*``, 2 for a media type."""
        return (self.type != "*") + (self.subtype != "*")

    def covers(self, media_type: str) -> bool:
        """Whether a media type (lower case, without parameters) is in the range."""
        kind, _, subtype = media_type.partition("/")
        return self.type in {"*", kind} and self.subtype in {"*", subtype}


def media_ranges(accept: str) -> list[Range]:
    """The ranges of a header in its order; what is no range is passed over."""
    ranges = []
    for item in accept.lower().split(","):
        media, *parameters = (part.strip() for part in item.split(";"))
        kind, slash, subtype = media.partition("/")
        if slash:
            ranges.append(Range(kind, subtype, _quality(parameters)))
    return ranges


def preference(ranges: list[Range], media_type: str) -> Preference:
    """How much a header wants a media type: the most precise range that covers it decides."""
    covering = [r for r in ranges if r.covers(media_type)]
    if not covering:
        return Preference(0.0, 0)
    chosen = max(covering, key=lambda r: r.precision)
    return Preference(chosen.quality, chosen.precision)


def _quality(parameters: list[str]) -> float:
    """The weight of a range: 1 where none is given, 0 where what is given is none."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            weight = value.strip()
            return float(weight) if _WEIGHT.match(weight) else 0.0
    return 1.0
