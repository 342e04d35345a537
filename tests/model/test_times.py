"""What texts of times mean (XML Schema 1.1 part 2, section 3.3.7), and which mean none."""

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provstore.model.times import Instant, is_time, parse_time


@pytest.mark.parametrize(
    ("text", "utc", "zone_assumed"),
    [
        ("2025-12-10T21:30:00Z", "2025-12-10T21:30:00.000000Z", False),
        ("2025-12-10 21:30", "2025-12-10T21:30:00.000000Z", True),
        ("2025-12-10", "2025-12-10T00:00:00.000000Z", True),
        ("2025-12-10T21:30:00.123456789+01:00", "2025-12-10T20:30:00.123456Z", False),
        ("2025-12-10T21:30:00,5 -0230", "2025-12-11T00:00:00.500000Z", False),
        (" 2025-12-10T21:30:00\n", "2025-12-10T21:30:00.000000Z", True),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z", False),
        ("2025-12-10T24:00:00Z", "2025-12-11T00:00:00.000000Z", False),
    ],
)
def test_a_time_is_an_instant(text: str, utc: str, *, zone_assumed: bool) -> None:
    assert parse_time(text) == Instant(utc, zone_assumed)


def test_the_zone_of_the_source_stands_for_one_that_is_not_written() -> None:
    zone = timezone(timedelta(hours=-4))
    assert parse_time("2025-12-10T21:30", zone) == Instant(
        "2025-12-11T01:30:00.000000Z", zone_assumed=True
    )
    assert parse_time("2025-12-10T21:30Z", zone) == Instant(
        "2025-12-10T21:30:00.000000Z", zone_assumed=False
    )


@pytest.mark.parametrize(
    "text",
    ["", "now", "2025-06-31", "0000-01-01", "2025-12-10T25:00", "2025-12-10T21", "10.12.2025"],
)
def test_anything_else_is_none(text: str) -> None:
    assert parse_time(text) is None


@pytest.mark.parametrize("between", [" ", "\t", "\n"])
def test_a_million_blanks_are_read_once(between: str) -> None:
    # Read in all divisions into two runs, they would take hours: the test would never end.
    assert parse_time("2025-12-10T21:30" + between * 1_000_000 + "x") is None


@given(
    text=st.one_of(
        st.text("0123456789-:TZ+. ", max_size=30),
        st.from_regex(r"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?(Z|[+-]\d\d:\d\d)?\Z"),
    )
)
def test_a_time_is_what_can_be_parsed(text: str) -> None:
    assert is_time(text) is (parse_time(text) is not None)
