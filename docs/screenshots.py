"""Takes the pictures of `docs/img` anew, from a real server over the demo observatory.

`make screenshots`; needs Chromium (Debian's package `chromium`, or `CHROMIUM` names another).
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlencode

from playwright.sync_api import ViewportSize, sync_playwright

from provstore.cli.demo import DemoNight, write_demo
from provstore.cli.local_server import local_server
from provstore.client import Client

IMAGES: Final = Path(__file__).parent / "img"
_SIZE: Final = ViewportSize(width=1100, height=1150)
_ARGUMENTS: Final = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")


def main() -> None:
    """Draw the lineage, photograph the page of the dataset."""
    with demo_archive() as (client, night):
        drawing = client.lineage_bytes(
            night.spectrum_did, "svg", steps=2, agents="hide", parameters="hide"
        )
        (IMAGES / "lineage.svg").write_bytes(drawing)
        page = f"{client.url}/dataset?{urlencode({'ID': night.spectrum_did})}"
        photograph(page, IMAGES / "dataset.png")


@contextmanager
def demo_archive() -> Iterator[tuple[Client, DemoNight]]:
    """A server over the demo observatory, and what is in it."""
    with TemporaryDirectory(prefix="provstore-pictures-") as name:
        night = write_demo(Path(name) / "night")
        with local_server(Path(name) / "data") as server:
            client = Client(server.url, token="")
            for document in night.documents:
                client.push(document)
            for table in night.obscore:
                client.obscore(table)
            yield client, night


def photograph(url: str, picture: Path) -> None:
    """Save the top of a page as a browser shows it."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("no Chromium: install the package `chromium`, or name one in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_ARGUMENTS)
        try:
            page = browser.new_page(viewport=_SIZE)
            page.goto(url)
            page.screenshot(path=picture)
        finally:
            browser.close()


if __name__ == "__main__":
    main()
