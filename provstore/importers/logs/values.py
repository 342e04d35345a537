"""Values of a record of a log, taken with their type checked."""

from collections.abc import Collection, Iterator
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.logs.lines import LoggedRecord
from provstore.importers.metadata.parameters import compact
from provstore.importers.metadata.personal import without_personal
from provstore.importers.strict_json import Integer, Json, plain_literal, shown, type_name
from provstore.model.identifiers import PROVSTORE
from provstore.model.literals import XSD_DATETIME, Literal, Value

UNSAID: Final = frozenset({"session_tag"})
"""Told with every record of lstosa; it stands on the activity, whose name and run it is."""


class RecordValues:
    """What one record tells; None counts as not told.

    Parameters
    ----------
    record
        The record.
    findings
        Takes what is wrong; the rules begin with ``name``.
    name
        Of the importer.
    """

    def __init__(self, record: LoggedRecord, findings: Findings, name: str) -> None:
        self.told = record.told
        self.place = record.place
        self.findings = findings
        self._name = name

    def text(self, key: str) -> str | None:
        """A text; numbers and booleans are texts too, since identifiers may be any of them."""
        told = self.told.get(key)
        if told is None:
            return None
        if isinstance(told, dict | list):
            self.wrong_type(key, told, "a text")
            return None
        return shown(told) or None

    def literal(self, key: str) -> Literal | None:
        """A scalar in its form; a list or dictionary as compact JSON."""
        told = self.told.get(key)
        return None if told is None else as_literal(told)

    def time(self, key: str) -> Literal | None:
        """A time as written: it is the local time of the host, which no record names."""
        text = self.text(key)
        if text is None:
            return None
        self.findings.check_time(text, f"{self.place}, {key}")
        return Literal(text, XSD_DATETIME)

    def mapping(self, key: str) -> dict[str, Json]:
        """A dictionary, empty where there is none."""
        told = self.told.get(key)
        if isinstance(told, dict):
            return told
        if told is not None:
            self.wrong_type(key, told, "a dictionary")
        return {}

    def rest(self, known: Collection[str]) -> Iterator[tuple[str, Value]]:
        """What stands under other keys, under names of our own; nothing of persons and hosts."""
        for key, told in self.told.items():
            if told is None or key in known or key in UNSAID:
                continue
            rule = f"{self._name}/personal"
            for kept in without_personal({key: told}, self.place, self.findings, rule).values():
                yield PROVSTORE + key, as_literal(kept)

    def id_as_key(self, known: Collection[str]) -> str | None:
        """The key that is no word of the format and equal to its value, if there is one."""
        for key, told in self.told.items():
            if key not in known and isinstance(told, str | Integer) and shown(told) == key:
                return key
        return None

    def wrong_type(self, key: str, told: Json, expected: str) -> None:
        """Note that what stands under a key is not what the format has there."""
        message = f"expected {expected}, found {type_name(told)}"
        self.findings.error(
            f"{self._name}/wrong-type", f"{self.place}, {key}", shown(told), message
        )

    def warning(self, rule: str, value: object, message: str) -> None:
        """Note what is stored although it is probably wrong."""
        self.findings.warning(f"{self._name}/{rule}", self.place, value, message)


def as_literal(told: Json) -> Literal:
    """A scalar in its form, anything else as compact JSON."""
    if told is None or isinstance(told, dict | list):
        return Literal(compact(told))
    return plain_literal(told)
