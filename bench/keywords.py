"""Datasets by what they inherit: the search, and what keeping the sets costs an ingest.

The search for a keyword and a target stands beside a recursive query over pairs of dataset and
ancestor, which is what a catalogue without kept sets has to ask.
"""

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from documents import CALIBRATIONS, TARGETS, observatory, records
from lineage import fetch
from measure import seconds

from provstore.cli.local_server import local_server
from provstore.config import Settings
from provstore.factory import Services, build, migrate
from provstore.main import _calm_collector
from provstore.model.search import Condition, Operator, SearchQuestion
from provstore.stores.catalogue.asking import Asked
from provstore.stores.catalogue.tables import obscore
from provstore.stores.keywords.edges import _ARROWS

RULES: Final = """
[[keyword]]
name = "calibrated"
type = "version"
[[keyword.from]]
activity = "calibrate"
version = true

[[keyword]]
name = "reconstructed"
type = "version"
[[keyword.from]]
activity = "reco"
version = true
level = "DL2"

[[keyword]]
name = "selected"
[[keyword.from]]
activity = "select"
version = true
"""
_PAIRS: Final = f"""
WITH RECURSIVE start(root, node) AS (
  SELECT o.element, o.element FROM obscore o
  WHERE o.target_name = :target AND o.dataproduct_subtype = 'DL4'
  UNION SELECT s.root, t.b FROM start s JOIN tie t ON t.a = s.node
), up(root, node) AS (
  SELECT root, node FROM start
  UNION SELECT up.root, r.obj FROM up JOIN relation r ON r.subj = up.node
  WHERE r.kind IN {tuple(sorted(_ARROWS))}
)
SELECT count(DISTINCT up.root) FROM up JOIN element e ON e.id = up.node
WHERE e.name = 'calibrate' AND e.version = :version
"""


@contextmanager
def catalogue(documents: Iterator[bytes], tables: Sequence[bytes]) -> Iterator[Services]:
    """The services over a catalogue of these documents and records."""
    with tempfile.TemporaryDirectory() as name:
        services = build(_settings(Path(name)))
        for document in documents:
            services.ingest.push(document)
        for table in tables:
            services.ingest.push_obscore(table, name="t.csv")
        yield services
        services.close()


def _settings(folder: Path) -> Settings:
    (folder / "rules.toml").write_text(RULES)
    settings = Settings(
        data_dir=folder, keywords_file=folder / "rules.toml", async_document_bytes=10**9
    )
    migrate(settings)
    return settings


def question(target: str, version: str) -> SearchQuestion:
    return SearchQuestion(
        target_names=(target,),
        columns=(Condition("dataproduct_subtype", Operator.EQUAL, "DL4"),),
        keywords=(Condition("calibrated", Operator.EQUAL, version),),
    )


def search(services: Services, rounds: int) -> float:
    """Measure the search for a keyword and a target; gives the time of its statement."""
    chance = random.Random(1)
    asked = [(chance.choice(TARGETS), chance.choice(CALIBRATIONS)) for _ in range(rounds)]
    file = services.settings.data_dir / "provstore.db"
    with (
        closing(sqlite3.connect(file)) as plain,
        local_server(
            services.settings.data_dir,
            {"PROVSTORE_KEYWORDS_FILE": str(services.settings.keywords_file)},
        ) as server,
    ):
        taken = [_taken(services, plain, server.url, *one) for one in asked]
    median = Taken(*(statistics.median(several) for several in zip(*taken, strict=True)))
    print("Keyword and target")
    print(
        f"  statement {median.statement * 1e3:8.3f} ms, pairs {median.pairs * 1e3:8.1f} ms", end=""
    )
    print(f"   ratio {median.pairs / median.statement:.0f}   (at least 100)")
    more = [(one - median.statement) * 1e3 for one in (median.search, median.request)]
    print(
        f"  the search takes {more[0]:.1f} ms more   (at most 5), over HTTP {more[1]:.1f} ms,",
        end="",
    )
    print(f" where a page that asks nothing takes {median.page * 1e3:.1f} ms", flush=True)
    return median.statement


class Taken(NamedTuple):
    """Seconds that a question took."""

    statement: float
    pairs: float
    search: float
    request: float
    page: float
    """A page of the server that asks nothing of the catalogue."""


def _taken(
    services: Services, plain: sqlite3.Connection, url: str, target: str, version: str
) -> Taken:
    asked, named = question(target, version), {"target": target, "version": version}
    text, values = _statement(services, asked)
    found = plain.execute(text, values).fetchall()
    expected = plain.execute(_PAIRS, named).fetchone()[0]
    assert len(found) == expected, (len(found), expected)
    asked_as = {"target": target, "level": "DL4", "keyword": f"calibrated={version}"}
    address, page = f"{url}/api/v1/search?{urlencode(asked_as)}", f"{url}/docs"
    fetch(address)
    fetch(page)
    return Taken(
        seconds(lambda: plain.execute(text, values).fetchall()),
        seconds(lambda: plain.execute(_PAIRS, named).fetchall()),
        seconds(lambda: services.search.search(asked)),
        seconds(lambda: fetch(address)),
        seconds(lambda: fetch(page)),
    )


def _statement(services: Services, asked: SearchQuestion) -> tuple[str, list[Any]]:
    """The statement of the search, as the driver gets it."""
    service = services.search
    with service._database.reading() as tx:  # noqa: SLF001  the statement alone is measured
        meant = Asked(tx, service._graph, service._rules, asked)  # noqa: SLF001  as above
        chosen = meant.chosen.select(obscore.c.element)
        compiled = chosen.compile(dialect=tx.dialect, compile_kwargs={"render_postcompile": True})
        values = compiled.construct_params()
        process: dict[str, Any] = dict(compiled._bind_processors)  # noqa: SLF001  what the engine does with them
        names = compiled.positiontup or list(values)
        return str(compiled), [
            process[name](values[name]) if name in process else values[name] for name in names
        ]


def facets(runs: int, rounds: int) -> None:
    """Measure the facets of a page where there are many datasets."""
    tables = records(runs, ("dl1", "dl2", "dl3", "dl4"))
    with catalogue(observatory(runs, merged=25), tables) as services:
        wanted = (
            "calibrated",
            "reconstructed",
            "target_name",
            "data_rights",
            "dataproduct_subtype",
        )
        asked = SearchQuestion(facets=wanted)
        total = services.search.search(asked).total
        taken = statistics.median(
            seconds(lambda: services.search.search(asked)) for _ in range(rounds)
        )
        narrow = SearchQuestion(
            facets=wanted, keywords=(Condition("calibrated", Operator.AT_LEAST, "0.23"),)
        )
        found = services.search.search(narrow).total
        less = statistics.median(
            seconds(lambda: services.search.search(narrow)) for _ in range(rounds)
        )
        print(f"A page of {total:,} datasets with five facets {taken * 1e3:.0f} ms", end="")
        print(f", of {found:,} by a keyword {less * 1e3:.0f} ms   (under 150)", flush=True)


def keeping(runs: int) -> None:
    """Measure what keeping the sets takes of the ingest of single documents."""
    documents = list(observatory(runs))
    chance = random.Random(1)
    delayed = sorted(range(len(documents)), key=lambda n: n + chance.random() * 0.05 * runs)
    orders = {
        "in order": documents,
        "delayed by up to 5 %": [documents[n] for n in delayed],
        "reversed": documents[::-1],
    }
    for name, order in orders.items():
        with catalogue(iter(()), ()) as services:
            spent = _timed(services)
            start = time.process_time()
            for document in order:
                services.ingest.push(document)
            taken = time.process_time() - start
            goal = "" if name == "reversed" else "   (at most 15 %)"
            print(f"Keeping sets, {len(order)} documents {name}: {spent() / taken:.1%} of", end="")
            print(f" ingest{goal}, {spent() / (taken - spent()):.1%} of all else", flush=True)


def _timed(services: Services) -> Callable[[], float]:
    """Have the keeping of sets timed; gives what tells the sum."""
    spent: list[float] = []
    follow = services.ingest._follow  # noqa: SLF001  what is measured

    def timed(*given: Any) -> None:  # noqa: ANN401  passed on
        start = time.process_time()
        follow(*given)
        spent.append(time.process_time() - start)

    services.ingest._follow = timed  # type: ignore[assignment]  # noqa: SLF001  as above
    return lambda: sum(spent)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, nargs="+", default=[2200], help="45 nodes each")
    arguments.add_argument("--rounds", type=int, default=30)
    options = arguments.parse_args()
    _calm_collector()  # as in a server
    statements = []
    for runs in options.runs:
        print(f"{runs * 45:,} nodes")
        with catalogue(observatory(runs, merged=25), records(runs)) as services:
            statements.append(search(services, options.rounds))
    if len(statements) > 1:
        print(f"The last statement is {statements[-1] / statements[0]:.1f} times the first's time")
        print("  (at most 3 for ten times the nodes)")
    facets(6600, options.rounds // 3)
    keeping(300)


if __name__ == "__main__":
    main()
