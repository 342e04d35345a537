"""The archive's ObsCore table, as an ECSV file.

Columns, units and nulls are those of ObsCore 1.1, section 4, with the pointing, observing and array
columns of the observatory's extension and the product id of the file. The header is that of ECSV
1.0 (astropy APE 6).
"""

import csv
import io
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from provstore.cli.demo.archive import Dataset
from provstore.cli.demo.night import EXPOSURE, FACILITY, GALACTIC_PLANE, INSTRUMENT, Run

Cell = str | int | float | None


class _Column(NamedTuple):
    name: str
    datatype: str
    unit: str = ""


_COLUMNS: Final = (
    _Column("dataproduct_type", "string"),
    _Column("dataproduct_subtype", "string"),
    _Column("calib_level", "int32"),
    _Column("obs_collection", "string"),
    _Column("obs_id", "string"),
    _Column("obs_title", "string"),
    _Column("obs_creation_date", "string"),
    _Column("obs_creator_name", "string"),
    _Column("obs_publisher_did", "string"),
    _Column("product_id", "string"),
    _Column("access_url", "string"),
    _Column("access_format", "string"),
    _Column("access_estsize", "int64", "kbyte"),
    _Column("target_name", "string"),
    _Column("target_class", "string"),
    _Column("s_ra", "float64", "deg"),
    _Column("s_dec", "float64", "deg"),
    _Column("s_fov", "float64", "deg"),
    _Column("s_region", "string"),
    _Column("s_resolution", "float64", "arcsec"),
    _Column("s_xel1", "int64"),
    _Column("s_xel2", "int64"),
    _Column("t_min", "float64", "d"),
    _Column("t_max", "float64", "d"),
    _Column("t_exptime", "float64", "s"),
    _Column("t_resolution", "float64", "s"),
    _Column("t_xel", "int64"),
    _Column("em_min", "float64", "m"),
    _Column("em_max", "float64", "m"),
    _Column("em_res_power", "float64"),
    _Column("em_xel", "int64"),
    _Column("o_ucd", "string"),
    _Column("pol_states", "string"),
    _Column("pol_xel", "int64"),
    _Column("facility_name", "string"),
    _Column("instrument_name", "string"),
    _Column("proposal_id", "string"),
    _Column("data_rights", "string"),
    _Column("sub_array_name", "string"),
    _Column("pointing_mode", "string"),
    _Column("obs_mode", "string"),
)

_MJD_ZERO: Final = datetime(1858, 11, 17, tzinfo=UTC)
_EV_METRE: Final = 1.239841984332e-6
"""Wavelength times energy: hc, in eV m."""
_ENERGY_MIN_EV, _ENERGY_MAX_EV = 0.05e12, 50e12
_FIELD_OF_VIEW_DEG: Final = 8.0
_SIZES_KBYTE: Final = {"DL2": 900_000, "DL3": 12_000, "DL4": 700, "DL5": 90}
_OBSERVABLES: Final = {
    "event": "phot.count",
    "spectrum": "phot.flux.density;em.gamma",
    "image": "phot.flux;em.gamma",
    "timeseries": "phot.flux;em.gamma",
}
_MAP_BINS: Final = 400
_SPECTRUM_BINS: Final = 18


def obscore_text(datasets: Iterable[Dataset]) -> str:
    """The table with one row per dataset."""
    buffer = io.StringIO()
    buffer.writelines(f"# {line}\n" for line in _header())
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(column.name for column in _COLUMNS)
    for dataset in datasets:
        row = _row(dataset)
        writer.writerow(row[column.name] for column in _COLUMNS)
    return buffer.getvalue()


def _header() -> Iterable[str]:
    yield from ("%ECSV 1.0", "---", "delimiter: ','", "datatype:")
    for column in _COLUMNS:
        unit = f"unit: {column.unit}, " if column.unit else ""
        yield f"- {{name: {column.name}, {unit}datatype: {column.datatype}}}"
    yield "schema: astropy-2.0"


def _row(dataset: Dataset) -> dict[str, Cell]:
    return {
        **_identity(dataset),
        **_sky(dataset),
        **_axes(dataset),
        **_configuration(dataset),
    }


def _identity(dataset: Dataset) -> dict[str, Cell]:
    return {
        "dataproduct_type": dataset.product_type,
        "dataproduct_subtype": dataset.level,
        "calib_level": dataset.calib_level,
        "obs_collection": f"DCO-{dataset.level}",
        "obs_id": dataset.obs_id,
        "obs_title": dataset.title,
        "obs_creation_date": dataset.created.replace(tzinfo=None).isoformat(
            timespec="milliseconds"
        ),
        "obs_creator_name": FACILITY,
        "obs_publisher_did": dataset.did,
        "product_id": dataset.product_id,
        "access_url": dataset.access_url,
        "access_format": dataset.access_format,
        "access_estsize": _SIZES_KBYTE[dataset.level],
    }


def _sky(dataset: Dataset) -> dict[str, Cell]:
    target = dataset.target
    if target is None:
        names = ("target_name", "target_class", "s_ra", "s_dec", "s_fov", "s_region")
        return dict.fromkeys(names)
    radius = _FIELD_OF_VIEW_DEG / 2
    return {
        "target_name": target.name,
        "target_class": target.target_class,
        "s_ra": target.ra,
        "s_dec": target.dec,
        "s_fov": _FIELD_OF_VIEW_DEG,
        "s_region": f"CIRCLE ICRS {target.ra} {target.dec} {radius}",
    }


def _axes(dataset: Dataset) -> dict[str, Cell]:
    kind = dataset.product_type
    pixels = _MAP_BINS if kind == "image" else -1
    return {
        "s_resolution": 360.0,
        "s_xel1": pixels,
        "s_xel2": pixels,
        "t_min": _mjd(dataset.runs[0].start),
        "t_max": _mjd(dataset.runs[-1].stop),
        "t_exptime": len(dataset.runs) * EXPOSURE.total_seconds(),
        "t_resolution": 1e-6 if kind == "event" else None,
        "t_xel": len(dataset.runs) if kind == "timeseries" else -1,
        "em_min": _EV_METRE / _ENERGY_MAX_EV,
        "em_max": _EV_METRE / _ENERGY_MIN_EV,
        "em_res_power": 10.0,
        "em_xel": _SPECTRUM_BINS if kind == "spectrum" else -1,
        "o_ucd": _OBSERVABLES.get(kind),
        "pol_states": None,
        "pol_xel": -1,
    }


def _configuration(dataset: Dataset) -> dict[str, Cell]:
    target = dataset.target
    single = dataset.runs[0] if dataset.level in {"DL2", "DL3"} else None
    return {
        "facility_name": FACILITY,
        "instrument_name": INSTRUMENT,
        "proposal_id": target.proposal if target else None,
        "data_rights": "public" if target is None or target.public else "proprietary",
        **_observing(single),
    }


def _observing(run: Run | None) -> dict[str, Cell]:
    """How a run was observed; a product of many runs inherits that from them."""
    if run is None:
        return dict.fromkeys(("sub_array_name", "pointing_mode", "obs_mode"))
    survey = run.target is GALACTIC_PLANE
    return {
        "sub_array_name": "MST" if survey else "LST+MST",
        "pointing_mode": run.pointing_mode,
        "obs_mode": "survey" if survey else "wobble",
    }


def _mjd(moment: datetime) -> float:
    return (moment - _MJD_ZERO) / timedelta(days=1)
