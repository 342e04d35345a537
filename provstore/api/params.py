"""Parameters of a request: read from its query, and documented.

An endpoint names the `Parameter` objects that it takes. From them come the check of a request
(`Given`), its part of the OpenAPI document (`documented`), and the ``param`` elements of the VOSI
capabilities.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request

from provstore.model.parameters import (
    BOOLEAN,
    CURSOR,
    DEFAULT_LIMIT,
    LIMIT,
    MAX_REPEATS,
    TEXT,
    Domain,
    Given,
    Parameter,
    choice,
    number,
    page_limit,
)

__all__ = [
    "BOOLEAN",
    "CURSOR",
    "DEFAULT_LIMIT",
    "ID",
    "LIMIT",
    "MAX_REPEATS",
    "ONE_ID",
    "SOURCE",
    "TEXT",
    "Domain",
    "Given",
    "Parameter",
    "Taking",
    "choice",
    "documented",
    "number",
    "page_limit",
]


@dataclass(frozen=True, slots=True, eq=False)
class Taking:
    """Dependency of FastAPI: the query parameters of an endpoint that takes these and no others."""

    parameters: Sequence[Parameter[object]]

    async def __call__(self, request: Request) -> Given:
        """Read the query string; see `Given` for what is refused."""
        return Given(self.parameters, request.query_params.multi_items())


def documented(parameters: Iterable[Parameter[object]]) -> dict[str, Any]:
    """The parameters as a piece of an OpenAPI 3.1 operation."""
    return {"parameters": [_openapi(parameter) for parameter in parameters]}


def _openapi(parameter: Parameter[object]) -> dict[str, Any]:
    schema = dict(parameter.domain.schema)
    if parameter.repeatable:
        schema = {"type": "array", "items": schema, "maxItems": MAX_REPEATS}
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.explanation,
        "schema": schema,
    }


ID: Final[Parameter[str]] = Parameter(
    "ID",
    TEXT,
    "An identifier: IRI, obs_publisher_did, product id, DOI, or a weaker name such as a path.",
    "",
    repeatable=True,
    required=True,
)
ONE_ID: Final[Parameter[str]] = Parameter("ID", TEXT, ID.description, "", required=True)
SOURCE: Final[Parameter[str | None]] = Parameter(
    "source", TEXT, "The pipeline that writes; it qualifies local identifiers.", None
)
