"""Datasets are found by when and in which energies they were observed, on either engine alike."""

import math
from typing import Final

import astropy.units as u
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.places import Rows, did, fill, those

from provstore.errors import UnknownIdentifierError
from provstore.factory import Services
from provstore.model.search import Span
from provstore.stores.catalogue.spans import has_energy, observed_in, spans_of

TIMES: Final[Rows] = {
    "night": {"t_min": 60000.1, "t_max": 60000.3},
    "gaps": {"t_min": 60000, "t_max": 60001, "t_intervals": "60000.1 60000.2 60000.6 60000.7"},
    "only-intervals": {"t_intervals": "60000.5 60000.55"},
    "other-intervals": {"t_min": 60000, "t_max": 60001, "t_intervals": "59000 59000.1"},
    # 10 s and 3 s from the noon of 2023-02-25, which is JD 2460001 (MOC 2.0, 4.3.1)
    "moc": {"t_intervals": "t61/212544086400000000-212544086409999999 212544086420000000"},
    "year": {"t_min": 59900, "t_max": 60265},
    "start": {"t_min": 60010.5},
    "end": {"t_max": 60010.5},
    "moment": {"t_min": 60020.25, "t_max": 60020.25},
    "never": {},
}


BY_TIME: Final[list[tuple[list[tuple[float, float]], list[str]]]] = [
    ([(60000.15, 60000.16)], ["gaps", "night", "year"]),
    ([(60000.3, 60000.4)], ["night", "year"]),
    ([(60000.30001, 60000.4)], ["year"]),
    ([(60000.4, 60000.65)], ["gaps", "moc", "only-intervals", "year"]),
    ([(60000.2, 60000.2)], ["gaps", "night", "year"]),
    ([(59000.05, 59000.05)], ["other-intervals"]),
    ([(60000.5, 60000.5)], ["moc", "only-intervals", "year"]),
    ([(60000.5 + 12 / 86400, 60000.5 + 15 / 86400)], ["only-intervals", "year"]),
    ([(60000.5 + 15 / 86400, 60000.5 + 25 / 86400)], ["moc", "only-intervals", "year"]),
    ([(60010.4, 60010.6)], ["end", "start", "year"]),
    ([(60010.51, 60010.6)], ["year"]),
    ([(60020.25, 60020.25)], ["moment", "year"]),
    ([(70000, 80000)], []),
    ([(59000.05, 59000.06), (60000.6, 60000.61)], ["gaps", "other-intervals", "year"]),
    ([(-math.inf, 59899)], ["other-intervals"]),
    ([(60020.1, math.inf)], ["moment", "year"]),
    ([(-math.inf, math.inf)], sorted(set(TIMES) - {"never"})),
    ([], []),
]


def test_datasets_by_time(archive: Services) -> None:
    fill(archive, TIMES)
    for spans, names in BY_TIME:
        assert those(archive, observed_in([Span(*span) for span in spans])) == names, spans


def test_simultaneous_with_a_dataset(archive: Services) -> None:
    fill(archive, TIMES)
    with archive._database.reading() as tx:
        assert spans_of(tx, did("gaps")) == ((60000.1, 60000.2), (60000.6, 60000.7))
        assert spans_of(tx, did("never")) == ()
        with pytest.raises(UnknownIdentifierError, match="unheard"):
            spans_of(tx, did("unheard"))
        spans = spans_of(tx, did("gaps"))
    assert those(archive, observed_in(spans)) == ["gaps", "night", "year"]


def test_of_a_dataset_the_latest_record_counts(archive: Services) -> None:
    fill(archive, TIMES)
    fill(archive, {"gaps": {"t_min": 59000.05, "t_max": 59000.06}})
    with archive._database.reading() as tx:
        assert spans_of(tx, did("gaps")) == ((59000.05, 59000.06),)


def test_spans_by_the_thousand(archive: Services) -> None:
    """As of a dataset with many good time intervals."""
    fill(archive, TIMES)
    spans = [Span(50000 + n, 50000.5 + n) for n in range(2000)] + [Span(60000.65, 60000.66)]
    assert those(archive, observed_in(spans)) == ["gaps", "year"]


INTERVALS: Final = st.tuples(st.floats(59000, 60000), st.floats(-7, 4)).map(
    lambda told: (told[0], told[0] + 10 ** told[1])
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(INTERVALS, min_size=1, max_size=40), asked=st.lists(INTERVALS, max_size=4))
def test_what_overlaps(
    archive: Services, rows: list[tuple[float, float]], asked: list[tuple[float, float]]
) -> None:
    """Compared one by one; times that differ by less than a microsecond may be one."""
    named = {str(n): {"t_min": repr(a), "t_max": repr(b)} for n, (a, b) in enumerate(rows)}
    receipt = fill(archive, named)
    found = set(those(archive, observed_in([Span(*span) for span in asked])))
    archive.ingest.retract(receipt)
    for margin, is_more in ((2e-11, True), (-2e-11, False)):
        expected = {
            str(n)
            for n, (a, b) in enumerate(rows)
            if any(a - margin <= high and low - margin <= b for low, high in asked)
        }
        assert found <= expected if is_more else expected <= found


# -- energies

HC: Final = 1.2398419843320026e-18
"""TeV m"""
ENERGIES: Final[Rows] = {
    # 0.1 to 10 TeV
    "cherenkov": {"em_min": HC / 10, "em_max": HC / 0.1},
    # 20 to 100 TeV, in eV
    "highest": {"energy_min": 20e12, "energy_max": 100e12},
    # em counts where both are told
    "both": {"em_min": HC / 3, "em_max": HC / 2, "energy_min": 1e9, "energy_max": 1e15},
    # one bound in each
    "mixed": {"em_min": HC / 60, "energy_min": 40e12},
    "upper-bound": {"em_min": HC / 200},
    "lower-bound": {"energy_min": 300e12},
    "optical": {"em_min": 4e-7, "em_max": 7e-7},
    "unknown": {},
}


BY_ENERGY: Final[list[tuple[float, float, list[str]]]] = [
    (50, math.inf, ["highest", "mixed", "upper-bound"]),
    (5, 15, ["cherenkov"]),
    (10.001, 19.99, []),
    (15, 25, ["highest"]),
    (2.5, 2.6, ["both", "cherenkov"]),
    (50, 55, ["highest", "mixed"]),
    (0, 1e-9, ["optical"]),
    (0, 0.09, ["optical"]),
    (1.8e-12, 1.9e-12, ["optical"]),
    (1e-12, 1.7e-12, []),
    (250, 350, []),
    (0, 350, ["both", "cherenkov", "highest", "lower-bound", "mixed", "optical"]),
    (0, math.inf, sorted(set(ENERGIES) - {"unknown"})),
]


def test_datasets_by_energy(archive: Services) -> None:
    fill(archive, ENERGIES)
    for low, high, names in BY_ENERGY:
        assert those(archive, has_energy(Span(low, high))) == names, (low, high)


def test_the_longer_wavelength_is_the_lower_energy(archive: Services) -> None:
    """Bounds that astropy converts, with a relative margin of a thousand millionth."""
    bounds = (u.Quantity([0.05, 50], u.TeV)).to_value(u.m, equivalencies=u.spectral())
    fill(archive, {"one": {"em_min": bounds[1], "em_max": bounds[0]}})
    for low, high, is_found in (
        (50 * (1 - 1e-9), 60, True),
        (50 * (1 + 1e-9), 60, False),
        (0.01, 0.05 * (1 + 1e-9), True),
        (0.01, 0.05 * (1 - 1e-9), False),
    ):
        assert bool(those(archive, has_energy(Span(low, high)))) is is_found, (low, high)
