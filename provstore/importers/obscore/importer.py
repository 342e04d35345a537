"""ObsCore tables -> records, by the rules of ObsCore 1.1, in the units of its columns.

The file is read by `tables`, a cell by `cells`. Units are those of the file, since
real tables differ from the standard: gammapy writes energies in TeV where wavelengths in m are
asked for. Every error names the row, the column, the value and the rule.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.obscore.cells import doubt_about, value_of
from provstore.importers.obscore.rules import BrokenRuleError, Value, disorders
from provstore.importers.obscore.tables import TableColumn, astropy_at_work, read_columns
from provstore.importers.obscore.units import Scale, UnitError, scale
from provstore.model.identifiers import ivoid
from provstore.model.obscore import BY_NAME, COLUMNS, NUMBERS, Column, ObsCoreRecord, standard_name

_PRODUCT_ID: Final = "product_id"
_READ: Final[Mapping[str, Column]] = {**BY_NAME, _PRODUCT_ID: Column(_PRODUCT_ID, "text")}
"""What is read, by name: the columns of a record, and the ``CTA PRODUCT ID`` of the file."""
_OF_CTA: Final = "cta_product_id"
_OTHER_BOUND: Final = {"em_min": "em_max", "em_max": "em_min"}
_UNIT_ELSEWHERE: Final = "o_stat_error"
"""Its unit is in another column, ``o_unit``."""


_SHOWN: Final = 80
"""Characters of a value within a message; the finding has more of it."""


class _Bad(Enum):
    """Stands where a cell has no value that can be kept; its finding is made already."""

    CELL = "bad"


_Cells = Sequence[Value | _Bad]


def read_obscore(data: bytes, findings: Findings, *, name: str = "") -> list[ObsCoreRecord]:
    """The records of an ObsCore table: VOTable, ECSV, FITS, CSV or JSON, gzipped or not.

    Parameters
    ----------
    data
        The whole file; its format is told by its content.
    findings
        Takes what was noticed. The caller refuses the file by `Findings.refuse_if_any`; rows with
        an error are not among the records.
    name
        What messages about the whole file call it.

    Returns
    -------
    list of ObsCoreRecord
        In the order of the rows; numbers in the units of `COLUMNS`. Of a column that the file gives
        as energies, frequencies or wave numbers, the lower bound is ``em_max``.

    Raises
    ------
    UnknownFormatError
        The bytes are none of the five formats.
    TooLargeError
        A gzipped file unpacks to more than the reader allows.
    NotInstalledError
        astropy, which comes with ``provstore[obscore]``, is not installed.
    """
    with astropy_at_work(findings):
        read = read_columns(data, findings, name=name)
        columns = _known(read, findings)
        scales = _scales(columns, findings)
    if not read or not _has_required(columns, findings) or len(scales) < len(columns):
        return []
    cells = {
        key: _values(column, _READ[key], scales[key], findings) for key, column in columns.items()
    }
    _check_unique(columns["obs_publisher_did"], cells["obs_publisher_did"], findings)
    return list(_records(_by_wavelength(cells, scales), findings))


# -- columns ---------------------------------------------------------------------------------------


def _known(columns: Sequence[TableColumn], findings: Findings) -> dict[str, TableColumn]:
    """The columns of ObsCore among those of the file, by their standard names."""
    found: dict[str, TableColumn] = {}
    ignored: list[str] = []
    for column in columns:
        key = _name_of(column)
        if key not in _READ:
            ignored.append(column.name)
        elif key in found:
            message = f"{column.name} is the column {key} once more"
            findings.error("obscore/duplicate-column", f"column {column.name}", key, message)
        else:
            found[key] = column
    _note(findings, "obscore/ignored-columns", ignored, "not columns of ObsCore: ignored")
    return found


def _name_of(column: TableColumn) -> str:
    name = standard_name(column.name)
    return _PRODUCT_ID if name == _OF_CTA else name


def _note(findings: Findings, rule: str, names: Sequence[str], message: str) -> None:
    if names:
        listed = ", ".join(names)
        findings.info(rule, "", listed, f"{listed}: {message}"[:500])


def _has_required(columns: Mapping[str, TableColumn], findings: Findings) -> bool:
    missing = [c.name for c in COLUMNS if c.required and c.name not in columns]
    for name in missing:
        message = f"the table has no column {name}, which may not be null (ObsCore 1.1, section 4)"
        findings.error("obscore/missing-column", f"column {name}", "", message)
    return not missing


def _scales(columns: Mapping[str, TableColumn], findings: Findings) -> dict[str, Scale]:
    """For each column, how its numbers become those of the standard's unit; none after an error."""
    scales: dict[str, Scale] = {}
    for key, column in columns.items():
        try:
            scales[key] = _scale(_READ[key], column.unit)
        except UnitError as error:
            message = f"column {column.name} has the unit {column.unit[:80]!r}: {error}"
            findings.error("obscore/unit", f"column {column.name}", column.unit, message)
    _note_units(columns, findings)
    _check_spectral(scales, findings)
    return scales


def _scale(standard: Column, unit: str) -> Scale:
    if not unit or not standard.unit:
        return Scale()
    return scale(unit, standard.unit, spectral=standard.name in _OTHER_BOUND)


def _note_units(columns: Mapping[str, TableColumn], findings: Findings) -> None:
    assumed = [key for key, c in columns.items() if _READ[key].unit and not c.unit]
    _note(findings, "obscore/no-unit", assumed, "no unit in the file, the standard's is assumed")
    unused = [key for key, c in columns.items() if c.unit and _has_no_unit(key)]
    _note(
        findings, "obscore/unit-ignored", unused, "the standard has no unit, the file's is ignored"
    )


def _has_no_unit(key: str) -> bool:
    column = _READ[key]
    return column.type in NUMBERS and not column.unit and key != _UNIT_ELSEWHERE


def _check_spectral(scales: dict[str, Scale], findings: Findings) -> None:
    """Drop the scale of ``em_max`` where one bound is a wavelength and the other an energy."""
    inverse = [scales[key].inverse for key in _OTHER_BOUND if key in scales]
    if any(inverse) and not all(inverse):
        message = "em_min and em_max are a wavelength and an energy: which is the lower is unclear"
        findings.error("obscore/unit", "column em_max", "em_min, em_max", message)
        del scales["em_max"]


# -- cells -----------------------------------------------------------------------------------------


def _values(
    column: TableColumn, standard: Column, scaling: Scale, findings: Findings
) -> list[Value | _Bad]:
    values: list[Value | _Bad] = []
    for number, cell in enumerate(column.cells, start=1):
        try:
            value = value_of(cell, standard, scaling)
        except BrokenRuleError as broken:
            _tell(findings.error, broken.rule, (number, column.name), cell, str(broken))
            values.append(_Bad.CELL)
        else:
            values.append(value)
            if doubt := doubt_about(cell, standard, value):
                rule, message = doubt
                _tell(findings.warning, rule, (number, column.name), cell, message)
    return values


_Place = tuple[int, str]


def _tell(
    tell: Callable[[str, str, object, str], None],
    rule: str,
    place: _Place,
    value: object,
    message: str,
) -> None:
    row, name = place
    shown = repr(value)
    shown = shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"
    tell(rule, f"row {row}, column {name}", value, f"row {row}: {name} = {shown} {message}")


def _check_unique(column: TableColumn, dids: _Cells, findings: Findings) -> None:
    seen: dict[str, int] = {}
    for number, did in enumerate(dids, start=1):
        name = ivoid(did) if isinstance(did, str) else None
        if name is None:
            continue
        first = seen.setdefault(name.value, number)
        if first != number:
            message = f"is the identifier of row {first} already (ObsCore 1.1, section 4)"
            _tell(findings.error, "obscore/duplicate-did", (number, column.name), did, message)


# -- rows ------------------------------------------------------------------------------------------


def _by_wavelength(
    cells: Mapping[str, _Cells], scales: Mapping[str, Scale]
) -> Mapping[str, _Cells]:
    """The columns, with energies put under the name of the wavelength bound that they are."""
    if not any(scales[key].inverse for key in _OTHER_BOUND if key in scales):
        return cells
    return {_OTHER_BOUND.get(key, key): values for key, values in cells.items()}


def _records(cells: Mapping[str, _Cells], findings: Findings) -> Iterator[ObsCoreRecord]:
    for number, row in enumerate(zip(*cells.values(), strict=True), start=1):
        values = {key: v for key, v in zip(cells, row, strict=True) if not isinstance(v, _Bad)}
        if _is_in_order(values, number, findings) and len(values) == len(cells):
            given = values.pop(_PRODUCT_ID, None)
            yield ObsCoreRecord(values, None if given is None else str(given))


def _is_in_order(values: Mapping[str, Value], number: int, findings: Findings) -> bool:
    found = list(disorders(values))
    for low, _, message in found:
        _tell(findings.error, "obscore/bounds", (number, low), values[low], message)
    return not found
