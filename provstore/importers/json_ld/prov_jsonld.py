"""PROV-JSONLD (W3C member submission of 25 August 2024): one object per statement in ``@graph``.

Read as the JSON that it is, which keeps the order, the lexical forms and the place of every
statement; RDF would keep none of them. Beyond the submission, these are read: the ``prov:`` that
ProvToolbox put before types and keys (2020), values outside of lists, and the classes of the IVOA,
of mentions and of dictionaries as types of statements.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from provstore.importers.base import Findings
from provstore.importers.json_ld.terms import (
    BUNDLE_TYPE,
    ELEMENT_TYPES,
    NAME_VALUED,
    RELATION_TYPES,
    SPECIAL_TERMS,
    TYPE_TERMS,
)
from provstore.importers.json_ld.values import ValueReader
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, pointer, shown, wrong_type
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri, Prefixes
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    MEMBER,
    PROV_END_TIME,
    PROV_START_TIME,
    RELATIONS,
    Kind,
    RelationType,
)

Record = dict[str, Json]
Place = tuple[str | int, ...]

_TIME: Final = -1
_MEMBER: Final = 1
"""The slot of the member in a membership, which may be a list."""
_MOST_TOLD: Final = 1_000_000
"""Members of one list times attributes of their statement: each membership has them all."""
_KEYWORDS: Final = frozenset({"@type", "@id"})
_BUNDLE_KEYS: Final = frozenset({"@type", "@id", "@context", "@graph"})
_ACTIVITY_TIMES: Final = {"startTime": PROV_START_TIME, "endTime": PROV_END_TIME}
_ACTIVITY_TIME_IRIS: Final = frozenset(_ACTIVITY_TIMES.values())


def _slots(kind: RelationType) -> Mapping[str, int]:
    """Local name of each formal argument to the end that it is."""
    ends = {end.name: index for index, end in enumerate(kind.ends)}
    return {**ends, "time": _TIME} if kind.has_time else ends


_SLOTS: Final = {kind.number: _slots(kind) for kind in RELATIONS}


class _Attribute(NamedTuple):
    """What a key means: an attribute with this IRI."""

    iri: str
    names: bool
    """Whether a bare string is a name."""


class _Parts(NamedTuple):
    """What the object of a relation tells."""

    ends: Sequence[str | None]
    time: str | None
    name: str | None
    attributes: Attributes


class Reader:
    """Reads the statements of one graph: those of a document, or of one of its bundles.

    Parameters
    ----------
    document
        Takes the statements.
    prefixes
        Those in force.
    findings
        Takes what is noticed.
    bundle
        IRI of the bundle; None for the document itself.
    """

    def __init__(
        self,
        document: Document,
        prefixes: Prefixes,
        findings: Findings,
        bundle: str | None = None,
    ) -> None:
        self._statements = Statements(document, findings, bundle)
        self._findings = findings
        self._values = ValueReader(prefixes, findings)
        self._types: dict[str, str] = {}
        self._keys: dict[tuple[int, str], int | _Attribute] = {}
        """Number of a relation (0 of an element) and key to the slot of an end, or an attribute."""

    def finish(self) -> None:
        """Call it when all statements are read."""
        self._statements.finish()

    def iri(self, name: str, place: Place) -> str:
        """The IRI of a name."""
        return self._values.iri(name, place)

    def type_of(self, item: Record, place: Place) -> str | None:
        """The IRI of a statement's type; None, with a finding, where it has none."""
        told = item.get("@type")
        if isinstance(told, list) and len(told) == 1:
            told = told[0]
        if not isinstance(told, str):
            wrong_type(self._findings, pointer(*place, "@type"), told, "one type of a statement")
            return None
        known = self._types.get(told)
        if known is None:
            known = PROV + told if told in TYPE_TERMS else self.iri(told, (*place, "@type"))
            self._types[told] = known
        return known

    def statement(self, item: Record, kind_iri: str, place: Place) -> None:
        """Read one statement of the type that `type_of` found."""
        relation = RELATION_TYPES.get(kind_iri)
        if relation is not None:
            self._relation(relation, item, place)
        elif kind_iri in ELEMENT_TYPES:
            self._element(kind_iri, item, place)
        else:
            message = "no statement of PROV-JSONLD has this type"
            where = pointer(*place, "@type")
            self._findings.error("json-ld/unknown-type", where, shown(item["@type"]), message)

    def _element(self, kind_iri: str, item: Record, place: Place) -> None:
        section = ELEMENT_TYPES[kind_iri]
        name = item.get("@id")
        if not isinstance(name, str):
            wrong_type(self._findings, pointer(*place, "@id"), name, "the name of the element")
            return
        pairs: dict[tuple[str, Value], None] = {}
        for key, told in item.items():
            if key in _KEYWORDS:
                continue
            meaning = self._keys.get((0, key)) or self._element_key(key, place)
            if isinstance(meaning, _Attribute):
                self._add(pairs, meaning, told, (*place, key))
        attributes = tuple(pairs)
        if section.kind is Kind.ACTIVITY:
            attributes = tuple(self._as_time(pair, place) for pair in attributes)
        self._statements.element(section, self.iri(name, place), attributes, place=place)

    def _element_key(self, key: str, place: Place) -> _Attribute | None:
        local = _local(key)
        if local in _ACTIVITY_TIMES:
            found: _Attribute | None = _Attribute(_ACTIVITY_TIMES[local], names=False)
        else:
            found = self._attribute(key, place)
        if found is not None:
            self._keys[0, key] = found
        return found

    def _as_time(self, pair: tuple[str, Value], place: Place) -> tuple[str, Value]:
        """Start and end are xsd:dateTime (the context says so)."""
        name, value = pair
        if name not in _ACTIVITY_TIME_IRIS or not isinstance(value, Literal):
            return pair
        self._check_time(value.lexical, place)
        datatype = XSD_DATETIME if value.datatype == XSD_STRING else value.datatype
        return name, value._replace(datatype=datatype)

    def _relation(self, kind: RelationType, item: Record, place: Place) -> None:
        members = self._members(item) if kind is MEMBER else None
        if members is None:
            self._state(kind, self._parts(kind, item, place), place)
        else:
            self._memberships(*members, item, place)

    def _memberships(self, key: str, members: list[Json], item: Record, place: Place) -> None:
        """One relation for each member of a list; what else is told is told of each."""
        if not members:
            wrong_type(self._findings, pointer(*place, key), members, "an entity, or several")
        rest = self._parts(MEMBER, {k: told for k, told in item.items() if k != key}, place)
        if len(members) * len(rest.attributes) > _MOST_TOLD:
            message = (
                f"{len(members)} members with {len(rest.attributes)} attributes each are more than "
                f"{_MOST_TOLD} in one statement"
            )
            self._findings.error("json-ld/members", pointer(*place, key), len(members), message)
            return
        if len(members) > 1 and rest.name is not None:
            message = "a name would make one of several memberships; it is left out"
            self._findings.info_once("json-ld/members-name", pointer(*place), rest.name, message)
            rest = rest._replace(name=None)
        for member in members:
            end = self._end(member, (*place, key), rest.ends[_MEMBER])
            self._state(MEMBER, rest._replace(ends=(rest.ends[0], end)), place)

    @staticmethod
    def _members(item: Record) -> tuple[str, list[Json]] | None:
        """The key and content of a list of members; PROV-DM's membership has one (5.6.2)."""
        for key, told in item.items():
            if _local(key) == "entity" and isinstance(told, list):
                return key, told
        return None

    def _parts(self, kind: RelationType, item: Record, place: Place) -> _Parts:
        ends: list[str | None] = [None] * len(kind.ends)
        time: str | None = None
        pairs: dict[tuple[str, Value], None] = {}
        known, number = self._keys, kind.number
        for key, told in item.items():
            if key in _KEYWORDS:
                continue
            slot = known.get((number, key))
            if slot is None:
                slot = self._relation_key(kind, key, place)
            if isinstance(slot, _Attribute):
                self._add(pairs, slot, told, (*place, key))
            elif slot == _TIME:
                time = self._time(told, (*place, key), time)
            elif slot is not None:
                ends[slot] = self._end(told, (*place, key), ends[slot])
        return _Parts(ends, time, self._name(item.get("@id"), place), tuple(pairs))

    def _state(self, kind: RelationType, told: _Parts, place: Place) -> None:
        ends, time, name, attributes = told
        self._statements.relation(
            kind, ends, place=place, name=name, time=time, attributes=attributes
        )

    def _name(self, told: Json, place: Place) -> str | None:
        if told is None:
            return None
        if isinstance(told, str):
            return self.iri(told, (*place, "@id"))
        wrong_type(self._findings, pointer(*place, "@id"), told, "the name of the statement")
        return None

    def _relation_key(self, kind: RelationType, key: str, place: Place) -> int | _Attribute | None:
        slot: int | _Attribute | None = _SLOTS[kind.number].get(_local(key))
        if slot is None:
            slot = self._attribute(key, place)
        if slot is not None:
            self._keys[kind.number, key] = slot
        return slot

    def _attribute(self, key: str, place: Place) -> _Attribute | None:
        """What a key means as an attribute; None, with a finding, for keywords of JSON-LD."""
        special = SPECIAL_TERMS.get(_local(key))
        if special is not None:
            return _Attribute(special.iri, special.names)
        if key.startswith("@"):
            message = "this keyword of JSON-LD has no meaning in a statement of PROV-JSONLD"
            self._findings.error("json-ld/keyword", pointer(*place, key), key, message)
            return None
        iri = self._values.attribute(key, (*place, key))
        return _Attribute(iri, iri in NAME_VALUED)

    def _add(
        self, pairs: dict[tuple[str, Value], None], meaning: _Attribute, told: Json, place: Place
    ) -> None:
        values = told if isinstance(told, list) else [told]
        for index, item in enumerate(values):
            where = (*place, index) if isinstance(told, list) else place
            value = self._values.value(item, where, names=meaning.names)
            if value is not None:
                pairs[meaning.iri, value] = None

    def _end(self, told: Json, place: Place, known: str | None) -> str | None:
        if known is not None:
            self._told_twice(told, place)
            return known
        if isinstance(told, str):
            return self.iri(told, place)
        value = self._values.value(told, place, names=True) if isinstance(told, dict) else None
        if isinstance(value, Iri):
            return value
        wrong_type(self._findings, pointer(*place), told, "one name")
        return None

    def _time(self, told: Json, place: Place, known: str | None) -> str | None:
        if known is not None:
            self._told_twice(told, place)
            return known
        value = None
        if isinstance(told, str | dict):
            value = self._values.value(told, place, names=False)
        if not isinstance(value, Literal) or value.datatype not in {XSD_STRING, XSD_DATETIME}:
            wrong_type(self._findings, pointer(*place), told, "one time")
            return None
        self._check_time(value.lexical, place)
        return value.lexical

    def _told_twice(self, told: Json, place: Place) -> None:
        message = "this formal argument is told twice, under two keys"
        self._findings.error("json-ld/told-twice", pointer(*place), shown(told), message)

    def _check_time(self, text: str, place: Place) -> None:
        self._findings.check_time(text, place)


def _local(key: str) -> str:
    """A key without the prefix that earlier documents, and our own extensions, put before it."""
    for prefix in ("prov:", "voprov:"):
        if key.startswith(prefix):
            return key[len(prefix) :] if prefix == "prov:" else _ivoa(key)
    return key


_IVOA_ENDS: Final = frozenset(
    end.name for kind in RELATIONS for end in kind.ends if end.namespace == VOPROV
)


def _ivoa(key: str) -> str:
    """The ends of IVOA relations are in its namespace; its attributes keep their keys."""
    local = key[len("voprov:") :]
    return local if local in _IVOA_ENDS else key


def read_graph(
    graph: Json, document: Document, findings: Findings, place: Place
) -> list[tuple[Record, Place]]:
    """Read the statements of the document; its bundles are returned, each with its place."""
    reader = Reader(document, document.prefixes, findings)
    bundles = _read_items(graph, reader, findings, place)
    reader.finish()
    return bundles


def _read_items(
    graph: Json, reader: Reader, findings: Findings, place: Place
) -> list[tuple[Record, Place]]:
    bundles: list[tuple[Record, Place]] = []
    if not isinstance(graph, list):
        wrong_type(findings, pointer(*place), graph, "a list of statements")
        return bundles
    for index, item in enumerate(graph):
        where = (*place, index)
        if not isinstance(item, dict):
            wrong_type(findings, pointer(*where), item, "a statement")
            continue
        kind_iri = reader.type_of(item, where)
        if kind_iri == BUNDLE_TYPE:
            bundles.append((item, where))
        elif kind_iri is not None:
            reader.statement(item, kind_iri, where)
    return bundles


def read_bundle(
    item: Record, declared: Mapping[str, str], document: Document, findings: Findings, place: Place
) -> None:
    """Read one bundle with the prefixes that it declares itself."""
    name = item.get("@id")
    if not isinstance(name, str):
        wrong_type(findings, pointer(*place, "@id"), name, "the name of the bundle")
        return
    scope = Prefixes(declared, parent=document.prefixes)
    iri = ValueReader(scope, findings).iri(name, (*place, "@id"))
    document.add_bundle(iri, declared)
    reader = Reader(document, scope, findings, iri)
    for key in sorted(item.keys() - _BUNDLE_KEYS):
        message = "a bundle of PROV-JSONLD has no such key"
        findings.error("json-ld/keyword", pointer(*place, key), key, message)
    inner = _read_items(item.get("@graph", []), reader, findings, (*place, "@graph"))
    reader.finish()
    for _, where in inner:
        message = "a bundle cannot hold bundles (PROV-DM 5.4.1)"
        findings.error("json-ld/nested-bundle", pointer(*where), name, message)
