"""Intervals of time and energy as people write them."""

import math

import pytest

from provstore.model.search import Span
from provstore.model.spans import SpanError, energy_interval, time_span

_INF = math.inf


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        # MJD 60000 is 2023-02-25
        ("60000", 60000.0, 60000.0),
        ("60000.25/60001", 60000.25, 60001.0),
        ("60000/", 60000.0, _INF),
        ("/6e4", -_INF, 60000.0),
        ("2023-02-25", 60000.0, 60001.0),
        ("2023-02-25/2023-02-26", 60000.0, 60002.0),
        ("2023-02-25T06:00:00/2023-02-25T12:00:00", 60000.25, 60000.5),
        ("2023-02-25T06:00:00+06:00", 60000.0, 60000.0),
        (" 60000 / 2023-02-25 18:00 ", 60000.0, 60000.75),
        ("/2023-02-25", -_INF, 60001.0),
        ("1858-11-17", 0.0, 1.0),
    ],
)
def test_times_become_mjd(text: str, low: float, high: float) -> None:
    assert time_span(text) == Span(low, high)


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", " / ", "soon", "nan", "inf/", "1e999", "60001/60000", "1/2/3", "//", "1//2"),
        *("2023-02-30", "2023-02-26/2023-02-25T00:00:00", "6" * 101, "60000 60001", "60_000"),
    ],
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(SpanError, match="ISO 8601"):
        time_span(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("50 TeV/", 50.0, _INF),
        ("/50 GeV", 0.0, 0.05),
        ("1/10 TeV", 1.0, 10.0),
        ("100 GeV/10TeV", 0.1, 10.0),
        ("2 TeV", 2.0, 2.0),
        ("10 TeV/1 TeV", 1.0, 10.0),
    ],
)
def test_energies_become_tev(text: str, low: float, high: float) -> None:
    assert energy_interval(text) == pytest.approx(Span(low, high))


def test_wavelengths_go_the_other_way() -> None:
    # 1 TeV has 1.239841984e-18 m
    low, high = energy_interval("1.239841984e-19/1.239841984e-18 m")
    assert (low, high) == pytest.approx((1.0, 10.0))
    assert energy_interval("1.239841984e-18 m/") == pytest.approx(Span(0.0, 1.0))


@pytest.mark.parametrize(
    "text",
    ["", "/", "50", "1/2", "nan TeV", "-1 TeV/", "5 furlong", "1 TeV/2 TeV/3 TeV", "x" * 200],
)
def test_what_is_no_energy(text: str) -> None:
    with pytest.raises(SpanError, match="50 TeV/"):
        energy_interval(text)
