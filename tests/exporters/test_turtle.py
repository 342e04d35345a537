"""PROV-O as written: what is said, what is kept apart, and what other software reads in it."""

import warnings

import pytest
import rdflib
from hypothesis import assume, given
from hypothesis import strategies as st
from prov.model import ProvDocument
from pyoxigraph import RdfFormat, parse
from support.odd_documents import EX, W3C_KINDS, Documents, odd_documents, plain_iris, plain_values
from support.prov_oracle import comparable, document_of
from support.reading import example, read
from support.strategies import documents

from provstore.errors import BadParameterError
from provstore.exporters.flavour import Model
from provstore.exporters.turtle import write_trig, write_turtle
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Prefixes
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    CONFIGURED,
    GENERATED,
    PROV_LABEL,
    PROV_ROLE,
    RELATION_BY_NAME,
    USED,
    Kind,
)

# rdflib, and `prov` with it, call deprecated names of rdflib's own
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

anything = st.one_of(documents(), odd_documents())
w3c_documents = Documents.draw(
    Documents(
        plain_iris,
        plain_values(),
        (EX + "size", VOPROV + "comment"),
        [kind for kind in W3C_KINDS if not kind.ivoa_marker],
    ),
    strict=True,
)
ROLE = ((PROV_ROLE, Literal("events")),)


def of(*told: Relation) -> Document:
    document = Document(Prefixes({"ex": EX}))
    for relation in told:
        document.add_relation(relation)
    return document


def trig(document: Document, model: Model = Model.W3C) -> str:
    return b"".join(write_trig(document, model)).decode()


def lines(document: Document, model: Model = Model.W3C) -> list[str]:
    """The statements, without the prefixes."""
    return [line for line in trig(document, model).splitlines() if not line.startswith("@")]


def back(document: Document, model: Model = Model.W3C) -> Document:
    return read(trig(document, model), "trig")


def test_a_relation_of_two_ends_is_a_short_cut() -> None:
    assert lines(of(Relation(USED, (EX + "a", EX + "e")))) == ["ex:a prov:used ex:e ."]


def test_a_relation_that_says_more_has_a_node() -> None:
    relation = Relation(USED, (EX + "a", EX + "e"), "2026-01-01T00:00:00", None, ROLE)
    node = (
        "[ a prov:Usage ; prov:entity ex:e ; "
        'prov:atTime "2026-01-01T00:00:00"^^xsd:dateTime ; prov:hadRole "events" ]'
    )
    assert lines(of(relation)) == [f"ex:a prov:qualifiedUsage {node} ."]
    assert lines(of(relation), Model.IVOA) == [
        "ex:a prov:used ex:e ;",
        f"    prov:qualifiedUsage {node} .",
    ]


def test_a_named_relation_is_its_own_node() -> None:
    assert lines(of(Relation(GENERATED, (EX + "e", EX + "a"), None, EX + "g"))) == [
        "ex:e prov:qualifiedGeneration ex:g .",
        "ex:g a prov:Generation ; prov:activity ex:a .",
    ]


def test_relations_of_the_ivoa_in_both_flavours() -> None:
    document = of(Relation(CONFIGURED, (EX + "a", EX + "c")))
    node = "[ a prov:Influence, voprov:ConfigurationRelation ; prov:influencer ex:c ]"
    assert lines(document) == [
        "ex:a prov:wasInfluencedBy ex:c ;",
        f"    prov:qualifiedInfluence {node} .",
    ]
    assert lines(document, Model.IVOA) == ["ex:a voprov:wasConfiguredBy ex:c ."]


@pytest.mark.parametrize(
    "told",
    [
        (
            Relation(USED, ("urn:x:a", "urn:x:e"), None, None, ROLE),
            Relation(USED, ("urn:x:a", "urn:x:e"), None, None, ((PROV_ROLE, Literal("check")),)),
        ),
        (
            Relation(USED, ("urn:x:a", "urn:x:e")),
            Relation(USED, ("urn:x:a", "urn:x:e"), None, None, ROLE),
        ),
        (
            Relation(USED, ("urn:x:a", "urn:x:e")),
            Relation(USED, ("urn:x:a", "urn:x:e"), None, "urn:x:u"),
        ),
        (
            Relation(USED, ("urn:x:a", "urn:x:e"), "2026-01-01T00:00:00", "urn:x:u"),
            Relation(USED, ("urn:x:a", "urn:x:f"), "2026-01-02T00:00:00", "urn:x:u"),
        ),
        (
            Relation(USED, ("urn:x:a", "urn:x:e"), None, "urn:x:u"),
            Relation(GENERATED, ("urn:x:u", "urn:x:a"), None, None, ROLE),
        ),
    ],
    ids=["two roles", "bare and with a role", "bare and named", "one name twice", "name and end"],
)
@pytest.mark.parametrize("model", Model)
def test_what_rdf_would_make_one_is_kept_apart(told: tuple[Relation, ...], model: Model) -> None:
    document = of(*told)
    assert back(document, model) == document
    assert len({relation.identity for relation in back(document, model).relations}) == 2


def test_an_element_of_two_kinds_keeps_what_is_told_of_each() -> None:
    document = Document()
    document.add_element(Kind.ENTITY, EX + "x", ((PROV_LABEL, Literal("as entity")),))
    document.add_element(Kind.AGENT, EX + "x", ((PROV_LABEL, Literal("as agent")),))
    assert back(document) == document
    graph = rdflib.Dataset().parse(data=trig(document), format="trig")
    labels = set(graph.objects(rdflib.URIRef(EX + "x"), rdflib.RDFS.label))
    assert labels == {rdflib.Literal("as entity"), rdflib.Literal("as agent")}


def test_names_that_are_no_iris_and_properties_with_a_meaning_are_hidden() -> None:
    document = Document()
    document.add_element(Kind.ENTITY, "data/run 1", ((VOPROV + "used", Literal("2 h")),))
    document.add_element(Kind.ENTITY, "http://e.example/a/../b")
    assert "<urn:x-provstore:name:data%2Frun%201> a prov:Entity" in trig(document)
    assert back(document) == document


def test_bundles_are_refused_in_turtle_before_a_byte_is_written() -> None:
    document = Document()
    document.add_bundle(EX + "b")
    with pytest.raises(BadParameterError, match="trig"):
        write_turtle(document)
    assert back(document) == document


def test_one_document_in_json_and_in_trig() -> None:
    in_json = example(
        entity={"ex:e": {"prov:type": {"$": "ex:T", "type": "xsd:QName"}, "prov:label": "e"}},
        activity={"ex:a": {"prov:startTime": "2026-01-01T00:00:00Z"}},
        used={"ex:u": {"prov:activity": "ex:a", "prov:entity": "ex:e", "prov:role": "in"}},
        bundle={
            "ex:b": {
                "wasDerivedFrom": {
                    "_:d": {"prov:generatedEntity": "ex:e", "prov:usedEntity": "ex:f"}
                }
            }
        },
    )
    in_trig = """
      @prefix prov: <http://www.w3.org/ns/prov#> . @prefix ex: <http://example.org/> .
      @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
      @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
      ex:e a prov:Entity, ex:T ; rdfs:label "e" .
      ex:a a prov:Activity ; prov:startedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime ;
        prov:qualifiedUsage ex:u .
      ex:u a prov:Usage ; prov:entity ex:e ; prov:hadRole "in" .
      GRAPH ex:b { ex:e prov:wasDerivedFrom ex:f . }
    """
    assert read(in_trig, "trig") == read(in_json)


@given(document=anything, model=st.sampled_from(Model))
def test_rdflib_and_pyoxigraph_read_the_same(document: Document, model: Model) -> None:
    text = trig(document, model)
    quads = set(parse(input=text, format=RdfFormat.TRIG))
    with warnings.catch_warnings(action="ignore"):  # it warns of forms that it would change
        dataset = rdflib.Dataset().parse(data=text, format="trig")
    assert len(set(dataset.quads())) == len(quads)


@given(document=w3c_documents)
def test_the_prov_library_reads_back_what_is_written(document: Document) -> None:
    assume(not one_name_for_two_statements(document))
    assume(not one_iri_of_two_kinds(document))
    assume(not a_bundle_without_statements(document))
    assume(not two_agents_of_one_subject(document))
    source = ProvDocument.deserialize(content=trig(document), format="rdf", rdf_format="trig")
    assert comparable(document_of(source)) == comparable(document)


def one_name_for_two_statements(document: Document) -> bool:
    """RDF makes one node of them; `prov` takes our way to keep them apart for an attribute."""
    names = [relation.iri for relation in document.relations if relation.iri is not None]
    names += {telling.iri for telling in document.elements}
    return len(set(names)) < len(names)


def one_iri_of_two_kinds(document: Document) -> bool:
    """`prov` reads an element of one kind."""
    subjects = {(telling.bundle, telling.iri) for telling in document.elements}
    return len(subjects) < len(document.elements)


def a_bundle_without_statements(document: Document) -> bool:
    """RDF has no empty graphs."""
    told = {telling.bundle for telling in document.elements}
    return not document.bundles.keys() <= told | {r.bundle for r in document.relations}


def two_agents_of_one_subject(document: Document) -> bool:
    """`prov` mixes up the associations of one activity, and the delegations of one delegate."""
    mixed = {RELATION_BY_NAME["wasAssociatedWith"], RELATION_BY_NAME["actedOnBehalfOf"]}
    found = [(r.type.name, r.bundle, r.end(0)) for r in document.relations if r.type in mixed]
    return len(set(found)) < len(found)
