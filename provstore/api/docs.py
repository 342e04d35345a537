"""The page of the interface: Swagger UI from our own files, so that no other host is asked."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.responses import FileResponse
from starlette.staticfiles import StaticFiles

STATIC: Final = Path(__file__).parent / "static"

router: Final = APIRouter(include_in_schema=False)
router.mount("/docs/static", StaticFiles(directory=STATIC))


@router.get("/docs")
def docs() -> FileResponse:
    """The page; what it shows is /openapi.json."""
    return FileResponse(STATIC / "docs.html")
