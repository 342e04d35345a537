"""Python literals of logs: what `repr` writes is read, anything else is refused, nothing is run."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reading import parsed, refused, rules

from provstore.errors import RefusedDocumentError
from provstore.importers.logs.lines import MOST_CHARACTERS
from provstore.importers.logs.literal import (
    MOST_DEPTH,
    IncompleteLiteralError,
    LiteralError,
    read_literal,
)
from provstore.importers.registry import read_document
from provstore.importers.strict_json import Integer, Json, Real

MARK = "INFO provLogger __PROV__2026-01-17T20:00:00.100000__PROV__"
KEYS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | KEYS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)


def plain(value: Json) -> Any:  # noqa: ANN401  any Python value
    """The Python value, with lists for tuples."""
    if isinstance(value, Integer):
        return int(value.lexical)
    if isinstance(value, Real):
        return float(value.lexical)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def listed(value: Any) -> Any:  # noqa: ANN401  any Python value
    """The value with lists for tuples."""
    if isinstance(value, dict):
        return {key: listed(item) for key, item in value.items()}
    return [listed(item) for item in value] if isinstance(value, list | tuple) else value


def read(text: str) -> Json:
    value, end = read_literal(text, 0, len(text))
    assert end == len(text)
    return value


@given(VALUES)
def test_what_repr_writes_is_read_as_python_reads_it(value: Any) -> None:  # noqa: ANN401  any Python value
    assert repr(plain(read(repr(value)))) == repr(listed(value))  # NaN is equal to nothing


@given(VALUES, st.data())
def test_a_literal_that_is_cut_off_is_no_other_value(value: Any, data: st.DataObject) -> None:  # noqa: ANN401  any Python value
    text = repr({"key": value})
    cut = text[: data.draw(st.integers(0, len(text) - 1))]
    with pytest.raises(IncompleteLiteralError):
        read(cut)


def test_numbers_keep_their_form() -> None:
    assert read("[1.50, 1e-05, -0, 18446744073709551616, 1E5, 5.]") == [
        Real("1.50"), Real("1e-05"), Integer("-0"), Integer("18446744073709551616"), Real("1E5"),
        Real("5."),
    ]  # fmt: skip
    many = "9" * 100_000
    assert read(many) == Integer(many)


def test_floats_that_are_no_numbers_are_spelled_as_in_xml_schema() -> None:
    assert read("{'a': nan, 'b': [inf, -inf]}") == {
        "a": Real("NaN"),
        "b": [Real("INF"), Real("-INF")],
    }


def test_integers_may_be_keys() -> None:
    assert read("{43742622725462746260: 43742622725462746260}") == {
        "43742622725462746260": Integer("43742622725462746260")
    }


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')", "open('/etc/passwd')", "{'a': Path('/x')}", "f'{1}'",
        "{'a': 1 + 1}", "{'a'}", "{'a': b'x'}", "{'a': nano}", "-nan", "+inf", "NaN", "infinity",
        "nan()", "inf.real", "float('nan')", "PosixPath('/x')", "{nan: 1}", "{'a': 1j}",
        "{'a': 0x10}", "{,}",
        "[,]", "[1 2]", "{'a' 'b': 1}", "{'a': 1,, 'b': 2}", "{'a': : 1}", "{None: 1}", "{(1,): 2}",
        "(1)", "{'a': 1]", "[1}", "*[1]", "{**{}}", "lambda: 1", "[x for x in y]", "'\\d'",
        "'\\N{BULLET}'", "01", "1_000", "'a' 'b'", "{]", "{'a': [1, 2}", "...", "True1",
        "{True: 1}", "'\\U99999999'", "{'a':}", "$",
    ],
)  # fmt: skip
def test_anything_else_is_refused(text: str) -> None:
    """In a list, where what goes on after a value is found as well."""
    with pytest.raises(LiteralError) as refusal:
        read(f"[{text}]")
    assert refusal.value.rule == "not-a-literal"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{'a': 1, 'a': 2}", "duplicate-key"),
        ("{1: 1, '1': 2}", "duplicate-key"),
        ("'\\x00'", "character"),
        ("'\0'", "character"),
        ("'\\ud800'", "character"),
        ("[" * (MOST_DEPTH + 1), "too-deep"),
        ("{'a': " * (MOST_DEPTH + 1), "too-deep"),
        ("[" * 10_000 + "]" * 10_000, "too-deep"),
    ],
)
def test_what_cannot_be_stored_is_refused(text: str, rule: str) -> None:
    with pytest.raises(LiteralError) as refusal:
        read(text)
    assert refusal.value.rule == rule


def test_nesting_up_to_the_limit_is_read() -> None:
    assert read("[" * MOST_DEPTH + "]" * MOST_DEPTH)


class TestHostileLogs:
    def test_a_call_is_refused_and_not_run(self, tmp_path: Path) -> None:
        made = tmp_path / "made"
        call = f"__import__('pathlib').Path('{made}').touch()"
        log = f"{MARK}{{'activity_id': 'a', 'session_tag': 'x'}}\n{MARK}{{'activity_id': {call}}}\n"
        (finding,) = refused(log, "lstosa")
        assert (finding.rule, finding.place) == ("lstosa/not-a-literal", "line 2")
        assert finding.value.startswith("__import__(")
        assert not made.exists()

    @pytest.mark.parametrize(
        ("log", "rule"),
        [
            (f"{MARK}{{'activity_id': 'a'}} and more\n", "lstosa/not-a-literal"),
            (f"{MARK}['activity_id']\n", "lstosa/not-a-literal"),
            (f"{MARK}None\n", "lstosa/not-a-literal"),
            (MARK + "{'a': " + "[" * 10_000 + "]" * 10_000 + "}", "lstosa/too-deep"),
            (MARK + "{'a': '" + "x" * (MOST_CHARACTERS + 1) + "'}", "lstosa/record-too-long"),
            (MARK + "{'activity_id': '\\ud800'}", "lstosa/character"),
        ],
        ids=["rest", "list", "none", "deep", "long", "surrogate"],
    )
    def test_lines_that_are_no_records_are_refused(self, log: str, rule: str) -> None:
        assert rules(refused(log, "lstosa")) == [(rule, "line 1")]

    def test_bytes_that_are_no_text_are_refused(self) -> None:
        log = f"{MARK}{{'activity_id': 'a', 'session_tag': ''}}\n".encode() + b"\xff\n"
        assert rules(refused(log, "lstosa")) == [("text/encoding", "2:1")]

    def test_a_line_of_100_mb_is_refused(self) -> None:
        log = MARK + "{'activity_id': '" + "x" * 100_000_000 + "'}"
        assert rules(refused(log, "lstosa")) == [("lstosa/record-too-long", "line 1")]

    @pytest.mark.parametrize(
        "unit",
        [
            "x\n",
            MARK + "{'a\n",
            MARK + "{'a': [\n'b',\n",
            f"{MARK}{{'activity_id': 'a', 'used_id': 'b'}}\n",
            f"{MARK}{{'entity_id': 'a', 'progenitor_id': 'b'}}\n",
            MARK,
        ],
        ids=["ordinary", "cut", "unclosed", "usages", "derivations", "marks"],
    )
    def test_many_lines_cost_as_much_each_as_few(self, unit: str) -> None:
        """A cost that grows with the square of the lines would take minutes here."""
        log = f"{MARK}{{'activity_id': 'a'}}\n" + unit * 20_000
        with suppress(RefusedDocumentError):
            assert read_document(log.encode(), format="lstosa").parts

    def test_a_million_short_lines_are_passed_over(self) -> None:
        log = f"{MARK}{{'activity_id': 'a'}}\n" + "x\n" * 1_000_000
        result = parsed(log, "lstosa")
        assert result.findings[0].value == "1000000"
