"""Generated graphs, every option of a question, and the reference answer beside the real one."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from hypothesis import strategies as st
from support.catalogue import EX, prov, short
from support.reference_walk import Answer, Graph, Question, Seen, Told, reference_answer

from provstore.factory import Services
from provstore.model.lineage import (
    Agents,
    Bounds,
    Direction,
    Lineage,
    LineageQuestion,
    SapQuestion,
    Via,
)
from provstore.model.vocabulary import GENERATED, MEMBER, RELATIONS, USED, RelationType

_NAMES: Final = tuple(f"n{number}" for number in range(7))
_names = st.sampled_from(_NAMES)
_WITHOUT_ROLE: Final = frozenset({"hadMember", "specializationOf", "alternateOf", "mentionOf"})
_KINDS: Final = st.sampled_from((*[USED, GENERATED] * 5, *RELATIONS))


class Story(NamedTuple):
    """A document, and what it tells."""

    data: bytes
    graph: Graph


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Graphs with cycles, self-loops, parallel relations, hubs, undeclared ends and ties."""
    kinds = draw(st.lists(_KINDS, min_size=1, max_size=14))
    told = [draw(_relations(kind, f"r{number}")) for number, kind in enumerate(kinds)]
    declared = draw(st.dictionaries(_names, st.sampled_from(["entity", "activity", "agent"])))
    stops = draw(st.frozensets(st.sampled_from(sorted(declared)), max_size=2)) if declared else ()
    tied = draw(st.lists(st.sets(_names, min_size=2, max_size=3), max_size=2))
    statements = [f"{kind}({name})" for name, kind in declared.items()]
    statements += [f"entity({name})" for group in tied for name in group]
    attributes: dict[str, dict[str, object]] = {name: {} for name in _NAMES}
    for name in stops:
        attributes[name]["prov:type"] = "STOP"
    for number, group in enumerate(tied):
        for name in group:
            attributes[name][f"ex:{'abc'[number]}/doi"] = f"10.1/{number}"
    statements += [_text(relation) for relation in told]
    graph = Graph(told, [sorted(group) for group in tied], frozenset(stops))
    return Story(prov(" ".join(statements), attributes), graph)


@st.composite
def _relations(draw: st.DrawFn, kind: RelationType, role: str) -> Told:
    ends: list[str | None] = []
    for position, end in enumerate(kind.ends):
        optional = kind is not MEMBER and position > 0
        name = draw(st.one_of(_names, st.none()) if optional else _names)
        ends.append(None if end.is_relation else name)
    return Told(kind.name, tuple(ends), None if kind.name in _WITHOUT_ROLE else role)


def _text(told: Told) -> str:
    ends = ", ".join(end or "-" for end in told.ends)
    return f"{told.name}({ends})" + (f" [prov:role={told.role}]" if told.role else "")


questions = st.builds(
    Question,
    roots=st.lists(_names, min_size=1, max_size=2, unique=True),
    direction=st.sampled_from(["back", "forth", "both"]),
    via=st.sampled_from(["both", "both", "activity", "derivation"]),
    agents=st.sampled_from(["show", "hide", "walk"]),
    parameters=st.booleans(),
    descriptions=st.sampled_from([0, 2]),
)
sap_questions = st.builds(
    Question,
    roots=st.lists(_names, min_size=1, max_size=2, unique=True),
    direction=st.sampled_from(["back", "forth"]),
    agents=st.sampled_from(["show", "hide", "walk"]),
    parameters=st.booleans(),
    descriptions=st.sampled_from([0, 2]),
    depth=st.one_of(st.none(), st.integers(0, 4)),
    sap=st.just(value=True),
    members=st.booleans(),
    flows=st.booleans(),
)


def ask(services: Services, question: Question, stop: tuple[str, ...]) -> Lineage:
    ids = tuple(EX + name for name in question.roots)
    if question.sap:
        return services.lineage.sap(_sap(question, ids))
    return services.lineage.ask(
        LineageQuestion(
            ids,
            Direction(question.direction),
            Bounds(question.depth, question.steps, stop),
            Via(question.via),
            Agents(question.agents),
            question.parameters,
            question.descriptions,
        )
    )


def _sap(question: Question, ids: tuple[str, ...]) -> SapQuestion:
    return SapQuestion(
        ids,
        question.depth,
        Direction(question.direction),
        question.members,
        question.flows,
        walk_agents=question.agents == "walk",
        show_agents=question.agents != "hide",
        configuration=question.parameters,
        descriptions=question.descriptions,
    )


def as_reference(lineage: Lineage) -> Answer:
    """An answer in the form of the reference: nodes as groups of names."""
    group = {
        node.id: frozenset(short(name) for name in (node.id, *node.same)) for node in lineage.nodes
    }
    return Answer(
        {group[node.id]: node.depth for node in lineage.nodes},
        {group[node.id]: node.steps for node in lineage.nodes},
        {
            Seen(
                edge.kind,
                group[edge.source],
                group[edge.target],
                edge.role,
                edge.position,
                edge.inferred,
            )
            for edge in lineage.edges
        },
    )


def check(
    services: Services, story: Story, questions: Sequence[Question], stop: tuple[str, ...]
) -> list[Lineage]:
    """Ask each question that names something told, compare, and return what was answered."""
    known = story.data.decode()
    answers = []
    for question in questions:
        if all(f'"ex:{name}"' in known for name in question.roots):
            graph = story.graph if stop else Graph(story.graph.relations, story.graph.tied)
            answers.append(ask(services, question, stop))
            assert as_reference(answers[-1]) == reference_answer(graph, question), question
    return answers
