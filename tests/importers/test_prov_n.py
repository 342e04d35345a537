"""PROV-N read by the productions of its grammar, and what real software writes beyond them."""

from pathlib import Path

import pytest
from support.reading import EX, parsed, read, rules, shape, told

from provstore.importers.prov_n.importer import ProvN
from provstore.importers.registry import read_document
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal, Value, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    INSERTED_FROM,
    PROV_END_TIME,
    PROV_LOCATION,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TIME,
    PROV_TYPE,
    PROV_VALUE,
    Kind,
)

A, E, B = EX + "a", EX + "e", EX + "b"
TIME = "2011-11-16T16:00:00"


def provn(*statements: str) -> str:
    """A document of these statements, with the prefix ``ex``."""
    return "\n".join(["document", f"prefix ex <{EX}>", *statements, "endDocument"])


def of(*statements: str) -> Document:
    return read(provn(*statements), "prov-n")


def relation(statement: str) -> Relation:
    (only,) = of(statement).relations
    return only


def value(text: str) -> Value:
    ((_, found),) = told(of(f"entity(ex:e, [ex:a={text}])"), E, Kind.ENTITY)
    return found


def found_rules(*statements: str) -> list[str]:
    return [finding.rule for finding in parsed(provn(*statements), "prov-n").findings]


@pytest.mark.parametrize(
    ("statement", "ends", "time"),
    [
        # 3.1.3 to 3.1.8
        ("wasGeneratedBy(ex:e, ex:a, 2011-11-16T16:00:00)", (E, A), TIME),
        ("wasGeneratedBy(ex:e, ex:a, -)", (E, A), None),
        ("wasGeneratedBy(ex:e, -, -)", (E,), None),
        ("wasGeneratedBy(ex:e)", (E,), None),
        ("used(ex:a, ex:e, 2011-11-16T16:00:00)", (A, E), TIME),
        ("used(ex:a)", (A,), None),
        ("wasInformedBy(ex:a, ex:b)", (A, B), None),
        ("wasStartedBy(ex:a, ex:e, ex:b, 2011-11-16T16:00:00)", (A, E, B), TIME),
        ("wasStartedBy(ex:a, -, ex:b, -)", (A, None, B), None),
        ("wasEndedBy(ex:a, ex:e, -, -)", (A, E), None),
        ("wasInvalidatedBy(ex:e, ex:a, 2011-11-16T16:00:00)", (E, A), TIME),
        # 3.2 and 3.3
        ("wasDerivedFrom(ex:e, ex:b)", (E, B), None),
        ("wasDerivedFrom(ex:e, ex:b, ex:a, ex:g, ex:u)", (E, B, A, EX + "g", EX + "u"), None),
        ("wasDerivedFrom(ex:e, ex:b, -, -, ex:u)", (E, B, None, None, EX + "u"), None),
        ("wasAttributedTo(ex:e, ex:a)", (E, A), None),
        ("wasAssociatedWith(ex:a, ex:b, ex:e)", (A, B, E), None),
        ("wasAssociatedWith(ex:a, -, ex:e)", (A, None, E), None),
        ("actedOnBehalfOf(ex:a, ex:b, -)", (A, B), None),
        ("wasInfluencedBy(ex:a, ex:b)", (A, B), None),
        # 3.5 and 3.6, PROV-LINKS
        ("alternateOf(ex:a, ex:b)", (A, B), None),
        ("specializationOf(ex:a, ex:b)", (A, B), None),
        ("hadMember(ex:a, ex:b)", (A, B), None),
        ("mentionOf(ex:a, ex:b, ex:e)", (A, B, E), None),
        ("prov:mentionOf(ex:a, ex:b, ex:e)", (A, B, E), None),
        # of the IVOA, in our own documents and in those of voprov and the drafts
        ("voprov:isDescribedBy(ex:a, ex:b)", (A, B), None),
        ("isDescribedBy(ex:a, ex:b)", (A, B), None),
        ("hadReference(ex:a, ex:b)", (A, B), None),
        ("hadStep(ex:a, ex:b)", (A, B), None),
    ],
)
def test_arguments_of_relations_stand_by_position(
    statement: str, ends: tuple[str | None, ...], time: str | None
) -> None:
    functor = statement.partition("(")[0].rpartition(":")[2]
    found = relation(statement)
    assert shape(found) == (functor, ends)
    assert (found.time, found.iri, found.attributes) == (time, None, ())


@pytest.mark.parametrize(
    ("identifier", "iri"),
    [("ex:id; ", EX + "id"), ("ex:id;", EX + "id"), ("- ; ", None), ("_; ", None), ("_:7; ", None)],
)
def test_an_identifier_stands_before_a_semicolon(identifier: str, iri: str | None) -> None:
    found = relation(f"used({identifier}ex:a, ex:e, -, [prov:role='ex:r'])")
    assert (found.iri, found.ends) == (iri, (A, E))
    assert found.attributes == ((PROV_ROLE, Iri(EX + "r")),)


def test_a_blank_name_leads_a_derivation_to_its_generation() -> None:
    document = of("wasGeneratedBy(_:g; ex:e, ex:a, -)", "wasDerivedFrom(ex:e, ex:b, -, _:g, -)")
    generation, derivation = document.relations
    assert derivation.ends == (E, B, None, generation.key)


def test_elements() -> None:
    document = of(
        "entity(ex:e)",
        "entity(ex:e, [])",
        "activity(ex:a, 2011-11-16T16:00:00, -)",
        f"activity(ex:b, -, {TIME}Z, [ex:x=1])",
        "activity(ex:c)",
        "agent(ex:a, [prov:type='prov:Person'])",
    )
    one = Literal("1", XSD + "int")
    assert document.elements == {
        Telling(None, E, Kind.ENTITY): (),
        Telling(None, A, Kind.ACTIVITY): ((PROV_START_TIME, Literal(TIME, XSD_DATETIME)),),
        Telling(None, B, Kind.ACTIVITY): (
            (PROV_END_TIME, Literal(TIME + "Z", XSD_DATETIME)),
            (EX + "x", one),
        ),
        Telling(None, EX + "c", Kind.ACTIVITY): (),
        Telling(None, A, Kind.AGENT): ((PROV_TYPE, Iri(PROV + "Person")),),
    }
    assert document.places[Telling(None, A, Kind.AGENT)] == "8:1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"abc"', Literal("abc")),
        ('""', Literal("")),
        ('"1.50" %% xsd:double', Literal("1.50", XSD + "double")),
        ('"01"%%xsd:int', Literal("01", XSD + "int")),
        ('"a" %% ex:unit', Literal("a", EX + "unit")),
        ('"bonjour"@fr', text_literal("bonjour", "fr")),
        ('"Licht" @de-CH', text_literal("Licht", "de-CH")),
        ('"x"@en %% prov:InternationalizedString', text_literal("x", "en")),
        ("7", Literal("7", XSD + "int")),
        ("-007", Literal("-007", XSD + "int")),
        ("2147483648", Literal("2147483648", XSD + "long")),
        ("'ex:b'", Iri(B)),
        ("'ex:'", Iri(EX)),
        ('"ex:b" %% prov:QUALIFIED_NAME', Iri(B)),
        ('"ex:b" %% xsd:QName', Iri(B)),
        (r'"a\"b\\c\n\t\r\f\b\'"', Literal("a\"b\\c\n\t\r\f\b'")),
        (r'"\u00e9\U0001F52D"', Literal("é\U0001f52d")),
        ('"""a "b" ""\nc"""', Literal('a "b" ""\nc')),
        (r'"""a\"""b"""', Literal('a"""b')),
        ('"// no comment /* none */"', Literal("// no comment /* none */")),
        (r'"x" %% provstore:language\:en_US', text_literal("x", "en_US")),
    ],
)
def test_literals(text: str, expected: Value) -> None:
    document = provn(f"entity(ex:e, [ex:a={text}])").replace(
        "document\n", "document\nprefix provstore <urn:x-provstore:>\n", 1
    )
    assert told(read(document, "prov-n"), E, Kind.ENTITY) == ((EX + "a", expected),)


@pytest.mark.parametrize(
    ("name", "iri"),
    [
        ("ex:", EX),
        ("ex:1a-b_c.d", EX + "1a-b_c.d"),
        (r"ex:\-a\.", EX + "-a."),
        (r"ex:a\=\'\(\)\,\:\;\[\]", EX + "a='(),:;[]"),
        ("ex:a/@~&+*?#$!b", EX + "a/@~&+*?#$!b"),
        ("ex:a//b", EX + "a//b"),
        ("ex:%41", EX + "%41"),
        ("bare", "bare"),
        ("20136", "20136"),
        (r"run\:1", "run:1"),
        ("_:b1", "_:b1"),
        ("ivo://padc.obspm/hess#20136", "ivo://padc.obspm/hess#20136"),
        ("voprov:x", VOPROV + "x"),
        ("entity", "entity"),
        ("endDocument", "endDocument"),
    ],
)
def test_names(name: str, iri: str) -> None:
    parse = parsed(provn(f"entity({name})"), "prov-n")
    assert parse.findings == []
    assert list(parse.parts[0].document.told()) == [iri]


@pytest.mark.parametrize(
    ("name", "iri"),
    [("ex:a:b", EX + "a:b"), ("ex:50%", EX + "50%"), ("ex:a.", EX + "a."), ("ex:-a", EX + "-a")],
)
def test_names_that_should_be_escaped_are_read_with_a_finding(name: str, iri: str) -> None:
    parse = parsed(provn(f"entity({name})"), "prov-n")
    assert rules(parse.findings) == [("prov-n/unescaped-name", "3:8")]
    assert list(parse.parts[0].document.told()) == [iri]


def test_a_default_namespace_holds_for_names_without_a_prefix() -> None:
    text = "document default <http://d.org/> entity(a) entity(b\\:c, [x='y']) endDocument"
    document = read(text, "prov-n")
    assert document.elements == {
        Telling(None, "http://d.org/a", Kind.ENTITY): (),
        Telling(None, "http://d.org/b:c", Kind.ENTITY): (
            ("http://d.org/x", Iri("http://d.org/y")),
        ),
    }


def test_comments_and_white_space_stand_between_all_tokens() -> None:
    text = (
        "// a\ndocument /* b\n */prefix  ex\t<http://e/>\r\nused ( // c\rex:a , -,-)endDocument //"
    )
    document = read(text, "prov-n")
    assert shape(document.relations[0]) == ("used", ("http://e/a",))


def test_bundles_have_prefixes_of_their_own() -> None:
    document = of(
        "entity(ex:e)",
        "bundle ex:b",
        "prefix ex <http://inner.org/>",
        "entity(ex:e)",
        "used(ex:a, ex:e, -)",
        "endBundle",
        "bundle b2 endBundle",
        "entity(ex:a)",
    )
    inner = "http://inner.org/b"
    assert set(document.elements) == {
        Telling(None, E, Kind.ENTITY),
        Telling(None, A, Kind.ENTITY),
        Telling(inner, "http://inner.org/e", Kind.ENTITY),
    }
    assert list(document.bundles) == [inner, "b2"]
    assert document.relations[0].bundle == inner


def test_a_bundle_that_is_told_twice_is_one() -> None:
    twice = ["bundle ex:b entity(ex:e) endBundle", "bundle ex:b entity(ex:a) endBundle"]
    parse = parsed(provn(*twice), "prov-n")
    assert rules(parse.findings) == [("prov-n/repeated-bundle", "4:8")]
    assert set(parse.parts[0].document.elements) == {
        Telling(B, E, Kind.ENTITY),
        Telling(B, A, Kind.ENTITY),
    }


def test_dictionaries() -> None:
    document = of(
        'prov:hadDictionaryMember(ex:d, ex:e, "k")',
        'prov:derivedByInsertionFrom(ex:i; ex:d2, ex:d, {("k1", ex:e), (2, ex:b)}, [ex:x="y"])',
        'prov:derivedByRemovalFrom(ex:d3, ex:d2, {"k1", "3" %% xsd:int})',
        "derivedByRemovalFrom(ex:d4, ex:d3, {})",
        'prov:hadDictionaryMember(ex:d, {("a", ex:e)})',
    )
    origin = (INSERTED_FROM, Iri(EX + "d"))
    assert [(*shape(found), found.iri, found.attributes) for found in document.relations] == [
        ("hadDictionaryMember", (EX + "d", E), None, ((PROV_PAIR_KEY, Literal("k")),)),
        ("derivedByInsertionFrom", (EX + "d2", EX + "d"), EX + "i", ((EX + "x", Literal("y")),)),
        ("hadDictionaryMember", (EX + "d2", E), None, ((PROV_PAIR_KEY, Literal("k1")), origin)),
        (
            "hadDictionaryMember",
            (EX + "d2", B),
            None,
            ((PROV_PAIR_KEY, Literal("2", XSD + "int")), origin),
        ),
        (
            "derivedByRemovalFrom",
            (EX + "d3", EX + "d2"),
            None,
            ((PROV_REMOVED_KEY, Literal("k1")), (PROV_REMOVED_KEY, Literal("3", XSD + "int"))),
        ),
        ("derivedByRemovalFrom", (EX + "d4", EX + "d3"), None, ()),
        ("hadDictionaryMember", (EX + "d", E), None, ((PROV_PAIR_KEY, Literal("a")),)),
    ]


@pytest.mark.parametrize(
    "namespace",
    ["http://openprovenance.org/prov/extension#", "https://openprovenance.org/ns/provext#"],
)
def test_the_qualified_statements_of_prov_toolbox_are_read(namespace: str) -> None:
    text = provn("pe:specializationOf(ex:s; ex:a, ex:b, [ex:x=1])", "pe:hadMember(ex:a, {ex:b})")
    document = read(text.replace("document\n", f"document prefix pe <{namespace}>\n", 1), "prov-n")
    first, second = document.relations
    assert (*shape(first), first.iri) == ("specializationOf", (A, B), EX + "s")
    assert first.attributes == ((EX + "x", Literal("1", XSD + "int")),)
    assert shape(second) == ("hadMember", (A, B))


def test_other_extensions_are_not_stored_and_that_is_said() -> None:
    # examples 63 and 64 of the Recommendation, and a statement behind them
    extension = 'ex:hadMembers(mid; d, ex:set(ex:pair("k1",e1), {(a,-)}), [ex:uniqueKeys="true"])'
    parse = parsed(provn(extension, "entity(ex:e)"), "prov-n")
    assert rules(parse.findings) == [("prov-n/extension", "3:1")]
    assert list(parse.parts[0].document.told()) == [E]


def test_a_time_that_has_no_place_by_position_is_the_time() -> None:
    found = relation('used(ex:a, ex:e, -, [prov:time="20 November", ex:x=1])')
    assert (found.time, found.attributes) == (
        "20 November",
        ((EX + "x", Literal("1", XSD + "int")),),
    )
    assert "prov/bad-time" in found_rules('used(ex:a, ex:e, -, [prov:time="20 November"])')
    both = relation(f'used(ex:a, ex:e, {TIME}, [prov:time="x"])')
    assert (both.time, both.attributes) == (TIME, ((PROV_TIME, Literal("x")),))
    other = relation('wasInformedBy(ex:a, ex:b, [prov:time="x"])')
    assert (other.time, other.attributes) == (None, ((PROV_TIME, Literal("x")),))


def test_times_of_iso_8601_are_taken_with_a_finding() -> None:
    parse = parsed(provn("used(ex:a, ex:e, 2011-11-16 16:00:00+01:00)"), "prov-n")
    assert rules(parse.findings) == [("prov-n/time", "3:18")]
    assert parse.parts[0].document.relations[0].time == "2011-11-16 16:00:00+01:00"
    assert found_rules("used(ex:a, ex:e, 2011-99-16T16:00:00)") == ["prov/bad-time"]


def test_what_is_kept_although_it_is_odd() -> None:
    assert found_rules('entity(ex:e, [a="x"])') == ["prov-n/bare-attribute"]
    assert found_rules('entity(ex:e, [ex:a="C:\\data"])') == ["prov-n/unknown-escape"]
    assert value(r'"C:\data"') == Literal(r"C:\data")
    assert found_rules('entity(ex:e, [ex:a="x"@en_US])') == ["prov-n/language-tag"]
    assert value('"x"@en_US') == text_literal("x", "en_US")
    assert found_rules('entity(ex:e, [ex:a="x"@en %% xsd:int])') == ["prov-n/language-type"]
    assert found_rules("used(ex:a, -, -)") == ["prov/missing-end"]
    redeclared = "document prefix xsd <http://e/> endDocument"
    assert [f.rule for f in parsed(redeclared, "prov-n").findings] == ["prov-n/redeclared-prefix"]


def test_texts_of_voprov_stand_without_quotes(data: Path) -> None:
    parse = read_document((data / "prov-n" / "voprov-0.0.4.provn").read_bytes())
    assert parse.format == "prov-n"
    assert rules(parse.findings) == [("prov-n/free-text", "5:39")]
    document = parse.parts[0].document
    name = PROV + "name"

    def attributes(iri: str) -> list[tuple[str, Value]]:
        return [pair for pair in told(document, EX + iri, Kind.ENTITY) if pair[0] != PROV_TYPE]

    assert attributes("description") == [
        (name, Literal("Calibrate, all of it")),
        (VOPROV + "version", Literal("1.0")),
    ]
    assert attributes("dd1") == [
        (name, Literal("DL3 events")),
        (VOPROV + "contentType", Literal("application/fits")),
    ]
    assert attributes("gd1")[0] == (PROV_ROLE, Literal("output"))
    assert attributes("cf1")[1] == (PROV_LOCATION, Literal("/data/conf 1.txt"))
    assert attributes("p1")[:2] == [(name, Literal("threshold")), (PROV_VALUE, Literal("5"))]
    assert attributes("p2") == []
    marker = (PROV_TYPE, Iri(VOPROV + "Parameter"))
    assert told(document, EX + "p2", Kind.ENTITY) == (marker,)
    configured = [r for r in document.relations if r.type.name == "wasConfiguredBy"]
    assert [r.attributes for r in configured] == [
        ((VOPROV + "artefactType", Literal("Parameter")),),
        (),
    ]
    assert document.relations[-1].type.name == "isRelatedTo"


def test_a_draft_of_2017_says_which_activity_a_parameter_configures(data: Path) -> None:
    document = read_document((data / "prov-n" / "draft-2017.provn").read_bytes()).parts[0].document
    rave = "http://www.example.org/rave/"
    assert shape(document.relations[0]) == ("wasConfiguredBy", (rave + "reduce", rave + "p1"))
    assert (PROV_VALUE, Literal("3.5")) in told(document, rave + "p1", Kind.ENTITY)
    assert (PROV_TYPE, Iri(VOPROV + "ActivityFlow")) in told(document, rave + "flow", Kind.ACTIVITY)
    assert [r.iri for r in document.relations if r.type.name == "used"] == [None, None]
    assert document.relations[-1].type.name == "hadStep"


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"document", True),
        (b"\xef\xbb\xbf \n// c\n/* d */document\nprefix", True),
        ("document".encode("utf-16"), True),
        (b"document: text", False),
        (b"documents", False),
        (b"/* document", False),
        (b"{}", False),
    ],
)
def test_it_is_recognised_by_its_first_word(head: bytes, expected: bool) -> None:  # noqa: FBT001  a value, no flag
    assert ProvN().sniff(head) is expected
