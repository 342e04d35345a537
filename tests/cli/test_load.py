"""`ingest`, `obscore`, `validate`: files without a server."""

import gzip
import json
from pathlib import Path

import pytest
from support.command import provstore
from support.server import Server
from support.told import as_bytes, many_entities, namespace, one_step, refused

from provstore.client import Client

DID = "ivo://example.org/load#1"
OBSCORE = (
    "dataproduct_type,calib_level,obs_collection,obs_id,obs_publisher_did,target_name\n"
    f"event,2,load,4711,{DID},Crab Nebula\n"
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The folder of a catalogue that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two documents, a bad one, and something else."""
    folder = tmp_path / "files"
    (folder / "deeper").mkdir(parents=True)
    (folder / "a.json").write_bytes(one_step("a"))
    (folder / "deeper" / "b.json.gz").write_bytes(gzip.compress(one_step("b")))
    (folder / "bad.json").write_bytes(refused("bad"))
    (folder / "README.md").write_text("# read me")
    return folder


def states(text: str) -> dict[str, str]:
    lines = [line.split("\t") for line in text.splitlines()]
    return {Path(line[0]).name: line[1] for line in lines}


def test_a_folder_is_taken_into_a_new_catalogue(files: Path, data: Path) -> None:
    done = provstore("ingest", files, data_dir=data)
    assert done.returncode == 4
    assert states(done.stdout) == {
        "a.json": "accepted",
        "bad.json": "refused",
        "b.json.gz": "accepted",
    }
    assert f"{files / 'README.md'}: left out" in done.stderr
    assert "[prov-json/unknown-prefix]" in done.stderr
    assert provstore("show", namespace("b") + "out", data_dir=data).returncode == 0


def test_ingest_twice_is_known(files: Path, data: Path) -> None:
    first = provstore("ingest", files / "a.json", "--source", "dl3", data_dir=data)
    again = provstore("ingest", files / "a.json", data_dir=data, source="dl3")
    assert (first.returncode, again.returncode) == (0, 0)
    assert states(again.stdout) == {"a.json": "known"}
    assert first.stdout.split("\t")[2] == again.stdout.split("\t")[2]


def test_a_large_document_is_judged_before_ingest_ends(tmp_path: Path, data: Path) -> None:
    (tmp_path / "large.json").write_bytes(many_entities("large", 500))
    (tmp_path / "bad.json").write_bytes(refused("large-bad"))
    done = provstore(
        "ingest",
        tmp_path / "large.json",
        tmp_path / "bad.json",
        data_dir=data,
        async_document_bytes="0",
    )
    assert done.returncode == 4
    assert states(done.stdout) == {"large.json": "accepted", "bad.json": "refused"}
    assert "[prov-json/unknown-prefix]" in done.stderr


def test_a_named_file_of_no_known_format_is_refused(files: Path, data: Path) -> None:
    done = provstore("ingest", files / "README.md", data_dir=data)
    assert (done.returncode, states(done.stdout)) == (4, {"README.md": "refused"})


def test_a_folder_without_documents_is_status_1(tmp_path: Path, data: Path) -> None:
    (tmp_path / "notes").mkdir()
    for command in ("ingest", "obscore"):
        done = provstore(command, tmp_path / "notes", data_dir=data)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "no document found\n")
    (tmp_path / "notes" / "README.md").write_text("# read me")
    done = provstore("ingest", tmp_path / "notes", data_dir=data)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == "no document found"


def test_a_format_can_be_named(files: Path, data: Path) -> None:
    good = provstore("ingest", files / "a.json", "--format", "prov-json", data_dir=data)
    assert good.returncode == 0
    done = provstore("ingest", files / "bad.json", "--format", "no-such", data_dir=data)
    assert done.returncode == 2
    assert "no-such" in done.stderr


@pytest.mark.parametrize(
    "damage", [b"\x1f\x8bnot gzip", gzip.compress(b"{}" * 5000, mtime=0)[:-20]]
)
@pytest.mark.parametrize("command", ["ingest", "validate"])
def test_damaged_gzip_is_refused(tmp_path: Path, data: Path, damage: bytes, command: str) -> None:
    (tmp_path / "run.json.gz").write_bytes(damage)
    done = provstore(command, tmp_path / "run.json.gz", data_dir=data)
    assert done.returncode == 4
    assert "file/gzip" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["ingest", "validate", "obscore"])
def test_what_unpacks_to_more_than_the_limit_is_refused(
    tmp_path: Path, data: Path, command: str
) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(5_000_000)))
    done = provstore(command, tmp_path / "bomb.gz", data_dir=data, max_document_bytes="1000000")
    assert done.returncode == 4
    assert "1000000" in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["ingest", "obscore", "validate"])
def test_a_missing_file_is_wrong_usage(tmp_path: Path, data: Path, command: str) -> None:
    done = provstore(command, tmp_path / "missing", data_dir=data)
    assert (done.returncode, done.stdout) == (2, "")
    assert not data.exists()


@pytest.mark.parametrize("door", ["catalogue", "server"])
def test_obscore_is_loaded_through_either_door(
    tmp_path: Path, data: Path, server: Server, door: str
) -> None:
    table = tmp_path / "obscore.csv.gz"
    table.write_bytes(gzip.compress(OBSCORE.encode()))
    settings = {"url": server.url} if door == "server" else {}
    done = provstore("obscore", table, data_dir=data, **settings)
    assert (done.returncode, states(done.stdout)) == (0, {"obscore.csv.gz": "accepted"})
    shown = json.loads(provstore("show", DID, "--json", data_dir=data, **settings).stdout)
    assert (shown["obs_id"], shown["target_name"]) == ("4711", "Crab Nebula")
    again = provstore("obscore", table, "--json", data_dir=data, **settings)
    assert json.loads(again.stdout)["state"] == "known"


def test_obscore_of_a_bad_table_is_refused(tmp_path: Path, data: Path) -> None:
    (tmp_path / "bad.csv").write_text("obs_id,calib_level\n4711,2\n")
    done = provstore("obscore", tmp_path / "bad.csv", data_dir=data)
    assert done.returncode == 4
    assert "obs_publisher_did" in done.stderr


def test_a_good_document_is_valid_without_a_database(files: Path, data: Path) -> None:
    done = provstore("validate", files / "a.json", data_dir=data)
    assert (done.returncode, done.stdout) == (0, "file\tseverity\trule\tplace\tvalue\tmessage\n")
    assert not data.exists()


def test_a_bad_document_is_refused_with_its_findings(files: Path) -> None:
    done = provstore("validate", files / "a.json", files / "bad.json")
    assert done.returncode == 4
    (row,) = done.stdout.splitlines()[1:]
    file, severity, rule, place, value, message = row.split("\t")
    assert (file, severity) == (str(files / "bad.json"), "error")
    assert (rule, place) == ("prov-json/unknown-prefix", "/entity/nope:x")
    assert "nope" in value
    assert message


def test_findings_are_json_on_demand(files: Path) -> None:
    done = provstore("validate", files / "bad.json", "--json")
    (finding,) = json.loads(done.stdout)
    assert finding.keys() == {"file", "severity", "rule", "place", "value", "message"}


def test_strict_counts_broken_rules_of_the_standards(tmp_path: Path) -> None:
    missing_end = {"prefix": {"ex": "https://e.org/"}, "used": {"_:u": {"prov:entity": "ex:e"}}}
    (tmp_path / "warn.json").write_bytes(as_bytes(missing_end))
    lenient = provstore("validate", tmp_path / "warn.json")
    assert lenient.returncode == 0
    assert "warning\tprov/missing-end" in lenient.stdout
    strict = provstore("validate", tmp_path / "warn.json", "--strict")
    assert strict.returncode == 4
    assert "error\tprov/missing-end" in strict.stdout


def test_a_document_that_ingest_takes_is_found_by_a_server(
    files: Path, tmp_path: Path, server: Server
) -> None:
    provstore("ingest", files / "a.json", data_dir=server.data_dir)
    assert Client(server.url, token="").element(namespace("a") + "out")["name"] == "out.fits"
