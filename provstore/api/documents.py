"""Documents: push, ledger, raw bytes, findings, retraction."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Curator, Pusher, Reader
from provstore.api.answers import json_answer, page
from provstore.api.body import DocumentBody, media_type_of
from provstore.api.context import API, absolute_url, services_of, settings_of
from provstore.api.params import (
    BOOLEAN,
    CURSOR,
    LIMIT,
    SOURCE,
    TEXT,
    Given,
    Parameter,
    Taking,
    choice,
    documented,
    page_limit,
)
from provstore.api.writing import writes
from provstore.errors import BadParameterError, UnknownReceiptError
from provstore.exporters.shapes import receipt_shape
from provstore.model.access import Caller, Role
from provstore.model.ledger import Pushed, Receipt, Status

router: Final = APIRouter(prefix=f"{API}/documents", tags=["documents"])

FORMAT: Final[Parameter[str | None]] = Parameter(
    "format", TEXT, "Name of the format; recognised by content where it is not given.", None
)
REPLACES: Final[Parameter[str | None]] = Parameter(
    "replaces", TEXT, "Receipt of the document that this one corrects; needs a curator.", None
)
DRY_RUN: Final[Parameter[bool]] = Parameter(
    "dry_run", BOOLEAN, "Say what a push would find, and store nothing.", default=False
)
STATUS: Final[Parameter[Status | None]] = Parameter(
    "status",
    choice({status.value: status for status in Status}),
    "Receipts in this state only; `refused` is the log of refusals.",
    None,
)
PUSH: Final = (SOURCE, FORMAT, REPLACES, DRY_RUN)
LEDGER: Final = (STATUS, SOURCE, LIMIT, CURSOR)
FINDINGS: Final = (LIMIT, CURSOR)

PUSHED: Final[dict[int | str, dict[str, Any]]] = {
    HTTPStatus.OK: {"description": "These bytes are known already; or a dry run."},
    HTTPStatus.CREATED: {"description": "Stored."},
    HTTPStatus.ACCEPTED: {"description": "The bytes are on disk; the receipt will say more."},
}
"""What a push may be answered with, for the OpenAPI document."""

_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "The document, as it is or with `Content-Encoding: gzip`.",
        "content": {"application/octet-stream": {"schema": {"type": "string"}}},
    }
}


def receipt_as_json(request: Request, receipt: Receipt) -> dict[str, Any]:
    """The receipt with its address."""
    return receipt_shape(receipt, receipt_url(request, receipt))


def receipt_url(request: Request, receipt: Receipt) -> str:
    """Where the receipt is found again."""
    return absolute_url(request, f"{API}/documents/{receipt.id}")


def pushed_answer(request: Request, pushed: Pushed) -> Response:
    """201 for what is new, 200 for what was known, 202 for what is durable and not yet judged."""
    if pushed.receipt.status is Status.PENDING:
        status = HTTPStatus.ACCEPTED
    else:
        status = HTTPStatus.CREATED if pushed.created else HTTPStatus.OK
    headers = {"Location": receipt_url(request, pushed.receipt)}
    return json_answer(receipt_as_json(request, pushed.receipt), status, headers)


@router.post(
    "",
    summary="Push a document",
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
    """Store a provenance document of any known format, in one transaction.

    201 with a receipt; 200 where the same bytes of the same source are known; 202 where the
    document is large: its bytes are on disk, and the receipt says `pending` until it is judged.
    """
    services = services_of(request)
    source = services.access.source_for(caller, given.one(SOURCE))
    told = {"source": source, "format": given.one(FORMAT), "media_type": media_type_of(request)}
    replaces = given.one(REPLACES)
    if replaces is not None:
        services.access.require(caller, Role.CURATOR)
        services.ledger.receipt(replaces)
    if given.one(DRY_RUN):
        findings = services.ingest.check(data, **told)
        return json_answer({"findings": [finding.as_json() for finding in findings]})
    return pushed_answer(request, services.ingest.push(data, replaces=replaces, **told))


@router.get("", summary="List the ledger", openapi_extra=documented(LEDGER))
def ledger(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(LEDGER))]
) -> Response:
    """Receipts, newest first."""
    del caller
    cursor = given.one(CURSOR)
    try:
        found = services_of(request).ledger.receipts(
            status=given.one(STATUS),
            source=given.one(SOURCE),
            limit=page_limit(given, settings_of(request).max_rows),
            cursor=cursor,
        )
    except UnknownReceiptError:
        raise _bad_cursor(cursor or "") from None
    items = [receipt_as_json(request, receipt) for receipt in found.items]
    return json_answer(page(request, items, found.total, found.next))


@router.get("/{receipt_id}", summary="Show a receipt", dependencies=[Depends(Taking(()))])
def receipt(request: Request, receipt_id: str, caller: Reader) -> Response:
    """The receipt of a push, with the state that its document is in now."""
    del caller
    found = services_of(request).ledger.receipt(receipt_id)
    return json_answer(receipt_as_json(request, found))


@router.get("/{receipt_id}/raw", summary="Raw bytes", dependencies=[Depends(Taking(()))])
def raw(request: Request, receipt_id: str, caller: Reader) -> Response:
    """The bytes as they came; for curators, and for the source that pushed them.

    They may hold personal data of the hosts that wrote them. A browser saves and never shows them.
    """
    ledger_service = services_of(request).ledger
    _require_raw(request, caller, ledger_service.receipt(receipt_id))
    headers = {"Content-Disposition": f'attachment; filename="document-{_file_name(receipt_id)}"'}
    data = ledger_service.raw(receipt_id)
    return Response(data, headers=headers, media_type="application/octet-stream")


def _require_raw(request: Request, caller: Caller, found: Receipt) -> None:
    access = services_of(request).access
    if not access.may_read_raw(caller, found):
        access.require(caller, Role.CURATOR)


def _file_name(receipt_id: str) -> str:
    return "".join(
        char for char in receipt_id if char.isascii() and (char.isalnum() or char in "-_")
    )


@router.get(
    "/{receipt_id}/findings",
    summary="Findings on a document",
    openapi_extra=documented(FINDINGS),
)
def findings(
    request: Request,
    receipt_id: str,
    caller: Reader,
    given: Annotated[Given, Depends(Taking(FINDINGS))],
) -> Response:
    """What was noticed in the document, in its order."""
    del caller
    start = _offset(given.one(CURSOR))
    found = services_of(request).ledger.receipt(receipt_id).findings
    end = start + page_limit(given, settings_of(request).max_rows)
    items = [finding.as_json() for finding in found[start:end]]
    return json_answer(page(request, items, len(found), str(end) if end < len(found) else None))


def _offset(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < len("1000000")):
        raise _bad_cursor(cursor)
    return int(cursor)


def _bad_cursor(cursor: str) -> BadParameterError:
    return BadParameterError(CURSOR.name, cursor, "take the whole URL from `next`")


@router.delete("/{receipt_id}", summary="Retract", dependencies=[Depends(Taking(()))])
@writes
def retract(request: Request, receipt_id: str, caller: Curator) -> Response:
    """Take back exactly what only this document said; its bytes and receipt stay."""
    del caller
    return json_answer(receipt_as_json(request, services_of(request).ingest.retract(receipt_id)))
