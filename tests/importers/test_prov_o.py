"""PROV-O as the Recommendation has it: nodes, short-cuts, elements, bundles.

Expected values are those of the sections of PROV-O and PROV-DM that each test names.
"""

import pytest
from support.reading import EX, parsed, read, shape, told

from provstore.importers.base import Findings
from provstore.importers.rdf.prov_o import document_of_quads
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DELEGATED,
    DERIVED,
    DICTIONARY_MEMBER,
    ENDED,
    GENERATED,
    INFLUENCED,
    INFORMED,
    INSERTED,
    INSERTED_FROM,
    MENTIONED,
    PROV_PAIR_KEY,
    PROV_ROLE,
    PROV_TYPE,
    REMOVED,
    STARTED,
    USED,
    Kind,
)

HEAD = """
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix voprov: <http://www.ivoa.net/documents/ProvenanceDM/index.html#> .
@prefix ex: <http://example.org/> .
"""


def of(text: str) -> Document:
    """The document of a text in TriG."""
    return read(HEAD + text, "trig")


def relations(text: str) -> set[tuple[object, ...]]:
    return {relation.identity for relation in of(text).relations}


def identities(*told_relations: Relation) -> set[tuple[object, ...]]:
    return {relation.identity for relation in told_relations}


def noted(text: str) -> list[str]:
    return [finding.rule for finding in parsed(HEAD + text, "trig").findings]


def test_two_associations_keep_their_own_agent_and_plan() -> None:
    # PROV-O 3.3, qualifiedAssociation; the library `prov` mixes the two up
    text = """ex:a prov:wasAssociatedWith ex:g1, ex:g2 ;
      prov:qualifiedAssociation [ a prov:Association ; prov:agent ex:g1 ; prov:hadPlan ex:p ],
        [ a prov:Association ; prov:agent ex:g2 ] ."""
    assert relations(text) == identities(
        Relation(ASSOCIATED, (EX + "a", EX + "g1", EX + "p")),
        Relation(ASSOCIATED, (EX + "a", EX + "g2")),
    )


def test_two_delegations_of_one_delegate() -> None:
    text = """ex:d prov:actedOnBehalfOf ex:r ; prov:qualifiedDelegation
      [ prov:agent ex:r ; prov:hadActivity ex:a ], [ prov:agent ex:r ] ."""
    assert relations(text) == identities(
        Relation(DELEGATED, (EX + "d", EX + "r", EX + "a")),
        Relation(DELEGATED, (EX + "d", EX + "r")),
    )


@pytest.mark.parametrize(
    ("shortcut", "name"),
    [
        ("ex:x prov:used ex:y", "used"),
        ("ex:x prov:wasGeneratedBy ex:y", "wasGeneratedBy"),
        ("ex:x prov:wasDerivedFrom ex:y", "wasDerivedFrom"),
        ("ex:x prov:wasInformedBy ex:y", "wasInformedBy"),
        ("ex:x prov:wasStartedBy ex:y", "wasStartedBy"),
        ("ex:x prov:wasEndedBy ex:y", "wasEndedBy"),
        ("ex:x prov:wasInvalidatedBy ex:y", "wasInvalidatedBy"),
        ("ex:x prov:wasAttributedTo ex:y", "wasAttributedTo"),
        ("ex:x prov:wasAssociatedWith ex:y", "wasAssociatedWith"),
        ("ex:x prov:actedOnBehalfOf ex:y", "actedOnBehalfOf"),
        ("ex:x prov:wasInfluencedBy ex:y", "wasInfluencedBy"),
        ("ex:x prov:specializationOf ex:y", "specializationOf"),
        ("ex:x prov:alternateOf ex:y", "alternateOf"),
        ("ex:x prov:hadMember ex:y", "hadMember"),
        ("ex:y prov:generated ex:x", "wasGeneratedBy"),
        ("ex:y prov:invalidated ex:x", "wasInvalidatedBy"),
        ("ex:y prov:influenced ex:x", "wasInfluencedBy"),
        ("ex:y prov:wasUsedBy ex:x", "used"),
        ("ex:y prov:hadDerivation ex:x", "wasDerivedFrom"),
        ("ex:x voprov:hadStep ex:y", "hadStep"),
    ],
)
def test_a_short_cut_or_its_inverse_is_a_relation(shortcut: str, name: str) -> None:
    (relation,) = of(shortcut + " .").relations
    assert shape(relation) == (name, (EX + "x", EX + "y"))


@pytest.mark.parametrize(
    ("name", "node", "expected"),
    [
        ("Start", "prov:entity ex:t ; prov:hadActivity ex:s", (STARTED, "t", "s")),
        ("End", "prov:entity ex:t ; prov:hadActivity ex:s", (ENDED, "t", "s")),
        ("Communication", "prov:activity ex:t", (INFORMED, "t")),
        ("Influence", "prov:influencer ex:t", (INFLUENCED, "t")),
        ("Influence", "prov:entity ex:t", (INFLUENCED, "t")),
        ("Influence", "a prov:Usage ; prov:entity ex:t", (USED, "t")),
        ("Association", "prov:influencer ex:t ; prov:agent ex:t", (ASSOCIATED, "t")),
    ],
)
def test_a_node_tells_the_ends(name: str, node: str, expected: tuple[object, ...]) -> None:
    (relation,) = of(f"ex:x prov:qualified{name} [ {node} ] .").relations
    kind, *ends = expected
    assert relation.type is kind
    assert relation.ends == (EX + "x", *(EX + str(end) for end in ends))


@pytest.mark.parametrize("special", ["Revision", "Quotation", "PrimarySource"])
def test_a_special_derivation_is_one_of_its_type(special: str) -> None:
    # PROV-DM 5.2.2 to 5.2.4: derivations with a prov:type
    names = {"Revision": "wasRevisionOf", "Quotation": "wasQuotedFrom"}
    shortcut = names.get(special, "hadPrimarySource")
    expected = identities(
        Relation(DERIVED, (EX + "x", EX + "y"), None, None, ((PROV_TYPE, Iri(PROV + special)),))
    )
    node = f"[ a prov:{special} ; prov:entity ex:y ]"
    assert relations(f"ex:x prov:{shortcut} ex:y ; prov:wasDerivedFrom ex:y .") == expected
    assert relations(f"ex:x prov:qualified{special} {node} .") == expected
    both = f"prov:qualified{special} _:n ; prov:qualifiedDerivation _:n"
    assert relations(f"ex:x {both} . _:n a prov:{special} ; prov:entity ex:y .") == expected


def test_a_derivation_names_its_generation_and_usage() -> None:
    text = """ex:e2 prov:qualifiedGeneration _:g ; prov:qualifiedDerivation
        [ prov:entity ex:e1 ; prov:hadActivity ex:a ;
          prov:hadGeneration _:g ; prov:hadUsage ex:u ] .
      _:g prov:activity ex:a . ex:a prov:qualifiedUsage ex:u . ex:u prov:entity ex:e1 ."""
    generation = Relation(GENERATED, (EX + "e2", EX + "a"))
    assert relations(text) == identities(
        generation,
        Relation(USED, (EX + "a", EX + "e1"), None, EX + "u"),
        Relation(DERIVED, (EX + "e2", EX + "e1", EX + "a", generation.key, EX + "u")),
    )


def test_role_time_location_and_label_are_those_of_the_data_model() -> None:
    text = """ex:a prov:qualifiedUsage [ a prov:Usage ; prov:entity ex:e ; prov:hadRole "r" ;
      prov:atTime "2026-01-01T00:00:00"^^xsd:dateTime ; prov:atLocation ex:place ;
      rdfs:label "l"@en ; ex:size 01 ] ."""
    (relation,) = of(text).relations
    assert relation.time == "2026-01-01T00:00:00"
    assert set(relation.attributes) == {
        (PROV_ROLE, Literal("r")),
        (PROV + "location", Iri(EX + "place")),
        (PROV + "label", text_literal("l", "en")),
        (EX + "size", Literal("01", XSD + "integer")),
    }


def test_what_a_node_lacks_stays_missing() -> None:
    text = "ex:a prov:qualifiedUsage [ a prov:Usage ] . [] a prov:Generation ; prov:activity ex:a ."
    assert relations(text) == identities(
        Relation(USED, (EX + "a",)), Relation(GENERATED, (None, EX + "a"))
    )
    assert noted(text) == ["prov/missing-end", "prov/missing-end"]


def test_classes_say_what_an_element_is() -> None:
    document = of(
        "ex:p a prov:Person . ex:c a prov:Collection . ex:x a prov:Entity, ex:T, prov:Agent ."
    )
    assert document.elements == {
        Telling(None, EX + "p", Kind.AGENT): ((PROV_TYPE, Iri(PROV + "Person")),),
        Telling(None, EX + "c", Kind.ENTITY): ((PROV_TYPE, Iri(PROV + "Collection")),),
        Telling(None, EX + "x", Kind.ENTITY): ((PROV_TYPE, Iri(EX + "T")),),
        Telling(None, EX + "x", Kind.AGENT): ((PROV_TYPE, Iri(EX + "T")),),
    }


def test_without_a_class_the_relations_and_properties_say_it() -> None:
    text = """ex:a prov:used ex:e ; rdfs:label "run" . ex:e ex:size 3 .
      ex:b prov:endedAtTime "2026-01-01T00:00:00Z"^^xsd:dateTime . ex:silent prov:used ex:f ."""
    kinds = {(telling.iri, telling.kind) for telling in of(text).elements}
    assert kinds == {
        (EX + "a", Kind.ACTIVITY),
        (EX + "e", Kind.ENTITY),
        (EX + "b", Kind.ACTIVITY),
    }


def test_the_times_of_an_activity_and_of_an_entity() -> None:
    text = """ex:a a prov:Activity ; prov:startedAtTime "2026-01-01T00:00:00.50"^^xsd:dateTime .
      ex:e prov:generatedAtTime "2026-01-01T00:00:00"^^xsd:dateTime ."""
    document = of(text)
    started = Literal("2026-01-01T00:00:00.50", XSD_DATETIME)
    assert told(document, EX + "a", Kind.ACTIVITY) == ((PROV + "startTime", started),)
    ((name, _),) = told(document, EX + "e", Kind.ENTITY)
    assert name == PROV + "generatedAtTime"


def test_a_named_graph_is_a_bundle() -> None:
    document = of("ex:b a prov:Bundle . ex:b { ex:e a prov:Entity . ex:a prov:used ex:e . }")
    assert set(document.elements) == {
        Telling(None, EX + "b", Kind.ENTITY),
        Telling(EX + "b", EX + "e", Kind.ENTITY),
    }
    assert [relation.bundle for relation in document.relations] == [EX + "b"]
    assert set(document.bundles) == {EX + "b"}


def test_a_mention_and_its_bundle() -> None:
    # PROV-LINKS 4
    text = "ex:e prov:mentionOf ex:g ; prov:asInBundle ex:b ."
    assert relations(text) == identities(Relation(MENTIONED, (EX + "e", EX + "g", EX + "b")))
    several = "ex:e prov:mentionOf ex:g ; prov:asInBundle ex:b, ex:c ."
    assert relations(several) == identities(Relation(MENTIONED, (EX + "e", EX + "g")))
    assert "rdf/ambiguous-mention" in noted(several)


def test_dictionaries() -> None:
    # PROV-DICTIONARY 4
    text = """ex:d2 prov:qualifiedInsertion [ prov:dictionary ex:d1 ; prov:insertedKeyEntityPair
        [ prov:pairKey "k" ; prov:pairEntity ex:e ] ] ; prov:derivedByInsertionFrom ex:d1 .
      ex:d3 prov:qualifiedRemoval [ prov:dictionary ex:d2 ; prov:removedKey "k" ] ;
        prov:hadDictionaryMember
          [ a prov:KeyEntityPair ; prov:pairKey "m" ; prov:pairEntity ex:e ] ."""
    inserted = ((PROV_PAIR_KEY, Literal("k")), (INSERTED_FROM, Iri(EX + "d1")))
    key = ((PROV_PAIR_KEY, Literal("m")),)
    removed = ((PROV + "removedKey", Literal("k")),)
    assert relations(text) == identities(
        Relation(INSERTED, (EX + "d2", EX + "d1")),
        Relation(DICTIONARY_MEMBER, (EX + "d2", EX + "e"), None, None, inserted),
        Relation(REMOVED, (EX + "d3", EX + "d2"), None, None, removed),
        Relation(DICTIONARY_MEMBER, (EX + "d3", EX + "e"), None, None, key),
    )


@pytest.mark.parametrize(
    "text",
    [
        "ex:a voprov:wasConfiguredBy ex:c .",
        "ex:a voprov:qualifiedWasConfiguredBy [ voprov:configurator ex:c ] .",
        """ex:a voprov:wasConfiguredBy ex:c ;
          voprov:qualifiedWasConfiguredBy [ voprov:configurator ex:c ] .""",
        """ex:a prov:wasInfluencedBy ex:c ; prov:qualifiedInfluence
          [ a prov:Influence, voprov:ConfigurationRelation ; prov:influencer ex:c ] .""",
    ],
)
def test_relations_of_the_ivoa_are_read_once(text: str) -> None:
    assert relations(text) == identities(Relation(CONFIGURED, (EX + "a", EX + "c")))


def test_elements_of_the_ivoa() -> None:
    document = of("ex:e a voprov:Entity, prov:Entity, voprov:ValueEntity .")
    marked = ((PROV_TYPE, Iri(VOPROV + "ValueEntity")),)
    assert document.elements == {Telling(None, EX + "e", Kind.ENTITY): marked}


def test_relative_names_stay_relative() -> None:
    text = HEAD + "<run1> prov:used <../in>, </data/x>, <#y>, <> ."
    ends = {relation.ends for relation in read(text, "turtle").relations}
    assert ends == {("run1", name) for name in ("../in", "/data/x", "#y", ".")}


def test_blank_nodes_that_are_elements_have_the_same_names_each_time() -> None:
    text = HEAD + "[] a prov:Entity ; ex:next _:mine . _:mine a prov:Entity ."
    first = read(text, "turtle")
    assert first == read(text, "turtle")
    names = {telling.iri for telling in first.elements}
    assert "_:mine" in names
    assert all(name.startswith("_:") for name in names)


def test_language_tags_are_spelled_as_in_the_text() -> None:
    document = of('ex:e a prov:Entity ; rdfs:label "colour"@en-GB .')
    ((_, value),) = told(document, EX + "e", Kind.ENTITY)
    assert value == text_literal("colour", "en-GB")


def test_what_is_odd_is_kept_and_said() -> None:
    text = """ex:a prov:qualifiedUsage [ prov:entity ex:e1, ex:e2 ;
        prov:atTime "yesterday" ] ; prov:qualifiedAssociation
        [ prov:agent ex:g ; prov:hadPlan ex:p1, ex:p2 ] ; prov:used "a file" .
      ex:x ex:says "nothing" ."""
    assert noted(text) == [
        "prov/bad-time",
        "rdf/several-ends",
        "rdf/told-twice",
        "rdf/not-provenance",
    ]
    document = of(text)
    assert {relation.ends for relation in document.relations} == {
        (EX + "a", EX + "e1"),
        (EX + "a", EX + "e2"),
        (EX + "a", EX + "g", EX + "p1"),
    }
    assert told(document, EX + "a", Kind.ACTIVITY) == ((PROV + "used", Literal("a file")),)
    (plan,) = (r.attributes for r in document.relations if r.type is ASSOCIATED)
    assert plan == ((PROV + "hadPlan", Iri(EX + "p2")),)


def test_a_name_as_a_literal_becomes_the_iri_it_stands_for() -> None:
    text = 'ex:e a prov:Entity ; ex:p "ex:a"^^xsd:QName, "no:a"^^xsd:QName .'
    values = {value for _, value in told(of(text), EX + "e", Kind.ENTITY)}
    assert values == {Iri(EX + "a"), Literal("no:a")}
    assert noted(text) == ["rdf/unknown-prefix"]


def test_quads_of_any_parser_become_a_document() -> None:
    assert document_of_quads([], {"prov": PROV}, Findings()) == Document()
