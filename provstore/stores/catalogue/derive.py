"""What follows from the tellings of one element: its class, name, level, times and names.

`derive` is a pure function of what was told. Ingest, retraction, `rebuild` and `doctor` all call
it, so that what is kept always equals what would be computed from nothing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from enum import IntEnum, auto
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from provstore.model.identifiers import (
    PARAMETER,
    VOPROV,
    Iri,
    StrongName,
    doi,
    fits,
    ivoid,
    product_id,
    split_iri,
    strong_names_of_iri,
    written_name,
)
from provstore.model.lineage import LEVELS
from provstore.model.literals import Value, value_text
from provstore.model.obscore import ObsCoreRecord
from provstore.model.records import Attributes, value_identity
from provstore.model.times import parse_time
from provstore.model.vocabulary import (
    ENTITY_CLASSES,
    GENERATED,
    INVALIDATED,
    PROV_COLLECTION,
    PROV_DICTIONARY,
    PROV_EMPTY_COLLECTION,
    PROV_EMPTY_DICTIONARY,
    PROV_TYPE,
    PROV_VALUE,
    Kind,
)
from provstore.stores.catalogue.tables import COLLECTION


class AliasKind(IntEnum):
    """What sort of name an alias is; stored, never renumber.

    Up to `CHECKSUM` a name ties the elements that share it; the others only answer ``ID=``, in this
    order: the first kind that hits wins.
    """

    IVOID = 1
    PRODUCT_ID = 2
    DOI = 3
    CHECKSUM = 4
    WRITTEN = 10
    URL = 11
    PATH = 12
    NAME = 13
    OBS_ID = 14


WEAK: Final = (
    AliasKind.WRITTEN,
    AliasKind.URL,
    AliasKind.PATH,
    AliasKind.NAME,
    AliasKind.OBS_ID,
)


BEFORE: Final = -1
"""Stands for the parts of all earlier tellings."""


class Told(NamedTuple):
    """One distinct telling of an element."""

    kind: int
    attributes: Attributes
    zone: tzinfo = UTC
    """Of times that are written without one."""
    part: int = 0
    """The first that told it; statements of one part have no order among them."""


class Dated(NamedTuple):
    """When relations say that an entity was made and ended: the earliest of each, in UTC.

    The IVOA model has these as attributes of the entity (Provenance DM 1.0, 3.1.1), PROV as the
    times of ``wasGeneratedBy`` and ``wasInvalidatedBy``.
    """

    generated_at: str | None = None
    invalidated_at: str | None = None

    def with_time(self, kind: int, time: str) -> "Dated":
        """With one more relation of these kinds."""
        if kind == GENERATED.number:
            return self._replace(generated_at=_least(self.generated_at, time))
        return self._replace(invalidated_at=_least(self.invalidated_at, time))


DATING: Final = (GENERATED.number, INVALIDATED.number)
"""Kinds of relations that date an entity."""
_UNDATED: Final = Dated()


def _least(*times: str | None) -> str | None:
    """The earliest of the times that are told; in UTC they sort as texts."""
    return min((time for time in times if time is not None), default=None)


class Derived(NamedTuple):
    """What follows from all tellings of an element."""

    declared: int
    cls: str | None
    name: str | None
    version: str | None
    level: str | None
    level_from: str | None
    aliases: frozenset[tuple[int, str]]
    start_time: str | None
    end_time: str | None
    location: str | None
    generated_at: str | None
    invalidated_at: str | None


class _Meaning(IntEnum):  # hashes in C, which a plain Enum does not
    """What an attribute says, whatever its namespace."""

    NAME = auto()
    TYPE = auto()
    VALUE = auto()
    VERSION = auto()
    LOCATION = auto()
    START = auto()
    END = auto()
    GENERATED = auto()
    INVALIDATED = auto()
    PRODUCT_ID = auto()
    IVOID = auto()
    DOI = auto()
    CHECKSUM = auto()
    SIZE = auto()
    LEVELS = auto()
    SUBTYPE = auto()
    DATA_LEVEL = auto()
    OBS_ID = auto()


# Names are compared without case, blanks and punctuation: one fact is written `CTA PRODUCT ID`,
# `cta_product_id` and `CTA.PRODUCT.ID`. A `hash` is none of these: lstosa's is that of a path.
_MEANINGS: Final[Mapping[str, _Meaning]] = {
    "label": _Meaning.NAME,
    "name": _Meaning.NAME,
    "title": _Meaning.NAME,
    "version": _Meaning.VERSION,
    "softwareversion": _Meaning.VERSION,
    "ctaactivitysoftwareversion": _Meaning.VERSION,
    "location": _Meaning.LOCATION,
    "atlocation": _Meaning.LOCATION,
    "filepath": _Meaning.LOCATION,
    "accessurl": _Meaning.LOCATION,
    "starttime": _Meaning.START,
    "endtime": _Meaning.END,
    "generatedattime": _Meaning.GENERATED,
    "invalidatedattime": _Meaning.INVALIDATED,
    "ctaproductid": _Meaning.PRODUCT_ID,
    "productid": _Meaning.PRODUCT_ID,
    "obspublisherdid": _Meaning.IVOID,
    "doi": _Meaning.DOI,
    "checksum": _Meaning.CHECKSUM,
    "md5": _Meaning.CHECKSUM,
    "sha1": _Meaning.CHECKSUM,
    "sha256": _Meaning.CHECKSUM,
    "sha512": _Meaning.CHECKSUM,
    "size": _Meaning.SIZE,
    "filesize": _Meaning.SIZE,
    "contentlength": _Meaning.SIZE,
    "ctaproductdatalevels": _Meaning.LEVELS,
    "ctaproductdatalevel": _Meaning.LEVELS,
    "dataproductsubtype": _Meaning.SUBTYPE,
    "datalevel": _Meaning.DATA_LEVEL,
    "obsid": _Meaning.OBS_ID,
    "ctaprocessid": _Meaning.OBS_ID,
}
_EXACTLY: Final[Mapping[str, _Meaning]] = {
    PROV_TYPE: _Meaning.TYPE,
    PROV_VALUE: _Meaning.VALUE,
    VOPROV + "value": _Meaning.VALUE,
}
"""Names that mean this in one namespace alone."""
_ALGORITHM_BY_LENGTH: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_CHECKSUM: Final = re.compile(r"(?:([A-Za-z0-9-]+):)?([0-9a-fA-F]{32,128})\Z")
_SIZE: Final = re.compile(r"[0-9]{1,18}\Z")
_LEVEL: Final = re.compile(r"DL([0-5])(?![0-9])")
_COLLECTIONS: Final = frozenset(
    {
        PROV_COLLECTION,
        PROV_EMPTY_COLLECTION,
        PROV_DICTIONARY,
        PROV_EMPTY_DICTIONARY,
        VOPROV + "Collection",
    }
)
_ENTITY: Final = int(Kind.ENTITY)
_NOT_DATA: Final = int(Kind.ACTIVITY | Kind.AGENT)

_Found = dict[_Meaning, list[tuple[Value, Told]]]
"""Per meaning what was told: by part, then in an order that only the values decide."""


@lru_cache(maxsize=4096)
def _meaning(name: str) -> _Meaning | None:
    if name.startswith(PARAMETER):  # a tool's parameter called `version` is not its version
        return None
    exactly = _EXACTLY.get(name)
    if exactly is not None:
        return exactly
    local = split_iri(name)[1].lower()
    return _MEANINGS.get("".join(c for c in local if c.isalnum()))


class Single(NamedTuple):
    """Facts of which an element has one: what was told first; of an entity's times the earliest."""

    name: str | None = None
    version: str | None = None
    start_time: str | None = None
    end_time: str | None = None
    location: str | None = None
    generated_at: str | None = None
    invalidated_at: str | None = None


_NOTHING: Final = Single()


def derive(  # noqa: PLR0913  all that there is to derive from
    iri: str,
    told: Sequence[Told],
    inferred: int = 0,
    record: ObsCoreRecord | None = None,
    earliest: Single = _NOTHING,
    *,
    dated: Dated = _UNDATED,
) -> Derived:
    """All that follows from what was told of ``iri``.

    Parameters
    ----------
    iri
        The element.
    told
        Its distinct tellings: where single values differ, that of the earliest part counts.
    inferred
        Mask of the kinds that relations imply.
    record
        The ObsCore record that counts, or None.
    earliest
        What is known from before all of ``told``.
    dated
        What relations say of its times.
    """
    declared = 0
    for telling in told:
        declared |= telling.kind
    found = _collect(told)
    level, level_from = _level(found, record)
    location = earliest.location or _first(found, _Meaning.LOCATION)
    name = earliest.name or _first(found, _Meaning.NAME)
    file = base_name(location or name or "")
    return Derived(
        declared=declared,
        cls=_class(found, declared, inferred),
        name=name or _title(record),
        version=earliest.version or _first(found, _Meaning.VERSION),
        level=level,
        level_from=level_from,
        aliases=frozenset(
            alias
            for alias in _aliases(iri, found, declared | inferred, file, record)
            if fits(alias[1])
        ),
        start_time=earliest.start_time or _time(found, _Meaning.START),
        end_time=earliest.end_time or _time(found, _Meaning.END),
        location=location,
        generated_at=_least(
            earliest.generated_at, dated.generated_at, *_new_times(found, _Meaning.GENERATED)
        ),
        invalidated_at=_least(
            earliest.invalidated_at, dated.invalidated_at, *_new_times(found, _Meaning.INVALIDATED)
        ),
    )


def _collect(told: Sequence[Told]) -> _Found:
    found: _Found = {}
    for telling in told:
        for name, value in telling.attributes:
            meaning = _meaning(name)
            if meaning is not None:
                found.setdefault(meaning, []).append((value, telling))
    for values in found.values():
        if len(values) > 1:
            values.sort(key=_order)
    return found


def _order(found: tuple[Value, Told]) -> tuple[int, str, str, str]:
    value, telling = found
    text, datatype, language = value_identity(value)
    return telling.part, text, datatype, language or ""


def _texts(found: _Found, meaning: _Meaning) -> Sequence[str]:
    told = found.get(meaning)
    return () if told is None else [value_text(value) for value, _ in told]


def _first(found: _Found, meaning: _Meaning) -> str | None:
    for text in _texts(found, meaning):
        if text:
            return text
    return None


def _time(found: _Found, meaning: _Meaning) -> str | None:
    for value, telling in found.get(meaning, ()):
        instant = parse_time(value_text(value), telling.zone)
        if instant is not None:
            return instant.utc
    return None


def _new_times(found: _Found, meaning: _Meaning) -> Iterator[str]:
    """The times that are told, in UTC; those of `BEFORE` are known, and their zone is not."""
    for value, telling in found.get(meaning, ()):
        instant = None if telling.part == BEFORE else parse_time(value_text(value), telling.zone)
        if instant is not None:
            yield instant.utc


_SINGLE: Final = {
    _Meaning.START: "start time",
    _Meaning.END: "end time",
    _Meaning.GENERATED: "time of generation",
    _Meaning.VERSION: "version",
}


def disagreements(told: Sequence[Told], new: Sequence[Told] | None = None) -> list[str]:
    """The single-valued facts of which tellings say different things.

    Parameters
    ----------
    told
        Tellings.
    new
        Later tellings; then only what they bring anew is a disagreement.
    """
    found = _collect(told)
    if new is None:
        return [name for meaning, name in _SINGLE.items() if len(set(_texts(found, meaning))) > 1]
    brought = _collect(new)
    return [
        name
        for meaning, name in _SINGLE.items()
        if meaning in found and set(_texts(brought, meaning)) - set(_texts(found, meaning))
    ]


def _class(found: _Found, declared: int, inferred: int) -> str | None:
    """The IVOA class; of several the first by name, so that the order of telling makes none.

    What W3C documents have no marker for is taken from what they say instead: an entity with
    members is a Collection, one with a value a ValueEntity (Provenance DM 1.0, 3.1.3 and 3.3.3).
    """
    types = [value for value, _ in found.get(_Meaning.TYPE, ()) if isinstance(value, Iri)]
    names = {value[len(VOPROV) :] for value in types if value.startswith(VOPROV)} & ENTITY_CLASSES
    if names:
        return min(names)
    if inferred & COLLECTION or _COLLECTIONS.intersection(types):
        return "Collection"
    return "ValueEntity" if declared == _ENTITY and _Meaning.VALUE in found else None


def _title(record: ObsCoreRecord | None) -> str | None:
    title = None if record is None else record.values.get("obs_title")
    return None if title is None else str(title)


LEVEL_RANK: Final = ("obscore", "reference-metadata", "description", "rule")
"""Where a level may be told, strongest first."""


def _level(found: _Found, record: ObsCoreRecord | None) -> tuple[str | None, str | None]:
    subtypes = _texts(found, _Meaning.SUBTYPE)
    if record is not None:
        subtypes = [str(record.values.get("dataproduct_subtype") or ""), *subtypes]
    sources = (
        ("obscore", subtypes),
        ("reference-metadata", _texts(found, _Meaning.LEVELS)),
        ("rule", [*_texts(found, _Meaning.DATA_LEVEL), *_type_words(found)]),
    )
    for source, texts in sources:
        level = highest_level(texts)
        if level is not None:
            return level, source
    return None, None


def _type_words(found: _Found) -> Iterable[str]:
    # The one rule that ships: a `prov:type` that is a level by its whole name.
    for text in _texts(found, _Meaning.TYPE):
        word = split_iri(text)[1] if ":" in text else text
        if word in LEVELS:
            yield word


def highest_level(texts: Iterable[str]) -> str | None:
    """The highest data level that the texts name; ``DL1_PARAMETERS`` counts as DL1."""
    levels = [match.group() for text in texts if "DL" in text for match in _LEVEL.finditer(text)]
    return max(levels, default=None)


def _aliases(
    iri: str,
    found: _Found,
    kinds: int,
    file: str,
    record: ObsCoreRecord | None,
) -> Iterable[tuple[int, str]]:
    if not kinds & _NOT_DATA or kinds & _ENTITY:
        for name in _strong_names(iri, found, record):
            yield AliasKind[name.kind.upper()], name.value
        checksum = _checksum(found, file)
        if checksum is not None:
            yield AliasKind.CHECKSUM, checksum
    written = written_name(iri)
    if written is not None:
        yield AliasKind.WRITTEN, written
        yield from _place_names(written)
    for place in _texts(found, _Meaning.LOCATION):
        yield from _place_names(place)
    yield from _obscore_aliases(record)
    for text in _texts(found, _Meaning.OBS_ID):
        for obs_id in filter(None, text.split(",")):
            yield AliasKind.OBS_ID, obs_id.strip()


_STRONG_READERS: Final = (
    (_Meaning.PRODUCT_ID, product_id),
    (_Meaning.IVOID, ivoid),
    (_Meaning.DOI, doi),
)


def _strong_names(iri: str, found: _Found, record: ObsCoreRecord | None) -> Iterable[StrongName]:
    yield from strong_names_of_iri(iri)
    for meaning, read in _STRONG_READERS:
        for text in _texts(found, meaning):
            name = read(text)
            if name is not None:
                yield name
    if record is not None and record.product_id:
        name = product_id(record.product_id)
        if name is not None:
            yield name


def _checksum(found: _Found, file: str) -> str | None:
    """Checksum, size and file name as one name.

    None unless all are known, the size is over 0, and checksum and size are told in one way: who
    tells two of them has two files in mind.
    """
    checksums = {text.lower() for text in _texts(found, _Meaning.CHECKSUM)}
    sizes = set(_texts(found, _Meaning.SIZE))
    if len(checksums) != 1 or len(sizes) != 1 or not file:
        return None
    size, match = sizes.pop(), _CHECKSUM.match(checksums.pop())
    if match is None or not _SIZE.match(size) or int(size) == 0:
        return None
    digest = match.group(2)
    algorithm = match.group(1) or _ALGORITHM_BY_LENGTH.get(len(digest), "")
    return f"{algorithm}:{digest} {int(size)} {file}" if algorithm else None


def _place_names(place: str) -> Iterable[tuple[int, str]]:
    if place.startswith(("http://", "https://", "ftp://")):
        yield AliasKind.URL, normal_url(place)
    elif "/" in place:
        yield AliasKind.PATH, place.removeprefix("file://")
    name = base_name(place)
    if name and name != place:
        yield AliasKind.NAME, name


def _obscore_aliases(record: ObsCoreRecord | None) -> Iterable[tuple[int, str]]:
    if record is None:
        return
    url = record.values.get("access_url")
    if url:
        yield from _place_names(str(url))
    yield AliasKind.OBS_ID, str(record.values["obs_id"])


def base_name(place: str) -> str:
    """The file name at the end of a path or URL; empty where it ends in none."""
    path = place.partition("?")[0].partition("#")[0] if "://" in place else place
    return path.rpartition("/")[2]


def normal_url(url: str) -> str:
    """One spelling of an access URL: host in lower case, no doubled or trailing slashes."""
    try:
        parts = urlsplit(url)
    except ValueError:  # an unclosed bracket in the host: compared as it is written
        return url
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, ""))
