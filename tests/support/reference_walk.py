"""What a lineage answer should be, computed the slow and obvious way from the design's words.

Nothing here knows how the archive walks: a graph is a list of relations as told, nodes are groups
of names, and every distance is searched for by repeated relaxation.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

Node = frozenset[str]
Distances = dict[Node, int]


class Told(NamedTuple):
    """One relation: PROV-N name, ends in formal order, a role that tells parallel ones apart."""

    name: str
    ends: tuple[str | None, ...]
    role: str | None = None


class Seen(NamedTuple):
    """One relation of an answer."""

    name: str
    source: Node
    target: Node
    role: str | None
    position: int = 1
    inferred: bool = False


class Arc(NamedTuple):
    """One relation as it may be followed."""

    source: Node
    target: Node
    steps: int
    seen: Seen


@dataclass
class Graph:
    """What was told."""

    relations: Sequence[Told]
    tied: Sequence[Sequence[str]] = ()
    stops: frozenset[str] = frozenset()
    """Names that match the stop."""
    node: Callable[[str], Node] = field(init=False)

    def __post_init__(self) -> None:
        groups: dict[str, Node] = {}
        for names in self.tied:
            group = frozenset(names).union(*(groups.get(name, frozenset()) for name in names))
            groups.update(dict.fromkeys(group, group))
        self.node = lambda name: groups.get(name, frozenset([name]))

    def between(self, name: str, first: int, second: int) -> Iterator[tuple[Node, Node, Told]]:
        """The two ends of each relation of a name that has both."""
        for told in self.relations:
            ends = told.ends
            if told.name == name and len(ends) > max(first, second):
                one, other = ends[first], ends[second]
                if one is not None and other is not None:
                    yield self.node(one), self.node(other), told


@dataclass
class Question:
    """A question of either kind, in the words of its interface."""

    roots: Sequence[str]
    direction: str = "back"
    via: str = "both"
    agents: str = "show"
    parameters: bool = True
    descriptions: int = 0
    depth: int | None = None
    steps: int | None = None
    sap: bool = False
    members: bool = False
    flows: bool = False


@dataclass
class Answer:
    """The nodes with both distances, and the relations."""

    depth: Distances
    steps: Distances
    seen: set[Seen]


# name, steps back, steps forth
_PROCESSING: Final = {"used": (1, 0), "wasGeneratedBy": (0, 1), "wasInformedBy": (1, 1)}
_STARTS: Final = {"wasStartedBy": (1, 0), "wasEndedBy": (1, 0)}
_MEMBERS: Final = {"hadMember": (0, 0), "hadDictionaryMember": (0, 0)}
_IDENTITY: Final = {"specializationOf": (0, 0), **_MEMBERS}
_DERIVATION: Final = {
    "wasDerivedFrom": (1, 1),
    "derivedByInsertionFrom": (1, 1),
    "derivedByRemovalFrom": (1, 1),
}
_TO_AGENTS: Final = {"wasAttributedTo": (0, 0), "wasAssociatedWith": (0, 0)}
_CONFIGURATION: Final = {"wasConfiguredBy": (0, 0), "isDescribedBy": (0, 0)}
_SHOWN: Final = (
    "wasInvalidatedBy",
    "alternateOf",
    "wasInfluencedBy",
    "actedOnBehalfOf",
    "mentionOf",
)
Costs = Mapping[str, tuple[int, int]]


def _out(graph: Graph, costs: Costs, way: int = 0) -> Iterator[Arc]:
    """From the end that depends to its origin."""
    for name, steps in costs.items():
        for one, other, told in graph.between(name, 0, 1):
            yield Arc(one, other, steps[way], Seen(name, one, other, told.role))


def _into(graph: Graph, costs: Costs) -> Iterator[Arc]:
    for arc in _out(graph, costs, way=1):
        yield arc._replace(source=arc.target, target=arc.source)


def _starters(graph: Graph, *, forth: bool) -> Iterator[Arc]:
    """Like a communication: one step either way."""
    for name in _STARTS:
        for one, other, told in graph.between(name, 0, 2):
            seen = Seen(name, one, other, told.role, position=2)
            yield Arc(other, one, 1, seen) if forth else Arc(one, other, 1, seen)


def _inherited(graph: Graph, *, forth: bool) -> Iterator[Arc]:
    """A member counts as made by what made its collection, or dictionary."""
    pairs = {
        (member, made.ends[1])
        for collection, member in _memberships(graph)
        for made in graph.relations
        if made.name == "wasGeneratedBy" and made.ends[0] == collection and made.ends[1]
    }
    for name, activity in pairs:
        member, maker = graph.node(name), graph.node(str(activity))
        seen = Seen("wasGeneratedBy", member, maker, None, inferred=True)
        yield Arc(maker, member, 1, seen) if forth else Arc(member, maker, 0, seen)


def _memberships(graph: Graph) -> Iterator[tuple[str, str]]:
    for told in graph.relations:
        if told.name in _MEMBERS and all(told.ends):
            yield str(told.ends[0]), str(told.ends[1])


def _own_arcs(graph: Graph, question: Question, *, forth: bool) -> Iterator[Arc]:
    walked = dict(_IDENTITY)
    if question.via != "derivation":
        walked |= {**_PROCESSING, **_STARTS}
        yield from _starters(graph, forth=forth)
        yield from _inherited(graph, forth=forth)
    if question.via != "activity":
        walked |= _DERIVATION
    yield from _into(graph, walked | _CONFIGURATION) if forth else _out(graph, walked)
    if question.agents != "hide":
        yield from _out(graph, _TO_AGENTS)
    if question.agents == "walk":
        yield from _into(graph, _TO_AGENTS)
    if forth:
        for activity, plan, told in graph.between("wasAssociatedWith", 0, 2):
            seen = Seen("wasAssociatedWith", activity, plan, told.role, position=2)
            yield Arc(plan, activity, 0, seen)


def _sap_arcs(graph: Graph, question: Question) -> Iterator[Arc]:
    processing = _PROCESSING | _DERIVATION
    yield from (
        _into(graph, processing) if question.direction == "forth" else _out(graph, processing)
    )
    up = {**_MEMBERS, "hadStep": (0, 0)}
    yield from _into(graph, up)
    yield from _out(graph, _MEMBERS if question.members else {})
    yield from _out(graph, {"hadStep": (0, 0)} if question.flows else {})
    yield from _out(graph, _TO_AGENTS if question.agents != "hide" else {})
    yield from _into(graph, _TO_AGENTS if question.agents == "walk" else {})


def _search(starts: Iterable[Node], arcs: Iterable[tuple[Node, Node, int]]) -> Distances:
    """Least sums of costs, by relaxation until nothing changes."""
    found = dict.fromkeys(starts, 0)
    arcs = list(arcs)
    changed = True
    while changed:
        changed = False
        for source, target, cost in arcs:
            if source in found and found[source] + cost < found.get(target, len(arcs) + 1):
                found[target] = found[source] + cost
                changed = True
    return found


def _followed(graph: Graph, question: Question, arcs: Iterable[Arc]) -> tuple[list[Arc], Distances]:
    """The arcs that a walk follows within its bounds, and the distances that bound it."""
    starts = {graph.node(name) for name in question.roots}
    stops = {graph.node(name) for name in graph.stops} - starts
    passable = [arc for arc in arcs if arc.source not in stops]

    def cost(arc: Arc) -> int:
        return arc.steps if question.steps is not None else 1

    most = question.depth if question.steps is None else question.steps
    distance = _search(starts, [(arc.source, arc.target, cost(arc)) for arc in passable])
    if most is not None:
        distance = {node: far for node, far in distance.items() if far <= most}
    followed = [
        arc
        for arc in passable
        if arc.source in distance and (most is None or distance[arc.source] + cost(arc) <= most)
    ]
    return followed, distance


def _walk(graph: Graph, question: Question, arcs: Iterable[Arc]) -> Answer:
    followed, distance = _followed(graph, question, arcs)
    starts = {graph.node(name) for name in question.roots}
    depth = _search(starts, [(arc.source, arc.target, 1) for arc in followed])
    steps = _search(starts, [(arc.source, arc.target, arc.steps) for arc in followed])
    assert depth.keys() == steps.keys() == distance.keys()
    answer = Answer(depth, steps, {arc.seen for arc in followed})
    _attach(graph, question, answer)
    return answer


def _attach(graph: Graph, question: Question, answer: Answer) -> None:
    """Descriptions and configuration: with what has them, at its distance."""
    hung = [
        Seen(name, one, other, told.role, position)
        for name, position in _hanging(question)
        for one, other, told in graph.between(name, 0, position)
    ]
    links = [(seen.source, seen.target, 0) for seen in hung]
    walked = set(answer.depth)
    for distances in (answer.depth, answer.steps):
        near = _from_each(distances, links)
        distances.update((node, far) for node, far in near.items() if node not in walked)
    answer.seen.update({seen for seen in hung if {seen.source, seen.target} <= set(answer.depth)})


def _hanging(question: Question) -> Iterator[tuple[str, int]]:
    if question.descriptions:
        yield "isDescribedBy", 1
    if question.descriptions == 2:
        yield "isRelatedTo", 1
    if question.parameters:
        yield from (("wasConfiguredBy", 1), ("hadReference", 1), ("wasAssociatedWith", 2))


def _from_each(distances: Distances, links: Sequence[tuple[Node, Node, int]]) -> Distances:
    """How far what hangs on nodes is: as far as the nearest of them."""
    found: Distances = {}
    for node, far in sorted(distances.items(), key=lambda pair: pair[1]):
        for reached in _search([node], links):
            found.setdefault(reached, far)
    return found


def _show(graph: Graph, question: Question, answer: Answer) -> None:
    """Relations that are not followed, where both ends are in the answer."""
    names = (*_SHOWN, "wasStartedBy", "wasEndedBy", "specializationOf") if question.sap else _SHOWN
    for name in names:
        for one, other, told in graph.between(name, 0, 1):
            if one in answer.depth and other in answer.depth:
                answer.seen.add(Seen(name, one, other, told.role))


def reference_answer(graph: Graph, question: Question) -> Answer:
    """What the archive should answer."""
    if question.sap:
        answer = _walk(graph, question, _sap_arcs(graph, question))
    else:
        ways = {"back": [False], "forth": [True], "both": [False, True]}[question.direction]
        answers = [
            _walk(graph, question, _own_arcs(graph, question, forth=forth)) for forth in ways
        ]
        answer = _united(answers)
    _show(graph, question, answer)
    return answer


def _united(answers: Sequence[Answer]) -> Answer:
    united = Answer({}, {}, set())
    for answer in answers:
        for is_, found in ((united.depth, answer.depth), (united.steps, answer.steps)):
            for node, far in found.items():
                is_[node] = min(far, is_.get(node, far))
        united.seen |= answer.seen
    return united
