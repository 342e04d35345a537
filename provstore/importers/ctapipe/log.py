"""The container of ctapipe's provenance log, and access to what its objects tell.

A log is JSON arrays one after the other, since each run of a tool appends one; between them stands
nothing, or white space.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from provstore.importers.base import Findings
from provstore.importers.metadata.reference import utc_time
from provstore.importers.strict_json import (
    Integer,
    Json,
    JsonText,
    Real,
    plain_literal,
    pointer,
    wrong_type,
)
from provstore.model.literals import Literal


class ByteOffsets:
    """Turns offsets into the text into offsets into its UTF-8, for ever larger ones.

    ``first`` is the offset of the text itself, behind a byte order mark.
    """

    def __init__(self, text: str, first: int) -> None:
        self._text = text
        self._index = 0
        self._offset = first

    def of(self, index: int) -> int:
        """The offset into the bytes; ``index`` is not less than the one asked before."""
        self._offset += len(self._text[self._index : index].encode())
        self._index = index
        return self._offset


class LogValue(NamedTuple):
    """A value of the log and where it stands in the text."""

    value: Json
    start: int
    end: int
    place: str
    """JSON pointer, as if all arrays of the log were one."""


class LogScan:
    """Walks over the arrays and values of a log, until the text is no longer JSON."""

    def __init__(self, log: JsonText) -> None:
        self._log = log
        self._index = 0
        self._count = 0
        self._broken = False

    def values(self) -> Iterator[LogValue]:
        """Each value, in order."""
        while not self._broken and self._log.skip_white(self._index) < len(self._log.text):
            if self._take("["):
                yield from self._array()
            else:
                yield from self._value()

    def _array(self) -> Iterator[LogValue]:
        if self._take("]"):
            return
        yield from self._value()
        while self._take(","):
            yield from self._value()
        if not self._broken and not self._take("]"):
            self._broken = True
            self._log.syntax_error(self._index, "expected ',' or ']' in the array of activities")

    def _value(self) -> Iterator[LogValue]:
        start = self._log.skip_white(self._index)
        place = pointer(self._count)
        read = self._log.value_at(start, place)
        if read is None:
            self._broken = True
            return
        value, self._index = read
        self._count += 1
        yield LogValue(value, start, self._index, place)

    def _take(self, mark: str) -> bool:
        """Step over the mark, if it comes next."""
        if self._broken:
            return False
        self._index = self._log.skip_white(self._index)
        found = self._log.text.startswith(mark, self._index)
        self._index += found
        return found


class Told:
    """A JSON object of the log, from which values are taken with their type checked.

    What is null counts as not told: so ctapipe writes what it does not know.
    """

    def __init__(self, content: Json, place: str, findings: Findings) -> None:
        self.place = place
        self.findings = findings
        self.content: Mapping[str, Json] = {}
        if isinstance(content, dict):
            self.content = content
        elif content is not None:
            wrong_type(findings, place, content, "an object")

    def text(self, key: str) -> str | None:
        """A string."""
        told = self.content.get(key)
        if told is None or isinstance(told, str):
            return told
        wrong_type(self.findings, self.place + pointer(key), told, "a string")
        return None

    def number(self, key: str) -> Literal | None:
        """A number, in its lexical form."""
        told = self.content.get(key)
        if isinstance(told, Integer | Real):
            return plain_literal(told)
        if told is not None:
            wrong_type(self.findings, self.place + pointer(key), told, "a number")
        return None

    def time(self, key: str) -> Literal | None:
        """A time, which ctapipe means in UTC."""
        text = self.text(key)
        if text is None:
            return None
        self.findings.check_time(text, self.place + pointer(key))
        return utc_time(text)

    def inner(self, key: str) -> "Told":
        """An object, empty where there is none."""
        return Told(self.content.get(key), self.place + pointer(key), self.findings)

    def files(self, key: str) -> Iterator["Told"]:
        """The files of a list; in March 2017 each was only its path."""
        told, place = self.content.get(key), self.place + pointer(key)
        if not isinstance(told, list):
            if told is not None:
                wrong_type(self.findings, place, told, "a list of files")
            return
        for index, item in enumerate(told):
            content: Json = {"url": item} if isinstance(item, str) else item
            yield Told(content, place + pointer(index), self.findings)
