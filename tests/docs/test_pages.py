"""Every block of the documentation does what it shows."""

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.pages import (
    RUN_KINDS,
    SHOWN_KINDS,
    Reader,
    blocks,
    fits,
    wants_empty_archive,
    wants_graph,
)
from support.require import require
from support.server import running_server

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
RUN = [page for page in PAGES if any(block.is_run for block in blocks(page))]

NOT_RUN = {
    "README.md": 2,  # the suite itself; a server in the foreground
    "CONTRIBUTING.md": 1,  # the suite itself
    "deploy.md": 10,  # containers; what an administrator does as root; tests/deploy runs some
    "grow.md": 1,  # on a server of PostgreSQL; tests/deploy runs it
    "install.md": 4,  # installing; a server in the foreground
    "operate.md": 1,  # a server in the foreground
}
"""Blocks of commands that are only shown, by page."""


def _name(page: Path) -> str:
    return page.name


@pytest.fixture
def reader(request: pytest.FixtureRequest, tmp_path: Path, demo_data: Path) -> Iterator[Reader]:
    """A reader of one page, with a server of their own, and a graph where the page asks one."""
    followed: Path = request.getfixturevalue("followed")
    for program in ("bash", "curl"):
        present = shutil.which(program) is not None
        require(
            program, present=present, advice=f"the commands of the pages use it: install {program}"
        )
    folder, data, graph = tmp_path / "reader", tmp_path / "data", ""
    folder.mkdir()
    shutil.copytree(ROOT / "examples", folder / "examples")
    if wants_graph(followed):
        graph, data = request.getfixturevalue("demo_graph")
    elif not wants_empty_archive(followed):
        shutil.copytree(demo_data, data)
    with running_server(data, settings={"graph_url": graph}) as server:
        yield Reader(folder, server.url, data, graph)


@pytest.mark.parametrize("followed", RUN, ids=_name)
def test_page_does_what_it_shows(followed: Path, reader: Reader) -> None:
    reader.follow(followed)


@pytest.mark.parametrize("told", PAGES, ids=_name)
def test_every_block_is_run_or_counted(told: Path) -> None:
    shown = [block for block in blocks(told) if not block.is_run]
    kinds = Counter(block.kind for block in shown)
    counted = sum(number for kind, number in kinds.items() if kind in RUN_KINDS)
    assert counted == NOT_RUN.get(told.name, 0)
    layout = {""} if told.name == "CONTRIBUTING.md" else set()  # the tree of the tests
    assert kinds.keys() <= RUN_KINDS | SHOWN_KINDS | layout


@pytest.mark.parametrize("told", PAGES, ids=_name)
def test_no_fence_is_overlooked(told: Path) -> None:
    fences = sum(line.startswith("```") for line in told.read_text().splitlines())
    assert fences == 2 * len(blocks(told))


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("one\n", "one\n", True),
        ("one\n", "two\n", False),
        ("one\n", "one\ntwo\n", False),
        ("one\n…\n", "one\ntwo\nthree\n", True),
        ("…\nthree\n", "one\ntwo\n", False),
        ("a…c\n", "abc\n", True),
        ("a…c\n", "ab\nc\n", False),
        ("a.c\n", "abc\n", False),
        ("a  c\n", "a    c\n", True),
        ("a c\n", "a    c\n", False),
        ("  a\n", "    a\n", False),
    ],
)
def test_what_fits(shown: str, printed: str, *, expected: bool) -> None:
    assert fits(shown, printed) is expected
