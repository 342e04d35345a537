"""The demo: files of a made-up night, or a whole archive at work on them."""

import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final
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
from provstore.errors import BadParameterError, ConflictError, ServerError
from provstore.model.lineage import CATALOGUE_ENGINE, GRAPH_ENGINE

COLUMNS: Final = ("obs_id", "target", "level", "step", "program", "version", "cuts")
_RUN_STEPS: Final = tuple(STEPS)[:-1]
"""What every DL3 run went through; the analysis is the spectrum's own step."""
_GRAPH_PATIENCE_S: Final = 60.0
_POLL_S: Final = 0.2

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", file_okay=False, help="Write the files there and do no more."),
]
Runs = Annotated[int, typer.Option("--runs", help="Observations; a night has twelve.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same bytes.")]
OnServers = Annotated[
    bool,
    typer.Option("--server", help="On the servers of DATABASE_URL and GRAPH_URL, which are empty."),
]


def demo(
    folder: Folder = None,
    runs: Runs = RUNS_PER_NIGHT,
    seed: Seed = 1,
    on_servers: OnServers = False,
    as_json: AsJson = False,
) -> None:
    """Show provstore at work on a made-up night of a Cherenkov array.

    With DIR the files of the night are written there. Without it a server is started with an empty
    catalogue, the files are pushed as a pipeline would, and the runs behind a spectrum are printed
    with versions and cuts. On a terminal the server goes on until Ctrl-C. With --server the
    catalogue is in PostgreSQL and the answers come from Neo4j.
    """
    if folder is not None:
        _files(folder, runs, seed, as_json)
    elif on_servers:
        _at_work(runs, seed, as_json, GRAPH_ENGINE, _servers())
    else:
        _at_work(runs, seed, as_json, CATALOGUE_ENGINE, {})


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


def _servers() -> dict[str, str]:
    """The settings of the environment that say where PostgreSQL and Neo4j are.

    Raises
    ------
    BadParameterError
        One of the two is not named.
    ConflictError
        The catalogue or the graph is in use: the demo would be among what others keep there.
    """
    from provstore.cli.embedded import settings
    from provstore.factory import in_use

    known = settings()
    for name in ("database_url", "graph_url"):
        if not getattr(known, name):
            allowed = "the address of a server; `make demo-server` starts both"
            raise BadParameterError(f"PROVSTORE_{name.upper()}", "", allowed)
    held = in_use(known)
    if held:
        raise ConflictError(f"the demo wants an empty catalogue and graph: {'; '.join(held)}")
    return {
        "PROVSTORE_DATABASE_URL": known.catalogue_url,
        "PROVSTORE_GRAPH_URL": known.graph_url,
        "PROVSTORE_GRAPH_USER": known.graph_user,
        "PROVSTORE_GRAPH_PASSWORD": known.graph_password.get_secret_value(),
    }


def _at_work(runs: int, seed: int, as_json: bool, engine: str, settings: Mapping[str, str]) -> None:
    for wanted in (signal.SIGTERM, signal.SIGHUP):  # or else the server would outlive this command
        signal.signal(wanted, lambda number, _frame: sys.exit(128 + number))
    with TemporaryDirectory(prefix="provstore-demo-") as folder:
        night = write_demo(Path(folder) / "night", runs=runs, seed=seed)
        note(f"a night of {runs} runs is in {night.folder}")
        with local_server(Path(folder) / "data", settings) as server:
            note(f"a server with an empty catalogue is at {server.url}")
            _show(server, night, as_json, engine)


def _show(server: LocalServer, night: DemoNight, as_json: bool, engine: str) -> None:
    client = Client(server.url, token="")
    _fill(client, night)
    trace = Trace(_answer(client, night.spectrum_did, engine))
    spectrum, runs = trace.root(), trace.datasets("DL3")
    _check(spectrum, runs)
    if as_json:
        _print_as_json(server.url, spectrum, runs, engine)
    else:
        _print(server.url, spectrum, runs, engine)
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


def _answer(client: Client, did: str, engine: str) -> dict[str, Any]:
    """The lineage from the engine that is to be shown: a graph may have to catch up first.

    Raises
    ------
    ServerError
        It does not catch up within a minute.
    """
    deadline = time.monotonic() + _GRAPH_PATIENCE_S
    while (answer := client.lineage(did))["engine"] != engine:
        if time.monotonic() > deadline:
            raise ServerError(f"the graph does not catch up: {client.health()}")
        time.sleep(_POLL_S)
    return answer


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


def _print(url: str, spectrum: TracedDataset, runs: list[TracedDataset], engine: str) -> None:
    print_line(f"The DL3 runs behind the {spectrum.level} spectrum {spectrum.id}:")
    print_line("")
    print_table(COLUMNS, _rows([*runs, spectrum]))
    print_line("")
    print_line(f"engine: {engine}")
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


def _print_as_json(
    url: str, spectrum: TracedDataset, runs: list[TracedDataset], engine: str
) -> None:
    print_json(
        {
            "engine": engine,
            "spectrum": asdict(spectrum),
            "runs": [asdict(run) for run in runs],
            "urls": _addresses(url, spectrum.id),
        }
    )
