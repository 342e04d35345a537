"""A full lineage answer over HTTP, beside the bare work: frontier statements and attribute rows."""

import argparse
import http.client
import json
import statistics
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

from bare import Bare, BareSqlite, Way
from documents import observatory
from measure import seconds

from provstore.cli.local_server import local_server
from provstore.config import Settings
from provstore.factory import build, migrate

PRODUCT = "http://example.org/obs/dl4-"


def fill(folder: Path, runs: int) -> None:
    settings = Settings(data_dir=folder)
    migrate(settings)
    services = build(settings)
    for document in observatory(runs):
        services.ingest.push(document)
    services.close()


def fetch(url: str) -> bytes:
    parts = urlsplit(url)
    with closing(http.client.HTTPConnection(parts.netloc)) as connection:
        connection.request("GET", f"{parts.path}?{parts.query}")
        response = connection.getresponse()
        told = response.read()
        assert response.status == 200, told
        return told


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=1400)
    arguments.add_argument("--rounds", type=int, default=5)
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, options.runs)
        with (
            local_server(folder) as server,
            closing(BareSqlite(folder / "provstore.db")) as bare,
        ):
            run(server.url, bare, options.runs // 70, options.rounds)


def run(url: str, bare: Bare, products: int, rounds: int) -> None:
    ratios, ours, theirs, nodes, size = [], [], [], 0, 0
    for turn in range(rounds + 1):
        for product in range(products):
            iri = f"{PRODUCT}{product}"
            address = f"{url}/api/v1/lineage?ID={quote(iri, safe='')}"
            service = seconds(partial(fetch, address))
            engine = seconds(partial(bare.lineage, Way(iri, back=True)))
            if turn:  # the first turn warms both caches
                ratios.append(service / engine)
                ours.append(service)
                theirs.append(engine)
        answer = fetch(address)
        nodes, size = len(json.loads(answer)["nodes"]), len(answer)
        assert bare.lineage(Way(iri, back=True)) == nodes
    print(f"Lineage, full closure of {nodes} nodes, {size / 1e6:.1f} MB of JSON")
    for what, times in (("request to last byte of JSON", ours), ("bare statements", theirs)):
        print(f"  {what:<46} {statistics.median(times) * 1000:8.1f} ms")
    print(f"  ratio {statistics.median(ratios):.2f}   (at most 2.00)", flush=True)


if __name__ == "__main__":
    main()
