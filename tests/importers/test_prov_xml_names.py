"""Names that XML cannot say, in the two ways in which software writes them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.prov_xml import HEAD
from support.reading import EX, parsed

from provstore.importers.prov_xml.escapes import toolbox_escaped, toolbox_unescaped, unescaped
from provstore.model.literals import Literal

PLAIN = "<prov:entity prov:id='ex:{}'/>"
STANDALONE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
DEFAULT = (
    '<document xmlns="http://www.w3.org/ns/prov#" xmlns:prov="http://www.w3.org/ns/prov#">{}'
    "</document>"
)


def entities(text: str) -> tuple[list[str], list[str]]:
    """Local parts of the entities, and the messages about names, each by its last words."""
    found = parsed(text, "prov-xml")
    names = [telling.iri.removeprefix(EX) for telling in found.parts[0].document.elements]
    messages = [f.message for f in found.findings if f.rule == "prov-xml/escaped-names"]
    return names, [message.partition(" ")[0] for message in messages]


def of(*names: str, before: str = "") -> str:
    records = "".join(PLAIN.format(name) for name in names)
    return f"{before}{HEAD}{records}</prov:document>"


@pytest.mark.parametrize(
    ("meant", "written"),
    [
        ("ass_r0", "ass__r0"),
        ("0tag", "_0tag"),
        ("a/b", "a_2Fb"),
        ("_", "___"),
        ("", "_"),
        ("/x", "__2Fx"),
        ("run-1.5", "run-1.5"),
        ("a=b~c@d", "a_3Db_7Ec_40d"),
        ("\u00e9", "\u00e9"),
        ("\u6708", "_\u6708"),
    ],
)
def test_as_provtoolbox_writes_names(meant: str, written: str) -> None:
    assert toolbox_escaped(meant) == written
    assert toolbox_unescaped(written) == meant


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_what_provtoolbox_writes_is_read_back(name: str) -> None:
    assert toolbox_unescaped(toolbox_escaped(name)) == name


@pytest.mark.parametrize(
    "names",
    [
        ("ass__r0", "_0tag"),
        ("ass__r0", "a_2Fb"),
        ("_0tag", "a_2Fb"),
        ("plain", "__2Fx"),
        ("a__2Fb__c_3Dd",),
    ],
)
def test_two_marks_of_provtoolbox_are_enough(names: tuple[str, ...]) -> None:
    found, said = entities(of(*names))
    assert found == [toolbox_unescaped(name) for name in names]
    assert said == ["names"]


@pytest.mark.parametrize(
    "names",
    [
        ("ass_r0",),
        ("run__1", "run_1"),
        ("ass__r0", "_0tag", "a_b"),
        ("ass__r0", "_0tag", "a/b"),
        ("ass__r0", "_0tag", "0tag"),
        ("__init__", "a__b"),
        ("run_21", "run_40"),
        ("_1", "_2"),
        ("_1", "run_21"),
        ("ass__r0",),
    ],
)
def test_names_with_underscores_are_left_alone(names: tuple[str, ...]) -> None:
    found, said = entities(of(*names))
    assert found == list(names)
    assert "names are read" not in said


def test_what_was_left_alone_is_said() -> None:
    text = of("ass__r0", "a_b")
    assert entities(text) == (["ass__r0", "a_b"], ["names"])
    message = parsed(text, "prov-xml").findings[0].message
    assert message.startswith("names with __ or with _ and two digits are read as they stand")


def test_one_mark_is_enough_in_a_document_laid_out_by_provtoolbox() -> None:
    assert entities(of("ass__r0", "plain", before=STANDALONE))[0] == ["ass_r0", "plain"]
    record = '<entity xmlns:ex="http://example.org/" prov:id="ex:ass__r0"/>'
    assert entities(DEFAULT.format(record))[0] == ["ass_r0"]
    assert entities(of("ass__r0", "a_b", before=STANDALONE))[0] == ["ass__r0", "a_b"]
    assert entities(of("_75ae1d7a", before=STANDALONE))[0] == ["_75ae1d7a"]


def test_names_of_attributes_references_types_and_values_count_too() -> None:
    record = (
        "<prov:entity prov:id='ex:a__b'><ex:_0tag xsi:type='ex:_1t'>a__b</ex:_0tag>"
        "<prov:type xsi:type='xsd:QName'>ex:{}</prov:type></prov:entity>"
    )
    (part,) = parsed(f"{HEAD}{record.format('c__d')}</prov:document>", "prov-xml").parts
    ((telling, attributes),) = part.document.elements.items()
    assert telling.iri == EX + "a_b"
    assert attributes[0] == (EX + "0tag", Literal("a__b", EX + "1t"))
    assert attributes[1][1] == EX + "c_d"
    (part,) = parsed(f"{HEAD}{record.format('c_d')}</prov:document>", "prov-xml").parts
    assert [telling.iri for telling in part.document.elements] == [EX + "a__b"]


def test_our_own_documents_are_never_taken_for_those_of_provtoolbox() -> None:
    text = of("ass__r0", "_0tag").replace(
        "xmlns:ex", 'xmlns:provstore="urn:x-provstore:" xmlns:ex', 1
    )
    assert entities(text) == (["ass__r0", "_0tag"], [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("_x0031_", "1"),
        ("a_x002F_b_x0020_c", "a/b c"),
        ("_x0001F52D_", "\U0001f52d"),
        ("_x005F_x0031_", "_x0031_"),
        ("_x005f_", "_"),
        ("_x31_", "_x31_"),
        ("_x0000_", "_x0000_"),
        ("_xD800_", "_xD800_"),
        ("_x110000_", "_x110000_"),
        ("_x0031", "_x0031"),
    ],
)
def test_characters_by_their_codes(written: str, meant: str) -> None:
    assert unescaped(written) == meant
    assert entities(of(written)) == ([meant], ["_xHHHH_"] if meant != written else [])
