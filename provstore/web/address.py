"""What the address of a page asks: conditions that can be added and taken away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from provstore.errors import BadParameterError

Pair = tuple[str, str]

BOX: Final = "q"
"""What somebody typed into the one box."""
NO_CONDITIONS: Final = frozenset({"order", "facet", "limit", "cursor", "format"})
"""Parameters that choose what is shown of the answer."""


@dataclass(frozen=True, slots=True)
class Address:
    """The parameters of a page, their names in lower case."""

    pairs: tuple[Pair, ...]

    @classmethod
    def of(cls, request: Request) -> "Address":
        """Those of a request."""
        told = request.query_params.multi_items()
        return cls(tuple((name.lower(), value) for name, value in told))

    @property
    def text(self) -> str:
        """What is in the box; empty where nothing is.

        Raises
        ------
        BadParameterError
            The box was given several times.
        """
        texts = [value for name, value in self.pairs if name == BOX]
        if len(texts) > 1:
            raise BadParameterError(BOX, texts[1], "once only")
        return texts[0].strip() if texts else ""

    @property
    def conditions(self) -> Sequence[Pair]:
        """What datasets have to fulfil, what is in the box aside."""
        return [pair for pair in self.pairs if pair[0] not in {BOX, *NO_CONDITIONS}]

    def first(self, name: str) -> str | None:
        """The first value of a parameter."""
        return next((value for known, value in self.pairs if known == name), None)

    def having(self, *more: Pair) -> "Address":
        """These and more, from the first page on; each once."""
        return Address(tuple(dict.fromkeys((*self._from_the_start(), *more))))

    def without(self, *gone: Pair) -> "Address":
        """These without some, from the first page on."""
        return Address(tuple(pair for pair in self._from_the_start() if pair not in gone))

    def lacking(self, *names: str) -> "Address":
        """These without all parameters of some names, from the first page on."""
        return Address(tuple(pair for pair in self._from_the_start() if pair[0] not in names))

    def _from_the_start(self) -> Iterator[Pair]:
        return (pair for pair in self.pairs if pair[0] != "cursor")
