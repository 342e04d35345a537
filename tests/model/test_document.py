"""Documents put together: blank names of each keep to themselves."""

from hypothesis import given
from support.odd_documents import odd_documents

from provstore.model.document import Document
from provstore.model.identifiers import Iri
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import DERIVED, GENERATED, PROV_LOCATION, USED, Kind

EX = "http://example.org/"


def told() -> Document:
    document = Document()
    document.add_element(Kind.ENTITY, "_:out", ((PROV_LOCATION, Iri("_:disk")),), "_:notes")
    made = Relation(GENERATED, ("_:out", EX + "run"), bundle="_:notes")
    used = Relation(USED, (EX + "run", EX + "in"))
    document.add_bundle("_:notes")
    document.relations += [
        made,
        used,
        Relation(DERIVED, ("_:out", EX + "in", EX + "run", made.key, used.key)),
    ]
    return document


def test_a_tag_is_in_every_blank_name_and_references_still_hold() -> None:
    tagged = told().with_blank_names("p1.")
    [(telling, attributes)] = tagged.elements.items()
    assert telling == ("_:p1.notes", "_:p1.out", Kind.ENTITY)
    assert attributes == ((PROV_LOCATION, Iri("_:p1.disk")),)
    made, used, derived = tagged.relations
    assert made == Relation(GENERATED, ("_:p1.out", EX + "run"), bundle="_:p1.notes")
    assert derived.ends == ("_:p1.out", EX + "in", EX + "run", made.key, used.key)
    assert list(tagged.bundles) == ["_:p1.notes"]


def test_two_documents_with_the_same_blank_names_stay_two() -> None:
    whole = Document()
    for tag in ("p1.", "p2."):
        whole.absorb(told().with_blank_names(tag))
    assert len(whole.elements) == 2
    assert len({relation.identity for relation in whole.relations}) == 5  # `used` is the same


def _texts(document: Document) -> list[Literal]:
    values = (value for told in document.elements.values() for _, value in told)
    return [value for value in values if isinstance(value, Literal)]


@given(document=odd_documents())
def test_only_blank_names_change(document: Document) -> None:
    tagged = document.with_blank_names("x.")
    assert len(tagged.elements) == len(document.elements)
    texts = [
        value for a in tagged.elements.values() for _, value in a if isinstance(value, Literal)
    ]
    known = [value for a in document.elements.values() for _, value in a]
    assert [value for value in known if isinstance(value, Literal)] == texts
    names = [telling.iri for telling in tagged.elements]
    assert all(name.startswith("_:x.") for name in names if name.startswith("_:"))


@given(document=odd_documents())
def test_absorbed_by_nothing_is_the_same(document: Document) -> None:
    whole = Document()
    whole.absorb(document)
    assert whole == document
