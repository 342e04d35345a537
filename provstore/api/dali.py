"""Parameters of VO endpoints: from the query string and from a form (DALI 1.1, section 2.1)."""

from typing import Final

from fastapi import Request
from starlette.types import Message

from provstore.api.body import media_type_of, read_body
from provstore.errors import UnknownFormatError

MAX_FORM_BYTES: Final = 1_000_000
"""Most bytes of parameters in the body of a POST."""
MAX_FIELDS: Final = 20_000
"""Most parameters in one: as many as short identifiers fill the bytes."""

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


async def given_pairs(request: Request) -> list[tuple[str, str]]:
    """Names and values of all parameters, those of the query string first.

    Raises
    ------
    UnknownFormatError
        The body is no form.
    TooLargeError
        It is over `MAX_FORM_BYTES`.
    """
    pairs = request.query_params.multi_items()
    if request.method == "POST":
        pairs += await _form(request)
    return pairs


async def _form(request: Request) -> list[tuple[str, str]]:
    body = await read_body(request, MAX_FORM_BYTES)
    if not body:
        return []
    media_type = media_type_of(request)
    if media_type not in _FORMS:
        raise UnknownFormatError(
            f"Content-Type={media_type or ''!r} is not taken: {', '.join(_FORMS)}"
        )

    async def replay() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, replay).form(max_files=0, max_fields=MAX_FIELDS) as form:
        return [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
