"""Whether the server works: for orchestrators and monitors."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from provstore.api.answers import json_answer
from provstore.api.context import services_of

router: Final = APIRouter(tags=["operation"])


@router.get("/health", summary="Liveness and readiness")
def health(request: Request) -> Response:
    """200 and how much there is, where questions can be answered; else 503."""
    state = services_of(request).maintenance.health()
    return json_answer(state, headers={"Cache-Control": "no-store"})
