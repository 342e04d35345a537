"""Strategies for documents that are odd in names and values, and for what W3C tools all read."""

import string
from collections.abc import Sequence

from hypothesis import strategies as st

from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, XSD, Iri, Prefixes
from provstore.model.literals import XSD_DATETIME, Literal, Value, text_literal
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    ALTERNATE,
    DERIVED,
    DICTIONARY_MEMBER,
    ENTITY_CLASSES,
    GENERATED,
    INFLUENCED,
    INSERTED,
    INSERTED_FROM,
    MEMBER,
    MENTIONED,
    PROV_PAIR_KEY,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    RELATIONS,
    REMOVED,
    SPECIALIZED,
    USED,
    Kind,
    RelationType,
)

EX = "http://example.org/ns#"
PREFIXES = {"ex": EX, "cta": "http://cta.org/", "odd": "urn:odd:", "prov": "http://not.prov/"}
BUNDLES = ("http://cta.org/night", EX + "bundle2")
NAMESPACES = (
    EX,
    "http://cta.org/",
    "urn:uuid:",
    "ivo://hess/dl3?",
    "http://www.ivoa.net/ns/voprov#",
    "http://www.ivoa.net/documents/rer/ivo/",
    VOPROV,
    "/data/",
    "1a:",
    "_:b",
    "",
)
BARE = (SPECIALIZED, ALTERNATE, MEMBER, MENTIONED)

# All that the importer takes: no NUL, no lone surrogates.
any_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
plain_texts = st.text(string.printable.replace("\x0b", "").replace("\x0c", ""), max_size=12)
odd_iris = st.builds(str.__add__, st.sampled_from(NAMESPACES), any_texts.filter(bool))
plain_iris = st.text(string.ascii_letters, min_size=1, max_size=6).map(EX.__add__)


def odd_values() -> st.SearchStrategy[Value]:
    datatypes = st.sampled_from([XSD + "string", XSD + "int", XSD + "anyURI", EX + "unit"])
    return st.one_of(
        odd_iris.map(Iri),
        st.builds(text_literal, any_texts, st.sampled_from(["en", "fr-BE"])),
        st.builds(Literal, any_texts, datatypes, st.none()),
    )


def plain_values() -> st.SearchStrategy[Value]:
    return st.one_of(
        plain_iris.map(Iri),
        plain_texts.map(Literal),
        plain_texts.map(lambda text: text_literal(text, "en")),
        st.integers(-(2**31), 2**31 - 1).map(lambda n: Literal(str(n), XSD + "int")),
        st.sampled_from(["1.5", "-0.25"]).map(lambda text: Literal(text, XSD + "double")),
    )


class Documents:
    """Strategies for documents over some names and values."""

    def __init__(
        self,
        iris: st.SearchStrategy[str],
        values: st.SearchStrategy[Value],
        names: tuple[str, ...] = (EX + "size", VOPROV + "comment", PROV_ROLE),
        kinds: Sequence[RelationType] = RELATIONS,
    ) -> None:
        self.kinds = kinds
        self.iris = iris
        self.values = values
        pairs = st.tuples(st.sampled_from(names), values)
        types = st.tuples(st.just(PROV_TYPE), plain_iris.map(Iri))
        self.attributes: st.SearchStrategy[Attributes] = st.lists(
            st.one_of(types, pairs), max_size=3
        ).map(lambda found: tuple(dict.fromkeys(found)))

    @st.composite
    @staticmethod
    def draw(draw: st.DrawFn, kit: "Documents", *, strict: bool = False) -> Document:
        document = Document(Prefixes(PREFIXES))
        bundles = draw(st.lists(st.sampled_from(BUNDLES), unique=True))
        for bundle in bundles:
            document.add_bundle(bundle, {"ex": "http://inner.org/"})
        scopes = st.sampled_from([None, *bundles])
        for _ in range(draw(st.integers(0, 4))):
            kit.add_element(draw, document, draw(scopes))
        for _ in range(draw(st.integers(0, 4))):
            relation = kit.relation(draw, document, draw(scopes))
            document.add_relation(_as_standard(relation) if strict else relation)
        return document

    def add_element(self, draw: st.DrawFn, document: Document, bundle: str | None) -> None:
        kind = draw(st.sampled_from(list(Kind)))
        told = draw(self.attributes)
        if kind is not Kind.ENTITY:
            told = tuple(pair for pair in told if pair[0] != PROV_ROLE)
        elif draw(st.booleans()):
            marker = VOPROV + draw(st.sampled_from(sorted(ENTITY_CLASSES)))
            told += ((PROV_TYPE, Iri(marker)),)
        if kind is Kind.ACTIVITY and draw(st.booleans()):
            told += ((PROV_START_TIME, Literal("2024-01-01T00:00:00.500000Z", XSD_DATETIME)),)
        document.add_element(kind, draw(self.iris), told, bundle)

    def relation(self, draw: st.DrawFn, document: Document, bundle: str | None) -> Relation:
        kind = draw(st.sampled_from(self.kinds))
        ends: list[str | None] = [draw(self.iris)]
        for end in kind.ends[1:]:
            origins = st.sampled_from(_keys(document, end.name, bundle))
            ends.append(draw(st.one_of(st.none(), origins if end.is_relation else self.iris)))
        while ends[-1] is None:
            ends.pop()
        times = st.sampled_from([None, "2024-01-01T00:00:00"] if kind.has_time else [None])
        named = self.iris.filter(lambda name: not name.startswith("_:"))
        iri = draw(st.one_of(st.none(), named))
        return Relation(kind, tuple(ends), draw(times), iri, draw(self.attributes), bundle)

    def insertion(self, draw: st.DrawFn, bundle: str | None) -> list[Relation]:
        """An insertion with the memberships of its set, now and then with more or less of them."""
        ends = (draw(self.iris), draw(self.iris))
        told = [Relation(INSERTED, ends, attributes=draw(self.attributes), bundle=bundle)]
        for _ in range(draw(st.integers(0, 3))):
            keys = draw(st.lists(self.values, min_size=1, max_size=2, unique=True))
            of_keys = tuple((PROV_PAIR_KEY, key) for key in keys[: draw(st.integers(1, 2))])
            old = draw(st.sampled_from([ends[1], ends[1], ends[0]]))
            others = draw(st.one_of(st.just(()), st.just(()), self.attributes))
            attributes = (*of_keys, (INSERTED_FROM, Iri(old)), *others)
            iri = draw(st.sampled_from([None, None, EX + "shared"]))
            member = (ends[0], draw(self.iris))
            told.append(Relation(DICTIONARY_MEMBER, member, None, iri, attributes, bundle))
        return told


@st.composite
def odd_relations(draw: st.DrawFn) -> Document:
    """Relations that are odd in more than names: what their formats could take for something else.

    Attributes with the names of formal arguments, of this relation or of another one; insertions
    into dictionaries; a name that several statements have.
    """
    kit = Documents(odd_iris, odd_values())
    document = Document(Prefixes(PREFIXES))
    for _ in range(draw(st.integers(0, 3))):
        told = kit.relation(draw, document, None)
        pairs = st.tuples(st.sampled_from(sorted(_argument_names(told.type))), odd_values())
        attributes = dict.fromkeys((*told.attributes, *draw(st.lists(pairs, max_size=3))))
        iri = draw(st.sampled_from([told.iri, EX + "shared"]))
        document.add_relation(told._replace(attributes=tuple(attributes), iri=iri))
    for relation in kit.insertion(draw, None) if draw(st.booleans()) else ():
        document.add_relation(relation)
    return document


_OF_DICTIONARIES = ("after", "before", "key", "key-set", "key-entity-set", "keyEntityPair")


def _argument_names(kind: RelationType) -> set[str]:
    """Of a relation, of the record that it is in the other flavour, and of dictionaries.

    The time is left out: PROV-N tells one that has no place by position as this attribute.
    """
    names = {PROV + name for name in (*_OF_DICTIONARIES, "pairKey", "removedKey")}
    for each in (kind, INFLUENCED):
        names |= {space + end.name for end in each.ends for space in (PROV, VOPROV)}
    return names


def _keys(document: Document, end: str, bundle: str | None) -> list[str | None]:
    wanted = GENERATED if end == "generation" else USED
    told = (r for r in document.relations if r.type is wanted and r.bundle == bundle)
    return [None, *(relation.key for relation in told if relation.iri is None)]


def _as_standard(relation: Relation) -> Relation:
    """Nothing that the grammar of PROV-N and the schema of PROV-XML have no place for."""
    kind = relation.type
    ends = [end or EX + "filled" for end in (relation.end(i) for i in range(len(kind.ends)))]
    if kind is DERIVED:
        ends = ends[:3]
    relation = relation._replace(ends=tuple(ends))
    if kind in BARE:
        return relation._replace(iri=None, attributes=())
    has_role = kind.has_time or kind.name == "wasAssociatedWith"
    kept = tuple(pair for pair in relation.attributes if has_role or pair[0] != PROV_ROLE)
    return relation._replace(attributes=kept)


def odd_documents() -> st.SearchStrategy[Document]:
    """Names and values of all kinds; blank names, no absolute IRIs, any text."""
    return Documents.draw(Documents(odd_iris, odd_values()))


W3C_KINDS = [kind for kind in RELATIONS if kind not in {DICTIONARY_MEMBER, INSERTED, REMOVED}]
"""Those that the `prov` library knows."""
plain_documents = Documents.draw(Documents(plain_iris, plain_values(), kinds=W3C_KINDS))
PLAIN = Documents(plain_iris, plain_values(), (EX + "size", VOPROV + "comment"), W3C_KINDS)
standard_documents = Documents.draw(PLAIN, strict=True)
