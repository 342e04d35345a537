"""JSON answers: how they are written, and the shapes that several endpoints share."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import Response

from provstore.api.context import absolute_url
from provstore.api.headers import header_text


def json_answer(
    body: Mapping[str, Any],
    status: HTTPStatus = HTTPStatus.OK,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """``body`` as ``application/json``."""
    return Response(orjson.dumps(body), status, headers, "application/json")


def page(
    request: Request, items: Sequence[Mapping[str, Any]], total: int, cursor: str | None
) -> dict[str, Any]:
    """A list: ``items``, ``total``, and ``next``, the URL of the following page or None."""
    return {"items": items, "total": total, "next": next_url(request, cursor)}


def next_url(request: Request, cursor: str | None) -> str | None:
    """The URL of the page that begins at ``cursor``."""
    if cursor is None:
        return None
    asked = request.query_params.multi_items()
    query = [(name, value) for name, value in asked if name.lower() != "cursor"]
    return absolute_url(request, request.url.path, [*query, ("cursor", cursor)])


def lineage_headers(engine: str, cut: str | None, notes: Sequence[str] = ()) -> dict[str, str]:
    """What every lineage answer says beside its body, whatever its format."""
    headers = {"Provstore-Engine": header_text(engine), **note_header(notes)}
    if cut is not None:
        headers["Provstore-Cut"] = header_text(cut)
    return headers


def note_header(notes: Sequence[str]) -> dict[str, str]:
    """What there is to say of an answer, in a header for the formats that have no place for it."""
    return {"Provstore-Note": header_text("; ".join(notes))} if notes else {}
