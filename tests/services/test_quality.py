"""What is said of a document once it is read: which checks run, how often, how much they weigh."""

import re
from pathlib import Path
from time import process_time

import pytest
from support.catalogue import EX, prov
from support.statements import told

from provstore.errors import Finding, Severity
from provstore.factory import Services
from provstore.importers.base import Part
from provstore.model.constraints.rules import (
    CONSTRAINTS,
    CYCLE,
    ORDERING,
    RULES,
    TIME_ORDER,
    UNDECLARED_END,
)
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import PROV_END_TIME, PROV_ROLE, PROV_TYPE, USED, Kind
from provstore.services.quality import MOST_OF_A_RULE, noticed, weighed

TELLINGS = 20_000
BUDGET_S = 10
"""Less than a second where the cost is linear; half a minute and more where it was not."""
NOON = "2026-11-28T12:00:00Z"
STEP = "activity(a) entity(e) used(a, e)"


def part(document: Document, subject: str | None = None) -> Part:
    return Part(document, 0, 0, subject)


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]


def test_a_document_that_keeps_every_rule_has_no_finding() -> None:
    assert noticed([part(told(STEP))]) == []


def test_undeclared_ends_are_counted_with_the_first() -> None:
    [finding] = noticed([part(told(STEP + " used(a, f) used(a, f) wasGeneratedBy(g, b)"))])
    assert (finding.severity, finding.rule) == (Severity.INFO, UNDECLARED_END)
    assert finding.value == "f"
    assert finding.message.endswith(": 3")


def test_undeclared_ends_are_named_one_by_one_where_that_is_asked_for() -> None:
    document = told(STEP + " used(a, f) used(a, f) wasGeneratedBy(g, b)")
    findings = noticed([part(document)], every_end=True)
    assert [(found.value, found.place) for found in findings] == [
        ("f", "used(a, f)"),
        ("g", "wasGeneratedBy(g, b)"),
        ("b", "wasGeneratedBy(g, b)"),
    ]


def test_any_part_bundle_or_relation_may_declare_an_end() -> None:
    document = told("used(a, e) wasInfluencedBy(b, u) used(u; a, e)")
    told("entity(e)", bundle="b", into=document)
    assert noticed([part(document), part(told("activity(a)"))]) == []


def test_the_generation_of_a_derivation_is_no_element() -> None:
    document = told("activity(a) entity(e) entity(f) wasDerivedFrom(f, e, a, g, u)")
    assert noticed([part(document)]) == []


def test_the_rules_of_the_ivoa_are_not_for_what_only_we_call_so() -> None:
    document = told("entity(c) [prov:type=voprov:ConfigFile]")
    assert rules(noticed([part(document)])) == ["ivoa/mandatory-attribute"]
    assert noticed([part(document, subject="a")]) == []  # a log


def test_many_findings_of_a_rule_are_counted() -> None:
    over = 7
    lines = [f"entity(x{n}) activity(x{n})" for n in range(MOST_OF_A_RULE + over)]
    findings = noticed([part(told(" ".join(lines)))])
    assert len(findings) == MOST_OF_A_RULE + 1
    assert findings[-1].message == f"{over} more findings of this rule are not listed"
    assert rules(findings) == ["prov-constraints/55"] * len(findings)


@pytest.mark.parametrize(
    ("rule", "severity", "strict"),
    [
        ("prov-constraints/55", Severity.WARNING, Severity.ERROR),
        ("ivoa/role", Severity.WARNING, Severity.ERROR),
        ("prov/missing-end", Severity.WARNING, Severity.ERROR),
        (TIME_ORDER, Severity.WARNING, Severity.ERROR),
        (CYCLE, Severity.WARNING, Severity.WARNING),
        (UNDECLARED_END, Severity.INFO, Severity.INFO),
        ("identity/no-source", Severity.WARNING, Severity.WARNING),
    ],
)
def test_strictly_a_broken_rule_of_a_standard_is_an_error(
    rule: str, severity: Severity, strict: Severity
) -> None:
    finding = Finding(severity, rule, "place", "value", "message")
    assert weighed(finding, strict=False) == finding
    assert weighed(finding, strict=True).severity is strict


def test_a_thing_that_is_told_many_times_is_not_copied_as_often() -> None:
    usages, bundles = Document(), Document()
    for number in range(TELLINGS):
        mark = ((EX + f"k{number}", Literal("v")),)
        usages.add_relation(Relation(USED, ("a", "e"), iri="u", attributes=mark))
        is_file = (PROV_TYPE, Iri(VOPROV + "ConfigFile"))
        bundles.add_element(Kind.ENTITY, "c", (is_file, *mark), f"b{number}")
    started = process_time()
    [ends] = noticed([part(usages)])
    [unnamed] = noticed([part(bundles)])
    assert process_time() - started < BUDGET_S
    assert (ends.rule, unnamed.rule) == (UNDECLARED_END, "ivoa/mandatory-attribute")


def test_what_many_links_ask_of_one_thing_is_looked_for_once() -> None:
    document = Document()
    many = tuple((EX + f"k{number}", Literal("v")) for number in range(TELLINGS))
    is_usage = (PROV_TYPE, Iri(VOPROV + "UsageDescription"))
    document.add_element(Kind.ACTIVITY, "a", (*many, (PROV_END_TIME, Literal(NOON))))
    document.add_element(Kind.ENTITY, "u", (is_usage, *many, (PROV_ROLE, Literal("x"))))
    described = ((VOPROV + "descriptor", Iri("u")), (PROV_ROLE, Literal("x")))
    for number in range(TELLINGS):
        document.add_relation(Relation(USED, ("a", f"e{number}"), NOON, attributes=described))
    started = process_time()
    [ends] = noticed([part(document)])
    assert process_time() - started < BUDGET_S
    assert ends.rule == UNDECLARED_END


def test_a_push_keeps_what_is_invalid_and_says_so(archive: Services) -> None:
    data = prov("entity(x) activity(x)")
    told_before = archive.ingest.check(data)
    receipt = archive.ingest.push(data).receipt
    [finding] = receipt.findings
    assert (finding.severity, finding.rule) == (Severity.WARNING, "prov-constraints/55")
    assert finding.value == EX + "x"
    assert (finding.place, receipt.new.elements) == ("/activity/ex:x", 1)
    assert told_before == [finding]


def test_the_page_names_every_rule() -> None:
    page = Path(__file__).parents[2] / "docs" / "formats" / "validation.md"
    table = page.read_text(encoding="utf-8").partition("## Rules")[2]
    named = re.findall(r"^\| `([^`]+)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(RULES)
    names = dict(re.findall(r"^\| `prov-constraints/(\d+)` \| ([^ ]+) \|", table, re.MULTILINE))
    order = dict(re.findall(r"^\| (\d+) \| ([^ ]+) \|", table, re.MULTILINE))
    assert {int(number) for number in order} == ORDERING
    assert names | order == {str(number): name for number, name in CONSTRAINTS.items()}
