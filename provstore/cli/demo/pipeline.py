"""What the array's pipeline runs from DL0 to DL2: the tools, their files and settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from provstore.cli.demo.night import IMPACT, RETRIED_RUN, Calibration, Run, night_name
from provstore.cli.demo.seeded import Seeded

_DATA: Final = "/data/dca"
_IMAGE_STAGE_VERSION: Final = "0.19.0"


@dataclass(frozen=True, slots=True)
class Maker:
    """The activity that made a file, as the file's reference metadata tells it."""

    name: str
    uuid: str
    version: str
    start: datetime
    stop: datetime
    software: str = "ctapipe"


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of the pipeline, with what its reference metadata says."""

    path: str
    product_id: str
    obs_id: str
    category: str
    levels: str
    description: str
    format: str
    maker: Maker

    @property
    def name(self) -> str:
        """The base name."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ToolRun:
    """One execution of a ctapipe tool."""

    maker: Maker
    config_file: str
    inputs: Sequence[tuple[str, DataFile]]
    """Role and file."""
    outputs: Sequence[tuple[str, DataFile]]
    """Role and file; none where it failed."""
    config: Mapping[str, Any]
    exit_code: int = 0


def night_tools(runs: Sequence[Run], seeded: Seeded) -> list[ToolRun]:
    """Every execution of a night, in the order in which they end: that of a shared log."""
    tools = (tool for run in runs for tool in _run_tools(run, seeded))
    return sorted(tools, key=lambda tool: tool.maker.stop)


def _run_tools(run: Run, seeded: Seeded) -> Iterator[ToolRun]:
    if run.opens_calibration:
        yield _calibrate(run.calibration, seeded)
    yield _make_images(run, seeded)
    if run.number == RETRIED_RUN:
        yield _failed_reconstruction(run, seeded)
    yield _reconstruct(run, seeded)


def _maker(what: str, name: str, version: str, start: datetime, seeded: Seeded) -> Maker:
    lasted = timedelta(milliseconds=seeded.between(f"time {what}", 240_000, 480_000))
    return Maker(name, seeded.uuid(f"activity {what}"), version, start, start + lasted)


def _acquired(what: str, start: datetime, stop: datetime, seeded: Seeded) -> Maker:
    uuid = seeded.uuid(f"activity acquisition {what}")
    return Maker("array-data-handler", uuid, "4.1.0", start, stop, software="adh")


def _folder(level: str, night: int) -> str:
    return f"{_DATA}/{level}/{night_name(night)}"


def _config_file(name: str) -> str:
    return f"{_DATA}/config/{name}.yaml"


# ---- calibration


def _calibration_maker(calibration: Calibration, seeded: Seeded) -> Maker:
    start = calibration.taken + timedelta(minutes=1)
    name = "ctapipe-calculate-camcal-coefficients"
    what = f"coefficients {calibration.number}"
    return _maker(what, name, calibration.version, start, seeded)


def _calibration_light(calibration: Calibration, seeded: Seeded) -> DataFile:
    number = calibration.number
    stop = calibration.taken + timedelta(minutes=1)
    return DataFile(
        f"{_folder('DL0', calibration.night)}/run{number}.flatfield.dl0.fits.fz",
        seeded.uuid(f"product dl0 {number}"),
        str(number),
        "CAL",
        "DL0",
        "Flat-field and pedestal events",
        "fits",
        _acquired(str(number), calibration.taken, stop, seeded),
    )


def coefficients(calibration: Calibration, seeded: Seeded) -> DataFile:
    """The file of calibration coefficients."""
    mark = "_LAMP_OFF" if calibration.is_bad else ""
    remark = ". The flat-field lamp was off: do not use" if calibration.is_bad else ""
    return DataFile(
        f"{_folder('CAL', calibration.night)}/camcal{calibration.number}{mark}.h5",
        seeded.uuid(f"product coefficients {calibration.number}"),
        str(calibration.number),
        "CAL",
        "",
        f"Camera calibration coefficients{remark}",
        "hdf5",
        _calibration_maker(calibration, seeded),
    )


def _calibrate(calibration: Calibration, seeded: Seeded) -> ToolRun:
    result = coefficients(calibration, seeded)
    light = _calibration_light(calibration, seeded)
    return ToolRun(
        result.maker,
        _config_file("camcal"),
        [("Event", light)],
        [("CalibrationCoefficients", result)],
        {
            "CamCalibTool": {
                "input_url": light.path,
                "output_path": result.path,
                "PixelStatisticsCalculator": {"chunk_size": 2500, "min_events": 500},
                "SigmaClippingExtractor": {"max_sigma": 4, "iterations": 5},
            }
        },
    )


# ---- images and their parameters: DL0 to DL1


def _raw(run: Run, seeded: Seeded) -> DataFile:
    return DataFile(
        f"{_folder('DL0', run.night)}/run{run.number}.dl0.fits.fz",
        seeded.uuid(f"product dl0 {run.number}"),
        run.obs_id,
        "EVT",
        "DL0",
        f"Raw events of {run.target.name}",
        "fits",
        _acquired(run.obs_id, run.start, run.stop, seeded),
    )


def _images(run: Run, seeded: Seeded) -> DataFile:
    start = run.stop + timedelta(seconds=30)
    what = f"dl1 {run.number}"
    return DataFile(
        f"{_folder('DL1', run.night)}/run{run.number}.dl1.h5",
        seeded.uuid(f"product {what}"),
        run.obs_id,
        "EVT",
        "DL1_IMAGES,DL1_PARAMETERS",
        "ctapipe Data Product",
        "hdf5",
        _maker(what, "ctapipe-process", _IMAGE_STAGE_VERSION, start, seeded),
    )


def _make_images(run: Run, seeded: Seeded) -> ToolRun:
    raw, images = _raw(run, seeded), _images(run, seeded)
    calibration = coefficients(run.calibration, seeded)
    return ToolRun(
        images.maker,
        _config_file("dl0_to_dl1"),
        [("Event", raw), ("CalibrationCoefficients", calibration)],
        [("DL1/Event", images)],
        _image_config(raw.path, images.path, calibration.path),
    )


def _image_config(source: str, result: str, calibration: str) -> dict[str, Any]:
    cleaning = {
        "picture_threshold_pe": [["type", "*", 8.0]],
        "boundary_threshold_pe": [["type", "*", 4.0]],
        "min_picture_neighbors": [["type", "*", 2]],
    }
    return {
        "ProcessorTool": {
            "force_recompute_dl1": False,
            "EventSource": {"input_url": source, "max_events": None},
            "CameraCalibrator": {
                "image_extractor_type": [["type", "*", "LocalPeakWindowSum"]],
                "coefficients_path": calibration,
            },
            "ImageProcessor": {
                "image_cleaner_type": "TailcutsImageCleaner",
                "TailcutsImageCleaner": cleaning,
            },
            "DataWriter": _writer(result, images=True),
        }
    }


def _writer(path: str, *, images: bool) -> dict[str, Any]:
    return {
        "output_path": path,
        "write_dl1_images": images,
        "write_dl1_parameters": True,
        "write_dl2": not images,
    }


# ---- showers: DL1 to DL2


def showers(run: Run, seeded: Seeded) -> DataFile:
    """The DL2 file of a run."""
    start = run.stop + timedelta(minutes=15)
    return DataFile(
        f"{_folder('DL2', run.night)}/run{run.number}.dl2.h5",
        seeded.uuid(f"product dl2 {run.number}"),
        run.obs_id,
        "EVT",
        "DL1_PARAMETERS,DL2",
        "ctapipe Data Product",
        "hdf5",
        _maker(f"dl2 {run.number}", "ctapipe-process", run.reconstruction, start, seeded),
    )


def _reconstruct(run: Run, seeded: Seeded) -> ToolRun:
    images, result = _images(run, seeded), showers(run, seeded)
    return ToolRun(
        result.maker,
        _config_file("dl1_to_dl2"),
        [("Event", images)],
        [("DL2/Event", result)],
        _shower_config(run.target.method, images.path, result.path),
    )


def _failed_reconstruction(run: Run, seeded: Seeded) -> ToolRun:
    images, result = _images(run, seeded), showers(run, seeded)
    start = images.maker.stop + timedelta(seconds=10)
    uuid = seeded.uuid(f"activity dl2 {run.number} first attempt")
    stop = start + timedelta(seconds=41)
    return ToolRun(
        Maker("ctapipe-process", uuid, run.reconstruction, start, stop),
        _config_file("dl1_to_dl2"),
        [("Event", images)],
        [],
        _shower_config(run.target.method, images.path, result.path),
        exit_code=1,
    )


def _shower_config(method: str, source: str, result: str) -> dict[str, Any]:
    # a fit of whole images bears fainter ones than an axis through their moments
    least = 30 if method == IMPACT else 50
    criteria = [
        [f"> {least} phe", f"parameters.hillas.intensity > {least}"],
        ["Positive width", "parameters.hillas.width.value > 0"],
        ["> 3 pixels", "parameters.morphology.n_pixels > 3"],
    ]
    return {
        "ProcessorTool": {
            "force_recompute_dl2": True,
            "HDF5EventSource": {"input_url": source, "max_events": None},
            "ShowerProcessor": {
                "reconstructor_types": [method],
                method: {"StereoQualityQuery": {"quality_criteria": criteria}},
            },
            "DataWriter": _writer(result, images=False),
            "EventTypeFilter": {"allowed_types": None},
        }
    }
