"""The spool keeps what it was given, whoever writes at the same time."""

import fcntl
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from provstore.client.spool import Spool, Waiting
from provstore.errors import Finding, Severity

URL = "http://127.0.0.1:1"

WRITER = """
import sys
from pathlib import Path
from provstore.client.spool import Spool
spool, writer = Spool(Path(sys.argv[1])), sys.argv[2]
for number in range(20):
    for name in (f"{writer}-{number}", f"shared-{number}"):
        data = f"{name}\\n".encode() * 1000
        spool.add(data, url="http://127.0.0.1:1", source=None, format=None, name=name)
"""

TAKER = """
import sys
from pathlib import Path
from provstore.client.spool import Spool
spool = Spool(Path(sys.argv[1]))
while not (spool.folder / "end").exists() or spool.waiting():
    for waiting in spool.waiting():
        data = spool.read(waiting)
        if data is not None:
            with (spool.folder.parent / f"taken{sys.argv[2]}").open("ab") as taken:
                taken.write(data[: data.index(b"\\n") + 1])
        spool.remove(waiting)
"""


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "deep" / "spool")


def keep(spool: Spool, data: bytes, *, source: str | None = None) -> Waiting:
    return spool.add(data, url=URL, source=source, format="prov-json", name="run.json")


def test_what_was_added_waits(spool: Spool) -> None:
    added = keep(spool, b"data", source="dl3")
    assert spool.waiting() == [added]
    assert (added.url, added.source, added.format, added.name) == (
        URL,
        "dl3",
        "prov-json",
        "run.json",
    )
    assert spool.read(added) == b"data"


def test_a_document_is_the_file_that_it_is(spool: Spool, tmp_path: Path) -> None:
    added = keep(spool, b"data")
    about = spool.folder / f"{added.key}.json"
    elsewhere = json.loads(about.read_bytes()) | {"key": f"../../{tmp_path.name}-else"}
    about.write_text(json.dumps(elsewhere))
    assert spool.waiting() == [added]


def test_an_empty_folder_has_nothing(spool: Spool) -> None:
    assert spool.waiting() == []
    assert not spool.folder.exists()


def test_the_same_document_waits_once_for_each_source(spool: Spool) -> None:
    keep(spool, b"data", source="a")
    keep(spool, b"data", source="a")
    keep(spool, b"data", source="b")
    assert [waiting.source for waiting in spool.waiting()] == ["a", "b"]


def test_the_oldest_comes_first(spool: Spool) -> None:
    added = [keep(spool, f"{number}".encode()) for number in range(5)]
    for age, waiting in enumerate(added):
        os.utime(spool.folder / f"{waiting.key}.json", (1000 - age, 1000 - age))
    assert spool.waiting() == added[::-1]


def test_what_was_removed_is_gone(spool: Spool) -> None:
    first, second = keep(spool, b"first"), keep(spool, b"second")
    spool.remove(first)
    assert spool.waiting() == [second]
    assert spool.read(first) is None
    spool.remove(first)
    assert {path.name for path in spool.folder.iterdir()} == {
        ".lock",
        f"{second.key}.json",
        f"{second.key}.document",
    }


def test_only_the_owner_reads_it(spool: Spool) -> None:
    keep(spool, b"data")
    assert stat.S_IMODE(spool.folder.stat().st_mode) == 0o700


def test_a_write_that_was_cut_short_is_not_listed(spool: Spool) -> None:
    whole = keep(spool, b"whole")
    (spool.folder / ".0000.json.99").write_text('{"half')
    (spool.folder / "0000.document").write_bytes(b"its JSON file was never written")
    assert spool.waiting() == [whole]


def test_a_refused_document_is_put_aside_with_what_was_said(spool: Spool) -> None:
    waiting = keep(spool, b"bad")
    finding = Finding(Severity.ERROR, "json/syntax", "1:1", "bad", "no JSON")
    lies = spool.refuse(waiting, "it is refused", [finding])
    assert spool.waiting() == []
    assert lies.read_bytes() == b"bad"
    said = json.loads((spool.refused / f"{waiting.key}.findings.json").read_text())
    assert said["reason"] == "it is refused"
    assert said["findings"] == [
        {
            "severity": "error",
            "rule": "json/syntax",
            "place": "1:1",
            "value": "bad",
            "message": "no JSON",
        }
    ]
    assert json.loads((spool.refused / f"{waiting.key}.json").read_text())["url"] == URL


def test_a_disk_that_takes_nothing_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OSError, match="file"):
        keep(Spool(tmp_path / "file"), b"data")


def start(script: str, spool: Spool, name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", script, str(spool.folder), name])


def test_writers_take_turns(spool: Spool) -> None:
    keep(spool, b"first")
    with (spool.folder / ".lock").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        writer = start(WRITER, spool, "late")
        with pytest.raises(subprocess.TimeoutExpired):
            writer.wait(1)
        assert len(spool.waiting()) == 1
    assert writer.wait(60) == 0
    assert len(spool.waiting()) == 41


def test_several_processes_spool_at_once(spool: Spool) -> None:
    writers = [start(WRITER, spool, f"writer{number}") for number in range(4)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0, 0]
    held = {spool.read(waiting) for waiting in spool.waiting()}
    writers_and_shared = [*(f"writer{number}" for number in range(4)), "shared"]
    assert held == {f"{w}-{n}\n".encode() * 1000 for w in writers_and_shared for n in range(20)}
    assert len(spool.waiting()) == 100


def test_nothing_is_lost_while_others_send(spool: Spool) -> None:
    spool.folder.mkdir(parents=True)
    takers = [start(TAKER, spool, f"{number}") for number in range(2)]
    writers = [start(WRITER, spool, f"writer{number}") for number in range(2)]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    (spool.folder / "end").touch()
    assert [taker.wait(60) for taker in takers] == [0, 0]
    taken = "".join(file.read_text() for file in spool.folder.parent.glob("taken*")).split()
    expected = {f"{w}-{n}" for w in ("writer0", "writer1", "shared") for n in range(20)}
    assert set(taken) == expected
