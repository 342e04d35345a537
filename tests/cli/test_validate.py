"""`validate` tells what the standards say, and strictly ends with the status of a refusal."""

import json
from pathlib import Path

import pytest
from support.catalogue import prov
from support.command import provstore
from support.told import as_bytes, one_step


@pytest.fixture
def invalid(tmp_path: Path) -> Path:
    """A document whose only fault is that an entity is an activity."""
    path = tmp_path / "invalid.prov.json"
    path.write_bytes(prov("entity(x) activity(x)"))
    return path


def test_a_constraint_is_a_warning_and_strictly_an_error(invalid: Path) -> None:
    lenient = provstore("validate", invalid, "--json")
    strict = provstore("validate", invalid, "--strict", "--json")
    [finding] = json.loads(lenient.stdout)
    assert (lenient.returncode, finding["severity"]) == (0, "warning")
    assert (finding["rule"], finding["place"]) == ("prov-constraints/55", "/activity/ex:x")
    assert (strict.returncode, json.loads(strict.stdout)) == (4, [{**finding, "severity": "error"}])


def test_a_document_that_keeps_all_rules_has_no_finding(tmp_path: Path) -> None:
    path = tmp_path / "good.prov.json"
    path.write_bytes(one_step("good"))
    done = provstore("validate", path, "--strict", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_an_ivoa_rule(tmp_path: Path) -> None:
    path = tmp_path / "parameter.prov.json"
    path.write_bytes(
        as_bytes(
            {
                "prefix": {"ex": "http://example.org/"},
                "entity": {
                    "ex:p": {
                        "prov:type": {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"},
                        "voprov:name": "gain",
                    }
                },
            }
        )
    )
    [finding] = json.loads(provstore("validate", path, "--json").stdout)
    assert (finding["rule"], finding["place"]) == ("ivoa/mandatory-attribute", "/entity/ex:p")


def test_each_end_that_is_declared_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "ends.prov.json"
    path.write_bytes(prov("used(a, e) used(a, f)"))
    done = provstore("validate", path, "--strict", "--json")
    found = [
        (f["severity"], f["rule"], f["place"], f["value"][-1]) for f in json.loads(done.stdout)
    ]
    rule = "prov/undeclared-end"
    assert found == [
        ("info", rule, "/used/_:0", "a"),
        ("info", rule, "/used/_:0", "e"),
        ("info", rule, "/used/_:1", "f"),
    ]
    assert done.returncode == 0
