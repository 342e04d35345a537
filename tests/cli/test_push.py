"""`push` and `flush`: a science job never fails for want of its archive."""

import gzip
import json
import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.command import COMMAND, clean_environment, provstore, provstore_on_terminal
from support.scripted import Reply, scripted_server
from support.server import Server, free_port, running_server
from support.told import many_entities, namespace, one_step, refused

from provstore.client import Client


@pytest.fixture
def files(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with a good and a bad document, told apart by the test's name."""
    folder = tmp_path / "files"
    folder.mkdir()
    tag = request.node.name.replace("[", "-").replace("]", "")
    (folder / "good.json").write_bytes(one_step(tag))
    (folder / "bad.json").write_bytes(refused(tag))
    return folder


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    return tmp_path / "spool"


@pytest.fixture
def nobody() -> str:
    """An address at which nobody listens."""
    return f"http://127.0.0.1:{free_port()}"


def documents_in(spool: Path) -> int:
    return len(list(spool.glob("*.document")))


def test_a_document_is_pushed_and_its_receipt_printed(
    server: Server, files: Path, spool: Path
) -> None:
    done = provstore("push", files / "good.json", url=server.url, spool=spool)
    assert (done.returncode, done.stderr) == (0, "")
    name, state, receipt, form, *counts = done.stdout.rstrip("\n").split("\t")
    assert (name, state, form) == (str(files / "good.json"), "accepted", "prov-json")
    assert counts == ["3", "2", "0", "0", "0"]
    assert Client(server.url, token="").receipt(receipt)["status"] == "accepted"
    assert not spool.exists()


def test_the_option_wins_over_the_environment(server: Server, files: Path, nobody: str) -> None:
    done = provstore("push", files / "good.json", "--url", server.url, url=nobody)
    assert done.stdout.split("\t")[1] == "accepted"


def test_pushing_twice_is_known(server: Server, files: Path) -> None:
    first = provstore("push", files / "good.json", "--strict", url=server.url)
    second = provstore("push", files / "good.json", "--strict", url=server.url)
    assert (first.returncode, second.returncode) == (0, 0)
    assert second.stdout.split("\t")[1] == "known"
    assert first.stdout.split("\t")[2] == second.stdout.split("\t")[2]


def test_gzipped_files_are_read(server: Server, files: Path) -> None:
    zipped = files / "good.json.gz"
    zipped.write_bytes(gzip.compress((files / "good.json").read_bytes()))
    first = provstore("push", files / "good.json", zipped, "--strict", url=server.url)
    states = [line.split("\t")[1] for line in first.stdout.splitlines()]
    assert states == ["accepted", "known"]


def test_json_has_the_whole_receipt(server: Server, files: Path) -> None:
    done = provstore(
        "push", files / "good.json", files / "bad.json", "--json", url=server.url, source="dl3"
    )
    good, bad = map(json.loads, done.stdout.splitlines())
    assert (good["state"], good["error"], good["findings"]) == ("accepted", None, [])
    assert good["receipt"]["source"] == "dl3"
    assert good["receipt"]["new"] == {"elements": 3, "relations": 2}
    assert (bad["state"], bad["receipt"]) == ("refused", None)
    assert bad["findings"][0]["rule"] == "prov-json/unknown-prefix"


def test_a_refusal_is_told_and_does_not_fail_the_job(
    server: Server, files: Path, spool: Path
) -> None:
    done = provstore("push", files / "bad.json", url=server.url, spool=spool)
    assert done.returncode == 0
    assert done.stdout.split("\t")[1] == "refused"
    assert f"{files / 'bad.json'}:/entity/nope:x: error:" in done.stderr
    assert "[prov-json/unknown-prefix]" in done.stderr
    assert not spool.exists()


def test_a_strict_refusal_is_status_4_and_the_rest_is_sent(server: Server, files: Path) -> None:
    done = provstore("push", files / "bad.json", files / "good.json", "--strict", url=server.url)
    assert done.returncode == 4
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == ["refused", "accepted"]


def test_a_file_of_no_known_format_is_refused(server: Server, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("neither this nor that")
    done = provstore("push", tmp_path / "notes.txt", "--strict", url=server.url)
    assert done.returncode == 4
    assert "prov-json" in done.stderr


def test_a_server_that_is_down_costs_one_warning(files: Path, spool: Path, nobody: str) -> None:
    done = provstore("push", files / "good.json", url=nobody, spool=spool)
    assert done.returncode == 0
    assert done.stdout.split("\t")[:2] == [str(files / "good.json"), "spooled"]
    assert len(done.stderr.splitlines()) == 1
    assert "spooled" in done.stderr
    assert nobody in done.stderr
    assert documents_in(spool) == 1


def test_a_strict_push_to_nobody_is_status_3_and_spools_nothing(
    files: Path, spool: Path, nobody: str
) -> None:
    done = provstore("push", files / "good.json", "--strict", url=nobody, spool=spool)
    assert done.returncode == 3
    assert not spool.exists()


def test_a_silent_server_is_left_after_the_timeout(files: Path, spool: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        done = provstore("push", files / "good.json", "--timeout", "0.2", url=url, spool=spool)
    assert (done.returncode, documents_in(spool)) == (0, 1)


def test_a_spool_that_cannot_be_written_does_not_fail_the_job(
    files: Path, tmp_path: Path, nobody: str
) -> None:
    (tmp_path / "file").touch()
    done = provstore("push", files / "good.json", url=nobody, spool=tmp_path / "file")
    assert done.returncode == 0
    assert done.stdout.split("\t")[1] == "lost"
    assert "neither sent nor spooled" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["missing.json"],
        [],
        ["good.json", "--source", "no blanks"],
        ["good.json", "--url", "ftp://host"],
        ["good.json", "--timeout", "0"],
        ["good.json", "--no-such-option"],
    ],
)
@pytest.mark.parametrize("strict", [["--strict"], []])
def test_wrong_usage_is_status_2_always(
    server: Server, files: Path, arguments: list[str], strict: list[str]
) -> None:
    paths = [str(files / word) if word.endswith(".json") else word for word in arguments]
    done = provstore("push", *paths, *strict, url=server.url)
    assert done.returncode == 2
    assert done.stderr
    assert done.stdout == ""


def test_one_missing_file_keeps_all_from_being_sent(server: Server, files: Path) -> None:
    done = provstore("push", files / "good.json", files / "missing.json", url=server.url)
    assert (done.returncode, done.stdout) == (2, "")


def test_a_dry_run_stores_nothing(server: Server, files: Path) -> None:
    dry = provstore("push", files / "good.json", "--dry-run", "--strict", url=server.url)
    assert (dry.returncode, dry.stdout.split("\t")[1]) == (0, "checked")
    bad = provstore("push", files / "bad.json", "--dry-run", "--strict", url=server.url)
    assert bad.returncode == 4
    real = provstore("push", files / "good.json", url=server.url)
    assert real.stdout.split("\t")[1] == "accepted"


def test_a_folder_is_walked_and_what_is_no_document_left_out(server: Server, files: Path) -> None:
    (files / "README.md").write_text("# read me")
    (files / ".hidden.json").write_text("not looked at")
    (files / "deeper").mkdir()
    (files / "deeper" / "more.json").write_bytes(one_step("deeper"))
    done = provstore("push", files, url=server.url)
    assert done.returncode == 0
    assert [line.split("\t")[0] for line in done.stdout.splitlines()] == [
        str(files / "bad.json"),
        str(files / "deeper" / "more.json"),
        str(files / "good.json"),
    ]
    assert f"{files / 'README.md'}: left out" in done.stderr


@pytest.fixture(scope="module")
def slow_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that judges everything later."""
    folder = tmp_path_factory.mktemp("slow")
    with running_server(folder, settings={"async_document_bytes": 0}) as running:
        yield running


def test_a_pending_document_is_said_to_be_pending(slow_server: Server, tmp_path: Path) -> None:
    (tmp_path / "large.json").write_bytes(many_entities("large", 500))
    done = provstore("push", tmp_path / "large.json", url=slow_server.url)
    assert (done.returncode, done.stdout.split("\t")[1]) == (0, "pending")
    assert "pending" in done.stderr


def test_a_strict_push_waits_for_the_verdict(slow_server: Server, files: Path) -> None:
    good = provstore("push", files / "good.json", "--strict", url=slow_server.url)
    assert (good.returncode, good.stdout.split("\t")[1]) == (0, "accepted")
    bad = provstore("push", files / "bad.json", "--strict", url=slow_server.url)
    assert (bad.returncode, bad.stdout.split("\t")[1]) == (4, "refused")
    assert "[prov-json/unknown-prefix]" in bad.stderr


def test_what_was_spooled_is_flushed_when_the_server_is_back(tmp_path: Path, spool: Path) -> None:
    (tmp_path / "run.json").write_bytes(one_step("back"))
    server = Server(tmp_path / "data")
    server.stop()
    pushed = provstore(
        "push", tmp_path / "run.json", "--source", "dl3", url=server.url, spool=spool
    )
    assert pushed.stdout.split("\t")[1] == "spooled"

    down = provstore("flush", spool=spool)
    assert (down.returncode, down.stdout.split("\t")[1]) == (3, "spooled")

    back = Server(tmp_path / "data", port=server.port)
    try:
        done = provstore("flush", spool=spool)
        assert (done.returncode, done.stdout.split("\t")[1]) == (0, "accepted")
        assert done.stdout.split("\t")[0] == str(tmp_path / "run.json")
        receipt = Client(back.url, token="").receipt(done.stdout.split("\t")[2])
        assert receipt["source"] == "dl3"
    finally:
        back.kill()
    assert documents_in(spool) == 0


def test_a_flush_to_another_server(server: Server, files: Path, spool: Path, nobody: str) -> None:
    provstore("push", files / "good.json", url=nobody, spool=spool)
    done = provstore("flush", "--json", "--url", server.url, spool=spool)
    assert done.returncode == 0
    assert json.loads(done.stdout)["state"] == "accepted"


def test_a_refused_document_is_put_aside(
    server: Server, files: Path, spool: Path, nobody: str
) -> None:
    provstore("push", files / "good.json", files / "bad.json", url=nobody, spool=spool)
    done = provstore("flush", url=server.url, spool=spool)
    assert done.returncode == 4
    assert sorted(line.split("\t")[1] for line in done.stdout.splitlines()) == [
        "accepted",
        "refused",
    ]
    assert str(spool / "refused") in done.stderr
    (said,) = (spool / "refused").glob("*.findings.json")
    assert "nope" in said.read_text()
    assert provstore("flush", url=server.url, spool=spool).returncode == 0


def test_an_empty_spool_has_nothing_to_send(spool: Path) -> None:
    done = provstore("flush", spool=spool)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_several_jobs_spool_at_once(tmp_path: Path, spool: Path, nobody: str) -> None:
    jobs = []
    for number in range(6):
        file = tmp_path / f"{number}.json"
        file.write_bytes(one_step(f"job{number % 3}"))
        command = [*COMMAND, "push", str(file)]
        environment = clean_environment(url=nobody, spool=spool)
        jobs.append(subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL))
    assert [job.wait(60) for job in jobs] == [0] * 6
    assert documents_in(spool) == 3


def test_a_token_is_sent(files: Path) -> None:
    receipt = {"id": "1", "status": "accepted", "findings": []}
    with scripted_server(Reply(201, json.dumps(receipt).encode())) as script:
        provstore("push", files / "good.json", url=script.url, token="of-environment")
        provstore("push", files / "good.json", "--token", "of-option", url=script.url)
    sent = [headers["Authorization"] for _, _, headers, _ in script.requests]
    assert sent == ["Bearer of-environment", "Bearer of-option"]


def test_all_is_sent_though_nobody_reads_the_receipts(server: Server, tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.json").write_bytes(one_step(f"unread{number}"))
    reader, writer = os.pipe()
    os.close(reader)
    files = [str(path) for path in sorted(tmp_path.glob("*.json"))]
    environment = clean_environment(url=server.url)
    job = subprocess.run([*COMMAND, "push", *files], env=environment, stdout=writer, check=False)
    os.close(writer)
    assert job.returncode == 0
    client = Client(server.url, token="")
    names = [client.element(namespace(f"unread{number}") + "out")["name"] for number in range(3)]
    assert names == ["out.fits"] * 3


def test_a_terminal_shows_a_table(server: Server, files: Path) -> None:
    status, shown = provstore_on_terminal("push", files / "good.json", url=server.url)
    assert status == 0
    assert "new_elements" in shown
    assert "accepted" in shown
    assert "\t" not in shown


def test_the_namespace_is_that_of_the_document(server: Server, files: Path) -> None:
    provstore("push", files / "good.json", "--strict", url=server.url)
    tag = "test_the_namespace_is_that_of_the_document"
    assert Client(server.url, token="").element(namespace(tag) + "out")["name"] == "out.fits"
