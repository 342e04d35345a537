"""The datasets of the demo observatory's archive: what it publishes, under which names."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from provstore.cli.demo.night import DATASETS, HOME, Analysis, Run, Target, night_name
from provstore.cli.demo.pipeline import showers
from provstore.cli.demo.seeded import Seeded

_FITS: Final = "application/fits"
_SELECTED_AFTER: Final = timedelta(hours=12)
_SELECTIONS_APART: Final = timedelta(minutes=3)
_ANALYSED_AFTER: Final = timedelta(days=1)
_CATALOGUED_AFTER: Final = timedelta(days=3)
_PRODUCT_TYPES: Final = {"spectrum": "spectrum", "map": "image", "light-curve": "timeseries"}
_CALIB_LEVELS: Final = {"DL2": 1, "DL3": 2, "DL4": 4, "DL5": 4}


@dataclass(frozen=True, slots=True)
class Dataset:
    """One file of the archive."""

    name: str
    """Local part of the IVOID."""
    level: str
    product_type: str
    obs_id: str
    file_name: str
    product_id: str
    created: datetime
    title: str
    runs: Sequence[Run] = field(repr=False)
    """The observations in it."""
    target: Target | None
    """None for a catalogue."""
    access_format: str = _FITS

    @property
    def did(self) -> str:
        """The dataset's IVOID, ``obs_publisher_did``."""
        return DATASETS + self.name

    @property
    def access_url(self) -> str:
        """Where it can be fetched."""
        return f"{HOME}archive/{self.level.lower()}/{self.file_name}"

    @property
    def calib_level(self) -> int:
        """From 0, raw, to 4, analysis products (ObsCore 1.1, 4.2); not the data level."""
        return _CALIB_LEVELS[self.level]


def selected_at(run: Run, cuts: str) -> datetime:
    """When the event selection of a run begins: the day after, one choice after the other."""
    return run.stop + _SELECTED_AFTER + run.target.cuts.index(cuts) * _SELECTIONS_APART


def analysed_at(runs: Sequence[Run]) -> datetime:
    """When an analysis begins: a day after its last run."""
    return runs[-1].stop + _ANALYSED_AFTER


def catalogued_at(runs: Sequence[Run]) -> datetime:
    """When the catalogue is built."""
    return runs[-1].stop + _CATALOGUED_AFTER


def reconstructed_events(run: Run, seeded: Seeded) -> Dataset:
    """The DL2 file of a run, as the archive names it."""
    file = showers(run, seeded)
    return Dataset(
        f"dl2-{run.obs_id}",
        "DL2",
        "event",
        run.obs_id,
        file.name,
        file.product_id,
        file.maker.stop,
        f"Reconstructed events of {run.target.name}, run {run.obs_id}",
        [run],
        run.target,
        "application/x-hdf5",
    )


def event_list(run: Run, cuts: str, seeded: Seeded) -> Dataset:
    """The DL3 file of a run, with one choice of cuts."""
    return Dataset(
        f"dl3-{run.obs_id}-{cuts}",
        "DL3",
        "event",
        run.obs_id,
        f"run{run.obs_id}.{cuts}.dl3.fits.gz",
        seeded.uuid(f"product dl3 {run.number} {cuts}"),
        selected_at(run, cuts) + timedelta(minutes=2),
        f"Gamma-like events of {run.target.name}, run {run.obs_id}, {cuts} cuts",
        [run],
        run.target,
    )


def analysis_product(
    target: Target, analysis: Analysis, runs: Sequence[Run], seeded: Seeded
) -> Dataset:
    """A DL4 product of a target."""
    slug = f"{target.slug}-{analysis.kind}"
    return Dataset(
        f"dl4-{slug}",
        "DL4",
        _PRODUCT_TYPES[analysis.kind],
        slug,
        f"{slug}.dl4.fits",
        seeded.uuid(f"product dl4 {slug}"),
        analysed_at(runs) + timedelta(minutes=20),
        f"{analysis.kind.replace('-', ' ').capitalize()} of {target.name}",
        runs,
        target,
    )


def source_catalogue(runs: Sequence[Run], seeded: Seeded) -> Dataset:
    """The DL5 catalogue."""
    return Dataset(
        "dl5-catalogue-1",
        "DL5",
        "measurements",
        "catalogue-1",
        "catalogue-1.dl5.fits",
        seeded.uuid("product dl5 catalogue-1"),
        catalogued_at(runs) + timedelta(minutes=5),
        "Catalogue of very-high-energy sources, first release",
        runs,
        None,
    )


def run_datasets(runs: Sequence[Run], seeded: Seeded) -> Iterator[Dataset]:
    """What the archive holds of single runs."""
    for run in runs:
        yield reconstructed_events(run, seeded)
        for cuts in run.target.cuts:
            yield event_list(run, cuts, seeded)


def night_file(stem: str, runs: Sequence[Run]) -> str:
    """The name of a file that belongs to a night."""
    return f"{stem}-{night_name(runs[0].night)}"
