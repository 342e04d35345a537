"""`demo`: the whole way, from a made-up night to the runs behind a spectrum."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from support.command import COMMAND, clean_environment, provstore

from provstore.cli.demo import DemoNight, write_demo
from provstore.cli.trace import Trace

SPECTRUM = "ivo://observatory.example/demo#dl4-crab-spectrum"

# By hand, from the table of runs of the demo observatory: Crab Nebula is run 26004 to 26008; the
# first was taken with the calibration of ctapipe 0.24.0; 26006 was reconstructed with 0.18.0.
CALIBRATION = {"26004": "0.24.0"} | dict.fromkeys(("26005", "26006", "26007", "26008"), "0.25.0")
BAD_RUNS = {"26008", "26009", "26010"}
"""Those that were calibrated with the lamp off."""
RECONSTRUCTION = dict.fromkeys(CALIBRATION, "0.19.0") | {"26006": "0.18.0"}


@pytest.fixture(scope="module")
def printed() -> subprocess.CompletedProcess[str]:
    return provstore("demo")


def table(printed: subprocess.CompletedProcess[str]) -> dict[tuple[str, str], list[str]]:
    """Rows by obs_id and step."""
    lines = [line.split("\t") for line in printed.stdout.splitlines() if "\t" in line]
    assert lines[0] == ["obs_id", "target", "level", "step", "program", "version", "cuts"]
    return {(line[0], line[3]): line for line in lines[1:]}


def test_the_demo_ends_well_without_a_terminal(
    printed: subprocess.CompletedProcess[str],
) -> None:
    assert printed.returncode == 0, printed.stderr
    assert "28 documents and 2 ObsCore tables are in" in printed.stderr


def test_the_runs_behind_the_spectrum_are_printed(
    printed: subprocess.CompletedProcess[str],
) -> None:
    rows = table(printed)
    assert {obs_id for obs_id, step in rows if step != "analysis"} == set(CALIBRATION)
    for obs_id in CALIBRATION:
        assert rows[obs_id, "calibration"][5] == CALIBRATION[obs_id]
        assert rows[obs_id, "images"][5] == "0.19.0"
        assert rows[obs_id, "reconstruction"][5] == RECONSTRUCTION[obs_id]
        assert "HillasReconstructor" in rows[obs_id, "reconstruction"][6]
        assert rows[obs_id, "selection"][1:6] == [
            *("Crab Nebula", "DL3", "selection", "event-selection", "1.4.2")
        ]
        assert "applied_cuts=standard; gammaness_min=0.7" in rows[obs_id, "selection"][6]
    analysis = rows["crab-spectrum", "analysis"]
    assert analysis[2:6] == ["DL4", "analysis", "gammapy-spectrum", "1.3"]
    assert len(rows) == 5 * 4 + 1


def test_the_addresses_to_open_are_printed(printed: subprocess.CompletedProcess[str]) -> None:
    lines = printed.stdout.splitlines()
    page = next(line for line in lines if line.startswith("page: ")).removeprefix("page: ")
    assert urlsplit(page).path == "/dataset"
    assert parse_qs(urlsplit(page).query) == {"ID": [SPECTRUM]}
    assert any(line.startswith("lineage: http://127.0.0.1:") for line in lines)
    assert any(line.endswith("/docs") for line in lines)


def test_settings_of_the_user_do_not_matter(tmp_path: Path) -> None:
    done = provstore(
        "demo", "--json", token="wrong", url="http://127.0.0.1:1", data_dir=tmp_path / "mine"
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["spectrum"]["id"] == SPECTRUM
    assert [run["obs_id"] for run in told["runs"]] == sorted(CALIBRATION)
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize("signalled", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_server_is_stopped_whatever_happens(tmp_path: Path, signalled: signal.Signals) -> None:
    environment = clean_environment() | {"TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [*COMMAND, "demo"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stderr is not None
    while "a server with an empty catalogue" not in demo.stderr.readline():
        assert demo.poll() is None
    demo.send_signal(signalled)
    demo.communicate(timeout=60)
    assert demo.returncode != 0
    assert serving_below(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def serving_below(folder: Path) -> list[str]:
    """Processes whose data folder is in ``folder``."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            environment = (process / "environ").read_bytes() if process.name.isdigit() else b""
        except OSError:  # it ended meanwhile, or it is not ours
            continue
        if b"PROVSTORE_DATA_DIR=" + os.fsencode(folder) in environment:
            found.append(process.name)
    return found


def test_a_folder_gets_the_files_and_a_word_on_what_to_do_next(tmp_path: Path) -> None:
    done = provstore("demo", tmp_path / "night", "--seed", "7")
    assert done.returncode == 0
    listed = [Path(line) for line in done.stdout.splitlines()]
    assert len(listed) == 30
    assert all(path.is_file() for path in listed)
    assert SPECTRUM in done.stderr
    again = write_demo(tmp_path / "again", seed=7)
    assert [path.read_bytes() for path in again.documents] == [p.read_bytes() for p in listed[:28]]


def test_the_files_are_listed_as_json(tmp_path: Path) -> None:
    told = json.loads(provstore("demo", tmp_path / "night", "--json").stdout)
    assert (len(told["documents"]), len(told["obscore"])) == (28, 2)
    assert told["spectrum"] == SPECTRUM


def test_too_few_runs_are_wrong_usage(tmp_path: Path) -> None:
    assert provstore("demo", tmp_path / "night", "--runs", "1").returncode == 2


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> DemoNight:
    return write_demo(tmp_path_factory.mktemp("night"))


def test_every_file_is_taken_straight_into_the_catalogue(night: DemoNight, tmp_path: Path) -> None:
    """In the reverse order: what is told last is what came first."""
    done = provstore("ingest", *reversed(night.documents), data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    assert provstore("obscore", *night.obscore, data_dir=tmp_path).returncode == 0
    answer = json.loads(provstore("lineage", SPECTRUM, "--json", data_dir=tmp_path).stdout)
    runs = Trace(answer).datasets("DL3")
    assert [run.obs_id for run in runs] == sorted(CALIBRATION)
    assert {step.version for run in runs for step in run.steps if step.name == "calibration"} == {
        "0.24.0",
        "0.25.0",
    }
    # the light curve was made by a job of a UWS server: its lineage goes on into the other files
    curve = "ivo://observatory.example/demo#dl4-crab-light-curve"
    answer = json.loads(provstore("lineage", curve, "--json", data_dir=tmp_path).stdout)
    assert [run.obs_id for run in Trace(answer).datasets("DL3")] == sorted(CALIBRATION)
    names = {node["name"] for node in answer["nodes"] if node["kind"] == "activity"}
    assert {"light-curve", "event-selection", "ctapipe-process"} <= names
    bad = json.loads(
        provstore("impact", night.story.bad_calibration, "--json", data_dir=tmp_path).stdout
    )
    assert {item["obs_id"] for item in bad["items"] if item["level"] == "DL3"} == BAD_RUNS


def test_the_demo_on_a_terminal_serves_until_ctrl_c(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    environment = clean_environment() | {"TMPDIR": str(tmp_path), "TERM": "xterm"}
    demo = subprocess.Popen(
        [*COMMAND, "demo"], env=environment, stdout=theirs, stderr=subprocess.PIPE, text=True
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    assert demo.stderr is not None
    while "Ctrl-C" not in (line := demo.stderr.readline()):
        assert line, "the demo ended"
    time.sleep(0.5)
    assert demo.poll() is None
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=60)
    os.close(ours)
    assert demo.returncode == 0
    assert serving_below(tmp_path) == []
