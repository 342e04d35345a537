"""The file of keyword rules: what it says, and that every mistake in it is named."""

import pytest

from provstore.model.keyword_file import RulesError, Source, read_rules
from provstore.model.keywords import Keyword, Place, Take, ValueKind

FULL = """
[[keyword]]
name = "theta_max"
type = "number"
unit = "deg"
ucd = "pos.angDistance;stat.max"
description = "Largest distance of an event from the source"
most_values = 50

[[keyword.from]]
parameter = "theta_max_deg"
activity = "*"

[[keyword.from]]
attribute = "THETA"
level = "DL3"

[[keyword]]
name = "operator"

[[keyword.from]]
agent = "Operator"
activity = "event-selection"

[[keyword.from]]
agent = true
activity = "merge"

[[keyword.from]]
configuration = true
activity = "a*"

[[keyword.from]]
name = true
activity = "b*"

[[keyword.from]]
version = true
activity = "c*"
level = "DL0"

[[keyword.from]]
attribute = "x"
activity = "d*"

[[source]]
name = "*.simtel.zst"

[[source]]
attribute = "CTA PROCESS TYPE"
value = "Simulation"
"""


def test_a_file() -> None:
    keywords, sources = read_rules(FULL, "rules.toml")
    assert keywords == [
        Keyword(
            "theta_max",
            ValueKind.NUMBER,
            "deg",
            "pos.angDistance;stat.max",
            "Largest distance of an event from the source",
            50,
            (
                Place(Take.PARAMETER, "theta_max_deg", "*"),
                Place(Take.ATTRIBUTE, "THETA", "", "DL3"),
            ),
        ),
        Keyword(
            "operator",
            places=(
                Place(Take.AGENT, "Operator", "event-selection"),
                Place(Take.AGENT, "", "merge"),
                Place(Take.CONFIGURATION, "", "a*"),
                Place(Take.NAME, "", "b*"),
                Place(Take.VERSION, "", "c*", "DL0"),
                Place(Take.ATTRIBUTE, "x", "d*"),
            ),
        ),
    ]
    assert keywords[1].most_values == 1000
    assert sources == [Source("*.simtel.zst"), Source("", "CTA PROCESS TYPE", "Simulation")]


def test_a_file_may_say_nothing() -> None:
    assert read_rules("", "rules.toml") == ([], [])


PLACE = '[[keyword.from]]\nversion = true\nactivity = "a"\n'


def _keyword(lines: str, places: str = PLACE) -> str:
    return f"[[keyword]]\n{lines}\n{places}"


def _place(lines: str) -> str:
    return _keyword('name = "k"', f"[[keyword.from]]\n{lines}\n")


@pytest.mark.parametrize(
    ("text", "place", "value", "allowed"),
    [
        ("[[keyword]", "", "Expected ']]'", "TOML 1.0"),
        ("a = 1\na = 2", "", "Cannot overwrite a value", "TOML 1.0"),
        ("[[keywords]]", ", key", "keywords", "one of keyword, source"),
        ("keyword = 7", ", keyword", "7", "tables, each begun by [[keyword]]"),
        ("[keyword]\nname = 'k'", ", keyword", "{'name': 'k'}", "tables, each begun by"),
        ("keyword = [1]", ", keyword", "[1]", "tables, each begun by [[keyword]]"),
        # names
        (_keyword(""), ", keyword 1, name", "", "a name"),
        (_keyword("name = 7"), ", keyword 1, name", "7", "text of one line"),
        (_keyword('name = "K"'), ", keyword 'K', name", "K", "small letters, digits and _"),
        (_keyword('name = "1k"'), ", keyword '1k', name", "1k", "a letter first"),
        (_keyword('name = "k-1"'), ", keyword 'k-1', name", "k-1", "small letters"),
        (_keyword(f'name = "{"k" * 65}"'), ", name", "k" * 65, "at most 64 characters"),
        (_keyword('name = "mixed"'), ", name", "mixed", "a word that means nothing else"),
        (_keyword('name = "unknown"'), ", name", "unknown", "a word that means nothing else"),
        (_keyword('name = "param"'), ", name", "param", "a word that means nothing else"),
        (_keyword('name = "target_name"'), ", name", "target_name", "no column of ObsCore"),
        (_keyword('name = "pointing_mode"'), ", name", "pointing_mode", "no column of ObsCore"),
        (_keyword('name = "site"'), ", name", "site", "no column of ObsCore"),
        (_keyword('name = "ev_number"'), ", name", "ev_number", "no column of ObsCore"),
        (_keyword('name = "k"') * 2, ", keyword", "k", "a name that no other keyword"),
        # what a keyword has
        (_keyword('name = "k"\nkind = "text"'), ", keyword 'k', key", "kind", "one of name, type"),
        (
            _keyword('name = "k"\ntype = "float"'),
            ", keyword 'k', type",
            "float",
            "one of text, version, number, time",
        ),
        (_keyword('name = "k"\nunit = "deg"'), ", unit", "deg", "unless the type is number"),
        (_keyword('name = "k"\nucd = "meta version"'), ", ucd", "meta version", "UCD1+"),
        (_keyword('name = "k"\nmost_values = -1'), ", most_values", "-1", "from 0 to 1000000"),
        (_keyword('name = "k"\nmost_values = true'), ", most_values", "True", "a whole number"),
        (_keyword('name = "k"\nmost_values = 1.5'), ", most_values", "1.5", "a whole number"),
        (_keyword('name = "k"\ndescription = "a\\nb"'), ", description", "a\nb", "one line"),
        (_keyword(f'name = "k"\nucd = "{"a" * 1001}"'), ", ucd", "a" * 1001, "1000 characters"),
        (_keyword('name = "k"', ""), ", keyword 'k', from", "nothing", "[[keyword.from]]"),
        (_keyword('name = "k"\nfrom = "x"', ""), ", from", "x", "tables, each begun by [[from]]"),
        # places
        (
            _place('activity = "a"'),
            ", keyword 'k', from 1, what is taken",
            "nothing",
            "exactly one of version, name, parameter, configuration, agent, attribute",
        ),
        (
            _place('activity = "a"\nversion = true\nparameter = "p"'),
            ", keyword 'k', from 1, what is taken",
            "version, parameter",
            "exactly one of",
        ),
        (_place('activity = "a"\nversion = "1"'), ", from 1, version", "1", "true"),
        (_place('activity = "a"\nversion = false'), ", from 1, version", "False", "true"),
        (_place('activity = "a"\nagent = false'), ", from 1, agent", "False", "text of one line"),
        (_place('activity = "a"\nagent = ""'), ", from 1, agent", "", "a role, or true for any"),
        (_place('activity = "a"\nparameter = "*"'), ", from 1, parameter", "*", "a name"),
        (_place('activity = "a"\nparameter = "-"'), ", from 1, parameter", "-", "a name"),
        (_place('activity = "a"\nparameter = true'), ", from 1, parameter", "True", "text of one"),
        (_place('parameter = "p"'), ", from 1, activity", "", "a pattern of the activity's name"),
        (_place("version = true"), ", from 1, activity", "", "a pattern of the activity's name"),
        (_place('activity = " "\nname = true'), ", from 1, activity", "", "a pattern"),
        (
            _place('attribute = "p"\nlevel = "DL6"'),
            ", from 1, level",
            "DL6",
            "one of DL0, DL1, DL2, DL3, DL4, DL5",
        ),
        (_place('attribute = "p"\nrole = "x"'), ", from 1, key", "role", "one of version, name"),
        # sources
        ("[[source]]", ", source 1, what it is told by", "name = ''", "either name, or attribute"),
        (
            "[[source]]\nname = 'a'\nattribute = 'b'",
            ", source 1, what it is told by",
            "name = 'a', attribute = 'b'",
            "either name, or attribute and value",
        ),
        ("[[source]]\nname = 'a'\nvalue = 'b'", ", source 1, value", "b", "nothing, unless"),
        ("[[source]]\nattribute = 'a'", ", source 1, value", "", "a pattern, * for any value"),
        ("[[source]]\nattribute = '*'\nvalue = 'b'", ", source 1, attribute", "*", "a name"),
        ("[[source]]\npath = 'a'", ", source 1, key", "path", "one of name, attribute, value"),
        ("[[source]]\nname = 'a'\n[[source]]\nname = 1", ", source 2, name", "1", "text of one"),
    ],
)
def test_each_mistake_is_refused(text: str, place: str, value: str, allowed: str) -> None:
    with pytest.raises(RulesError) as refused:
        read_rules(text, "rules.toml")
    error = refused.value
    assert error.place.startswith("rules.toml")
    assert error.place.endswith(place)
    assert value in error.value
    assert allowed in error.allowed
    assert str(error) == f"{error.place}: {error.value[:200]!r} is not allowed: {error.allowed}"


@pytest.mark.parametrize(
    "name", ["calib_version", "reco_version", "reco_method", "applied_cuts", "spectral_model"]
)
def test_the_columns_of_the_same_meaning_may_be_keywords(name: str) -> None:
    keywords, _ = read_rules(_keyword(f'name = "{name}"'), "rules.toml")
    assert [keyword.name for keyword in keywords] == [name]
