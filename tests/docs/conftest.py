"""The demo observatory, in a catalogue and in a graph."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from support.command import provstore

from provstore.cli.demo import write_demo


class DemoGraph(NamedTuple):
    """A Neo4j that shows what a catalogue holds."""

    url: str
    data_dir: Path


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose catalogue holds the demo observatory; only to be copied."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder / "night")
    data = folder / "data"
    tables = (folder / "night").glob("obscore-*")
    for done in (
        provstore("ingest", folder / "night", data_dir=data),
        provstore("obscore", *tables, data_dir=data),
    ):
        assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def demo_graph(neo4j: str, demo_data: Path, tmp_path: Path) -> DemoGraph:
    """The demo observatory in a catalogue of the test's own, and in Neo4j."""
    data = tmp_path / "graphed"
    shutil.copytree(demo_data, data)
    done = provstore("rebuild", "graph", data_dir=data, graph_url=neo4j)
    assert done.returncode == 0, done.stderr
    return DemoGraph(neo4j, data)
