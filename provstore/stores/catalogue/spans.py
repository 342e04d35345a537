"""Conditions on rows of `obscore` by when they were observed, and in which energies."""

import math
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

from provstore.errors import UnknownIdentifierError
from provstore.model.coverage import MICROSECONDS, windows
from provstore.model.search import Span
from provstore.model.spectral import EV_PER_TEV, HC_TEV_M
from provstore.stores.catalogue import lists
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.tables import obscore, observed


def observed_in(spans: Sequence[Span]) -> ColumnElement[bool]:
    """Rows that were observed in one of the spans of MJD, their bounds included.

    What counts are the row's ``t_intervals`` where it has some, else the time from ``t_min`` to
    ``t_max``; of a row with one of these alone that moment. A row without times is in no span.
    """
    rows = [window for span in spans for window in windows(span)]
    given = bindparam(None, rows, type_=lists.ListOfRows())
    return _Overlaps(obscore.c.element, obscore.c.part, given)


class _Overlaps(FunctionElement[Any]):
    """Whether element and part of a row are among those of `observed` in some windows.

    For each window its index is read. Left to itself PostgreSQL compares all of them with all rows.
    No boolean, as `lists.Among` is none.
    """

    type = NullType()
    inherit_cache = True
    name = "overlaps"


@compiles(_Overlaps, "sqlite")
def _in_sqlite(element: _Overlaps, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    number, part, given = (compiler.process(one, **options) for one in element.clauses)
    condition = _WINDOW.format(*(f"json_extract(span.value, '$[{n}]')" for n in range(4)))
    return (
        f"({number}, {part}) IN (SELECT observed.element, observed.part "  # noqa: S608  compiled parts
        f"FROM json_each({given}) AS span CROSS JOIN observed WHERE {condition})"
    )


@compiles(_Overlaps, "postgresql")
def _in_postgres(element: _Overlaps, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    number, part, given = (compiler.process(one, **options) for one in element.clauses)
    condition = _WINDOW.format(*(f"CAST(span.value ->> {n} AS BIGINT)" for n in range(4)))
    return (
        f"({number}, {part}) IN (SELECT found.element, found.part "  # noqa: S608  compiled parts
        f"FROM jsonb_array_elements(CAST({given} AS jsonb)) AS span CROSS JOIN LATERAL "
        "(SELECT observed.element, observed.part FROM observed "
        f"WHERE {condition} OFFSET 0) AS found)"
    )


_WINDOW: Final = (
    "observed.scale = {0} AND observed.first BETWEEN {1} AND {2} AND observed.last >= {3}"
)


def spans_of(tx: Transaction, obs_publisher_did: str) -> tuple[Span, ...]:
    """When a dataset was observed, in MJD: what is simultaneous with it is `observed_in` these.

    Of several records of the dataset that counts which `latest` says. Empty where it does not say.

    Raises
    ------
    UnknownIdentifierError
        No record has this identifier.
    """
    record = tx.execute(_LATEST, {"did": obs_publisher_did}).first()
    if record is None:
        raise UnknownIdentifierError([obs_publisher_did])
    rows = tx.execute(_TIMES, {"element": record.element, "of_part": record.part})
    return tuple(Span(first / MICROSECONDS, last / MICROSECONDS) for first, last in rows)


_LATEST: Final = select(obscore.c.element, obscore.c.part).where(
    obscore.c.obs_publisher_did == bindparam("did"), obscore.c.latest
)
_TIMES: Final = (
    select(observed.c.first, observed.c.last)
    .where(observed.c.element == bindparam("element"), observed.c.part == bindparam("of_part"))
    .order_by(observed.c.first)
)


def has_energy(energy: Span) -> ColumnElement[bool]:
    """Rows that have some of the energies of a span in TeV, its bounds included.

    The longest wavelength ``em_max`` is the lowest energy; a bound that is absent is taken from
    ``energy_min`` or ``energy_max``. A row of which a bound that matters is in neither does not
    fulfil it; ``Span(50, inf)`` is "events above 50 TeV", where only the upper one matters.
    """
    columns = obscore.c
    highest = case(
        (columns.em_min.is_not(None), columns.em_min <= _metres(energy.low)),
        else_=columns.energy_max >= energy.low * EV_PER_TEV,
    )
    lowest = case(
        (columns.em_max.is_not(None), columns.em_max >= _metres(energy.high)),
        else_=columns.energy_min <= energy.high * EV_PER_TEV,
    )
    conditions = [highest] if energy.low > 0 else []
    if energy.high < math.inf:
        conditions.append(lowest)
    known = func.coalesce(columns.em_min, columns.em_max, columns.energy_min, columns.energy_max)
    return and_(known.is_not(None), *conditions)


def _metres(energy: float) -> float:
    return HC_TEV_M / energy if energy > 0 else math.inf
