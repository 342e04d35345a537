"""What a name of a target means: known to the catalogue, to a name resolver, or by what it says."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from provstore.errors import BadParameterError, ServerError
from provstore.model.coordinates import read_position, region_in_name
from provstore.model.regions import Circle, Intersection, Position, RegionError, Union
from provstore.model.search import SearchQuestion
from provstore.model.targets import Origin, Target, TargetNames, middle, place
from provstore.services.resolver import Resolver
from provstore.services.sesame import Resolved
from provstore.stores.catalogue import targets
from provstore.stores.catalogue.database import Database, Transaction

PARAMETER: Final = "target"
RADIUS: Final = 0.1
"""Degrees around the position of a target, where nobody says how far to look: about what a
Cherenkov telescope resolves."""
MOST_CHARACTERS: Final = 2000
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")
"""What no driver takes."""
_SHOWN: Final = 100
_MOST_LISTED: Final = 3
_MOST_ASKED: Final = 10
"""Targets of one question that others are asked for: each answer may take seconds."""
_MOST_PLACED: Final = 100
"""Targets of one question around whose positions datasets are looked for."""


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
        name = checked_name(PARAMETER, name)
        try:
            position = read_position(name)
        except RegionError as error:
            raise BadParameterError(PARAMETER, name, f"a position on the sky: {error}") from error
        if position is not None:
            return Target(name, Origin.COORDINATES, position=position)
        with self._database.reading() as tx:
            names = TargetNames(targets.target_names(tx))
            known = known_target(tx, names, name)
        return known or self.beyond(names, name)

    def meant(
        self, question: SearchQuestion, radius: float | None = None
    ) -> tuple[SearchQuestion, tuple[str, ...]]:
        """The question with what the names of its targets mean, and what there is to say of them.

        Parameters
        ----------
        question
            With names as somebody wrote them.
        radius
            As in `narrowed`.

        Raises
        ------
        BadParameterError
            As in `resolve`; or there are too many targets for what is asked.
        """
        if not question.target_names:
            return question, ()
        with self._database.reading() as tx:
            names = TargetNames(targets.target_names(tx))
        wanted = question.target_names
        strange = [name for name in wanted if not names.spelt(name)]
        if radius is None and not strange:
            found = [_named(names, name) for name in wanted]
        else:
            found = self._placed(wanted, strange)
        asked = narrowed(question, found, radius)
        notes = [note for target in found for note in target.notes]
        if not asked.target_names:
            notes += [_left_out(one) for one in found if one.names and one.position is None]
        return asked, tuple(dict.fromkeys(notes))

    def _placed(self, wanted: Sequence[str], strange: Sequence[str]) -> list[Target]:
        """Targets with their positions."""
        for most, few in ((_MOST_PLACED, wanted), (_MOST_ASKED, strange)):
            if len(few) > most:
                allowed = (
                    f"at most {_MOST_PLACED} targets that are looked for by position, and at most "
                    f"{_MOST_ASKED} that are no names of datasets"
                )
                raise BadParameterError(PARAMETER, few[most], allowed)
        return [self.resolve(name) for name in wanted]

    def beyond(self, names: TargetNames, name: str) -> Target:
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
        near = " or ".join(names.near(name))
        mean = f"; did you mean {near}?" if near else ""
        notes.append(f"no target {_shown(name)} is known{mean}")
        return Target(name, notes=tuple(notes))

    def _resolved(self, name: str, found: Resolved) -> Target:
        """An object that others know, with what the records of the catalogue call it."""
        with self._database.reading() as tx:
            names = tuple(targets.names_at(tx, found.position, RADIUS))
        source = f"{found.name or name} of {found.source or 'the name resolver'}"
        note = f"{_shown(name)} is {source}, at {place(found.position)}"
        if names:
            note += f"; datasets call what is there {listed(names)}"
        return Target(name, Origin.RESOLVER, names, found.position, notes=(note,))


def known_target(tx: Transaction, names: TargetNames, name: str) -> Target | None:
    """A target of the catalogue, of whose names these are all; None where it has none such."""
    known = _named(names, name)
    if not known.names:
        return None
    return replace(known, position=middle(targets.positions(tx, known.names)))


def _named(names: TargetNames, name: str) -> Target:
    """A target of the catalogue, wherever it is."""
    longer = names.longer(name)
    notes = (f"other targets have this in their names: {listed(longer)}",) if longer else ()
    return Target(name, Origin.CATALOGUE, names.spelt(name), notes=notes)


def narrowed(
    question: SearchQuestion, found: Sequence[Target], radius: float | None = None
) -> SearchQuestion:
    """The question for datasets of any of some targets.

    What has a name in the catalogue is asked for by name, and what nobody knows has no datasets.
    Where something has a position alone all are asked for by their positions.

    Parameters
    ----------
    question
        What else is asked.
    found
        The targets.
    radius
        Degrees: look that far around their positions, whatever the names.
    """
    regions = [_around(target.position, target, radius) for target in found if target.position]
    is_by_name = radius is None and all(one.names or one.position is None for one in found)
    if is_by_name or not regions:
        names = (name for target in found for name in target.names or (target.name,))
        return replace(question, target_names=tuple(dict.fromkeys(names)))
    region = regions[0] if len(regions) == 1 else Union(tuple(regions))
    both = region if question.region is None else Intersection((question.region, region))
    return replace(question, region=both, target_names=())


def _left_out(target: Target) -> str:
    return f"no position of {_shown(target.name)} is known: it is left out among regions of the sky"


def _around(position: Position, target: Target, radius: float | None) -> Circle:
    wide = max(RADIUS, target.radius or 0) if radius is None else radius
    return Circle(*position, wide)


def checked_name(parameter: str, text: str) -> str:
    """A name with single blanks.

    Raises
    ------
    BadParameterError
        It is empty, too long, or has what is no character.
    """
    name = " ".join(text.split())
    if not name or len(name) > MOST_CHARACTERS or _UNSTORABLE.search(name):
        allowed = f"1 to {MOST_CHARACTERS} characters without NUL"
        shown = text.encode(errors="backslashreplace").decode()
        raise BadParameterError(parameter, shown, allowed)
    return name


def listed(names: Sequence[str], most: int = _MOST_LISTED) -> str:
    """The first of the names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _shown(name: str) -> str:
    return repr(name if len(name) <= _SHOWN else name[:_SHOWN] + "…")
