"""Keeps the parameters of activities in rows, so that they are found by name, value and number.

A parameter is told in two ways, which give the same row: as an attribute of the activity in the
namespace of parameters, or as an element of class Parameter by which the activity was configured
(Provenance DM 1.0, 4.2.2). So the rows of an activity follow from what answers show of it and of
those elements.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import delete, exists, select

from provstore.model.body import EMPTY_BODY
from provstore.model.keyword_values import as_kept
from provstore.model.quantities import plain_number
from provstore.model.vocabulary import CONFIGURED, Kind
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch, insert_rows, load_names
from provstore.stores.catalogue.shown import short_name
from provstore.stores.catalogue.tables import body, element, parameter, relation

PREFIX: Final = "param:"
"""Before the name of a parameter in a stored body."""
CLASS: Final = "Parameter"
MOST_CHARACTERS_OF_A_NAME: Final = 150
"""With the longest value that is kept, an entry of an index of PostgreSQL has room for it."""
_SHORT: Final = 100
"""Names up to this length were not cut."""
Expand = Callable[[str], str]
"""From a compact name in a stored body to the IRI."""


class Row(NamedTuple):
    """A parameter of an activity."""

    name: str
    """Cut where it is long, with a checksum."""
    value: str
    """As it was told; cut where it is long, as values of keywords are."""
    num: float | None
    """The value where it is a number, without a unit; infinite where it is too large to be kept."""


class Configured(NamedTuple):
    """An element of class Parameter by which an activity was configured."""

    iri: str
    name: str | None
    attrs: str | None


def rows_of(attrs: str | None, configured: Iterable[Configured], expand: Expand) -> frozenset[Row]:
    """The parameters of an activity: from its stored body, and what configured it."""
    found: set[Row] = set()
    if attrs and f'"{PREFIX}' in attrs:
        for key, told in orjson.loads(attrs).items():
            if key.startswith(PREFIX):
                found.update(_row(key[len(PREFIX) :], text) for text in texts(told, expand))
    for one in configured:
        attrs = one.attrs or EMPTY_BODY
        name = one.name or short_name(one.iri, attrs)
        found.update(_row(name, text) for text in values_of(attrs, expand))
    return frozenset(found)


def values_of(attrs: str, expand: Expand) -> Iterator[str]:
    """The values of a parameter that is an element (Provenance DM 1.0, 4.2.2)."""
    for key, told in orjson.loads(attrs).items():
        if key.rpartition(":")[2] == "value":
            yield from texts(told, expand)


def texts(told: object, expand: Expand) -> Iterator[str]:
    """The texts of what a stored body tells under one key."""
    for value in told if isinstance(told, list) else [told]:
        if not isinstance(value, dict):
            yield str(value)
        elif value.get("type") == "prov:QUALIFIED_NAME":
            yield expand(str(value["$"]))
        else:
            yield str(value["$"])


def _row(name: str, value: str) -> Row:
    return Row(as_kept(name, MOST_CHARACTERS_OF_A_NAME), as_kept(value), plain_number(value))


def expander(tx: Transaction) -> Expand:
    """Expands names by the prefixes of the catalogue, which are read when the first is met."""
    expand: Expand | None = None

    def expanded(name: str) -> str:
        nonlocal expand
        expand = expand or load_names(tx).expand
        return expand(name)

    return expanded


# -- in the catalogue

_KEPT: Final = select(*parameter.c).where(among(parameter.c.activity, "list"))
_NAMED: Final = select(parameter.c.activity, parameter.c.name).where(
    among(parameter.c.activity, "list")
)
_BODIES: Final = (
    select(element.c.id, body.c.attrs)
    .select_from(element.outerjoin(body, body.c.id == element.c.body))
    .where(
        among(element.c.id, "list"),
        element.c.declared.bitwise_or(element.c.inferred).bitwise_and(int(Kind.ACTIVITY)) != 0,
    )
)
_CONFIGURED: Final = (
    select(relation.c.subj, element.c.iri, element.c.name, body.c.attrs)
    .select_from(
        relation.join(element, element.c.id == relation.c.obj).outerjoin(
            body, body.c.id == element.c.body
        )
    )
    .where(
        among(relation.c.subj, "list"),
        relation.c.kind == CONFIGURED.number,
        element.c["class"] == CLASS,
    )
)


def having(tx: Transaction, elements: Collection[int], fits: Callable[[str], bool]) -> set[int]:
    """Those of the elements that have a parameter whose name fits.

    A long name may have been cut: it counts as one that fits.
    """
    return {
        number
        for number, name in fetch(tx, _NAMED, list(elements))
        if len(name) > _SHORT or fits(name)
    }


def keep(tx: Transaction, wanted: Mapping[int, Collection[Row]], known: Collection[int]) -> None:
    """Keep these parameters of activities.

    Parameters
    ----------
    wanted
        By activity; those without any may lack.
    known
        Elements that were there before, of which something is kept perhaps.
    """
    kept = _kept(tx, known) if known else {}
    differing = {
        number
        for number in wanted.keys() | kept.keys()
        if set(wanted.get(number, ())) != kept.get(number, set())
    }
    outdated = sorted(differing & kept.keys())
    if outdated:
        tx.execute(delete(parameter).where(among(parameter.c.activity, "list")), {"list": outdated})
    rows = [
        (number, *row) for number in sorted(differing) for row in sorted(wanted.get(number, ()))
    ]
    insert_rows(tx, parameter, rows)


_IS_STRAY: Final = ~exists().where(element.c.id == parameter.c.activity)


def drop_strays(tx: Transaction) -> None:
    """Forget the parameters of elements that are not there."""
    tx.execute(delete(parameter).where(_IS_STRAY))


def strays(tx: Transaction) -> Iterator[str]:
    """A sentence for each element that is not there and has parameters."""
    for number in tx.execute(select(parameter.c.activity).where(_IS_STRAY).distinct()).scalars():
        yield f"element {number}: has parameters, and is not there"


def rebuild(tx: Transaction, numbers: Collection[int]) -> None:
    """Keep anew the parameters of those of these elements that are activities."""
    keep(tx, _computed(tx, numbers), numbers)


def differences(tx: Transaction, numbers: Collection[int]) -> Iterator[str]:
    """A sentence for each of these elements of which other parameters are kept."""
    wanted, kept = _computed(tx, numbers), _kept(tx, numbers)
    for number in sorted(wanted.keys() | kept.keys()):
        is_, should = kept.get(number, set()), wanted.get(number, frozenset())
        if is_ != should:
            yield f"element {number}: parameters are {sorted(is_)}, should be {sorted(should)}"


def _kept(tx: Transaction, numbers: Collection[int]) -> dict[int, set[Row]]:
    found: defaultdict[int, set[Row]] = defaultdict(set)
    for number, *row in fetch(tx, _KEPT, list(numbers)):
        found[number].add(Row(*row))
    return dict(found)


def _computed(tx: Transaction, numbers: Collection[int]) -> dict[int, frozenset[Row]]:
    """The parameters that those of the elements have that have any."""
    listed, expand = list(numbers), expander(tx)
    configured: defaultdict[int, list[Configured]] = defaultdict(list)
    for number, *told in fetch(tx, _CONFIGURED, listed):
        configured[number].append(Configured(*told))
    bodies: list[tuple[Any, ...]] = fetch(tx, _BODIES, listed)
    computed = {n: rows_of(attrs, configured.get(n, ()), expand) for n, attrs in bodies}
    return {number: rows for number, rows in computed.items() if rows}
