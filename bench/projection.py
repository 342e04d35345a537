"""How quickly the graph in Neo4j is written: all of it, and each document of a steady stream."""

import http.client
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final
from urllib.parse import urlsplit

from documents import job_document
from neo4j import GraphDatabase
from setups import SetUp, count_relationships

_EACH_SECOND: Final = 50
_SECONDS: Final = 20
_PATIENCE_S: Final = 60.0
"""Longest wait for the graph after the last document, in seconds."""
_PUSHERS: Final = 8
_ID: Final = "http://example.org/late/job"


def measure_rebuild(setup: SetUp) -> None:
    """Write the graph from nothing."""
    projector = setup.services.projector
    assert projector is not None
    relations = "SELECT count(*) FROM relation WHERE subj IS NOT NULL AND obj IS NOT NULL"
    [(count,)] = setup.bare.execute(relations)
    start = time.perf_counter()
    elements = projector.rebuild()
    taken = time.perf_counter() - start
    written = count_relationships(setup.settings.graph_url)
    print(f"Graph written anew: {elements:,} elements, {count:,} relations in {taken:.1f} s")
    print(f"  {written:,} relationships of Neo4j, those for the other direction included")
    print(f"  {count / taken:,.0f} relations/s   (at least 10,000)", flush=True)


def measure_lag(url: str, graph_url: str) -> None:
    """Push documents at a steady rate, and look when each of them can be seen in the graph."""
    count = _EACH_SECOND * _SECONDS
    documents = [job_document(number) for number in range(count)]
    acknowledged: dict[int, float] = {}
    seen: dict[int, float] = {}
    is_over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(graph_url, count, acknowledged, seen, is_over))
    watcher.start()
    start = time.monotonic()

    def push(number: int) -> None:
        time.sleep(max(0.0, start + number / _EACH_SECOND - time.monotonic()))
        _post(url, documents[number])
        acknowledged[number] = time.monotonic()

    with ThreadPoolExecutor(_PUSHERS) as pool:
        list(pool.map(push, range(count)))
    rate = count / (time.monotonic() - start)
    watcher.join(_PATIENCE_S)
    is_over.set()
    watcher.join()
    never = time.monotonic()
    lags = sorted(max(0.0, seen.get(n, never) - acknowledged[n]) for n in range(count))
    print(f"{count} documents pushed over HTTP at {rate:.1f}/s, {len(seen)} seen in the graph")
    print(f"  {statistics.median(lags):.3f} s after the receipt, median   (under 1 s)", end="")
    print(f"; 95 % within {lags[int(0.95 * count)]:.3f} s", flush=True)


_LOCAL: Final = threading.local()


def _post(url: str, document: bytes) -> None:
    if not hasattr(_LOCAL, "connection"):
        _LOCAL.connection = http.client.HTTPConnection(urlsplit(url).netloc)
    connection: http.client.HTTPConnection = _LOCAL.connection
    headers = {"Content-Type": "application/json"}
    connection.request("POST", "/api/v1/documents", body=document, headers=headers)
    response = connection.getresponse()
    told = response.read()
    assert response.status == 201, told


def _watch(
    graph_url: str,
    count: int,
    acknowledged: dict[int, float],
    seen: dict[int, float],
    is_over: threading.Event,
) -> None:
    """Note when the activity of each document is first there."""
    asked = "UNWIND $iris AS iri MATCH (n:Element {iri: iri}) RETURN collect(n.iri)"
    with GraphDatabase.driver(graph_url) as driver, driver.session(database="neo4j") as session:
        while len(seen) < count and not is_over.wait(0.005):
            missing = [f"{_ID}{number}" for number in [*acknowledged] if number not in seen]
            if missing:
                found: list[Any] = session.run(asked, iris=missing).single(strict=True)[0]
                now = time.monotonic()
                seen.update({int(iri.removeprefix(_ID)): now for iri in found})
