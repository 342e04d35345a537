"""DataLink 1.1: from a dataset to its file, its provenance and its neighbours.

One step only: what a dataset was made from and what was made from it. Everything further away is
asked of the services that the answer describes. Nothing that a link leads to is looked at.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from provstore.api import lineage, provsap
from provstore.api.access import Reader
from provstore.api.context import absolute_url, services_of
from provstore.api.dali import given_pairs
from provstore.api.params import MAX_REPEATS, Domain, Given, Parameter, documented
from provstore.api.streaming import stream
from provstore.exporters.datalink import (
    ID_COLUMN,
    LINKS_TYPE,
    PATH,
    STANDARD_ID,
    Descriptor,
    Input,
    LinkRow,
    write_links,
)
from provstore.exporters.votable import MEDIA_TYPE
from provstore.model.links import Linked, Links, Neighbours

router: Final = APIRouter(tags=["DataLink"])

LINKS_ID: Final[Parameter[str]] = Parameter(
    "ID",
    Domain(str, "any identifier", {"type": "string"}),
    "A dataset, by any of its names; one that is empty is passed over.",
    "",
    repeatable=True,
)


def _read_format(text: str) -> str:
    bare, _, told = text.lower().replace(" ", "").partition(";")
    if bare not in {"votable", MEDIA_TYPE}:
        raise ValueError(text)
    # DALI 1.1, section 3.4.3: who asks by media type is answered with that media type.
    return MEDIA_TYPE if bare == MEDIA_TYPE and "content=datalink" not in told else LINKS_TYPE


RESPONSEFORMAT: Final[Parameter[str]] = Parameter(
    "RESPONSEFORMAT",
    Domain(_read_format, f"votable, {MEDIA_TYPE}", {"type": "string"}),
    "Format of the answer, a VOTable.",
    LINKS_TYPE,
)
TAKEN: Final = (LINKS_ID, RESPONSEFORMAT)

_PROVENANCE: Final = "provenance"
"""The term of ours for links that tell how a dataset was made."""
_AUTH_OF_RIGHTS: Final = {"public": "false", "secure": "true", "proprietary": "true"}
_PRODUCT_TYPES: Final = {
    **{
        name: f"#{name}"
        for name in ("image", "cube", "spectrum", "sed", "timeseries", "visibility", "measurements")
    },
    **dict.fromkeys(("event", "event-list", "hea-event-list"), "#event-list"),
    **dict.fromkeys(("event-bundle", "hea-event-bundle"), "#event-bundle"),
}
"""From ObsCore and its high-energy extension to http://www.ivoa.net/rdf/product-type."""
_BYTES: Final = 1000
"""Of a kbyte (VOUnits 1.1)."""
_MOST_LENGTH: Final = 2**63 - 1


# -- services


def _inputs(taken: tuple[Parameter[object], ...]) -> list[Input]:
    return [
        Input(
            parameter.name,
            parameter.explanation,
            ID_COLUMN if parameter.name == LINKS_ID.name else "",
            _options(parameter.domain.schema),
        )
        for parameter in taken
    ]


def _options(schema: Mapping[str, Any]) -> list[str]:
    if schema["type"] == "boolean":
        return ["true", "false"]
    return list(schema.get("enum", ()))


_PROVSAP: Final = Descriptor(
    "provsap",
    "ProvSAP",
    "The provenance graph around the dataset, as a PROV document (draft of ProvSAP, 2017).",
    provsap.PATH,
    "application/json",
    _inputs(provsap.TAKEN),
)
_LINEAGE: Final = Descriptor(
    "lineage",
    "Lineage",
    "What the dataset was made from, or what was made from it, as far as one wants.",
    f"{lineage.router.prefix}/lineage",
    "application/json",
    _inputs(lineage.ASKED),
)
_THIS: Final = Descriptor(
    "",
    "DataLink",
    "Links of a dataset: its file, its provenance, and its neighbours one step away.",
    PATH,
    LINKS_TYPE,
    # its own column cannot give what made it
    [one._replace(ref="") for one in _inputs(TAKEN)],
    standard_id=STANDARD_ID,
    utype="adhoc:this",
)


def _services(request: Request, known: str | None) -> Iterator[Descriptor]:
    for service in (_PROVSAP, _LINEAGE, _THIS):
        there = replace(service, url=absolute_url(request, service.url))
        yield there if known is None else there.with_example(ID=known)


# -- rows


class _Rows:
    """Makes the rows of one identifier."""

    def __init__(self, request: Request, links: Links) -> None:
        self._request, self._links = request, links

    def all(self) -> Iterator[LinkRow]:
        """The rows in the order in which people look for them."""
        links = self._links
        if links.this is None:
            message = f"{links.fault}: {links.message}"
            yield LinkRow(links.asked, "#this", error_message=message)
            return
        yield from self._this(links.this)
        yield from self._neighbours("#progenitor", links.progenitors)
        yield from self._neighbours("#derivation", links.derivations)
        yield from self._neighbours("#coderived", links.coderived)
        yield from self._documentation(links.this)

    def _this(self, this: Linked) -> Iterator[LinkRow]:
        if not this.node.is_data:
            return
        row = LinkRow(self._links.asked, "#this", dataset=_name(this), description=_what(this))
        if this.access is None or this.access.access_url is None:
            message = "NotFoundFault: no address of the file is known"
            yield row._replace(error_message=message)
        else:
            yield _to_file(row, this)

    def _neighbours(self, semantics: str, found: Neighbours) -> Iterator[LinkRow]:
        if found.is_cut:
            yield LinkRow(
                self._links.asked,
                semantics,
                service_def=_LINEAGE.id,
                description=f"Too many to be listed: {_ASKED_OF[semantics]}",
                content_type=_LINEAGE.content_type,
                **_OURS,
            )
        for linked in found.shown:
            yield self._to(linked, semantics)

    def _to(self, linked: Linked, semantics: str) -> LinkRow:
        row = LinkRow(
            self._links.asked,
            semantics,
            dataset=_name(linked),
            description=f"{_what(linked)}{_how(linked, semantics)}",
        )
        if linked.access is not None and linked.access.access_url is not None:
            if linked.is_preview:
                row = row._replace(semantics="#preview")
            return _to_file(row, linked)
        url = absolute_url(self._request, PATH, [("ID", _name(linked))])
        return row._replace(access_url=url, content_type=LINKS_TYPE, **_OURS)

    def _documentation(self, this: Linked) -> Iterator[LinkRow]:
        name = _name(this)
        row = LinkRow(
            self._links.asked,
            "#documentation",
            local_semantics=_PROVENANCE,
            dataset=name,
            **_OURS,
        )
        yield row._replace(
            access_url=absolute_url(self._request, "/dataset", [("ID", name)]),
            description=f"The provenance of {this.node.name}, for people",
            content_type="text/html",
        )
        yield row._replace(
            access_url=absolute_url(self._request, provsap.PATH, [("ID", name), ("DEPTH", "ALL")]),
            description=f"The whole history of {this.node.name}, as PROV-JSON",
            content_type="application/json",
        )
        for service in (_PROVSAP, _LINEAGE):
            yield row._replace(
                service_def=service.id,
                description=service.description,
                content_type=service.content_type,
            )


_OURS: Final[Mapping[str, Any]] = {"link_auth": "optional", "link_authorized": True}
"""Of links to this server: who reads this may read them, and needs no token for it."""
_ASKED_OF: Final = {
    "#progenitor": "the lineage service has what it was made from",
    "#derivation": "the lineage service with direction=forth has what was made from it",
    "#coderived": "the lineage service, asked for its activity with direction=forth, has the rest",
}
_HOW: Final = {
    "#progenitor": "used by",
    "#derivation": "made from it by",
    "#coderived": "made beside it by",
}


def _name(linked: Linked) -> str:
    """The name by which the dataset is published, else known here."""
    return linked.node.obs_publisher_did or linked.node.id


def _what(linked: Linked) -> str:
    level = linked.node.level
    return linked.node.name if level is None else f"{linked.node.name} ({level})"


def _how(linked: Linked, semantics: str) -> str:
    activity = linked.activity
    if activity is None:
        return ""
    version = "" if activity.version is None else f" {activity.version}"
    role = "" if linked.role is None else f" as {linked.role}"
    return f", {_HOW[semantics]} {activity.name}{version}{role}"


def _to_file(row: LinkRow, linked: Linked) -> LinkRow:
    """The row with what the ObsCore record says of the file."""
    access = linked.access
    if access is None:
        return row
    auth = _AUTH_OF_RIGHTS.get((access.data_rights or "").lower())
    return row._replace(
        access_url=access.access_url,
        content_type=access.access_format,
        content_length=_length(access.access_estsize),
        content_qualifier=_PRODUCT_TYPES.get(access.dataproduct_type or ""),
        link_auth=auth,
        link_authorized=True if auth == "false" else None,
    )


def _length(kbytes: int | None) -> int | None:
    if kbytes is None or not 0 <= kbytes <= _MOST_LENGTH // _BYTES:
        return None
    return kbytes * _BYTES


# -- endpoint


async def given_parameters(request: Request) -> Given:
    """Dependency of FastAPI: the parameters; raises as `given_pairs` and `Given`.

    Identifiers beyond the most that a parameter may have are left out: the answer then says that it
    is not whole, since it is about fewer still.
    """
    ids: dict[str, None] = {}
    others = []
    for name, value in await given_pairs(request):
        if name.upper() != LINKS_ID.name:
            others.append((name, value))
        elif value:
            ids[value] = None
    return Given(TAKEN, [*others, *((LINKS_ID.name, one) for one in islice(ids, MAX_REPEATS))])


def _answer(request: Request, given: Given) -> Response:
    found = services_of(request).links.find(given.every(LINKS_ID))
    known = next((_name(links.this) for links in found.items if links.this is not None), None)
    rows = [row for links in found.items for row in _Rows(request, links).all()]
    chunks = write_links(rows, list(_services(request, known)), is_cut=found.is_cut)
    return stream(chunks, given.one(RESPONSEFORMAT))


_ABOUT: Final = "The file, the provenance and the neighbours of datasets (DataLink 1.1)."


@router.get(PATH, summary="DataLink", description=_ABOUT, openapi_extra=documented(TAKEN))
def links_get(
    request: Request, caller: Reader, given: Annotated[Given, Depends(given_parameters)]
) -> Response:
    """Answer a GET."""
    del caller
    return _answer(request, given)


@router.post(PATH, summary="DataLink", description=_ABOUT, openapi_extra=documented(TAKEN))
def links_post(
    request: Request, caller: Reader, given: Annotated[Given, Depends(given_parameters)]
) -> Response:
    """Answer a POST, as clients send that ask for many datasets at once."""
    del caller
    return _answer(request, given)
