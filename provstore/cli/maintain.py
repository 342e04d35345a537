"""Care of the catalogue and its graph: derive them anew, compare them."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from provstore.cli.exits import Exit
from provstore.cli.options import AsJson
from provstore.cli.output import note, print_json, print_line
from provstore.errors import BadParameterError


class Part(StrEnum):
    """What can be derived anew."""

    ALL = "all"
    DERIVED = "derived"
    """What the catalogue keeps of elements besides what documents said."""
    KEYWORDS = "keywords"
    """What elements inherit; `derived` does it too."""
    GRAPH = "graph"
    """Who is connected to whom, in Neo4j."""


What = Annotated[Part, typer.Argument(help="What to derive anew.")]
Detach = Annotated[
    bool,
    typer.Option(
        "--detach",
        help="With `graph`: keep no changes for a graph any more; unset GRAPH_URL first.",
    ),
]
Wait = Annotated[
    float,
    typer.Option(
        "--wait", min=0.0, help="Longest wait for the graph to show the catalogue, in seconds."
    ),
]


def rebuild(what: What = Part.ALL, detach: Detach = False, as_json: AsJson = False) -> None:
    """Derive anew what follows from what documents said: in the catalogue, and the graph.

    Without a word all that there is. While the graph is written questions are answered from the
    catalogue.
    """
    from provstore.cli.embedded import services

    if detach and what is not Part.GRAPH:
        raise BadParameterError("--detach", what.value, "given with `rebuild graph` alone")
    counts: dict[str, int] = {}
    with services(prepare=True) as opened:
        maintenance = opened.maintenance
        if detach:
            maintenance.detach_graph()
        if what in {Part.ALL, Part.DERIVED}:
            with _bar("deriving") as advance:
                counts["elements"] = maintenance.rebuild(advance)
        if what is Part.KEYWORDS:
            counts["keywords"] = maintenance.rebuild_keywords()
        is_wanted = what is Part.GRAPH or (what is Part.ALL and maintenance.has_graph)
        if is_wanted and not detach:
            with _bar("writing the graph") as advance:
                counts["graph"] = maintenance.rebuild_graph(advance)
    _say_rebuilt(what, counts, as_json=as_json)


def _say_rebuilt(what: Part, counts: dict[str, int], *, as_json: bool) -> None:
    if as_json:
        print_json({"rebuilt": what.value, **counts})
        return
    if not counts:
        print_line("the graph is detached")
    if "elements" in counts:
        print_line(f"{counts['elements']} elements derived anew")
    if "keywords" in counts:
        print_line(f"what {counts['keywords']} elements inherit is kept anew")
    if "graph" in counts:
        print_line(f"{counts['graph']} elements written to the graph")


def doctor(wait: Wait = 10.0, as_json: AsJson = False) -> None:
    """Compare what was derived, and the graph, with what should be; ends with 1 on a difference."""
    from provstore.cli.embedded import services

    with services(prepare=False) as opened:
        differences = opened.maintenance.doctor(wait)
        state = dict(opened.maintenance.health())
    if as_json:
        print_json({"differences": differences, "health": state})
    else:
        for difference in differences:
            print_line(difference)
        graph = state.pop("graph", None)
        counts = ", ".join(f"{name} {value}" for name, value in state.items())
        note(f"{len(differences)} difference(s); {counts}{_graph_text(graph)}")
    if differences:
        raise typer.Exit(Exit.NOTHING_FOUND)


def _graph_text(graph: object) -> str:
    if not isinstance(graph, dict):
        return ""
    finding = f" ({graph['finding']})" if graph["finding"] else ""
    return f"; graph {graph['state']}{finding}, {graph['behind']} changes behind"


@contextmanager
def _bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """What tells a progress bar on stderr how far it is; None where no terminal shows one."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)
