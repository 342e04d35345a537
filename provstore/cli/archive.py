"""One archive, two doors: a server over HTTP, or the catalogue itself.

Commands ask an `Archive` and cannot tell which door it is; both give the same JSON.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from provstore.cli.files import InputFile
from provstore.client import Client
from provstore.client.transport import Parameter
from provstore.model.lineage import LineageQuestion

JsonObject = dict[str, Any]
Asked = Mapping[str, Sequence[str]]
"""Parameters of ``GET /api/v1/search`` with their values, but for ``limit`` and ``format``."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An answer in some format."""

    chunks: Iterable[bytes]
    cut: str | None
    """The limit that cut the answer, or None."""
    notes: str
    """What the asker should know; may be empty."""


class Archive(Protocol):
    """What the commands ask for; errors are those of `provstore.errors`."""

    def element(self, name: str) -> JsonObject:
        """One element with its names and attributes."""

    def lineage(self, question: LineageQuestion, *, format: str, model: str) -> Rendered:  # noqa: A002  the users' word
        """A lineage in one of the formats of ``format=``."""

    def impact(self, ids: Sequence[str], limit: int | None) -> JsonObject:
        """What was made from something."""

    def gaps(self, limit: int | None) -> JsonObject:
        """Where records stop short, all of them or the first few."""

    def search(self, asked: Asked, limit: int | None) -> JsonObject:
        """The datasets that are asked for, all of them or the first few."""

    def search_table(self, asked: Asked, limit: int | None, *, format: str) -> Rendered:  # noqa: A002  the users' word
        """The same in one of the formats that are tables."""

    def keywords(self, asked: Asked) -> JsonObject:
        """The keywords that the data have, among the datasets that are asked for."""

    def obscore(self, table: InputFile, source: str | None) -> JsonObject:
        """Load a table of ObsCore records."""


class RemoteArchive:
    """The archive behind a server."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def element(self, name: str) -> JsonObject:
        """As in `Archive`."""
        return self._client.element(name)

    def lineage(self, question: LineageQuestion, *, format: str, model: str) -> Rendered:  # noqa: A002  the users' word
        """As in `Archive`."""
        answer = self._client.lineage_answer(
            question.ids, format, model=model, **lineage_parameters(question)
        )
        headers = answer.headers
        return Rendered(
            [answer.body], headers.get("Provstore-Cut"), headers.get("Provstore-Note", "")
        )

    def search(self, asked: Asked, limit: int | None) -> JsonObject:
        """As in `Archive`."""
        return self._client.search(limit=limit, **asked)

    def search_table(self, asked: Asked, limit: int | None, *, format: str) -> Rendered:  # noqa: A002  the users' word
        """As in `Archive`."""
        answer = self._client.search_answer(format, limit=limit, **asked)
        headers = answer.headers
        return Rendered(
            [answer.body], headers.get("Provstore-Cut"), headers.get("Provstore-Note", "")
        )

    def keywords(self, asked: Asked) -> JsonObject:
        """As in `Archive`."""
        return self._client.keywords(**asked)

    def impact(self, ids: Sequence[str], limit: int | None) -> JsonObject:
        """As in `Archive`."""
        return self._client.impact(ids, limit=limit)

    def gaps(self, limit: int | None) -> JsonObject:
        """As in `Archive`."""
        return self._client.gaps(limit=limit)

    def obscore(self, table: InputFile, source: str | None) -> JsonObject:
        """As in `Archive`."""
        return self._client.obscore(table.read(), name=table.path.name, source=source)


def lineage_parameters(question: LineageQuestion) -> dict[str, Parameter]:
    """A question as the parameters of ``GET /api/v1/lineage``, without ``ID``."""
    bounds = question.bounds
    return {
        "direction": question.direction.value,
        "depth": bounds.depth,
        "steps": bounds.steps,
        "stop": bounds.stop,
        "limit": bounds.limit,
        "via": question.via.value,
        "agents": question.agents.value,
        "parameters": "show" if question.parameters else "hide",
        "descriptions": question.descriptions,
    }
