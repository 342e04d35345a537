"""Dictionaries in PROV-JSON, in the forms of its schema, and what we write of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.reading import EX, example, read, refused, rules, shape

from provstore.exporters.prov_json import write_prov_json
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PROV, PROVSTORE, XSD, Iri
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import DICTIONARY_MEMBER, INSERTED, REMOVED

KEY = PROV + "pairKey"
REMOVED_KEY = PROV + "removedKey"
FROM = PROVSTORE + "insertedFrom"
D1, D2, D3 = (EX + f"calibrations{number}" for number in (1, 2, 3))


def written(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(b"".join(write_prov_json(document)))
    return found


@pytest.fixture
def document(data: Path) -> Document:
    parsed = read_document((data / "prov-json" / "dictionary.json").read_bytes())
    (part,) = parsed.parts
    return part.document


def test_members_and_their_keys_keep_the_datatype(document: Document) -> None:
    assert document.relations[1:4] == [
        Relation(DICTIONARY_MEMBER, (D1, EX + "flat"), attributes=((KEY, Literal("flat")),)),
        Relation(
            DICTIONARY_MEMBER, (D1, EX + "run1"), attributes=((KEY, Literal("01", XSD + "int")),)
        ),
        Relation(
            DICTIONARY_MEMBER, (D1, EX + "run2"), attributes=((KEY, Literal("2", XSD + "int")),)
        ),
    ]


def test_an_insertion_is_a_relation_and_a_member_for_each_pair(document: Document) -> None:
    origin = (FROM, Iri(D1))
    assert document.relations[4:8] == [
        Relation(INSERTED, (D2, D1)),
        Relation(DICTIONARY_MEMBER, (D2, EX + "dark"), attributes=((KEY, Literal("dark")), origin)),
        Relation(
            DICTIONARY_MEMBER,
            (D2, EX + "gain"),
            attributes=((KEY, Literal("1.50", XSD + "double")), origin),
        ),
        Relation(
            DICTIONARY_MEMBER, (D2, EX + "bias1"), attributes=((KEY, Iri(EX + "bias")), origin)
        ),
    ]


def test_a_removal_has_its_keys_as_attributes(document: Document) -> None:
    assert document.relations[8] == Relation(
        REMOVED,
        (D3, D2),
        iri=EX + "removal",
        attributes=(
            (REMOVED_KEY, Literal("dark")),
            (REMOVED_KEY, Literal("01", XSD + "int")),
            (PROV + "label", Literal("clean")),
        ),
    )


def test_the_sets_are_written_together_again(document: Document) -> None:
    told = written(document)
    (insertion,) = told["derivedByInsertionFrom"].values()
    assert insertion == {
        "prov:after": "ex:calibrations2",
        "prov:before": "ex:calibrations1",
        "prov:key-entity-set": [
            {"key": "dark", "$": "ex:dark"},
            {"key": {"$": "1.50", "type": "xsd:double"}, "$": "ex:gain"},
            {"key": {"$": "ex:bias", "type": "prov:QUALIFIED_NAME"}, "$": "ex:bias1"},
        ],
    }
    assert list(told["hadDictionaryMember"].values())[1:] == [
        {
            "prov:dictionary": "ex:calibrations1",
            "prov:key-entity-set": [{"key": {"$": key, "type": "xsd:int"}, "$": entity}],
        }
        for key, entity in (("01", "ex:run1"), ("2", "ex:run2"))
    ]
    assert told["derivedByRemovalFrom"]["ex:removal"] == {
        "prov:after": "ex:calibrations3",
        "prov:before": "ex:calibrations2",
        "prov:key-set": ["dark", {"$": "01", "type": "xsd:int"}],
        "prov:label": "clean",
    }


def test_one_removed_key_is_a_list_too() -> None:
    document = Document()
    document.add_relation(Relation(REMOVED, (D2, D1), attributes=((REMOVED_KEY, Literal("k")),)))
    (told,) = written(document)["derivedByRemovalFrom"].values()
    assert told["prov:key-set"] == ["k"]


def member(*attributes: tuple[str, Literal | Iri], iri: str | None = None) -> Relation:
    return Relation(DICTIONARY_MEMBER, (D2, EX + "e"), iri=iri, attributes=attributes)


PAIR = (KEY, Literal("k"))


@pytest.mark.parametrize(
    "relations",
    [
        [member(PAIR, (FROM, Iri(D1)))],  # no such insertion
        [Relation(INSERTED, (D2, D3)), member(PAIR, (FROM, Iri(D1)))],
        [Relation(INSERTED, (D2, D1)), member(PAIR, (FROM, Iri(D1)), iri=EX + "m")],
        [Relation(INSERTED, (D2, D1)), member(PAIR, (FROM, Iri(D1)), (EX + "a", Literal("b")))],
        [Relation(INSERTED, (D2, D1)), member(PAIR)],
        [Relation(INSERTED, (D2, D1)), member((FROM, Iri(D1)))],
        [Relation(INSERTED, (D2, D1)), member(PAIR, (FROM, Literal(D1)))],
        [  # two insertions: which of them brought it is not known
            Relation(INSERTED, (D2, D1)),
            Relation(INSERTED, (D2, D1), attributes=((EX + "a", Literal("b")),)),
            member(PAIR, (FROM, Iri(D1))),
        ],
        [member(PAIR, (KEY, Literal("other")))],
        [Relation(DICTIONARY_MEMBER, (D2,), attributes=(PAIR,))],
    ],
)
def test_what_is_no_plain_set_is_read_back_as_well(relations: list[Relation]) -> None:
    document = Document()
    document.relations.extend(relations)
    told = written(document)
    assert len(told["hadDictionaryMember"]) == 1
    assert read(told) == document


def test_an_insertion_without_the_old_dictionary_has_members_all_the_same() -> None:
    told = {"_:i": {"prov:after": "ex:d", "prov:key-entity-set": {"k": "ex:e"}}}
    document = read(example(derivedByInsertionFrom=told))
    assert [shape(relation) for relation in document.relations] == [
        ("derivedByInsertionFrom", (EX + "d",)),
        ("hadDictionaryMember", (EX + "d", EX + "e")),
    ]
    assert document.relations[1].attributes == ((KEY, Literal("k")),)


SET = "/derivedByInsertionFrom/_:i/prov:key-entity-set"


@pytest.mark.parametrize(
    ("pairs", "found"),
    [
        ("ex:e", ("json/wrong-type", SET)),
        ({"k": 1}, ("json/wrong-type", SET + "/k")),
        ({"$key-datatype": 1, "k": "ex:e"}, ("json/wrong-type", SET + "/$key-datatype")),
        ({"$key-datatype": "no:x"}, None),
        ({"$key-datatype": "no:x", "k": "ex:e"}, ("prov-json/unknown-prefix", SET + "/k/type")),
        (["ex:e"], ("json/wrong-type", SET + "/0")),
        ([{"key": "k"}], ("json/wrong-type", SET + "/0")),
        ([{"key": "k", "$": 1}], ("json/wrong-type", SET + "/0/$")),
        ([{"key": None, "$": "ex:e"}], ("json/wrong-type", SET + "/0/key")),
        ([{"key": "k", "$": "no:e"}], ("prov-json/unknown-prefix", SET + "/0/$")),
    ],
)
def test_sets_that_are_none(pairs: object, found: tuple[str, str] | None) -> None:
    told = {"prov:after": "ex:d", "prov:before": "ex:c", "prov:key-entity-set": pairs}
    content = example(derivedByInsertionFrom={"_:i": told})
    if found is None:
        assert len(read(content).relations) == 1
    else:
        assert rules(refused(content)) == [found]


def test_an_entity_beside_a_set_of_pairs_is_a_second_telling() -> None:
    told = {"prov:dictionary": "ex:d", "prov:entity": "ex:e", "prov:key-entity-set": {"k": "ex:f"}}
    found = rules(refused(example(hadDictionaryMember={"_:m": told})))
    place = "/hadDictionaryMember/_:m/prov:key-entity-set"
    assert found == [("prov-json/told-twice", place)]
