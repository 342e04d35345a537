"""Pages as a reader sees them: by section, row and link."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import lxml.html
from lxml.html import HtmlElement
from support.served import archive_at

MISSING = "\N{EN DASH}"
"""Stands in a table where nothing is told."""


def elements(start: HtmlElement, path: str) -> list[HtmlElement]:
    """The elements that an XPath finds."""
    found = start.xpath(path)
    assert isinstance(found, list)
    return [one for one in found if isinstance(one, HtmlElement)]


def text_of(element: HtmlElement) -> str:
    """The text in an element, blanks folded."""
    return " ".join(str(element.text_content()).split())


class Shown:
    """A page that was answered."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.html: HtmlElement = lxml.html.document_fromstring(answer.text)

    def find(self, path: str) -> list[HtmlElement]:
        """The elements that an XPath finds."""
        return elements(self.html, path)

    def values(self, path: str) -> list[str]:
        """The attributes that an XPath finds."""
        found = self.html.xpath(path)
        assert isinstance(found, list)
        return [str(one) for one in found]

    def texts(self, path: str) -> list[str]:
        """The text of each element that an XPath finds, as it is."""
        return [str(one.text_content()) for one in self.find(path)]

    def text(self, path: str = "//main") -> str:
        """The text of what an XPath finds, blanks folded."""
        return " ".join(map(text_of, self.find(path)))

    def section(self, name: str) -> str:
        """The text of a section by its id."""
        return self.text(f"//section[@id='{name}']")

    def rows(self, section: str) -> list[list[str]]:
        """The cells of a section's table body, row by row."""
        found = self.find(f"//section[@id='{section}']//tbody/tr")
        return [[text_of(cell) for cell in elements(row, "*")] for row in found]

    def links(self, path: str = "//main") -> dict[str, str]:
        """The addresses of the links below an XPath, by what they say."""
        return {text_of(link): link.get("href", "") for link in self.find(f"{path}//a[@href]")}

    def facts(self, path: str = "//main") -> dict[str, str]:
        """The terms of description lists below an XPath, with what stands beside them."""
        told = self.find(f"{path}//dd")
        return dict(zip(self.texts(f"{path}//dt"), map(text_of, told), strict=True))


class Site:
    """The pages of a running archive.

    Parameters
    ----------
    client
        Of its server.
    """

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def push(self, *documents: bytes) -> None:
        """Push documents in order."""
        for document in documents:
            assert self.client.post("/api/v1/documents", content=document).status_code == 201

    def put_obscore(self, table: bytes, name: str = "table.csv") -> None:
        """Load ObsCore records."""
        path = f"/api/v1/obscore?name={name}"
        assert self.client.put(path, content=table).status_code in {200, 201}

    def get(self, path: str, status: int = 200, **query: str) -> Shown:
        """A page, which must have this status."""
        answer = self.client.get(path, params=query or None)
        assert answer.status_code == status, answer.text
        return Shown(answer)

    def dataset(self, name: str, status: int = 200) -> Shown:
        """The page of one element."""
        return self.get("/dataset", status, ID=name)


@contextmanager
def site_at(folder: Path, **settings: object) -> Iterator[Site]:
    """The pages of a fresh archive in ``folder``."""
    with archive_at(folder, **settings) as client:
        yield Site(client)
