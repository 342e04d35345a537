"""Which identifiers the things of a UWS job have.

A job is its URL, so that it meets what the job's server says of it elsewhere. OPUS's provenance
documents name a job ``BASE/rest/<name>/<id>``, an entity ``BASE/store/?ID=<id>``, a user
``BASE/user/<name>`` and a job description ``BASE/jdl/<name>``; the same names are made here from
the links of the job.
"""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from provstore.importers.uws.xml import UwsJob
from provstore.model.identifiers import is_absolute, is_uuid

_OPUS_ROOTS: Final = ("rest", "uws")
"""First segment of a job's path: before and since OPUS 1.0."""
_OPUS_OWN: Final = frozenset({"provjson", "provxml", "provsvg", "stdout", "stderr"})
_STORE: Final = re.compile(r"(.*)/store/?\Z")


class JobNames(NamedTuple):
    """The names of a job and of what belongs to it."""

    job: str
    """IRI of the activity, or a name local to the source."""
    name: str | None
    """What sort of job it is: the path segment before its id."""
    base: str | None
    """Of an OPUS server, without a slash at its end."""
    is_url: bool

    def parameter(self, name: str) -> str:
        """The resource of a parameter (UWS 1.1, section 2.1)."""
        return f"{self.job}/parameters/{name}"

    def owner(self, name: str) -> str:
        """The agent that owns the job."""
        return f"user/{name}" if self.base is None else f"{self.base}/user/{name}"

    def description(self, name: str) -> str:
        """The job description of that name."""
        return description_iri(self.base, name)


def description_iri(base: str | None, name: str) -> str:
    """The job description of that name: as OPUS names it, else local to the source."""
    return f"jdl/{name}" if base is None else f"{base}/jdl/{name}"


def names_of(job: UwsJob, given: str | None) -> JobNames | None:
    """The names of a job; None where neither an id nor a URL is known.

    Parameters
    ----------
    job
        As its document tells it.
    given
        URL at which the job was found, or None. The links of an OPUS job come first: its
        provenance documents use the same address, whatever name the server has outside.
    """
    linked = _linked_url(job)
    url = linked or given if job.is_opus else given or linked
    job_id = job.said.get("jobId", "")
    if url is None:
        local = job_id if is_uuid(job_id) else f"job/{job_id}"
        return JobNames(local, None, None, is_url=False) if job_id else None
    segments = urlsplit(url).path.strip("/").split("/")
    name = segments[-2] if len(segments) > 1 else None
    return JobNames(url, name, _opus_base(url) if job.is_opus else None, is_url=True)


def linked_url(job: UwsJob) -> str | None:
    """The job's URL as its own links tell it; None where they do not."""
    return _linked_url(job)


def normal_url(url: str) -> str | None:
    """A URL without doubled slashes, query and fragment; None where it is no ``http`` URL."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:  # an unclosed bracket in the host
        return None
    if parts.scheme not in {"http", "https"} or not host or re.search(r"[\s\x00-\x1f]", url):
        return None
    path = re.sub(r"/{2,}", "/", parts.path).rstrip("/")
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _linked_url(job: UwsJob) -> str | None:
    job_id = job.said.get("jobId", "")
    if job.href:
        return _listed_url(job)
    found = {_url_in(result.href, result.id, job_id, job.is_opus) for result in job.results}
    found.discard(None)
    return found.pop() if len(found) == 1 else None


def _listed_url(job: UwsJob) -> str | None:
    """The URL of a job in a list; OPUS leaves the ``rest`` of its own address out."""
    url = normal_url(job.href)
    if url is None or not job.is_opus:
        return url
    head, *tail = url.rsplit("/", 2)
    is_whole = head.rpartition("/")[2] in _OPUS_ROOTS or not urlsplit(head).hostname
    return url if is_whole else "/".join((head, "rest", *tail))


def _url_in(href: str, result: str, job_id: str, is_opus: bool) -> str | None:  # noqa: FBT001  a fact of the document
    """The job's URL as the start of a result's: ``…/<id>/results/<result>``, OPUS ``…/<id>/…``."""
    url = normal_url(href)
    if url is None:
        return None
    *head, last = url.split("/")
    if is_opus:
        is_own = last == result and result in _OPUS_OWN and head[-3:-2] and head[-3] in _OPUS_ROOTS
        return "/".join(head) if is_own and job_id in {"", head[-1]} else None
    for index in range(len(head) - 1, 3, -1):
        if head[index] == "results" and job_id and head[index - 1] == job_id:
            return "/".join(head[:index])
    return None


def _opus_base(job_url: str) -> str | None:
    head, *_ = job_url.rsplit("/", 2)
    root = head.rpartition("/")
    return root[0] if root[2] in _OPUS_ROOTS else None


def entity_iri(link: str, names: JobNames, *, is_opus: bool) -> str:
    """The entity that a link names: the link itself, of OPUS's store what it calls the entity."""
    url = resolved(link, names)
    if not is_opus:
        return url
    try:
        parts = urlsplit(url)
        store, ids = _STORE.match(parts.path), parse_qs(parts.query).get("ID", [])
    except ValueError:  # an unclosed bracket in the host
        return url
    if parts.scheme not in {"http", "https"} or store is None or len(ids) != 1 or "\0" in ids[0]:
        return url
    if is_absolute(ids[0]):
        return ids[0]
    base = urlunsplit((parts.scheme, parts.netloc, re.sub(r"/{2,}", "/", store.group(1)), "", ""))
    return f"{base}/store/?ID={ids[0]}"


def resolved(link: str, names: JobNames) -> str:
    """A link as an absolute one, where the job's own URL is known."""
    if is_absolute(link) or not names.is_url:
        return link
    try:
        return urljoin(names.job, link)
    except ValueError:  # an unclosed bracket in the host
        return link


def data_iris(text: str) -> Iterable[str]:
    """The items of a list with commas; commas within an IRI stay."""
    separator = r",\s*(?=[A-Za-z][A-Za-z0-9+.-]*://)" if "://" in text else r","
    return [item.strip() for item in re.split(separator, text) if item.strip()]
