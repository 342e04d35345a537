"""The two flavours in which PROV documents are written: pure W3C, and IVOA records.

``MODEL=W3C`` says everything in the terms of the W3C, with the IVOA classes and relations as
``prov:type`` markers on entities and on ``wasInfluencedBy`` (voprov 0.1). ``MODEL=IVOA`` gives each
IVOA class and relation a record of its own (voprov up to 0.0.4, OPUS). No standard fixes either.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

from provstore.errors import BadParameterError
from provstore.model.document import Document, Telling
from provstore.model.identifiers import PROV, RELATION_KEY, VOPROV, Iri, Prefixes
from provstore.model.literals import Literal, Value, value_text
from provstore.model.records import Attributes, Relation, ivoa_class
from provstore.model.vocabulary import (
    ALTERNATE,
    GENERATED,
    INFLUENCED,
    KIND_NAMES,
    MEMBER,
    MENTIONED,
    PROV_TYPE,
    SPECIALIZED,
    USED,
    End,
    Kind,
)

_AGENT_TYPES: Final = ("Person", "Organization", "SoftwareAgent")
"""The closed enumeration AgentType (Provenance DM 1.0, section 3.1.7), also terms of PROV."""
_ORIGINS: Final = {"generation": GENERATED, "usage": USED}
"""What kind of relation the ends of a derivation name (PROV-DM 5.2.1)."""
_BARE: Final = frozenset(r.name for r in (SPECIALIZED, ALTERNATE, MEMBER, MENTIONED))
_VOPROV_TYPE: Final = VOPROV + "type"


class Model(StrEnum):
    """The flavour of a PROV document."""

    W3C = "W3C"
    IVOA = "IVOA"

    @classmethod
    def of(cls, name: str) -> "Model":
        """The flavour of this name, whatever its case.

        Raises
        ------
        BadParameterError
            There is no such flavour.
        """
        try:
            return cls(name.upper())
        except ValueError:
            raise BadParameterError("model", name, "W3C or IVOA") from None


class Statement(NamedTuple):
    """One record as a flavour writes it."""

    namespace: str
    """``prov`` or ``voprov``: that of the record's name."""
    name: str
    """Name of the record: PROV-JSON section, PROV-N functor, PROV-XML element."""
    iri: str | None
    """None for an anonymous relation."""
    ends: tuple[tuple[End, str | None], ...]
    """Of a relation, in formal order; empty for an element."""
    time: str | None
    attributes: Attributes
    relation: Relation | None = None
    """What a relation's record says, as told; None for an element."""

    @property
    def is_bare(self) -> bool:
        """Whether the standard gives it neither identifier nor attributes (PROV-DM 5.5 and 5.6)."""
        return self.name in _BARE

    @property
    def has_time(self) -> bool:
        """Whether the standard gives it a time among its arguments."""
        return self.relation is not None and self.relation.type.has_time


def anonymous_and_referred(scope: "Scope") -> list[str]:
    """Keys of the scope's anonymous relations that a derivation of the scope refers to."""
    referred = {
        (_ORIGINS[end.name].number, iri)
        for relation in scope.relations
        for end, iri in zip(relation.type.ends, relation.ends, strict=False)
        if end.is_relation and iri is not None and iri.startswith(RELATION_KEY)
    }
    if not referred:
        return []
    keys = ((r.type.number, r.key) for r in scope.relations if r.iri is None)
    return list(dict.fromkeys(key for number, key in keys if (number, key) in referred))


@dataclass(slots=True)
class Scope:
    """What a document says outside bundles, or in one of them."""

    bundle: str | None
    prefixes: Prefixes
    elements: list[tuple[Telling, Attributes]] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    def statements(self, model: Model) -> Iterator[Statement]:
        """The records, elements first, in the order told."""
        element, relation = (
            (_w3c_element, _w3c_relation) if model is Model.W3C else (_ivoa_element, _plain)
        )
        for telling, attributes in self.elements:
            yield element(telling, attributes)
        for told in self.relations:
            yield relation(told)


def scopes(document: Document) -> list[Scope]:
    """The document's own scope, then one for each bundle in the order told."""
    found: dict[str | None, Scope] = {None: Scope(None, document.prefixes)}
    for bundle, prefixes in document.bundles.items():
        found[bundle] = Scope(bundle, prefixes)
    for told in document.elements.items():
        scope = found.get(told[0].bundle) or _undeclared(found, told[0].bundle, document)
        scope.elements.append(told)
    for relation in document.relations:
        scope = found.get(relation.bundle) or _undeclared(found, relation.bundle, document)
        scope.relations.append(relation)
    return list(found.values())


def _undeclared(found: dict[str | None, Scope], bundle: str | None, document: Document) -> Scope:
    """A bundle of which the document does not say that it is there."""
    scope = found[bundle] = Scope(bundle, document.prefixes)
    return scope


def _plain(relation: Relation) -> Statement:
    kind = relation.type
    told = relation.ends
    if len(told) < len(kind.ends):
        told = (*told, *(None for _ in kind.ends[len(told) :]))
    ends = tuple(zip(kind.ends, told, strict=True))
    return Statement(
        kind.namespace, kind.name, relation.iri, ends, relation.time, relation.attributes, relation
    )


def _w3c_relation(relation: Relation) -> Statement:
    """The IVOA relations become influences with a marker, from their first end to their second."""
    marker = relation.type.ivoa_marker
    if not marker:
        return _plain(relation)
    ends = tuple((end, relation.end(index)) for index, end in enumerate(INFLUENCED.ends))
    attributes = ((PROV_TYPE, Iri(VOPROV + marker)), *relation.attributes)
    return Statement(PROV, INFLUENCED.name, relation.iri, ends, relation.time, attributes, relation)


def _w3c_element(telling: Telling, attributes: Attributes) -> Statement:
    if telling.kind is Kind.AGENT:
        attributes = _with_agent_type(attributes, _VOPROV_TYPE, PROV_TYPE)
    return Statement(PROV, KIND_NAMES[telling.kind], telling.iri, (), None, attributes)


def _ivoa_element(telling: Telling, attributes: Attributes) -> Statement:
    """An entity of an IVOA class is a record of that class, without the marker that says so."""
    if telling.kind is Kind.AGENT:
        attributes = _with_agent_type(attributes, PROV_TYPE, _VOPROV_TYPE)
    name = ivoa_class(attributes) if telling.kind is Kind.ENTITY else None
    if name is None:
        return Statement(PROV, KIND_NAMES[telling.kind], telling.iri, (), None, attributes)
    kept = tuple(pair for pair in attributes if pair != (PROV_TYPE, Iri(VOPROV + name)))
    return Statement(VOPROV, name[0].lower() + name[1:], telling.iri, (), None, kept)


def _with_agent_type(attributes: Attributes, told: str, wanted: str) -> Attributes:
    """An agent's type is also said in the other vocabulary; what was told stays.

    The IVOA model has ``voprov:type "Person"``, PROV has ``prov:type 'prov:Person'``.
    """
    types = [value_text(value) for name, value in attributes if name == told]
    for agent_type in _AGENT_TYPES:
        if {agent_type, PROV + agent_type} & set(types):
            pair: tuple[str, Value] = (wanted, Literal(agent_type))
            if wanted == PROV_TYPE:
                pair = (wanted, Iri(PROV + agent_type))
            return attributes if pair in attributes else (*attributes, pair)
    return attributes
