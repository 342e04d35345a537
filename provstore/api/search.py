"""Finding datasets, and which keywords there are."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Reader
from provstore.api.answers import json_answer, next_url, note_header, page
from provstore.api.context import API, services_of, settings_of
from provstore.api.params import Given, Taking, documented, page_limit
from provstore.api.streaming import stream
from provstore.exporters.datalink import hit_by_datalink
from provstore.exporters.search import TableFormat, negotiate_search
from provstore.exporters.search_json import keyword_shape
from provstore.model.parameters import limit_of
from provstore.model.search import Hit, SearchPage, SearchQuestion, SearchTable
from provstore.services.asked import DISCOVER, FORMAT, SEARCH, refuse_paging
from provstore.services.meant import meant

router: Final = APIRouter(prefix=API, tags=["search"])


@router.get("/search", summary="Find datasets", openapi_extra=documented(SEARCH))
def search(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(SEARCH))]
) -> Response:
    """Datasets by position, target, time, energy, columns of ObsCore, and how they were made.

    All that is asked for has to hold. The answer shows the ADQL that asks the same.
    """
    del caller
    wanted = given.one(FORMAT) or negotiate_search(request.headers.get("accept"))
    question, notes = meant(given, services_of(request))
    if isinstance(wanted, TableFormat):
        table = _table(request, given, question, notes)
        cut = {} if table.cut is None else {"Provstore-Cut": table.cut}
        headers = {"Vary": "Accept", **note_header(table.notes), **cut}
        chunks = wanted.write(table)
        return stream(chunks, wanted.media_type, headers, closing=wanted.closing)
    page = _page(request, given, question, notes)
    headers = {"Vary": "Accept", **note_header(page.notes)}
    return stream(wanted.write(page), wanted.media_type, headers)


def _page(
    request: Request, given: Given, question: SearchQuestion, notes: Sequence[str]
) -> SearchPage:
    limit = page_limit(given, settings_of(request).max_rows)
    found = services_of(request).search.search(replace(question, limit=limit))
    return replace(
        found,
        items=list(_leading(request, found.items)),
        next=next_url(request, found.next),
        notes=(*notes, *found.notes),
    )


def _table(
    request: Request, given: Given, question: SearchQuestion, notes: Sequence[str]
) -> SearchTable:
    refuse_paging(given)
    most = settings_of(request).max_table_rows
    limit = limit_of(given, most, most)
    found = services_of(request).search.table(replace(question, limit=limit))
    return replace(found, rows=_leading(request, found.rows), notes=(*notes, *found.notes))


def _leading(request: Request, hits: Iterable[Hit]) -> Iterable[Hit]:
    """The datasets, leading to their links where the settings say so."""
    settings = settings_of(request)
    if not settings.access_by_datalink:
        return hits
    return (hit_by_datalink(hit, settings.base_url) for hit in hits)


@router.get("/keywords", summary="Which keywords there are", openapi_extra=documented(DISCOVER))
def keywords(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(DISCOVER))]
) -> Response:
    """The keywords that the data have, with their values and counts among the datasets asked for.

    It takes the conditions of a search.
    """
    del caller
    services = services_of(request)
    question, notes = meant(given, services)
    items = [keyword_shape(one) for one in services.search.keywords(question)]
    told = page(request, items, len(items), None) | {"notes": list(notes)}
    return json_answer(told, headers=note_header(notes))
