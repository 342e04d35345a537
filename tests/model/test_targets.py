"""How names of targets compare, and where the middle of many positions is."""

import pytest

from provstore.model.targets import folded, middle


@pytest.mark.parametrize(
    "name", ["Crab Nebula", "crabnebula", "CRAB  NEBULA", " Crab\tNebula\n", "crab\u00a0nebula"]
)
def test_case_and_blanks_do_not_count(name: str) -> None:
    assert folded(name) == "crabnebula"


def test_other_characters_do() -> None:
    assert len({folded(name) for name in ("Crab Nebula", "Crab-Nebula", "Crab", "Krebs")}) == 4


@pytest.mark.parametrize(
    ("positions", "expected"),
    [
        ([(83.63, 22.01)], (83.63, 22.01)),
        # wobble: half a degree north and south of the target
        ([(83.63, 22.51), (83.63, 21.51)], (83.63, 22.01)),
        ([(359.5, 10), (0.5, 10)], (0, 10.0004)),  # the great circle between bends to the pole
        ([(359, 0), (0, 0), (1, 0)], (0, 0)),
        ([(0, 89), (180, 89)], (0, 90)),
        ([(0, 89), (90, 89), (180, 89), (270, 89)], (0, 90)),
        # evenly around, but the median of right ascensions is that of most pointings
        ([(10.5, 0), (10.5, 0), (10.5, 0), (9, 0), (9.5, 0)], (10, 0)),
        # one that is wrong would move the mean to 26
        ([(10, 0), (10, 0), (10, 0), (10, 0), (100, 0)], (10, 0)),
        ([(5, -90), (300, -90)], (0, -90)),
    ],
)
def test_the_middle(positions: list[tuple[float, float]], expected: tuple[float, float]) -> None:
    found = middle(positions)
    assert found is not None
    assert found.dec == pytest.approx(expected[1], abs=1e-4)
    if abs(found.dec) < 89.9999:  # at a pole every right ascension is as good
        assert (found.ra - expected[0] + 180) % 360 - 180 == pytest.approx(0, abs=1e-4)
    assert 0 <= found.ra <= 360


@pytest.mark.parametrize("positions", [[], [(0, 0), (180, 0)], [(0, 90), (0, -90)]])
def test_no_middle(positions: list[tuple[float, float]]) -> None:
    assert middle(positions) is None
