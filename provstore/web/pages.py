"""The pages. They work without a script and ask no other host."""

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from provstore.errors import AmbiguousIdentifierError, BadParameterError
from provstore.exporters.prov_aq import link_headers
from provstore.factory import Services
from provstore.web.dataset import choices, dataset_page
from provstore.web.render import links_of, page
from provstore.web.route import PageRoute

_LATEST: Final = 10
_ID: Final = "ID"

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("/")
def home(request: Request) -> Response:
    """One box for an identifier, what the archive holds, and what came in last."""
    services = _services(request)
    context = {
        "held": services.maintenance.health(),
        "receipts": services.ledger.receipts(limit=_LATEST).items,
    }
    return page(request, "home.html", context)


@router.get("/dataset")
def dataset(request: Request) -> Response:
    """One entity, activity or agent; a list where the name fits several."""
    name, services = _asked(request), _services(request)
    try:
        found = services.lineage.element(name)
    except AmbiguousIdentifierError:
        context = {"asked": name, "choices": choices(services, name)}
        return page(request, "choices.html", context)
    shown = dataset_page(services, links_of(request), found)
    known = found.node.obs_publisher_did or found.node.id
    base_url = services.settings.base_url
    headers = link_headers(base_url, [known], "/api/v1/elements", "application/json")
    return page(request, "dataset.html", {"asked": name, "page": shown}, headers=headers)


def _asked(request: Request) -> str:
    """The one identifier that is asked for; the name of the parameter is free in its case."""
    given = [value for name, value in request.query_params.multi_items() if name.upper() == _ID]
    if len(given) != 1 or not given[0] or "\0" in given[0]:
        shown = ", ".join(given)
        raise BadParameterError(_ID, shown, "one identifier that is not empty and holds no NUL")
    return given[0]
