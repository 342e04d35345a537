"""The formats that found datasets are written in: names and media types derive from one table.

A new format is one more entry of `FORMATS`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from provstore.errors import BadParameterError
from provstore.exporters.accept import media_ranges, preference
from provstore.exporters.search_csv import write_search_csv
from provstore.exporters.search_fits import write_search_fits
from provstore.exporters.search_json import write_search_json
from provstore.exporters.search_votable import write_search_votable
from provstore.exporters.votable import MEDIA_TYPE, broken_off
from provstore.model.search import SearchPage, SearchTable


@dataclass(frozen=True, slots=True)
class SearchFormat:
    """One format."""

    name: str
    """As in ``format=``."""
    media_type: str
    """Of the answer, with the parameters that it needs."""
    aliases: tuple[str, ...] = field(default=(), kw_only=True)
    """Other names, and media types that mean it too."""
    suffixes: tuple[str, ...] = field(default=(), kw_only=True)
    """Of files that hold it."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """All its media types, lower case and without parameters; the first is the usual one."""
        names = (self.media_type, *self.aliases)
        return tuple(_bare(name) for name in names if "/" in name)


@dataclass(frozen=True, slots=True)
class PageFormat(SearchFormat):
    """Gives the answer page by page, with facets."""

    write: Callable[[SearchPage], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class TableFormat(SearchFormat):
    """Gives all datasets at once."""

    write: Callable[[SearchTable], Iterator[bytes]]
    closing: Callable[[str], bytes] | None = field(default=None, kw_only=True)
    """The end of an answer that fails between two rows; None where the format has no words."""


def _bare(name: str) -> str:
    """A name or media type as it compares."""
    return name.partition(";")[0].strip().lower()


JSON: Final = PageFormat("json", "application/json", write_search_json, suffixes=(".json",))
FORMATS: Final[tuple[PageFormat | TableFormat, ...]] = (
    JSON,
    TableFormat(
        "csv", "text/csv; charset=utf-8; header=present", write_search_csv, suffixes=(".csv",)
    ),
    TableFormat(
        "votable",
        MEDIA_TYPE,
        write_search_votable,
        aliases=("text/xml", "application/xml"),
        suffixes=(".vot", ".xml"),
        closing=broken_off,
    ),
    TableFormat(
        "fits",
        "application/fits",
        write_search_fits,
        aliases=("image/fits",),
        suffixes=(".fits", ".fit"),
    ),
)
"""Every format; the first is sent where none is asked for."""


def search_format(name: str, parameter: str = "format") -> PageFormat | TableFormat:
    """The format of this name or media type, whatever its case.

    Raises
    ------
    BadParameterError
        There is none; it names ``parameter`` and lists the names.
    """
    for known in FORMATS:
        names = (known.name, *known.aliases, *known.media_types)
        if _bare(name) in map(_bare, names):
            return known
    raise BadParameterError(parameter, name, "one of " + ", ".join(f.name for f in FORMATS))


def negotiate_search(accept: str | None) -> PageFormat | TableFormat:
    """The format that an ``Accept`` header wants most; the first where it takes none of ours.

    That is JSON also for a browser, which asks for any XML before it (RFC 9110, section 12.5.1).
    """
    ranges = media_ranges(accept or "*/*")
    if preference(ranges, "text/html").is_named:
        return FORMATS[0]
    wanted = [
        (preference(ranges, media_type), -place, known)
        for place, known in enumerate(FORMATS)
        for media_type in known.media_types
    ]
    best = max(wanted, key=lambda one: one[:2])
    return best[2] if best[0].quality else FORMATS[0]
