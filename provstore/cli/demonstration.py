"""The demo: files of a made-up night, or a whole archive at work on them."""

import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final
from urllib.parse import urlencode

import typer

from provstore.cli.demo import DemoNight, write_demo
from provstore.cli.demo.night import RUNS_PER_NIGHT
from provstore.cli.local_server import LocalServer, local_server
from provstore.cli.options import AsJson
from provstore.cli.output import (
    Cell,
    note,
    on_terminal,
    print_json,
    print_line,
    print_table,
    progress,
)
from provstore.cli.trace import STEPS, Trace, TracedDataset
from provstore.client import Client
from provstore.client.delivery import with_retries
from provstore.errors import ServerError

COLUMNS: Final = ("obs_id", "target", "level", "step", "program", "version", "cuts")
_RUN_STEPS: Final = tuple(STEPS)[:-1]
"""What every DL3 run went through; the analysis is the spectrum's own step."""

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", file_okay=False, help="Write the files there and do no more."),
]
Runs = Annotated[int, typer.Option("--runs", help="Observations; a night has twelve.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")]


def demo(
    folder: Folder = None, runs: Runs = RUNS_PER_NIGHT, seed: Seed = 1, as_json: AsJson = False
) -> None:
    """Show provstore at work on a made-up night of a Cherenkov array.

    With DIR the files of the night are written there. Without it a server is started with an empty
    catalogue, the files are pushed as a pipeline would, and the runs behind a spectrum are printed
    with versions and cuts. On a terminal the server goes on until Ctrl-C.
    """
    if folder is None:
        _at_work(runs, seed, as_json)
    else:
        _files(folder, runs, seed, as_json)


def _files(folder: Path, runs: int, seed: int, as_json: bool) -> None:
    night = write_demo(folder, runs=runs, seed=seed)
    if as_json:
        print_json(
            {
                "documents": [str(path) for path in night.documents],
                "obscore": [str(path) for path in night.obscore],
                "spectrum": night.spectrum_did,
            }
        )
        return
    for path in (*night.documents, *night.obscore):
        print_line(str(path))
    note(f"Next: read {folder / 'README.md'}, or load all of it:")
    note(f"  provstore ingest {folder} && provstore obscore {folder}/obscore*")
    note(f"  provstore lineage '{night.spectrum_did}' --stop DL3")


def _at_work(runs: int, seed: int, as_json: bool) -> None:
    for wanted in (signal.SIGTERM, signal.SIGHUP):  # or else the server would outlive this command
        signal.signal(wanted, lambda number, _frame: sys.exit(128 + number))
    with TemporaryDirectory(prefix="provstore-demo-") as folder:
        night = write_demo(Path(folder) / "night", runs=runs, seed=seed)
        note(f"a night of {runs} runs is in {night.folder}")
        with local_server(Path(folder) / "data") as server:
            note(f"a server with an empty catalogue is at {server.url}")
            _show(server, night, as_json)


def _show(server: LocalServer, night: DemoNight, as_json: bool) -> None:
    client = Client(server.url, token="")
    _fill(client, night)
    trace = Trace(client.lineage(night.spectrum_did))
    spectrum, runs = trace.root(), trace.datasets("DL3")
    _check(spectrum, runs)
    if as_json:
        _print_as_json(server.url, spectrum, runs)
    else:
        _print(server.url, spectrum, runs)
    if on_terminal():
        note("The server goes on; Ctrl-C stops it.")
        with suppress(KeyboardInterrupt):
            server.wait()


def _fill(client: Client, night: DemoNight) -> None:
    for document in progress(night.documents, "pushing"):
        with_retries(lambda path=document: client.push(path))  # type: ignore[misc]  # the default binds the loop's path
    for table in progress(night.obscore, "loading ObsCore"):
        with_retries(lambda path=table: client.obscore(path))  # type: ignore[misc]  # as above
    note(f"{len(night.documents)} documents and {len(night.obscore)} ObsCore tables are in")


def _check(spectrum: TracedDataset, runs: list[TracedDataset]) -> None:
    """Let nothing be shown that is not whole.

    Raises
    ------
    ServerError
        A step is missing in the answer.
    """
    expected = [(run, _RUN_STEPS) for run in runs] + [(spectrum, (tuple(STEPS)[-1],))]
    for dataset, names in expected:
        if tuple(step.name for step in dataset.steps) != tuple(names):
            raise ServerError(f"the lineage of {dataset.id} lacks a step: {dataset.steps}")
    if not runs:
        raise ServerError(f"the lineage of {spectrum.id} has no DL3 run")


def _print(url: str, spectrum: TracedDataset, runs: list[TracedDataset]) -> None:
    print_line(f"The DL3 runs behind the {spectrum.level} spectrum {spectrum.id}:")
    print_line("")
    print_table(COLUMNS, _rows([*runs, spectrum]))
    print_line("")
    for what, address in _addresses(url, spectrum.id).items():
        print_line(f"{what}: {address}")


def _rows(datasets: list[TracedDataset]) -> Iterator[tuple[Cell, ...]]:
    for dataset in datasets:
        for step in dataset.steps:
            shown = (dataset.obs_id, dataset.target, dataset.level)
            yield *shown, step.name, step.program, step.version, step.cuts


def _addresses(url: str, did: str) -> dict[str, str]:
    asked = urlencode({"ID": did})
    return {
        "page": f"{url}/dataset?{asked}",
        "lineage": f"{url}/api/v1/lineage?{asked}&stop=DL3",
        "docs": f"{url}/docs",
    }


def _print_as_json(url: str, spectrum: TracedDataset, runs: list[TracedDataset]) -> None:
    print_json(
        {
            "spectrum": asdict(spectrum),
            "runs": [asdict(run) for run in runs],
            "urls": _addresses(url, spectrum.id),
        }
    )
