"""Times: the text as given, its instant in UTC, and whether its zone was assumed."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

# No two runs of blanks stand side by side: a text of many blanks would be tried in all divisions.
_TIME: Final = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?"
    r"(?:\s*(Z|[+-]\d{2}:?\d{2}))?)?\Z"
)
_MICROSECOND_DIGITS: Final = 6
# Nearly all times look like this, and reading one only to see whether it is a time is slow.
_PLAIN: Final = re.compile(
    r"[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
    r"(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-3]):[0-5]\d)?\Z"
)


class Instant(NamedTuple):
    """What a time text means."""

    utc: str
    """``YYYY-MM-DDThh:mm:ss.ffffffZ``: sorts as text."""
    zone_assumed: bool


@lru_cache(maxsize=16_384)  # a document says the same times again and again
def parse_time(text: str, zone: tzinfo = UTC) -> Instant | None:
    """The instant of an ISO 8601 time as real files write it, or None if it is none.

    Accepts a blank for the ``T``, no seconds, any number of fractional digits (cut after
    microseconds), a zone or none; without one, ``zone`` is assumed. 24:00:00 and leap seconds (:60)
    mean the next instant, as in XML Schema 1.1 part 2, 3.3.7.
    """
    match = _TIME.match(text.strip())
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, written = match.groups()
    try:
        moment = datetime(int(year), int(month), int(day), tzinfo=UTC) + timedelta(
            hours=_within(hour, 24),
            minutes=_within(minute, 59),
            seconds=_within(second, 60),
            microseconds=_microseconds(fraction or "0"),
        )
        moment = moment.replace(tzinfo=_zone(written) if written else zone).astimezone(UTC)
    except (ValueError, OverflowError):  # day 31 of June, hour 99, year 0
        return None
    return Instant(format_utc(moment), zone_assumed=not written)


def is_time(text: str) -> bool:
    """Whether a text is a time that `parse_time` reads."""
    return _PLAIN.match(text) is not None or parse_time(text) is not None


def _within(text: str | None, most: int) -> int:
    number = int(text or 0)
    if number > most:
        raise ValueError(text)
    return number


def _microseconds(fraction: str) -> int:
    return int(fraction[:_MICROSECOND_DIGITS].ljust(_MICROSECOND_DIGITS, "0"))


def _zone(written: str) -> tzinfo:
    if written == "Z":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if written[0] == "-" else offset)


def format_utc(moment: datetime) -> str:
    """The text form in which instants are kept and compared."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="microseconds") + "Z"
