"""Finds statements by name, and fills in the little that Cypher takes no parameters for."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from operator import index
from typing import Final, NamedTuple

from provstore.cypher.names import LABELS, RELATIONSHIP_TYPES

_FOLDER: Final = files("provstore.cypher")
_TYPES: Final = "<types>"
_MOST: Final = "<most>"
_MADE: Final = re.compile(r"CREATE (?:CONSTRAINT|RANGE INDEX) (\w+) IF NOT EXISTS")
_LABEL: Final = "<label>"
_TYPE: Final = "<type>"


class Statement(NamedTuple):
    """One file: what is sent, and what its author says of it."""

    name: str
    """Folder and file without its ending, e.g. ``read/state``."""
    text: str
    """The statement; values are parameters."""
    header: str
    """What it asks, its parameters, what it gives, the plan to expect."""


@cache
def load(name: str) -> Statement:
    """The statement of this name, e.g. ``read/state``; each is read once.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    """
    content = _FOLDER.joinpath(f"{name}.cypher").read_text(encoding="utf-8")
    lines = content.splitlines()
    header = [line.removeprefix("//").strip() for line in lines if line.startswith("//")]
    text = [line for line in lines if not line.startswith("//")]
    return Statement(name, "\n".join(text).strip(), "\n".join(header))


def names(folder: str) -> list[str]:
    """The names of all statements of a folder (``read``, ``write``, ``people``, ``schema``)."""
    found = (entry.name for entry in _FOLDER.joinpath(folder).iterdir())
    return sorted(
        f"{folder}/{name.removesuffix('.cypher')}" for name in found if name.endswith(".cypher")
    )


@cache
def schema() -> Mapping[str, str]:
    """The statements that make constraints and indexes, in order, by the names of what they make.

    All may run again. The index of a constraint has the constraint's name.
    """
    texts = [text for name in names("schema") for text in load(name).text.split(";")]
    return {_MADE.findall(text)[0]: text.strip() for text in texts if text.strip()}


@cache
def dropping() -> Mapping[str, str]:
    """The statements that drop what those of `schema` make, by the same names."""
    return {
        name: f"DROP {'CONSTRAINT' if 'CONSTRAINT' in text else 'INDEX'} {name} IF EXISTS"
        for name, text in schema().items()
    }


@cache
def of_type(name: str, relationship_type: str) -> str:
    """The text of a statement on one relationship type: to find one by a key needs it written out.

    Raises
    ------
    ValueError
        The type is none of the graph's.
    """
    if relationship_type not in RELATIONSHIP_TYPES:
        raise ValueError(f"no relationship type of the graph: {relationship_type}")
    return load(name).text.replace(_TYPE, relationship_type)


@cache
def counts() -> str:
    """The text that counts nodes per label and relationships per type, of all that there are."""
    nodes, relationships = (load(f"read/count_{what}").text for what in ("nodes", "relationships"))
    parts = [nodes.replace(_LABEL, label) for label in sorted(LABELS)]
    parts += [relationships.replace(_TYPE, name) for name in sorted(RELATIONSHIP_TYPES)]
    return "\nUNION ALL\n".join(parts)


@cache
def _walk(name: str, types: tuple[str, ...], most: int | None) -> str:
    unknown = set(types) - RELATIONSHIP_TYPES
    if unknown or not types:
        raise ValueError(f"not relationship types of the graph: {sorted(unknown)}")
    if most is not None and most < 0:
        raise ValueError(f"no bound of a walk: {most}")
    text = load(name).text.replace(_TYPES, "|".join(types))
    return text.replace(_MOST, "" if most is None else str(most))


def walk(
    *, back: bool, types: Iterable[str], most: int | None = None, stopping: bool = False
) -> str:
    """The text of a walk: types and the bound have no parameters in Cypher.

    Parameters
    ----------
    back
        Whether it goes with the arrows, to where something comes from.
    types
        Which relationship types it follows, any order; at least one.
    most
        Most relations on a path; None is any number.
    stopping
        Whether there are nodes that it does not go past (the parameter ``stop``).

    Raises
    ------
    ValueError
        A type is none of the graph's, there is none, or the bound is negative.
    TypeError
        The bound is no integer.
    """
    name = f"read/walk_{'back' if back else 'forth'}{'_stopping' if stopping else ''}"
    return _walk(name, tuple(sorted(set(types))), None if most is None else int(index(most)))
