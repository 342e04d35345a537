"""Hypothesis strategies for what the model holds: names, values, attributes, relations, documents.

What they make is canonical, as readers make it: no end is told as missing after the last one that
is there, times of activities are dates, a text with a language has the datatype for such texts.
"""

from typing import Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provstore.model.document import Document
from provstore.model.identifiers import IVO, PROVSTORE, VOPROV, Iri, Prefixes, quoted_name
from provstore.model.literals import (
    XSD_ANY_URI,
    XSD_BOOLEAN,
    XSD_DATETIME,
    XSD_DOUBLE,
    XSD_INT,
    Literal,
    Value,
    text_literal,
)
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    MEMBER,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    RELATIONS,
    Kind,
    RelationType,
)

NAMESPACES: Final = {
    "ex": "http://example.org/",
    "exh": "http://example.org/terms#",
    "run": "urn:example:run:",
}
"""Declared by the documents; other IRIs stand in no declared namespace."""

texts: SearchStrategy[str] = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=20
)
"""Any Unicode that can be stored, markup and quotes among it."""

_local_parts: Final = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Zs"), exclude_characters="#/:\0"),
    min_size=1,
    max_size=8,
)

_NAMED: Final = st.builds(str.__add__, st.sampled_from(sorted(NAMESPACES.values())), _local_parts)
_KNOWN: Final = st.sampled_from(
    [
        "ivo://padc.obspm/hess#20136",
        "urn:uuid:75ae1d7a-a9c3-42a6-91ca-f896711c1f70",
        "https://doi.org/10.5281/zenodo.1421098",
        "http://example.org/",
        IVO + "x",
        VOPROV,
        quoted_name("a b"),
    ]
)
_LOCAL: Final = st.sampled_from(["run1", "data/run1.fits", "/data/run 1.fits", 'it\'s "<b>"'])

iris: SearchStrategy[str] = st.one_of(_NAMED, _KNOWN, _LOCAL)
"""Names of elements: in declared namespaces, absolute, and local to their source."""

times: SearchStrategy[str] = st.sampled_from(
    [
        "2024-02-29T23:59:59.123456789Z",
        "2026-11-20T18:46:41.898",
        "2026-11-20 18:46:41+01:00",
        "2026-11-20",
    ]
)
"""Times as files have them."""


def _constants(forms: SearchStrategy[str], datatype: str) -> SearchStrategy[Literal]:
    return forms.map(lambda lexical: Literal(lexical, datatype))


def literals() -> SearchStrategy[Literal]:
    """Constants of several datatypes, in lexical forms that readers like to change."""
    return st.one_of(
        st.builds(text_literal, texts, st.none()),
        st.builds(text_literal, texts, st.sampled_from(["en", "de", "zh-Hans", "EN-us", "x_y"])),
        _constants(st.sampled_from(["0", "-7", "007"]), XSD_INT),
        _constants(st.sampled_from(["1.50", "-0.0", "1e400", "INF"]), XSD_DOUBLE),
        _constants(st.sampled_from(["true", "1"]), XSD_BOOLEAN),
        _constants(times, XSD_DATETIME),
        _constants(texts, XSD_ANY_URI),
        _constants(texts, "http://example.org/degree"),
        st.sampled_from([VOPROV + "Parameter", "voprov:hadStep"]).map(Literal),
    )


def values() -> SearchStrategy[Value]:
    """Constants and IRIs."""
    return st.one_of(literals(), st.builds(Iri, st.one_of(_NAMED, _KNOWN)))


attribute_names: SearchStrategy[str] = st.one_of(
    st.sampled_from(
        [PROV_LABEL, PROV_LOCATION, PROV_ROLE, PROV_TYPE, VOPROV + "version", PROVSTORE + "status"]
    ),
    _NAMED,
)
"""Names of attributes; none is a formal argument of a relation."""


def attributes(max_size: int = 4) -> SearchStrategy[Attributes]:
    """A set of attributes, in some order; one name may have several values."""
    pairs = st.tuples(attribute_names, values())
    return st.lists(pairs, max_size=max_size, unique=True).map(tuple)


def activity_attributes() -> SearchStrategy[Attributes]:
    """Attributes of an activity, its times among them."""
    told = _constants(times, XSD_DATETIME)
    start = st.one_of(st.just(()), told.map(lambda time: ((PROV_START_TIME, time),)))
    end = st.one_of(st.just(()), told.map(lambda time: ((PROV_END_TIME, time),)))
    return st.builds(lambda *parts: sum(parts, ()), start, end, attributes())


def relations(
    kinds: SearchStrategy[RelationType] | None = None, bundle: str | None = None
) -> SearchStrategy[Relation]:
    """Relations of any type, with ends, times, names and attributes that may be missing."""
    return (st.sampled_from(RELATIONS) if kinds is None else kinds).flatmap(
        lambda kind: _relations_of(kind, bundle)
    )


def _relations_of(kind: RelationType, bundle: str | None) -> SearchStrategy[Relation]:
    # PROV-DM 5.6.2: a membership has neither name nor attributes.
    named = kind is not MEMBER
    return st.builds(
        Relation,
        st.just(kind),
        st.tuples(*(st.none() | iris for _ in kind.ends)).map(_trimmed),
        st.none() | times | texts if kind.has_time else st.none(),
        st.none() | _NAMED | _KNOWN if named else st.none(),
        attributes(2) if named else st.just(()),
        st.just(bundle),
    )


def _trimmed(ends: tuple[str | None, ...]) -> tuple[str | None, ...]:
    while ends and ends[-1] is None:
        ends = ends[:-1]
    return ends


@st.composite
def documents(draw: st.DrawFn, *, bundles: bool = True) -> Document:
    """Whole documents, with bundles or without."""
    document = Document(Prefixes(NAMESPACES))
    _fill(draw, document, None)
    for iri in draw(st.lists(_NAMED, max_size=2, unique=True)) if bundles else ():
        document.add_bundle(iri, draw(st.sampled_from([{}, {"in": "http://example.org/in/"}])))
        _fill(draw, document, iri)
    return document


def _fill(draw: st.DrawFn, document: Document, bundle: str | None) -> None:
    for kind in draw(st.lists(st.sampled_from(list(Kind)), max_size=5)):
        told = activity_attributes() if kind is Kind.ACTIVITY else attributes()
        document.add_element(kind, draw(iris), draw(told), bundle)
    for relation in draw(st.lists(relations(bundle=bundle), max_size=5)):
        document.add_relation(relation)
