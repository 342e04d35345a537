"""Writes the demo observatory to a folder."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from provstore.cli.demo.archive import (
    Dataset,
    analysis_product,
    night_file,
    run_datasets,
    source_catalogue,
)
from provstore.cli.demo.ctapipe_log import log_text
from provstore.cli.demo.jobs import analysis_document, catalogue_document, selection_document
from provstore.cli.demo.night import (
    RUNS_PER_NIGHT,
    TARGETS,
    UNRECORDED_RUN,
    Analysis,
    Run,
    Target,
    plan_nights,
)
from provstore.cli.demo.obscore_table import obscore_text
from provstore.cli.demo.pipeline import night_tools
from provstore.cli.demo.readme import Story, readme_text, tell_story
from provstore.cli.demo.seeded import Seeded
from provstore.cli.demo.uws_job import is_run_on_demand, job_document
from provstore.errors import BadParameterError

_LOG_FOLDER: Final = "/data/dca/log"


@dataclass(frozen=True, slots=True)
class DemoNight:
    """The files that were written, and what to ask about them."""

    folder: Path
    documents: list[Path]
    """Provenance, to be pushed: logs of the nights, then one document per job."""
    obscore: list[Path]
    """Tables of the archive's datasets."""
    story: Story
    """The identifiers worth asking for."""

    @property
    def spectrum_did(self) -> str:
        """``obs_publisher_did`` of the Crab Nebula's DL4 spectrum."""
        return self.story.spectrum


def write_demo(folder: Path, *, runs: int = RUNS_PER_NIGHT, seed: int = 1) -> DemoNight:
    """Write the demo observatory: the same seed and number of runs give the same bytes.

    Parameters
    ----------
    folder
        Made if it is not there; files of the same names are replaced.
    runs
        Observations, `RUNS_PER_NIGHT` to a night.
    seed
        Of the identifiers and durations; names, versions and IVOIDs do not depend on it.

    Raises
    ------
    BadParameterError
        Fewer runs than a night has: what the demo shows would not all be there.
    """
    if runs < RUNS_PER_NIGHT:
        raise BadParameterError("runs", str(runs), f"at least {RUNS_PER_NIGHT}")
    folder.mkdir(parents=True, exist_ok=True)
    return _Writer(folder, list(plan_nights(runs)), Seeded(seed)).write()


@dataclass(frozen=True, slots=True)
class _Writer:
    folder: Path
    nights: Sequence[Sequence[Run]]
    seeded: Seeded

    def write(self) -> DemoNight:
        documents = [*self._logs(), *self._selections(), *self._analyses(), self._catalogue()]
        obscore = [*self._night_tables(), self._product_table()]
        story = tell_story(self.seeded)
        self._file("README.md", readme_text(story))
        return DemoNight(self.folder, documents, obscore, story)

    def _logs(self) -> Iterator[Path]:
        for runs in self.nights:
            name = night_file("night", runs) + ".provenance.log"
            yield self._file(
                name, *log_text(night_tools(runs, self.seeded), f"{_LOG_FOLDER}/{name}")
            )

    def _selections(self) -> Iterator[Path]:
        for run in self._runs():
            for cuts in run.target.cuts if run.number != UNRECORDED_RUN else ():
                text = selection_document(run, cuts, self.seeded)
                yield self._file(f"selection-{run.obs_id}-{cuts}.json", text)

    def _analyses(self) -> Iterator[Path]:
        for target, analysis, runs in self._planned_analyses():
            name = f"analysis-{target.slug}-{analysis.kind}"
            if is_run_on_demand(target, analysis):
                text = job_document(target, analysis, runs, self.seeded)
                yield self._file(f"{name}.xml", text)
            else:
                text = analysis_document(target, analysis, runs, self.seeded)
                yield self._file(f"{name}.json", text)

    def _catalogue(self) -> Path:
        products = [p for p in self._products() if p.product_type != "timeseries"]
        text = catalogue_document(products, list(self._runs()), self.seeded)
        return self._file("catalogue-1.json", text)

    def _night_tables(self) -> Iterator[Path]:
        for runs in self.nights:
            datasets = run_datasets(runs, self.seeded)
            yield self._file(night_file("obscore", runs) + ".ecsv", obscore_text(datasets))

    def _product_table(self) -> Path:
        catalogue = source_catalogue(list(self._runs()), self.seeded)
        return self._file("obscore-products.ecsv", obscore_text([*self._products(), catalogue]))

    def _products(self) -> Iterator[Dataset]:
        for target, analysis, runs in self._planned_analyses():
            yield analysis_product(target, analysis, runs, self.seeded)

    def _planned_analyses(self) -> Iterator[tuple[Target, Analysis, list[Run]]]:
        for target in TARGETS:
            runs = [run for run in self._runs() if run.target is target]
            for analysis in target.analyses:
                yield target, analysis, runs

    def _runs(self) -> Iterator[Run]:
        for night in self.nights:
            yield from night

    def _file(self, name: str, *texts: str) -> Path:
        path = self.folder / name
        path.write_bytes("".join(texts).encode())
        return path
