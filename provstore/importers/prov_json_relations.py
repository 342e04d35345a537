"""The relations of one document or bundle of PROV-JSON.

A record of a relation mixes formal arguments and attributes; which keys are formal is taken from
the vocabulary.
"""

from collections.abc import Iterator
from typing import Final

from provstore.importers.prov_json_scope import Record, Scope
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, shown
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.vocabulary import (
    MEMBER,
    RELATIONS,
    RelationType,
)

_TIME: Final = -1
"""The slot of the time, beside those of the ends."""
_MEMBER: Final = 1
"""The slot of the member in a membership."""
_TIME_TYPES: Final = frozenset({XSD_DATETIME, XSD_STRING})


def _slots(kind: RelationType) -> dict[str, int]:
    """Where each formal argument goes; ``voprov`` and ``prov`` are met in each other's place."""
    slots = {space + end.name: i for i, end in enumerate(kind.ends) for space in (PROV, VOPROV)}
    return {**slots, PROV + "time": _TIME, VOPROV + "time": _TIME} if kind.has_time else slots


_SLOTS: Final = {kind.number: _slots(kind) for kind in RELATIONS}


class RelationReader:
    """Reads the sections of relations of one scope into a document."""

    def __init__(self, statements: Statements, scope: Scope) -> None:
        self._statements = statements
        self._scope = scope
        self._slots: dict[str, int | str] = {}
        """Keys of the section to the slot of an end, or to the IRI of an attribute."""

    def read(self, kind: RelationType, section: Json) -> None:
        """Read one section."""
        self._slots = {}
        records = self._scope.records(section)
        for name, record in self._memberships(records) if kind is MEMBER else records:
            self._relation(kind, name if name.startswith("_:") else self._scope.iri(name), record)

    def _memberships(self, records: Iterator[tuple[str, Record]]) -> Iterator[tuple[str, Record]]:
        """One record for each member: ``hadMember`` is binary, and PROV-JSON lets it list several.

        Their common name goes, for it would make them one; PROV-DM 5.6.2 gives memberships none.
        """
        for name, record in records:
            lists = [
                (key, value)
                for key, value in record.items()
                if isinstance(value, list) and self._slot(MEMBER, key) == _MEMBER
            ]
            if not lists:
                yield name, record
            for key, members in lists[:1]:
                if not members:
                    self._scope.wrong_type(members, "an entity, or a list of entities", key)
                for member in members:
                    yield ("_:" if len(members) > 1 else name), {**record, key: member}

    def _relation(self, kind: RelationType, name: str, record: Record) -> None:
        """Sort what a record tells into ends, time and attributes."""
        ends: list[str | None] = [None] * len(kind.ends)
        time: str | None = None
        pairs: dict[tuple[str, Value], None] = {}
        slots, known, texts = self._slots, self._scope.iris, self._scope.texts
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
                ends[slot] = known.get(told) or self._scope.iri(told, key)
            else:
                ends[slot] = self._unusual_end(ends[slot], told, key)
        self._statements.relation(
            kind,
            ends,
            name=name,
            time=time,
            attributes=tuple(pairs),
            place=self._scope.place.of_record(),
        )

    def _slot(self, kind: RelationType, key: str) -> int | str:
        name = self._scope.attribute(key)
        slot = _SLOTS[kind.number].get(name, name)
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
