"""Questions: the same answer through both doors, in every output, with the right status."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from support.command import provstore, provstore_on_terminal
from support.server import Server, running_server
from support.told import as_bytes

EX = "https://example.org/ask/"
DID = "ivo://example.org/ask#spectrum"
HOSTILE = EX + "\x1b]0;owned\x07 <b> '\u202e"

TOLD = {
    "prefix": {"ex": EX, "voprov": "http://www.ivoa.net/documents/ProvenanceDM/index.html#"},
    "entity": {
        DID: {"prov:label": "spectrum.fits"},
        "ex:run1": {"prov:label": "run1.fits"},
        "ex:run2": {"prov:label": "run2.fits"},
        "ex:cal": {"prov:label": "cal.h5"},
        HOSTILE: {"prov:label": "\x1b[31mred\u202e"},
    },
    "activity": {
        "ex:analysis": {"prov:label": "gammapy", "voprov:version": "1.3"},
        "ex:select1": {"prov:label": "select"},
        "ex:select2": {"prov:label": "select"},
    },
    "agent": {"ex:team": {"prov:label": "the team"}},
    "used": {
        "_:u1": {"prov:activity": "ex:analysis", "prov:entity": "ex:run1", "prov:role": "events"},
        "_:u2": {"prov:activity": "ex:analysis", "prov:entity": "ex:run2", "prov:role": "events"},
        "_:u3": {"prov:activity": "ex:select1", "prov:entity": "ex:cal"},
        "_:u4": {"prov:activity": "ex:select2", "prov:entity": "ex:cal"},
    },
    "wasGeneratedBy": {
        "_:g1": {"prov:entity": DID, "prov:activity": "ex:analysis"},
        "_:g2": {"prov:entity": "ex:run1", "prov:activity": "ex:select1"},
        "_:g3": {"prov:entity": "ex:run2", "prov:activity": "ex:select2"},
    },
    "wasAssociatedWith": {"_:w": {"prov:activity": "ex:analysis", "prov:agent": "ex:team"}},
}

OBSCORE = (
    "dataproduct_type,calib_level,obs_collection,obs_id,obs_publisher_did,target_name,"
    "dataproduct_subtype\n"
    f"spectrum,4,ask,s-1,{DID},Crab Nebula,DL4\n"
)

Ask = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue that was filled without a server."""
    made = tmp_path_factory.mktemp("ask")
    (made / "told.json").write_bytes(as_bytes(TOLD))
    (made / "obscore.csv").write_text(OBSCORE)
    data = made / "data"
    assert provstore("ingest", made / "told.json", data_dir=data).returncode == 0
    assert provstore("obscore", made / "obscore.csv", data_dir=data).returncode == 0
    return data


@pytest.fixture(scope="module")
def serving(folder: Path) -> Iterator[Server]:
    """A server over that catalogue."""
    with running_server(folder) as running:
        yield running


@pytest.fixture(params=["catalogue", "server"])
def ask(request: pytest.FixtureRequest, folder: Path, serving: Server, tmp_path: Path) -> Ask:
    """Asks through one of the doors; the other one is not to be had."""
    if request.param == "catalogue":
        return lambda *arguments: provstore(*arguments, data_dir=folder)
    return lambda *arguments: provstore(*arguments, data_dir=tmp_path, url=serving.url)


def rows(done: CompletedProcess[str]) -> list[list[str]]:
    return [line.split("\t") for line in done.stdout.splitlines()]


def test_lineage_is_a_table_when_piped(ask: Ask) -> None:
    done = ask("lineage", DID)
    assert (done.returncode, done.stderr) == (0, "")
    header, *found = rows(done)
    assert header == ["step", "kind", "level", "name", "version", "obs_id", "target", "id"]
    assert found[0] == ["0", "entity", "DL4", "spectrum.fits", "", "s-1", "Crab Nebula", DID]
    assert ["0", "activity", "", "gammapy", "1.3", "", "", EX + "analysis"] in found
    assert {(row[0], row[7]) for row in found} == {
        ("0", DID),
        ("0", EX + "analysis"),
        ("0", EX + "team"),
        ("1", EX + "run1"),
        ("1", EX + "run2"),
        ("1", EX + "select1"),
        ("1", EX + "select2"),
        ("2", EX + "cal"),
    }


def ids(done: CompletedProcess[str]) -> set[str]:
    assert done.returncode == 0, done.stderr
    return {row[-1].removeprefix(EX) for row in rows(done)[1:]} - {DID}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--all"], {"analysis", "team", "run1", "run2", "select1", "select2", "cal"}),
        (["--steps", "0"], {"analysis", "team"}),
        (["--depth", "1"], {"analysis"}),
        (["--agents", "hide", "--steps", "0"], {"analysis"}),
        (
            ["--stop", "select", "--agents", "hide"],
            {"analysis", "run1", "run2", "select1", "select2"},
        ),
        (["--via", "derivation"], set()),
        (["--limit", "2"], {"analysis"}),
    ],
)
def test_options_bound_the_walk(ask: Ask, options: list[str], expected: set[str]) -> None:
    assert ids(ask("lineage", DID, *options)) == expected


def test_forth_and_both(ask: Ask) -> None:
    assert ids(ask("lineage", EX + "run1", "--forth", "--agents", "hide")) == {"run1", "analysis"}
    assert ids(ask("lineage", EX + "run1", "--both", "--agents", "hide")) == {
        *("run1", "analysis", "select1", "cal")
    }


def test_a_cut_is_said_on_stderr(ask: Ask) -> None:
    done = ask("lineage", DID, "--limit", "2")
    assert len(rows(done)) == 3
    assert "cut" in done.stderr


def test_several_ids_start_together_and_unknown_ones_are_noted(ask: Ask) -> None:
    done = ask("lineage", EX + "select1", "urn:x:unknown", "--steps", "0")
    assert done.returncode == 0
    assert "urn:x:unknown" in done.stderr


def test_the_tree_names_twice_what_is_reached_twice(ask: Ask) -> None:
    done = ask("lineage", DID, "-o", "tree")
    assert done.stdout.splitlines()[0].startswith("spectrum.fits DL4 obs_id=s-1 target=Crab Nebula")
    assert done.stdout.count(f"cal.h5 <{EX}cal>") == 1
    assert done.stdout.count("used cal.h5 (see above)") == 1


def test_lineage_in_the_formats_of_the_server(ask: Ask) -> None:
    assert ask("lineage", DID, "-o", "prov-n").stdout.startswith("document")
    assert ask("lineage", DID, "-o", "provn").stdout.startswith("document")
    assert "<svg" in ask("lineage", DID, "-o", "svg").stdout
    table = list(csv.reader(io.StringIO(ask("lineage", DID, "-o", "csv").stdout)))
    assert len(table) == 9
    prov_json = json.loads(ask("lineage", DID, "-o", "prov-json").stdout)
    assert len(prov_json["used"]) == 4
    assert ask("lineage", DID, "--model", "IVOA", "-o", "prov-n").returncode == 0


def test_show_tells_facts_names_and_attributes(ask: Ask) -> None:
    done = ask("show", DID)
    assert done.returncode == 0
    told = {tuple(row) for row in rows(done)}
    assert ("what", "value", "type") in told
    assert ("level", "DL4", "") in told
    assert ("target_name", "Crab Nebula", "") in told
    assert ("alias", DID, "ivoid") in told
    assert ("obscore.obs_id", "s-1", "") in told
    label = "http://www.w3.org/ns/prov#label"
    assert (label, "spectrum.fits", "http://www.w3.org/2001/XMLSchema#string") in told


def test_impact_lists_datasets(ask: Ask) -> None:
    done = ask("impact", EX + "cal")
    assert done.returncode == 0
    header, *found = rows(done)
    assert header == ["level", "name", "obs_id", "target", "step", "id"]
    assert found[0] == ["DL4", "spectrum.fits", "s-1", "Crab Nebula", "2", DID]
    assert {row[5] for row in found[1:]} == {EX + "run1", EX + "run2"}
    assert "3 activities" in done.stderr


def test_gaps_lists_what_has_no_origin(ask: Ask) -> None:
    done = ask("gaps")
    header, *found = rows(done)
    assert header == ["reason", "level", "affected", "name", "id"]
    assert ["no-generation", "", "2", "cal.h5", EX + "cal"] in found
    assert len(rows(ask("gaps", "--limit", "1"))) == 2


@pytest.mark.parametrize(
    "question",
    [
        ["show", DID],
        ["show", HOSTILE],
        ["lineage", DID],
        ["lineage", DID, "--forth", "--steps", "1", "--stop", "DL3"],
        ["impact", EX + "cal"],
        ["impact", EX + "cal", "--limit", "1"],
        ["gaps"],
        ["gaps", "--limit", "1"],
    ],
)
def test_both_doors_give_the_same_json(folder: Path, serving: Server, question: list[str]) -> None:
    embedded = provstore(*question, "--json", data_dir=folder)
    remote = provstore(*question, "--json", "--url", serving.url, data_dir=folder)
    assert (embedded.returncode, remote.returncode) == (0, 0)
    assert comparable(embedded) == comparable(remote)
    assert embedded.stderr == remote.stderr


def comparable(done: CompletedProcess[str]) -> Any:  # noqa: ANN401  any JSON
    value = json.loads(done.stdout)
    value.pop("engine", None)
    return value


def test_receipts_of_both_doors_have_the_same_keys(tmp_path: Path, serving: Server) -> None:
    (tmp_path / "told.json").write_bytes(as_bytes(TOLD))
    local = provstore("ingest", tmp_path / "told.json", "--json", data_dir=tmp_path / "other")
    remote = provstore("push", tmp_path / "told.json", "--json", url=serving.url)
    ours, theirs = (json.loads(done.stdout)["receipt"] for done in (local, remote))
    assert ours.keys() == theirs.keys()
    assert (ours["sha256"], ours["new"]) == (theirs["sha256"], {"elements": 9, "relations": 8})


@pytest.mark.parametrize("command", ["show", "lineage", "impact"])
def test_an_unknown_id_is_status_1(ask: Ask, command: str) -> None:
    done = ask(command, "urn:x:nobody <script>")
    assert (done.returncode, done.stdout) == (1, "")
    assert "urn:x:nobody <script>" in done.stderr


def test_nothing_made_from_it_is_status_1(ask: Ask) -> None:
    done = ask("impact", DID, "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["items"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["lineage"],
        ["lineage", DID, "--steps", "1", "--depth", "1"],
        ["lineage", DID, "--all", "--steps", "1"],
        ["lineage", DID, "--steps", "-1"],
        ["lineage", DID, "--via", "nothing"],
        ["lineage", DID, "-o", "no-such-format"],
        ["lineage", DID, "-o", "svg", "--json"],
        ["lineage", DID, "--model", "X", "-o", "prov-n"],
        ["gaps", "--limit", "0"],
        ["show"],
    ],
)
def test_wrong_usage_is_status_2(ask: Ask, arguments: list[str]) -> None:
    done = ask(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


def test_an_id_that_is_no_text_is_wrong_usage(folder: Path) -> None:
    done = provstore("show", b"broken \xff".decode(errors="surrogateescape"), data_dir=folder)
    assert done.returncode == 2


@pytest.mark.parametrize("command", [["show", "x"], ["lineage", "x"], ["gaps"]])
def test_a_server_that_is_down_is_status_3(command: list[str]) -> None:
    done = provstore(*command, "--url", "http://127.0.0.1:1")
    assert (done.returncode, done.stdout) == (3, "")
    assert "http://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_catalogue_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    done = provstore("gaps", data_dir=tmp_path / "nothing")
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_setting_that_is_wrong_is_named() -> None:
    done = provstore("gaps", max_rows="many")
    assert done.returncode == 2
    assert "PROVSTORE_MAX_ROWS" in done.stderr


def test_hostile_ids_are_shown_and_steer_nothing(folder: Path) -> None:
    status, shown = provstore_on_terminal("show", HOSTILE, data_dir=folder)
    assert status == 0
    assert "\\u001b]0;owned\\u0007 <b> '\\u202e" in shown
    assert "\\u001b[31mred\\u202e" in shown
    assert "\x07" not in shown
    assert "\u202e" not in shown
    assert "\x1b[31mred" not in shown


def test_hostile_ids_are_data_when_piped(folder: Path) -> None:
    done = provstore("lineage", HOSTILE, "--json", data_dir=folder)
    assert json.loads(done.stdout)["roots"] == [HOSTILE]
    assert len(rows(provstore("lineage", HOSTILE, data_dir=folder))) == 2


@pytest.mark.parametrize("output", ["tree", "prov-n", "csv", "json"])
def test_no_output_steers_a_terminal(folder: Path, output: str) -> None:
    status, shown = provstore_on_terminal("lineage", HOSTILE, "-o", output, data_dir=folder)
    assert status == 0
    assert "owned" in shown
    assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_a_terminal_shows_a_tree(folder: Path) -> None:
    status, shown = provstore_on_terminal("lineage", DID, data_dir=folder)
    assert status == 0
    assert shown.splitlines()[1].startswith("  wasGeneratedBy gammapy 1.3 (activity)")


def test_colours_are_left_out_where_they_are_not_wanted(folder: Path) -> None:
    _, coloured = provstore_on_terminal("gaps", data_dir=folder)
    _, plain = provstore_on_terminal("gaps", environment={"NO_COLOR": "1"}, data_dir=folder)
    assert "\x1b[1m" in coloured
    assert "\x1b[3" not in plain


def test_the_tree_and_the_table_of_both_doors_agree(folder: Path, serving: Server) -> None:
    for output in ("tree", "table", "csv", "prov-n"):
        embedded = provstore("lineage", DID, "-o", output, data_dir=folder)
        remote = provstore("lineage", DID, "-o", output, url=serving.url)
        assert embedded.stdout == remote.stdout
