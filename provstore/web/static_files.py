"""The style sheet and the icon, under an address that changes with their content."""

import hashlib
from http import HTTPStatus
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

_FOLDER: Final = Path(__file__).parent / "static"
_MEDIA_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
# RFC 8246: what stands under this address never changes
_FOREVER: Final = {"Cache-Control": "public, max-age=31536000, immutable"}

FILES: Final = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
"""The files by name; few and small, so that they are read once."""
VERSION: Final = hashlib.sha256(b"\0".join(FILES.values())).hexdigest()[:16]
"""Stands in the address of every file."""

router: Final = APIRouter(include_in_schema=False)


@router.get("/static/{version}/{name}")
def static_file(version: str, name: str) -> Response:
    """One file; 404 for another version, which a cache must not keep under this content."""
    content = FILES.get(name)
    if version != VERSION or content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "no such file")
    return Response(content, headers=_FOREVER, media_type=_MEDIA_TYPES[Path(name).suffix])
