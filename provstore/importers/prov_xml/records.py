"""The records of one document or bundle of PROV-XML."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.element_sections import ElementSection
from provstore.importers.prov_xml.kinds import (
    SLOTS,
    TIME,
    RecordKind,
    RelationKind,
    record_kind,
)
from provstore.importers.prov_xml.names import Declared, Names
from provstore.importers.prov_xml.values import XSI_TYPE, ValueReader, is_named
from provstore.importers.statements import Statements
from provstore.importers.strict_xml import local_name, place_of, xml_attributes
from provstore.model.identifiers import PROVSTORE, Iri
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.times import is_time
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED_FROM,
    MEMBER,
    PROV_END_TIME,
    PROV_PAIR_KEY,
    PROV_START_TIME,
    PROV_TYPE,
    Kind,
    RelationType,
)

_TIMES: Final = frozenset({PROV_START_TIME, PROV_END_TIME})
_DETAILS: Final = f"{{{PROVSTORE}}}details"
_ESCAPED: Final = f"{{{PROVSTORE}}}escaped"
_MEMBER: Final = 1
"""The slot of the member in a membership."""

Pair = tuple[Sequence[Value], str | None]
"""The key of a pair (keys, where several are told), and its entity."""


class Source(NamedTuple):
    """What the scopes of a document share."""

    values: ValueReader
    findings: Findings
    declared: Declared
    reference: str
    """The attribute that references are in, in Clark notation."""


class _Told:
    """What a record tells, while it is read."""

    __slots__ = ("ends", "members", "name", "pairs", "sets", "time")

    def __init__(self, count: int) -> None:
        self.name: str | None = None
        self.ends: list[str | None] = [None] * count
        self.time: str | None = None
        self.pairs: dict[tuple[str, Value], None] = {}
        self.members: list[str] = []
        """The second and further members that one ``hadMember`` tells."""
        self.sets: list[Pair] = []


class RecordReader:
    """Reads the records of one scope.

    Parameters
    ----------
    statements
        Takes what is told.
    source
        The document.
    names
        Of the document or bundle.
    """

    def __init__(self, statements: Statements, source: Source, names: Names) -> None:
        self._statements = statements
        self._values = source.values
        self._findings = source.findings
        self._declared = source.declared
        self._reference_key = source.reference
        self._scope = names
        self._names = names
        self._kinds: dict[str, RecordKind | None] = {}

    def read(self, record: etree._Element) -> bool:
        """Read one record; False where it is none."""
        tag = record.tag
        kind = self._kinds.get(tag)
        if kind is None:
            kind = self._kinds[tag] = record_kind(tag)
            if kind is None:
                return False
        self._names = self._names_of(record, self._scope)
        self._values.is_escaped = False
        told = _Told(0 if isinstance(kind, ElementSection) else len(kind.type.ends))
        self._read_tag(record, told)
        if isinstance(kind, ElementSection):
            self._element(record, kind, told)
        else:
            self._relation(record, kind, told)
        return True

    def _names_of(self, element: etree._Element, outer: Names) -> Names:
        declared = self._declared.get(element) if self._declared else None
        return outer if declared is None else outer.inside(declared)

    def _read_tag(self, record: etree._Element, told: _Told) -> None:
        """The identifier and what else stands in the tag of a record."""
        for key, value in xml_attributes(record):
            if is_named(key, "id"):
                told.name = self._names.known.get(value) or self._names.iri(value, record)
            elif key == XSI_TYPE:
                told.pairs[PROV_TYPE, Iri(self._names.iri(value, record))] = None
            elif key == _ESCAPED:
                self._values.is_escaped = True
            else:
                pair = self._values.attribute(record, key, value)
                if pair is not None:
                    told.pairs[pair] = None
        text = record.text
        if text is not None and not text.isspace():
            message = "text in a record has no meaning in PROV and is left out"
            self._findings.warning("prov-xml/text", place_of(record), text.strip(), message)

    def _element(self, record: etree._Element, section: ElementSection, told: _Told) -> None:
        place = place_of(record)
        if told.name is None:
            message = "what is described has no identifier (PROV-DM 5.1.1)"
            self._findings.error("prov-xml/no-identifier", place, local_name(record), message)
            return
        has_times = section.kind is Kind.ACTIVITY
        for child in record:
            self._attribute(child, told.pairs, has_times=has_times)
        self._statements.element(section, told.name, tuple(told.pairs), place=place)

    def _attribute(
        self,
        child: etree._Element,
        pairs: dict[tuple[str, Value], None],
        *,
        has_times: bool = False,
    ) -> None:
        tag = child.tag
        name = self._values.tags.get(tag) or self._values.name(tag, child)
        names = self._names_of(child, self._names)
        if has_times and name in _TIMES:
            value = self._values.value(child, names, XSD_DATETIME)
            if isinstance(value, Literal):
                self._check_time(value.lexical, child)
        else:
            value = self._values.value(child, names)
        pairs[name, value] = None

    def _relation(self, record: etree._Element, kind: RelationKind, told: _Told) -> None:
        slots, tags = SLOTS[kind.type.number], self._values.tags
        details = details_of(record.getnext())
        if details is not None and _ESCAPED in details.attrib:
            self._values.is_escaped = True  # the key in the record, too
        for child in record:
            tag = child.tag
            slot = slots.get(tags.get(tag) or self._values.name(tag, child))
            if slot is None:
                self._attribute(child, told.pairs)
            elif isinstance(slot, str):
                told.pairs[slot, self._values.value(child, self._names_of(child, self._names))] = (
                    None
                )
            elif slot >= 0:
                self._end(child, slot, kind.type, told)
            elif slot == TIME:
                self._time(child, told)
            else:
                told.sets.append(self._pair(child))
        if details is not None:
            self._read_details(details, told)
        marker = dict.fromkeys(kind.marker)
        self._state(kind.type, told, (*marker, *(p for p in told.pairs if p not in marker)), record)

    def _state(
        self, kind: RelationType, told: _Told, attributes: Attributes, record: etree._Element
    ) -> None:
        """State the relations that a record tells: one, or one for each member or pair."""
        place = place_of(record)
        # a common name would make them one, and PROV-DM 5.6.2 gives memberships none
        is_common = bool(told.members) or (kind is DICTIONARY_MEMBER and len(told.sets) > 1)
        name = None if is_common else told.name

        def relation(ends: Sequence[str | None], pairs: Attributes) -> None:
            self._statements.relation(
                kind, ends, name=name, time=told.time, attributes=pairs, place=place
            )

        if kind is DICTIONARY_MEMBER and told.sets:
            for keys, entity in told.sets:
                of_pair = tuple((PROV_PAIR_KEY, key) for key in keys)
                relation((told.ends[0], entity), (*of_pair, *attributes))
            return
        relation(told.ends, attributes)
        for member in told.members:
            relation((told.ends[0], member), attributes)
        self._inserted(told, place)

    def _inserted(self, told: _Told, place: str) -> None:
        """The memberships that an insertion tells (PROV-DICTIONARY, 3.2)."""
        if not told.sets:
            return
        new, old = told.ends[0], told.ends[1]
        origin: Attributes = NO_ATTRIBUTES if old is None else ((INSERTED_FROM, Iri(old)),)
        for keys, entity in told.sets:
            attributes = (*((PROV_PAIR_KEY, key) for key in keys), *origin)
            ends = (new, entity)
            self._statements.relation(DICTIONARY_MEMBER, ends, attributes=attributes, place=place)

    def _end(self, child: etree._Element, slot: int, kind: RelationType, told: _Told) -> None:
        for iri in self._references(child):
            if told.ends[slot] is None:
                told.ends[slot] = iri
            elif kind is MEMBER and slot == _MEMBER:
                told.members.append(iri)
            else:
                self._told_twice(child, iri)

    def _references(self, child: etree._Element) -> Sequence[str]:
        names = self._names_of(child, self._names)
        told = xml_attributes(child)
        if len(told) == 1 and told[0][0] == self._reference_key:
            name = told[0][1]
            return (names.known.get(name) or names.iri(name, child),)
        return list(self._unusual_references(child, names))

    def _unusual_references(self, child: etree._Element, names: Names) -> Iterator[str]:
        """References that stand in an element within (ProvToolbox 2), or in the text."""
        place, found = place_of(child), False
        for key, value in xml_attributes(child):
            if is_named(key, "ref"):
                found = True
                yield names.iri(value, child)
            else:
                message = f"the attribute {key[:200]} of a reference has no meaning in PROV"
                self._findings.warning("prov-xml/value-attribute", place, value, message)
        if found:
            return
        text = (child.text or "").strip()
        if len(child):
            for inner in child:
                yield from self._references(inner)
        elif text:
            message = "the reference stands in the text instead of in prov:ref"
            self._findings.warning("prov-xml/reference-as-text", place, text, message)
            yield names.iri(text, child)
        else:
            message = "the reference has no prov:ref; the end is read as missing"
            self._findings.warning("prov-xml/no-reference", place, local_name(child), message)

    def _time(self, child: etree._Element, told: _Told) -> None:
        value = self._values.value(child, self._names_of(child, self._names), XSD_DATETIME)
        if told.time is not None:
            self._told_twice(child, told.time)
        elif isinstance(value, Literal) and value.datatype in {XSD_DATETIME, XSD_STRING}:
            told.time = value.lexical
            self._check_time(value.lexical, child)
        else:
            message = "a time is a constant of type xsd:dateTime (PROV-DM 5.1.3)"
            self._findings.error("prov-xml/wrong-type", place_of(child), value, message)

    def _pair(self, element: etree._Element) -> Pair:
        """A ``keyEntityPair``: a key and an entity."""
        keys: list[Value] = []
        entity: str | None = None
        names = self._names_of(element, self._names)
        for child in element:
            name = local_name(child)
            if name == "key":
                keys.append(self._values.value(child, self._names_of(child, names)))
            elif name == "entity" and entity is None:
                entity = next(iter(self._references(child)), None)
            else:
                message = "a pair has a key and an entity (PROV-DICTIONARY, 5)"
                self._findings.error("prov-xml/pair", place_of(child), name, message)
        return keys, entity

    def _read_details(self, details: etree._Element, told: _Told) -> None:
        """What provstore tells of a record behind it, where the schema has no place in it."""
        outer = self._names
        self._names = self._names_of(details, outer)
        self._read_tag(details, told)
        for child in details:
            self._attribute(child, told.pairs)
        self._names = outer

    def _check_time(self, text: str, element: etree._Element) -> None:
        """Note a time that cannot be read."""
        if not is_time(text):  # finding the place of an element takes longer
            self._findings.check_time(text, place_of(element))

    def _told_twice(self, child: etree._Element, value: str) -> None:
        message = "this formal argument is told twice"
        self._findings.error("prov-xml/told-twice", place_of(child), value, message)


def details_of(element: etree._Element | None) -> etree._Element | None:
    """What a ``prov:other`` tells of the record before it; None where it is something else."""
    if element is None or not str(element.tag).endswith("}other") or not len(element):
        return None
    return element[0] if element[0].tag == _DETAILS else None
