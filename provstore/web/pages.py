"""The pages. They work without a script and ask no other host."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from provstore.errors import AmbiguousIdentifierError, BadParameterError
from provstore.exporters.prov_aq import link_headers
from provstore.factory import Services
from provstore.web.address import BOX, Address
from provstore.web.dataset import choices, dataset_page
from provstore.web.keywords import keywords_shown
from provstore.web.leads import leads
from provstore.web.ready import READY
from provstore.web.refine import condition_said
from provstore.web.render import links_of, page
from provstore.web.route import PageRoute
from provstore.web.search import leads_to, search_shown

_LATEST: Final = 10
_ID: Final = "ID"

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


@router.get("/")
def home(request: Request) -> Response:
    """One box, ready-made questions, what the archive holds, and what came in last."""
    services = _services(request)
    context = {
        "questions": [(one.text, links_of(request).search(one.pairs)) for one in READY],
        "held": services.maintenance.health(),
        "receipts": services.ledger.receipts(limit=_LATEST).items,
    }
    return page(request, "home.html", context)


@router.get("/search")
def search(request: Request) -> Response:
    """The datasets that are asked for; what is typed into the box may lead to one thing."""
    services, links, asked = _services(request), links_of(request), Address.of(request)
    if asked.text and not asked.conditions:
        name = leads_to(services.box.read(asked.text), asked)
        if name is not None:
            url = links.to("/dataset", ID=name, **{BOX: asked.text})
            return RedirectResponse(url, HTTPStatus.SEE_OTHER)
    if asked.first("format") is not None:
        return RedirectResponse(links.query("/api/v1/search", asked.pairs), HTTPStatus.SEE_OTHER)
    shown = search_shown(services, links, asked)
    return page(request, "search.html", {"asked": asked.text, "search": shown})


@router.get("/keywords")
def keywords(request: Request) -> Response:
    """Which provenance keywords there are; its values lead to the search."""
    services, links, asked = _services(request), links_of(request), Address.of(request)
    context = {
        "shown": keywords_shown(services, links, asked),
        "asked": asked.text,
        "conditions": [condition_said(pair) for pair in asked.pairs],
        "pairs": asked.pairs,
    }
    return page(request, "keywords.html", context)


@router.get("/dataset")
def dataset(request: Request) -> Response:
    """One entity, activity or agent; a list where the name fits several."""
    name, services, links = _asked(request), _services(request), links_of(request)
    text = Address.of(request).text
    meaning = services.box.read(text) if text else None
    try:
        found = services.lineage.element(name)
    except AmbiguousIdentifierError:
        several = {"asked": name, "choices": choices(services, name), "meaning": meaning}
        return page(request, "choices.html", several)
    context = {
        "asked": text or name,
        "meaning": meaning,
        "page": dataset_page(services, links, found),
        "leads": leads(services, links, found),
    }
    known = found.node.obs_publisher_did or found.node.id
    base_url = services.settings.base_url
    headers = link_headers(base_url, [known], "/api/v1/elements", "application/json")
    return page(request, "dataset.html", context, headers=headers)


def _asked(request: Request) -> str:
    """The one identifier that is asked for; the name of the parameter is free in its case."""
    given = [value for name, value in request.query_params.multi_items() if name.upper() == _ID]
    if len(given) != 1 or not given[0] or "\0" in given[0]:
        shown = ", ".join(given)
        raise BadParameterError(_ID, shown, "one identifier that is not empty and holds no NUL")
    return given[0]
