"""The application: settings in, ASGI application out."""

import gc
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Final

from anyio import to_thread
from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from provstore import __version__
from provstore.api import (
    convert,
    datalink,
    docs,
    documents,
    errors,
    health,
    jobs,
    lineage,
    metrics,
    obscore,
    prov_aq,
    provsap,
    search,
    vosi,
)
from provstore.api.access import May
from provstore.api.headers import HeadAsGet, SafeHeaders
from provstore.api.hosts import KnownHosts
from provstore.config import Settings
from provstore.errors import UnavailableError
from provstore.factory import Services, build
from provstore.model.access import Role
from provstore.web import pages, static_files

_START_PATIENCE_S: Final = 60.0
_START_PAUSE_S: Final = 1.0
_log: Final = logging.getLogger(__name__)
_DESCRIPTION = """The provenance archive of an observatory: push what pipelines did, ask where a
dataset comes from and what depends on it."""
_PROBLEM = {
    "description": "A problem (RFC 9457); plain text from the VO endpoints.",
    "content": {"application/problem+json": {"schema": {"type": "object"}}},
}


def create_app(settings: Settings) -> FastAPI:
    """The application over a catalogue that is migrated already (`provstore.factory.migrate`)."""
    app = FastAPI(
        title="provstore",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses={"4XX": _PROBLEM, "5XX": _PROBLEM},
    )
    app.state.settings = settings
    errors.install(app)
    app.add_middleware(errors.UnexpectedErrors)
    app.add_middleware(KnownHosts, settings=settings)
    app.add_middleware(SafeHeaders)
    app.add_middleware(HeadAsGet)
    bearer = Depends(HTTPBearer(auto_error=False, description="A token of this archive."))
    for part in (documents, jobs, obscore, search, lineage, convert, provsap, datalink):
        app.include_router(part.router, dependencies=[bearer])
    for part in (vosi, prov_aq, health, metrics, docs):
        app.include_router(part.router)
    app.include_router(pages.router, dependencies=[Depends(May(Role.READER))])
    app.include_router(static_files.router)
    return app


def app_from_environment() -> FastAPI:
    """The application as the settings of the environment say; what uvicorn calls as a factory."""
    return create_app(Settings())


def _calm_collector() -> None:
    """Look for cycles seldom: what answers and documents are made of has none.

    With Python's defaults every 700 new tuples start a search through what lives; a closure has
    tens of thousands.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def _patient_build(settings: Settings) -> Services:
    """The services, as soon as the catalogue can be reached.

    uvicorn stops all processes of a server where one fails to start: one that had died while the
    catalogue's server was restarted would take the others with it.
    """
    deadline = time.monotonic() + _START_PATIENCE_S
    while True:
        try:
            return build(settings)
        except UnavailableError as error:
            if time.monotonic() > deadline:
                raise
            _log.warning("the start waits: %s", error, extra={"code": error.code})
            time.sleep(_START_PAUSE_S)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    _calm_collector()
    to_thread.current_default_thread_limiter().total_tokens = settings.threads
    services = await to_thread.run_sync(_patient_build, settings)
    app.state.services = services
    app.state.started = datetime.now(UTC)
    background = services.background()
    background.start()
    try:
        yield
    finally:
        await to_thread.run_sync(background.stop)
        await to_thread.run_sync(services.close)
