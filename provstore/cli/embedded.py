"""The catalogue itself, without a server: imported only by commands that open it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from pydantic import ValidationError

from provstore.cli.archive import Asked, Rendered
from provstore.cli.files import InputFile, decoded
from provstore.config import Settings
from provstore.errors import BadParameterError
from provstore.exporters.datalink import hit_by_datalink
from provstore.exporters.registry import format_of, write_lineage
from provstore.exporters.search import TableFormat, search_format
from provstore.exporters.search_json import keyword_shape, page_shape
from provstore.exporters.shapes import element_shape, gap_shapes, impact_shape, pushed_shape
from provstore.factory import Services, build, migrate
from provstore.model.lineage import LineageQuestion
from provstore.model.parameters import Given, Parameter
from provstore.model.search import Hit
from provstore.services.asked import DISCOVER, SEARCH, refuse_paging
from provstore.services.meant import meant

JsonObject = dict[str, Any]
_PAGE: Final = 1000


def settings() -> Settings:
    """The settings of the environment and the settings file.

    Raises
    ------
    BadParameterError
        One of them has a value that is not allowed, or the file cannot be read.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "PROVSTORE_" + "_".join(str(part) for part in first["loc"]).upper()
        # what a check of ours says has this before it
        allowed = first["msg"].removeprefix("Value error, ")
        raise BadParameterError(name, str(first["input"]), allowed) from error


@contextmanager
def services(*, prepare: bool) -> Iterator[Services]:
    """The services over the catalogue, closed in the end.

    Parameters
    ----------
    prepare
        Make the catalogue, or bring it to this version, first. A command that only asks never
        changes a catalogue that others may be using.
    """
    known = settings()
    if prepare:
        migrate(known)
    opened = build(known)
    try:
        yield opened
    finally:
        opened.close()


@contextmanager
def embedded_archive(*, prepare: bool) -> Iterator["EmbeddedArchive"]:
    """The catalogue of ``DATABASE_URL`` as an archive."""
    with services(prepare=prepare) as opened:
        yield EmbeddedArchive(opened)


class EmbeddedArchive:
    """The archive of this process's own services."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def element(self, name: str) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        return element_shape(self._services.lineage.element(name))

    def lineage(self, question: LineageQuestion, *, format: str, model: str) -> Rendered:  # noqa: A002  the users' word
        """As in `provstore.cli.archive.Archive`."""
        wanted = format_of(format)
        answer = self._services.lineage.ask(question)
        chunks = write_lineage(answer, wanted, model=model, parameters=question.parameters)
        return Rendered(chunks, answer.cut, "; ".join(answer.notes))

    def impact(self, ids: Sequence[str], limit: int | None) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        return impact_shape(self._services.lineage.impact(ids, limit=limit))

    def gaps(self, limit: int | None) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        items: list[JsonObject] = []
        cursor: str | None = None
        while True:
            left = _PAGE if limit is None else min(limit - len(items), _PAGE)
            page = self._services.lineage.gaps(limit=left, cursor=cursor)
            items.extend(gap_shapes(page))
            cursor = page.next
            if cursor is None or len(items) == limit:
                return {"items": items, "total": page.total, "next": None}

    def search(self, asked: Asked, limit: int | None) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        question, notes = meant(_given(asked), self._services)
        service = self._services.search
        first = service.search(replace(question, limit=1))
        hits = self._leading(service.table(replace(question, limit=limit, facets=())).rows)
        whole = replace(first, items=list(hits), next=None, notes=(*notes, *first.notes))
        return page_shape(whole)

    def search_table(self, asked: Asked, limit: int | None, *, format: str) -> Rendered:  # noqa: A002  the users' word
        """As in `provstore.cli.archive.Archive`."""
        given = _given(asked)
        wanted = search_format(format)
        if not isinstance(wanted, TableFormat):
            raise BadParameterError("format", format, "a format that is a table")
        refuse_paging(given)
        question, notes = meant(given, self._services)
        found = self._services.search.table(replace(question, limit=limit))
        told = replace(found, rows=self._leading(found.rows), notes=(*notes, *found.notes))
        return Rendered(wanted.write(told), told.cut, "; ".join(told.notes))

    def _leading(self, hits: Iterable[Hit]) -> Iterable[Hit]:
        settings = self._services.settings
        if not settings.access_by_datalink:
            return hits
        return (hit_by_datalink(hit, settings.base_url) for hit in hits)

    def keywords(self, asked: Asked) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        question, notes = meant(_given(asked, DISCOVER), self._services)
        items = [keyword_shape(one) for one in self._services.search.keywords(question)]
        return {"items": items, "total": len(items), "next": None, "notes": list(notes)}

    def obscore(self, table: InputFile, source: str | None) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        data = decoded(table.read(), self._services.settings.max_document_bytes)
        ingest = self._services.ingest
        return pushed_shape(ingest.push_obscore(data, name=table.path.name, source=source))


def _given(asked: Asked, taken: Sequence[Parameter[object]] = SEARCH) -> Given:
    return Given(taken, ((name, value) for name, values in asked.items() for value in values))
