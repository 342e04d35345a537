"""What a name of a target means: known to the catalogue, to a name resolver, or by what it says."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Final

from provstore.errors import BadParameterError, ServerError
from provstore.model.coordinates import read_position, region_in_name
from provstore.model.regions import Circle, Position, RegionError
from provstore.model.search import SearchQuestion
from provstore.model.targets import Origin, Target, folded, middle, place
from provstore.services.resolver import Resolver
from provstore.services.sesame import Resolved
from provstore.stores.catalogue import targets
from provstore.stores.catalogue.database import Database, Transaction

RADIUS: Final = 0.1
"""Degrees around the position of a target, where nobody says how far to look: about what a
Cherenkov telescope resolves."""
MOST_CHARACTERS: Final = 2000
_SHOWN: Final = 100
_MOST_COMPARED: Final = 2000
"""Names among which near ones are looked for, and characters of them: it takes their product."""
_MOST_SUGGESTED: Final = 3
_LEAST_PART: Final = 3
"""Characters that a name has to share with another to be told as a part of it."""


class Targets:
    """Finds targets.

    Parameters
    ----------
    database
        The catalogue.
    resolver
        Whom to ask of names that the catalogue does not know; None asks nobody.
    """

    def __init__(self, database: Database, resolver: Resolver | None) -> None:
        self._database, self._resolver = database, resolver

    def resolve(self, name: str) -> Target:
        """What a name means; one that nobody knows has no origin, and says so in its notes.

        The catalogue is looked at first: a name that it knows is told to nobody.

        Raises
        ------
        BadParameterError
            It is written as a position and is not on the sky, or can be no name.
        """
        name = checked_name("target", name)
        try:
            position = read_position(name)
        except RegionError as error:
            raise BadParameterError("target", name, f"a position on the sky: {error}") from error
        if position is not None:
            return Target(name, Origin.COORDINATES, position=position)
        with self._database.reading() as tx:
            names = targets.target_names(tx)
            known = known_target(tx, names, name)
        return known or self.beyond(names, name)

    def beyond(self, names: Sequence[str], name: str) -> Target:
        """What a name means that is none of those of the catalogue."""
        notes = []
        try:
            found = self._resolver.resolve(name) if self._resolver else None
        except ServerError as error:
            found = None
            notes.append(f"{error}: targets are found by the names of datasets alone")
        if found is not None:
            return self._resolved(name, found)
        region = region_in_name(name)
        if region is not None:
            position = Position(region.ra, region.dec)
            notes.append(f"{_shown(name)} is taken for the position that it says")
            return Target(name, Origin.COORDINATES, (), position, region.radius, notes=tuple(notes))
        if self._resolver is None:
            notes.append("this archive asks no name resolver")
        notes.append(f"no target {_shown(name)} is known{_suggestion(names, name)}")
        return Target(name, notes=tuple(notes))

    def _resolved(self, name: str, found: Resolved) -> Target:
        """An object that others know, with what the records of the catalogue call it."""
        with self._database.reading() as tx:
            names = tuple(targets.names_at(tx, found.position, RADIUS))
        source = f"{found.name or name} of {found.source or 'the name resolver'}"
        note = f"{_shown(name)} is {source}, at {place(found.position)}"
        if names:
            note += f"; datasets call what is there {_listed(names)}"
        return Target(name, Origin.RESOLVER, names, found.position, notes=(note,))


def known_target(tx: Transaction, names: Iterable[str], name: str) -> Target | None:
    """A target of the catalogue, of whose names these are all; None where it has none such."""
    names = list(names)
    wanted = folded(name)
    spelt = tuple(known for known in names if folded(known) == wanted)
    if not spelt:
        return None
    notes = tuple(_others(names, wanted))
    return Target(name, Origin.CATALOGUE, spelt, middle(targets.positions(tx, spelt)), None, notes)


def narrowed(
    question: SearchQuestion, target: Target, radius: float | None = None
) -> SearchQuestion:
    """The question for datasets of a target.

    Parameters
    ----------
    question
        What else is asked; its region is not.
    target
        One that the catalogue knows is asked for by name, another by its position; one that nobody
        knows has no datasets.
    radius
        Degrees: look that far around its position, whatever the names.
    """
    if target.position is not None and (radius is not None or not target.names):
        wide = max(RADIUS, target.radius or 0) if radius is None else radius
        return replace(question, region=Circle(*target.position, wide))
    return replace(question, target_names=target.names or (target.name,))


def checked_name(parameter: str, text: str) -> str:
    """A name with single blanks.

    Raises
    ------
    BadParameterError
        It is empty, too long, or has characters that no name has.
    """
    name = " ".join(text.split())
    if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
        allowed = f"1 to {MOST_CHARACTERS} printable characters"
        shown = text.encode(errors="backslashreplace").decode()
        raise BadParameterError(parameter, shown, allowed)
    return name


def _others(names: Iterable[str], wanted: str) -> Iterable[str]:
    """That other names have this one in them: a person may mean these too."""
    more = [name for name in names if wanted in folded(name) != wanted]
    if more and len(wanted) >= _LEAST_PART:
        yield f"other targets have this in their names: {_listed(more)}"


def _suggestion(names: Sequence[str], name: str) -> str:
    by_folded = {folded(known): known for known in names[:_MOST_COMPARED]}
    near = get_close_matches(folded(name)[:_SHOWN], by_folded, n=_MOST_SUGGESTED)
    return f"; did you mean {' or '.join(by_folded[one] for one in near)}?" if near else ""


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_SUGGESTED
    return ", ".join(names[:_MOST_SUGGESTED]) + (f" and {more} more" if more > 0 else "")


def _shown(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")
