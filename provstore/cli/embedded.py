"""The catalogue itself, without a server: imported only by commands that open it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from pydantic import ValidationError

from provstore.cli.archive import Rendered
from provstore.cli.files import InputFile, decoded
from provstore.config import Settings
from provstore.errors import BadParameterError
from provstore.exporters.registry import format_of, write_lineage
from provstore.exporters.shapes import element_shape, gap_shapes, impact_shape, pushed_shape
from provstore.factory import Services, build, migrate
from provstore.model.lineage import LineageQuestion

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

    def obscore(self, table: InputFile, source: str | None) -> JsonObject:
        """As in `provstore.cli.archive.Archive`."""
        data = decoded(table.read(), self._services.settings.max_document_bytes)
        ingest = self._services.ingest
        return pushed_shape(ingest.push_obscore(data, name=table.path.name, source=source))
