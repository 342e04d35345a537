"""What activities and entities say by the rules of provenance keywords."""

import time

import pytest

from provstore.model.keyword_file import Source
from provstore.model.keyword_rules import Rules, parse
from provstore.model.keyword_values import MOST_CHARACTERS, as_kept
from provstore.model.keywords import Found, Keyword, Place, Take, Thing
from provstore.model.patterns import Pattern


def _rules(*places: Place) -> Rules:
    return Rules([Keyword("k", places=places)])


def _said(rules: Rules, activity: Thing, **more: list[Thing]) -> list[str]:
    return [found.value for found in rules.of_activity(activity, **more)]


# -- activities


def test_the_version_of_an_activity_of_that_name() -> None:
    rules = _rules(Place(Take.VERSION, activity="ctapipe-process"))
    assert rules.of_activity(Thing(("ctapipe-process",), "0.19.0")) == [Found("k", "0.19.0")]
    assert _said(rules, Thing(("CTAPIPE-Process",), "0.19.0")) == ["0.19.0"]
    assert _said(rules, Thing(("4cca0539", "ctapipe-process"), "0.19.0")) == ["0.19.0"]
    assert _said(rules, Thing(("ctapipe-process",))) == []
    assert _said(rules, Thing(("ctapipe-process",), " ")) == []
    assert _said(rules, Thing(("ctapipe-process-2",), "0.19.0")) == []
    assert _said(rules, Thing((), "0.19.0")) == []


def test_a_rule_with_a_level_says_where_its_value_stands() -> None:
    rules = _rules(Place(Take.VERSION, activity="ctapipe-*", level="DL2"))
    assert rules.of_activity(Thing(("ctapipe-process",), "0.19.0")) == [Found("k", "0.19.0", "DL2")]
    assert rules.leveled
    assert not _rules(Place(Take.VERSION, activity="ctapipe-*")).leveled
    assert not _rules(Place(Take.ATTRIBUTE, "a", level="DL2")).leveled


def test_the_name_is_the_one_that_fits() -> None:
    rules = _rules(Place(Take.NAME, activity="gammapy-*"))
    assert _said(rules, Thing(("job 7", "gammapy-spectrum", "gammapy-map"))) == ["gammapy-spectrum"]


def test_parameters_compare_without_case_blanks_and_punctuation() -> None:
    rules = _rules(Place(Take.PARAMETER, "applied_cuts", "*"))
    told = (("Applied Cuts", "loose"), ("applied_cuts_2", "none"), ("cuts", "hard"))
    assert _said(rules, Thing(("selection",), parameters=told)) == ["loose"]
    assert _said(rules, Thing(("selection",), attributes=told)) == []


def test_a_star_in_a_parameter_stands_for_any_path() -> None:
    rules = _rules(Place(Take.PARAMETER, "*.ShowerProcessor.reconstructor_types", "ctapipe-*"))
    path = "ProcessorTool.ShowerProcessor.reconstructor_types"
    told = ((path, '["HillasReconstructor"]'), (path + ".other", "no"))
    assert _said(rules, Thing(("ctapipe-process",), parameters=told)) == ["HillasReconstructor"]


def test_a_list_is_its_members() -> None:
    rules = _rules(Place(Take.PARAMETER, "methods", "*"))

    def said(text: str) -> list[str]:
        return _said(rules, Thing(("a",), parameters=(("methods", text),)))

    assert said('["Hillas","ImPACT"]') == ["Hillas", "ImPACT"]
    assert said("[0.70,2]") == ["0.70", "2"]
    assert said("[]") == []
    assert said('[" Hillas "]') == ["Hillas"]
    assert said('["Hillas","Hillas",""]') == ["Hillas"]
    assert said('[["type","*",8.0]]') == ['[["type","*",8.0]]']
    assert said("[a, b]") == ["[a, b]"]
    assert said("[true]") == ["[true]"]
    deep = "[" * 100_000 + "]" * 100_000
    assert said(deep) == [as_kept(deep)]


def test_agents_by_their_role() -> None:
    people = [
        Thing(("Data Processing Group", "processing"), role="Operator"),
        Thing(("owner",), role="owner"),
        Thing(("nobody",)),
    ]
    of_role = _rules(Place(Take.AGENT, "operator", "*"))
    assert _said(of_role, Thing(("a",)), agents=people) == ["Data Processing Group"]
    of_any = _rules(Place(Take.AGENT, "", "*"))
    named = ["Data Processing Group", "owner", "nobody"]
    assert _said(of_any, Thing(("a",)), agents=people) == named
    assert _said(of_any, Thing(("a",)), agents=[Thing(())]) == []


def test_the_names_of_configurations() -> None:
    rules = _rules(Place(Take.CONFIGURATION, activity="ctapipe-*"))
    files = [Thing(("dl1_to_dl2.yaml", "x")), Thing(("site.yaml",))]
    ran = Thing(("ctapipe-process",))
    assert _said(rules, ran, configuration=files) == ["dl1_to_dl2.yaml", "site.yaml"]
    assert _said(rules, Thing(("other",)), configuration=files) == []


def test_attributes_of_an_activity() -> None:
    rules = _rules(Place(Take.ATTRIBUTE, "CTA ACTIVITY SOFTWARE NAME", "*"))
    told = (("CTA ACTIVITY SOFTWARE NAME", "ctapipe"), ("comment", "none"))
    assert _said(rules, Thing(("a",), attributes=told)) == ["ctapipe"]
    assert _said(rules, Thing(("a",), parameters=told)) == []
    assert rules.of_entity(Thing(("a",), attributes=told)) == []


def test_each_value_of_a_keyword_once_in_the_order_of_the_rules() -> None:
    rules = Rules(
        [
            Keyword("v", places=(Place(Take.VERSION, activity="*"),)),
            Keyword(
                "p",
                places=(
                    Place(Take.PARAMETER, "b", "*"),
                    Place(Take.PARAMETER, "a", "*"),
                    Place(Take.PARAMETER, "a", "s*", "DL3"),
                ),
            ),
        ]
    )
    told = (("a", "1"), ("b", "2"), ("A", "1"), ("b", " 1 "))
    assert rules.of_activity(Thing(("select",), "4", parameters=told)) == [
        Found("v", "4"),
        Found("p", "2"),
        Found("p", "1"),
        Found("p", "1", "DL3"),
    ]


def test_long_values_are_cut_and_stay_distinct() -> None:
    rules = _rules(Place(Take.PARAMETER, "p", "*"))
    longest, one, other = "x" * 500, "x" * 501, "x" * 10_000 + "y"
    values = [
        _said(rules, Thing(("a",), parameters=(("p", text),)))[0] for text in (longest, one, other)
    ]
    assert values[0] == longest
    assert len(set(values)) == 3
    assert all(len(value) <= MOST_CHARACTERS for value in values)
    assert [as_kept(value) for value in values] == values


# -- entities


def test_attributes_of_an_entity() -> None:
    rules = Rules(
        [
            Keyword("calib_version", places=(Place(Take.ATTRIBUTE, "CAL_VER"),)),
            Keyword("reco_version", places=(Place(Take.ATTRIBUTE, "ana_ver"),)),
        ]
    )
    header = (("ANA_VER", "hap-18-12"), ("CAL_VER", "3.1"), ("EV_CLASS", "std"))
    assert rules.of_entity(Thing(("events",), attributes=header)) == [
        Found("calib_version", "3.1"),
        Found("reco_version", "hap-18-12"),
    ]
    assert rules.of_entity(Thing(("events",))) == []
    assert rules.of_activity(Thing(("events",), attributes=header)) == []


def test_a_level_restricts_an_attribute_to_entities_of_it() -> None:
    rules = _rules(Place(Take.ATTRIBUTE, "version", level="DL3"))
    told = (("version", "7"),)
    assert rules.of_entity(Thing(("a",), level="DL3", attributes=told)) == [Found("k", "7")]
    assert rules.of_entity(Thing(("a",), level="DL2", attributes=told)) == []
    assert rules.of_entity(Thing(("a",), attributes=told)) == []


def test_sources_by_name_and_by_attribute() -> None:
    rules = Rules([], [Source("*.simtel.zst"), Source("", "CTA Process Type", "*simulation")])
    assert rules.is_source(Thing(("x", "gamma_run7.SIMTEL.zst")))
    assert rules.is_source(Thing(("x",), attributes=(("CTA PROCESS TYPE", "Simulation "),)))
    assert not rules.is_source(Thing(("x",), attributes=(("CTA PROCESS TYPE", "Observation"),)))
    assert not rules.is_source(Thing(("gamma.simtel.zst.txt",)))
    assert not Rules([]).is_source(Thing(("x",), attributes=(("", ""),)))


# -- sets of rules


def test_more_rules_replace_keywords_of_the_same_name() -> None:
    first = Rules(
        [
            Keyword("a", places=(Place(Take.VERSION, activity="one"),)),
            Keyword("b", places=(Place(Take.VERSION, activity="one"),)),
        ],
        [Source("raw*")],
    )
    more = Rules([Keyword("a", places=(Place(Take.VERSION, activity="two"),))], [Source("mc*")])
    both = first.with_more(more)
    assert both.of_activity(Thing(("one",), "1")) == [Found("b", "1")]
    assert both.of_activity(Thing(("two",), "2")) == [Found("a", "2")]
    assert list(both.by_name) == ["a", "b"]
    assert both.is_source(Thing(("raw1",)))
    assert both.is_source(Thing(("mc1",)))


BASE = """
[[keyword]]
name = "reco_version"
type = "version"
ucd = "meta.version"
[[keyword.from]]
version = true
activity = "ctapipe-process"
level = "DL2"
[[source]]
name = "raw*"
"""


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("reco_version", "reco_versions"),
        ("ctapipe-process", "ctapipe-merge"),
        ("DL2", "DL3"),
        ("version = true", "name = true"),
        ('"version"', '"version"\nmost_values = 7'),
        ("raw*", "mc*"),
        ("[[source]]", '[[source]]\nname = "mc*"\n[[source]]'),
    ],
)
def test_the_digest_tells_rules_that_keep_something_else(before: str, after: str) -> None:
    assert before in BASE
    other = parse(BASE.replace(before, after, 1), "rules")
    assert other.digest != parse(BASE, "rules").digest


def test_the_digest_is_that_of_what_is_kept() -> None:
    digest = parse(BASE, "rules").digest
    assert len(digest) == 32
    shown = BASE.replace("meta.version", "meta.code") + '[[source]]\nname = "raw*"'
    assert parse(shown, "other").digest == digest


# -- hostile patterns and names


def test_patterns() -> None:
    assert Pattern("a*c").matches("abc")
    assert Pattern("a*c").matches("ac")
    assert not Pattern("a*ac").matches("ac")
    assert Pattern("*").matches("")
    assert Pattern("").matches("")
    assert not Pattern("").matches("a")
    assert Pattern("*b*b*").matches("abcb")
    assert not Pattern("*b*b*").matches("abc")
    assert Pattern("a**b").matches("ab")
    assert Pattern("a.*[b]").matches("a.x[b]")
    assert not Pattern("a.*[b]").matches("axb")
    assert not Pattern("x*bc*abc").matches("x-abc")


def test_many_stars_take_no_longer_than_few() -> None:
    text = "a" * 50_000
    started = time.process_time()
    assert not Pattern("*a" * 1000 + "*b").matches(text)
    assert not Pattern("*" * 50_000 + "b").matches(text)
    rules = _rules(Place(Take.VERSION, activity="*a" * 400 + "b"))
    assert rules.of_activity(Thing((text, text + "b"), "1")) == [Found("k", "1")]
    assert time.process_time() - started < 5  # all divisions of the text would take for ever
