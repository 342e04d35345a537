"""Finding datasets, and the keywords to find them by: search, keywords.

The options of both commands are the parameters of ``GET /api/v1/search``, under the same names, so
that nothing can be asked at one door only. They are checked behind it, not here.
"""

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, NamedTuple, TypeVar

import typer

from provstore.cli.archive import Archive, Asked
from provstore.cli.doors import open_archive
from provstore.cli.exits import Exit
from provstore.cli.files import write_file
from provstore.cli.options import AsJson, Limit, Token, Url
from provstore.cli.output import (
    Cell,
    note,
    on_terminal,
    print_bytes,
    print_json,
    print_line,
    print_table,
)
from provstore.errors import BadParameterError

JsonObject = Mapping[str, Any]
Command = TypeVar("Command", bound=Callable[..., None])

TABLE: Final = "table"
JSON: Final = "json"
KEYWORD_COLUMNS: Final = ("keyword", "type", "unit", "values", "mixed", "unknown", "description")
FACET_COLUMNS: Final = ("facet", "value", "datasets")
_COLUMNS: Final = {
    "level": "dataproduct_subtype",
    "type": "dataproduct_type",
    "target": "target_name",
    "obs_id": "obs_id",
}
"""What is shown of each dataset, before what was asked for, and the columns that say it."""
_LAST: Final = {"complete": "complete", "id": "obs_publisher_did"}
_NO_RULE: Final = ":"
"""In names such as ``param:alpha``, which no rule names."""
_MOST_SHOWN: Final = 5
"""Values of a keyword in a table."""


class Option(NamedTuple):
    """An option of both commands, or of `search`."""

    parameter: str
    """Of the interface."""
    help: str
    repeatable: bool = False
    flags: tuple[str, ...] = ()
    """Where they are not ``--`` and the parameter's name."""

    def parameter_of_command(self) -> inspect.Parameter:
        """As typer reads it."""
        flags = self.flags or ("--" + self.parameter.replace("_", "-"),)
        option = typer.Option(*flags, help=self.help)
        one, several = Annotated[str | None, option], Annotated[list[str] | None, option]
        return inspect.Parameter(
            self.parameter,
            inspect.Parameter.KEYWORD_ONLY,
            default=None,
            annotation=several if self.repeatable else one,
        )


CONDITIONS: Final = (
    Option(
        "q",
        "Whatever you have: a name, a position, an observation, an id.",
        flags=("-q", "--query"),
    ),
    Option("target", "Name of the target; of several, any.", repeatable=True),
    Option("radius", "Degrees around --target or --pos."),
    Option("pos", 'Region: "ra,dec", "CIRCLE ra dec radius", RANGE, POLYGON.', repeatable=True),
    Option("box", '"ra,dec,width,height" in degrees.', repeatable=True),
    Option("time", "When: FROM/TO in ISO 8601 or MJD, or one time.", repeatable=True),
    Option("simultaneous", "A dataset, or a time, that it was observed at the same time as."),
    Option("energy", 'Energies: "50 TeV/", "1/5 TeV", "1e28 Hz".'),
    Option("level", "Data level, such as DL3."),
    Option("collection", "Data collection."),
    Option("type", "Type of the data product."),
    Option("obs_id", "Observation."),
    Option("proposal_id", "Proposal."),
    Option("data_rights", "Who may have it, such as public."),
    Option("sub_array", "What the sub-array's name holds, such as LST."),
    Option("pointing_mode", "How the telescopes pointed."),
    Option("target_class", "Class of the target."),
    Option(
        "where",
        "Column of ObsCore: s_fov>=5, target_name~PKS*.",
        repeatable=True,
        flags=("-w", "--where"),
    ),
    Option(
        "keyword",
        "Provenance keyword: reco_version>=0.19.",
        repeatable=True,
        flags=("-k", "--keyword"),
    ),
    Option(
        "exclude", "Leave out what any input has so.", repeatable=True, flags=("-x", "--exclude")
    ),
)
SEARCH_ONLY: Final = (
    Option("order", "Column to sort by; -COLUMN: the greatest first.", repeatable=True),
    Option("facet", "Count the values of a keyword or column.", repeatable=True),
)

Every = Annotated[
    bool,
    typer.Option("--all/--any", help="Every input that has a keyword of -k has it so, or some."),
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o", "--output", help="table, json, csv, votable or fits; or a file, by its suffix."
    ),
]


def _taking(options: Iterable[Option]) -> Callable[[Command], Command]:
    """Gives a command options, which it gets in its last parameter by their names."""

    def decorate(command: Command) -> Command:
        own = list(inspect.signature(command).parameters.values())[:-1]
        taken = [option.parameter_of_command() for option in options]
        own = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
        command.__signature__ = inspect.Signature([*taken, *own])  # type: ignore[attr-defined]  # where inspect looks first
        return command

    return decorate


@_taking((*CONDITIONS, *SEARCH_ONLY))
def search(
    every: Every = False,
    limit: Limit = None,
    output: Output = None,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
    **given: str | list[str] | None,
) -> None:
    """Find datasets by target, position, time, energy, columns, and how they were made.

    All that is asked for has to hold. Conditions are NAME OP VALUE, with = != < <= > >= ~.
    """
    asked, wanted = _asked(given, every=every), _wanted(output, as_json=as_json)
    with open_archive(url, token) as archive:
        if wanted.format in {TABLE, JSON}:
            answer = archive.search(asked, limit)
            _show(answer, asked, wanted)
        else:
            answer = archive.search(asked, 1)
            _write(archive, asked, limit, wanted)
    for text in answer["notes"]:
        note(text)
    if wanted.format != JSON:
        query = " ".join(line.strip() for line in answer["adql"].splitlines())
        note(f"{answer['total']} datasets; as ADQL: {query}")
    if not answer["total"]:
        raise typer.Exit(Exit.NOTHING_FOUND)


@_taking(CONDITIONS)
def keywords(
    every: Every = False,
    url: Url = None,
    token: Token = None,
    as_json: AsJson = False,
    **given: str | list[str] | None,
) -> None:
    """List the keywords that the data have, with values and counts among the datasets asked for."""
    with open_archive(url, token) as archive:
        answer = archive.keywords(_asked(given, every=every))
    if as_json:
        print_json(answer)
    else:
        print_table(KEYWORD_COLUMNS, map(_keyword_row, answer["items"]))
    for text in answer["notes"]:
        note(text)
    if not answer["items"]:
        raise typer.Exit(Exit.NOTHING_FOUND)


def _keyword_row(item: JsonObject) -> list[Cell]:
    values = [f"{one['value']} ({one['count']})" for one in item["values"][:_MOST_SHOWN]]
    more = len(item["values"]) - len(values)
    shown = ", ".join(values) + (f" and {more} more" if more else "")
    rest = [item[name] for name in ("mixed", "unknown", "description")]
    return [item["name"], item["type"], item["unit"], shown, *rest]


# -- what is asked


def _asked(given: Mapping[str, str | list[str] | None], *, every: bool) -> Asked:
    """The parameters of the interface."""
    asked = {name: [value] if isinstance(value, str) else value for name, value in given.items()}
    told = {name: values for name, values in asked.items() if values}
    for name, values in told.items():
        for value in values:
            _check_sendable(name, value)
    return told | ({"match": ["all"]} if every else {})


def _check_sendable(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:  # a shell can pass bytes that are no text
        shown = value.encode(errors="backslashreplace").decode()
        raise BadParameterError(name, shown, "text in UTF-8") from None


class _Wanted(NamedTuple):
    """The format of the answer, and the file that it goes to where it does not go to stdout."""

    format: str
    file: str | None = None


def _wanted(output: str | None, *, as_json: bool) -> _Wanted:
    if as_json and output not in {None, JSON}:
        raise BadParameterError("-o", str(output), "json, where --json is given")
    if as_json or output is None:
        return _Wanted(JSON if as_json else TABLE)
    from provstore.exporters.search import FORMATS

    names = [known.name for known in FORMATS]
    if output in {TABLE, *names}:
        if output == "fits" and on_terminal():
            raise BadParameterError("-o", output, "a file, such as found.fits, for a terminal")
        return _Wanted(output)
    for known in FORMATS:
        if output.lower().endswith(known.suffixes):
            return _Wanted(known.name, output)
    suffixes = " ".join(suffix for known in FORMATS for suffix in known.suffixes)
    allowed = f"one of {', '.join([TABLE, *names])}, or a file that ends with one of {suffixes}"
    raise BadParameterError("-o", output, allowed)


# -- what is shown


def _show(answer: JsonObject, asked: Asked, wanted: _Wanted) -> None:
    if wanted.format == JSON:
        _send([json.dumps(answer, ensure_ascii=False).encode(), b"\n"], wanted)
        return
    columns = _columns(asked, answer["items"])
    print_table([one.header for one in columns], _rows(columns, answer["items"]))
    if answer["facets"]:
        print_line("")
        print_table(FACET_COLUMNS, _facet_rows(answer["facets"]))


def _write(archive: Archive, asked: Asked, limit: int | None, wanted: _Wanted) -> None:
    answer = archive.search_table(asked, limit, format=wanted.format)
    _send(answer.chunks, wanted)
    if answer.cut is not None:
        note(f"the answer is cut: {answer.cut}")


def _send(chunks: Iterable[bytes], wanted: _Wanted) -> None:
    if wanted.file is None:
        print_bytes(chunks)
    else:
        write_file(wanted.file, chunks, parameter="-o")


class _Column(NamedTuple):
    """A column of the table."""

    header: str
    cell: Callable[[JsonObject], Cell]


def _columns(asked: Asked, items: Sequence[JsonObject]) -> list[_Column]:
    """The usual ones, with those that the question names."""
    from provstore.model.obscore import BY_NAME, standard_name

    told = {header: _Column(header, _told(name)) for header, name in _COLUMNS.items()}
    for name in _named(asked):
        column = standard_name(name)
        if column not in BY_NAME or any(name in item["keywords"] for item in items):
            told.setdefault(name, _Column(name, _inherited(name)))
        elif column not in _COLUMNS.values():
            told.setdefault(column, _Column(column, _told(column)))
    return [*told.values(), *(_Column(header, _told(name)) for header, name in _LAST.items())]


def _named(asked: Asked) -> Iterator[str]:
    """Keywords and columns; answers do not tell the values of what no rule names."""
    from provstore.model.conditions import parse_condition

    for parameter in ("keyword", "exclude", "where"):
        names = (parse_condition(text).name for text in asked.get(parameter, ()))
        yield from (name for name in names if _NO_RULE not in name)
    yield from (name.removeprefix("-") for name in asked.get("order", ()))
    yield from (name for name in asked.get("facet", ()) if _NO_RULE not in name)


def _told(name: str) -> Callable[[JsonObject], Cell]:
    def cell(item: JsonObject) -> Cell:
        told: Cell = item[name]
        return told

    return cell


def _inherited(name: str) -> Callable[[JsonObject], Cell]:
    def cell(item: JsonObject) -> Cell:
        inherited = item["keywords"].get(name, {"state": "unknown", "values": []})
        values = ", ".join(inherited["values"])
        return f"mixed: {values}" if inherited["state"] == "mixed" else values

    return cell


def _rows(columns: Sequence[_Column], items: Iterable[JsonObject]) -> Iterator[list[Cell]]:
    return ([column.cell(item) for column in columns] for item in items)


def _facet_rows(facets: Iterable[JsonObject]) -> Iterator[tuple[Cell, ...]]:
    for facet in facets:
        for one in facet["values"]:
            yield facet["name"], one["value"], one["count"]
        for state in ("mixed", "unknown"):
            if facet[state]:
                yield facet["name"], f"({state})", facet[state]
