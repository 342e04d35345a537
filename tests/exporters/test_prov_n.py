"""PROV-N as written: positions, quoting, and what the grammar has no place for."""

import pytest
from prov.model import ProvDocument
from support.reading import read

from provstore.exporters.flavour import Model
from provstore.exporters.prov_n import write_prov_n
from provstore.model.document import Document
from provstore.model.identifiers import CTA, VOPROV, XSD, Iri, Prefixes
from provstore.model.literals import XSD_DATETIME, Literal, Value, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ALTERNATE,
    CONFIGURED,
    DERIVED,
    DICTIONARY_MEMBER,
    GENERATED,
    INSERTED,
    INSERTED_FROM,
    MEMBER,
    MENTIONED,
    PROV_END_TIME,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_START_TIME,
    PROV_TYPE,
    REMOVED,
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
        (
            text_literal("x", 'en], evil="'),
            r'"x" %% provstore:language\:en%5D%2C%20evil%3D%22',
        ),
        (text_literal("x", "en_US"), r'"x" %% provstore:language\:en_US'),
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
        ("%41", "%41"),
        ("//a", "//a"),
        ("", ""),
        ("höhe", "höhe"),
    ],
)
def test_local_names_are_escaped_by_the_grammar(local: str, written: str) -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + local)
    assert statements(told) == [f"entity(ex:{written})"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        (EX + "CTA PRODUCT ID", "ex-quoted:CTA%20PRODUCT%20ID"),
        (EX + '"<>\n', "ex-quoted:%22%3C%3E%0A"),
        (EX + "50%", "ex-quoted:50%25"),
        (EX + "a \u2013 b", "ex-quoted:a%20%E2%80%93%20b"),
        (CTA + "CTA PRODUCT ID", "cta-quoted:CTA%20PRODUCT%20ID"),
        ("http://bad space/a", "quoted:http%3A%2F%2Fbad%20space%2Fa"),
        ("_:b1", "quoted:_%3Ab1"),
        ("run1", "run1"),
        ("20136", "20136"),
        ("/data/run1.fits", "/data/run1.fits"),
        ("//data/run1.fits", "quoted:%2F%2Fdata%2Frun1.fits"),
        ("/* all", "quoted:%2F%2A%20all"),
        ("2024-01-01T00:00:00", r"ns1:00\:00"),
        ("-", r"\-"),
        ("urn:x-provstore:name:a", "provstore-quoted:name%3Aa"),
    ],
)
def test_a_name_that_cannot_be_said_is_quoted(name: str, written: str) -> None:
    told = document()
    told.add_element(Kind.ENTITY, name)
    assert statements(told) == [f"entity({written})"]
    assert read(b"".join(write_prov_n(told)), "prov-n") == told


def test_only_prefixes_that_are_written_are_declared() -> None:
    told = document()
    told.add_element(Kind.ENTITY, EX + "50%")
    lines = b"".join(write_prov_n(told)).decode().splitlines()
    assert [line.strip() for line in lines if "prefix" in line] == [
        "prefix ex-quoted <urn:x-provstore:name:http%3A%2F%2Fexample.org%2F>"
    ]


def test_names_of_relations_that_have_none_are_told_as_prov_toolbox_tells_them() -> None:
    told = document()
    why = ((EX + "why", Literal("same\nchecksum")),)
    ends = (EX + "a", EX + "b")
    told.add_relation(Relation(ALTERNATE, ends, iri=EX + "tie", attributes=why))
    told.add_relation(Relation(ALTERNATE, ends))
    told.add_relation(Relation(MEMBER, ends, attributes=why))
    told.add_relation(Relation(MENTIONED, (*ends, EX + "c"), iri=EX + "m"))
    assert statements(told) == [
        r'provext:alternateOf(ex:tie; ex:a, ex:b, [ex:why="same\nchecksum"])',
        "alternateOf(ex:a, ex:b)",
        r'provext:hadMember(ex:a, ex:b, [ex:why="same\nchecksum"])',
        "provstore:mentionOf(ex:m; ex:a, ex:b, ex:c)",
    ]
    assert read(b"".join(write_prov_n(told)), "prov-n") == told


def test_dictionaries_are_told_as_prov_dictionary_has_them() -> None:
    told = document()
    one, two = Literal("k1"), Literal("2", XSD + "int")
    old, new = EX + "d1", EX + "d2"
    told.add_relation(Relation(INSERTED, (new, old), iri=EX + "i"))
    for key, entity in ((one, EX + "e1"), (two, EX + "e2")):
        pair = ((PROV_PAIR_KEY, key), (INSERTED_FROM, Iri(old)))
        told.add_relation(Relation(DICTIONARY_MEMBER, (new, entity), attributes=pair))
    told.add_relation(
        Relation(DICTIONARY_MEMBER, (old, EX + "e0"), attributes=((PROV_PAIR_KEY, one),))
    )
    removed = ((PROV_REMOVED_KEY, one), (PROV_REMOVED_KEY, two), (EX + "a", one))
    told.add_relation(Relation(REMOVED, (old, new), attributes=removed))
    assert statements(told) == [
        'prov:derivedByInsertionFrom(ex:i; ex:d2, ex:d1, {("k1", ex:e1), ("2" %% xsd:int, ex:e2)})',
        'prov:hadDictionaryMember(ex:d1, ex:e0, "k1")',
        'prov:derivedByRemovalFrom(ex:d1, ex:d2, {"k1", "2" %% xsd:int}, [ex:a="k1"])',
    ]
    assert read(b"".join(write_prov_n(told)), "prov-n") == told


def test_dictionaries_that_say_more_or_less_are_told_too() -> None:
    told = document()
    ends, key = (EX + "d", EX + "e"), (PROV_PAIR_KEY, Literal("k"))
    told.add_relation(Relation(DICTIONARY_MEMBER, ends))
    told.add_relation(Relation(DICTIONARY_MEMBER, ends, iri=EX + "m", attributes=(key,)))
    more = (key, (PROV_PAIR_KEY, Literal("j")))
    told.add_relation(Relation(DICTIONARY_MEMBER, ends, attributes=more))
    told.add_relation(Relation(INSERTED, ends))
    told.add_relation(Relation(REMOVED, ends))
    assert statements(told) == [
        "prov:hadDictionaryMember(ex:d, ex:e, -)",
        'prov:hadDictionaryMember(ex:m; ex:d, ex:e, "k")',
        'prov:hadDictionaryMember(ex:d, ex:e, -, [prov:pairKey="k", prov:pairKey="j"])',
        "prov:derivedByInsertionFrom(ex:d, ex:e, {})",
        "prov:derivedByRemovalFrom(ex:d, ex:e, {})",
    ]
    assert read(b"".join(write_prov_n(told)), "prov-n") == told


def test_an_anonymous_relation_that_is_referred_to_gets_a_name() -> None:
    told = document()
    generation = Relation(GENERATED, (EX + "b", EX + "run"))
    told.add_relation(generation)
    told.add_relation(Relation(DERIVED, (EX + "b", EX + "a", None, generation.key)))
    first, second = statements(told)
    name = first.removeprefix("wasGeneratedBy(").partition(";")[0]
    assert second == f"wasDerivedFrom(ex:b, ex:a, -, {name}, -)"


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
    by_prov = ProvDocument.deserialize(content=text, format="provn")
    assert [bundle.identifier.uri for bundle in by_prov.bundles] == [EX + "night"]
