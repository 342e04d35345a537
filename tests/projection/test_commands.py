"""The commands about the graph, as users run them."""

import signal
import subprocess
from pathlib import Path

import pytest
from support.catalogue import EX, prov, push
from support.command import COMMAND, clean_environment, provstore
from support.projected import dump, wanted

from provstore.factory import Services
from provstore.services.projection import wait_until_shown
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.neo4j import Neo4j


@pytest.mark.sqlite
def test_a_worker_of_its_own_brings_the_graph_up_to_date_until_it_is_told_to_stop(
    archive: Services, database: Database, tmp_path: Path, neo4j: str, server: Neo4j
) -> None:
    environment = clean_environment(DATA_DIR=tmp_path, GRAPH_URL=neo4j)
    with subprocess.Popen([*COMMAND, "worker"], env=environment, stderr=subprocess.PIPE) as worker:
        assert worker.stderr is not None
        try:
            assert f"its graph is {neo4j}" in worker.stderr.readline().decode()
            push(archive, prov("used(a, e)"))
            assert wait_until_shown(database, 60)
            assert dump(server) == wanted(database)
        finally:
            worker.send_signal(signal.SIGTERM)
        assert worker.wait(60) == 0


@pytest.mark.sqlite
def test_the_graph_is_rebuilt_compared_and_detached(
    archive: Services, database: Database, tmp_path: Path, neo4j: str, server: Neo4j
) -> None:
    push(archive, prov("used(a, e)"))
    graph: dict[str, str] = {"DATA_DIR": str(tmp_path), "GRAPH_URL": neo4j}
    before = provstore("doctor", "--wait", "0", **graph)
    assert (before.returncode, before.stdout) == (
        1,
        "no worker has written the graph yet: run `provstore serve` or `provstore worker`\n",
    )
    rebuilt = provstore("rebuild", "graph", **graph)
    assert (rebuilt.returncode, rebuilt.stdout) == (0, "2 elements written to the graph\n")
    assert dump(server) == wanted(database)
    assert provstore("doctor", **graph).returncode == 0
    server.auto("MATCH (n:Activity) SET n.name = 'b'")
    after = provstore("doctor", **graph)
    assert (after.returncode, after.stdout) == (
        1,
        f"{EX}a: name is 'b' in the graph, should be 'a'\n",
    )
    everything = provstore("rebuild", **graph)
    assert everything.stdout == "2 elements derived anew\n2 elements written to the graph\n"
    assert provstore("doctor", **graph).returncode == 0
    refused = provstore("rebuild", "graph", DATA_DIR=tmp_path)
    assert refused.returncode == 2
    assert "PROVSTORE_GRAPH_URL" in refused.stderr
    assert provstore("rebuild", "graph", "--detach", **graph).returncode == 2
    detached = provstore("rebuild", "graph", "--detach", DATA_DIR=tmp_path)
    assert (detached.returncode, detached.stdout) == (0, "the graph is detached\n")
