"""Positions are read as people write them, and out of names that hold one.

Expected are degrees computed by hand: 15 (h + m/60 + s/3600), and d + m/60 + s/3600.
"""

import pytest

from provstore.model.coordinates import read_position, region_in_name
from provstore.model.regions import RegionError

CRAB = (83.633083, 22.014500)
"""The Crab Pulsar, 05 34 31.94 +22 00 52.2 (ICRS, Simbad)."""
PKS_2155 = (329.716938, -30.225588)
"""21 58 52.0651 -30 13 32.118."""


@pytest.mark.parametrize(
    "text",
    [
        "83.633083 22.0145",
        "83.633083, +22.0145",
        "83.633083;22.0145",
        "83.633083d +22.0145d",
        "83.633083deg 22.0145deg",
        "83.633083° +22.0145°",
        "5.5755389h 22.0145d",
        "05h34m31.94s +22d00m52.2s",
        "05h34m31.94s+22d00m52.2s",
        "05H34M31.94S, +22D00M52.2S",
        "5h 34m 31.94s  22° 00' 52.2\"",
        "05:34:31.94 +22:00:52.2",
        " 05:34:31.94\t22:00:52.2\n",
        "05 34 31.94 +22 00 52.2",
        "05 34 31.94 22 00 52.2",
        "83d37m59.1s 22d00m52.2s",
        "05h34.5323333m +22d00.87m",
    ],
)
def test_the_crab_in_many_hands(text: str) -> None:
    assert read_position(text) == pytest.approx(CRAB, abs=2e-6)


@pytest.mark.parametrize(
    "text",
    [
        "21 58 52.0651 -30 13 32.118",
        "21h58m52.0651s -30d13m32.118s",
        "21:58:52.0651 \u221230:13:32.118",  # the minus of typeset tables
        "329.716938 -30.225588",
        "329.716938,-30.225588",
    ],
)
def test_south_of_the_equator(text: str) -> None:
    assert read_position(text) == pytest.approx(PKS_2155, abs=2e-6)


def test_a_sign_holds_for_minutes_and_seconds_too() -> None:
    assert read_position("00:00:01 -00:30:00") == pytest.approx((15 / 3600, -0.5))


def test_the_ends_of_the_sky() -> None:
    assert read_position("0 -90") == (0, -90)
    assert read_position("360 90") == (360, 90)
    assert read_position("23:59:59.9 +90:00:00") == pytest.approx((359.999583, 90))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "83.63",
        "Crab Nebula",
        "2021-05-12",
        "20-21",
        "1 2 3",
        "NGC 253",
        "4 x",
        "83.63 22.01 x",
        "1e2 3",
        "nan nan",
        "inf 0",
        "0x10 1",
        "1_0 2",
        "\u0661 \u0662",  # Arabic digits
        "83.63 22.01\0",
        "1" * 200 + " 2",
        "05:34 " + "0" * 300,
    ],
)
def test_what_is_no_position(text: str) -> None:
    assert read_position(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("361 0", "the right ascension 361 is not within 0 to 360 degrees"),
        ("-1 0", "the right ascension -1 is not within 0 to 360 degrees"),
        ("25:00:00 +10:00:00", "the right ascension 375 is not within 0 to 360 degrees"),
        ("10 91", "the declination 91 is not within -90 to 90 degrees"),
        ("10:00:00 -90:00:01", "the declination -90.0003 is not within -90 to 90 degrees"),
        ("05:60:00 +22:00:00", "minutes and seconds are below 60"),
        ("05:34:00 +22:00:61", "minutes and seconds are below 60"),
    ],
)
def test_what_is_off_the_sky_says_why(text: str, why: str) -> None:
    with pytest.raises(RegionError) as caught:
        read_position(text)
    assert str(caught.value) == why


@pytest.mark.parametrize(
    ("name", "ra", "dec", "radius"),
    [
        # 05h34.5m, 22d00.5m: half of 15 min (by the cosine of 22 deg) and of 1 min of arc
        ("PSR J0534+2200", 83.625, 22.008333, 0.116190),
        # 17h45.5m, between -29.0 and -29.1
        ("HESS J1745-290", 266.375, -29.05, 0.120170),
        # between -13.7 and -13.8: 6 min of arc
        ("HESS J1825-137", 276.375, -13.75, 0.131310),
        # 05h34.55m, 22d01.5m
        ("4FGL J0534.5+2201e", 83.6375, 22.025, 0.014273),
        # 05h34m31.95s, 22d00m52.5s
        ("J053431.9+220052", 83.633125, 22.014583, 0.000238),
    ],
)
def test_names_that_say_where(name: str, ra: float, dec: float, radius: float) -> None:
    assert region_in_name(name) == pytest.approx((ra, dec, radius), abs=2e-6)


@pytest.mark.parametrize(
    "name",
    [
        "PKS 2155-304",  # B1950, and without a letter that says so
        "PSR B0531+21",
        "J0534",
        "J2400+2200",
        "J0560+2200",
        "J0534+9000",
        "J0534+2260",
        "XJ0534+2200",
        "J0534+22000",
        "",
        "J" * 10_000,
        "Crab",
    ],
)
def test_names_that_do_not(name: str) -> None:
    assert region_in_name(name) is None


def test_what_is_cut_off_lies_in_the_circle() -> None:
    """The Galactic Centre and PKS 2155-304 by what catalogues call them."""
    for name, ra, dec in [
        ("HESS J1745-290", 266.41684, -29.00781),
        ("2FHL J2158.8-3013", 329.71694, -30.22559),
    ]:
        region = region_in_name(name)
        assert region is not None
        assert abs(region.dec - dec) <= region.radius
        assert abs(region.ra - ra) <= 2 * region.radius
