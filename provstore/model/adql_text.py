"""The ADQL that asks what a search asks, to be sent to TAP, or changed and sent.

It reads ``ivoa.obscore``, with ``ivoa.obscore_hea`` where a column stands there, and
``provenance.keyword``. Versions, numbers with units and times compare otherwise than texts: the
values of the catalogue that fit are listed instead. Standard: ADQL 2.1.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from provstore.model.obscore import BY_NAME, HIGH_ENERGY, NUMBERS, standard_name
from provstore.model.regions import (
    Box,
    Circle,
    Complement,
    Intersection,
    Polygon,
    Position,
    Range,
    Region,
    Union,
)
from provstore.model.search import Condition, Match, Operator, Order, SearchQuestion, Span, State
from provstore.model.spectral import HC_TEV_M

_STEP: Final = 5.0
"""Degrees between points on a parallel, whose arc is nearly that of a great circle then."""
_WIDEST: Final = 90.0
"""Of the polygons that a range is cut into."""
_POLE: Final = 90.0
_TURN: Final = 360.0
_APART: Final = frozenset(column.name for column in HIGH_ENERGY)
_OPERATORS: Final[Mapping[Operator, str]] = {Operator.UNEQUAL: "<>"}


class Meaning(NamedTuple):
    """What a question means with the values that the catalogue has."""

    targets: Collection[str] = ()
    """How the records spell the names of the targets."""
    fitting: Mapping[Condition, Collection[str]] = {}
    """For each condition on a keyword the values that fit; none where it asks for a state."""
    left_out: Collection[Condition] = ()
    """Conditions on what ``provenance.keyword`` does not hold."""


def adql(question: SearchQuestion, meaning: Meaning) -> str:
    """The query, a condition on each line."""
    conditions = list(_conditions(question, meaning))
    named = {
        *(standard_name(one.name) for one in (*question.columns, *question.excluded)),
        *(one.column for one in question.order),
    }
    tables = "ivoa.obscore"
    if named & _APART:
        tables += " NATURAL JOIN ivoa.obscore_hea"
    lines = [f"SELECT * FROM {tables}"]  # noqa: S608  shown to people; nothing here runs it
    lines += [
        f"{'WHERE' if not number else '  AND'} {text}" for number, text in enumerate(conditions)
    ]
    if question.order:
        lines.append("ORDER BY " + ", ".join(map(_order, question.order)))
    return "\n".join(lines)


def _conditions(question: SearchQuestion, meaning: Meaning) -> Iterator[str]:
    if question.region is not None:
        yield _region(question.region)
    if question.times:
        yield _any(map(_time, question.times))
    if question.energy is not None:
        yield _energy(question.energy)
    if question.target_names:
        yield _listed("target_name", meaning.targets)
    for one in question.columns:
        yield _column(one)
    for one in question.keywords:
        if one not in meaning.left_out:
            yield from _keyword(one, question.match, meaning)
    for one in question.excluded:
        if one not in meaning.left_out:
            yield _excluded(one, meaning)


def _order(one: Order) -> str:
    return f"{one.column} DESC" if one.is_descending else one.column


# -- columns


def _column(condition: Condition) -> str:
    column = BY_NAME[standard_name(condition.name)]
    name = column.name
    if condition.state is not None:
        return f"{name} IS NULL"
    operator = _OPERATORS.get(condition.operator, condition.operator.value)
    if column.type in NUMBERS:
        return f"{name} {operator} {_number(float(condition.value))}"
    if condition.operator is Operator.LIKE:
        return f"LOWER({name}) LIKE {quoted(condition.value.lower().replace('*', '%'))}"
    if column.type == "timestamp":
        return f"{name} {operator} {quoted(condition.value)}"
    return f"LOWER({name}) {operator} {quoted(condition.value.lower())}"


def _listed(name: str, values: Collection[str]) -> str:
    """That a column has one of the values; 1 = 0 where there are none, for there is no empty IN."""
    told = [quoted(value) for value in values]
    if not told:
        return "1 = 0"
    return f"{name} = {told[0]}" if len(told) == 1 else f"{name} IN ({', '.join(told)})"


def quoted(text: str) -> str:
    """A literal of characters (ADQL 2.1, section 2.1.4)."""
    return "'" + text.replace("'", "''") + "'"


def _number(value: float) -> str:
    text = repr(value)
    return text.removesuffix(".0")


# -- keywords


def _keyword(condition: Condition, match: Match, meaning: Meaning) -> Iterator[str]:
    if condition.state is State.UNKNOWN:
        yield _inheriting(condition.name, inherits=False)
    elif condition.state is not None:
        yield _inheriting(condition.name, _state(condition.state))
    else:
        fitting = _listed("keyword_value", meaning.fitting[condition])
        yield _inheriting(condition.name, fitting)
        if match is Match.ALL:
            yield _inheriting(condition.name, f"NOT {fitting}", inherits=False)


def _inheriting(keyword: str, more: str = "", *, inherits: bool = True) -> str:
    """That a dataset is among those that inherit a value of a keyword, or is none of them."""
    told = [f"keyword = {quoted(keyword)}", *([more] if more else [])]
    if not inherits:  # NOT IN finds nothing where the list holds a null
        told.append("obs_publisher_did IS NOT NULL")
    chosen = f"(SELECT obs_publisher_did FROM provenance.keyword WHERE {' AND '.join(told)})"  # noqa: S608  as above
    return f"obs_publisher_did {'IN' if inherits else 'NOT IN'} {chosen}"


def _state(state: State) -> str:
    return f"state = {quoted(state.value)}"


def _excluded(condition: Condition, meaning: Meaning) -> str:
    is_unknown = condition.state is State.UNKNOWN
    if condition not in meaning.fitting:
        name = BY_NAME[standard_name(condition.name)].name
        return (
            f"{name} IS NOT NULL" if is_unknown else f"({name} IS NULL OR NOT {_column(condition)})"
        )
    if is_unknown:
        return _inheriting(condition.name)
    if condition.state is not None:
        return _inheriting(condition.name, _state(condition.state), inherits=False)
    fitting = _listed("keyword_value", meaning.fitting[condition])
    return _inheriting(condition.name, fitting, inherits=False)


# -- time, energy, position


def _time(span: Span) -> str:
    bounds = []
    if span.high < math.inf:
        bounds.append(f"t_min <= {_number(span.high)}")
    if span.low > -math.inf:
        bounds.append(f"t_max >= {_number(span.low)}")
    return f"({' AND '.join(bounds) or 't_min IS NOT NULL'})"


def _energy(span: Span) -> str:
    """Energies are wavelengths in ObsCore, the other way round."""
    bounds = []
    if span.low > 0:
        bounds.append(f"em_min <= {_number(HC_TEV_M / span.low)}")
    if span.high < math.inf:
        bounds.append(f"em_max >= {_number(HC_TEV_M / span.high)}")
    return " AND ".join(bounds) or "em_min IS NOT NULL"


def _any(conditions: Iterable[str]) -> str:
    told = list(conditions)
    return told[0] if len(told) == 1 else f"({' OR '.join(told)})"


def _region(region: Region) -> str:
    """What touches a region; of an intersection, what touches each of its regions."""
    match region:
        case Union(regions):
            return _any(map(_region, regions))
        case Intersection(regions):
            return "(" + " AND ".join(map(_region, regions)) + ")"
        case Complement(inner):
            return _any(f"0 = CONTAINS(s_region, {shape})" for shape in _shapes(inner))
        case _:
            return _any(map(_touching, _shapes(region)))


def _touching(shape: str) -> str:
    """The dataset's region touches a shape, or its position is in it where it tells no region."""
    centre = f"s_region IS NULL AND 1 = CONTAINS(POINT(s_ra, s_dec), {shape})"
    return f"(1 = INTERSECTS(s_region, {shape}) OR {centre})"


def _shapes(region: Region) -> Iterator[str]:
    """The geometries of ADQL that together are a region."""
    match region:
        case Position(ra, dec):
            yield f"CIRCLE({_numbers(ra, dec)}, 0)"
        case Circle() | Box():
            yield f"{type(region).__name__.upper()}({_numbers(*region)})"
        case Polygon(points):
            yield f"POLYGON({_numbers(*(number for point in points for number in point))})"
        case Range():
            yield from _pieces(region)
        case Union(regions) | Intersection(regions):
            for one in regions:
                yield from _shapes(one)
        case Complement(inner):
            yield from _shapes(inner)


def _pieces(region: Range) -> Iterator[str]:
    """A range as polygons: ADQL has no shape between parallels."""
    ra_min, ra_max, dec_min, dec_max = region
    whole = (ra_max - ra_min) % _TURN or (_TURN if ra_max > ra_min else 0.0)
    count = max(1, math.ceil(whole / _WIDEST))
    width = whole / count
    for number in range(count):
        low = ra_min + number * width
        lower = _parallel(low, low + width, dec_min)
        upper = _parallel(low, low + width, dec_max)
        yield f"POLYGON({_numbers(*(n for point in (*lower, *upper[::-1]) for n in point))})"


def _parallel(ra_min: float, ra_max: float, dec: float) -> list[tuple[float, float]]:
    """Points along a parallel; a pole is one."""
    if abs(dec) == _POLE:
        return [(ra_min, dec)]
    steps = max(1, math.ceil((ra_max - ra_min) / _STEP))
    width = (ra_max - ra_min) / steps
    return [((ra_min + width * step) % _TURN, dec) for step in range(steps + 1)]


def _numbers(*values: float) -> str:
    return ", ".join(map(_number, values))
