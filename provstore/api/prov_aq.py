"""PROV-AQ: which services tell the provenance of something (W3C Note, 30 April 2013)."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from provstore.api.context import settings_of
from provstore.exporters.prov_aq import MEDIA_TYPE, PATH, service_description

router: Final = APIRouter(tags=["PROV-AQ"])


@router.get(PATH, summary="Provenance query services")
def query_services(request: Request) -> Response:
    """The services that answer with provenance, and their URI templates, as Turtle."""
    return Response(service_description(settings_of(request).base_url), media_type=MEDIA_TYPE)
