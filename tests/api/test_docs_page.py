"""The page of the interface loads nothing from another host."""

import hashlib
import shutil
import tomllib
from collections.abc import Iterator

import httpx
import pytest
from support.served import archive_at

from provstore.api.docs import STATIC


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("docs")
    with archive_at(folder, allowed_hosts=("archive.example",)) as client:
        yield client


def test_each_vendored_file_is_the_one_that_was_published() -> None:
    told = tomllib.loads((STATIC / "VENDOR.toml").read_text())["file"]
    assert {file["path"] for file in told} == {"swagger-ui-bundle.js", "swagger-ui.css"}
    for file in told:
        found = hashlib.sha256((STATIC / file["path"]).read_bytes()).hexdigest()
        assert found == file["sha256"]
        assert (STATIC / file["licence_file"]).is_file()
        assert file["version"]
        assert file["licence"]


def test_the_page_is_served_with_a_policy_that_names_no_host(client: httpx.Client) -> None:
    answer = client.get("/docs")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "://" not in answer.text
    assert answer.headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize("name", ["swagger-ui-bundle.js", "swagger-ui.css", "docs.js"])
def test_the_files_of_the_page_are_served(client: httpx.Client, name: str) -> None:
    answer = client.get(f"/docs/static/{name}")
    assert answer.content == (STATIC / name).read_bytes()


@pytest.mark.browser
def test_a_browser_shows_the_interface_and_asks_nobody_else(client: httpx.Client) -> None:
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no Chromium: install the package chromium")
    # under a public name, as Swagger UI treats localhost differently
    base = f"http://archive.example:{client.base_url.port}"
    name = "--host-resolver-rules=MAP archive.example 127.0.0.1"
    asked: list[str] = []
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", name])
        page = browser.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{base}/docs")
        page.get_by_text("Push a document").wait_for()
        page.get_by_text("Where the record stops short").click()
        page.get_by_role("button", name="Try it out").click()
        page.get_by_role("button", name="Execute").click()
        page.get_by_text('"total": 0').first.wait_for()
        browser.close()
    assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == []
    assert complaints == []
