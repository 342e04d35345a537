"""ObsCore records: the datasets that provenance is about."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Pusher
from provstore.api.body import DocumentBody
from provstore.api.context import API, services_of
from provstore.api.documents import PUSHED, pushed_answer
from provstore.api.params import SOURCE, TEXT, Given, Parameter, Taking, documented
from provstore.api.writing import writes

router: Final = APIRouter(prefix=f"{API}/obscore", tags=["obscore"])

NAME: Final[Parameter[str]] = Parameter(
    "name", TEXT, "Name of the file, by which messages call it.", ""
)
LOAD: Final = (SOURCE, NAME)

_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "A table: VOTable, ECSV, FITS, CSV, or a list of objects in JSON.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


@router.put(
    "",
    summary="Load ObsCore records",
    status_code=HTTPStatus.CREATED,
    responses={
        HTTPStatus.OK: PUSHED[HTTPStatus.OK],
        HTTPStatus.CREATED: PUSHED[HTTPStatus.CREATED],
    },
    openapi_extra=documented(LOAD) | _BODY,
)
@writes
def load(
    request: Request,
    caller: Pusher,
    given: Annotated[Given, Depends(Taking(LOAD))],
    data: DocumentBody,
) -> Response:
    """Store or update the records of a table; 201 with a receipt, 200 where its bytes are known."""
    services = services_of(request)
    source = services.access.source_for(caller, given.one(SOURCE))
    pushed = services.ingest.push_obscore(data, name=given.one(NAME), source=source)
    return pushed_answer(request, pushed)
