"""Which records of a log belong together: those of one activity.

A record of an activity names it. A record that names none (an entity, a derivation, a session)
belongs to the activity of the next record that does: the writers tell an entity before its usage,
and a session before its activity. Where the records of activities stand in turns, those activities
are one part, since parts are ranges of the log.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from provstore.importers.logs.lines import LoggedRecord
from provstore.importers.strict_json import shown


class OwnedRecord(NamedTuple):
    """A record and the activity to which it belongs."""

    record: LoggedRecord
    activity: str | None
    """As written; None behind the last record that names one."""


def owned(records: Sequence[LoggedRecord]) -> list[OwnedRecord]:
    """Each record with its activity."""
    found: list[OwnedRecord] = []
    following: str | None = None
    for record in reversed(records):
        if "activity_id" in record.told:
            following = shown(record.told["activity_id"])
        found.append(OwnedRecord(record, following))
    found.reverse()
    return found


def parted(records: Sequence[OwnedRecord]) -> Iterator[Sequence[OwnedRecord]]:
    """The records of each part, in order; records behind the last activity join its part."""
    last = {record.activity: index for index, record in enumerate(records)}
    start, end = 0, 0
    final = len(records) - 1
    trailing = last.pop(None, None) is not None
    last_owned = max(last.values(), default=final)
    for index, record in enumerate(records):
        end = max(end, last.get(record.activity, final))
        if trailing and end == last_owned:
            end = final
        if index == end:
            yield records[start : index + 1]
            start = end = index + 1
