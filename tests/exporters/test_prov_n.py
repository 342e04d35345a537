"""PROV-N as written: positions, quoting, and what the grammar has no place for."""

import pytest
from prov.model import ProvDocument

from provstore.exporters.flavour import Model
from provstore.exporters.prov_n import write_prov_n
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, XSD, Iri, Prefixes
from provstore.model.literals import XSD_DATETIME, Literal, Value, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ALTERNATE,
    CONFIGURED,
    DERIVED,
    GENERATED,
    PROV_END_TIME,
    PROV_START_TIME,
    PROV_TYPE,
    STARTED,
    USED,
    Kind,
)

EX = "http://example.org/"


def document() -> Document:
    return Document(Prefixes({"ex": EX}))


def statements(told: Document, model: Model = Model.W3C) -> list[str]:
    """The lines between the prefixes and the end."""
    lines = b"".join(write_prov_n(told, model)).decode().splitlines()
    assert lines[0] == "document"
    assert lines[-1] == "endDocument"
    return [line.strip() for line in lines[1:-1] if not line.strip().startswith("prefix")]


def entity_with(value: Value) -> Document:
    told = document()
    told.add_element(Kind.ENTITY, EX + "e", ((EX + "a", value),))
    return told


def test_an_activity_has_its_times_as_arguments() -> None:
    told = document()
    start = (PROV_START_TIME, Literal("2024-01-01T00:00:00", XSD_DATETIME))
    end = (PROV_END_TIME, Literal("2024-01-01T01:00:00.5Z", XSD_DATETIME))
    told.add_element(Kind.ACTIVITY, EX + "a", (start, end))
    told.add_element(Kind.ACTIVITY, EX + "b", (start,))
    told.add_element(Kind.ACTIVITY, EX + "c")
    assert statements(told) == [
        "activity(ex:a, 2024-01-01T00:00:00, 2024-01-01T01:00:00.5Z)",
        "activity(ex:b, 2024-01-01T00:00:00, -)",
        "activity(ex:c)",
    ]


def test_a_time_in_other_digits_is_none() -> None:
    told = document()
    arabic = "\u0662\u0660\u0662\u0664-01-01T00:00:00"
    told.add_relation(Relation(USED, (EX + "a", EX + "e"), arabic))
    assert statements(told) == [f'used(ex:a, ex:e, -, [prov:time="{arabic}"])']


def test_a_time_that_is_none_is_an_attribute() -> None:
    told = document()
    told.add_element(
        Kind.ACTIVITY, EX + "a", ((PROV_START_TIME, Literal("yesterday", XSD_DATETIME)),)
    )
    told.add_relation(Relation(USED, (EX + "a", EX + "e"), "2024-01-01 10:00"))
    assert statements(told) == [
        'activity(ex:a, [prov:startTime="yesterday" %% xsd:dateTime])',
        'used(ex:a, ex:e, -, [prov:time="2024-01-01 10:00"])',
    ]


def test_missing_arguments_are_marked_by_a_hyphen() -> None:
    told = document()
    told.add_relation(Relation(STARTED, (EX + "a", None, EX + "s"), "2024-01-01T00:00:00"))
    told.add_relation(Relation(USED, (EX + "a",), None, EX + "u"))
    assert statements(told) == [
        "wasStartedBy(ex:a, -, ex:s, 2024-01-01T00:00:00)",
        "used(ex:u; ex:a, -, -)",
    ]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Literal("text"), '"text"'),
        (Literal("007", XSD + "int"), '"007" %% xsd:int'),
        (text_literal("Licht", "de"), '"Licht"@de'),
        (Iri(EX + "red"), "'ex:red'"),
        (Literal('say "hi"\\\n\t'), '"say \\"hi\\"\\\\\\n\\t"'),
        # a tag that is none could end the literal and start anything
        (text_literal("x", 'en], evil="'), '"x" %% prov:InternationalizedString'),
    ],
)
def test_values_are_quoted(value: Value, written: str) -> None:
    assert statements(entity_with(value)) == [f"entity(ex:e, [ex:a={written}])"]


@pytest.mark.parametrize(
    ("local", "written"),
    [
        ("run/1", "run/1"),
        ("a:b(c),'=;[d]", r"a\:b\(c\)\,\'\=\;\[d\]"),
        ("-a-b", r"\-a-b"),
        ("a.b.", r"a.b\."),
        ("CTA PRODUCT ID", "CTA%20PRODUCT%20ID"),
        ('"<>\n', "%22%3C%3E%0A"),
        ("50%", "50%25"),
        ("%41", "%41"),
        ("höhe", "höhe"),
    ],
)
def test_local_names_are_escaped_by_the_grammar(local: str, written: str) -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + local)
    assert statements(told) == [f"entity(ex:{written})"]


def test_what_has_no_place_in_the_grammar_is_a_comment() -> None:
    told = document()
    told.add_relation(
        Relation(
            ALTERNATE,
            (EX + "a", EX + "b"),
            iri=EX + "tie",
            attributes=((EX + "why", Literal("same\nchecksum")),),
        )
    )
    assert statements(told) == [
        '// ex:tie;  [ex:why="same\\nchecksum"]',
        "alternateOf(ex:a, ex:b)",
    ]


def test_an_anonymous_relation_that_is_referred_to_gets_a_name() -> None:
    told = document()
    generation = Relation(GENERATED, (EX + "b", EX + "run"))
    told.add_relation(generation)
    told.add_relation(Relation(DERIVED, (EX + "b", EX + "a", None, generation.key)))
    first, second = statements(told)
    name = first.removeprefix("wasGeneratedBy(").partition(";")[0]
    assert second == f"wasDerivedFrom(ex:b, ex:a, -, {name}, -)"


def test_blank_names_become_names_of_our_own() -> None:
    told = document()
    told.add_element(Kind.ENTITY, "_:b1")
    assert statements(told) == [r"entity(provstore:blank\:b1)"]


def test_the_ivoa_flavour_has_qualified_functors() -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + "p", ((PROV_TYPE, Iri(VOPROV + "Parameter")),))
    told.add_relation(Relation(CONFIGURED, (EX + "a", EX + "p")))
    assert statements(told, Model.IVOA) == [
        "voprov:parameter(ex:p)",
        "voprov:wasConfiguredBy(ex:a, ex:p)",
    ]
    assert f"  prefix voprov <{VOPROV}>" in b"".join(write_prov_n(told, Model.IVOA)).decode()


def test_bundles_follow_the_statements_and_declare_their_prefixes() -> None:
    told = document()
    told.add_bundle(EX + "night", {"in": "http://inner.org/"})
    told.add_element(Kind.ENTITY, "http://inner.org/e", bundle=EX + "night")
    told.add_element(Kind.ENTITY, EX + "e")
    text = b"".join(write_prov_n(told)).decode()
    assert text.splitlines() == [
        "document",
        "  prefix ex <http://example.org/>",
        "  entity(ex:e)",
        "  bundle ex:night",
        "    prefix in <http://inner.org/>",
        "    entity(in:e)",
        "  endBundle",
        "endDocument",
    ]
    read = ProvDocument.deserialize(content=text, format="provn")
    assert [bundle.identifier.uri for bundle in read.bundles] == [EX + "night"]
