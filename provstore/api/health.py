"""Whether the server works: for orchestrators and monitors."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.answers import json_answer
from provstore.api.context import services_of
from provstore.api.params import Taking

router: Final = APIRouter(tags=["operation"])


def is_well(state: Mapping[str, object]) -> bool:
    """Whether a state of health says that questions can be answered."""
    return state["status"] == "ok"


@router.get("/health", summary="Liveness and readiness", dependencies=[Depends(Taking(()))])
def health(request: Request) -> Response:
    """200 where questions can be answered, else 503, with the state of each part."""
    state = services_of(request).maintenance.health()
    status = HTTPStatus.OK if is_well(state) else HTTPStatus.SERVICE_UNAVAILABLE
    return json_answer(state, status, {"Cache-Control": "no-store"})
