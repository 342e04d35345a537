"""Finding datasets, and which keywords there are."""

from dataclasses import replace
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Reader
from provstore.api.answers import json_answer, next_url, note_header, page
from provstore.api.asked import DISCOVER, FORMAT, SEARCH
from provstore.api.context import API, services_of, settings_of
from provstore.api.meant import meant
from provstore.api.params import Given, Taking, documented, page_limit
from provstore.api.streaming import stream
from provstore.exporters.datalink import record_by_datalink
from provstore.exporters.search import negotiate_search, write_search
from provstore.exporters.search_json import keyword_shape
from provstore.model.search import Hit

router: Final = APIRouter(prefix=API, tags=["search"])


@router.get("/search", summary="Find datasets", openapi_extra=documented(SEARCH))
def search(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(SEARCH))]
) -> Response:
    """Datasets by position, target, time, energy, columns of ObsCore, and how they were made.

    All that is asked for has to hold. The answer shows the ADQL that asks the same.
    """
    del caller
    services, settings = services_of(request), settings_of(request)
    question, notes = meant(given, services)
    question = replace(question, limit=page_limit(given, settings.max_rows))
    wanted = given.one(FORMAT) or negotiate_search(request.headers.get("accept"))
    found = services.search.search(question)
    items = found.items
    if settings.access_by_datalink:
        items = [_by_datalink(hit, settings.base_url) for hit in items]
    notes = (*notes, *found.notes)
    told = replace(found, items=items, next=next_url(request, found.next), notes=notes)
    headers = {"Vary": "Accept", **note_header(notes)}
    return stream(write_search(told, wanted), wanted.media_type, headers)


def _by_datalink(hit: Hit, base_url: str) -> Hit:
    record = replace(hit.record, values=record_by_datalink(hit.record.values, base_url))
    return replace(hit, record=record)


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
    return json_answer(page(request, items, len(items), None), headers=note_header(notes))
