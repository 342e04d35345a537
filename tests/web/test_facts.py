"""Facts in words: readings of numbers, addresses, names of attributes, text that cannot be seen."""

import shlex

import pytest

from provstore.model.answers import Alias, ElementAnswer
from provstore.model.identifiers import PARAMETER, PROV, XSD
from provstore.model.lineage import Node
from provstore.model.literals import XSD_STRING
from provstore.web.facts import attributes_of, kind_word, names_of, obscore_facts
from provstore.web.links import Links
from provstore.web.text import one_line, readable, shortened


def node(kind: str = "entity", cls: str = "Entity", level: str | None = None) -> Node:
    return Node("urn:x", (), "x", (kind,), cls, level, None, True, True, 0, 0, None, "{}")  # noqa: FBT003  fields of a row


@pytest.mark.parametrize(
    ("column", "value", "reading"),
    [
        # h c = 1.23984198 eV um (CODATA 2018)
        ("em_min", 1.23984198e-20, "100 TeV"),
        ("em_max", 1.23984198e-17, "100 GeV"),
        ("em_max", 1.2397e-18, "1 TeV"),
        ("em_min", 1.2404e-18, "1 TeV"),
        ("em_min", 1.23984198e-10, "10 keV"),
        ("em_min", 5e-7, "2.48 eV"),
        ("em_min", 21.0e-2, "5.9e-06 eV"),
        ("em_min", 0.0, ""),
        ("energy_min", 5e10, "50 GeV"),
        ("s_ref_energy", 1e12, "1 TeV"),
        ("em_max", -1.0, ""),
        # MJD 51544.5 is 2000-01-01T12:00 (IAU 1997 resolution B1: MJD = JD - 2400000.5)
        ("t_min", 51544.5, "2000-01-01 12:00:00"),
        ("t_max", 0, "1858-11-17 00:00:00"),
        ("t_min", -1.0, ""),
        ("t_min", 1e9, ""),
        ("s_ra", 83.6, ""),
        ("target_name", "5e-7", ""),
    ],
)
def test_reading(column: str, value: float | str, reading: str) -> None:
    [fact] = obscore_facts({column: value})
    assert fact.reading == reading
    assert fact.value == str(value)


def test_facts_stand_in_the_order_of_the_standard_and_only_where_there_is_a_value() -> None:
    facts = obscore_facts({"em_min": 1.0, "s_fov": None, "calib_level": 0, "unknown": 1})
    assert [(fact.column.name, fact.value) for fact in facts] == [
        ("calib_level", "0"),
        ("em_min", "1.0"),
    ]
    assert obscore_facts(None) == []


@pytest.mark.parametrize(
    ("value", "is_link"),
    [
        ("https://example.org/a?b=c", True),
        ("http://example.org", True),
        ("HTTPS://example.org/a", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("https:example.org", False),
        ("http://[::1", False),
        ("//example.org/a", False),
    ],
)
def test_only_web_addresses_are_links(value: str, *, is_link: bool) -> None:
    [fact] = obscore_facts({"access_url": value})
    assert fact.link == (value if is_link else None)


@pytest.mark.parametrize(
    ("shown", "word"),
    [
        (node(level="DL3", cls="DatasetEntity"), "dataset"),
        (node(), "entity"),
        (node(cls="DatasetEntity"), "dataset entity"),
        (node(cls="Parameter"), "parameter"),
        (node("activity", "Activity"), "activity"),
        (node("agent", "Agent"), "agent"),
    ],
)
def test_kind_in_a_word(shown: Node, word: str) -> None:
    assert kind_word(shown) == word


def answer(*attributes: tuple[str, str, str | None, str | None]) -> ElementAnswer:
    told = [
        dict(zip(("name", "value", "datatype", "language"), a, strict=True)) for a in attributes
    ]
    aliases = [Alias("iri", "urn:x"), Alias("doi", "10.1/x"), Alias("path", "urn:x")]
    return ElementAnswer(node(), aliases, (), told, None)


def test_attributes_have_short_names_where_a_prefix_is_known() -> None:
    told = answer(
        (PROV + "label", "a", XSD_STRING, None),
        (PARAMETER + "cuts", "b", XSD + "double", None),
        ("http://example.org/x", "c", "http://example.org/y", None),
        ("http://other.org/x", "d", PROV + "InternationalizedString", "fr"),
        (PROV + "type", "urn:y", None, None),
    )
    assert attributes_of(told, {"ex": "http://example.org/"}) == [
        ("prov:label", "a", ""),
        ("param:cuts", "b", "double"),
        ("ex:x", "c", "ex:y"),
        ("http://other.org/x", "d", "fr"),
        ("prov:type", "urn:y", ""),
    ]


def test_a_value_that_is_a_name_of_several_sorts_is_listed_once() -> None:
    assert names_of(answer()) == [(["IRI", "Path"], "urn:x"), (["DOI"], "10.1/x")]


def test_characters_that_cannot_be_seen_are_named() -> None:
    assert readable("a\x00b\nc\td\u2028e\ud800") == "a⟨U+0000⟩b\nc\td⟨U+2028⟩e⟨U+D800⟩"
    assert one_line("a\nb\tc") == "a⟨U+000A⟩b⟨U+0009⟩c"
    assert one_line("é 日本 Ω") == "é 日本 Ω"


def test_long_text_says_how_much_is_left_out() -> None:
    assert shortened("abc", 3) == "abc"
    assert shortened("a" * 1003, 3) == "aaa… (1,000 more characters)"


def test_commands_survive_the_shell() -> None:
    commands = dict(Links("http://h:1/p").commands("-a 'b' $(c)"))
    assert shlex.split(commands["Lineage as a tree"]) == [
        "provstore", "lineage", "--url", "http://h:1/p", "--", "-a 'b' $(c)",
    ]  # fmt: skip
    assert commands["This page"] == "http://h:1/p/dataset?ID=-a+%27b%27+%24%28c%29"
