"""The pages name every setting, code, command, address and parameter, and none that is not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer import Typer

from provstore import errors
from provstore.api.errors import STATUS
from provstore.cli.main import app as cli
from provstore.config import Settings
from provstore.errors import ProvstoreError
from provstore.importers.registry import IMPORTERS
from provstore.main import create_app
from provstore.model.access import Role
from provstore.model.constraints.rules import RULES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TEXT = "\n".join(page.read_text() for page in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))])
_METHODS = {"get", "post", "put", "delete"}


def _rows(page: str, header: str) -> list[list[str]]:
    """The cells of the table under a header line."""
    lines = (DOCS / page).read_text().splitlines()
    start = lines.index(header) + 2
    rows: list[list[str]] = []
    for line in lines[start:]:
        if not line.startswith("|"):
            return rows
        rows.append([cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]])
    return rows


# -- settings


def _default(name: str) -> str:
    if name == "data_dir":
        return "`provstore` in the user's data folder (XDG)"
    value = Settings.model_fields[name].get_default(call_default_factory=True, validated_data={})
    return "" if str(value) in {"", "()", "{}", "None"} else f"`{value}`"


def test_settings_table_is_the_one_of_the_code() -> None:
    expected = [
        [f"`PROVSTORE_{name.upper()}`", _default(name), str(field.description)]
        for name, field in Settings.model_fields.items()
    ]
    assert _rows("operate.md", "| variable | default | meaning |") == expected


# -- errors


def _classes(root: type[ProvstoreError] = ProvstoreError) -> Iterator[type[ProvstoreError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from _classes(kind)


def test_error_codes_have_their_status_and_meaning() -> None:
    expected = {
        f"`{kind.code}`": [str(STATUS[kind.code].value), "yes" if kind.retryable else ""]
        for kind in _classes()
    }
    rows = _rows("errors.md", "| code | status | meaning | retry |")
    assert {code: [status, retry] for code, status, _, retry in rows} == expected


def test_the_tree_of_errors_names_every_class() -> None:
    named = set(re.findall(r"[├└]── (\w+)", errors.__doc__ or ""))
    assert named == {kind.__name__ for kind in _classes()}


def test_roles_are_those_of_the_code() -> None:
    rows = _rows("operate.md", "| role | may |")
    assert [role for role, _ in rows] == [f"`{role.value}`" for role in Role]


# -- findings

_RULE = re.compile(r"[a-z][a-z-]*/[a-z][a-z-]*")
_TELLING = {"error", "warning", "info", "Finding"}


def _rules() -> Iterator[str]:
    """The rules that the package names where it tells a finding."""
    for path in (ROOT / "provstore").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and _called(node.func) in _TELLING:
                for argument in node.args:
                    if isinstance(argument, ast.Constant) and _RULE.fullmatch(str(argument.value)):
                        yield str(argument.value)


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def test_rules_are_grouped_as_the_page_says() -> None:
    cells = [cell for cell, _ in _rows("push.md", "| rules | about |")]
    told = {family for cell in cells for family in re.findall(r"`([a-z-]+)/…`", cell)}
    named = {rule.partition("/")[0] for rule in _rules()}
    # readers that share code name their format where the rule is told, and constraints have a table
    shared = {importer.name for importer in IMPORTERS} | {rule.partition("/")[0] for rule in RULES}
    assert named <= told <= named | shared


# -- commands


def _commands(app: Typer, path: str = "provstore") -> Iterator[str]:
    for command in app.registered_commands:
        yield f"{path} {command.name}"
    for group in app.registered_groups:
        assert group.typer_instance is not None
        yield from _commands(group.typer_instance, f"{path} {group.name}")


@pytest.mark.parametrize("command", sorted(_commands(cli)))
def test_command_is_documented(command: str) -> None:
    assert re.search(rf"{command}\b", TEXT), f"no page shows `{command}`"


def test_pages_show_no_command_that_is_not() -> None:
    known = {command.split()[1] for command in _commands(cli)}
    shown = set(re.findall(r"^\$ (?:\w+=\S+ )*provstore (\w+)", TEXT, re.MULTILINE))
    assert shown <= known


# -- addresses and parameters


def _operations() -> Iterator[tuple[str, list[str]]]:
    document: dict[str, Any] = create_app(Settings()).openapi()
    for path, item in document["paths"].items():
        for method in _METHODS & item.keys():
            parameters = item[method].get("parameters", [])
            yield (
                f"{method.upper()} {path}",
                [told["name"] for told in parameters if told["in"] == "query"],
            )


OPERATIONS = dict(_operations())


@pytest.mark.parametrize("operation", sorted(OPERATIONS))
def test_address_is_documented_with_its_parameters(operation: str) -> None:
    pages = [page.read_text() for page in DOCS.rglob("*.md")]
    telling = [page for page in pages if f"`{operation}`" in page]
    assert telling, f"no page names `{operation}`"
    missing = [
        name for name in OPERATIONS[operation] if not any(f"`{name}`" in page for page in telling)
    ]
    assert missing == []


def test_pages_name_no_address_that_is_not() -> None:
    named = set(re.findall(r"`((?:GET|POST|PUT|DELETE) /[^`?]*)[`?]", TEXT))
    assert named - {"GET /dataset"} <= OPERATIONS.keys()
