"""The pages in a real browser: without JavaScript, for everybody, and from this host alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from provstore.cli.demo import DemoNight

pytestmark = pytest.mark.browser

JOB = "https://observatory.example/jobs/selection/26004-standard"
TEAM = "https://observatory.example/teams/processing"


@pytest.fixture
def names(night: DemoNight) -> dict[str, str]:
    """Something of each sort that has a page."""
    return {
        "spectrum": night.spectrum_did,
        "catalogue": night.story.catalogue,
        "unrecorded": night.story.unrecorded,
        "calibration": night.story.bad_calibration,
        "activity": JOB,
        "agent": TEAM,
        "choices": "26004",
        "unknown": 'nothing "<b>here</b>"',
    }


@pytest.fixture
def without_script(browser: Browser, base_url: str) -> Iterator[Page]:
    """A page of a browser whose JavaScript is switched off."""
    context = browser.new_context(java_script_enabled=False, base_url=base_url)
    yield context.new_page()
    context.close()


def dataset(page: Page, name: str) -> None:
    page.goto("/dataset?" + urlencode({"ID": name}))


def test_from_the_first_page_to_a_run_without_javascript(
    without_script: Page, night: DemoNight
) -> None:
    page = without_script
    page.goto("/")
    page.get_by_label("What to search for").fill(night.spectrum_did)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("crab-spectrum.dl4.fits")
    runs = page.locator("#inputs tbody tr td:first-child")
    expect(runs).to_have_text(["26004", "26005", "26006", "26007", "26008"])
    page.locator("#inputs").get_by_role("link", name="run26006.standard.dl3.fits.gz").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("run26006.standard.dl3.fits.gz")


def test_from_a_target_to_the_versions_behind_a_dataset_without_javascript(
    without_script: Page,
) -> None:
    page = without_script
    page.goto("/")
    page.get_by_label("What to search for").fill("crab nebula")
    page.get_by_label("What to search for").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("18 datasets")
    expect(page.locator("#notes")).to_contain_text("is taken for the target Crab Nebula")
    facets = page.locator("#facets")
    facets.get_by_role("link", name="DL4", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("3 datasets")
    facets.get_by_role("link", name="not applied_cuts loose").click()
    expect(page.locator("#found tbody th a:first-child").first).to_have_text("Map of Crab Nebula")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 datasets")
    page.get_by_text("The ADQL that asks the same").click()
    expect(page.locator("pre")).to_contain_text("SELECT * FROM ivoa.obscore")
    page.get_by_role("link", name="Spectrum of Crab Nebula").click()
    rows = page.locator("#keywords tbody tr", has_text="reco_version")
    expect(rows.locator("td").first).to_have_text("mixed")
    rows.get_by_role("link", name="0.18.0").click()
    expect(page.locator("#conditions")).to_contain_text("reco_version=0.18.0")


def test_pages_of_a_search_go_on_and_back(without_script: Page) -> None:
    page = without_script
    page.goto("/search?level=DL2&limit=5")
    seen = []
    for expected in (5, 5, 2):
        rows = page.locator("#found tbody th code")
        expect(rows).to_have_count(expected)
        seen += rows.all_inner_texts()
        if expected == 5:
            page.get_by_role("link", name="Next page").click()
    assert len(set(seen)) == 12
    page.get_by_role("link", name="First page").click()
    expect(page.locator("#found tbody th code")).to_have_text(seen[:5])


def test_hostile_text_in_the_box_is_text(page: Page, complaints: list[str]) -> None:
    text = """"><script>document.title='x'</script><img src=x onerror="document.title='x'">'"""
    page.goto("/")
    page.get_by_label("What to search for").fill(text)
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_label("What to search for")).to_have_value(text)
    expect(page.locator("#conditions bdi")).to_have_text(f"“{text}”")
    assert page.title().endswith("provstore")
    assert page.locator("img").count() == 1
    assert complaints == []


def test_a_box_of_the_picture_is_a_link(without_script: Page, night: DemoNight) -> None:
    page = without_script
    dataset(page, night.spectrum_did)
    page.locator("#picture svg a", has_text="gammapy-spectrum").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("gammapy-spectrum")


def test_the_dataset_is_in_sight_in_its_picture(page: Page, night: DemoNight) -> None:
    dataset(page, night.spectrum_did)
    box = page.locator("#picture svg a", has_text="crab-spectrum.dl4.fits")
    box.scroll_into_view_if_needed()
    expect(box).to_be_in_viewport(ratio=1)
    assert page.locator(".picture").evaluate("element => element.scrollLeft") == 0


def test_reproduce_opens_without_javascript(without_script: Page, night: DemoNight) -> None:
    page = without_script
    dataset(page, night.spectrum_did)
    command = page.get_by_text("provstore lineage --url")
    expect(command).to_be_hidden()
    page.get_by_text("Reproduce", exact=True).click()
    expect(command).to_be_visible()


def test_by_keyboard_alone(page: Page, night: DemoNight) -> None:
    page.goto("/")
    keys = page.keyboard
    for _ in range(5):  # skip link, name of the archive, keywords, interface, box
        keys.press("Tab")
    expect(page.get_by_label("What to search for")).to_be_focused()
    keys.type(night.spectrum_did)
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("crab-spectrum.dl4.fits")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    for _ in range(60):
        keys.press("Tab")
        if page.evaluate("document.activeElement.closest('#inputs th') !== null"):
            break
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("run26004.standard.dl3.fits.gz")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "what",
    [
        "spectrum",
        "catalogue",
        "unrecorded",
        "calibration",
        "activity",
        "agent",
        "choices",
        "unknown",
    ],
)
def test_axe_finds_nothing(
    page: Page,
    names: dict[str, str],
    what: str,
    scheme: Any,  # noqa: ANN401  a literal of playwright's
) -> None:
    page.emulate_media(color_scheme=scheme)
    dataset(page, names[what])
    assert violations(page) == []


SEARCHES = [
    "/",
    "/search",
    "/search?q=Crab+Nebula,+reco_version>%3D0.18&exclude=applied_cuts%3Dloose&limit=2",
    "/search?level=DL9&facet=proposal_id",
    "/search?q=nonsense%3D1",
    "/keywords",
    "/keywords?level=DL4&q=Crab+Nebula",
]
"""Pages that are not about one thing."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", SEARCHES)
def test_axe_finds_nothing_on_other_pages(page: Page, path: str, scheme: Any) -> None:  # noqa: ANN401  as above
    page.emulate_media(color_scheme=scheme)
    page.goto(path)
    assert violations(page) == []


def violations(page: Page) -> list[tuple[str, list[Any]]]:
    """The rules of accessibility that a page breaks, with the places."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], [node["target"] for node in rule["nodes"]]) for rule in found]


def test_nobody_else_is_asked(
    page: Page, base_url: str, names: dict[str, str], asked: list[str], complaints: list[str]
) -> None:
    for name in names.values():
        dataset(page, name)
        page.wait_for_load_state("networkidle")
    for path in SEARCHES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(base_url + "/")] == []
    assert len(asked) > 2 * len(names)
    # the browser says itself that the unknown one is a 404, and the nonsense a 400
    assert [text for text in complaints if "404" not in text and "400" not in text] == []


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_nothing_is_wider_than_the_window(page: Page, names: dict[str, str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for name in names.values():
        dataset(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    for path in SEARCHES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_looks_as_it_should(page: Page, night: DemoNight, output_path: str) -> None:
    """Leaves pictures for a person; a page without its style would be much longer."""
    heights = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        dataset(page, night.spectrum_did)
        shot = page.screenshot(path=Path(output_path) / f"{scheme}.png", full_page=True)
        assert shot.startswith(b"\x89PNG")
        heights[scheme] = page.evaluate("document.documentElement.scrollHeight")
        background = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert background == {"light": "rgb(244, 246, 249)", "dark": "rgb(17, 22, 29)"}[scheme]
    assert heights["light"] == heights["dark"]
