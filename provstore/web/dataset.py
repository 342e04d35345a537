"""Everything that the page of one entity, activity or agent shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from markupsafe import Markup

from provstore.exporters.layout import MAX_BOXES
from provstore.exporters.merge import merge
from provstore.exporters.registry import write_lineage
from provstore.factory import Services
from provstore.model.answer_document import without_parameters
from provstore.model.answers import ElementAnswer
from provstore.model.ledger import Receipt
from provstore.model.lineage import Agents, Bounds, Direction, Lineage, LineageQuestion, Node
from provstore.web.facts import (
    LEVEL_SOURCES,
    Attribute,
    Fact,
    Name,
    attributes_of,
    kind_word,
    names_of,
    obscore_facts,
    times_of,
)
from provstore.web.history import History, Input, Use, by_level
from provstore.web.links import Links
from provstore.web.render import picture

MOST_NODES: Final = 20_000
"""Nodes of the history that a page is made from; downloads hold more."""
MOST_ROWS: Final = 100
"""Rows of each list on the page."""


class Rows(NamedTuple):
    """The first rows of a list, and how many there are in all."""

    shown: Sequence[Node]
    total: int


class Inputs(NamedTuple):
    """The inputs of a dataset."""

    level: str | None
    """The level that was looked for; None where these are the direct inputs."""
    shown: Sequence[Input]
    total: int
    having: Mapping[object, int]
    """Programs and settings, to how many of those shown have them."""

    @property
    def title(self) -> str:
        """What these inputs are called."""
        return "Direct inputs" if self.level is None else f"{self.level} inputs"


class Picture(NamedTuple):
    """The lineage as SVG."""

    svg: Markup
    is_cut: bool
    """Whether it shows the nearest boxes only."""


class Made(NamedTuple):
    """What was made from something."""

    nearest: Rows
    counts: Sequence[tuple[str, int]]
    total: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """How something was made, and what was made from it."""

    inputs: Inputs
    uses: Sequence[Use]
    uses_total: int
    agents: Sequence[Node]
    short_ends: Rows
    """Where the record stops; none is told where a limit cut, as it looks the same there."""
    made: Made


@dataclass(frozen=True, slots=True)
class DatasetPage:
    """What one page shows."""

    node: Node
    kind: str
    level_source: str | None
    names: Sequence[Name]
    times: Sequence[tuple[str, str]]
    facts: Sequence[Fact]
    attributes: Sequence[Attribute]
    receipts: Sequence[Receipt]
    receipts_total: int
    picture: Picture
    cut: str | None
    """The limit that cut the lineage, or None."""
    origin: Origin | None
    """None where it is nothing but an agent, which nobody made."""
    acted: Rows
    """Of an agent: what it did or answers for."""

    @property
    def stops_here(self) -> bool:
        """Whether it is itself where the record stops."""
        ends = () if self.origin is None else self.origin.short_ends.shown
        return self.node.id in {end.id for end in ends}

    def fact(self, name: str) -> Fact | None:
        """One ObsCore column, or None where it has no value."""
        return next((fact for fact in self.facts if fact.column.name == name), None)


def choices(services: Services, name: str) -> Sequence[Node]:
    """The elements that a name of several may mean.

    Raises
    ------
    AmbiguousIdentifierError
        They are too many to be listed.
    """
    question = LineageQuestion((name,), bounds=Bounds(depth=0), parameters=False)
    return services.lineage.ask(question).nodes


def dataset_page(services: Services, links: Links, answer: ElementAnswer) -> DatasetPage:
    """Find all that the page of an element shows."""
    node = answer.node
    is_agent = node.kind == "agent"
    lineage = _ask_agent(services, node) if is_agent else _ask(services, node)
    return DatasetPage(
        node=node,
        kind=kind_word(node),
        level_source=LEVEL_SOURCES.get(node.level_from or ""),
        names=names_of(answer),
        times=times_of(answer),
        facts=obscore_facts(answer.obscore),
        attributes=attributes_of(answer, lineage.prefixes),
        receipts=[services.ledger.receipt(number) for number in answer.asserted_by[:MOST_ROWS]],
        receipts_total=len(answer.asserted_by),
        picture=_picture(lineage, links),
        cut=lineage.cut,
        origin=None if is_agent else _origin(services, lineage),
        acted=_rows([other for other in lineage.nodes if is_agent and other.id != node.id]),
    )


def _origin(services: Services, lineage: Lineage) -> Origin:
    history = History(lineage)
    uses = history.uses()
    return Origin(
        inputs=_inputs(history),
        uses=uses[:MOST_ROWS],
        uses_total=len(uses),
        agents=history.agents(),
        short_ends=_rows([] if lineage.cut else history.short_ends()),
        made=_made(services, history.root),
    )


def _ask(services: Services, node: Node) -> Lineage:
    return services.lineage.ask(LineageQuestion((node.id,), bounds=Bounds(limit=MOST_NODES)))


def _ask_agent(services: Services, node: Node) -> Lineage:
    """What an agent did itself: a walk back ends at agents."""
    bounds = Bounds(depth=1, limit=MOST_NODES)
    question = LineageQuestion(
        (node.id,), Direction.FORTH, bounds, agents=Agents.WALK, parameters=False
    )
    return services.lineage.ask(question)


def _rows(nodes: Sequence[Node]) -> Rows:
    return Rows(nodes[:MOST_ROWS], len(nodes))


def _picture(lineage: Lineage, links: Links) -> Picture:
    shown = _without_agents(without_parameters(lineage))
    is_cut = len(shown.nodes) > MAX_BOXES and len(merge(shown).boxes) > MAX_BOXES
    return Picture(picture(b"".join(write_lineage(shown, "svg", link=links.dataset))), is_cut)


def _without_agents(lineage: Lineage) -> Lineage:
    """The answer without what is but an agent: one that has a part in everything hides the way."""
    gone = {n.id for n in lineage.nodes if n.kind == "agent" and n.id not in lineage.roots}
    return replace(
        lineage,
        nodes=[node for node in lineage.nodes if node.id not in gone],
        edges=[e for e in lineage.edges if e.source not in gone and e.target not in gone],
    )


def _inputs(history: History) -> Inputs:
    level, nodes = history.inputs()
    shown = [history.described(node) for node in nodes[:MOST_ROWS]]
    having: Counter[object] = Counter()
    for one in shown:
        having.update((*one.settings, *one.programs))
    return Inputs(level, shown, len(nodes), having)


def _made(services: Services, node: Node) -> Made:
    bounds = Bounds(limit=MOST_NODES)
    question = LineageQuestion((node.id,), Direction.FORTH, bounds, parameters=False)
    answer = services.lineage.ask(question)
    made = [other for other in answer.nodes if other.id not in answer.roots and other.is_data]
    nearest = [other for other in made if other.steps == 1]
    return Made(_rows(nearest), by_level(made), len(made), answer.cut is not None)
