"""Keeps where and when records are: `footprint` and `observed`, derived from `obscore`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import column, delete, exists, select, table

from provstore.model.coverage import Coverage, Footprint, Observed, coverage_of
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, insert_rows, take_ids
from provstore.stores.catalogue.tables import footprint, obscore, observed

FOOTPRINT_BOX: Final = table(
    "footprint_box", *map(column, ("id", "x0", "x1", "y0", "y1", "z0", "z1"))
)
"""On SQLite, the bounds of each circle `footprint.reach` in space; triggers keep it."""
_READ: Final = ("s_ra", "s_dec", "s_region", "t_min", "t_max", "t_intervals")
"""The columns that say it, as `coverage_of` takes them."""
_Key = tuple[int, int]
"""Element and part."""


def add(tx: Transaction, part: int, records: Mapping[int, Mapping[str, Any]]) -> None:
    """Keep it of new records of a part, given by element with their values by column."""
    _insert(
        tx,
        {
            (element, part): coverage_of(*(values.get(name) for name in _READ))
            for element, values in records.items()
        },
    )


def remove(tx: Transaction, part: int) -> None:
    """Forget it of the records of a part."""
    for kept in (footprint, observed):
        tx.execute(delete(kept).where(kept.c.part == part))


def rebuild(tx: Transaction, elements: Sequence[int]) -> None:
    """Write it anew for the records of these elements."""
    listed = {"elements": elements}
    for kept in (footprint, observed):
        tx.execute(delete(kept).where(among(kept.c.element, "elements")), listed)
    _insert(tx, _told(tx, elements))


def differences(tx: Transaction, elements: Sequence[int]) -> Iterator[str]:
    """A sentence for each record of these elements of which something else is kept."""
    told, kept = _told(tx, elements), _kept(tx, elements)
    for key in sorted(told.keys() | kept.keys()):
        is_, should = kept.get(key, _NOTHING), told.get(key, _NOTHING)
        if is_ != should:
            yield f"record of element {key[0]} in part {key[1]}: is at {is_}, should be at {should}"
    if tx.dialect.name == "sqlite":
        for number in tx.execute(_UNINDEXED, {"elements": elements}).scalars():
            yield f"footprint {number} is not in the index of positions"


_UNINDEXED: Final = select(footprint.c.id).where(
    among(footprint.c.element, "elements"),
    ~exists().where(FOOTPRINT_BOX.c.id == footprint.c.id),
)
_NOTHING: Final = Coverage(None, ())


def _told(tx: Transaction, elements: Sequence[int]) -> dict[_Key, Coverage]:
    rows = tx.execute(
        select(obscore.c.element, obscore.c.part, *(obscore.c[name] for name in _READ)).where(
            among(obscore.c.element, "elements")
        ),
        {"elements": elements},
    )
    return {(element, part): coverage_of(*told) for element, part, *told in rows}


def _kept(tx: Transaction, elements: Sequence[int]) -> dict[_Key, Coverage]:
    listed = {"elements": elements}
    columns = [footprint.c[name] for name in ("element", "part", *Footprint._fields)]
    rows = tx.execute(select(*columns).where(among(footprint.c.element, "elements")), listed)
    found = {(row[0], row[1]): Coverage(Footprint(*row[2:]), ()) for row in rows}
    columns = [observed.c[name] for name in ("element", "part", *Observed._fields)]
    rows = tx.execute(
        select(*columns).where(among(observed.c.element, "elements")).order_by(*columns), listed
    )
    for element, part, *time in rows:
        before = found.get((element, part), _NOTHING)
        found[element, part] = before._replace(times=(*before.times, Observed(*time)))
    return found


def _insert(tx: Transaction, found: Mapping[_Key, Coverage]) -> None:
    places = [
        (*key, *coverage.footprint)
        for key, coverage in found.items()
        if coverage.footprint is not None
    ]
    first = take_ids(tx, footprint, len(places))
    insert_rows(tx, footprint, [(number, *row) for number, row in enumerate(places, start=first)])
    times = [(*key, *time) for key, coverage in found.items() for time in coverage.times]
    insert_rows(tx, observed, times)
