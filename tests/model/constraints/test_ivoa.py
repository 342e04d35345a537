"""The rules of the IVOA Provenance Data Model 1.0, each with what it allows and what it forbids."""

from typing import NamedTuple

import pytest
from support.statements import told

from provstore.errors import Finding
from provstore.model.constraints import rules
from provstore.model.constraints.ivoa import broken_rules
from provstore.model.document import Document

PARAMETER = "entity(p) [prov:type=voprov:Parameter, voprov:name=gain, prov:value=1.50] "
FILE = "entity(c) [prov:type=voprov:ConfigFile, prov:name=run.yaml] "
USAGE = "entity(u) [prov:type=voprov:UsageDescription, prov:role=events] "
GENERATION = "entity(g) [prov:type=voprov:GenerationDescription, voprov:role=out] "
STEP = "entity(s) [prov:type=voprov:ActivityDescription, prov:label=calibrate] "
PARAMETER_DESCRIPTION = (
    "entity(pd) [prov:type=voprov:ParameterDescription, voprov:name=gain, voprov:valueType=double] "
)
VALUE_DESCRIPTION = (
    "entity(vd) [prov:type=voprov:ValueDescription, voprov:name=v, voprov:valueType=double] "
)
IS_PARAMETER = "[voprov:artefactType=Parameter]"


class Case(NamedTuple):
    """Statements that a rule allows, and others that it forbids."""

    rule: str
    valid: str
    invalid: str


def missing(name: str, told_attributes: str, left_out: str) -> Case:
    """A class with its mandatory attributes, and without one of them."""
    kept = ", ".join(a for a in told_attributes.split(", ") if not a.startswith(left_out))
    record = f"entity(x) [prov:type=voprov:{name}"
    return Case(rules.MANDATORY, f"{record}, {told_attributes}]", f"{record}, {kept}]")


CASES = (
    missing("ActivityDescription", "voprov:name=n", "voprov:name"),
    missing("EntityDescription", "prov:name=n", "prov:name"),
    missing("ValueDescription", "prov:label=n, voprov:valueType=double", "prov:label"),
    missing("ValueDescription", "voprov:name=n, prov:valueType=double", "prov:valueType"),
    missing("DatasetDescription", "voprov:name=n, voprov:contentType=t", "voprov:contentType"),
    missing("UsageDescription", "prov:role=r", "prov:role"),
    missing("GenerationDescription", "voprov:role=r", "voprov:role"),
    missing("ValueEntity", "voprov:value=1", "voprov:value"),
    missing("Parameter", "voprov:name=n, prov:value=1", "prov:value"),
    missing("Parameter", "voprov:name=n, voprov:value=1", "voprov:name"),
    missing("ParameterDescription", "voprov:name=n, voprov:valueType=int", "voprov:valueType"),
    missing("ConfigFile", "voprov:name=n", "voprov:name"),
    missing("ConfigFileDescription", "voprov:name=n, voprov:contentType=t", "voprov:contentType"),
    Case(rules.MANDATORY, PARAMETER + "agent(o) [prov:label=Observer]", PARAMETER + "agent(o)"),
    Case(
        rules.AGENT_TYPE,
        "agent(o) [voprov:name=o, voprov:type=Organization] "
        "agent(i) [voprov:name=i, voprov:type=Individual] "
        "agent(s) [voprov:name=s, voprov:type=prov:SoftwareAgent]",
        "agent(o) [voprov:name=o, voprov:type=Robot]",
    ),
    Case(
        rules.ONE_GENERATION,
        PARAMETER + "wasGeneratedBy(e, a) wasGeneratedBy(e, a) wasGeneratedBy(f, b)",
        PARAMETER + "wasGeneratedBy(e, a) wasGeneratedBy(e, b) wasGeneratedBy(e, c)",
    ),
    Case(
        rules.CONFIGURATION_TARGET,
        f"{PARAMETER} wasConfiguredBy(a, p) {IS_PARAMETER} wasConfiguredBy(a, x) {IS_PARAMETER}",
        f"{PARAMETER} wasConfiguredBy(a, -) {IS_PARAMETER}",
    ),
    Case(
        rules.CONFIGURATION_TARGET,
        f"{FILE} wasConfiguredBy(a, c) [voprov:artefactType=Configfile]",
        f"entity(c) wasConfiguredBy(a, c) {IS_PARAMETER}",
    ),
    Case(
        rules.ARTEFACT_TYPE,
        f"{FILE} wasConfiguredBy(a, c) [prov:artefactType=ConfigFile]",
        f"{FILE} wasConfiguredBy(a, c)",
    ),
    Case(
        rules.ARTEFACT_TYPE,
        f"{PARAMETER} wasConfiguredBy(a, p) [voprov:artefactType=parameter]",
        f"{PARAMETER} wasConfiguredBy(a, p) [voprov:artefactType=Option]",
    ),
    Case(
        rules.ARTEFACT_TYPE,
        f"{FILE} wasConfiguredBy(a, c) [voprov:artefactType=ConfigFile]",
        f"{FILE} wasConfiguredBy(a, c) {IS_PARAMETER}",
    ),
    Case(
        rules.ONE_DESCRIPTION,
        "isDescribedBy(a, s) isDescribedBy(a, s) isDescribedBy(b, t)",
        "isDescribedBy(a, s) isDescribedBy(a, t)",
    ),
    Case(
        rules.ONE_REFERENCE,
        "hadReference(p, v) hadReference(q, w)",
        "hadReference(p, v) hadReference(p, w)",
    ),
    Case(
        rules.DESCRIPTION_CLASS,
        f"{STEP} activity(a) isDescribedBy(a, s)",
        f"{USAGE} activity(a) isDescribedBy(a, u)",
    ),
    Case(
        rules.DESCRIPTION_CLASS,
        f"{VALUE_DESCRIPTION} entity(e) isDescribedBy(e, vd)",
        f"{STEP} entity(e) isDescribedBy(e, s)",
    ),
    Case(
        rules.DESCRIPTION_CLASS,
        f"{PARAMETER}{PARAMETER_DESCRIPTION} isDescribedBy(p, pd)",
        f"{PARAMETER}{VALUE_DESCRIPTION} isDescribedBy(p, vd)".replace("=v,", "=gain,"),
    ),
    Case(
        rules.DESCRIPTION_CLASS,
        f"{USAGE} used(a, e) [voprov:descriptor=u]",
        f"{GENERATION} used(a, e) [voprov:descriptor=g]",
    ),
    Case(
        rules.ROLE,
        f"{USAGE} used(a, e) [voprov:descriptor=u, prov:role=events] used(a, f)",
        f"{USAGE} used(a, e) [voprov:descriptor=u, prov:role=images]",
    ),
    Case(
        rules.ROLE,
        f"{GENERATION} wasGeneratedBy(e, a) [voprov:descriptor=g, prov:role=out]",
        f"{GENERATION} wasGeneratedBy(e, a) [voprov:descriptor=g, voprov:role=log]",
    ),
    Case(
        rules.NAME,
        f"{PARAMETER}{PARAMETER_DESCRIPTION} isDescribedBy(p, pd)",
        f"{PARAMETER}{PARAMETER_DESCRIPTION} isDescribedBy(p, pd)".replace("=gain", "=bias", 1),
    ),
    Case(
        rules.USAGE_TIME,
        f"{USAGE} activity(a, @10, @12) used(a, e, @10) used(a, e, @12) used(b, e, @09)",
        f"{USAGE} activity(a, @10, @12) used(a, e, @13)",
    ),
    Case(
        rules.USAGE_TIME,
        f"{USAGE} activity(a, @10, -) used(a, e, 2026-11-28T09:00:00)",  # zones are not compared
        f"{USAGE} activity(a, @10, -) used(a, e, @09)",
    ),
)
IDS = [f"{case.rule}-{place}" for place, case in enumerate(CASES)]


def found(document: Document) -> list[Finding]:
    return list(broken_rules(document))


def test_no_rule_is_without_a_case() -> None:
    of_ivoa = {rule for rule in rules.OWN_RULES if rule.startswith("ivoa/")}
    assert {case.rule for case in CASES} == of_ivoa


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_allowed(case: Case) -> None:
    assert found(told(case.valid)) == []


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_forbidden(case: Case) -> None:
    [finding] = found(told(case.invalid))
    assert finding.rule == case.rule
    assert finding.place
    assert finding.value


@pytest.mark.parametrize(
    "statements",
    [
        "agent(o) entity(e) wasGeneratedBy(e, a) wasGeneratedBy(e, b)",
        "activity(a, @10, @11) used(a, e, @12)",
        "agent(o) entity(e) [prov:type=prov:Collection]",
    ],
)
def test_a_document_of_w3c_terms_is_held_to_none(statements: str) -> None:
    assert found(told(statements)) == []


def test_descriptions_may_stand_in_a_bundle() -> None:
    document = told("used(a, e) [voprov:descriptor=u, prov:role=images]")
    told(USAGE, bundle="descriptions", into=document)
    assert [finding.rule for finding in found(document)] == [rules.ROLE]


def test_what_a_bundle_adds_counts() -> None:
    document = told("entity(p) [prov:type=voprov:Parameter, voprov:name=gain]")
    told("entity(p) [prov:type=voprov:Parameter, prov:value=1]", bundle="configured", into=document)
    assert found(document) == []


def test_a_descriptor_may_be_a_qualified_name_in_a_text() -> None:
    document = told("used(a, e) [voprov:descriptor=ex:u, prov:role=images]")
    document.prefixes.declared["ex"] = "http://example.org/"
    told(USAGE.replace("(u)", "(http://example.org/u)"), into=document)
    assert [finding.rule for finding in found(document)] == [rules.ROLE]
