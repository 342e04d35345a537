"""What may be imported on its own, and how light it is."""

import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from pkgutil import walk_packages

import pytest
from support.command import clean_environment

import provstore

ROOT = Path(__file__).parents[2]
STANDARD = sys.stdlib_module_names | {"provstore"}
MODULES = sorted(
    module.name
    for module in walk_packages(provstore.__path__, "provstore.")
    if ".migrations" not in module.name  # loaded by Alembic, in its own context
)


def _loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh Python has loaded after a statement."""
    report = (
        f"import sys; before = set(sys.modules); {statement}; print(*(set(sys.modules) - before))"
    )
    done = subprocess.run(
        [sys.executable, "-c", report],
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stdout.split()}


@pytest.mark.parametrize("package", ["provstore.client", "provstore.model", "provstore.errors"])
def test_needs_the_standard_library_only(package: str) -> None:
    modules = "".join(f"; import {name}" for name in MODULES if name.startswith(package))
    assert _loaded_by(modules.removeprefix("; ")) - STANDARD == set()


def test_the_server_needs_no_astropy() -> None:
    loaded = _loaded_by("import provstore.main")
    assert "fastapi" in loaded
    assert not loaded & {"astropy", "numpy", "rich", "typer"}


@pytest.mark.parametrize("module", MODULES)
def test_module_imports(module: str) -> None:
    assert import_module(module).__doc__, "a module says what it is"


def test_every_entry_point_imports() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    installed = {
        point.name: point
        for point in entry_points(group="console_scripts")
        if point.dist is not None and point.dist.name == "provstore"
    }
    assert {name: point.value for name, point in installed.items()} == project["scripts"]
    assert all(callable(point.load()) for point in installed.values())
