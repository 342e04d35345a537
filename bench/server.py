"""Lineage on each set-up beside the bare work of its engines, and the projection to Neo4j.

Needs PostgreSQL with pg_sphere, Java and Maven; or ``PROVSTORE_TEST_DATABASE_URL`` and
``PROVSTORE_TEST_GRAPH_URL`` name servers, and all that is in that Neo4j is deleted.
"""

import argparse
import json
import random
import statistics
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import urlencode

from bare import Way
from lineage import fetch
from measure import seconds
from projection import measure_lag, measure_rebuild
from setups import LEVELS, LINKS, SetUp, filled, servers

from provstore.cli.local_server import local_server
from provstore.exporters.json import write_json
from provstore.main import _calm_collector
from provstore.model.lineage import Bounds, Direction, LineageQuestion, WalkPlan
from provstore.stores.graph.neo4j_walk import _Answer, _question, _way

_SPACE: Final = "http://example.org/obs/"
_MOST_S: Final = 60.0
"""Longest that one question is measured on all set-ups, after its first round."""


class Asked(NamedTuple):
    """A question to all set-ups; each round asks it of another thing."""

    title: str
    names: Sequence[str]
    direction: Direction = Direction.BACK
    bounds: Bounds = Bounds()
    depth: int | None = None
    """Relations after which the bare walk ends where the service's does."""

    def question(self, name: str) -> LineageQuestion:
        return LineageQuestion((_SPACE + name,), self.direction, self.bounds)

    def query(self, name: str) -> str:
        bounds = {"depth": self.bounds.depth, "steps": self.bounds.steps}
        given = {key: value for key, value in bounds.items() if value is not None}
        return urlencode({"ID": _SPACE + name, "direction": self.direction.value, **given})

    def way(self, name: str) -> Way:
        return Way(_SPACE + name, self.direction is Direction.BACK, self.depth)


def questions(runs: int) -> list[Asked]:
    products = [f"dl4-{number}" for number in range(runs // 70)]
    nights = [f"cal{number}" for number in range(runs // 40)]
    forth = Direction.FORTH
    return [
        Asked("Closure of a DL4 product", products),
        Asked("Impact of a night's calibration", nights, forth),
        Asked("Impact of the instrument's model", ["model"], forth),
        Asked("A DL4 product, depth 5", products, bounds=Bounds(depth=5), depth=5),
        # the calibrations that made the last files are as many steps away as these
        Asked("A DL4 product, 3 steps", products, bounds=Bounds(steps=3), depth=7),
    ]


class Times(NamedTuple):
    """Of one set-up, in seconds; the three of one index are of one round."""

    within: list[float]
    http: list[float]
    bare: list[float]


def compare(asked: Asked, setups: Sequence[SetUp], urls: Sequence[str], rounds: int) -> None:
    """Measure one question on all set-ups in turn, and print it."""
    chance = random.Random(1)
    times = [Times([], [], []) for _ in setups]
    spent, told = 0.0, ""
    for turn in range(rounds + 1):
        name = chance.choice(asked.names)
        works: list[tuple[list[float], Callable[[], object]]] = []
        for setup, url, taken in zip(setups, urls, times, strict=True):
            works += _works(asked, name, setup, url, taken)
        chance.shuffle(works)
        if not turn:  # the first turn warms all caches, and shows that all sides answer the same
            told = _checked(asked, name, setups, urls)
            continue
        for noted, work in works:
            noted.append(seconds(work))
            spent += noted[-1]
        if spent > _MOST_S:
            break
    print(f"{asked.title}: {told}, {len(times[0].bare)} rounds")
    for setup, taken in zip(setups, times, strict=True):
        _print(setup.name, taken)


def _works(
    asked: Asked, name: str, setup: SetUp, url: str, taken: Times
) -> list[tuple[list[float], Callable[[], object]]]:
    address = f"{url}/api/v1/lineage?{asked.query(name)}"
    return [
        (taken.within, lambda: _answer(setup, asked.question(name))),
        (taken.http, lambda: fetch(address)),
        (taken.bare, lambda: setup.bare.lineage(asked.way(name))),
    ]


def _answer(setup: SetUp, question: LineageQuestion) -> int:
    return sum(map(len, write_json(setup.services.lineage.ask(question))))


def _checked(asked: Asked, name: str, setups: Sequence[SetUp], urls: Sequence[str]) -> str:
    """That all sides find the same; gives how much it is."""
    found, size, engines = set(), 0, []
    for setup, url in zip(setups, urls, strict=True):
        answer = fetch(f"{url}/api/v1/lineage?{asked.query(name)}")
        read = json.loads(answer)
        size = len(answer)
        engines.append(read["engine"])
        ours = setup.services.lineage.ask(asked.question(name))
        counts = {len(read["nodes"]), len(ours.nodes), setup.bare.lineage(asked.way(name))}
        assert len(counts) == 1, (setup.name, counts)
        found |= {*counts, -len(read["edges"])}
    edges, nodes = sorted(found)
    shown = f"{nodes:,} nodes, {-edges:,} relations, {size / 1e6:.1f} MB of JSON"
    return f"{shown}, walked by {', '.join(engines)}"


def _print(name: str, taken: Times) -> None:
    def middle(values: Sequence[float]) -> str:
        return f"{statistics.median(values) * 1000:8.1f} ms"

    def ratio(ours: Sequence[float]) -> str:
        pairs = zip(ours, taken.bare, strict=True)
        return f"{statistics.median(a / b for a, b in pairs):.2f}"

    print(
        f"  {name:<18} service and JSON {middle(taken.within)}, bare {middle(taken.bare)}", end=""
    )
    print(f"   ratio {ratio(taken.within)}   (at most 2.00 beyond 1,000 nodes)", end="")
    print(f"; over HTTP {middle(taken.http)}, ratio {ratio(taken.http)}", flush=True)


def shapes(setup: SetUp, rounds: int) -> None:
    """The service's own statement on shapes where most others take 2^n, or n^2."""
    neo4j = setup.services._neo4j  # noqa: SLF001  the statement alone is measured
    assert neo4j is not None
    way = _way(_back())
    assert way is not None
    for title, sizes in (("diamond", LEVELS), ("chain", LINKS)):
        each = []
        for size in sizes:
            [(root,)] = setup.bare.execute(setup.bare.by_iri, f"{_SPACE}{title}{size}-0")
            asked = _question(way, [root], Bounds())
            rows = neo4j.read(asked.text, asked.parameters)
            assert max(_Answer(*rows[0]).distances) == size * (2 if title == "diamond" else 1)
            taken = [
                seconds(lambda: neo4j.read(asked.text, asked.parameters))  # noqa: B023  called at once
                for _ in range(3 * rounds)
            ]
            each.append((size, statistics.median(taken)))
        shown = ", ".join(f"{size}: {taken * 1000:.1f} ms" for size, taken in each)
        (least, first), (most, last) = each[0], each[-1]
        print(f"Neo4j, levels of a {title}: {shown}")
        growth = (last / most) / (first / least)
        print(f"  time per level grows {growth:.2f}   (at most 1.00 is linear)", flush=True)


def _back() -> WalkPlan:
    return LineageQuestion((), Direction.BACK).plans()[0]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=2200, help="45 nodes each")
    arguments.add_argument("--rounds", type=int, default=9)
    options = arguments.parse_args()
    _calm_collector()  # as in a server
    with servers() as found, filled(found, options.runs) as setups:
        with_graph = setups[-1]
        measure_rebuild(with_graph)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(TemporaryDirectory()))
            urls = [
                stack.enter_context(
                    local_server(
                        setup.settings.data_dir if setup is setups[0] else folder / str(number),
                        setup.environment,
                    )
                ).url
                for number, setup in enumerate(setups)
            ]
            for asked in questions(options.runs):
                compare(asked, setups, urls, options.rounds)
            shapes(with_graph, options.rounds)
            measure_lag(urls[-1], found.neo4j)


if __name__ == "__main__":
    main()
