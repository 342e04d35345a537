"""Care of the catalogue: derive it anew, compare it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from provstore.cli.exits import Exit
from provstore.cli.options import AsJson
from provstore.cli.output import note, print_json, print_line


class Part(StrEnum):
    """What can be derived anew."""

    ALL = "all"
    DERIVED = "derived"
    """What the catalogue keeps of elements besides what documents said."""


What = Annotated[Part, typer.Argument(help="What to derive anew.")]


def rebuild(what: What = Part.ALL, as_json: AsJson = False) -> None:
    """Derive anew what the catalogue derives from what documents said."""
    from provstore.cli.embedded import services

    with services(prepare=True) as opened, _bar("rebuilding") as advance:
        count = opened.maintenance.rebuild(advance)
    if as_json:
        print_json({"rebuilt": what.value, "elements": count})
    else:
        print_line(f"{count} elements derived anew")


def doctor(as_json: AsJson = False) -> None:
    """Compare what the catalogue derived with what it should be; ends with 1 on a difference."""
    from provstore.cli.embedded import services

    with services(prepare=False) as opened:
        differences = opened.maintenance.doctor()
        state = dict(opened.maintenance.health())
    if as_json:
        print_json({"differences": differences, "health": state})
    else:
        for difference in differences:
            print_line(difference)
        counts = ", ".join(f"{name} {value}" for name, value in state.items())
        note(f"{len(differences)} difference(s); {counts}")
    if differences:
        raise typer.Exit(Exit.NOTHING_FOUND)


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
