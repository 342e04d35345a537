"""A real Chromium, and a real server with the demo observatory in it.

Run these in a pytest call of their own: the browser's driver runs in an event loop until the end.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Page
from support.catalogue import fresh
from support.require import require
from support.server import running_server

from provstore.cli.demo import DemoNight, write_demo

CHROMIUM: Final = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def browser_type_launch_args(
    tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: dict[str, Any]
) -> dict[str, Any]:
    """Debian's Chromium instead of a downloaded one, with nothing of its own to tell anyone."""
    require("browser", present=CHROMIUM.exists(), advice="install the package chromium")
    return {
        **browser_type_launch_args,
        "executable_path": str(CHROMIUM),
        "env": {"HOME": str(tmp_path_factory.mktemp("chromium"))},
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> DemoNight:
    """The files of the demo observatory."""
    return write_demo(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="session")
def base_url(tmp_path_factory: pytest.TempPathFactory, night: DemoNight) -> Iterator[str]:
    """The address of a server over the demo observatory."""
    folder = tmp_path_factory.mktemp("archive")
    services = fresh(folder)
    for document in night.documents:
        services.ingest.push(document.read_bytes())
    for table in night.obscore:
        services.ingest.push_obscore(table.read_bytes(), name=table.name)
    services.close()
    with running_server(folder) as server:
        yield server.url


@pytest.fixture
def asked(context: BrowserContext) -> list[str]:
    """The address of every request that the browser made."""
    urls: list[str] = []
    context.on("request", lambda request: urls.append(request.url))
    return urls


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complained about: policy, errors."""
    texts: list[str] = []
    page.on("console", lambda message: texts.append(message.text))
    page.on("pageerror", lambda error: texts.append(str(error)))
    return texts
