"""A WADL as OPUS wrote its job descriptions in 2015 and 2016.

The job is the ``resource`` with the id ``joblist``: its path is the job's name, the ``query``
parameters of its method ``create_job`` are the job's. WADL: W3C Member Submission of 2009-08-31;
``choices`` and the title ``description`` of a ``doc`` are OPUS's own.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.job_description.model import Described, JobDescription
from provstore.importers.strict_xml import local_name, place_of
from provstore.importers.uws.names import normal_url
from provstore.importers.uws.xml import text_of

WADL_NAMESPACE: Final = "http://wadl.dev.java.net/"
_CONTROLS: Final = frozenset({"PHASE", "ACTION", "EXECUTIONDURATION", "DESTRUCTION", "WAIT"})
"""Parameters of UWS itself (1.1, section 2.2)."""


def read_wadl(application: etree._Element, findings: Findings) -> JobDescription | None:
    """The description that a WADL gives of its job; None, with a finding, where it has none."""
    for resources in _children(application, "resources"):
        for resource in _children(resources, "resource"):
            name = (resource.get("path") or "").strip("/")
            if resource.get("id") == "joblist" and name:
                return _job(resource, name, normal_url(resources.get("base") or ""), findings)
    message = "there is no resource 'joblist' with a path: it describes no job"
    findings.error("job-description/no-job", place_of(application), "", message)
    return None


def _children(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in parent if local_name(child) == name)


def _job(
    resource: etree._Element, name: str, base: str | None, findings: Findings
) -> JobDescription:
    job = JobDescription(name, place_of(resource), base=base)
    text = _doc(resource, "description")
    if text:
        job.said["description"] = text
    for method in _children(resource, "method"):
        if method.get("id") == "create_job":
            for request in _children(method, "request"):
                job.parameters.extend(_parameters(request, findings))
            job.generated.extend(_representations(method))
    return job


def _doc(element: etree._Element, title: str | None = None) -> str:
    for doc in _children(element, "doc"):
        if title is None or doc.get("title") == title:
            return text_of(doc).strip()
    return ""


def _parameters(request: etree._Element, findings: Findings) -> Iterator[Described]:
    for param in _children(request, "param"):
        name = param.get("name") or ""
        if name in _CONTROLS or param.get("style", "query") != "query":
            continue
        if not name:
            message = "a param without a name describes nothing; it is passed over"
            findings.warning("job-description/no-name", place_of(param), "", message)
            continue
        yield Described(name, place_of(param), dict(_of_parameter(param)))


def _of_parameter(param: etree._Element) -> Iterator[tuple[str, str]]:
    for attribute, name in (("type", "valueType"), ("required", "required")):
        if param.get(attribute):
            yield name, str(param.get(attribute))
    default = param.get("default") or param.get("fixed")
    if default:
        yield "default", default
    text = _doc(param)
    if text:
        yield "description", text
    listed = [option.get("value") or "" for option in _children(param, "option")]
    options = param.get("choices") or "|".join(listed)
    if options:
        yield "options", options


def _representations(method: etree._Element) -> Iterator[Described]:
    """The results: representations with an id in the answers of the method."""
    for response in _children(method, "response"):
        for shown in _children(response, "representation"):
            name = shown.get("id") or ""
            text = _doc(shown)
            if name:
                said = {"description": text} if text else {}
                yield Described(name, place_of(shown), said, shown.get("mediaType") or "")
