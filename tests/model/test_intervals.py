"""Times of good data: time MOCs in ASCII, and pairs of MJD."""

import pytest

from provstore.model.intervals import IntervalError, parse_intervals

# MJD 0 is JD 2,400,000.5, so its microseconds since JD 0 are 2,400,000.5 x 86,400,000,000
MJD_0 = 207_360_043_200_000_000
DAY = 86_400_000_000


@pytest.mark.parametrize(
    ("text", "intervals"),
    [
        ("60000.1 60000.2", [(60000.1, 60000.2)]),
        ("60000.1,60000.1", [(60000.1, 60000.1)]),
        ("3 4 1 2", [(1, 2), (3, 4)]),
        ("1 2 2 3", [(1, 3)]),
        ("1 5 2 3", [(1, 5)]),
        (f"t61/{MJD_0}-{MJD_0 + DAY - 1}", [(0, 1)]),
        (f"61/{MJD_0}-{MJD_0 + DAY - 1}", [(0, 1)]),
        # a cell of order 60 is two microseconds wide
        (f"t60/{MJD_0 // 2}-{(MJD_0 + DAY) // 2 - 1}", [(0, 1)]),
        (f"t60/{MJD_0 // 2} 61/{MJD_0 + 2}-{MJD_0 + DAY - 1}", [(0, 1)]),
        (
            f"T61/{MJD_0}-{MJD_0 + DAY - 1} {MJD_0 + 2 * DAY}-{MJD_0 + 3 * DAY - 1}",
            [(0, 1), (2, 3)],
        ),
        # orders that are only named say how fine the MOC is
        (f"t29/ t61/ {MJD_0}-{MJD_0 + DAY - 1}", [(0, 1)]),
    ],
)
def test_they_are_read(text: str, intervals: list[tuple[float, float]]) -> None:
    assert list(parse_intervals(text)) == intervals


def test_the_coarsest_cells_are_half_of_all_time() -> None:
    # 2^61 microseconds are 2,305,843,009,213,693,952 / 86,400,000,000 = 26,687,997.791825 days
    first, second = parse_intervals("t0/0")[0], parse_intervals("t0/1")[0]
    assert first.start == -2_400_000.5
    assert first.stop == second.start == pytest.approx(24_287_997.291825, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" ", "it is empty"),
        ("1 2 3", "these are 3 numbers"),
        ("2 1", "the start 2.0 is after the stop 1.0"),
        ("1 inf", "'inf' is no finite number"),
        ("1 1e999", "'1e999' is no finite number"),
        ("always", "'always' is no finite number"),
        ("t62/0", "the order 62 is above 61"),
        ("t0/2", "'2' is no range of cells of order 0"),
        ("t61/5-4", "'5-4' is no range of cells of order 61"),
        ("t61/x", "'x' is no cell"),
        ("t61/5 s29/3", "'s29/3' is no cell"),
        ("t61/1--2", "'1--2' is no cell"),
        ("1 " * 1_000_001, "more than 1000000 words"),
    ],
)
def test_they_are_none(text: str, why: str) -> None:
    with pytest.raises(IntervalError) as error:
        parse_intervals(text)
    assert why in str(error.value)
