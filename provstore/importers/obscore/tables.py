"""Bytes of a table file -> columns of plain cells: VOTable, ECSV, FITS, CSV, JSON, by content.

Three precautions against hostile files. A VOTable is looked through before astropy sees it, since
astropy fetches the ``href`` of a STREAM and allocates what a FIELD or ``nrows`` claims. YAML that
describes the columns (ECSV, and the comments that astropy puts into FITS) is read as plain data
only, since astropy's own loader builds numpy arrays of any type over given bytes, pointers
included. Nothing is guessed: a CSV cell is text until a column says what it is.
"""

import csv
import gzip
import io
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from math import prod
from typing import Any, Final, NamedTuple
from xml.parsers import expat

from provstore.errors import NotInstalledError, TooLargeError, UnknownFormatError
from provstore.importers.base import Findings, decode_text
from provstore.importers.strict_json import Integer, Json, JsonText, Real

MAX_UNPACKED_BYTES: Final = 1 << 28
"""Most bytes that a gzipped table may unpack to."""
_MAX_CELLS: Final = 50_000_000
"""Most cells, of declared width, that a VOTable smaller than this may make astropy allocate."""
_MAX_HEADER: Final = 1 << 18
"""Most characters of YAML that describe an ECSV table; PyYAML reads about 100 kB/s."""
_MAX_WARNINGS: Final = 20
_HEAD: Final = 65_536
_GZIP: Final = b"\x1f\x8b"
_NEEDS_ASTROPY: Final = "ObsCore tables are read by astropy: install provstore[obscore]"
_DID: Final = "obs_publisher_did"

# Filters and hooks of the warnings module belong to the process: one reader at a time sets them.
_warnings_lock = threading.Lock()


class TableColumn(NamedTuple):
    """One column as the file has it."""

    name: str
    unit: str
    """As written; empty where the file gives none."""
    cells: Sequence[object]
    """None where the file has no value; text, numbers, or what the file has instead of them."""


class _HostileTableError(Exception):
    """The file asks for what no reader should do."""


def read_columns(data: bytes, findings: Findings, *, name: str = "") -> list[TableColumn]:
    """The columns of the first ObsCore table in a file, gzipped or not.

    Parameters
    ----------
    data
        The whole file.
    findings
        Takes the errors of a file that cannot be read.
    name
        What messages call the file.

    Returns
    -------
    list of TableColumn
        In the order of the file, each with as many cells as the table has rows; empty after an
        error.

    Raises
    ------
    UnknownFormatError
        The bytes are none of the five formats.
    TooLargeError
        A gzipped file unpacks to more than `MAX_UNPACKED_BYTES`.
    """
    plain = _unpacked(data, findings) if data.startswith(_GZIP) else data
    if plain is None:
        return []
    kind, reader = _reader_of(plain, name)
    try:
        return reader(plain, findings)
    except Exception as error:  # noqa: BLE001  parsers of hostile bytes raise anything
        message = f"{name or 'the file'} cannot be read as {kind}: {error}"[:500]
        findings.error("obscore/unreadable", "", type(error).__name__, message)
        return []


@contextmanager
def astropy_at_work(findings: Findings) -> Iterator[None]:
    """Make findings of the warnings that astropy gives meanwhile.

    Raises
    ------
    NotInstalledError
        astropy is not installed.
    """
    try:
        # before the warnings are caught: when imported, it puts its own hook in their way
        import astropy  # noqa: F401, PLC0415  takes a quarter of a second, for tables only
    except ImportError as error:
        raise NotInstalledError(_NEEDS_ASTROPY) from error
    with _warnings_lock, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    told = dict.fromkeys((w.category.__name__, _text_of(w)) for w in caught)
    for category, message in list(told)[:_MAX_WARNINGS]:
        findings.warning("obscore/reader", "", category, message[:500])


def _text_of(warning: warnings.WarningMessage) -> str:
    return str(warning.message).removeprefix("None:")  # a VOTable warning names the file, if any


def _unpacked(data: bytes, findings: Findings) -> bytes | None:
    try:
        plain = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        findings.error("obscore/unreadable", "", "gzip", f"the gzip data are broken: {error}")
        return None
    if len(plain) > MAX_UNPACKED_BYTES:
        raise TooLargeError(f"the table unpacks to more than {MAX_UNPACKED_BYTES} bytes")
    return plain


_Reader = Callable[[bytes, Findings], list[TableColumn]]


def _reader_of(data: bytes, name: str) -> tuple[str, _Reader]:
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"SIMPLE  ="):
        return "FITS", _fits
    if head.startswith(b"<") and b"VOTABLE" in head.upper():
        return "VOTable", _votable
    if head.startswith(b"# %ECSV"):
        return "ECSV", _ecsv
    if head.startswith(b"["):
        return "JSON", _json
    if b"," in head.partition(b"\n")[0] and b"\0" not in head and head[:1] != b"{":
        return "CSV", _csv
    this = name or "this"
    message = f"{this} is no ObsCore table: neither VOTable, ECSV, FITS, CSV nor a list in JSON"
    raise UnknownFormatError(message)


# -- text ------------------------------------------------------------------------------------------


def _csv(data: bytes, findings: Findings) -> list[TableColumn]:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)
    names = _names(rows)
    return _by_column([name.strip() for name in names], {}, rows, findings)


def _ecsv(data: bytes, findings: Findings) -> list[TableColumn]:
    """ECSV 1.0: ``#`` lines of YAML that describe the columns, then CSV with a row of names."""
    lines = data.decode("utf-8-sig").splitlines(keepends=True)
    header = list(takewhile(lambda line: line.startswith("#"), lines))
    described = _plain_yaml("".join(line[2:] for line in header[1:] if line[:2] == "# "))
    units = {column["name"]: str(column.get("unit") or "") for column in described["datatype"]}
    rows = csv.reader(lines[len(header) :], delimiter=described.get("delimiter", " "), strict=True)
    names = _names(rows)
    if names != list(units):
        raise ValueError("the row of names differs from the columns that the header describes")
    return _by_column(names, units, rows, findings)


def _names(rows: Iterator[list[str]]) -> list[str]:
    for row in rows:
        if row:
            return row
    raise ValueError("it has no row with the names of the columns")


def _plain_yaml(text: str) -> Any:  # noqa: ANN401  any YAML; a wrong shape is an unreadable file
    import yaml  # noqa: PLC0415  only where a table has such a header

    if len(text) > _MAX_HEADER:
        raise _HostileTableError(f"its header is longer than {_MAX_HEADER} characters")
    # no merge keys (`<<`): each doubles what it is given twice, and no header of ECSV has one
    loader: Any = type("PlainLoader", (yaml.SafeLoader,), {"flatten_mapping": lambda *_: None})
    # astropy's own tags only say how to build richer columns: they stand for nothing here
    loader.add_multi_constructor("!", lambda *_: None)
    return yaml.load(text, Loader=loader)  # noqa: S506  the loader is a SafeLoader


def _by_column(
    names: Sequence[str],
    units: Mapping[str, str],
    lines: Iterator[list[str]],
    findings: Findings,
) -> list[TableColumn]:
    rows = [row for row in lines if row]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            message = f"row {number} has {len(row)} cells, the table has {len(names)} columns"
            findings.error("obscore/row-length", f"row {number}", len(row), message)
            return []
    columns = zip(*rows, strict=True) if rows else [() for _ in names]
    return [
        TableColumn(name, units.get(name, ""), cells)
        for name, cells in zip(names, columns, strict=True)
    ]


def _json(data: bytes, findings: Findings) -> list[TableColumn]:
    """A list of objects: each is a row, with its columns by name."""
    text = decode_text(data, findings)
    told = None if text is None else JsonText(text, findings).only_value()
    if told is None:  # its finding is made already
        return []
    rows = [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []
    if not isinstance(told, list) or not rows or len(rows) < len(told):
        raise ValueError("it is no list of objects, one for each row")
    names = list(dict.fromkeys(name for row in rows for name in row))
    if len(names) * len(rows) > _MAX_CELLS:
        raise _HostileTableError("its rows, with all columns that any has, would fill the memory")
    return [TableColumn(name, "", [_of_json(row.get(name)) for row in rows]) for name in names]


def _of_json(value: Json, dimensions: int = 2) -> object:
    """A cell; numbers as they are written, and floats where they are an array."""
    if isinstance(value, dict) or (isinstance(value, list) and not dimensions):
        return {}  # no cell, however deep it is
    if isinstance(value, list):
        inner = (_of_json(item, dimensions - 1) for item in value)
        numbers = zip(value, inner, strict=True)
        return [float(v.lexical) if isinstance(v, Integer | Real) else cell for v, cell in numbers]
    return value.lexical if isinstance(value, Integer | Real) else value


# -- FITS ------------------------------------------------------------------------------------------


def _fits(data: bytes, _findings: Findings) -> list[TableColumn]:
    from astropy.io import fits  # noqa: PLC0415  takes half a second, for this format only
    from astropy.table import Table  # noqa: PLC0415  as above

    with fits.open(io.BytesIO(data), memmap=False, disable_image_compression=True) as hdus:
        tables = [hdu for hdu in hdus if isinstance(hdu, fits.BinTableHDU | fits.TableHDU)]
        hdu = _with_datasets(tables, lambda hdu: hdu.columns.names)
        # a description in YAML, which astropy would load with its own tags
        hdu.header.remove("COMMENT", ignore_missing=True, remove_all=True)
        table = Table.read(hdu, format="fits", unit_parse_strict="silent")
    return [_column(name, table[name].unit, table[name]) for name in table.colnames]


def _with_datasets(tables: Sequence[Any], names: Callable[[Any], Sequence[str]]) -> Any:  # noqa: ANN401  astropy publishes no types
    """The first table that names its datasets, else the first."""
    if not tables:
        raise ValueError("there is no table in it")
    for table in tables:
        if _DID in {name.lower() for name in names(table)}:
            return table
    return tables[0]


def _column(name: str, unit: object, array: Any) -> TableColumn:  # noqa: ANN401  numpy behind untyped astropy
    import numpy as np  # noqa: PLC0415  comes with astropy

    mask = np.ma.getmaskarray(array)
    if mask.ndim == 1 and mask.dtype == bool:
        masked = mask.tolist()
    else:  # cells that are arrays
        masked = [bool(np.all(cell)) for cell in mask]
    cells = [
        None if hidden else cell
        for cell, hidden in zip(np.ma.getdata(array).tolist(), masked, strict=True)
    ]
    return TableColumn(name, "" if unit is None else str(unit), cells)


# -- VOTable ---------------------------------------------------------------------------------------


def _votable(data: bytes, findings: Findings) -> list[TableColumn]:
    _Inspection().look_through(data)
    from astropy.io import votable  # noqa: PLC0415  takes half a second, for this format only

    parsed = votable.parse(io.BytesIO(data), verify="warn")
    for resource in parsed.resources:
        _note_status(resource.infos, findings)
    tables = list(parsed.iter_tables())
    table = _with_datasets(tables, lambda table: [field.name for field in table.fields])
    return [
        # not by `to_table`: it renames what is there twice
        _column(field.name, field.unit, table.array[key])
        for field, key in zip(table.fields, table.array.dtype.names, strict=True)
    ]


def _note_status(infos: Sequence[Any], findings: Findings) -> None:
    """Tell what the service that wrote the table said of it (DALI 1.1, section 4.4.1)."""
    for info in infos:
        if info.name == "QUERY_STATUS" and info.value == "ERROR":
            message = "the table is the answer of a service to a query that failed"
            findings.error("obscore/query-status", "", info.content or info.value, message)
        elif info.name == "QUERY_STATUS" and info.value == "OVERFLOW":
            message = "the service that wrote the table cut it off: it has more rows"
            findings.warning("obscore/query-status", "", info.value, message)


class _Inspection:
    """One pass over a VOTable for what must not reach astropy."""

    def __init__(self) -> None:
        self._rows = self._claimed = self._width = 0

    def look_through(self, data: bytes) -> None:
        """Raise what is wrong with the XML, or hostile in it."""
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._element
        parser.Parse(data, True)  # noqa: FBT003  the C function takes it by position
        if max(self._rows, self._claimed) * self._width > max(_MAX_CELLS, len(data)):
            raise _HostileTableError("its rows, of the declared width, would fill the memory")

    @staticmethod
    def _doctype(*_: object) -> None:
        raise _HostileTableError("it declares a document type; entities are not expanded")

    def _element(self, tag: str, attributes: dict[str, str]) -> None:
        match tag.rpartition(":")[2].upper():
            case "TR":
                self._rows += 1
            case "FIELD":
                self._width += _width(attributes.get("arraysize", "1"))
            case "TABLE":
                self._claimed = max(self._claimed, int(attributes.get("nrows") or 0))
            case "STREAM" if any(key.rpartition(":")[2] == "href" for key in attributes):
                raise _HostileTableError("its data are elsewhere (STREAM href); nothing is fetched")
            case _:
                pass


def _width(arraysize: str) -> int:
    """Elements that each cell holds in memory; a variable last dimension holds none in advance."""
    if arraysize.endswith("*"):
        return 1
    return prod(max(int(size), 1) for size in arraysize.split("x"))
