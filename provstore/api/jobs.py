"""Jobs of UWS servers: what is sent of them becomes provenance."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Pusher
from provstore.api.answers import json_answer
from provstore.api.body import DocumentBody
from provstore.api.context import API, services_of
from provstore.api.documents import DRY_RUN, PUSHED, pushed_answer
from provstore.api.params import SOURCE, TEXT, Given, Parameter, Taking, documented
from provstore.api.writing import writes
from provstore.services.jobs import FORMAT, job_document, sent_parts

router: Final = APIRouter(prefix=f"{API}/jobs", tags=["jobs"])

URL: Final[Parameter[str | None]] = Parameter(
    "url",
    TEXT,
    "Where the job was found: the identifier of its activity. It is never fetched.",
    None,
)
PUSH: Final = (SOURCE, URL, DRY_RUN)

_FILE: Final = {"type": "string", "format": "binary"}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The job document, or a form of the job and its description.",
        "content": {
            "text/xml": {"schema": {"type": "string"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"job": _FILE, "description": _FILE, "url": {"type": "string"}},
                    "required": ["job"],
                }
            },
        },
    }
}


@router.post(
    "",
    summary="Push a UWS job",
    status_code=HTTPStatus.CREATED,
    responses=PUSHED,
    openapi_extra=documented(PUSH) | _BODY,
)
@writes
def push(
    request: Request,
    caller: Pusher,
    given: Annotated[Given, Depends(Taking(PUSH))],
    data: DocumentBody,
) -> Response:
    """Store a job of a UWS server as provenance; nothing that it links to is fetched.

    The body is the job document, or `multipart/form-data` with the parts `job` and `description`
    (VOTable or WADL). A job that is pushed again, in a later phase, stands in place of what it was.
    Answered as a push of a document.
    """
    services = services_of(request)
    source = services.access.source_for(caller, given.one(SOURCE))
    parts = sent_parts(data, request.headers.get("content-type", ""))
    document = job_document(parts, given.one(URL))
    if given.one(DRY_RUN):
        findings = services.ingest.check(document, source=source, format=FORMAT)
        return json_answer({"findings": [finding.as_json() for finding in findings]})
    return pushed_answer(request, services.ingest.push(document, source=source, format=FORMAT))
