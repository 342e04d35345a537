"""The records of a log whose lines hold Python dictionaries.

``<anything>__PROV__<time>__PROV__{...}`` is what lstosa and the prototypes of gammapy write,
``<anything>_PROV_<time>_PROV_{...}`` what logprov does; the processed log of lstosa has the bare
dictionaries. Other lines of the log stand between.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from provstore.importers.base import Findings
from provstore.importers.logs.literal import (
    IncompleteLiteralError,
    LiteralError,
    read_literal,
)
from provstore.importers.strict_json import Json, shown

MOST_CHARACTERS: Final = 2_000_000
"""Of one record. A session with all packages has 22,000."""
_MOST_LINES: Final = 200
"""Over which a record is sought where it does not end on its own."""
_TIME: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.,+Z-]{1,40}"
# The first mark of a line is taken whole: the shorter one stands in the longer.
MARKED: Final = re.compile(rf"(__PROV__|_PROV_){_TIME}\1")
BARE: Final = re.compile(r"^(?=\{)", re.MULTILINE)


class LoggedRecord(NamedTuple):
    """One dictionary of the log."""

    told: dict[str, Json]
    start: int
    """Index of the first character of its line."""
    end: int
    """Index behind the dictionary."""
    line: int
    """From 1."""

    @property
    def place(self) -> str:
        """For findings."""
        return f"line {self.line}"


class PythonLogLines:
    """Walks over the records of a log.

    Parameters
    ----------
    text
        The log.
    findings
        Takes what is noticed; the rules begin with ``name``.
    name
        Of the importer.
    """

    def __init__(self, text: str, findings: Findings, name: str) -> None:
        self._text = text
        self._findings = findings
        self._name = name
        self._start = MARKED if MARKED.search(text) else BARE
        self._line = 1
        self._counted = 0
        self._others = 0

    def records(self) -> Iterator[LoggedRecord]:
        """Each record, in order; at the end the other lines are counted in a finding."""
        index, done = 0, 0  # where to go on; the end of the last line with a record
        while (begin := self._start.search(self._text, index)) is not None:
            line_start = max(self._text.rfind("\n", 0, begin.start()) + 1, index)
            self._count_others(done, line_start)
            value, stop = self._value(begin.end(), self._line_at(begin.start()))
            if isinstance(value, dict):
                yield LoggedRecord(value, line_start, stop, self._line)
            index = max(stop, begin.end() + 1)
            done = self._line_end(index)
        self._count_others(done, len(self._text))
        if self._line == 1 and not done:
            message = "no line of the log holds a record"
            self._findings.error(f"{self._name}/no-record", "", self._text[:100], message)
        if self._others:
            message = "lines that hold no record of provenance are passed over"
            self._findings.info(f"{self._name}/other-lines", "", self._others, message)

    def _value(self, start: int, line: int) -> tuple[Json, int]:
        """The value at ``start`` and where to go on; None, with a finding, if it is not taken."""
        end = self._line_end(start)
        if end - start > MOST_CHARACTERS:
            message = f"a record has at most {MOST_CHARACTERS} characters"
            self._error("record-too-long", line, self._text[start : start + 100], message)
            return None, end
        try:
            value, stop = read_literal(self._text, start, end)
        except IncompleteLiteralError:
            return self._over_lines(start, end, line)
        except LiteralError as error:
            return self._cut_by_another(start, end, line, error)
        return self._checked(value, stop, line)

    def _checked(self, value: Json, stop: int, line: int) -> tuple[Json, int]:
        """The value, if it is a dictionary and nothing follows it on its line."""
        end = self._line_end(stop)
        rest = self._text[stop:end]
        if rest.strip():
            message = "the line goes on after the record"
            self._error("not-a-literal", line, rest, message)
            return None, end
        if not isinstance(value, dict):
            self._error("not-a-literal", line, shown(value), "a record must be a dictionary")
            return None, end
        return value, stop

    def _over_lines(self, start: int, end: int, line: int) -> tuple[Json, int]:
        """A record that its line does not end: it goes on below, or it is cut off."""
        another = self._another(start, end)
        if another is not None:
            return self._truncated(start, another, line)
        limit = self._block_end(end)
        try:
            value, stop = read_literal(self._text, start, limit)
        except (IncompleteLiteralError, LiteralError):
            return self._truncated(start, end, line)
        if not isinstance(value, dict) or self._text[stop : self._line_end(stop)].strip():
            return self._truncated(start, end, line)
        message = "the record goes over several lines; it is read as one"
        self._findings.warning(
            f"{self._name}/record-over-lines", f"line {line}", self._text[start:end], message
        )
        return value, stop

    def _cut_by_another(
        self, start: int, end: int, line: int, error: LiteralError
    ) -> tuple[Json, int]:
        """What is no literal, unless it was cut off where another process wrote its record."""
        another = self._another(start, end)
        if another is not None:
            return self._truncated(start, another, line)
        near = self._text[error.index : min(error.index + 60, end)]
        self._error(error.rule, line, near, error.message)
        return None, end

    def _another(self, start: int, end: int) -> int | None:
        """Where the record of another process begins on the same line."""
        found = MARKED.search(self._text, start, end) if self._start is MARKED else None
        return None if found is None else found.start()

    def _truncated(self, start: int, end: int, line: int) -> tuple[Json, int]:
        message = "the record is cut off; it is not taken"
        told = self._text[start:end]
        self._findings.warning(f"{self._name}/truncated-record", f"line {line}", told, message)
        return None, end

    def _block_end(self, end: int) -> int:
        """Where the lines end that belong to no other record."""
        following = self._start.search(self._text, end)
        limit = len(self._text) if following is None else following.start()
        limit = min(limit, end + MOST_CHARACTERS)
        index = end
        for _ in range(_MOST_LINES):
            found = self._text.find("\n", index + 1, limit)
            if found < 0:
                return limit
            index = found
        return index

    def _error(self, rule: str, line: int, value: str, message: str) -> None:
        self._findings.error(f"{self._name}/{rule}", f"line {line}", value[:200], message)

    def _line_end(self, index: int) -> int:
        found = self._text.find("\n", index)
        return len(self._text) if found < 0 else found

    def _line_at(self, index: int) -> int:
        self._line += self._text.count("\n", self._counted, index)
        self._counted = index
        return self._line

    def _count_others(self, start: int, end: int) -> None:
        if start < end:
            self._others += sum(1 for line in self._text[start:end].split("\n") if line.strip())
