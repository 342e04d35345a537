import pytest

from provstore.api import lineage, provsap
from provstore.api.params import (
    BOOLEAN,
    ID,
    MAX_REPEATS,
    ONE_ID,
    TEXT,
    Given,
    Parameter,
    choice,
    documented,
    number,
    page_limit,
)
from provstore.errors import BadParameterError
from provstore.model.lineage import Agents, Direction, Via

DEPTH: Parameter[int | None] = Parameter("DEPTH", number(0), "How far.", 1)
FLAG: Parameter[bool] = Parameter("FLAG", BOOLEAN, "Whether.", default=False)
TAKEN = (ID, DEPTH, FLAG)


@pytest.mark.parametrize("name", ["DEPTH", "depth", "Depth"])
def test_a_name_is_found_whatever_its_case(name: str) -> None:
    assert Given(TAKEN, [("ID", "a"), (name, "7")]).one(DEPTH) == 7


def test_a_parameter_that_is_not_given_has_its_default() -> None:
    given = Given(TAKEN, [("ID", "a")])
    assert given.one(DEPTH) == 1
    assert given.one(FLAG) is False
    assert not given.has(DEPTH)


def test_a_repeatable_parameter_keeps_its_order_and_drops_repetitions() -> None:
    assert Given(TAKEN, [("ID", "b"), ("id", "a"), ("ID", "b")]).every(ID) == ("b", "a")


@pytest.mark.parametrize(
    ("pairs", "name", "value", "allowed"),
    [
        ([("ID", "a"), ("DEPTH", "1"), ("depth", "1")], "DEPTH", "1", "once"),
        ([("ID", "a"), ("DEPHT", "1")], "DEPHT", "1", "ID, DEPTH, FLAG"),
        ([("ID", "a"), ("DEPTH", "-1")], "DEPTH", "-1", "a whole number from 0"),
        ([("ID", "a"), ("DEPTH", "")], "DEPTH", "", "a whole number from 0"),
        ([("ID", "a"), ("DEPTH", "٣")], "DEPTH", "٣", "a whole number from 0"),
        ([("ID", "a"), ("DEPTH", "1" * 5000)], "DEPTH", "1" * 5000, "a whole number from 0"),
        ([("ID", "a"), ("FLAG", "yes")], "FLAG", "yes", "true, false, 1 or 0"),
        ([("ID", "a"), ("FLAG", "True")], "FLAG", "True", "true, false, 1 or 0"),
        ([("ID", "")], "ID", "", "not empty"),
        ([("ID", "a\0b")], "ID", "a\0b", "no NUL"),
        ([("DEPTH", "1")], "ID", "", "required"),
        ([("ID", str(n)) for n in range(MAX_REPEATS + 1)], "ID", str(MAX_REPEATS), "at most 1000"),
    ],
)
def test_what_is_not_allowed_is_refused_by_name_value_and_choice(
    pairs: list[tuple[str, str]], name: str, value: str, allowed: str
) -> None:
    with pytest.raises(BadParameterError) as caught:
        Given(TAKEN, pairs)
    assert (caught.value.name, caught.value.value) == (name, value)
    assert allowed in caught.value.allowed


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("1", True), ("TRUE", True), ("false", False), ("0", False), ("FALSE", False)],
)
def test_booleans_are_those_of_dali_and_of_django_prov_vo(text: str, *, value: bool) -> None:
    assert Given(TAKEN, [("ID", "a"), ("FLAG", text)]).one(FLAG) is value


def test_a_number_is_within_both_its_bounds() -> None:
    domain = number(2, 3)
    assert [domain.read("2"), domain.read("3")] == [2, 3]
    for text in ("1", "4"):
        with pytest.raises(ValueError, match=text):
            domain.read(text)


def test_values_of_a_choice_are_case_sensitive() -> None:
    with pytest.raises(ValueError, match="A"):
        choice({"a": 1}).read("A")


def test_a_page_is_a_hundred_items_and_never_more_than_the_setting_allows() -> None:
    from provstore.api.params import LIMIT

    assert page_limit(Given([LIMIT], []), 1000) == 100
    assert page_limit(Given([LIMIT], []), 50) == 50
    assert page_limit(Given([LIMIT], [("limit", "1000")]), 1000) == 1000
    with pytest.raises(BadParameterError, match="1 to 1000"):
        page_limit(Given([LIMIT], [("limit", "1001")]), 1000)


def test_the_openapi_part_says_what_is_required_repeated_and_allowed() -> None:
    one, many = documented([ONE_ID, ID])["parameters"]
    assert one["schema"] == {"type": "string", "minLength": 1}
    assert many["schema"]["type"] == "array"
    assert many["schema"]["items"] == {"type": "string", "minLength": 1}
    assert (one["name"], one["in"], one["required"]) == ("ID", "query", True)
    assert TEXT.allowed in one["description"]


def test_a_lineage_question_has_the_defaults_of_the_interface() -> None:
    question = lineage.question_of(Given(lineage.ASKED, [("ID", "x")]))
    assert question.ids == ("x",)
    assert question.direction is Direction.BACK
    assert (question.bounds.depth, question.bounds.steps) == (None, None)
    assert (question.bounds.stop, question.bounds.limit) == ((), None)
    assert (question.via, question.agents) == (Via.BOTH, Agents.SHOW)
    assert (question.parameters, question.descriptions) == (True, 0)


def test_a_lineage_question_has_every_value_that_was_asked() -> None:
    pairs = [
        *(("ID", "x"), ("ID", "y"), ("direction", "both"), ("steps", "3"), ("stop", "DL3")),
        *(("stop", "merge"), ("via", "derivation"), ("agents", "walk"), ("parameters", "hide")),
        *(("descriptions", "2"), ("limit", "9")),
    ]
    question = lineage.question_of(Given(lineage.ASKED, pairs))
    assert question.ids == ("x", "y")
    assert question.direction is Direction.BOTH
    assert (question.bounds.depth, question.bounds.steps) == (None, 3)
    assert (question.bounds.stop, question.bounds.limit) == (("DL3", "merge"), 9)
    assert (question.via, question.agents) == (Via.DERIVATION, Agents.WALK)
    assert (question.parameters, question.descriptions) == (False, 2)


def test_steps_and_depth_exclude_each_other() -> None:
    given = Given(lineage.ASKED, [("ID", "x"), ("steps", "1"), ("depth", "2")])
    with pytest.raises(BadParameterError, match="not both"):
        lineage.question_of(given)


def test_a_provsap_question_has_the_defaults_of_the_draft_and_of_opus() -> None:
    given = Given(provsap.TAKEN, [("ID", "x")])
    question = provsap.question_of(given)
    assert (question.ids, question.depth, question.direction) == (("x",), 1, Direction.BACK)
    assert (question.members, question.steps, question.walk_agents) == (False, False, False)
    assert (question.show_agents, question.configuration, question.descriptions) == (True, True, 0)
    assert given.one(provsap.MODEL) == "IVOA"
    assert given.one(provsap.RESPONSEFORMAT).name == "prov-json"


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("DEPTH", "0", "depth", 0),
        ("DEPTH", "ALL", "depth", None),
        ("DIRECTION", "FORTH", "direction", Direction.FORTH),
        ("DIRECTION", "FORWARD", "direction", Direction.FORTH),
        ("MEMBERS", "1", "members", True),
        ("STEPS", "true", "steps", True),
        ("AGENT", "TRUE", "walk_agents", True),
        ("AGENTS", "0", "show_agents", False),
        ("CONFIGURATION", "false", "configuration", False),
        ("DESCRIPTIONS", "2", "descriptions", 2),
    ],
)
def test_each_provsap_parameter_arrives(
    name: str, value: str, field: str, expected: object
) -> None:
    question = provsap.question_of(Given(provsap.TAKEN, [("ID", "x"), (name.lower(), value)]))
    assert getattr(question, field) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEPTH", "all"),
        ("DEPTH", "-1"),
        ("DIRECTION", "back"),
        ("DIRECTION", "BOTH"),
        ("MODEL", "w3c"),
        ("RESPONSEFORMAT", "prov-json"),
        ("RESPONSEFORMAT", "text/csv"),
        ("DESCRIPTIONS", "3"),
        ("GD", "TB"),
        ("AGENT", "maybe"),
    ],
)
def test_values_of_provsap_are_case_sensitive_and_few(name: str, value: str) -> None:
    with pytest.raises(BadParameterError) as caught:
        Given(provsap.TAKEN, [("ID", "x"), (name, value)])
    assert (caught.value.name, caught.value.value) == (name, value)


@pytest.mark.parametrize(
    ("asked", "name", "media_type"),
    [
        ("PROV-N", "prov-n", "text/provenance-notation; charset=utf-8"),
        ("application/json", "prov-json", "application/json"),
        ("text/xml", "prov-xml", "text/xml; charset=utf-8"),
        ("Image/SVG+XML", "svg", "image/svg+xml"),
        ("application/json; charset=utf-8", "prov-json", "application/json"),
    ],
)
def test_who_asks_by_media_type_is_answered_with_it(asked: str, name: str, media_type: str) -> None:
    given = Given(provsap.TAKEN, [("ID", "x"), ("RESPONSEFORMAT", asked)])
    assert given.one(provsap.RESPONSEFORMAT) == (name, media_type)
