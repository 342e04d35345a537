"""Links between the pages lead somewhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def _anchors(page: Path) -> set[str]:
    """The names that headings have on the usual forges: lower case, blanks as hyphens."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }


def _links() -> list[tuple[Path, str]]:
    return [(page, link) for page in PAGES for link in _LINK.findall(page.read_text())]


@pytest.mark.parametrize(
    ("told", "link"), [pytest.param(p, k, id=f"{p.name}: {k}") for p, k in _links()]
)
def test_link_resolves(told: Path, link: str) -> None:
    if link.startswith("https://"):
        return
    path, _, anchor = link.partition("#")
    target = (told.parent / path).resolve() if path else told
    assert target.exists()
    assert target.is_relative_to(ROOT)
    if anchor:
        assert anchor in _anchors(target)


def test_every_page_is_linked_from_the_readme() -> None:
    linked = {link.partition("#")[0] for page, link in _links() if page.name == "README.md"}
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= linked


def test_every_format_has_its_page_in_the_list_of_formats() -> None:
    linked = {link.partition("#")[0] for page, link in _links() if page.name == "formats.md"}
    assert {f"formats/{page.name}" for page in (ROOT / "docs" / "formats").glob("*.md")} <= linked


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150
