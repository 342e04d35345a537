"""What is found as a flat table: the columns and rows that CSV, VOTable and FITS share.

A dataset has two cells of each keyword: what it inherits, as text, and whether that is ``single``,
``mixed`` or ``unknown``. Several values are a JSON array, so that a value may hold any separator.
They have a prefix, for columns of ObsCore may have the names of keywords and say otherwise.
"""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import orjson

from provstore.model.keywords import Keyword
from provstore.model.obscore import COLUMNS, ColumnType
from provstore.model.search import Hit, Inherited, State

Cell = str | int | float | bool | None
VALUE: Final = "keyword_"
STATE: Final = "state_"
"""Before the name of a keyword: the columns of its value and its state."""
_UNKNOWN: Final = Inherited(State.UNKNOWN, ())


class RowColumn(NamedTuple):
    """A column of the table."""

    name: str
    type: ColumnType | Literal["boolean"]
    unit: str = ""
    ucd: str = ""
    utype: str = ""


COMPLETE: Final = RowColumn("complete", "boolean", ucd="meta.code.qual")
"""Whether the record upstream is complete."""


def row_columns(keywords: Sequence[Keyword]) -> list[RowColumn]:
    """The columns: those of ObsCore, two of each keyword, and the flag of completeness."""
    return [
        *(RowColumn(*column[:5]) for column in COLUMNS),
        *(column for keyword in keywords for column in _of_keyword(keyword)),
        COMPLETE,
    ]


def _of_keyword(keyword: Keyword) -> tuple[RowColumn, RowColumn]:
    return (
        RowColumn(f"{VALUE}{keyword.name}", "text", keyword.unit, keyword.ucd),
        RowColumn(f"{STATE}{keyword.name}", "text", ucd="meta.code"),
    )


def row_cells(hit: Hit, keywords: Sequence[Keyword]) -> list[Cell]:
    """A dataset in the order of `row_columns`; None where it has no value."""
    values = hit.record.values
    cells: list[Cell] = [values.get(column.name) for column in COLUMNS]
    for keyword in keywords:
        inherited = hit.keywords.get(keyword.name, _UNKNOWN)
        cells += (_value(inherited), inherited.state.value)
    return [*cells, hit.complete]


def _value(inherited: Inherited) -> str | None:
    if inherited.state is State.MIXED:
        return orjson.dumps(inherited.values).decode()
    return inherited.values[0] if inherited.values else None
