"""The relations of one document or bundle of PROV-JSON.

A record of a relation mixes formal arguments and attributes; which keys are formal is taken from
the vocabulary.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from provstore.importers.prov_json.draft import Draft
from provstore.importers.prov_json.pairs import pairs_of
from provstore.importers.prov_json.scope import Record, Scope
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, shown
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    MEMBER,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    RELATIONS,
    REMOVED,
    RelationType,
)

_TIME: Final = -1
"""The slot of the time, beside those of the ends."""
_PAIRS: Final = -2
"""The slot of the pairs that are in a dictionary, or inserted into it."""
_MEMBER: Final = 1
"""The slot of the member in a membership."""
_TIME_TYPES: Final = frozenset({XSD_DATETIME, XSD_STRING})


_CHANGE: Final = {PROV + "after": 0, PROV + "before": 1}
_DICTIONARY_SLOTS: Final[Mapping[int, Mapping[str, int | str]]] = {
    DICTIONARY_MEMBER.number: {PROV + "key": PROV_PAIR_KEY, PROV + "key-entity-set": _PAIRS},
    INSERTED.number: {**_CHANGE, PROV + "key-entity-set": _PAIRS},
    REMOVED.number: {**_CHANGE, PROV + "key-set": PROV_REMOVED_KEY},
}
"""Keys of dictionaries; the last is an attribute with a value for each key."""


def _slots(kind: RelationType) -> dict[str, int | str]:
    """Where each formal argument goes; ``voprov`` and ``prov`` are met in each other's place."""
    slots: dict[str, int | str] = {
        space + end.name: i for i, end in enumerate(kind.ends) for space in (PROV, VOPROV)
    }
    slots.update(_DICTIONARY_SLOTS.get(kind.number, {}))
    return {**slots, PROV + "time": _TIME, VOPROV + "time": _TIME} if kind.has_time else slots


_SLOTS: Final = {kind.number: _slots(kind) for kind in RELATIONS}


class _Told(NamedTuple):
    """What a record tells."""

    ends: list[str | None]
    time: str | None
    attributes: Attributes


class RelationReader:
    """Reads the sections of relations of one scope into a document."""

    def __init__(self, statements: Statements, scope: Scope, draft: Draft | None = None) -> None:
        self._statements = statements
        self._scope = scope
        self._draft = draft
        self._slots: dict[str, int | str] = {}
        """Keys of the section to the slot of an end, or to the IRI of an attribute."""

    def read(self, kind: RelationType, section: Json) -> None:
        """Read one section."""
        self._slots = {}
        records = self._scope.records(section)
        if self._draft is not None:
            records = self._of_draft(self._draft, kind, records)
        for name, record in records:
            iri = name if name.startswith("_:") else self._scope.iri(name)
            if kind.number in _DICTIONARY_SLOTS:
                self._of_dictionary(kind, iri, record)
            elif kind is MEMBER:
                self._membership(iri, record)
            else:
                self._state(kind, iri, self._told(kind, record))

    @staticmethod
    def _of_draft(
        draft: Draft, kind: RelationType, records: Iterator[tuple[str, Record]]
    ) -> Iterator[tuple[str, Record]]:
        """Records of the draft of 2017, where ``_`` stands for a relation without a name."""
        for name, record in records:
            yield "_:" if name == "_" else name, draft.relation(kind, record)

    def _of_dictionary(self, kind: RelationType, name: str, record: Record) -> None:
        """A relation of dictionaries; its set of pairs is a membership for each of them."""
        sets = [key for key in record if self._slot(kind, key) == _PAIRS]
        rest = {key: told for key, told in record.items() if key not in sets}
        pairs = [pair for key in sets for pair in pairs_of(record[key], key, self._scope)]
        told = self._told(kind, rest)
        if kind is DICTIONARY_MEMBER and pairs:
            if told.ends[_MEMBER] is not None:
                self._told_twice(told.ends[_MEMBER], sets[0])
            self._members_of_dictionary(name if len(pairs) == 1 else "_:", told, pairs)
            return
        self._state(kind, name, told)
        self._inserted(told.ends, pairs)

    def _members_of_dictionary(
        self, name: str, told: _Told, pairs: Sequence[tuple[Value, str]]
    ) -> None:
        for key, entity in pairs:
            attributes = tuple(dict.fromkeys(((PROV_PAIR_KEY, key), *told.attributes)))
            of_pair = _Told([told.ends[0], entity], told.time, attributes)
            self._state(DICTIONARY_MEMBER, name, of_pair)

    def _inserted(self, ends: Sequence[str | None], pairs: Sequence[tuple[Value, str]]) -> None:
        """The memberships that an insertion tells (PROV-DICTIONARY, 3.2)."""
        new, old = ends[0], ends[1]
        origin = () if old is None else ((INSERTED_FROM, Iri(old)),)
        place = self._scope.place.of_record()
        for key, entity in pairs:
            told = ((PROV_PAIR_KEY, key), *origin)
            self._statements.relation(
                DICTIONARY_MEMBER, (new, entity), attributes=told, place=place
            )

    def _membership(self, name: str, record: Record) -> None:
        """One relation for each member: ``hadMember`` is binary, PROV-JSON lets it list several.

        Their common name goes, for it would make them one; PROV-DM 5.6.2 gives memberships none.
        What else the record tells is read once, and shared.
        """
        key = next((k for k, v in record.items() if isinstance(v, list) and self._is_member(k)), "")
        if not key:
            self._state(MEMBER, name, self._told(MEMBER, record))
            return
        members = record[key]
        told = self._told(MEMBER, {k: v for k, v in record.items() if k != key})
        if not isinstance(members, list) or not members:
            self._scope.wrong_type(members, "an entity, or a list of entities", key)
            return
        for member in members:
            ends = [told.ends[0], self._unusual_end(told.ends[_MEMBER], member, key)]
            self._state(MEMBER, "_:" if len(members) > 1 else name, told._replace(ends=ends))

    def _is_member(self, key: str) -> bool:
        return self._slot(MEMBER, key) == _MEMBER

    def _state(self, kind: RelationType, name: str, told: _Told) -> None:
        self._statements.relation(
            kind,
            told.ends,
            name=name,
            time=told.time,
            attributes=told.attributes,
            place=self._scope.place.of_record(),
        )

    def _told(self, kind: RelationType, record: Record) -> _Told:
        """Sort what a record tells into ends, time and attributes."""
        ends: list[str | None] = [None] * len(kind.ends)
        time: str | None = None
        pairs: dict[tuple[str, Value], None] = {}
        slots, iris, texts = self._slots, self._scope.iris, self._scope.texts
        for key, told in record.items():
            slot = slots.get(key)
            if slot is None:
                slot = self._slot(kind, key)
            if isinstance(slot, str):
                if isinstance(told, str):
                    pairs[slot, texts.get(told) or self._scope.text(told)] = None
                else:
                    self._scope.add_values(pairs, slot, key, told)
            elif slot == _TIME:
                time = self._time(time, told, key)
            elif isinstance(told, str) and ends[slot] is None:
                ends[slot] = iris.get(told) or self._scope.iri(told, key)
            else:
                ends[slot] = self._unusual_end(ends[slot], told, key)
        return _Told(ends, time, tuple(pairs))

    def _slot(self, kind: RelationType, key: str) -> int | str:
        name = self._scope.attribute(key)
        slot = name if self._scope.is_quoted(key) else _SLOTS[kind.number].get(name, name)
        if key in self._scope.iris:  # one that has no meaning is to be found at each of its places
            self._slots[key] = slot
        return slot

    def _unusual_end(self, known: str | None, told: Json, key: str) -> str | None:
        """An end that is not simply a name told once."""
        value = self._only(told)
        if known is not None:
            self._told_twice(value, key)
            return known
        if isinstance(value, str):
            return self._scope.iri(value, key)
        if isinstance(value, dict):
            named = self._scope.value(value, key)
            if named is None or isinstance(named, Iri):
                return named
        self._scope.wrong_type(value, "one name", key)
        return None

    def _time(self, known: str | None, told: Json, key: str) -> str | None:
        """A time as text, from a string or a value object of type xsd:dateTime."""
        value = self._only(told)
        if known is not None:
            self._told_twice(value, key)
            return known
        time = self._scope.value(value, key) if isinstance(value, dict) else None
        text = value if isinstance(value, str) else None
        if isinstance(time, Literal) and time.datatype in _TIME_TYPES:
            text = time.lexical
        if text is None:
            self._scope.wrong_type(value, "one time", key)
        else:
            self._scope.check_time(text, key)
        return text

    @staticmethod
    def _only(told: Json) -> Json:
        """What stands in a list of one: the same as without the list."""
        return told[0] if isinstance(told, list) and len(told) == 1 else told

    def _told_twice(self, told: Json, key: str) -> None:
        message = "this formal argument is told twice, under two keys"
        place = self._scope.place.pointer(key)
        self._scope.findings.error("prov-json/told-twice", place, shown(told), message)
