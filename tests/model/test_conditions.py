"""Conditions as people write them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provstore.model.conditions import (
    ConditionError,
    condition_text,
    parse_condition,
    parse_order,
    suggestion,
)
from provstore.model.obscore import BY_NAME
from provstore.model.search import Condition, Operator, Order, State

_EQUAL = Operator.EQUAL


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a=b", Condition("a", _EQUAL, "b")),
        ("reco_version>=0.19", Condition("reco_version", Operator.AT_LEAST, "0.19")),
        ("a>b", Condition("a", Operator.MORE, "b")),
        ("a<b", Condition("a", Operator.LESS, "b")),
        ("a<=b", Condition("a", Operator.AT_MOST, "b")),
        ("a!=b", Condition("a", Operator.UNEQUAL, "b")),
        ("a~*b*", Condition("a", Operator.LIKE, "*b*")),
        ("  a  =  b c  ", Condition("a", _EQUAL, "b c")),
        ("a==b", Condition("a", _EQUAL, "=b")),
        ("a=b=c", Condition("a", _EQUAL, "b=c")),
        ("a>=>b", Condition("a", Operator.AT_LEAST, ">b")),
        ("a=b!", Condition("a", _EQUAL, "b!")),
        ("param:alpha=0.1", Condition("param:alpha", _EQUAL, "0.1")),
        ("two words=x", Condition("two words", _EQUAL, "x")),
        ("a=mixed", Condition("a", _EQUAL, "", State.MIXED)),
        ("a = Unknown", Condition("a", _EQUAL, "", State.UNKNOWN)),
        ('a="mixed"', Condition("a", _EQUAL, "mixed")),
        ('a!="unknown"', Condition("a", Operator.UNEQUAL, "unknown")),
        ("a=mixed up", Condition("a", _EQUAL, "mixed up")),
        ("a=single", Condition("a", _EQUAL, "single")),
        ('a="say ""x"""', Condition("a", _EQUAL, 'say "x"')),
        ('a=" b "', Condition("a", _EQUAL, " b ")),
        ('a=""', Condition("a", _EQUAL, "")),
        ('a=x"y', Condition("a", _EQUAL, 'x"y')),
        ("a='b'", Condition("a", _EQUAL, "'b'")),
        ("a=line\nbreak", Condition("a", _EQUAL, "line\nbreak")),
    ],
)
def test_what_a_condition_says(text: str, expected: Condition) -> None:
    assert parse_condition(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "=b", " =b", "a=", "a= ", "a!b", "a!", "!=b", "~"),
        *('a="', 'a="b', 'a="b"c', 'a="b"c"', "a!=mixed", "a>=unknown", "a~mixed"),
        *("a=b\0", "a\0=b", "a=" + "x" * 2001, "a" * 2001 + "=b"),
    ],
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ConditionError, match="a name, one of = != < <= > >= ~, and a value"):
        parse_condition(text)


_names = st.text(st.characters(exclude_characters="=!<>~\0", exclude_categories=["Cs"]), min_size=1)
_values = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@given(
    st.one_of(
        st.builds(
            Condition,
            _names.map(str.strip).filter(bool),
            st.sampled_from(Operator),
            _values,
            st.none(),
        ),
        st.builds(
            Condition,
            st.just("a"),
            st.just(_EQUAL),
            st.just(""),
            st.sampled_from([State.MIXED, State.UNKNOWN]),
        ),
    )
)
def test_a_condition_is_read_back_from_its_text(condition: Condition) -> None:
    assert parse_condition(condition_text(condition)) == condition


@pytest.mark.parametrize(
    "text", [" " * 100_000, "a" * 100_000, 'a="' + '""' * 50_000, "a ! " * 9999]
)
def test_a_long_text_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ConditionError):
        parse_condition(text)
    assert time.process_time() - start < 0.5


def test_columns_sort() -> None:
    assert parse_order("t_min") == Order("t_min")
    assert parse_order("-t_min") == Order("t_min", is_descending=True)
    assert parse_order("-EV_NUMBER") == Order("ev_xel", is_descending=True)
    for text in ("", "-", "--t_min", "t_min desc", "brightness"):
        with pytest.raises(ConditionError, match="a column of ObsCore"):
            parse_order(text)


def test_the_nearest_names_are_suggested() -> None:
    assert "did you mean target_name" in suggestion("targetname", BY_NAME)
    assert "did you mean b_version or a_version?" in suggestion(
        "B_Versio", ["a_version", "b_version"]
    )
    assert suggestion("xyz", ["a", "b"]).endswith("known are a, b")
    assert suggestion("xyz", []).endswith("known are none yet")
    assert "known are" in suggestion("x" * 100_000, BY_NAME)
