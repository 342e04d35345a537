"""A lineage read for people: which inputs, made by which programs, with which settings."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from provstore.model.body import decode_body
from provstore.model.identifiers import PARAMETER, VOPROV, Prefixes
from provstore.model.lineage import LEVELS, Lineage, Node
from provstore.model.literals import value_text
from provstore.model.records import first_text
from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTRIBUTED,
    CONFIGURED,
    GENERATED,
    PROV_VALUE,
    TOWARDS_ORIGIN,
)

_ORIGINS: Final = frozenset(kind.name for kind in TOWARDS_ORIGIN)
_AGENTS: Final = frozenset({ATTRIBUTED.name, ASSOCIATED.name})
_INPUT_LEVEL: Final = "DL3"
"""Event lists with their response: what quality control goes back to."""


class Program(NamedTuple):
    """What ran, to make data of one level."""

    name: str
    version: str | None
    level: str | None
    """Of what it made; None where that has none."""


class Setting(NamedTuple):
    """A parameter of several runs of one program."""

    name: str
    values: Sequence[tuple[str, int]]
    """Each value with the number of runs that had it, the most frequent first."""

    @property
    def differs(self) -> bool:
        """Whether the runs do not all have the same value."""
        return len(self.values) > 1


@dataclass(slots=True)
class Use:
    """The runs of one program in a history."""

    program: Program
    runs: list[Node] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)


class Input(NamedTuple):
    """A dataset that something was made from."""

    node: Node
    settings: Sequence[tuple[str, str]]
    """Of the activities that made it."""
    programs: Sequence[Program]
    """That made it and what it was made from, nearest first."""


class History:
    """Where something comes from, by a lineage that was walked back."""

    def __init__(self, lineage: Lineage) -> None:
        self.lineage = lineage
        self.nodes = {node.id: node for node in lineage.nodes}
        self._expand = Prefixes(lineage.prefixes).expand
        self._origins: dict[str, list[str]] = {}
        self._makers: dict[str, list[str]] = {}
        self._made: dict[str, list[str]] = {}
        self._configured: dict[str, list[str]] = {}
        self._agents: dict[str, list[str]] = {}
        for edge in lineage.edges:
            self._add(edge.kind, edge.source, edge.target)

    def _add(self, kind: str, source: str, target: str) -> None:
        if kind in _ORIGINS and source != target:
            self._origins.setdefault(source, []).append(target)
        if kind == GENERATED.name:
            self._makers.setdefault(source, []).append(target)
            self._made.setdefault(target, []).append(source)
        elif kind == CONFIGURED.name:
            self._configured.setdefault(source, []).append(target)
        elif kind in _AGENTS:
            self._agents.setdefault(source, []).append(target)

    @property
    def root(self) -> Node:
        """What was asked for."""
        return self.nodes[self.lineage.roots[0]]

    def inputs(self) -> tuple[str | None, list[Node]]:
        """The inputs that matter, and their level: DL3, or None for the direct inputs.

        What is itself no more than DL3 was made from lower levels, so that its direct inputs are
        listed; and so are those of a history in which no DL3 is.
        """
        others = [node for node in self.lineage.nodes if node.id != self.root.id and node.is_data]
        if self.root.level not in LEVELS[: LEVELS.index(_INPUT_LEVEL) + 1]:
            found = [node for node in others if node.level == _INPUT_LEVEL]
            if found:
                return _INPUT_LEVEL, sorted(found, key=_by_obs_id)
        return None, sorted((node for node in others if node.steps == 1), key=_by_obs_id)

    def described(self, node: Node) -> Input:
        """An input with how it was made."""
        makers = self._activities(self._makers.get(node.id, ()))
        settings = dict.fromkeys(pair for maker in makers for pair in self.settings(maker))
        programs = dict.fromkeys(self._program(activity) for activity in self._behind(node.id))
        return Input(node, list(settings), list(programs))

    def _behind(self, start: str) -> Iterator[Node]:
        """The activities from which something was made, nearest first."""
        met, front = {start: None}, [start]
        while front:
            origins = (origin for name in front for origin in self._origins.get(name, ()))
            front = [name for name in dict.fromkeys(origins) if name not in met]
            met.update(dict.fromkeys(front))
            yield from self._activities(front)

    def _activities(self, names: Iterable[str]) -> list[Node]:
        """Those of the names that are described activities."""
        found = (self.nodes[name] for name in names if name in self.nodes)
        return [node for node in found if node.kind == "activity" and node.declared]

    def _program(self, activity: Node) -> Program:
        made = (self.nodes[name].level for name in self._made.get(activity.id, ()))
        return Program(activity.name, activity.version, max(filter(None, made), default=None))

    def settings(self, activity: Node) -> list[tuple[str, str]]:
        """Names and values of an activity's parameters and configuration files."""
        told = [
            (name.removeprefix(PARAMETER), value_text(value))
            for name, value in decode_body(activity.body, self._expand)
            if name.startswith(PARAMETER)
        ]
        hung = (self.nodes[name] for name in self._configured.get(activity.id, ()))
        return sorted((*told, *map(self._setting, hung)))

    def _setting(self, node: Node) -> tuple[str, str]:
        value = first_text(decode_body(node.body, self._expand), PROV_VALUE, VOPROV + "value")
        return ("configuration file", node.name) if value is None else (node.name, value)

    def uses(self) -> list[Use]:
        """The programs of the history, those that ran last first."""
        uses: dict[Program, Use] = {}
        for node in self._activities(self.nodes):
            program = self._program(node)
            uses.setdefault(program, Use(program)).runs.append(node)
        for use in uses.values():
            use.settings = list(self._common(use.runs))
        return list(uses.values())

    def _common(self, runs: Sequence[Node]) -> Iterator[Setting]:
        counts: dict[str, Counter[str]] = {}
        for run in runs:
            for name, value in self.settings(run):
                counts.setdefault(name, Counter())[value] += 1
        yield from (Setting(name, found.most_common()) for name, found in sorted(counts.items()))

    def agents(self) -> list[Node]:
        """Who is responsible for the root, or ran what made it."""
        named = (self.root.id, *self._makers.get(self.root.id, ()))
        found = dict.fromkeys(agent for name in named for agent in self._agents.get(name, ()))
        return [self.nodes[agent] for agent in found]

    def short_ends(self) -> list[Node]:
        """Data whose making is not recorded, although it should be."""
        return [
            node
            for node in self.lineage.nodes
            if node.is_data and node.complete is False and not self._origins.get(node.id)
        ]


def by_level(nodes: Iterable[Node]) -> list[tuple[str, int]]:
    """How many nodes there are of each level, the highest first, unknown last."""
    counts = Counter(node.level or "" for node in nodes)
    order = sorted(counts, reverse=True)
    return [(level or "unknown", counts[level]) for level in order]


def _by_obs_id(node: Node) -> tuple[str, str]:
    return (node.obs_id or "", node.name)
