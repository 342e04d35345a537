"""What is refused, by which rule, at which place."""

import pytest
from support.reading import EX, encoded, example, refused, rules


def short(value: object) -> str:
    """A parameter as the name of its test."""
    return repr(value)[:40]


LONE_SURROGATE = "\\ud800"


@pytest.mark.parametrize(
    ("content", "rule", "place"),
    [
        ("", "json/syntax", "1:1"),
        ("not json", "json/syntax", "1:1"),
        ('{"entity": {\n  "a": }', "json/syntax", "2:8"),
        ('{"entity": {}', "json/syntax", "1:14"),
        ("{} {}", "json/syntax", "1:4"),
        ('{"entity": {},}', "json/syntax", "1:15"),
        ("[" * 100_000, "json/too-deep", "1:1"),
        ("[]", "json/wrong-type", ""),
        ("5", "json/wrong-type", ""),
        ("null", "json/wrong-type", ""),
        ('{"entity": {"a": {"b": NaN}}}', "json/not-a-number", "/entity/a/b"),
        ('{"entity": {"a": {"b": [1, -Infinity]}}}', "json/not-a-number", "/entity/a/b/1"),
        ('{"entity": {"a": {}, "a": {}}}', "json/duplicate-key", "/entity/a"),
        ('{"entity": {}, "entity": {}}', "json/duplicate-key", "/entity"),
        ('{"entity": {"a": {"b/c": "\\u0000"}}}', "json/character", "/entity/a/b~1c"),
        ('{"entity": {"a~/b": {"c": NaN}}}', "json/not-a-number", "/entity/a~0~1b/c"),
        ('{"entity": {"\\u0000": {}}}', "json/character", "/entity/\0"),
        (f'{{"entity": {{"a": {{"b": "{LONE_SURROGATE}"}}}}}}', "json/character", "/entity/a/b"),
        (b'{"entity": {"a\xff": {}}}', "text/encoding", "1:15"),
        ('{"entity": {}}'.encode("utf-16"), "text/encoding", "1:1"),
        ('{"entity": {}}'.encode("utf-16-be"), "text/encoding", "1:1"),
        ('{"entity": {}}'.encode("utf-32"), "text/encoding", "1:1"),
        ({"entities": {}}, "prov-json/unknown-section", "/entities"),
        ({"prov:entity": {}}, "prov-json/unknown-section", "/prov:entity"),
        ({"@id": "x"}, "prov-json/unknown-section", "/@id"),
        ({"entity": []}, "json/wrong-type", "/entity"),
        ({"entity": {"a": 5}}, "json/wrong-type", "/entity/a"),
        ({"entity": {"a": [{}, "x"]}}, "json/wrong-type", "/entity/a/1"),
        ({"entity": {"": {}}}, "prov-json/empty-name", "/entity/"),
        ({"entity": {"a": {"": "x"}}}, "prov-json/empty-name", "/entity/a/"),
        ({"prefix": []}, "json/wrong-type", "/prefix"),
        ({"prefix": {"ex": 5}}, "json/wrong-type", "/prefix/ex"),
        ({"bundle": []}, "json/wrong-type", "/bundle"),
        ({"bundle": {"b": []}}, "json/wrong-type", "/bundle/b"),
        ({"bundle": {"b": {"bundle": {"c": {}}}}}, "prov-json/nested-bundle", "/bundle/b/bundle"),
        ({"bundle": {"b": {"foo": {}}}}, "prov-json/unknown-section", "/bundle/b/foo"),
        ({"bundle": {"no:b": {}}}, "prov-json/unknown-prefix", "/bundle/no:b"),
        ({"entity": {"no:e": {}}}, "prov-json/unknown-prefix", "/entity/no:e"),
        ({"entity": {"a": {"no:b": 1}}}, "prov-json/unknown-prefix", "/entity/a/no:b"),
    ],
    ids=short,
)
def test_documents_that_are_refused(content: object, rule: str, place: str) -> None:
    assert rules(refused(content)) == [(rule, place)]


@pytest.mark.parametrize(
    ("value", "rule", "key"),
    [
        (None, "json/wrong-type", ""),
        ([1, None], "json/wrong-type", "/1"),
        ([[1]], "json/wrong-type", "/0"),
        ({}, "json/wrong-type", ""),
        ({"$": None}, "json/wrong-type", ""),
        ({"$": "x", "type": 5}, "json/wrong-type", ""),
        ({"$": "x", "type": None}, "json/wrong-type", ""),
        ({"$": "x", "lang": 5}, "json/wrong-type", ""),
        ({"$": "x", "kind": "xsd:int"}, "json/wrong-type", ""),
        ({"$": {"$": "x"}}, "json/wrong-type", ""),
        ({"prov:label": "nested object"}, "json/wrong-type", ""),
        ({"$": "x", "type": ""}, "prov-json/empty-name", "/type"),
        ({"$": "x", "type": "no:t"}, "prov-json/unknown-prefix", "/type"),
        ({"$": "no:x", "type": "xsd:QName"}, "prov-json/unknown-prefix", "/$"),
    ],
    ids=short,
)
def test_values_that_are_refused(value: object, rule: str, key: str) -> None:
    content = example(entity={"ex:e": {"ex:a": value}})
    assert rules(refused(content)) == [(rule, "/entity/ex:e/ex:a" + key)]


@pytest.mark.parametrize(
    ("key", "value", "rule"),
    [
        ("prov:activity", 5, "json/wrong-type"),
        ("prov:activity", None, "json/wrong-type"),
        ("prov:activity", ["ex:a", "ex:b"], "json/wrong-type"),
        ("prov:activity", [], "json/wrong-type"),
        ("prov:activity", {"$": "ex:a", "type": "xsd:string"}, "json/wrong-type"),
        ("prov:activity", "", "prov-json/empty-name"),
        ("prov:activity", "no:a", "prov-json/unknown-prefix"),
        ("voprov:entity", "ex:other", "prov-json/told-twice"),
        ("voprov:time", "2026-01-01T00:00:00", "prov-json/told-twice"),
        ("prov:time", 5, "json/wrong-type"),
        ("prov:time", None, "json/wrong-type"),
        ("prov:time", ["2026-01-01", "2026-01-02"], "json/wrong-type"),
        ("prov:time", {"$": "x", "type": "xsd:QName"}, "json/wrong-type"),
    ],
    ids=short,
)
def test_ends_and_times_that_are_refused(key: str, value: object, rule: str) -> None:
    record = {"prov:activity": "ex:a", "prov:entity": "ex:e", "prov:time": "2026-01-01T00:00:00"}
    findings = refused(example(used={"_:u": {**record, key: value}}))
    assert rules(findings) == [(rule, f"/used/_:u/{key}")]


def test_a_membership_without_members_is_refused() -> None:
    record = {"prov:collection": "ex:c", "prov:entity": []}
    findings = refused(example(hadMember={"_:m": record}))
    assert rules(findings) == [("json/wrong-type", "/hadMember/_:m/prov:entity")]


def test_all_errors_are_told_at_once_each_at_its_place() -> None:
    content = example(
        entity={"no:a": {}, "ex:b": {"no:x": 1, "ex:y": None}},
        agent={"ex:c": {"no:x": 1}},
        used={
            "_:1": {"prov:entity": "no:a", "prov:activity": "ex:d", "no:x": 1},
            "_:2": {"prov:entity": "ex:a", "prov:activity": "ex:d", "no:x": 1},
        },
        extra={},
    )
    assert rules(refused(content)) == [
        ("prov-json/unknown-prefix", "/entity/no:a"),
        ("prov-json/unknown-prefix", "/entity/ex:b/no:x"),
        ("json/wrong-type", "/entity/ex:b/ex:y"),
        ("prov-json/unknown-prefix", "/agent/ex:c/no:x"),
        ("prov-json/unknown-prefix", "/used/_:1/prov:entity"),
        ("prov-json/unknown-prefix", "/used/_:1/no:x"),
        ("prov-json/unknown-prefix", "/used/_:2/no:x"),
        ("prov-json/unknown-section", "/extra"),
    ]


def test_repeated_keys_are_found_inside_of_repeated_ones() -> None:
    inner = '{"x": 1, "x": 2}'
    content = f'{{"entity": {{"a": {inner}, "a": {inner}, "a": {{}}}}}}'
    assert rules(refused(content)) == [
        ("json/duplicate-key", "/entity/a"),
        ("json/duplicate-key", "/entity/a"),
        ("json/duplicate-key", "/entity/a/x"),
        ("json/duplicate-key", "/entity/a/x"),
    ]


def test_nesting_that_the_reader_can_bear_is_refused_by_its_type() -> None:
    content = f'{{"entity": {{"a": {{"b": {"[" * 300}{"]" * 300}}}}}}}'
    assert rules(refused(content)) == [("json/wrong-type", "/entity/a/b/0")]


def test_a_finding_shows_the_value_and_says_what_is_wrong() -> None:
    (finding,) = refused({"entity": {"mist:e": {}}})
    assert finding.value == "mist:e"
    assert finding.message == "the prefix 'mist' is not declared"
    (finding,) = refused('{"entity": {"a": {"b": "x\\u0000y"}}}')
    assert finding.value == "x\\x00y"


def test_large_values_are_shortened() -> None:
    findings = refused(encoded({"entity": {"no:" + "e" * 100_000: {}}}))
    assert {finding.rule for finding in findings} == {
        "identity/too-long",
        "prov-json/unknown-prefix",
    }
    assert all(len(finding.value) == 201 for finding in findings)
    assert all(finding.value.startswith("no:eee") for finding in findings)


def test_whole_surrogate_pairs_are_characters() -> None:
    content = f'{{"prefix": {{"ex": "{EX}"}}, "entity": {{"ex:\\ud83d\\ude00": {{}}}}, "x": 1}}'
    assert rules(refused(content)) == [("prov-json/unknown-section", "/x")]
