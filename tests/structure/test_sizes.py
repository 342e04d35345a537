"""Files and functions stay short enough to be read at once."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

ROOT = Path(__file__).parents[2]
MOST_LINES: Final = 600
MOST_BODY: Final = 40
FILES = sorted(
    path
    for name in ("provstore", "tests", "bench", "tools")
    for path in (ROOT / name).rglob("*.py")
)

_FIRST_SCHEMA = "provstore/stores/catalogue/migrations/versions/0001_the_first_schema.py"
LONG_FUNCTIONS: Final[Mapping[tuple[str, str], str]] = {
    (_FIRST_SCHEMA, "upgrade"): "creates every table; written by Alembic",
    (_FIRST_SCHEMA, "downgrade"): "as upgrade",
    ("tests/exporters/test_json.py", "test_the_answer_has_the_keys_of_the_interface"): (
        "one answer, written out whole"
    ),
    ("tests/services/test_real_files.py", "test_the_ctapipe_night"): (
        "the lineages of one real night, asserted node by node"
    ),
}
"""Exceptions, each with its reason."""


class Function(NamedTuple):
    """A function, and how many lines its body has without the docstring."""

    path: str
    name: str
    lines: int


def _functions(path: Path) -> Iterator[Function]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(str(path.relative_to(ROOT)), node.name, _body_lines(node))


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body if ast.get_docstring(node) is None else node.body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


FUNCTIONS = [function for path in FILES for function in _functions(path)]


def test_files_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in FILES}
    assert len(lengths) > 100
    assert {path: lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_functions_are_short() -> None:
    long = {(f.path, f.name): f.lines for f in FUNCTIONS if f.lines > MOST_BODY}
    assert long.keys() == LONG_FUNCTIONS.keys()


def test_most_functions_are_very_short() -> None:
    lines = sorted(f.lines for f in FUNCTIONS if f.path.startswith("provstore/"))
    assert lines[len(lines) // 2] <= 5


def test_body_lines_leave_the_docstring_out() -> None:
    [node] = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    a()\n\n    b()\n').body
    assert isinstance(node, ast.FunctionDef)
    assert _body_lines(node) == 3
