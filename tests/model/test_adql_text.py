"""The ADQL that asks what a search asks."""

from typing import Any

import pytest
from support import found
from support.found import conditions

from provstore.model.adql_text import Meaning, adql
from provstore.model.regions import (
    Box,
    Circle,
    Complement,
    Intersection,
    Polygon,
    Position,
    Range,
    Region,
    Union,
)
from provstore.model.search import Match, Order, Span

INHERITING = "(SELECT obs_publisher_did FROM provenance.keyword WHERE keyword = "
TOLD = "obs_publisher_did IS NOT NULL)"


def asked(meaning: Meaning | None = None, **question: Any) -> str:  # noqa: ANN401  any of them
    return adql(found.question(**question), meaning or Meaning())


def where(meaning: Meaning | None = None, **question: Any) -> list[str]:  # noqa: ANN401  as above
    """The conditions."""
    first, *lines = asked(meaning, **question).splitlines()
    assert first in {
        "SELECT * FROM ivoa.obscore",
        "SELECT * FROM ivoa.obscore NATURAL JOIN ivoa.obscore_hea",
    }
    assert lines[0].startswith("WHERE ")
    assert all(line.startswith("  AND ") for line in lines[1:])
    return [line[6:] for line in lines]


def test_without_a_condition_it_asks_for_all() -> None:
    assert asked() == "SELECT * FROM ivoa.obscore"


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("obs_id=Run 7", "LOWER(obs_id) = 'run 7'"),
        ("obs_id!=it's", "LOWER(obs_id) <> 'it''s'"),
        ("obs_id='; DROP TABLE x --", "LOWER(obs_id) = '''; drop table x --'"),
        ("OBS_ID~Run*7", "LOWER(obs_id) LIKE 'run%7'"),
        ("t_min>=60000", "t_min >= 60000"),
        ("t_min<60000.5", "t_min < 60000.5"),
        ("em_min<1e-19", "em_min < 1e-19"),
        ("calib_level!=2", "calib_level <> 2"),
        ("target_name=unknown", "target_name IS NULL"),
        ("obs_release_date<=2026-01-31", "obs_release_date <= '2026-01-31'"),
    ],
)
def test_columns(condition: str, expected: str) -> None:
    assert where(columns=[condition]) == [expected]


def test_columns_that_stand_apart_are_joined() -> None:
    joined = "SELECT * FROM ivoa.obscore NATURAL JOIN ivoa.obscore_hea"
    assert asked(columns=["pointing_mode=parallel"]).startswith(joined)
    assert asked(columns=["ev_number>10"]).splitlines() == [joined, "WHERE ev_xel > 10"]
    assert asked(excluded=["pointing_mode=divergent"]).startswith(joined)
    assert asked(order=(Order("obs_mode"),)).splitlines() == [joined, "ORDER BY obs_mode"]
    assert not asked(columns=["obs_id=1"]).startswith(joined)


def test_targets_are_named_as_records_spell_them() -> None:
    meaning = Meaning(("Crab Nebula", "Barnard's"))
    told = where(meaning, target_names=("crabnebula", "barnard's"))
    assert told == ["target_name IN ('Crab Nebula', 'Barnard''s')"]
    assert where(Meaning(("Crab",)), target_names=("crab",)) == ["target_name = 'Crab'"]
    assert where(target_names=("nobody",)) == ["1 = 0"]


def test_keywords_are_asked_by_the_values_that_fit() -> None:
    version, cuts = conditions("reco_version>=0.19", "applied_cuts=loose")
    meaning = Meaning(fitting={version: ["0.19", "0.20"], cuts: ["Loose"]})
    several = "keyword_value IN ('0.19', '0.20')"
    question = {"keywords": ["reco_version>=0.19", "applied_cuts=loose"]}
    assert where(meaning, **question) == [
        f"obs_publisher_did IN {INHERITING}'reco_version' AND {several})",
        f"obs_publisher_did IN {INHERITING}'applied_cuts' AND keyword_value = 'Loose')",
    ]
    assert where(meaning, keywords=["reco_version>=0.19"], match=Match.ALL) == [
        f"obs_publisher_did IN {INHERITING}'reco_version' AND {several})",
        f"obs_publisher_did NOT IN {INHERITING}'reco_version' AND NOT {several} AND {TOLD}",
    ]
    assert where(meaning, excluded=["reco_version>=0.19"]) == [
        f"obs_publisher_did NOT IN {INHERITING}'reco_version' AND {several} AND {TOLD}"
    ]
    nothing = Meaning(fitting={version: []})
    assert where(nothing, keywords=["reco_version>=0.19"]) == [
        f"obs_publisher_did IN {INHERITING}'reco_version' AND 1 = 0)"
    ]


def test_states_of_keywords() -> None:
    mixed, unknown = conditions("reco_version=mixed", "reco_version=unknown")
    meaning = Meaning(fitting={mixed: (), unknown: ()})
    is_mixed = f"{INHERITING}'reco_version' AND state = 'mixed'"
    assert where(meaning, keywords=["reco_version=mixed"]) == [f"obs_publisher_did IN {is_mixed})"]
    assert where(meaning, excluded=["reco_version=mixed"]) == [
        f"obs_publisher_did NOT IN {is_mixed} AND {TOLD}"
    ]
    assert where(meaning, keywords=["reco_version=unknown"]) == [
        f"obs_publisher_did NOT IN {INHERITING}'reco_version' AND {TOLD}"
    ]
    assert where(meaning, excluded=["reco_version=unknown"]) == [
        f"obs_publisher_did IN {INHERITING}'reco_version')"
    ]


def test_a_column_that_is_left_out_may_have_no_value() -> None:
    assert where(excluded=["pointing_mode=divergent", "obs_title=unknown"]) == [
        "(pointing_mode IS NULL OR NOT LOWER(pointing_mode) = 'divergent')",
        "obs_title IS NOT NULL",
    ]


def _touching(shape: str) -> str:
    return (
        f"(1 = INTERSECTS(s_region, {shape})"
        f" OR s_region IS NULL AND 1 = CONTAINS(POINT(s_ra, s_dec), {shape}))"
    )


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (Circle(83.63, 22.0, 2.5), _touching("CIRCLE(83.63, 22, 2.5)")),
        (Position(83.63, -22.5), _touching("CIRCLE(83.63, -22.5, 0)")),
        (Box(10, 20, 3, 4), _touching("BOX(10, 20, 3, 4)")),
        (
            Polygon((Position(1, 2), Position(3, 4), Position(5, -6))),
            _touching("POLYGON(1, 2, 3, 4, 5, -6)"),
        ),
        (Range(10, 14, 1, 2), _touching("POLYGON(10, 1, 14, 1, 14, 2, 10, 2)")),
        # across 0, with a point on each parallel between
        (
            Range(356, 4, -1, 2),
            _touching("POLYGON(356, -1, 0, -1, 4, -1, 4, 2, 0, 2, 356, 2)"),
        ),
        # a pole is one point
        (Range(0, 4, 80, 90), _touching("POLYGON(0, 80, 4, 80, 0, 90)")),
        (
            Union((Circle(1, 2, 3), Circle(4, 5, 6))),
            f"({_touching('CIRCLE(1, 2, 3)')} OR {_touching('CIRCLE(4, 5, 6)')})",
        ),
        (
            Intersection((Circle(1, 2, 3), Circle(4, 5, 6))),
            f"({_touching('CIRCLE(1, 2, 3)')} AND {_touching('CIRCLE(4, 5, 6)')})",
        ),
        (Complement(Circle(1, 2, 3)), "0 = CONTAINS(s_region, CIRCLE(1, 2, 3))"),
    ],
)
def test_regions(region: Region, expected: str) -> None:
    assert where(region=region) == [expected]


def test_a_wide_range_is_cut_into_polygons() -> None:
    [text] = where(region=Range(0, 360, -10, 10))
    assert text.count("INTERSECTS") == 4
    [text] = where(region=Range(0, 180, -10, 10))
    assert text.count("INTERSECTS") == 2


def test_times_and_energies() -> None:
    assert where(times=(Span(60000, 60001.5),)) == ["(t_min <= 60001.5 AND t_max >= 60000)"]
    assert where(times=(Span(1, 2), Span(3, 4))) == [
        "((t_min <= 2 AND t_max >= 1) OR (t_min <= 4 AND t_max >= 3))"
    ]
    [text] = where(energy=Span(50, float("inf")))
    column, value = text.split(" <= ")
    assert column == "em_min"
    assert float(value) == pytest.approx(2.479683969e-20)  # hc / 50 TeV
    [text] = where(energy=Span(0, 1))
    column, value = text.split(" >= ")
    assert column == "em_max"
    assert float(value) == pytest.approx(1.239841984e-18)


def test_open_times() -> None:
    assert where(times=(Span(float("-inf"), 60000),)) == ["(t_min <= 60000)"]
    assert where(times=(Span(60000, float("inf")),)) == ["(t_max >= 60000)"]


def test_the_order_is_told() -> None:
    text = asked(order=(Order("t_min", is_descending=True), Order("obs_id")))
    assert text == "SELECT * FROM ivoa.obscore\nORDER BY t_min DESC, obs_id"


def test_what_is_left_out_is_not_asked() -> None:
    [one] = conditions("param:alpha=1")
    meaning = Meaning(left_out=[one])
    assert asked(meaning, keywords=["param:alpha=1"]) == "SELECT * FROM ivoa.obscore"
    assert where(meaning, excluded=["param:alpha=1"], columns=["obs_id=1"]) == [
        "LOWER(obs_id) = '1'"
    ]
