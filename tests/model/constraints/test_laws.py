"""Laws of the checks: beside the order pair by pair, of the order of telling, of histories."""

import random

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn
from support import order_oracle
from support.statements import split, told
from support.strategies import documents

from provstore.model.constraints.ordering import strict_cycles
from provstore.model.constraints.rules import RULES
from provstore.model.constraints.scope import scopes
from provstore.model.constraints.valid import contradictions
from provstore.model.document import Document

_ENTITY = ("e", "f", "g")
_ACTIVITY = ("a", "b")
_SLOTS = {
    "used": (_ACTIVITY, _ENTITY),
    "wasGeneratedBy": (_ENTITY, (*_ACTIVITY, "-")),
    "wasInvalidatedBy": (_ENTITY, (*_ACTIVITY, "-")),
    "wasInformedBy": (_ACTIVITY, _ACTIVITY),
    "wasStartedBy": (_ACTIVITY, (*_ENTITY, "-"), (*_ACTIVITY, "-")),
    "wasEndedBy": (_ACTIVITY, (*_ENTITY, "-"), (*_ACTIVITY, "-")),
    "wasDerivedFrom": (_ENTITY, _ENTITY, (*_ACTIVITY, "-", "-")),
    "specializationOf": (_ENTITY, _ENTITY),
    "wasAttributedTo": (_ENTITY, (*_ENTITY, *_ACTIVITY)),
    "wasAssociatedWith": (_ACTIVITY, (*_ENTITY, *_ACTIVITY)),
    "actedOnBehalfOf": (_ENTITY, _ENTITY, (*_ACTIVITY, "-")),
    "entity": (_ENTITY,),
    "activity": (_ACTIVITY,),
}
_TIMED = ("used", "wasGeneratedBy", "wasInvalidatedBy", "wasStartedBy", "wasEndedBy")


@st.composite
def statements(draw: DrawFn, *, bare: bool = True) -> list[str]:
    """A few statements about few things, so that they meet; not ``bare``: with names and times."""

    def statement() -> str:
        name = draw(st.sampled_from(sorted(_SLOTS)))
        ends = [draw(st.sampled_from(slot)) for slot in _SLOTS[name]]
        if bare or name in ("entity", "activity", "specializationOf"):
            return f"{name}({', '.join(ends)})"
        iri = draw(st.sampled_from(["", "", "i; ", "j; "]))
        time = draw(st.sampled_from(["-", "@10", "@11"])) if name in _TIMED else "-"
        return f"{name}({iri}{', '.join(ends)}{'' if time == '-' else ', ' + time})"

    return [statement() for _ in range(draw(st.integers(1, 9)))]


def rules(document: Document) -> set[str]:
    return {finding.rule for finding in contradictions(document)}


@settings(max_examples=300)
@given(statements())
def test_a_strict_cycle_is_found_where_the_standard_has_one(lines: list[str]) -> None:
    document = told(" ".join(lines))
    expected = order_oracle.has_strict_cycle(document)
    event(f"invalid: {expected}")
    [scope] = scopes(document)
    assert bool(list(strict_cycles(scope))) is expected


@given(statements(bare=False), st.randoms(use_true_random=False))
def test_validity_does_not_depend_on_the_order_of_statements(
    lines: list[str], chance: random.Random
) -> None:
    turned = lines[:]
    chance.shuffle(turned)
    first, second = rules(told(" ".join(lines))), rules(told(" ".join(turned)))
    assert bool(first) == bool(second)
    if not first & {f"prov-constraints/{number}" for number in range(22, 30)}:
        assert first == second  # else it depends on what was merged with what


@given(statements(bare=False))
def test_telling_again_changes_nothing(lines: list[str]) -> None:
    named = [line for line in lines if ";" in line]
    assert rules(told(" ".join([*lines, *named]))) == rules(told(" ".join(lines)))


@given(documents())
def test_any_document_can_be_checked(document: Document) -> None:
    for finding in contradictions(document):
        assert finding.rule in RULES
        assert finding.message


@st.composite
def histories(draw: DrawFn) -> list[str]:
    """Statements of what happened, one event after the other; each is dated by its place."""
    lines = ["entity(e0)", "wasGeneratedBy(e0, a0, 2026-01-01T00:00:00Z)", "agent(p)"]
    entities = ["e0"]
    activities: list[str] = []
    for minute in range(1, draw(st.integers(2, 20))):
        time = f"2026-01-01T00:{minute:02}:00Z"
        deed = draw(st.sampled_from(["start", "make", "make", "use", "use", "note"]))
        old = draw(st.sampled_from(entities))
        if deed == "start" or not activities:
            activity = f"a{minute}"
            lines += [
                f"activity({activity}, {time}, -)",
                f"wasStartedBy({activity}, e0, a0, {time})",
                f"wasAssociatedWith({activity}, p)",
            ]
            activities.append(activity)
            continue
        activity = draw(st.sampled_from(activities))
        if deed == "use":
            lines.append(f"used(u{minute}; {activity}, {old}, {time})")
        elif deed == "make":
            entity = f"e{minute}"
            lines += [
                f"entity({entity})",
                f"wasGeneratedBy(g{minute}; {entity}, {activity}, {time})",
                f"wasDerivedFrom({entity}, {old})",
                f"wasAttributedTo({entity}, p)",
            ]
            if draw(st.booleans()):
                lines.append(f"specializationOf({entity}, {old})")
            entities.append(entity)
        else:
            lines.append(f"wasInformedBy({activity}, {activities[0]})")
    last = "2026-01-01T01:00:00Z"
    lines += [f"wasEndedBy({activity}, -, a0, {last})" for activity in activities]
    lines += [f"wasInvalidatedBy({entity}, a0, {last})" for entity in entities]
    return draw(st.permutations(lines))


@given(histories())
def test_what_happened_is_valid(lines: list[str]) -> None:
    assert list(contradictions(told(" ".join(lines)))) == []


def test_a_line_is_split_into_its_statements() -> None:
    assert split("entity(e) used(u; a, e) [prov:role=x]") == [
        "entity(e)",
        "used(u; a, e) [prov:role=x]",
    ]
