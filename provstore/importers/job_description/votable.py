"""OPUS's job description: a VOTable RESOURCE with utypes of the voprov draft of 2018.

The utypes are those of the draft (``UsedDescription``, ``WasGeneratedByDescription``), not of the
Recommendation. A role that is left empty is the name of its GROUP. The e-mail of the contact is
personal, and the script is a command line: neither is a statement, both stay in the raw bytes.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.job_description.model import Described, JobDescription
from provstore.importers.strict_xml import local_name, place_of
from provstore.importers.uws.xml import text_of

ACTIVITY_UTYPE: Final = "activitydescription"
_SAID: Final = {"doculink": "docurl", "docurl": "docurl"} | {
    name: name for name in ("type", "subtype", "version", "annotation")
}
"""PARAMs of the activity to attributes of the ActivityDescription."""
_OF_PARAMETER: Final = ("unit", "ucd", "utype", "xtype")


def is_description(resource: etree._Element) -> bool:
    """Whether a RESOURCE is the description of an activity."""
    return _bare_utype(resource).lower() == ACTIVITY_UTYPE


def read_resource(resource: etree._Element, name: str, findings: Findings) -> JobDescription:
    """The description that a RESOURCE holds."""
    description = JobDescription(name, place_of(resource))
    text = _description(resource)
    if text:
        description.said["description"] = text
    for child in resource:
        match local_name(child):
            case "PARAM":
                _read_param(description, child, findings)
            case "GROUP":
                _read_group(description, child, findings)
            case _:
                pass
    return description


def _bare_utype(element: etree._Element) -> str:
    return (element.get("utype") or "").rpartition(":")[2]


def _description(element: etree._Element) -> str:
    for child in element:
        if local_name(child) == "DESCRIPTION":
            return text_of(child).strip()
    return ""


def _read_param(description: JobDescription, param: etree._Element, findings: Findings) -> None:
    name, value = param.get("name") or "", (param.get("value") or "").strip()
    if name in _SAID and value:
        description.said[_SAID[name]] = value
    elif name == "contact_name":
        description.contact = value
    elif value and name in {"script", "contact_email"}:
        message = f"{name} is no statement; it stays in the raw bytes"
        findings.info("job-description/left-out", place_of(param), name, message)
    elif value and name in {"executionDuration", "quote"}:
        description.said[name] = value
    elif value:
        message = "no attribute of a job description is meant by this; it stays in the raw bytes"
        findings.info("job-description/left-out", place_of(param), name, message)


def _read_group(description: JobDescription, group: etree._Element, findings: Findings) -> None:
    inner = list(group)
    match group.get("name"):
        case "InputParams":
            params = (child for child in inner if local_name(child) == "PARAM")
            description.parameters.extend(_parameters(params, findings))
        case "Used":
            description.used.extend(_roles(inner, findings))
        case "Generated":
            description.generated.extend(_roles(inner, findings))
        case name:
            message = "no group of a job description has this name; it stays in the raw bytes"
            findings.info("job-description/left-out", place_of(group), name, message)


def _parameters(params: Iterator[etree._Element], findings: Findings) -> Iterator[Described]:
    for param in params:
        name = param.get("name") or param.get("ID") or ""
        if not name:
            _note_nameless(param, findings)
            continue
        yield Described(name, place_of(param), dict(_of_parameter(param)))


def _note_nameless(element: etree._Element, findings: Findings) -> None:
    message = f"a {local_name(element)} without a name describes nothing; it is passed over"
    findings.warning("job-description/no-name", place_of(element), "", message)


def _of_parameter(param: etree._Element) -> Iterator[tuple[str, str]]:
    """Attributes of a ParameterDescription (Provenance DM 1.0, section 4.2)."""
    datatype, size = param.get("datatype") or "", param.get("arraysize") or ""
    if datatype:
        yield "valueType", f"{datatype}[{size}]" if size else datatype
    for name in _OF_PARAMETER:
        if param.get(name):
            yield name, str(param.get(name))
    text = _description(param)
    if text:
        yield "description", text
    if param.get("type") == "no_query":  # OPUS: the job may be started without it
        yield "required", "false"
    default = param.get("value") or ""
    if default:
        yield "default", default
    yield from _values(param)


def _values(param: etree._Element) -> Iterator[tuple[str, str]]:
    options: list[str] = []
    for values in param:
        if local_name(values) != "VALUES":
            continue
        for element in values:
            name, value = local_name(element), element.get("value") or ""
            if name in {"MIN", "MAX"} and value:
                yield name.lower(), value
            elif name == "OPTION":
                options.append(value)
    if options:
        yield "options", "|".join(options)


def _roles(groups: list[etree._Element], findings: Findings) -> Iterator[Described]:
    for group in groups:
        if local_name(group) != "GROUP":
            continue
        told = _told(group)
        name = told.get("role") or group.get("name") or ""
        if not name:
            _note_nameless(group, findings)
            continue
        said = {key: told[key] for key in ("multiplicity", "default", "url") if told.get(key)}
        text = _description(group)
        if text:
            said["description"] = text
        yield Described(name, place_of(group), said, told.get("content_type", ""))


def _told(group: etree._Element) -> Mapping[str, str]:
    params = (child for child in group if local_name(child) == "PARAM")
    return {param.get("name") or "": (param.get("value") or "").strip() for param in params}
