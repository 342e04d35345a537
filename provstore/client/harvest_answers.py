"""What a UWS server answers: a list of jobs, and the links of one job.

Read with the standard library alone. What a job says becomes provenance elsewhere, in the archive;
here only as much is read as is needed to follow the list.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from provstore.errors import ServerError

ENDED: Final = ("COMPLETED", "ERROR", "ABORTED", "ARCHIVED")
"""Phases that a job does not leave by itself (UWS 1.1, section 2.1.3)."""
RUNNING: Final = ("PENDING", "QUEUED", "EXECUTING", "HELD", "SUSPENDED", "UNKNOWN")
_XLINK_HREF: Final = "{http://www.w3.org/1999/xlink}href"
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_OFFERED: Final = re.compile(r"prov[-_.]?(json|xml|n|ttl|trig|jsonld)\Z", re.IGNORECASE)
_PREFERRED: Final = ("json", "xml", "jsonld", "trig", "ttl", "n")
_MARGIN: Final = timedelta(seconds=1)
"""Creation times may be written in whole seconds."""


class JobReference(NamedTuple):
    """A job in a list."""

    id: str
    href: str
    phase: str
    created: str
    """As written; empty where the list does not say it."""


class JobList(NamedTuple):
    """A list of jobs."""

    is_filtered: bool
    """The server speaks UWS 1.1, which has the filters of lists."""
    jobs: list[JobReference]


class JobLinks(NamedTuple):
    """What matters of a job here."""

    phase: str
    provenance: list[str]
    """Links to provenance documents, the preferred one first."""


def read_job_list(data: bytes) -> JobList:
    """The jobs that a list tells of; those without an id or phase are left out.

    Raises
    ------
    ServerError
        It is no list of jobs.
    """
    root = _root(data, "jobs")
    return JobList(root.get("version", "").startswith("1.1"), list(_references(root)))


def read_job_links(data: bytes) -> JobLinks:
    """Phase and provenance documents of a job.

    Raises
    ------
    ServerError
        It is no job.
    """
    root = _root(data, "job")
    found: list[tuple[int, str]] = []
    for element in root.iter():
        offered = _OFFERED.match(element.get("id", "")) if _name(element) == "result" else None
        href = element.get(_XLINK_HREF) or element.get("href")
        if offered is not None and href:
            found.append((_PREFERRED.index(offered.group(1).lower()), href.strip()))
    return JobLinks(_child(root, "phase"), [href for _, href in sorted(found)])


def instant(created: str) -> datetime | None:
    """A creation time; UTC where it says no zone (UWS 1.1, section 1.4)."""
    try:
        moment = datetime.fromisoformat(created)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def before(moment: datetime) -> str:
    """The value of AFTER with which a job created at this moment is still listed."""
    earlier = moment.astimezone(UTC) - _MARGIN
    return earlier.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _root(data: bytes, name: str) -> ET.Element:
    if b"\0" in data or _DECLARATION.search(data):
        raise ServerError("the answer declares a document type, or is no UTF-8: it is not read")
    try:
        root = ET.fromstring(data)  # noqa: S314  without declarations there is nothing to expand
    except (ET.ParseError, LookupError, ValueError) as error:
        raise ServerError(f"the answer is no XML: {error}") from None
    if _name(root) != name:
        raise ServerError(f"the answer is {_name(root)[:50]!r}, not a uws:{name}")
    return root


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(parent: ET.Element, name: str) -> str:
    found = (child for child in parent if _name(child) == name)
    return "".join(next(found, parent).itertext()).strip() if _has(parent, name) else ""


def _has(parent: ET.Element, name: str) -> bool:
    return any(_name(child) == name for child in parent)


def _references(root: ET.Element) -> Iterator[JobReference]:
    for element in root:
        job_id = element.get("id", "").strip()
        phase = _child(element, "phase")
        if _name(element) == "jobref" and job_id and phase:
            href = element.get(_XLINK_HREF) or element.get("href") or ""
            created = _child(element, "creationTime")
            yield JobReference(job_id, href.strip(), phase, created)
