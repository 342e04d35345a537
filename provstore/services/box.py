"""The one box: reads a text of somebody who need not know what it is called here.

An identifier, an observation, a place, a target, a comparison, or words: the most specific thing
that a text can be is taken, and what else it may be is said.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, NamedTuple

from provstore.errors import AmbiguousIdentifierError, BadParameterError
from provstore.model.box import Meaning, TakenFor
from provstore.model.conditions import ConditionError, condition_text, parse_condition, suggestion
from provstore.model.coordinates import read_position
from provstore.model.keyword_rules import Rules
from provstore.model.lineage import Bounds, Node, WalkPlan
from provstore.model.obscore import BY_NAME, standard_name
from provstore.model.patterns import STAR
from provstore.model.regions import Circle, Region, RegionError, parse_region
from provstore.model.search import NO_CONDITION, Condition, Operator
from provstore.model.targets import Target, TargetNames, place
from provstore.services import answer
from provstore.services.targets import (
    RADIUS,
    Targets,
    checked_name,
    known_target,
    listed,
    narrowed,
)
from provstore.stores.catalogue import resolve, search_keywords, targets, texts
from provstore.stores.catalogue.database import Database, Transaction
from provstore.stores.catalogue.derive import WEAK, AliasKind
from provstore.stores.graph.base import Graph

PARAMETER: Final = "q"
_BY_HEART: Final = ("proposal_id", "obs_creator_name", "target_class")
"""Columns of which people type a value alone, the most specific first."""
_NOTHING: Final = WalkPlan(out=(), into=(), shown=())
_PIECES: Final = re.compile(r" ?[,;] ?")
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
"""What can be meant as a keyword; an address with a query in it is not."""
_SHAPE: Final = re.compile(
    r"(?:circle|polygon|box|range|position|union|intersection|not)\b.*[0-9].*"
    r"|[+-]?[0-9.]+[, ]+[+-]?[0-9.]+[, ]+[0-9.]+",
    re.IGNORECASE,
)
_ARTICLE: Final = {"obs_id": "an", "obs_creator_name": "an"}
_SHOWN: Final = 5


class Box:
    """Reads texts.

    Parameters
    ----------
    database
        The catalogue.
    graph
        Knows which elements are one thing.
    finder
        Finds targets.
    rules
        The provenance keywords.
    """

    def __init__(self, database: Database, graph: Graph, finder: Targets, rules: Rules) -> None:
        self._database, self._graph = database, graph
        self._targets, self._rules = finder, rules

    def read(self, text: str) -> Meaning:
        """What a text means.

        Raises
        ------
        BadParameterError
            It has what is no character, or is too long; it compares what is neither a
            keyword nor a column; or it is written as a region and is none.
        """
        if not text.strip():
            return Meaning("", TakenFor.EVERYTHING, "everything", NO_CONDITION)
        text = checked_name(PARAMETER, text)
        with self._database.reading() as tx:
            reader = _Reader(tx, self._graph)
            rest, conditions = text, _NO_CONDITIONS
            found = list(reader.readings(text))
            if not found:
                rest, conditions = _parts(_Names(tx, self._rules), text)
                found = [] if rest else [_compared(conditions)]
            if not found and rest != text:
                found = list(reader.readings(rest))
            found = found or reader.more_readings(rest)
        if not found:  # the transaction has ended: another service may take seconds
            found = [self._beyond(reader.names, rest)]
        return _told(text, found, conditions)

    def _beyond(self, names: TargetNames, text: str) -> Meaning:
        """What the catalogue does not know: a target that others may know, or words."""
        target = self._targets.beyond(names, text)
        if target.origin is not None:
            return _as_target(target)
        return replace(_as_words(names, text), notes=target.notes)


class _Reader:
    """Reads texts by what the catalogue has."""

    def __init__(self, tx: Transaction, graph: Graph) -> None:
        self._tx, self._graph = tx, graph
        self.names = TargetNames(targets.target_names(tx))
        """Of all targets."""

    def readings(self, text: str) -> Iterator[Meaning]:
        """What a text may be, the most specific first."""
        elements = resolve.find(self._tx, text, ()).elements
        if elements:
            yield self._as_elements(elements)
        is_observation = texts.has_obs_id(self._tx, text)
        if is_observation:
            yield _as_column(TakenFor.OBS_ID, "obs_id", text)
        with suppress(RegionError):
            region = _region(text)
            if region is not None:
                yield _as_region(region)
        target = known_target(self._tx, self.names, text)
        if target is not None:
            yield _as_target(target)
        if not elements:
            weak = [k for k in WEAK if k is not AliasKind.OBS_ID or not is_observation]
            yield from self._weakly(text, weak)

    def more_readings(self, text: str) -> list[Meaning]:
        """What a text may be that is none of these; dearer to find out.

        Raises
        ------
        BadParameterError
            It is written as a region and is none.
        """
        try:
            _region(text)
        except RegionError as error:
            raise BadParameterError(PARAMETER, text, f"a region of the sky: {error}") from error
        if STAR in text and (fitting := self.names.fitting(text)):
            return [_as_targets(fitting)]
        columns = texts.columns_with(self._tx, _BY_HEART, text)
        return [_as_column(TakenFor.COLUMN, column, text) for column in columns]

    def _weakly(self, text: str, kinds: Sequence[AliasKind]) -> Iterator[Meaning]:
        try:
            elements = resolve.find(self._tx, text, kinds).elements
        except AmbiguousIdentifierError:
            said = "a name of more things than can be listed"
            yield Meaning("", TakenFor.IDENTIFIER, said, None)
            return
        if elements:
            yield self._as_elements(elements)

    def _as_elements(self, elements: Sequence[int]) -> Meaning:
        walk = self._graph.walk(self._tx, elements, _NOTHING, Bounds(depth=0))
        nodes = list(answer.Facts(self._tx, walk).nodes({}).values())
        if len(nodes) == 1:
            return _as_node(nodes[0])
        ids = tuple(node.obs_publisher_did or node.id for node in nodes)
        said = f"a name of {len(nodes)} things: {listed(ids, _SHOWN)}"
        return Meaning("", TakenFor.IDENTIFIER, said, None, ids)


def _as_node(node: Node) -> Meaning:
    did = node.obs_publisher_did
    if did is None:
        said = f"the {node.kind} {node.name}"
        return Meaning("", TakenFor.IDENTIFIER, said, None, (node.id,))
    condition = Condition("obs_publisher_did", Operator.EQUAL, did)
    question = replace(NO_CONDITION, columns=(condition,))
    return Meaning("", TakenFor.IDENTIFIER, f"the dataset {did}", question, (did,))


def _as_column(taken_for: TakenFor, column: str, text: str) -> Meaning:
    question = replace(NO_CONDITION, columns=(Condition(column, Operator.EQUAL, text),))
    said = f"{_ARTICLE.get(column, 'a')} {column}"
    return Meaning("", taken_for, said, question)


def _as_region(region: Region) -> Meaning:
    question = replace(NO_CONDITION, region=region)
    said = type(region).__name__.lower()
    if isinstance(region, Circle):
        said = f"the sky within {region.radius:g} deg of {place(region)}"
    return Meaning("", TakenFor.REGION, said, question)


def _as_target(target: Target) -> Meaning:
    at = "" if target.position is None else f", at {place(target.position)}"
    said = f"the target {listed(target.names or (target.name,), _SHOWN)}{at}"
    question = narrowed(NO_CONDITION, [target])
    return Meaning("", TakenFor.TARGET, said, question, (), target, target.notes)


def _as_targets(names: Sequence[str]) -> Meaning:
    several = "the name" if len(names) == 1 else f"{len(names)} names"
    said = f"part of {several} of targets: {listed(names, _SHOWN)}"
    question = replace(NO_CONDITION, target_names=tuple(names))
    return Meaning("", TakenFor.TEXT, said, question)


def _as_words(names: TargetNames, text: str) -> Meaning:
    """Part of the names of targets, else of titles."""
    fitting = names.fitting(text)
    if fitting:
        return _as_targets(fitting)
    pattern = text if STAR in text else f"{STAR}{text}{STAR}"
    condition = Condition("obs_title", Operator.LIKE, pattern)
    question = replace(NO_CONDITION, columns=(condition,))
    return Meaning("", TakenFor.TEXT, "part of a title", question)


def _region(text: str) -> Region | None:
    """The region that a text is, a position with what is `RADIUS` around it.

    Raises
    ------
    RegionError
        It is written as one, and is none.
    """
    position = read_position(text)
    if position is not None:
        return Circle(*position, RADIUS)
    return parse_region(text) if _SHAPE.fullmatch(text) else None


# -- comparisons


class _Conditions(NamedTuple):
    """The comparisons in a text."""

    keywords: tuple[Condition, ...] = ()
    columns: tuple[Condition, ...] = ()


_NO_CONDITIONS: Final = _Conditions()


class _Names:
    """Which names can be compared: of keywords, and of columns where no keyword has values."""

    def __init__(self, tx: Transaction, rules: Rules) -> None:
        self._keywords = {*search_keywords.names(tx), *(rules.by_name.keys() - BY_NAME.keys())}

    def is_keyword(self, name: str) -> bool:
        """Whether a name is that of a keyword; ``activity:…`` and the like are asked for too."""
        return name in self._keywords or ":" in name

    def checked(self, condition: Condition) -> Condition:
        """A condition that can be asked.

        Raises
        ------
        BadParameterError
            Its name is neither that of a keyword nor that of a column.
        """
        name = condition.name
        if not self.is_keyword(name) and standard_name(name) not in BY_NAME:
            known = suggestion(name, {*self._keywords, *BY_NAME})
            shown = condition_text(condition)
            raise BadParameterError(PARAMETER, shown, f"a keyword or a column: {known}")
        return condition


def _parts(names: _Names, text: str) -> tuple[str, _Conditions]:
    """What is left of a text without the comparisons in it, which stand apart by commas."""
    conditions, rest = [], []
    for piece in _PIECES.split(text):
        condition = _comparison(piece)
        if condition is None:
            rest.append(piece)
        else:
            conditions.append(names.checked(condition))
    of_keywords = tuple(one for one in conditions if names.is_keyword(one.name))
    of_columns = tuple(one for one in conditions if not names.is_keyword(one.name))
    left = ", ".join(piece for piece in rest if piece) if conditions else text
    return left, _Conditions(of_keywords, of_columns)


def _comparison(piece: str) -> Condition | None:
    try:
        condition = parse_condition(piece)
    except ConditionError:
        return None
    return condition if _NAME.fullmatch(condition.name) else None


def _compared(conditions: _Conditions) -> Meaning:
    every = [*conditions.keywords, *conditions.columns]
    said = " and ".join(map(condition_text, every))
    return Meaning("", TakenFor.CONDITION, said, NO_CONDITION)


# -- what is told


def _told(text: str, found: Sequence[Meaning], conditions: _Conditions) -> Meaning:
    """The first meaning, with the others in its notes and all conditions in its question."""
    first, *others = found
    notes = [*first.notes, *(f"{text!r} is also {other.said}" for other in others)]
    question = first.question
    if question is not None:
        question = replace(
            question,
            keywords=(*question.keywords, *conditions.keywords),
            columns=(*question.columns, *conditions.columns),
        )
    return replace(first, text=text, question=question, notes=tuple(notes))
