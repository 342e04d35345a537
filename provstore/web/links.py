"""Addresses of pages, answers and files: identifiers travel in the query string only."""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from provstore.web.static_files import VERSION

_PROV_FORMATS: Final = ("PROV-JSON", "PROV-XML", "PROV-N")
_LINEAGE_FORMATS: Final = (("JSON", "json"), ("CSV", "csv"), ("SVG", "svg"), ("DOT", "dot"))


class Download(NamedTuple):
    """One form of an answer."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses on this server.

    They have no host, so that they hold under every name of the server; the path of BASE_URL stands
    before them, since archives sit behind proxies.
    """

    base_url: str

    @property
    def _prefix(self) -> str:
        return urlsplit(self.base_url).path.rstrip("/")

    def to(self, path: str, **query: str) -> str:
        """A path of this server with a query."""
        return f"{self._prefix}{path}?{urlencode(query)}" if query else f"{self._prefix}{path}"

    def query(self, path: str, pairs: Sequence[tuple[str, str]]) -> str:
        """The same, with parameters that may be repeated."""
        return f"{self.to(path)}?{urlencode(pairs)}" if pairs else self.to(path)

    def search(self, pairs: Sequence[tuple[str, str]]) -> str:
        """The page of a search."""
        return self.query("/search", pairs)

    def absolute(self, path: str, **query: str) -> str:
        """The same with its host, for people to copy."""
        return self.base_url.rstrip("/") + self.to(path, **query).removeprefix(self._prefix)

    def static(self, name: str) -> str:
        """A file of the pages."""
        return self.to(f"/static/{VERSION}/{name}")

    def dataset(self, name: str) -> str:
        """The page of one entity, activity or agent."""
        return self.to("/dataset", ID=name)

    def impact(self, name: str) -> str:
        """What was made from something, as JSON."""
        return self.to("/api/v1/impact", ID=name)

    def receipt(self, number: str) -> str:
        """What became of a pushed document, as JSON."""
        return self.to(f"/api/v1/documents/{number}")

    def prov_downloads(self, name: str) -> Iterator[Download]:
        """The whole history as PROV documents, from the ProvSAP endpoint."""
        for form in _PROV_FORMATS:
            query = {"ID": name, "DEPTH": "ALL", "RESPONSEFORMAT": form}
            yield Download(form, self.to("/provsap", **query))

    def lineage_downloads(self, name: str) -> Iterator[Download]:
        """The whole history as table, graph and picture."""
        for label, form in _LINEAGE_FORMATS:
            yield Download(label, self.to("/api/v1/lineage", ID=name, format=form))

    def commands(self, name: str) -> Iterator[tuple[str, str]]:
        """The page and the lineage, for a browser, for curl and for the command line."""
        yield "This page", self.absolute("/dataset", ID=name)
        lineage = self.absolute("/api/v1/lineage", ID=name, format="json")
        yield "Lineage with curl", f"curl {shlex.quote(lineage)}"
        base = shlex.quote(self.base_url)
        yield "Lineage as a tree", f"provstore lineage --url {base} -- {shlex.quote(name)}"
