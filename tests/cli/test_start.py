"""Grid jobs start `provstore` thousands of times: it may not load what it does not need."""

import subprocess
import sys
from pathlib import Path

import pytest
from support.command import clean_environment, provstore
from support.server import free_port
from support.told import one_step

import provstore as package

HEAVY = {"astropy", "sqlalchemy", "alembic", "fastapi", "pydantic", "uvicorn", "orjson", "prov"}

REPORT = """
import atexit, sys
atexit.register(lambda: print(*{name.partition('.')[0] for name in sys.modules}, sep=chr(10)))
from provstore.cli.main import run
run()
"""


def loaded(*arguments: str | Path, **settings: str | Path) -> set[str]:
    """The packages that a command had loaded when it ended."""
    done = subprocess.run(
        [sys.executable, "-c", REPORT, *map(str, arguments)],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


def test_help_loads_nothing_heavy() -> None:
    modules = loaded("--help")
    assert "typer" in modules
    assert not modules & HEAVY


@pytest.mark.parametrize("option", [[], ["--dry-run"]])
def test_push_loads_nothing_heavy(tmp_path: Path, option: list[str]) -> None:
    file = tmp_path / "run.json"
    file.write_bytes(one_step("light"))
    url = f"http://127.0.0.1:{free_port()}"
    modules = loaded("push", file, *option, url=url, spool=tmp_path / "spool")
    assert "urllib" in modules
    assert not modules & HEAVY


def test_flush_loads_nothing_heavy(tmp_path: Path) -> None:
    assert not loaded("flush", spool=tmp_path) & HEAVY


def test_the_version_is_that_of_the_package() -> None:
    assert provstore("--version").stdout == f"{package.__version__}\n"


def test_no_command_is_an_error_of_usage() -> None:
    assert provstore().returncode == 2
    assert provstore("no-such-command").returncode == 2


@pytest.mark.parametrize(
    "command",
    [
        *("serve", "push", "flush", "ingest", "obscore", "show", "lineage", "impact", "gaps"),
        *("search", "keywords"),
        *("validate", "rebuild", "doctor", "token", "demo"),
    ],
)
def test_every_command_has_help(command: str) -> None:
    assert command in provstore(command, "--help").stdout


def test_the_entry_point_is_installed() -> None:
    script = Path(sys.executable).with_name("provstore")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"{package.__version__}\n"
