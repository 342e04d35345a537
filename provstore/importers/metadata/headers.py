"""What the header of a file tells, whatever the file is: keys with values, and where they stand."""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from provstore.importers.base import sniffed_text
from provstore.importers.strict_json import Json
from provstore.model.obscore import standard_name

_DID: Final = "obs_publisher_did"
_DID_COLUMN: Final = re.compile(
    r"TTYPE[0-9]+ *= *'obs_publisher_did *'"  # FITS
    r"|\bname *: *['\"]?obs_publisher_did\b"  # ECSV
    r"|\bname\s*=\s*[\"']obs_publisher_did[\"']",  # VOTable
    re.IGNORECASE,
)


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


def looks_like_obscore(head: bytes) -> bool:
    """Whether a file begins as a FITS, ECSV or VOTable table of datasets does."""
    text = sniffed_text(head)
    is_table = text.startswith(("SIMPLE  =", "# %ECSV")) or "<VOTABLE" in text
    return is_table and _DID_COLUMN.search(text) is not None


def is_obscore(columns: frozenset[str]) -> bool:
    """Whether a table is one of datasets: the column is mandatory in ObsCore 1.1, section 4."""
    return _DID in columns


def names_dataset(keys: Mapping[str, Json]) -> bool:
    """Whether a header has the identifier that a publisher gave to the dataset."""
    return any(standard_name(key) == _DID for key in keys)
