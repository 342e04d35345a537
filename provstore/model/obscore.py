"""The columns of ObsCore 1.1 with the observatory's extension, described once.

The SQL table, the readers and the answers derive from `COLUMNS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

ColumnType = Literal["text", "integer", "real"]


class Column(NamedTuple):
    """One column of ``ivoa.obscore``."""

    name: str
    type: ColumnType
    unit: str = ""
    """In VOUnits; values are stored in it."""
    ucd: str = ""
    utype: str = ""
    required: bool = False
    """May not be null (ObsCore 1.1, section 4)."""


COLUMNS: Final[tuple[Column, ...]] = (
    Column("obs_publisher_did", "text", required=True),
    Column("obs_id", "text", required=True),
    Column("target_name", "text"),
    Column("dataproduct_subtype", "text"),
    Column("access_url", "text"),
)


@dataclass(frozen=True, slots=True)
class ObsCoreRecord:
    """One dataset as ObsCore describes it."""

    values: Mapping[str, str | int | float | None]
    """By column name, in the column's unit; columns that are not given are absent."""
    product_id: str | None = None
    """``CTA PRODUCT ID`` of the file where the table has such a column: a strong name."""

    @property
    def obs_publisher_did(self) -> str:
        """The identifier of the dataset, an IVOID."""
        return str(self.values["obs_publisher_did"])
