"""Every constraint of W3C PROV-CONSTRAINTS, with what it allows and what it forbids.

Written by hand from the standard; PROV-SEM (W3C Note 30 April 2013) has the same rules as formulas.
Nothing but a derivation is strict, so no other constraint of order can be violated by
itself: of those the cases tell times, which the standard does not compare.
"""

from typing import NamedTuple

import pytest
from support.statements import told

from provstore.errors import Finding, Severity
from provstore.model.constraints.rules import CONSTRAINTS, ORDERING, STRICT, TIME_ORDER
from provstore.model.constraints.valid import contradictions


class Case(NamedTuple):
    """Statements that a constraint allows, and others that it forbids."""

    number: int
    valid: str
    invalid: str


CASES = (
    Case(
        22,
        "activity(a, @10, -) activity(a, 2026-11-28T11:00:00+01:00, -) activity(a, -, @11)",
        "activity(a, @10, -) activity(a, @11, -)",
    ),
    Case(
        22, "activity(a, @10, @11) activity(a, -, @11)", "activity(a, -, @10) activity(a, -, @11)"
    ),
    Case(23, "used(u; a, e, @10) used(u; a, -)", "used(u; a, e) used(u; a, f)"),
    Case(23, "used(u; a, -) used(u; -, e)", "used(u; a, e, @10) used(u; a, e, @11)"),
    Case(
        23,
        "wasGeneratedBy(g; e, a) wasGeneratedBy(g; e, -, @10)",
        "wasGeneratedBy(g; e, a) wasGeneratedBy(g; f, a)",
    ),
    Case(
        23,
        "wasInformedBy(i; a, b) wasInformedBy(i; a, b)",
        "wasInformedBy(i; a, b) wasInformedBy(i; a, c)",
    ),
    Case(
        23,
        "wasStartedBy(s; a, e, -) wasStartedBy(s; a, -, b)",
        "wasStartedBy(s; a, e, b) wasStartedBy(s; a, e, c)",
    ),
    Case(
        23,
        "wasEndedBy(s; a, e, -) wasEndedBy(s; a, -, b)",
        "wasEndedBy(s; a, e, b) wasEndedBy(s; a, f, b)",
    ),
    Case(
        23,
        "wasInvalidatedBy(i; e, -) wasInvalidatedBy(i; e, a)",
        "wasInvalidatedBy(i; e, a) wasInvalidatedBy(i; f, a)",
    ),
    Case(
        23,
        "wasDerivedFrom(d; f, e, a, g, -) wasDerivedFrom(d; f, e, a, -, u)",
        "wasDerivedFrom(d; f, e, a) wasDerivedFrom(d; f, e)",  # an activity is not expanded
    ),
    Case(
        23,
        "wasAttributedTo(t; e, p) wasAttributedTo(t; e, p)",
        "wasAttributedTo(t; e, p) wasAttributedTo(t; e, q)",
    ),
    Case(
        23,
        "wasAssociatedWith(w; a, p, l) wasAssociatedWith(w; a, -, l)",
        "wasAssociatedWith(w; a, p, l) wasAssociatedWith(w; a, p)",  # nor is a plan
    ),
    Case(
        23,
        "actedOnBehalfOf(d; p, q, a) actedOnBehalfOf(d; p, q)",
        "actedOnBehalfOf(d; p, q, a) actedOnBehalfOf(d; p, q, b)",
    ),
    Case(
        23,
        "wasInfluencedBy(i; x, y) wasInfluencedBy(i; x, y)",
        "wasInfluencedBy(i; x, y) wasInfluencedBy(i; x, z)",
    ),
    # inference 11: the usage and the generation that a derivation names are those of its ends
    Case(
        23,
        "wasDerivedFrom(f, e, a, g, u) used(u; a, e) wasGeneratedBy(g; f, a)",
        "wasDerivedFrom(f, e, a, g, u) used(u; b, e) wasGeneratedBy(g; f, a)",
    ),
    Case(
        23,
        "wasDerivedFrom(f, e, a, g, u) wasDerivedFrom(f, e, a, g, u2)",
        "wasDerivedFrom(f, e, a, g, u) wasDerivedFrom(h, e, a, g, u)",
    ),
    # inference 15: a derivation is an influence of the same identifier
    Case(
        23,
        "wasDerivedFrom(d; f, e) wasInfluencedBy(d; f, e)",
        "wasDerivedFrom(d; f, e) wasInfluencedBy(d; f, h)",
    ),
    Case(
        24,
        "wasGeneratedBy(g; e, a) wasGeneratedBy(e, a, @10) wasGeneratedBy(g2; e, b)",
        "wasGeneratedBy(g; e, a) wasGeneratedBy(g2; e, a)",
    ),
    Case(
        24,
        "wasGeneratedBy(e, a, @10) wasGeneratedBy(e, a, 2026-11-28T09:00:00-01:00)",
        "wasGeneratedBy(e, a, @10) wasGeneratedBy(e, a, @11)",
    ),
    Case(  # inference 11: the generation that a derivation names is that of its activity
        24,
        "wasDerivedFrom(f, e, a, g, u) wasGeneratedBy(f, a) wasGeneratedBy(g2; f, b)",
        "wasDerivedFrom(f, e, a, g, u) wasGeneratedBy(g2; f, a)",
    ),
    Case(
        24,
        "wasDerivedFrom(f, e, a, g, u) wasDerivedFrom(f, h, a, g, u2)",
        "wasDerivedFrom(f, e, a, g, u) wasDerivedFrom(f, h, a, g2, u2)",
    ),
    Case(  # and tells of which activity it is
        24,
        "wasDerivedFrom(f, e, a, g, u) wasGeneratedBy(g; f, -) wasGeneratedBy(g2; f, b)",
        "wasDerivedFrom(f, e, a, g, u) wasGeneratedBy(g; f, -) wasGeneratedBy(g2; f, a)",
    ),
    Case(
        25,
        "wasInvalidatedBy(g; e, a) wasInvalidatedBy(e, a) wasInvalidatedBy(g2; e, b)",
        "wasInvalidatedBy(g; e, a) wasInvalidatedBy(g2; e, a)",
    ),
    Case(
        26,
        "wasStartedBy(s; a, e, b) wasStartedBy(a, -, b) wasStartedBy(s2; a, e, c)",
        "wasStartedBy(s; a, e, b) wasStartedBy(s2; a, e, b)",
    ),
    Case(
        26,
        "wasStartedBy(a, e, b) wasStartedBy(a, e, b)",
        "wasStartedBy(a, e, b) wasStartedBy(a, f, b)",
    ),
    Case(
        27,
        "wasEndedBy(s; a, e, b) wasEndedBy(a, -, b) wasEndedBy(s2; a, e, c)",
        "wasEndedBy(s; a, e, b) wasEndedBy(s2; a, e, b)",
    ),
    Case(
        28,
        "activity(a, @10, -) wasStartedBy(a, e, b, 2026-11-28T10:00:00.000Z)",
        "activity(a, @10, -) wasStartedBy(a, e, b, @11)",
    ),
    Case(
        28,
        "wasStartedBy(b, e, c, @10) activity(a)",
        "activity(a) wasStartedBy(a, e, b, @10) wasStartedBy(a, e, c, @11)",
    ),
    Case(
        29,
        "activity(a, -, @10) wasEndedBy(a, e, b, @10)",
        "activity(a, -, @10) wasEndedBy(a, e, b, @11)",
    ),
    Case(
        42,
        "entity(e) entity(f) wasDerivedFrom(f, e)",
        "entity(e) entity(f) wasDerivedFrom(f, e) wasDerivedFrom(e, f)",
    ),
    Case(42, "entity(e) wasDerivedFrom(e, f)", "entity(e) wasDerivedFrom(e, e)"),
    Case(  # e is generated by what f started, so f is there before it
        42,
        "entity(f) wasDerivedFrom(e, f) wasStartedBy(a, f, b) wasGeneratedBy(e, a)",
        "entity(f) wasDerivedFrom(f, e) wasStartedBy(a, f, b) wasGeneratedBy(e, a)",
    ),
    Case(  # inference 9: c, which f started, started a by some trigger, and a generated e
        42,
        "entity(f) wasStartedBy(a, -, c) wasGeneratedBy(e, a) wasStartedBy(c, f, b) "
        "wasDerivedFrom(e, f)",
        "entity(f) wasStartedBy(a, -, c) wasGeneratedBy(e, a) wasStartedBy(c, f, b) "
        "wasDerivedFrom(f, e)",
    ),
    Case(  # inference 9: c generated the trigger t
        42,
        "wasStartedBy(a, t, c) wasStartedBy(c, f, b) wasDerivedFrom(t, f)",
        "wasStartedBy(a, t, c) wasStartedBy(c, f, b) wasDerivedFrom(f, t)",
    ),
    Case(  # inference 10: the same of an end
        42,
        "wasEndedBy(a, t, c) wasStartedBy(c, f, b) wasDerivedFrom(t, f)",
        "wasEndedBy(a, t, c) wasStartedBy(c, f, b) wasDerivedFrom(f, t)",
    ),
    Case(  # inference 13: what is attributed is generated, declared or not
        42,
        "wasAttributedTo(e, p) wasDerivedFrom(e, f)",
        "wasAttributedTo(e, p) wasDerivedFrom(e, e)",
    ),
    Case(  # inferences 7 and 21: what specializes a declared entity is one
        42,
        "entity(g) specializationOf(s, g) wasDerivedFrom(s, f)",
        "entity(g) specializationOf(s, g) wasDerivedFrom(s, s)",
    ),
    Case(  # inference 19: over m, of whose generation nothing is told
        42,
        "wasGeneratedBy(g, a) wasGeneratedBy(s, a) specializationOf(s, m) specializationOf(m, g) "
        "wasDerivedFrom(s, g)",
        "wasGeneratedBy(g, a) wasGeneratedBy(s, a) specializationOf(s, m) specializationOf(m, g) "
        "wasDerivedFrom(g, s)",
    ),
    Case(  # a specialization is generated after the general
        42,
        "entity(g) entity(s) specializationOf(s, g) wasDerivedFrom(s, g)",
        "entity(g) entity(s) specializationOf(s, g) wasDerivedFrom(g, s)",
    ),
    Case(  # and so is what is attributed to an entity
        42,
        "entity(e) entity(p) wasAttributedTo(e, p) wasDerivedFrom(e, p)",
        "entity(e) entity(p) wasAttributedTo(e, p) wasDerivedFrom(p, e)",
    ),
    Case(50, "used(a, e) wasGeneratedBy(e, b)", "used(x, e) wasGeneratedBy(x, a)"),
    Case(50, "entity(x) wasAttributedTo(e, x)", "entity(x) wasAssociatedWith(x, p)"),
    Case(50, "activity(x) wasAssociatedWith(a, x)", "activity(x) wasAssociatedWith(a, p, x)"),
    Case(50, "activity(x) wasInfluencedBy(x, y)", "activity(x) alternateOf(e, x)"),
    Case(51, "wasDerivedFrom(f, e, a, g, u)", "wasDerivedFrom(f, e, -, g, u)"),
    Case(51, "wasDerivedFrom(f, e, a, g, -)", "wasDerivedFrom(f, e, -, g, -)"),
    Case(51, "wasDerivedFrom(f, e)", "wasDerivedFrom(f, e, -, -, u)"),
    Case(52, "specializationOf(e, f)", "specializationOf(e, e)"),
    Case(
        52,
        "specializationOf(e, f) specializationOf(f, g) specializationOf(e, g)",
        "specializationOf(e, f) specializationOf(f, g) specializationOf(g, e)",
    ),
    Case(
        53,
        "used(i; a, e) wasDerivedFrom(j; f, e)",
        "used(i; a, e) wasGeneratedBy(i; f, a)",
    ),
    Case(  # inference 11
        53,
        "wasDerivedFrom(f, e, a, g, u) used(u; a, e)",
        "wasDerivedFrom(f, e, a, g, g)",
    ),
    Case(  # inference 11
        54,
        "wasDerivedFrom(f, e, a, g, u) entity(f)",
        "wasDerivedFrom(f, e, a, g, u) entity(u)",
    ),
    Case(
        54,
        "used(i; a, e) entity(e) agent(p) activity(a)",
        "used(i; a, e) entity(i)",
    ),
    Case(54, "hadMember(c, e) agent(p)", "wasDerivedFrom(p; f, e) agent(p)"),
    Case(54, "wasInfluencedBy(i; x, y)", "wasInfluencedBy(i; x, y) activity(i)"),
    Case(55, "entity(x) agent(x) activity(a) agent(a)", "entity(x) activity(x)"),
    Case(
        56,
        "entity(c) [prov:type=prov:Collection] hadMember(c, e)",
        "entity(c) [prov:type=prov:EmptyCollection] hadMember(c, e)",
    ),
    Case(  # inference 21
        56,
        "entity(c) [prov:type=prov:EmptyCollection] specializationOf(c, d) hadMember(d, e)",
        "entity(c) [prov:type=prov:EmptyCollection] specializationOf(d, c) hadMember(d, e)",
    ),
)
DATED = (
    Case(30, "activity(a, @10, @10)", "activity(a, @11, @10)"),
    Case(
        31,
        "wasStartedBy(a, e, b, @10) wasStartedBy(a, f, c, @10)",
        "wasStartedBy(a, e, b, @10) wasStartedBy(a, f, c, @11)",
    ),
    Case(
        32,
        "wasEndedBy(a, e, b, @10) wasEndedBy(a, f, c, @10)",
        "wasEndedBy(a, e, b, @10) wasEndedBy(a, f, c, @11)",
    ),
    Case(33, "activity(a, @10, @11) used(a, e, @10)", "activity(a, @11, @12) used(a, e, @10)"),
    Case(33, "activity(a, @10, @11) used(a, e, @11)", "activity(a, @10, @11) used(a, e, @12)"),
    Case(
        34,
        "activity(a, @10, @11) wasGeneratedBy(e, a, @10)",
        "activity(a, @11, @12) wasGeneratedBy(e, a, @10)",
    ),
    Case(
        34,
        "activity(a, @10, @11) wasGeneratedBy(e, a, @11)",
        "activity(a, @10, @11) wasGeneratedBy(e, a, @12)",
    ),
    Case(
        35,
        "activity(a, -, @11) activity(b, @10, -) wasInformedBy(a, b)",
        "activity(a, -, @10) activity(b, @11, -) wasInformedBy(a, b)",
    ),
    Case(
        36,
        "wasGeneratedBy(e, a, @10) wasInvalidatedBy(e, b, @10)",
        "wasGeneratedBy(e, a, @11) wasInvalidatedBy(e, b, @10)",
    ),
    Case(
        37,
        "wasGeneratedBy(e, a, @10) used(b, e, @10)",
        "wasGeneratedBy(e, a, @11) used(b, e, @10)",
    ),
    Case(  # with 33, over a usage whose time is not told
        37,
        "wasGeneratedBy(e, a, @10) used(b, e) activity(b, @09, @11)",
        "wasGeneratedBy(e, a, @12) used(b, e) activity(b, @09, @11)",
    ),
    Case(
        38,
        "used(b, e, @10) wasInvalidatedBy(e, a, @10)",
        "used(b, e, @11) wasInvalidatedBy(e, a, @10)",
    ),
    Case(
        39,
        "wasGeneratedBy(e, a, @10) wasGeneratedBy(e, b, @10)",
        "wasGeneratedBy(e, a, @10) wasGeneratedBy(e, b, @11)",
    ),
    Case(
        40,
        "wasInvalidatedBy(e, a, @10) wasInvalidatedBy(e, b, @10)",
        "wasInvalidatedBy(e, a, @10) wasInvalidatedBy(e, b, @11)",
    ),
    Case(
        41,
        "wasDerivedFrom(f, e, a, g, u) used(u; a, e, @10) wasGeneratedBy(g; f, a, @11)",
        "wasDerivedFrom(f, e, a, g, u) used(u; a, e, @11) wasGeneratedBy(g; f, a, @10)",
    ),
    Case(
        43,
        "wasStartedBy(a, e, c, @10) wasGeneratedBy(e, b, @10)",
        "wasStartedBy(a, e, c, @10) wasGeneratedBy(e, b, @11)",
    ),
    Case(
        43,
        "wasStartedBy(a, e, c, @10) wasInvalidatedBy(e, b, @10)",
        "wasStartedBy(a, e, c, @11) wasInvalidatedBy(e, b, @10)",
    ),
    Case(
        44,
        "wasEndedBy(a, e, c, @10) wasGeneratedBy(e, b, @10)",
        "wasEndedBy(a, e, c, @10) wasGeneratedBy(e, b, @11)",
    ),
    Case(
        44,
        "wasEndedBy(a, e, c, @10) wasInvalidatedBy(e, b, @10)",
        "wasEndedBy(a, e, c, @11) wasInvalidatedBy(e, b, @10)",
    ),
    Case(
        45,
        "specializationOf(s, e) wasGeneratedBy(e, a, @10) wasGeneratedBy(s, b, @11)",
        "specializationOf(s, e) wasGeneratedBy(e, a, @11) wasGeneratedBy(s, b, @10)",
    ),
    Case(
        46,
        "specializationOf(s, e) wasInvalidatedBy(s, a, @10) wasInvalidatedBy(e, b, @11)",
        "specializationOf(s, e) wasInvalidatedBy(s, a, @11) wasInvalidatedBy(e, b, @10)",
    ),
    Case(
        47,
        "wasAssociatedWith(a, p) activity(a, @10, -) wasInvalidatedBy(p, b, @10)",
        "wasAssociatedWith(a, p) activity(a, @11, -) wasInvalidatedBy(p, b, @10)",
    ),
    Case(
        47,
        "wasAssociatedWith(a, p) activity(a, -, @10) wasGeneratedBy(p, b, @10)",
        "wasAssociatedWith(a, p) activity(a, -, @10) wasGeneratedBy(p, b, @11)",
    ),
    Case(
        47,
        "wasAssociatedWith(a, p) activity(a, @10, -) activity(p, -, @10)",
        "wasAssociatedWith(a, p) activity(a, @11, -) activity(p, -, @10)",
    ),
    Case(
        47,
        "wasAssociatedWith(a, p) activity(a, -, @10) activity(p, @10, -)",
        "wasAssociatedWith(a, p) activity(a, -, @10) activity(p, @11, -)",
    ),
    Case(  # inference 14: a delegate is associated with the activity
        47,
        "actedOnBehalfOf(p, q, a) activity(a, @10, -) wasInvalidatedBy(p, b, @10)",
        "actedOnBehalfOf(p, q, a) activity(a, @11, -) wasInvalidatedBy(p, b, @10)",
    ),
    Case(
        48,
        "wasAttributedTo(e, p) wasGeneratedBy(p, a, @10) wasGeneratedBy(e, b, @10)",
        "wasAttributedTo(e, p) wasGeneratedBy(p, a, @11) wasGeneratedBy(e, b, @10)",
    ),
    Case(
        48,
        "wasAttributedTo(e, p) activity(p, @10, -) wasGeneratedBy(e, b, @10)",
        "wasAttributedTo(e, p) activity(p, @11, -) wasGeneratedBy(e, b, @10)",
    ),
    Case(
        49,
        "actedOnBehalfOf(p, q) wasGeneratedBy(q, a, @10) wasInvalidatedBy(p, b, @10)",
        "actedOnBehalfOf(p, q) wasGeneratedBy(q, a, @11) wasInvalidatedBy(p, b, @10)",
    ),
    Case(
        49,
        "actedOnBehalfOf(p, q) activity(q, @10, -) activity(p, -, @10)",
        "actedOnBehalfOf(p, q) activity(q, @11, -) activity(p, -, @10)",
    ),
    Case(
        42,
        "wasDerivedFrom(f, e) wasGeneratedBy(e, a, @10) wasGeneratedBy(f, b, @11)",
        "wasDerivedFrom(f, e) wasGeneratedBy(e, a, @11) wasGeneratedBy(f, b, @10)",
    ),
)
"""Of order, with the times that are told in that order and against it."""


def ids(cases: tuple[Case, ...]) -> list[str]:
    return [f"{case.number}-{CONSTRAINTS[case.number]}-{place}" for place, case in enumerate(cases)]


def found(text: str) -> list[Finding]:
    return list(contradictions(told(text)))


def test_no_constraint_is_without_a_case() -> None:
    assert set(CONSTRAINTS) == set(range(22, 57))
    assert {case.number for case in DATED} == ORDERING | {STRICT} == set(range(30, 50))
    assert {case.number for case in CASES} == set(CONSTRAINTS) - ORDERING


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_valid(case: Case) -> None:
    assert found(case.valid) == []


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_invalid(case: Case) -> None:
    [finding] = found(case.invalid)
    assert finding.rule == f"prov-constraints/{case.number}"
    assert finding.severity is Severity.WARNING
    assert finding.place
    assert finding.value


@pytest.mark.parametrize("case", DATED, ids=ids(DATED))
def test_dated_in_order(case: Case) -> None:
    assert found(case.valid) == []


@pytest.mark.parametrize("case", DATED, ids=ids(DATED))
def test_dated_against_the_order_is_no_violation_but_told(case: Case) -> None:
    [finding] = found(case.invalid)
    assert (finding.severity, finding.rule) == (Severity.WARNING, TIME_ORDER)
    assert finding.message.endswith(f"(constraint {case.number}, {CONSTRAINTS[case.number]})")
    assert finding.place
    assert finding.value
