"""The page of the interface: Swagger UI from our own files, so that no other host is asked."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

from provstore.api.headers import content_security_policy

STATIC: Final = Path(__file__).parent / "static"

router: Final = APIRouter(include_in_schema=False)
router.mount("/docs/static", StaticFiles(directory=STATIC))

# Swagger UI writes style attributes into the page as markup; scripts stay ours alone.
_POLICY: Final = content_security_policy(style_src="'self' 'unsafe-inline'")


@router.get("/docs")
def docs() -> FileResponse:
    """The page; what it shows is /openapi.json."""
    headers = {"Content-Security-Policy": _POLICY}
    return FileResponse(STATIC / "docs.html", headers=headers)
