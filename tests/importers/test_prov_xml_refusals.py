"""What is odd in PROV-XML is read and said; what cannot be stored truthfully is refused."""

import pytest
from support.prov_xml import document, entity, notes, refusals, used
from support.reading import EX, refused, rules, shape, told

from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

NESTED = (
    '<prov:bundleContent prov:id="ex:b"><prov:bundleContent prov:id="ex:c"/></prov:bundleContent>'
)
BAD_PAIR = (
    '<prov:hadDictionaryMember><prov:dictionary prov:ref="ex:a"/><prov:keyEntityPair>'
    '<prov:value/><prov:entity prov:ref="ex:e"/></prov:keyEntityPair></prov:hadDictionaryMember>'
)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('<prov:other><ex:x/></prov:other><prov:entity prov:id="ex:e"/>', "prov-xml/other"),
        ('<prov:entity prov:id="ex:e" ex:b="1"/>', "prov-xml/xml-attribute"),
        ('<prov:entity prov:id="ex:e"><bare>1</bare></prov:entity>', "prov-xml/bare-attribute"),
        ('<prov:entity prov:id="ex:e">text</prov:entity>', "prov-xml/text"),
        (
            '<prov:entity prov:id="ex:e"><ex:a unit="m">1</ex:a></prov:entity>',
            "prov-xml/value-attribute",
        ),
        (
            entity('<ex:a xml:lang="en" xsi:type="xsd:int">1</ex:a>'),
            "prov-xml/language-type",
        ),
        (
            '<prov:activity prov:id="ex:e"><prov:startTime>now</prov:startTime></prov:activity>',
            "prov/bad-time",
        ),
        (
            used("<prov:activity>ex:a</prov:activity>"),
            "prov-xml/reference-as-text",
        ),
        (
            used('<prov:activity prov:ref="ex:a" ex:x="1"/>'),
            "prov-xml/value-attribute",
        ),
        ('<prov:entity prov:id="ex:_x0031_"/>', "prov-xml/escaped-names"),
    ],
)
def test_what_is_odd_is_read_and_said(content: str, rule: str) -> None:
    assert notes(content) == [(rule, "line 2")]
    assert document(content).elements or document(content).relations


def test_an_attribute_of_a_record_is_one_in_prov() -> None:
    found = document('<prov:entity prov:id="ex:e" ex:b="1" xsi:nil="true" xml:space="preserve"/>')
    assert told(found, EX + "e", Kind.ENTITY) == ((EX + "b", Literal("1")),)


def test_a_reference_without_a_name_is_a_missing_end() -> None:
    content = '<prov:used><prov:activity prov:ref="ex:a"/><prov:entity/></prov:used>'
    assert shape(document(content).relations[0]) == ("used", (EX + "a",))
    assert [rule for rule, _ in notes(content)] == ["prov-xml/no-reference", "prov/missing-end"]


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('<prov:entity prov:id="no:e"/>', "prov-xml/unknown-prefix"),
        ('<prov:entity prov:id=" "/>', "prov-xml/empty-name"),
        ("<prov:entity/>", "prov-xml/no-identifier"),
        ("<prov:bundleContent/>", "prov-xml/no-identifier"),
        ('<prov:entiti prov:id="ex:e"/>', "prov-xml/unknown-element"),
        ('<ex:entity prov:id="ex:e"/>', "prov-xml/unknown-element"),
        (
            NESTED,
            "prov-xml/nested-bundle",
        ),
        (
            used(rest='<prov:activity prov:ref="ex:b"/>'),
            "prov-xml/told-twice",
        ),
        (
            used(rest="<prov:time>2026</prov:time><prov:time>2027</prov:time>"),
            "prov-xml/told-twice",
        ),
        (
            used(rest='<prov:time xsi:type="xsd:int">2026</prov:time>'),
            "prov-xml/wrong-type",
        ),
        (
            BAD_PAIR,
            "prov-xml/pair",
        ),
        ('<prov:entity prov:id="ex:e"><prov:type xsi:type="no:x"/></prov:entity>',
         "prov-xml/unknown-prefix"),
        ("<prov:entity", "xml/syntax"),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_truthfully_is_refused(content: str, rule: str) -> None:
    found = refusals(content)
    assert [name for name, _ in found] == [rule]
    assert found[0][1].partition(":")[0] in {"line 2", "3"}


def test_all_errors_are_told_at_their_lines() -> None:
    content = '<prov:entity prov:id="no:a"/>\n<prov:x/>\n<prov:entity\nprov:id="no:b"/>'
    assert refusals(content) == [
        ("prov-xml/unknown-prefix", "line 2"),
        ("prov-xml/unknown-element", "line 3"),
        ("prov-xml/unknown-prefix", "line 5"),
    ]


@pytest.mark.parametrize("root", ["<a/>", '<document xmlns="urn:x"/>', "<prov:entity/>"])
def test_another_root_is_refused(root: str) -> None:
    text = root.replace("<prov:entity", '<prov:entity xmlns:prov="http://www.w3.org/ns/prov#"')
    assert rules(refused(text, "prov-xml")) == [("prov-xml/root", "line 1")]
