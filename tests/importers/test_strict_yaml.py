"""YAML is read into what JSON could say; whatever else it can build is refused with its place."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provstore.errors import Severity
from provstore.importers.base import Findings
from provstore.importers.strict_json import Integer, Json, Real
from provstore.importers.strict_yaml import read_yaml

LAUGHS = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def read(text: str) -> Json:
    findings = Findings()
    value = read_yaml(text, findings)
    assert not findings.items
    return value


def refusal(text: str) -> tuple[str, str]:
    """Rule and place of the only finding."""
    findings = Findings()
    assert read_yaml(text, findings) is None
    (finding,) = findings.items
    assert finding.severity is Severity.ERROR
    assert finding.message
    return finding.rule, finding.place


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1", {"a": Integer("1")}),
        ("a: -0\nb: 1.50\nc: 1e3\nd: 10.", {
            "a": Integer("-0"), "b": Real("1.50"), "c": Real("1e3"), "d": Real("10."),
        }),
        ("a: 007\nb: 0x1F\nc: 1_000\nd: +1\ne: .5\nf: .inf\ng: 12:30:45\nh: 2026-11-20", {
            "a": "007", "b": "0x1F", "c": "1_000", "d": "+1", "e": ".5", "f": ".inf",
            "g": "12:30:45", "h": "2026-11-20",
        }),
        ("a: yes\nb: no\nc: on\nd: true\ne: FALSE", {
            "a": "yes", "b": "no", "c": "on", "d": True, "e": False,
        }),
        ("a:\nb: ~\nc: null\nd: ''", {"a": None, "b": None, "c": None, "d": ""}),
        ("a: '1'\nb: \"true\"\nc: |\n  null\nd: ! '5'", {
            "a": "1", "b": "true", "c": "null\n", "d": "5",
        }),
        ("- a\n- [b, {c: d}]\n-\n  - e", ["a", ["b", {"c": "d"}], ["e"]]),
        ("1: a\nnull: b\n'1.0': c", {"1": "a", "null": "b", "1.0": "c"}),
        ("'<<': a", {"<<": "a"}),
        ("&anchor a: &b b", {"a": "b"}),
        ("%YAML 1.1\n---\na: b\n...\n", {"a": "b"}),
        ("text", "text"),
        ("", None),
        ("# nothing\n", None),
        ('a: "\\u00e9\\U0001F52D"', {"a": "\xe9\U0001f52d"}),
    ],
)  # fmt: skip
def test_values_are_those_of_json(text: str, value: Json) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("text", "rule", "place"),
    [
        (LAUGHS, "yaml/alias", "2:8"),
        ("a: *b", "yaml/alias", "1:4"),
        ("a: !!python/object/apply:os.system ['true']", "yaml/tag", "1:4"),
        ("a: !!int '1'", "yaml/tag", "1:4"),
        ("- !x {a: b}", "yaml/tag", "1:3"),
        ("!!set {a, b}", "yaml/tag", "1:1"),
        ("<<: {a: b}", "yaml/merge", "1:1"),
        ("a: 1\nb: 2\na: 3", "yaml/duplicate-key", "3:1"),
        ("? [a]\n: b", "yaml/key", "1:3"),
        ("? {a: b}\n: c", "yaml/key", "1:3"),
        ("a: b\n---\nc: d", "yaml/documents", "2:1"),
        ('a: "\\0"', "yaml/character", "1:4"),
        ('"\\0": a', "yaml/character", "1:1"),
        ("a: [b", "yaml/syntax", "2:1"),
        ("a: b: c", "yaml/syntax", "1:5"),
        ("\tb: 1", "yaml/syntax", "1:1"),
        ("%YAML 3.0\n---\na", "yaml/syntax", "1:1"),
        ('a: "\\ud800"', "yaml/syntax", ""),
        ("a: \x01", "yaml/syntax", ""),
        ("a: b\n  c: d", "yaml/syntax", "2:4"),
    ],
)
def test_refused_with_the_place(text: str, rule: str, place: str) -> None:
    found = refusal(text)
    assert found[0] == rule
    assert not place or found[1] == place or rule == "yaml/syntax"


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[" * 10_000, "yaml/syntax"),
        ("[" * 1_000 + "a", "yaml/too-deep"),
        ("{a: " * 10_000, "yaml/too-deep"),
        ("- " * 10_000 + "a", "yaml/too-deep"),
        ("&a " * 10_000, "yaml/syntax"),
        ("a: " * 100_000, "yaml/syntax"),
        ("? " * 10_000, "yaml/key"),
        ("[" * 100 + "]" * 100, ""),
    ],
)
def test_nesting_is_bounded_and_refused_soon(text: str, rule: str) -> None:
    started = process_time()
    findings = Findings()
    read_yaml(text, findings)
    assert [finding.rule for finding in findings.items] == ([rule] if rule else [])
    assert process_time() - started < 5


def test_many_keys_cost_their_number() -> None:
    started = process_time()
    value = read("".join(f"k{n}: {n}\n" for n in range(20_000)))
    assert isinstance(value, dict)
    assert len(value) == 20_000
    assert process_time() - started < 10


def test_tags_may_be_passed_over() -> None:
    findings = Findings()
    text = "--- !<tag:astropy.org:sys>\n- !x {a: !!str 1}"
    assert read_yaml(text, findings, passes_tags=True) == [{"a": "1"}]
    assert not findings.items


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    findings = Findings()
    value = read_yaml(text, findings)
    assert value is None or not findings.items
