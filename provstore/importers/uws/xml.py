"""A job as UWS documents tell it, before anything is made of it.

Read are jobs, lists of jobs, and the parameters or results of a job alone, in UWS 1.0 and 1.1
(appendix A, the schema) and as OPUS writes them: its elements stand in another order, its results
have ``name`` and ``hash``, and the values of its parameters are encoded as in a query string.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote_plus

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.strict_xml import XSI, local_name, namespace, place_of

UWS_NAMESPACE: Final = "http://www.ivoa.net/xml/UWS/"
"""Start of the namespaces of UWS; 1.0 and 1.1 share one (UWS 1.1, appendix A)."""
_XLINK: Final = "{http://www.w3.org/1999/xlink}"
_TRUE: Final = frozenset({"1", "true", "TRUE", "True"})
_FALSE: Final = frozenset({"", "0", "false", "FALSE", "False"})
_SAID: Final = frozenset(
    {
        "jobId",
        "runId",
        "ownerId",
        "phase",
        "quote",
        "creationTime",
        "startTime",
        "endTime",
        "executionDuration",
        "destruction",
    }
)
"""Elements of a job that hold one text."""
_CONTAINERS: Final = frozenset({"parameters", "results", "errorSummary"})


@dataclass(frozen=True, slots=True)
class UwsParameter:
    """One parameter of a job."""

    id: str
    value: str
    by_reference: bool
    place: str


@dataclass(frozen=True, slots=True)
class UwsResult:
    """One result of a job."""

    id: str
    href: str
    place: str
    mime_type: str = ""
    size: str = ""
    name: str = ""
    """OPUS only: ``<entity id>_<file name>``."""
    hash: str = ""
    """OPUS only: a checksum of the content."""


@dataclass(slots=True)
class UwsJob:
    """What a document says of one job; texts are empty where it does not say."""

    place: str
    is_opus: bool = False
    said: dict[str, str] = field(default_factory=dict)
    """``jobId``, ``phase``, ``creationTime``, …"""
    href: str = ""
    """Of a job in a list."""
    error: str = ""
    error_type: str = ""
    parameters: list[UwsParameter] = field(default_factory=list)
    results: list[UwsResult] = field(default_factory=list)


def read_job(root: etree._Element, findings: Findings) -> UwsJob:
    """A ``uws:job``."""
    job = UwsJob(place_of(root), is_opus=_is_opus(root))
    for child in root:
        name = local_name(child)
        if name in _SAID:
            _say(job, name, child, findings)
        elif name in _CONTAINERS:
            _read_container(job, child, findings)
        else:
            message = f"{name} is no part of the model; it stays in the raw bytes"
            findings.info("uws/left-out", place_of(child), name, message)
    return job


def read_fragment(root: etree._Element, findings: Findings) -> UwsJob:
    """The ``uws:parameters`` or ``uws:results`` of a job that the document does not name."""
    job = UwsJob(place_of(root), is_opus=_is_opus(root))
    _read_container(job, root, findings)
    return job


def read_list(root: etree._Element, findings: Findings) -> Iterator[UwsJob]:
    """The jobs that a ``uws:jobs`` tells of."""
    for reference in root:
        if local_name(reference) != "jobref":
            message = "a list of jobs holds jobref only; this is passed over"
            name = local_name(reference)
            findings.warning("uws/unknown-element", place_of(reference), name, message)
            continue
        job = UwsJob(place_of(reference), is_opus=_is_opus_reference(root, reference))
        job.said["jobId"] = reference.get("id") or ""
        job.href = reference.get(_XLINK + "href") or reference.get("href") or ""
        for child in reference:
            if local_name(child) in _SAID:
                _say(job, local_name(child), child, findings)
        yield job


def text_of(element: etree._Element) -> str:
    """All text of an element, that of inner elements too."""
    return "".join(map(str, element.itertext()))


def _text(element: etree._Element) -> str:
    if element.get(f"{{{XSI}}}nil") in _TRUE:
        return ""
    return text_of(element).strip()


def _say(job: UwsJob, name: str, element: etree._Element, findings: Findings) -> None:
    text = _text(element)
    if name in job.said and text != job.said[name]:
        message = f"{name} is told twice; the first counts"
        findings.warning("uws/told-twice", place_of(element), text, message)
    elif text:
        job.said[name] = text


def _read_container(job: UwsJob, element: etree._Element, findings: Findings) -> None:
    match local_name(element):
        case "parameters":
            job.parameters.extend(_parameters(element, job.is_opus, findings))
        case "results":
            job.results.extend(_results(element, findings))
        case _:
            messages = [child for child in element if local_name(child) == "message"]
            job.error = "\n".join(map(_text, messages)) if messages else _text(element)
            job.error_type = element.get("type") or ""


def _parameters(
    container: etree._Element,
    is_opus: bool,  # noqa: FBT001  a fact of the document
    findings: Findings,
) -> Iterator[UwsParameter]:
    for element in container:
        place, name = place_of(element), element.get("id") or ""
        if local_name(element) != "parameter" or not name:
            message = "a parameter without an id says nothing; it is passed over"
            findings.warning("uws/no-parameter-id", place, local_name(element), message)
            continue
        value = text_of(element)
        if is_opus:
            value = _decoded(value, place, findings)
        yield UwsParameter(name, value, _by_reference(element, findings), place)


def _decoded(value: str, place: str, findings: Findings) -> str:
    """The value before OPUS encoded it; as it is where the result could not be stored."""
    try:
        decoded = unquote_plus(value, errors="strict")
    except UnicodeDecodeError:
        decoded = "\0"
    if "\0" in decoded:
        message = "what the escapes stand for is no text; the value is kept as written"
        findings.warning("uws/bad-escape", place, value, message)
        return value
    return decoded


def _by_reference(element: etree._Element, findings: Findings) -> bool:
    told = (element.get("byReference") or "").strip()
    if told not in _TRUE | _FALSE:
        message = "byReference is neither true nor false; false is assumed"
        findings.warning("uws/by-reference", place_of(element), told, message)
    return told in _TRUE


def _results(container: etree._Element, findings: Findings) -> Iterator[UwsResult]:
    for element in container:
        place, name = place_of(element), element.get("id") or ""
        if local_name(element) != "result" or not name:
            message = "a result without an id says nothing; it is passed over"
            findings.warning("uws/no-result-id", place, local_name(element), message)
            continue
        yield UwsResult(
            name,
            (element.get(_XLINK + "href") or element.get("href") or "").strip(),
            place,
            element.get("mime-type") or "",
            element.get("size") or "",
            element.get("name") or "",
            element.get("hash") or "",
        )


def _is_opus(root: etree._Element) -> bool:
    """Whether OPUS wrote this: by what no standard document has (UWS 1.1, appendix A).

    These are ``hash`` on a result, a quote that is a number of seconds, and the ``process_id``; of
    parameters alone, 0 and 1 for false and true.
    """
    if root.get("version"):
        return False
    for element in root.iter():
        name = local_name(element)
        if name == "result" and element.get("hash") is not None:
            return True
        if name == "quote" and _text(element).isdecimal():
            return True
        if name == "process_id" and not namespace(element):
            return True
    told = [element.get("byReference") for element in root]
    return local_name(root) == "parameters" and bool(told) and {*told} <= {"0", "1"}


def _is_opus_reference(root: etree._Element, reference: etree._Element) -> bool:
    """Whether OPUS wrote the list: 1.0 has the phase only, 1.1 a version."""
    more = {local_name(child) for child in reference} - {"phase"}
    return not root.get("version") and bool(more)
