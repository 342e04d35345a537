"""Energies as people write them, compared with astropy's units."""

import math

import astropy.units as u
import pytest
from hypothesis import given
from hypothesis import strategies as st

from provstore.model.spectral import SpectralError, energy_span, energy_tev


@pytest.mark.parametrize(
    ("text", "energy"),
    [
        ("0.05 TeV", 0.05),
        ("50 GeV", 0.05),
        ("50GeV", 0.05),
        (" 5e10 eV ", 0.05),
        ("1 PeV", 1000),
        (".5 TeV", 0.5),
        ("511 keV", 5.11e-7),
        ("1 MeV", 1e-6),
        ("1 meV", 1e-15),
        # h c and h, by the SI of 2019
        ("1 m", 1.2398419843320026e-18),
        ("1.2398419843320026e-18 m", 1),
        ("500 nm", 2.4796839686640052e-12),
        ("500 µm", 2.4796839686640052e-15),
        ("1 cm", 1.2398419843320026e-16),
        ("1e26 Hz", 0.4135667696923859),
        ("1 GHz", 4.135667696923859e-18),
    ],
)
def test_what_is_said_is_an_energy(text: str, energy: float) -> None:
    assert energy_tev(text) == pytest.approx(energy, rel=1e-14)


UNITS = ["eV", "keV", "MeV", "GeV", "TeV", "Hz", "MHz", "PHz", "m", "cm", "mm", "um", "nm", "fm"]


@given(st.floats(1e-30, 1e30), st.sampled_from(UNITS))
def test_energies_are_those_of_astropy(value: float, unit: str) -> None:
    expected = u.Quantity(value, unit).to_value("TeV", equivalencies=u.spectral())
    assert energy_tev(f"{value!r} {unit}") == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "5",
            "TeV",
            "5 tev",
            "5 TEV",
            "5 J",
            "5 erg",
            "5 dm",
            "5 k TeV",
            "5 TeV 6",
            "5,0 TeV",
        ),
        *("-5 TeV", "+5 TeV", "0 TeV", "nan TeV", "inf TeV", "\u0665 TeV", "5\0 TeV"),
        *("1e400 TeV", "1e-400 TeV", "1e308 YHz", "1e-330 m", "1" * 10_000 + " TeV"),
        "5 TeV; DROP TABLE obscore",
    ],
)
def test_what_is_none_is_refused_with_what_is_allowed(text: str) -> None:
    with pytest.raises(SpectralError, match="allowed is a number above 0 with eV, Hz or m") as told:
        energy_tev(text)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize(
    ("one", "other", "span"),
    [
        ("1 TeV", "10 TeV", (1, 10)),
        ("10 TeV", "1 TeV", (1, 10)),
        ("50 TeV", None, (50, math.inf)),
        (None, "50 TeV", (0, 50)),
        (None, None, (0, math.inf)),
        # the longer wavelength is the lower energy
        ("1.2398419843320026e-19 m", "1.2398419843320026e-18 m", (1, 10)),
        ("1.2398419843320026e-18 m", None, (0, 1)),
        (None, "1.2398419843320026e-18 m", (1, math.inf)),
    ],
)
def test_spans(one: str | None, other: str | None, span: tuple[float, float]) -> None:
    assert energy_span(one, other) == pytest.approx(span, rel=1e-14)
