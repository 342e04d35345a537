"""The page on deployment says what the files and the code say, and its commands work."""

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import PostgresServer, installed
from sqlalchemy.engine import make_url
from support.command import provstore
from support.composed import ROOT, compose, variables
from support.pages import Block, blocks, commands
from support.servers import private_postgres

from provstore.config import SECRETS_OF_FILES, Settings
from provstore.stores.catalogue.attachment import Stage
from provstore.stores.graph.faults import Fault
from provstore.stores.graph.neo4j import Status

PAGE = ROOT / "docs" / "deploy.md"
UNITS = sorted((ROOT / "deploy" / "systemd").glob("*.service"))


def _section(title: str) -> str:
    _, _, rest = PAGE.read_text().partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def _rows(title: str, header: str = "") -> list[list[str]]:
    """The cells of a section's only table, or of the one whose first header is given."""
    _, _, text = _section(title).partition(f"| {header}")
    lines = text.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]


def _blocks(kind: str, having: str) -> Block:
    [block] = [block for block in blocks(PAGE) if block.kind == kind and having in block.text]
    return block


# -- tables


def test_every_fault_of_the_graph_has_its_advice() -> None:
    rows = _rows("What may be wrong with the graph", "finding")
    assert [finding for finding, _ in rows] == [fault.finding for fault in Fault]
    assert all(advice for _, advice in rows)


def test_every_state_of_the_graph_is_told() -> None:
    cells = [cell for cell, _ in _rows("What may be wrong with the graph", "`state`")]
    told = [state for cell in cells for state in re.findall(r"`([a-z-]+)`", cell)]
    states = {*Stage, *Status, "new", "left-behind"} - {Status.UP}
    assert sorted(told) == sorted(states)


def test_the_variables_are_those_of_the_compose_file() -> None:
    told = {name.strip("`"): default.strip("`") for name, default, _ in _rows("With containers")}
    assert told == variables()


def test_connections_are_counted() -> None:
    assert "at most twice `THREADS` and three more" in _section("Several processes and hosts")
    # readers and writers have threads of their own; two work beside them, one with two connections
    most = 2 * Settings.model_fields["threads"].default + 3
    [limit] = [
        int(word.partition("=")[2])
        for word in compose()["services"]["postgres"]["command"]
        if "max_connections" in word
    ]
    # four processes of the API, and the worker
    assert limit > 5 * most


# -- systemd


def _unit(path: Path) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        name, mark, value = line.partition("=")
        if mark and line[0] != "#":
            told.setdefault(name, []).append(value)
    return told


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_units_start_what_the_containers_start(path: Path) -> None:
    told = _unit(path)
    name = "worker" if "worker" in path.stem else "api"
    service = compose()["services"][name]
    program, *words = told["ExecStart"][0].split()
    assert program == "/opt/provstore/bin/provstore"
    assert words == ["127.0.0.1" if word == "0.0.0.0" else word for word in service["command"]]  # noqa: S104  compared
    credentials = [value.partition(":")[0] for value in told["LoadCredential"]]
    assert credentials == [f"provstore_{secret}" for secret in SECRETS_OF_FILES]
    assert "PROVSTORE_SECRETS_DIR=%d" in told["Environment"]
    assert "PROVSTORE_CONFIG=/etc/provstore/provstore.toml" in told["Environment"]
    assert told["MemoryMax"] == [service["mem_limit"].upper()]
    assert told["TasksMax"] == [str(service["pids_limit"])]
    assert (told["DynamicUser"], told["ProtectSystem"]) == (["yes"], ["strict"])
    assert told["CapabilityBoundingSet"] == [""]


def test_there_is_a_unit_for_each_process() -> None:
    assert [path.stem for path in UNITS] == ["provstore-worker", "provstore"]


def test_the_settings_file_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "provstore.toml"
    file.write_text(_blocks("toml", "graph_url").text)
    monkeypatch.setenv("PROVSTORE_CONFIG", str(file))
    settings = Settings()
    assert settings.graph_url == "bolt://127.0.0.1:7687"
    assert tomllib.loads(file.read_text()).keys() <= settings.model_fields_set


# -- commands


def test_the_second_compose_file_publishes_neo4j_on_the_loopback_address_only() -> None:
    told = json.loads(_blocks("json", "neo4j").text)["services"]["neo4j"]
    assert [port.rpartition(":")[0] for port in told["ports"]] == [
        "127.0.0.1:7474",
        "127.0.0.1:7687",
    ]
    assert set(told["networks"]) <= compose()["networks"].keys()


SCRIPT = """CREATE OPERATOR @> (
   LEFTARG    = smoc,
   RIGHTARG   = spoint,
   COMMUTATOR = '<@'
);

CREATE OPERATOR @ (
   LEFTARG    = bigint,
   RIGHTARG   = smoc,
   COMMUTATOR = '@>'
);

CREATE OPERATOR @ (
   LEFTARG    = spoint,
   RIGHTARG   = smoc,
   COMMUTATOR = '@>'
);
CREATE OPERATOR @ (
   LEFTARG    = spoint,
   RIGHTARG   = scircle,
   COMMUTATOR = '~'
);
"""


def test_the_two_faulty_operators_are_taken_out_of_pg_sphere(tmp_path: Path) -> None:
    script = tmp_path / "pg_sphere--1.2.0.sql"
    script.write_text(SCRIPT)
    [command] = commands(_blocks("console", "perl"))
    place = "/usr/share/postgresql/15/extension/pg_sphere--1.2.0.sql"
    assert place in command.text
    subprocess.run(["bash", "-c", command.text.replace(place, str(script))], check=True)
    left = re.findall(
        r"CREATE OPERATOR (\S+) \(\s+LEFTARG\s+= (\w+),\s+RIGHTARG\s+= (\w+)", script.read_text()
    )
    assert left == [("@>", "smoc", "spoint"), ("@", "spoint", "scircle")]


@pytest.fixture
def administrator(tmp_path: Path) -> Iterator[tuple[PostgresServer, dict[str, str]]]:
    """A server, and the environment of its superuser."""
    with private_postgres() as server:
        url = make_url(server.admin_url)
        yield (
            server,
            {
                **os.environ,
                "PATH": f"{installed().bin}:{os.environ['PATH']}",
                "PGHOST": "127.0.0.1",
                "PGPORT": str(url.port),
                "PGUSER": str(url.username),
                "PGPASSWORD": str(url.password),
            },
        )


def test_a_backup_is_restored(
    administrator: tuple[PostgresServer, dict[str, str]], tmp_path: Path
) -> None:
    server, environment = administrator
    url = server.url
    example = ROOT / "examples" / "run.prov.json"
    data = tmp_path / "data"
    assert provstore("ingest", example, data_dir=data, database_url=url).returncode == 0
    for having in ("--file=provstore.dump", "--dbname=restored provstore.dump"):
        for command in commands(_blocks("console", having)):
            subprocess.run(["bash", "-c", command.text], cwd=tmp_path, env=environment, check=True)
    restored = make_url(url).set(database="restored").render_as_string(hide_password=False)
    done = provstore("doctor", data_dir=data, database_url=restored)
    assert (done.returncode, done.stderr.partition(";")[0]) == (0, "0 difference(s)")
    again = provstore("ingest", example, data_dir=data, database_url=restored)
    assert "\tknown\t" in again.stdout
