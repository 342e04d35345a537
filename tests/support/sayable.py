"""What the formats cannot say, by their standards: named, with the reason, and as a function.

The law of round trips is: what is read back equals what was written, as far as the format can say
it. `sayable` makes of a document what its format can say; each exclusion is tested by an example of
its own, so that none stands here without need.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

from support.sayable_turtle import (
    two_spellings,
    with_one_spelling_of_languages,
    without_bundles,
)

from provstore.exporters.flavour import Model
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import Literal, Value
from provstore.model.records import Attributes, unite
from provstore.model.vocabulary import PROV_TYPE, Kind


class Exclusion(NamedTuple):
    """One thing that a format cannot say."""

    name: str
    reason: str
    """With the section of the standard."""
    apply: Callable[[Document], Document]
    """The document without it, as it is read back; an equal one where nothing is concerned."""
    example: Callable[[], Document]
    """A document that it concerns."""


_LANGUAGES = Exclusion(
    "two spellings of one language tag",
    "RDF 1.1 Concepts, 3.3: tags are compared in lower case, and parsers may give them so",
    with_one_spelling_of_languages,
    two_spellings,
)

EXCLUSIONS: Mapping[str, tuple[Exclusion, ...]] = {
    "json-ld": (),
    "prov-json": (),
    "prov-n": (),
    "prov-xml": (),
    "trig": (_LANGUAGES,),
    "turtle": (_LANGUAGES,),
    "votable": (),
}
"""By the name of the format."""


REFUSED: Mapping[str, Callable[[Document], Document]] = {"turtle": without_bundles}
"""What a writer refuses with a clear error: the document without it, by the name of the format."""


def writable(document: Document, form: str) -> Document:
    """The document as the writer of the format takes it."""
    taken = REFUSED.get(form)
    return document if taken is None else taken(document)


def sayable(document: Document, form: str) -> Document:
    """The document as the format can say it."""
    told = writable(document, form)
    return reduce(lambda known, exclusion: exclusion.apply(known), EXCLUSIONS[form], told)


def in_flavour(document: Document, model: Model) -> Document:
    """The document with the types of its agents in the vocabulary of the flavour too.

    Writers add them, as readers of one flavour do not know the other's (Provenance DM 1.0, 3.1.7:
    Agent.type; PROV-O: prov:Person, …). What was told stays.
    """
    told = Document(document.prefixes)
    for bundle, prefixes in document.bundles.items():
        told.add_bundle(bundle, prefixes.declared)
    for (inside, iri, kind), attributes in document.elements.items():
        added = _agent_types(attributes, model) if kind is Kind.AGENT else ()
        told.add_element(kind, iri, unite(attributes, added), inside)
    told.relations.extend(document.relations)
    return told


def _agent_types(attributes: Attributes, model: Model) -> Attributes:
    names = ("Person", "Organization", "SoftwareAgent")
    in_ivoa: dict[str, tuple[str, Value]] = {n: (VOPROV + "type", Literal(n)) for n in names}
    in_w3c: dict[str, tuple[str, Value]] = {n: (PROV_TYPE, Iri(PROV + n)) for n in names}
    told, wanted = (in_w3c, in_ivoa) if model is Model.IVOA else (in_ivoa, in_w3c)
    return tuple(wanted[name] for name in names if told[name] in attributes)[:1]
