"""Documents from one format into another; nothing is stored."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Reader
from provstore.api.body import DocumentBody, media_type_of
from provstore.api.context import API
from provstore.api.headers import header_text
from provstore.api.lineage import FORMAT, MODEL
from provstore.api.params import TEXT, Given, Parameter, Taking, documented
from provstore.api.streaming import stream
from provstore.exporters.registry import negotiate
from provstore.services.convert import convert as convert_document

router: Final = APIRouter(prefix=f"{API}/convert", tags=["convert"])

_DEFAULT_FORMAT: Final = "prov-json"

FROM: Final[Parameter[str | None]] = Parameter(
    "from", TEXT, "Name of the format of the document; recognised by content if not given.", None
)
TAKEN: Final = (FORMAT, MODEL, FROM)

_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The document, as it is or with `Content-Encoding: gzip`.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


@router.post("", summary="Convert a document", openapi_extra=documented(TAKEN) | _BODY)
def convert(
    request: Request,
    caller: Reader,
    given: Annotated[Given, Depends(Taking(TAKEN))],
    data: DocumentBody,
) -> Response:
    """Answer with the document in another format; nothing is stored.

    What was noticed while reading it is counted in the header `Provstore-Findings`; ask
    `POST /api/v1/documents?dry_run=true` for the findings themselves.
    """
    del caller
    wanted = given.one(FORMAT) or negotiate(request.headers.get("accept"), _DEFAULT_FORMAT)
    told = {"format": given.one(FROM), "media_type": media_type_of(request)}
    converted = convert_document(data, wanted, model=given.one(MODEL), **told)
    headers = {
        "Vary": "Accept",
        "Provstore-Format": header_text(converted.format),
        "Provstore-Findings": str(len(converted.findings)),
    }
    return stream(converted.chunks, wanted.media_type, headers)
