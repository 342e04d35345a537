"""The parameters of a search, and the question that they ask.

Conditions are written as ``name OP value`` (`provstore.model.conditions`); columns that are often
asked for have parameters of their own.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from provstore.errors import BadParameterError, UnknownIdentifierError
from provstore.exporters.search import FORMATS, PageFormat, TableFormat, search_format
from provstore.model.conditions import (
    GRAMMAR,
    MOST_CHARACTERS,
    ORDERS,
    parse_condition,
    parse_order,
)
from provstore.model.coordinates import read_position
from provstore.model.parameters import CURSOR, LIMIT, Domain, Given, Parameter, choice
from provstore.model.regions import Circle, Position, Region, Union, parse_region
from provstore.model.search import Condition, Match, Operator, Order, SearchQuestion, Span
from provstore.model.spans import ENERGIES, TIMES, SpanError, energy_interval, time_span
from provstore.services.search import SearchService

T = TypeVar("T")


def _domain(parse: Callable[[str], T], allowed: str, name: str = "") -> Domain[T]:
    """What ``parse`` reads of texts that may be stored; with ``name`` its reasons are told."""

    def read(text: str) -> T:
        if not text.strip() or "\0" in text or len(text) > MOST_CHARACTERS:
            raise ValueError(text)
        try:
            return parse(text)
        except ValueError as error:
            if not name:
                raise
            raise BadParameterError(name, text, f"{allowed}; {error}") from error

    schema = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}
    return Domain(read, allowed, schema)


_CONDITION: Final = _domain(parse_condition, GRAMMAR)
_TEXT: Final = _domain(str, f"text of at most {MOST_CHARACTERS} characters without NUL")
_SHAPES: Final = (
    "CIRCLE ra dec radius, RANGE ra_min ra_max dec_min dec_max, POLYGON ra dec ra dec ra dec …, "
    "or ra,dec; in degrees (ICRS)"
)
_BOX: Final = "ra,dec,width,height in degrees (ICRS)"
_DEGREES: Final = "degrees, from 0 to 180"
_MOST_DEGREES: Final = 180.0
_INFINITE: Final = ("0", "360", "-90", "90")
"""What an infinite bound of a RANGE is (SIA 2.0, section 2.1.2.1)."""


def _region(text: str) -> Region:
    found = read_position(text)
    if found is not None:
        return found
    word, *numbers = text.split()
    if word.upper() == "RANGE":
        bounds = zip(numbers, _INFINITE, strict=False)
        told = [end if _is_infinite(number) else number for number, end in bounds]
        return parse_region(" ".join([word, *told, *numbers[len(_INFINITE) :]]))
    return parse_region(text)


def _is_infinite(number: str) -> bool:
    return number.lower().lstrip("+-") in {"inf", "infinity"}


def _box(text: str) -> Region:
    return parse_region(f"BOX {text}")


def _degrees(text: str) -> float:
    value = float(text)
    if not 0 <= value <= _MOST_DEGREES:  # NaN is not within either
        raise ValueError(text)
    return value


class _Handy(NamedTuple):
    """A parameter of its own for a column."""

    column: str
    operator: Operator
    description: str


_HANDY: Final = {
    "level": _Handy("dataproduct_subtype", Operator.EQUAL, "The data level, such as DL3."),
    "collection": _Handy("obs_collection", Operator.EQUAL, "The data collection."),
    "type": _Handy("dataproduct_type", Operator.EQUAL, "The type of the data product."),
    "obs_id": _Handy("obs_id", Operator.EQUAL, "The observation."),
    "proposal_id": _Handy("proposal_id", Operator.EQUAL, "The proposal."),
    "data_rights": _Handy("data_rights", Operator.EQUAL, "Who may have it, such as public."),
    "sub_array": _Handy(
        "sub_array_name", Operator.LIKE, "What the name of the sub-array holds, such as LST."
    ),
    "pointing_mode": _Handy("pointing_mode", Operator.EQUAL, "How the telescopes pointed."),
    "target_class": _Handy("target_class", Operator.EQUAL, "The class of the target."),
}

Q: Final[Parameter[str]] = Parameter(
    "q",
    Domain(str, f"at most {MOST_CHARACTERS} characters without NUL", {"type": "string"}),
    "Whatever you have: an identifier, an observation, a position, a target, a proposal, "
    "comparisons, or words; a note says what it was taken for.",
    "",
)
TARGET: Final[Parameter[str]] = Parameter(
    "target",
    _TEXT,
    "Name of the target, compared without case and blanks; one that no dataset has is asked of a "
    "name resolver. Of several, any.",
    "",
    repeatable=True,
)
WHERE: Final[Parameter[Condition]] = Parameter(
    "where",
    _CONDITION,
    "A column of ObsCore and what it has to be: `s_fov>=5`, `target_name~PKS*`, "
    "`pointing_mode!=divergent`; `=unknown` where it has no value.",
    Condition("", Operator.EQUAL, ""),
    repeatable=True,
)
KEYWORD: Final[Parameter[Condition]] = Parameter(
    "keyword",
    _CONDITION,
    "A provenance keyword and what it has to be: `reco_version>=0.19`, `applied_cuts=mixed`.",
    WHERE.default,
    repeatable=True,
)
EXCLUDE: Final[Parameter[Condition]] = Parameter(
    "exclude",
    _CONDITION,
    "Leaves out datasets of which any input has the keyword so; a column, where no keyword has "
    "the name. What has no value stays.",
    WHERE.default,
    repeatable=True,
)
MATCH: Final[Parameter[Match]] = Parameter(
    "match",
    choice({match.value: match for match in Match}),
    "Whether `keyword` asks for some input that has the value, or every input that has the "
    "keyword.",
    Match.ANY,
)
POSITION: Final[Parameter[Region | None]] = Parameter(
    "pos",
    _domain(_region, _SHAPES, "pos"),
    "A region of the sky that the dataset touches; of several, any.",
    None,
    repeatable=True,
)
RADIUS: Final[Parameter[float | None]] = Parameter(
    "radius",
    _domain(_degrees, _DEGREES),
    "How far around `pos=ra,dec` or `target` to look, in degrees.",
    None,
)
BOX: Final[Parameter[Region | None]] = Parameter(
    "box", _domain(_box, _BOX, "box"), "A box around a point.", None, repeatable=True
)
TIME: Final[Parameter[Span]] = Parameter(
    "time",
    _domain(time_span, TIMES),
    "When the dataset was observed; of several, any.",
    Span(0, 0),
    repeatable=True,
)
SIMULTANEOUS: Final[Parameter[str | None]] = Parameter(
    "simultaneous",
    _TEXT,
    "Another dataset, by its obs_publisher_did, that was observed at the same time; or a time.",
    None,
)
ENERGY: Final[Parameter[Span | None]] = Parameter(
    "energy", _domain(energy_interval, ENERGIES), "Energies that the dataset has some of.", None
)
ORDER: Final[Parameter[Order]] = Parameter(
    "order",
    _domain(parse_order, ORDERS),
    "Columns to sort by, the first one first; what has no value comes last.",
    Order(""),
    repeatable=True,
)
FACET: Final[Parameter[str]] = Parameter(
    "facet",
    _TEXT,
    "A keyword or column of which the values are counted among all that is found.",
    "",
    repeatable=True,
)
FORMAT: Final[Parameter[PageFormat | TableFormat | None]] = Parameter(
    "format",
    Domain(
        search_format,
        ", ".join(known.name for known in FORMATS) + ", or a media type",
        {"type": "string"},
    ),
    "Format of the answer; the Accept header decides where it is not given, else JSON.",
    None,
)
HANDY: Final[Mapping[str, Parameter[str | None]]] = {
    name: Parameter(name, _TEXT, handy.description, None) for name, handy in _HANDY.items()
}
DISCOVER: Final = (
    Q,
    TARGET,
    *HANDY.values(),
    WHERE,
    KEYWORD,
    EXCLUDE,
    MATCH,
    POSITION,
    RADIUS,
    BOX,
    TIME,
    SIMULTANEOUS,
    ENERGY,
)
SEARCH: Final = (*DISCOVER, ORDER, FACET, LIMIT, CURSOR, FORMAT)


def question_of(given: Given, service: SearchService) -> SearchQuestion:
    """The question that the parameters ask, without its limit.

    Raises
    ------
    BadParameterError
        Parameters do not fit together, or the dataset that others are simultaneous with is not
        known.
    """
    times, excluded = given.every(TIME), given.every(EXCLUDE)
    other = given.one(SIMULTANEOUS)
    if other is not None:
        times, itself = _simultaneous(other, times, service)
        excluded = (*excluded, *itself)
    return SearchQuestion(
        region=_regions(given),
        times=times,
        energy=given.one(ENERGY),
        target_names=given.every(TARGET),
        columns=(*_handy(given), *given.every(WHERE)),
        keywords=given.every(KEYWORD),
        excluded=excluded,
        match=given.one(MATCH),
        order=given.every(ORDER),
        facets=given.every(FACET),
        cursor=given.one(CURSOR),
    )


def _handy(given: Given) -> Iterator[Condition]:
    for name, parameter in HANDY.items():
        value, handy = given.one(parameter), _HANDY[name]
        if value is not None:
            pattern = f"*{value}*" if handy.operator is Operator.LIKE else value
            yield Condition(handy.column, handy.operator, pattern)


def _regions(given: Given) -> Region | None:
    radius = given.one(RADIUS)
    found = [region for region in given.every(POSITION) if region is not None]
    if radius is not None:
        if not any(isinstance(region, Position) for region in found) and not given.has(TARGET):
            allowed = "only beside pos=ra,dec or target"
            raise BadParameterError(RADIUS.name, f"{radius:g}", allowed)
        found = [_around(region, radius) for region in found]
    found += [region for region in given.every(BOX) if region is not None]
    if len(found) > 1:
        return Union(tuple(found))
    return found[0] if found else None


def _around(region: Region, radius: float) -> Region:
    return Circle(*region, radius) if isinstance(region, Position) else region


def _simultaneous(
    other: str, times: tuple[Span, ...], service: SearchService
) -> tuple[tuple[Span, ...], list[Condition]]:
    """When something else was, within ``times`` where there are any; and that other dataset."""
    itself: list[Condition] = []
    spans: tuple[Span, ...]
    try:
        spans = (time_span(other),)
    except SpanError:
        spans = _observed(other, service)
        itself.append(Condition("obs_publisher_did", Operator.EQUAL, other))
    common = [_common(a, b) for a in spans for b in times] if times else list(spans)
    overlapping = tuple(span for span in common if span.low <= span.high)
    if not overlapping:
        raise BadParameterError(SIMULTANEOUS.name, other, "what overlaps with `time`")
    return overlapping, itself


def _observed(other: str, service: SearchService) -> tuple[Span, ...]:
    try:
        spans = service.observed(other)
    except UnknownIdentifierError:
        spans = ()
    if not spans:
        allowed = f"the obs_publisher_did of a dataset whose record tells its times, or {TIMES}"
        raise BadParameterError(SIMULTANEOUS.name, other, allowed)
    return spans


def _common(a: Span, b: Span) -> Span:
    return Span(max(a.low, b.low), min(a.high, b.high))


def refuse_paging(given: Given) -> None:
    """Refuse what only pages have, where the answer is one table.

    Raises
    ------
    BadParameterError
        A facet or a cursor is asked for.
    """
    for parameter in (FACET, CURSOR):
        if given.has(parameter):
            value = str(given.every(parameter)[0])
            raise BadParameterError(parameter.name, value, "nothing, unless the format is json")
