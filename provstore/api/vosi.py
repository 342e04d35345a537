"""VOSI: what the service can do, and whether it is there (VOSI 1.1)."""

from collections.abc import Container, Iterable, Sequence
from typing import Final, NamedTuple

from fastapi import APIRouter, Request
from lxml import etree
from starlette.responses import Response

from provstore.api import datalink, provsap
from provstore.api.context import absolute_url, services_of
from provstore.api.params import Parameter
from provstore.errors import ProvstoreError
from provstore.exporters.datalink import PATH, STANDARD_ID
from provstore.model.times import format_utc

router: Final = APIRouter(tags=["VOSI"])

PROVSAP_STANDARD_ID: Final = "ivo://ivoa.net/std/ProvenanceDM#ProvDAL-1.0"
"""As in the draft of 2017, under which name it was never registered."""

_CAPABILITIES: Final = "http://www.ivoa.net/xml/VOSICapabilities/v1.0"
_AVAILABILITY: Final = "http://www.ivoa.net/xml/VOSIAvailability/v1.0"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_TYPE: Final = f"{{{_XSI}}}type"
_PREFIXES: Final = {
    "vosi": _CAPABILITIES,
    "vs": "http://www.ivoa.net/xml/VODataService/v1.1",
    "xsi": _XSI,
}
_ABOUT_PROVSAP: Final = (
    "Provenance graph around identifiers, after the ProvDAL draft of September 2017 and OPUS; no "
    "version of ProvSAP was adopted. The walk is breadth-first and each relation counts one."
)
_ABOUT_DATALINK: Final = (
    "Of datasets: the file, the provenance, and what is one processing step away."
)


class _Service(NamedTuple):
    """A service that takes parameters."""

    standard_id: str
    about: str
    path: str
    taken: Sequence[Parameter[object]]
    standard: Container[str]
    """The parameters that are not our own."""


_SERVICES: Final = (
    _Service(PROVSAP_STANDARD_ID, _ABOUT_PROVSAP, provsap.PATH, provsap.TAKEN, provsap.DRAFT),
    _Service(
        STANDARD_ID,
        _ABOUT_DATALINK,
        PATH,
        datalink.TAKEN,
        {taken.name for taken in datalink.TAKEN},
    ),
)


@router.get("/capabilities", summary="VOSI capabilities")
def capabilities(request: Request) -> Response:
    """The VO capabilities of this server and how each is called."""
    root = etree.Element(f"{{{_CAPABILITIES}}}capabilities", nsmap=_PREFIXES)
    for name in ("capabilities", "availability"):
        capability = _capability(root, f"ivo://ivoa.net/std/VOSI#{name}")
        _interface(capability, absolute_url(request, f"/{name}"), use="full")
    for standard_id, about, path, taken, std in _SERVICES:
        capability = _capability(root, standard_id, about)
        interface = _interface(capability, absolute_url(request, path), use="base")
        for query_type in ("GET", "POST"):
            etree.SubElement(interface, "queryType").text = query_type
        _describe(interface, taken, std)
    return _xml(root)


def _capability(
    root: etree._Element,
    standard_id: str,
    description: str | None = None,
) -> etree._Element:
    capability = etree.SubElement(root, "capability", standardID=standard_id)
    if description is not None:
        etree.SubElement(capability, "description").text = description
    return capability


def _interface(
    capability: etree._Element,
    url: str,
    *,
    use: str,
) -> etree._Element:
    interface = etree.SubElement(capability, "interface", {_TYPE: "vs:ParamHTTP", "role": "std"})
    etree.SubElement(interface, "accessURL", use=use).text = url
    return interface


def _describe(
    interface: etree._Element,
    parameters: Iterable[Parameter[object]],
    standard: Container[str],
) -> None:
    for parameter in parameters:
        use = "required" if parameter.required else "optional"
        std = "true" if parameter.name in standard else "false"
        told = etree.SubElement(interface, "param", use=use, std=std)
        etree.SubElement(told, "name").text = parameter.name
        etree.SubElement(told, "description").text = parameter.explanation
        etree.SubElement(told, "dataType").text = parameter.domain.vo_type


@router.get("/availability", summary="VOSI availability")
def availability(request: Request) -> Response:
    """Whether questions can be answered, and since when this process is up."""
    root = etree.Element(f"{{{_AVAILABILITY}}}availability", nsmap={"vosi": _AVAILABILITY})
    trouble = _trouble(request)
    _child(root, "available", "true" if trouble is None else "false")
    _child(root, "upSince", format_utc(request.app.state.started))
    if trouble is not None:
        _child(root, "note", trouble)
    return _xml(root)


def _trouble(request: Request) -> str | None:
    try:
        services_of(request).maintenance.health()
    except ProvstoreError as error:
        return str(error)
    return None


def _child(root: etree._Element, name: str, text: str) -> None:
    etree.SubElement(root, f"{{{_AVAILABILITY}}}{name}").text = text


def _xml(root: etree._Element) -> Response:
    body = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return Response(body, media_type="text/xml; charset=utf-8")
