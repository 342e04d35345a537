"""What a monitor reads, by the reader of Prometheus' own client."""

import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from prometheus_client.parser import text_string_to_metric_families
from support.served import archive_at

DOCUMENT = b"""{"prefix": {"ex": "https://example.org/"}, "entity": {"ex:a": {}, "ex:b": {}},
"wasDerivedFrom": {"_:1": {"prov:generatedEntity": "ex:a", "prov:usedEntity": "ex:b"}}}"""


def told(answer: httpx.Response) -> Mapping[tuple[str, str], float]:
    """The value of each metric, by its name and the value of its label."""
    assert answer.status_code == 200
    return {
        (sample.name, "".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def is_live_and_whole(found: Mapping[tuple[str, str], float]) -> bool:
    is_live = ("provstore_graph_state", "live") in found
    return is_live and not found["provstore_graph_behind_rows", ""]


def test_sizes_are_told(archive: httpx.Client) -> None:
    archive.post("/api/v1/documents", content=DOCUMENT).raise_for_status()
    answer = archive.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    assert told(answer) == {
        ("provstore_documents", ""): 1,
        ("provstore_pending", ""): 0,
        ("provstore_elements", ""): 2,
        ("provstore_relations", ""): 1,
    }


def test_the_graph_s_state_and_lag_are_told(tmp_path: Path, neo4j: str) -> None:
    with archive_at(tmp_path, graph_url=neo4j) as archive:
        archive.post("/api/v1/documents", content=DOCUMENT).raise_for_status()
        end = time.monotonic() + 60
        # one that was written before the push is live, and lacks it
        while not is_live_and_whole(found := told(archive.get("/metrics"))):
            assert time.monotonic() < end, archive.get("/health").text
            time.sleep(0.1)
    assert found["provstore_graph_behind_seconds", ""] == 0


def test_a_graph_that_cannot_be_reached_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    with archive_at(tmp_path, graph_url="bolt://127.0.0.1:1") as archive:
        end = time.monotonic() + 60
        # changes are kept from the moment on at which a worker has the graph
        while not archive.get("/health").json()["graph"]["written_by"]:
            assert time.monotonic() < end
            time.sleep(0.1)
        while ("provstore_graph_state", "down") not in told(archive.get("/metrics")):
            assert time.monotonic() < end, archive.get("/health").text
            time.sleep(0.1)
        archive.post("/api/v1/documents", content=DOCUMENT).raise_for_status()
        found = told(archive.get("/metrics"))
        assert found["provstore_graph_behind_rows", ""] == 2  # elements, relations
        assert found["provstore_graph_behind_seconds", ""] > 0
