"""Datasets and keywords are found by command: the same through both doors, in every output."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse_single_table
from support import found
from support.command import provstore, provstore_on_terminal
from support.found import IVO
from support.server import Server, running_server

from provstore.cli.search import CONDITIONS, SEARCH_ONLY
from provstore.client import Client
from provstore.services.asked import DISCOVER, SEARCH

Ask = Callable[..., CompletedProcess[str]]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A catalogue that was filled without a server."""
    made = tmp_path_factory.mktemp("found")
    (made / "told.json").write_bytes(found.DOCUMENT)
    (made / "table.csv").write_bytes(found.TABLE)
    data = made / "data"
    assert provstore("ingest", made / "told.json", data_dir=data).returncode == 0
    assert provstore("obscore", made / "table.csv", data_dir=data).returncode == 0
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


def names(done: CompletedProcess[str]) -> list[str]:
    return [row[-1].removeprefix(IVO) for row in rows(done)[1:]]


# -- what is asked


def test_no_parameter_of_the_interface_is_missing() -> None:
    options = {option.parameter for option in CONDITIONS} | {"match"}
    assert options == {parameter.name for parameter in DISCOVER}
    told = {"limit", "format"}  # as --limit and -o; pages are put together
    more = {option.parameter for option in SEARCH_ONLY} | told | {"cursor"}
    assert options | more == {parameter.name for parameter in SEARCH}
    taken = {parameter.name: parameter.repeatable for parameter in SEARCH}
    for option in (*CONDITIONS, *SEARCH_ONLY):
        assert option.repeatable == taken[option.parameter]


CRAB = ["crab1", "crab2", "crab4"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], [*CRAB, "empty", "pks3"]),
        (["--target", "crab nebula"], CRAB),
        (["--target", "Crab Nebula", "--target", "PKS2155-304"], [*CRAB, "pks3"]),
        (["--target", "Crab Nebula", "--level", "DL4"], ["crab4"]),
        (["--pos", "83.63,25.0", "--radius", "1"], CRAB),
        (["--box", "329.72,-30.23,1,1"], ["pks3"]),
        (["--time", "2023-02-26"], ["crab2", "crab4"]),
        (["--simultaneous", IVO + "crab1"], ["crab4"]),
        (["--energy", "/1 TeV"], ["crab1", "crab2", "pks3"]),
        (["--collection", "dco", "--type", "spectrum"], ["crab4"]),
        (["--obs-id", "pks3"], ["pks3"]),
        (["--proposal-id", "P1"], ["crab1", "crab4"]),
        (["--data-rights", "public", "--target-class", "blazar"], ["pks3"]),
        (["--sub-array", "LST"], ["crab1", "pks3"]),
        (["--pointing-mode", "divergent"], ["crab2"]),
        (["--where", "t_min>=60001", "-w", "calib_level<4"], ["crab2", "pks3"]),
        (["-k", "reco_version>=0.19"], ["crab2", "crab4", "pks3"]),
        (["-k", "reco_version>=0.19", "--any"], ["crab2", "crab4", "pks3"]),
        (["-k", "reco_version>=0.19", "--all"], ["crab2", "pks3"]),
        (["--keyword", "reco_version=mixed"], ["crab4"]),
        (["-k", "reco_version=0.19", "-k", "applied_cuts=standard"], ["pks3"]),
        (["-x", "reco_version=0.9"], ["crab2", "empty", "pks3"]),
        (["--exclude", "pointing_mode=divergent", "--target", "Crab Nebula"], ["crab1", "crab4"]),
        (["--order", "-t_min", "--order", "obs_id"], ["pks3", "crab2", "crab1", "crab4", "empty"]),
        (["--limit", "2"], ["crab1", "crab2"]),
        (["-q", "pks 2155-304"], ["pks3"]),
        (["--query", "reco_version>=0.19, crab nebula"], ["crab2", "crab4"]),
    ],
)
def test_each_option_finds_what_fits(ask: Ask, options: list[str], expected: list[str]) -> None:
    done = ask("search", *options)
    assert (names(done), done.returncode) == (expected, 0)


def test_nothing_found_is_a_status_of_its_own(ask: Ask) -> None:
    done = ask("search", "--level", "DL5")
    assert (done.returncode, names(done)) == (1, [])
    assert ask("search", "--level", "DL5", "--json").returncode == 1
    assert ask("search", "--level", "DL5", "-o", "csv").returncode == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-k", "reco_versio=1"], "did you mean reco_version"),
        (["-w", "t_min"], "where='t_min' is not allowed: a name, one of ="),
        (["--pos", "nowhere"], "pos='nowhere' is not allowed"),
        (["--radius", "1"], "radius='1' is not allowed: only beside pos=ra,dec or target"),
        (["--energy", "50"], "energy='50' is not allowed"),
        (["--order", "colour"], "order='colour' is not allowed"),
        (["--facet", "colour"], "facet='colour' is not allowed"),
        (["--target", b"\xff".decode(errors="surrogateescape")], "target='\\\\udcff' is not"),
        (["-o", "xls"], "-o='xls' is not allowed: one of table, json, csv, votable, fits, or"),
        (["-o", "csv", "--json"], "-o='csv' is not allowed: json, where --json is given"),
        (["-o", "csv", "--facet", "data_rights"], "facet='data_rights' is not allowed: nothing"),
        (["-o", "no/such/folder/found.csv"], "-o="),
        (["--limit", "0"], "0 is not in the range"),
    ],
)
def test_a_value_that_is_not_allowed_is_a_mistake_of_usage(
    ask: Ask, options: list[str], said: str
) -> None:
    done = ask("search", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


# -- what is printed


def test_a_table_has_the_columns_that_were_asked_for(ask: Ask) -> None:
    done = ask("search", "-k", "reco_version>=0.19", "-w", "t_max>60001", "-x", "applied_cuts=none")
    assert rows(done) == [
        [
            *("level", "type", "target", "obs_id", "reco_version", "applied_cuts", "t_max"),
            *("complete", "id"),
        ],
        [
            *("DL3", "event", "Crab Nebula", "crab2", "0.19", "loose", "60001.02", "True"),
            IVO + "crab2",
        ],
        [
            *("DL4", "spectrum", "Crab Nebula", "crab4", "mixed: 0.19, 0.9", "loose", "60001.02"),
            *("True", IVO + "crab4"),
        ],
        [
            *("DL3", "event", "PKS 2155-304", "pks3", "0.19", "standard", "60002.52", "True"),
            IVO + "pks3",
        ],
    ]  # fmt: skip
    assert done.stderr == (
        "3 datasets; as ADQL: SELECT * FROM ivoa.obscore WHERE t_max > 60001 AND obs_publisher_did "
        "IN (SELECT obs_publisher_did FROM provenance.keyword WHERE keyword = 'reco_version' AND "
        "keyword_value = '0.19') AND obs_publisher_did NOT IN (SELECT obs_publisher_did FROM "
        "provenance.keyword WHERE keyword = 'applied_cuts' AND 1 = 0 AND obs_publisher_did IS NOT "
        "NULL)\n"
    )


def test_what_no_rule_names_is_asked_for_and_has_no_column(ask: Ask) -> None:
    done = ask("search", "-x", "param:alpha=1", "--facet", "param:alpha", "--level", "DL4")
    header, told = rows(done)[:2]
    assert header == ["level", "type", "target", "obs_id", "complete", "id"]
    assert told[-1] == IVO + "crab4"


def test_facets_are_a_table_behind_it(ask: Ask) -> None:
    done = ask("search", "--target", "Crab Nebula", "--facet", "reco_version", "--facet", "level")
    assert done.returncode == 2  # a column goes by its name
    done = ask("search", "--facet", "reco_version", "--facet", "data_rights", "--limit", "1")
    assert rows(done)[2:] == [
        [""],
        ["facet", "value", "datasets"],
        ["reco_version", "0.19", "3"],
        ["reco_version", "0.9", "2"],
        ["reco_version", "(mixed)", "1"],
        ["reco_version", "(unknown)", "1"],
        ["data_rights", "public", "4"],
        ["data_rights", "secure", "1"],
    ]


def test_json_is_that_of_the_interface(folder: Path, serving: Server) -> None:
    options = ["--facet", "applied_cuts", "--order", "-t_min", "-k", "reco_version=0.19", "--json"]
    embedded = json.loads(provstore("search", *options, data_dir=folder).stdout)
    remote = json.loads(provstore("search", *options, url=serving.url).stdout)
    assert embedded == remote
    assert set(remote) == {"items", "total", "next", "facets", "adql", "notes"}
    assert [item["obs_id"] for item in remote["items"]] == ["pks3", "crab2", "crab4"]
    assert remote["items"][2]["keywords"]["reco_version"]["state"] == "mixed"
    assert (remote["total"], remote["next"]) == (3, None)


def test_a_limit_leaves_the_total(ask: Ask) -> None:
    told = json.loads(ask("search", "--limit", "2", "--json").stdout)
    assert ([item["obs_id"] for item in told["items"]], told["total"]) == (["crab1", "crab2"], 5)


def test_what_the_text_was_taken_for_is_said(ask: Ask) -> None:
    assert "'crab4' is taken for" in ask("search", "-q", "crab4").stderr
    assert "'crab4' is taken for" in ask("search", "-q", "crab4", "-o", "csv").stderr
    assert "'crab4' is taken for" in ask("keywords", "-q", "crab4").stderr


@pytest.mark.parametrize("output", ["csv", "votable", "fits"])
def test_formats_are_byte_for_byte_those_of_the_server(
    folder: Path, serving: Server, output: str, tmp_path: Path
) -> None:
    options = ["search", "-k", "reco_version>=0.19", "--order", "-t_min"]
    suffix = {"votable": "vot"}.get(output, output)
    one, other = tmp_path / f"one.{suffix}", tmp_path / f"other.{suffix}"
    assert provstore(*options, "-o", one, data_dir=folder).returncode == 0
    assert provstore(*options, "-o", other, url=serving.url).returncode == 0
    told = (
        Client(serving.url).search_answer(output, keyword="reco_version>=0.19", order="-t_min").body
    )
    assert one.read_bytes() == other.read_bytes() == told


def test_every_format_has_the_same_values(ask: Ask, tmp_path: Path) -> None:
    asked = ["search", "--target", "Crab Nebula"]
    told = json.loads(ask(*asked, "--json").stdout)["items"]
    assert [item["t_min"] for item in told] == [60000.0, 60001.0, 60000.0]
    found_csv = list(csv.DictReader(io.StringIO(ask(*asked, "-o", "csv").stdout)))
    in_xml = ask(*asked, "-o", "votable").stdout.encode()
    votable = parse_single_table(io.BytesIO(in_xml)).to_table()
    path = tmp_path / "found.fits"
    assert ask(*asked, "-o", path).returncode == 0
    with fits.open(path) as file:
        for column in ("t_min", "s_ra", "calib_level", "em_max"):
            expected = [item[column] for item in told]
            assert [float(row[column]) for row in found_csv] == expected
            assert list(votable[column]) == expected
            assert np.array_equal(file[1].data[column], expected)
        for column in ("obs_id", "s_region", "obs_release_date", "pointing_mode"):
            expected = [item[column] or "" for item in told]
            assert [row[column] for row in found_csv] == expected
            assert list(votable[column]) == expected
            assert list(file[1].data[column]) == expected
        versions = ["0.9", "0.19", '["0.19","0.9"]']
        assert list(file[1].data["keyword_reco_version"]) == versions
        assert list(votable["state_reco_version"]) == ["single", "single", "mixed"]


def test_a_limit_that_cuts_a_table_is_said(ask: Ask) -> None:
    done = ask("search", "--limit", "2", "-o", "votable")
    assert '<INFO name="QUERY_STATUS" value="OVERFLOW"/>' in done.stdout
    assert "the answer is cut: limit=2" in done.stderr
    assert done.stderr.endswith("5 datasets; as ADQL: SELECT * FROM ivoa.obscore\n")


def test_json_goes_to_a_file_too(ask: Ask, tmp_path: Path) -> None:
    path = tmp_path / "found.json"
    done = ask("search", "--level", "DL4", "-o", path)
    assert (done.stdout, done.stderr) == ("", "")
    assert json.loads(path.read_bytes())["total"] == 1


def test_a_terminal_gets_a_table_and_no_fits(folder: Path) -> None:
    status, shown = provstore_on_terminal("search", "--level", "DL4", data_dir=folder)
    assert status == 0
    assert "Crab Nebula" in shown
    assert "\t" not in shown
    assert provstore_on_terminal("search", "-o", "fits", data_dir=folder) == (2, "")


# -- keywords


def test_keywords_are_told_with_their_values(ask: Ask) -> None:
    done = ask("keywords")
    assert rows(done) == [
        ["keyword", "type", "unit", "values", "mixed", "unknown", "description"],
        [
            *("applied_cuts", "text", "", "loose (3), standard (1)", "0", "1"),
            "Which cuts selected the events, DL2 to DL3",
        ],
        [
            *("reco_version", "version", "", "0.19 (3), 0.9 (2)", "1", "1"),
            "Software that reconstructed the showers, DL1 to DL2",
        ],
    ]


def test_keywords_are_counted_among_what_is_asked_for(ask: Ask) -> None:
    done = ask("keywords", "--target", "PKS 2155-304", "-k", "reco_version>=0.19", "--json")
    told = json.loads(done.stdout)
    assert [item["values"] for item in told["items"]] == [
        [{"value": "standard", "count": 1}],
        [{"value": "0.19", "count": 1}],
    ]
    done = ask("keywords", "-k", "reco_versio=1")
    assert done.returncode == 2
    assert "did you mean reco_version" in done.stderr


def test_an_archive_without_keywords_has_none(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_bytes(found.TABLE)
    assert provstore("obscore", tmp_path / "table.csv", data_dir=tmp_path).returncode == 0
    assert provstore("keywords", data_dir=tmp_path).returncode == 1


# -- many


def test_all_datasets_are_found_however_many_pages_they_are(tmp_path: Path) -> None:
    row = found.ROWS[0]
    many = [
        {**row, "obs_publisher_did": f"{IVO}{number:04}", "obs_id": f"o{number:04}"}
        for number in range(1003)
    ]
    (tmp_path / "many.csv").write_bytes(found.table_of(*many))
    assert provstore("obscore", tmp_path / "many.csv", data_dir=tmp_path).returncode == 0
    expected = [f"o{number:04}" for number in reversed(range(1003))]
    options = ["search", "--order", "-obs_id"]
    with running_server(tmp_path) as server:
        for door in ({"data_dir": tmp_path}, {"url": server.url}):
            assert [row[3] for row in rows(provstore(*options, **door))[1:]] == expected
            in_csv = provstore(*options, "-o", "csv", **door).stdout
            assert [row["obs_id"] for row in csv.DictReader(io.StringIO(in_csv))] == expected
            some = provstore(*options, "-o", "csv", "--limit", "1001", **door).stdout
            assert [row["obs_id"] for row in csv.DictReader(io.StringIO(some))] == expected[:1001]
            told = json.loads(provstore(*options, "--json", "--limit", "150", **door).stdout)
            assert [item["obs_id"] for item in told["items"]] == expected[:150]
