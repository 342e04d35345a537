"""Questions: show, lineage, impact, gaps."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

import typer

from provstore.cli.archive import Rendered
from provstore.cli.doors import open_archive
from provstore.cli.exits import Exit
from provstore.cli.options import AsJson, Id, Ids, Limit, Token, Url
from provstore.cli.output import (
    Cell,
    note,
    on_terminal,
    print_bytes,
    print_json,
    print_line,
    print_table,
)
from provstore.cli.tree import tree_lines
from provstore.errors import BadParameterError
from provstore.model.lineage import Agents, Bounds, Direction, LineageQuestion, Via

JsonObject = Mapping[str, Any]

LINEAGE_COLUMNS: Final = ("step", "kind", "level", "name", "version", "obs_id", "target", "id")
_NODE_KEYS: Final = ("steps", "kind", "level", "name", "version", "obs_id", "target_name", "id")
IMPACT_COLUMNS: Final = ("level", "name", "obs_id", "target", "step", "id")
_IMPACT_KEYS: Final = ("level", "name", "obs_id", "target_name", "steps", "id")
GAP_COLUMNS: Final = ("reason", "level", "affected", "name", "id")
FACT_COLUMNS: Final = ("what", "value", "type")
_FACTS: Final = (
    "id",
    "name",
    "kinds",
    "class",
    "level",
    "level_from",
    "version",
    "complete",
    "declared",
    "obs_publisher_did",
    "obs_id",
    "target_name",
    "same",
    "asserted_by",
)


def show(element: Id, url: Url = None, token: Token = None, as_json: AsJson = False) -> None:
    """Show one entity, activity or agent: facts, names, attributes, receipts."""
    with open_archive(url, token) as archive:
        answer = archive.element(element)
    if as_json:
        print_json(answer)
    else:
        print_table(FACT_COLUMNS, _element_rows(answer))


def _element_rows(answer: JsonObject) -> Iterator[tuple[Cell, ...]]:
    for fact in _FACTS:
        value = answer[fact]
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                yield fact, one, ""
    for alias in answer["aliases"]:
        yield "alias", alias["value"], alias["kind"]
    for attribute in answer["attributes"]:
        kind = attribute["language"] or attribute["datatype"]
        yield attribute["name"], attribute["value"], kind
    for name, value in (answer["obscore"] or {}).items():
        if value is not None:
            yield f"obscore.{name}", value, ""


Steps = Annotated[
    int | None, typer.Option("--steps", min=0, help="Processing steps, file to file.")
]
All = Annotated[bool, typer.Option("--all", help="Everything; so it is without --steps too.")]
Depth = Annotated[int | None, typer.Option("--depth", min=0, help="Relations, instead of steps.")]
Forth = Annotated[bool, typer.Option("--forth", help="What was made from it.")]
Both = Annotated[bool, typer.Option("--both", help="Back and forth.")]
Stop = Annotated[
    list[str] | None,
    typer.Option("--stop", help="Go no further at a level, type or activity name; repeatable."),
]
ViaOption = Annotated[Via, typer.Option("--via", help="Which statements to follow.")]
AgentsOption = Annotated[Agents, typer.Option("--agents", help="Agents in the answer.")]
Descriptions = Annotated[
    int, typer.Option("--descriptions", min=0, max=2, help="0 none, 1 of activities, 2 all.")
]
Parameters = Annotated[
    bool, typer.Option("--parameters/--no-parameters", help="Parameters and configuration files.")
]
Model = Annotated[str, typer.Option("--model", help="Flavour of PROV formats: W3C or IVOA.")]
OutputFormat = Annotated[
    str | None,
    typer.Option("-o", "--output", help="tree, table, or a format: json, csv, prov-n, svg, …"),
]


def lineage(
    ids: Ids,
    steps: Steps = None,
    everything: All = False,
    depth: Depth = None,
    forth: Forth = False,
    both: Both = False,
    stop: Stop = None,
    via: ViaOption = Via.BOTH,
    agents: AgentsOption = Agents.SHOW,
    descriptions: Descriptions = 0,
    parameters: Parameters = True,
    limit: Limit = None,
    output: OutputFormat = None,
    model: Model = "W3C",
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """Show what something was made from (or into), nearest first."""
    bounds = Bounds(depth, steps, tuple(stop or ()), limit)
    _check_bounds(bounds, everything=everything)
    question = LineageQuestion(
        tuple(ids), _direction(forth, both), bounds, via, agents, parameters, descriptions
    )
    wanted = _wanted_output(output, as_json)
    drawn_here = wanted in {"tree", "table"}
    with open_archive(url, token) as archive:
        answer = archive.lineage(question, format="json" if drawn_here else wanted, model=model)
        _say_notes(answer)
        if drawn_here:
            _draw(json.loads(b"".join(answer.chunks)), wanted)
        else:
            print_bytes(answer.chunks)


def _check_bounds(bounds: Bounds, *, everything: bool) -> None:
    given = [bounds.steps is not None, bounds.depth is not None, everything]
    if sum(given) > 1:
        raise typer.BadParameter("one of --steps, --depth and --all")


def _direction(forth: bool, both: bool) -> Direction:
    if both:
        return Direction.BOTH
    return Direction.FORTH if forth else Direction.BACK


def _wanted_output(output: str | None, as_json: bool) -> str:
    if as_json and output not in {None, "json"}:
        raise BadParameterError("-o", str(output), "json, where --json is given")
    if as_json:
        return "json"
    return output or ("tree" if on_terminal() else "table")


def _say_notes(answer: Rendered) -> None:
    if answer.notes:
        note(answer.notes)
    if answer.cut is not None:
        note(f"the answer is cut: {answer.cut}")


def _draw(lineage: JsonObject, wanted: str) -> None:
    if wanted == "table":
        print_table(LINEAGE_COLUMNS, _rows(lineage["nodes"], _NODE_KEYS))
        return
    for line in tree_lines(lineage):
        print_line(line)


def _rows(items: Sequence[JsonObject], keys: Sequence[str]) -> Iterator[list[Cell]]:
    return ([item[key] for key in keys] for item in items)


def impact(
    ids: Ids,
    limit: Limit = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
) -> None:
    """List the datasets that were made from something: what a bad input affects."""
    with open_archive(url, token) as archive:
        answer = archive.impact(ids, limit)
    if as_json:
        print_json(answer)
    else:
        print_table(IMPACT_COLUMNS, _rows(answer["items"], _IMPACT_KEYS))
        counts = ", ".join(f"{count} {level}" for level, count in answer["counts"].items())
        note(f"{counts or 'nothing'} through {answer['activities']} activities")
    if answer["cut"] is not None:
        note(f"the answer is cut: {answer['cut']}")
    _end_unless_found(answer)


def gaps(
    limit: Limit = None, url: Url = None, token: Token = None, as_json: AsJson = False
) -> None:
    """List where the record stops short: makings not recorded, names never described."""
    with open_archive(url, token) as archive:
        answer = archive.gaps(limit)
    if as_json:
        print_json(answer)
    else:
        print_table(GAP_COLUMNS, _rows(answer["items"], GAP_COLUMNS))
        note(f"{len(answer['items'])} of {answer['total']} gaps")
    _end_unless_found(answer)


def _end_unless_found(answer: JsonObject) -> None:
    if not answer["items"]:
        raise typer.Exit(Exit.NOTHING_FOUND)
