"""What the header of a file tells, whatever the file is: keys with values, and where they stand."""

from collections.abc import Mapping
from typing import NamedTuple

from provstore.importers.strict_json import Json


class Header(NamedTuple):
    """The keys of one header: of an HDU, of the root of an HDF5 file, of a table or a document."""

    place: str
    """Put before the JSON pointer of a key: ``HDU 1``, or nothing."""
    keys: Mapping[str, Json]
    """Scalars, and trees where the carrier has them. A list of texts for ``HISTORY`` of FITS."""
    file: str | None = None
    """The file whose header this is, where a text tells headers of several files."""


class Headers(NamedTuple):
    """All headers of one file."""

    headers: list[Header]
    columns: frozenset[str] = frozenset()
    """Names of the columns of its tables, in small letters."""
    logs: Mapping[str, str] = {}
    """Provenance logs that it carries along (lstchain's ``provenance/<stage>``), by their place."""


def is_obscore(columns: frozenset[str]) -> bool:
    """Whether a table is one of datasets: the column is mandatory in ObsCore 1.1, section 4."""
    return "obs_publisher_did" in columns
