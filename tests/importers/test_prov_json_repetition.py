"""What is told very often costs its length, not the square of it: else these tests had no end."""

import json

from provstore.importers.base import Findings
from provstore.importers.prov_json.importer import ProvJson
from provstore.model.document import Document
from provstore.model.literals import Literal
from provstore.model.vocabulary import DERIVED, Kind

EX = "http://example.org/"
MANY = 50_000


def read(**sections: object) -> tuple[Document, Findings]:
    content = {"prefix": {"ex": EX}, **sections}
    findings = Findings()
    [part] = ProvJson().read(json.dumps(content).encode(), findings)
    return part.document, findings


def test_an_element_that_is_told_again_and_again_has_all_attributes_in_order() -> None:
    tellings = [{"ex:told": str(number), "ex:same": "x"} for number in range(MANY)]
    document, _ = read(entity={"ex:e": tellings, "ex:f": {}})
    (_, iri, kind), attributes = next(iter(document.elements.items()))
    assert (iri, kind) == (EX + "e", Kind.ENTITY)
    assert attributes[:3] == (
        (EX + "told", Literal("0")),
        (EX + "same", Literal("x")),
        (EX + "told", Literal("1")),
    )
    assert len(attributes) == MANY + 1
    assert [telling.iri for telling in document.elements] == [EX + "e", EX + "f"]


def test_references_to_a_name_of_many_relations_are_left_out() -> None:
    many = MANY // 10
    made = [{"prov:entity": f"ex:{number}"} for number in range(many)]
    derived = {"prov:generatedEntity": "ex:b", "prov:usedEntity": "ex:a", "prov:generation": "_:g"}
    document, _ = read(
        wasGeneratedBy={"_:g": made},
        wasDerivedFrom={f"_:d{number}": derived for number in range(many)},
    )
    ends = {relation.ends for relation in document.relations if relation.type is DERIVED}
    assert ends == {(EX + "b", EX + "a")}


def test_an_activity_of_many_times_and_many_attributes() -> None:
    record = {f"ex:a{number}": "x" for number in range(MANY)}
    record |= {"prov:endTime": "later"}
    times = {"prov:startTime": [f"t{number}" for number in range(MANY)]}
    document, findings = read(activity={"ex:run": {**record, **times}})
    assert len(next(iter(document.elements.values()))) == 2 * MANY + 1
    assert [(f.rule, f.place) for f in findings.items[:2]] == [
        ("prov/bad-time", "/activity/ex:run/prov:endTime"),
        ("prov/bad-time", "/activity/ex:run/prov:startTime"),
    ]


def test_what_many_members_share_is_read_once() -> None:
    many = MANY // 10
    record = {
        "prov:collection": "ex:c",
        "ex:note": [str(number) for number in range(many)],
        "prov:entity": [f"ex:{number}" for number in range(many)],
    }
    document, _ = read(hadMember={"_:m": record})
    assert len(document.relations) == many
    assert {len(relation.attributes) for relation in document.relations} == {many}
    assert len({id(relation.attributes) for relation in document.relations}) == 1
