"""Logs of Python dictionaries, whoever wrote them: a part for each activity that stands alone.

A log only grows. Its parts are ranges of it, each understood by itself, so that a log that grew
shares its parts with what it was. No part takes the place of another: an identifier has six random
hex digits, of which a night draws enough for two to be equal, and what a log says of an activity is
never taken back by what it says later.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text
from provstore.importers.ctapipe.log import ByteOffsets
from provstore.importers.logs.lines import LoggedRecord, PythonLogLines
from provstore.importers.logs.parts import OwnedRecord, owned, parted
from provstore.importers.logs.statements import Dialect, LogStatements
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, Prefixes

_HOST: Final = "system"
"""Packages, environment, user and host of a session: nothing of it is taken or held."""


def read_python_log(data: bytes, findings: Findings, dialect: Dialect) -> list[Part]:
    """The parts of a log, in order."""
    text = decode_text(data, findings)
    if text is None:
        return []
    records = owned(list(_records(text, findings, dialect)))
    _note_open(records, findings, dialect)
    offset = ByteOffsets(text, len(data) - len(text.encode()))
    noted: set[str] = set()
    parts = []
    for part in parted(records):
        document = Document(Prefixes(OWN_PREFIXES))
        LogStatements(document, findings, dialect, noted).add(part)
        _note_turns(part, findings, dialect)
        start, end = part[0].record.start, part[-1].record.end
        parts.append(Part(document, offset.of(start), offset.of(end)))
    return parts


def _records(text: str, findings: Findings, dialect: Dialect) -> Iterator[LoggedRecord]:
    for record in PythonLogLines(text, findings, dialect.name).records():
        record.told.pop(_HOST, None)
        yield record


def _note_open(records: Sequence[OwnedRecord], findings: Findings, dialect: Dialect) -> None:
    """Say which activities begin and do not end."""
    started: dict[str | None, str] = {}
    for record, activity in records:
        if "activity_id" in record.told and "startTime" in record.told:
            started.setdefault(activity, record.place)
        if "endTime" in record.told:
            started.pop(activity, None)
    for activity, place in started.items():
        message = "no end of the activity is told: it runs, it failed, or the log is cut off"
        findings.warning(f"{dialect.name}/no-end", place, activity, message)


def _note_turns(part: Sequence[OwnedRecord], findings: Findings, dialect: Dialect) -> None:
    activities = dict.fromkeys(activity for _, activity in part if activity is not None)
    if len(activities) > 1:
        message = "records of these activities stand in turns; they are one part"
        place = part[0].record.place
        findings.info(f"{dialect.name}/in-turns", place, ", ".join(activities), message)
