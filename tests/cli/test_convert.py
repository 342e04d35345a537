"""`convert`: from one format to another, without a database."""

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest
from support.command import COMMAND, clean_environment, provstore
from support.told import one_step, refused

from provstore.importers.registry import read_document


@pytest.fixture
def told(tmp_path: Path) -> Path:
    path = tmp_path / "in.json"
    path.write_bytes(one_step("a"))
    return path


def test_the_suffix_is_the_format(told: Path, tmp_path: Path) -> None:
    done = provstore("convert", told, tmp_path / "out.provn", data_dir=tmp_path / "none")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "out.provn").read_text().startswith("document\n")
    assert not (tmp_path / "none").exists(), "no catalogue is made"


def test_gzip_is_undone_and_the_document_is_the_same(told: Path, tmp_path: Path) -> None:
    packed = tmp_path / "in.json.gz"
    packed.write_bytes(gzip.compress(told.read_bytes()))
    assert provstore("convert", packed, tmp_path / "out.json").returncode == 0
    written = read_document((tmp_path / "out.json").read_bytes()).parts[0].document
    assert written == read_document(told.read_bytes()).parts[0].document


def test_to_standard_output(told: Path) -> None:
    done = provstore("convert", told, "-", "--to", "prov-json", "--model", "IVOA")
    assert json.loads(done.stdout).keys() >= {"prefix", "entity", "activity", "used"}


def test_from_standard_input(told: Path, tmp_path: Path) -> None:
    arguments = (*COMMAND, "convert", "-", str(tmp_path / "out.json"))
    packed = gzip.compress(told.read_bytes())
    done = subprocess.run(arguments, input=packed, env=clean_environment(), check=False)
    assert done.returncode == 0
    written = read_document((tmp_path / "out.json").read_bytes()).parts[0].document
    assert written == read_document(told.read_bytes()).parts[0].document


def test_too_much_from_standard_input(told: Path, tmp_path: Path) -> None:
    arguments = (*COMMAND, "convert", "-", str(tmp_path / "out.json"))
    environment = clean_environment(max_document_bytes="10")
    with told.open("rb") as document:
        done = subprocess.run(arguments, stdin=document, env=environment, check=False)
    assert done.returncode == 4
    assert not (tmp_path / "out.json").exists()


def test_a_pipe_is_written_to_and_a_link_goes_on_to_lead_to_the_file(
    told: Path, tmp_path: Path
) -> None:
    pipe, link, target = tmp_path / "pipe.provn", tmp_path / "link.provn", tmp_path / "target"
    os.mkfifo(pipe)
    link.symlink_to(target)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    assert provstore("convert", told, pipe).returncode == 0
    assert os.read(reader, 100).startswith(b"document\n")
    os.close(reader)
    assert pipe.is_fifo()
    assert provstore("convert", told, link).returncode == 0
    assert link.is_symlink()
    assert target.read_text().startswith("document\n")


def test_the_parts_of_a_log_become_one_document(data: Path, tmp_path: Path) -> None:
    log = data / "ctapipe" / "night.provenance.log"
    assert provstore("convert", log, tmp_path / "out.json").returncode == 0
    parts = read_document(log.read_bytes()).parts
    whole = read_document((tmp_path / "out.json").read_bytes()).parts[0].document
    assert len(parts) > 1
    assert {telling.iri for telling in whole.elements} == {
        telling.iri for part in parts for telling in part.document.elements
    }
    assert {r.identity for r in whole.relations} == {
        r.identity for part in parts for r in part.document.relations
    }


def test_local_ids_stay_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "in.json"
    path.write_text('{"entity": {"run1": {}}}')
    assert '"run1":{}' in provstore("convert", path, "-", "--to", "prov-json").stdout


def test_a_refused_document_writes_nothing(tmp_path: Path) -> None:
    path, out = tmp_path / "bad.json", tmp_path / "out.provn"
    path.write_bytes(refused("bad"))
    out.write_text("what was there")
    done = provstore("convert", path, out)
    assert done.returncode == 4
    assert "[prov-json/unknown-prefix]" in done.stderr
    assert out.read_text() == "what was there"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bad.json", "out.provn"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("out.doc",), "out.doc"),
        (("-",), "--to"),
        (("out.json", "--to", "word"), "--to='word'"),
        (("out.json", "--model", "UML"), "model='UML'"),
        (("out.json", "--format", "word"), "format='word'"),
        (("nowhere/out.json",), "OUT="),
    ],
)
def test_wrong_usage(told: Path, tmp_path: Path, arguments: tuple[str, ...], named: str) -> None:
    first, *rest = arguments
    out = first if first == "-" else tmp_path / first
    done = provstore("convert", told, out, *rest)
    assert done.returncode == 2
    assert named in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.json"]
