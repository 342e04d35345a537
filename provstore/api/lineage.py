"""Lineage, impact, gaps and single elements: questions of our own interface."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Reader
from provstore.api.answers import json_answer, lineage_headers, page
from provstore.api.context import API, services_of, settings_of
from provstore.api.params import (
    BOOLEAN,
    CURSOR,
    ID,
    LIMIT,
    ONE_ID,
    TEXT,
    Domain,
    Given,
    Parameter,
    Taking,
    choice,
    documented,
    number,
    page_limit,
)
from provstore.api.streaming import stream
from provstore.errors import BadParameterError
from provstore.exporters.datalink import record_by_datalink
from provstore.exporters.flavour import Model
from provstore.exporters.json import summary
from provstore.exporters.prov_aq import link_headers
from provstore.exporters.registry import FORMATS, Format, format_of, negotiate, write_lineage
from provstore.exporters.shapes import element_shape, gap_shapes, impact_shape
from provstore.model.lineage import Agents, Bounds, Direction, Lineage, LineageQuestion, Node, Via

router: Final = APIRouter(prefix=API, tags=["lineage"])

_DEFAULT_FORMAT: Final = "json"

DIRECTION: Final[Parameter[Direction]] = Parameter(
    "direction",
    choice({way.value: way for way in Direction}),
    "`back` to what it was made from, `forth` to what was made from it.",
    Direction.BACK,
)
STEPS: Final[Parameter[int | None]] = Parameter(
    "steps", number(0), "Processing steps (file to file) to go; everything if not given.", None
)
DEPTH: Final[Parameter[int | None]] = Parameter(
    "depth", number(0), "Relations to go; instead of `steps`.", None
)
STOP: Final[Parameter[str]] = Parameter(
    "stop",
    TEXT,
    "A data level, a type or the name of an activity; what it fits is shown and not gone through.",
    "",
    repeatable=True,
)
VIA: Final[Parameter[Via]] = Parameter(
    "via",
    choice({via.value: via for via in Via}),
    "Go along what activities used and made, along derivations, or both.",
    Via.BOTH,
)
AGENTS: Final[Parameter[Agents]] = Parameter(
    "agents",
    choice({agents.value: agents for agents in Agents}),
    "Show agents, hide them, or go on from them too.",
    Agents.SHOW,
)
PARAMETERS: Final[Parameter[bool]] = Parameter(
    "parameters",
    choice({"show": True, "hide": False}),
    "Parameters and configuration files of activities.",
    default=True,
)
DESCRIPTIONS: Final[Parameter[int]] = Parameter(
    "descriptions",
    choice({"0": 0, "1": 1, "2": 2}),
    "Descriptions: none, those of activities, all.",
    0,
)
MODEL: Final[Parameter[Model]] = Parameter(
    "model",
    choice({model.value: model for model in Model}),
    "Flavour of PROV formats.",
    Model.W3C,
)
NODE_LIMIT: Final[Parameter[int | None]] = Parameter(
    "limit", number(1), "Most nodes in the answer, nearest first.", None
)
FORMAT: Final[Parameter[Format | None]] = Parameter(
    "format",
    Domain(
        format_of,
        ", ".join(known.name for known in FORMATS) + ", or a media type",
        {"type": "string"},
    ),
    "Format of the answer; the Accept header decides where it is not given, else JSON.",
    None,
)
SUMMARY: Final[Parameter[bool]] = Parameter(
    "summary", BOOLEAN, "Counts per level and kind only, as JSON.", default=False
)
ASKED: Final = (
    ID,
    DIRECTION,
    STEPS,
    DEPTH,
    STOP,
    VIA,
    AGENTS,
    PARAMETERS,
    DESCRIPTIONS,
    MODEL,
    NODE_LIMIT,
    FORMAT,
    SUMMARY,
)
IMPACT: Final = (ID, NODE_LIMIT)
GAPS: Final = (LIMIT, CURSOR)
ELEMENT: Final = (ONE_ID,)


def question_of(given: Given) -> LineageQuestion:
    """The question that the parameters ask.

    Raises
    ------
    BadParameterError
        Both ``steps`` and ``depth`` are given.
    """
    steps, depth = given.one(STEPS), given.one(DEPTH)
    if steps is not None and depth is not None:
        raise BadParameterError(DEPTH.name, str(depth), "either steps or depth, not both")
    return LineageQuestion(
        given.every(ID),
        given.one(DIRECTION),
        Bounds(depth, steps, given.every(STOP), given.one(NODE_LIMIT)),
        given.one(VIA),
        given.one(AGENTS),
        given.one(PARAMETERS),
        given.one(DESCRIPTIONS),
    )


@router.get("/lineage", summary="Where it comes from", openapi_extra=documented(ASKED))
def lineage(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(ASKED))]
) -> Response:
    """What something was made from, or what was made from it, nearest first.

    An answer that a limit cut says so in the header `Provstore-Cut` and, as JSON, in `cut`.
    """
    del caller
    question, wanted = question_of(given), _format(request, given)
    answer = services_of(request).lineage.ask(question)
    headers = lineage_headers(answer.engine, answer.cut, answer.notes) | {"Vary": "Accept"}
    headers |= _links(request, (node for node in answer.nodes if node.id in answer.roots))
    if given.one(SUMMARY):
        return json_answer(_summary(answer), headers=headers)
    chunks = write_lineage(answer, wanted, model=given.one(MODEL), parameters=question.parameters)
    return stream(chunks, wanted.media_type, headers)


def _format(request: Request, given: Given) -> Format:
    asked = given.one(FORMAT)
    if given.one(SUMMARY):
        if asked is not None and asked.name != _DEFAULT_FORMAT:
            raise BadParameterError(FORMAT.name, asked.name, "a summary is JSON")
        return format_of(_DEFAULT_FORMAT)
    return asked or negotiate(request.headers.get("accept"), _DEFAULT_FORMAT)


def _summary(answer: Lineage) -> dict[str, Any]:
    return {
        "roots": answer.roots,
        "direction": answer.direction,
        "engine": answer.engine,
        "cut": answer.cut,
        "notes": answer.notes,
        **summary(answer),
    }


@router.get("/impact", summary="What is affected", openapi_extra=documented(IMPACT))
def impact(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(IMPACT))]
) -> Response:
    """The datasets that were made from `ID`, by level, with counts."""
    del caller
    found = services_of(request).lineage.impact(given.every(ID), limit=given.one(NODE_LIMIT))
    return json_answer(impact_shape(found), headers=lineage_headers(found.engine, found.cut))


@router.get("/gaps", summary="Where the record stops short", openapi_extra=documented(GAPS))
def gaps(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(GAPS))]
) -> Response:
    """Entities whose making is not recorded, and names that were told and never described."""
    del caller
    limit = page_limit(given, settings_of(request).max_rows)
    found = services_of(request).lineage.gaps(limit=limit, cursor=given.one(CURSOR))
    return json_answer(page(request, gap_shapes(found), found.total, found.next))


@router.get("/elements", summary="Show one element", openapi_extra=documented(ELEMENT))
def element(
    request: Request, caller: Reader, given: Annotated[Given, Depends(Taking(ELEMENT))]
) -> Response:
    """One entity, activity or agent with its names, its attributes and who asserted it."""
    del caller
    found, settings = services_of(request).lineage.element(given.one(ONE_ID)), settings_of(request)
    headers = _links(request, [found.node])
    if settings.access_by_datalink and found.obscore is not None:
        record = record_by_datalink(found.obscore, settings.base_url)
        found = replace(found, obscore=record)
    return json_answer(element_shape(found), headers=headers)


def _links(request: Request, nodes: Iterable[Node]) -> dict[str, str]:
    """The header that leads to the provenance of nodes, and to the page of each."""
    names = (node.obs_publisher_did or node.id for node in nodes)
    return link_headers(settings_of(request).base_url, names, "/dataset", "text/html")
