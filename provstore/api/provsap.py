"""ProvSAP: provenance by a simple access protocol.

No version of ProvSAP was ever adopted. This is the last readable draft (ProvDAL, September 2017)
with the parameters that OPUS added; where both differ, each has its own switch: AGENT goes on from
agents, AGENTS shows them.
"""

from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api.access import Reader
from provstore.api.answers import lineage_headers
from provstore.api.context import services_of
from provstore.api.dali import given_pairs
from provstore.api.params import (
    BOOLEAN,
    ID,
    Domain,
    Given,
    Parameter,
    choice,
    documented,
    number,
)
from provstore.api.streaming import stream
from provstore.exporters.flavour import Model
from provstore.exporters.registry import format_of, write_lineage
from provstore.model.lineage import Direction, SapQuestion

router: Final = APIRouter(tags=["ProvSAP"])

PATH: Final = "/provsap"


class Wanted(NamedTuple):
    """Format of an answer, and the media type under which it is sent."""

    name: str
    media_type: str


_SHORT_NAMES: Final = {
    "PROV-JSON": "prov-json",
    "PROV-JSONLD": "json-ld",
    "PROV-N": "prov-n",
    "PROV-XML": "prov-xml",
    "PROV-TTL": "turtle",
    "PROV-TRIG": "trig",
    "PROV-VOTABLE": "votable",
    "PROV-SVG": "svg",
    "PROV-PNG": "png",
    "PROV-DOT": "dot",
}
_BY_MEDIA_TYPE: Final = {
    media_type: name
    for name in reversed(_SHORT_NAMES.values())
    for media_type in format_of(name).media_types
}


def _read_format(text: str) -> Wanted:
    if text in _SHORT_NAMES:
        name = _SHORT_NAMES[text]
        return Wanted(name, format_of(name).media_type)
    media_type = text.partition(";")[0].strip().lower()
    found = _BY_MEDIA_TYPE.get(media_type)
    if found is None:
        raise ValueError(text)
    # DALI 1.1, section 3.4.3: who asks by media type is answered with that media type.
    charset = "; charset=utf-8" if media_type.startswith("text/") else ""
    return Wanted(found, media_type + charset)


_ALL: Final = "ALL"


def _read_depth(text: str) -> int | None:
    return None if text == _ALL else number(0).read(text)


DEPTH: Final[Parameter[int | None]] = Parameter(
    "DEPTH",
    Domain(_read_depth, "0, 1, 2, … or ALL", {"type": "string", "pattern": "^([0-9]+|ALL)$"}),
    "Number of relations to follow, whatever their type; each node is at its least distance.",
    1,
)
DIRECTION: Final[Parameter[Direction]] = Parameter(
    "DIRECTION",
    choice(
        {"BACK": Direction.BACK, "FORTH": Direction.FORTH, "FORWARD": Direction.FORTH},
    ),
    "Which way used, wasGeneratedBy, wasDerivedFrom and wasInformedBy are followed.",
    Direction.BACK,
)
RESPONSEFORMAT: Final[Parameter[Wanted]] = Parameter(
    "RESPONSEFORMAT",
    Domain(_read_format, ", ".join(_SHORT_NAMES) + ", or a media type", {"type": "string"}),
    "Format of the answer.",
    _read_format("PROV-JSON"),
)
MODEL: Final[Parameter[Model]] = Parameter(
    "MODEL",
    choice({model.value: model for model in (Model.IVOA, Model.W3C)}),
    "Flavour of the PROV formats.",
    Model.IVOA,
)
MEMBERS: Final[Parameter[bool]] = Parameter(
    "MEMBERS", BOOLEAN, "Go from a collection to its members too.", default=False
)
STEPS: Final[Parameter[bool]] = Parameter(
    "STEPS", BOOLEAN, "Go from an activity flow to its steps too.", default=False
)
AGENT: Final[Parameter[bool]] = Parameter("AGENT", BOOLEAN, "Go on from agents.", default=False)
AGENTS: Final[Parameter[bool]] = Parameter(
    "AGENTS", BOOLEAN, "Have agents in the answer.", default=True
)
CONFIGURATION: Final[Parameter[bool]] = Parameter(
    "CONFIGURATION", BOOLEAN, "Have parameters and configuration files.", default=True
)
DESCRIPTIONS: Final[Parameter[int]] = Parameter(
    "DESCRIPTIONS",
    choice({"0": 0, "1": 1, "2": 2}),
    "Have no descriptions, those of activities, or all.",
    0,
)
ATTRIBUTES: Final[Parameter[bool]] = Parameter(
    "ATTRIBUTES", BOOLEAN, "Show attributes in a picture.", default=True
)
GD: Final[Parameter[str]] = Parameter(
    "GD", choice({"LR": "LR"}), "Direction of a picture: left to right.", "LR"
)
TAKEN: Final = (
    ID,
    DEPTH,
    RESPONSEFORMAT,
    DIRECTION,
    MEMBERS,
    STEPS,
    AGENT,
    MODEL,
    AGENTS,
    CONFIGURATION,
    DESCRIPTIONS,
    ATTRIBUTES,
    GD,
)
DRAFT: Final = frozenset(
    {"ID", "DEPTH", "RESPONSEFORMAT", "DIRECTION", "MEMBERS", "STEPS", "AGENT", "MODEL"}
)
"""Names of the parameters of the draft; the others are those of OPUS."""


async def given_parameters(request: Request) -> Given:
    """Dependency of FastAPI: the parameters; raises as `given_pairs` and `Given`."""
    return Given(TAKEN, await given_pairs(request))


def question_of(given: Given) -> SapQuestion:
    """The question that the parameters ask."""
    return SapQuestion(
        ids=given.every(ID),
        depth=given.one(DEPTH),
        direction=given.one(DIRECTION),
        members=given.one(MEMBERS),
        steps=given.one(STEPS),
        walk_agents=given.one(AGENT),
        show_agents=given.one(AGENTS),
        configuration=given.one(CONFIGURATION),
        descriptions=given.one(DESCRIPTIONS),
    )


def _answer(request: Request, given: Given) -> Response:
    question, wanted = question_of(given), given.one(RESPONSEFORMAT)
    found = services_of(request).lineage.sap(question)
    chunks = write_lineage(
        found,
        wanted.name,
        model=given.one(MODEL),
        parameters=question.configuration,
        attributes=given.one(ATTRIBUTES),
    )
    headers = lineage_headers(found.engine, found.cut, found.notes)
    return stream(chunks, wanted.media_type, headers)


_ABOUT: Final = "Part of the provenance graph around identifiers (ProvDAL draft of 2017, and OPUS)."


@router.get(PATH, summary="ProvSAP", description=_ABOUT, openapi_extra=documented(TAKEN))
def provsap_get(
    request: Request, caller: Reader, given: Annotated[Given, Depends(given_parameters)]
) -> Response:
    """Answer a GET."""
    del caller
    return _answer(request, given)


@router.post(PATH, summary="ProvSAP", description=_ABOUT, openapi_extra=documented(TAKEN))
def provsap_post(
    request: Request, caller: Reader, given: Annotated[Given, Depends(given_parameters)]
) -> Response:
    """Answer a POST, which DALI asks for beside GET (DALI 1.1, section 2.1)."""
    del caller
    return _answer(request, given)
