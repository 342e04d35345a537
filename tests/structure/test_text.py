"""What stands in no file of the project, and what must stand beside each exception."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_TEXT = {
    ".py",
    ".toml",
    ".md",
    ".html",
    ".css",
    ".js",
    ".mako",
    ".svg",
    ".lock",
    ".sql",
    ".conf",
    ".yml",
    "",
}
_OURS = ("provstore", "tests", "bench", "docs", "examples", "tools", ".ci")
_VENDORED = re.compile(r"swagger-ui")
FILES = sorted(
    path
    for path in [
        *(file for folder in _OURS for file in (ROOT / folder).rglob("*")),
        *(ROOT / name for name in ("Makefile", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
        *ROOT.glob("*.lock"),
        ROOT / "Dockerfile",
        ROOT / "docker-compose.yml",
        ROOT / "pyproject.toml",
    ]
    if path.is_file() and path.suffix in _TEXT and "__pycache__" not in path.parts
    if not _VENDORED.search(path.name)
)
PACKAGE = [path for path in FILES if path.is_relative_to(ROOT / "provstore")]
PYTHON = [path for path in FILES if path.suffix == ".py"]

_REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs)\.\w|index-url|--find-links")
_UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|not (?:yet )?(?:implemented|supported) yet")
_EXCEPTION = re.compile(r"# (?=noqa|type: ignore)")
_RULE = re.compile(r"noqa: [A-Z]+\d+(?:, [A-Z]+\d+)*|type: ignore\[[a-z-]+(?:, [a-z-]+)*\]")


def _lines(path: Path) -> list[tuple[int, str]]:
    return list(enumerate(path.read_text(encoding="utf-8").splitlines(), 1))


def _found(files: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for path in files
        if path != Path(__file__)
        for number, line in _lines(path)
        if pattern.search(line)
    ]


def test_there_is_something_to_look_at() -> None:
    assert len(PACKAGE) > 100
    assert ROOT / ".ci" / "run" in FILES


def test_no_path_of_this_machine() -> None:
    places = {str(ROOT), str(ROOT.parent), str(Path.home())} - {"/", "/tmp"}  # noqa: S108  not used
    pattern = "|".join(rf"(?<![\w.]){re.escape(place)}(?:/|\b)" for place in sorted(places))
    assert _found(FILES, re.compile(pattern)) == []


def test_no_registry_is_named() -> None:
    assert _found(FILES, _REGISTRY) == []


def test_lock_files_name_no_address() -> None:
    locks = [path for path in FILES if path.suffix == ".lock"]
    assert len(locks) == 3
    assert _found(locks, re.compile(r"://|^--")) == []


def test_nothing_is_unfinished() -> None:
    assert _found(PACKAGE, _UNFINISHED) == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_exception_names_its_rule_and_reason(path: Path) -> None:
    if path == Path(__file__):
        return
    bare = [
        f"{number}: {line.strip()}"
        for number, line in _lines(path)
        if _EXCEPTION.search(line) and not _is_reasoned(line)
    ]
    assert bare == []


def _is_reasoned(line: str) -> bool:
    """Whether every exception of a line names its rules, and the last is followed by a reason."""
    exceptions = _EXCEPTION.split(line)[1:]
    if not all(_RULE.match(exception) for exception in exceptions):
        return False
    return bool(_RULE.sub("", exceptions[-1]).strip(" #-"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("x = 1  # noqa: S105  no secret", True),
        ("x = 1  # noqa: S105 - no secret", True),
        ("x = 1  # type: ignore[misc]  # as above", True),
        ("x = 1  # type: ignore[misc]  # noqa: S105  no secret", True),
        ("x = 1  # noqa: S105", False),
        ("x = 1  # noqa", False),
        ("x = 1  # type: ignore", False),
        ("x = 1  # type: ignore[misc]", False),
        ("x = 1  # noqa: no secret", False),
        ("x = 1  # type: ignore  # noqa: S105  no secret", False),
    ],
)
def test_what_is_a_reason(line: str, *, expected: bool) -> None:
    assert _is_reasoned(line) is expected


def test_every_exception_of_a_tool_has_a_reason() -> None:
    """In pyproject.toml: each rule that is left out, each module without types."""
    text = (ROOT / "pyproject.toml").read_text()
    ruff = text[text.index("[tool.ruff.lint]") : text.index("[tool.ruff.lint.pydocstyle]")]
    rules = [line for line in ruff.splitlines() if re.match(r'\s+"[A-Z]+\d*",?', line)]
    assert len(rules) > 20
    assert [line for line in rules if not re.search(r"#\s+\S", line)] == []
