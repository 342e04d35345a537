"""A lineage answer as a document: what was told, what is only known, what is inferred."""

from exporters.nights import edge, lineage, node

from provstore.model.answer_document import document_of, without_parameters
from provstore.model.document import Telling
from provstore.model.identifiers import PROVSTORE, Iri
from provstore.model.lineage import Edge, Node
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ALTERNATE,
    ASSOCIATED,
    GENERATED,
    PROV_LABEL,
    PROV_ROLE,
    PROV_TYPE,
    USED,
    Kind,
)

EX = "http://example.org/"
INFERRED = (PROV_TYPE, Iri("urn:x-provstore:inferred"))


def tied(*bodies: tuple[str, tuple[str, ...], str]) -> Node:
    return node(bodies[0][0])._replace(bodies=bodies)


def test_each_declared_kind_of_each_element_is_told() -> None:
    both = tied((EX + "gammapy", ("entity", "agent"), '{"prov:label":"gammapy"}'))
    label = ((PROV_LABEL, Literal("gammapy")),)
    assert document_of(lineage([both], [])).elements == {
        Telling(None, EX + "gammapy", Kind.ENTITY): label,
        Telling(None, EX + "gammapy", Kind.AGENT): label,
    }


def test_what_was_only_mentioned_is_never_declared() -> None:
    mentioned = node(EX + "lost", declared=False)
    partly = tied((EX + "a", ("entity",), "{}"), (EX + "b", (), "{}"))
    document = document_of(lineage([mentioned, partly], []))
    assert [telling.iri for telling in document.elements] == [EX + "a"]


def test_tied_elements_are_joined_and_the_tie_is_marked() -> None:
    node_of_two = tied((EX + "a", ("entity",), "{}"), (EX + "b", ("entity",), "{}"))
    assert document_of(lineage([node_of_two], [])).relations == [
        Relation(ALTERNATE, (EX + "a", EX + "b"), attributes=(INFERRED,))
    ]


def test_facts_of_a_dataset_are_attributes_of_its_first_element() -> None:
    spectrum = tied(
        (EX + "a", ("entity",), '{"ex:x":"1"}'), (EX + "b", ("entity",), "{}")
    )._replace(
        obs_publisher_did="ivo://cta/1",
        obs_id="1",
        target_name="Crab",
        level="DL4",
    )
    elements = document_of(lineage([spectrum], [])).elements
    assert set(elements[Telling(None, EX + "a", Kind.ENTITY)]) == {
        (EX + "x", Literal("1")),
        (PROVSTORE + "obs_publisher_did", Literal("ivo://cta/1")),
        (PROVSTORE + "obs_id", Literal("1")),
        (PROVSTORE + "target_name", Literal("Crab")),
        (PROVSTORE + "level", Literal("DL4")),
    }
    assert elements[Telling(None, EX + "b", Kind.ENTITY)] == ()


def test_edges_become_relations() -> None:
    told = Edge("used", EX + "run", EX + "in", "events", "2024-01-01T00:00:00", EX + "u1")
    inferred = Edge("wasGeneratedBy", EX + "m", EX + "run", None, None, None, inferred=True)
    more = edge("used", EX + "run", EX + "x")._replace(attributes='{"ex:n":"2"}')
    assert document_of(lineage([node(EX + "run")], [told, inferred, more])).relations == [
        Relation(
            USED,
            (EX + "run", EX + "in"),
            "2024-01-01T00:00:00",
            EX + "u1",
            ((PROV_ROLE, Literal("events")),),
        ),
        Relation(GENERATED, (EX + "m", EX + "run"), attributes=(INFERRED,)),
        Relation(USED, (EX + "run", EX + "x"), attributes=((EX + "n", Literal("2")),)),
    ]


def test_a_relation_that_was_walked_by_two_ends_is_told_once() -> None:
    agent = edge("wasAssociatedWith", "run", "alice", "operator")._replace(more=((2, "plan"),))
    plan = edge("wasAssociatedWith", "run", "plan", "operator")._replace(position=2)
    other = edge("wasAssociatedWith", "run", "another plan", "operator")._replace(position=2)
    role = ((PROV_ROLE, Literal("operator")),)
    assert document_of(lineage([node("run")], [plan, agent, other])).relations == [
        Relation(ASSOCIATED, ("run", "alice", "plan"), attributes=role),
        Relation(ASSOCIATED, ("run", None, "another plan"), attributes=role),
    ]


def test_parameters_and_configuration_can_be_left_out() -> None:
    run = node("run", kind="activity", body='{"ex:a":"1","param:cuts":"hard","param:n":["1","2"]}')
    cuts = node("cuts", cls="Parameter")
    plan = edge("wasAssociatedWith", "run", "alice")._replace(more=((2, "cuts"),))
    answer = lineage([run, cuts], [edge("wasConfiguredBy", "run", "cuts"), plan])
    kept = without_parameters(answer)
    assert [(told.id, told.body) for told in kept.nodes] == [("run", '{"ex:a":"1"}')]
    assert kept.edges == [plan._replace(more=())]
    attributes = document_of(answer, parameters=False).elements[Telling(None, "run", Kind.ACTIVITY)]
    assert attributes == ((EX + "a", Literal("1")),)


def test_a_parameter_that_was_asked_for_stays() -> None:
    cuts = node("cuts", cls="Parameter")
    assert without_parameters(lineage([cuts], [], roots=("cuts",))).nodes == [cuts]


def test_a_text_without_parameters_is_passed_through_as_it_is() -> None:
    body = '{"ex:a" : "told with blanks, param: is only a word"}'
    (kept,) = without_parameters(lineage([node("a", body=body)], [])).nodes
    assert kept.body == body
