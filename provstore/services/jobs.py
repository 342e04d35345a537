"""A UWS job as a document of the ledger: the job alone, or with its description and its URL."""

from provstore.errors import BadParameterError, Finding, RefusedDocumentError, Severity
from provstore.importers.uws.names import normal_url
from provstore.importers.uws.push import (
    BadPartsError,
    JobParts,
    declared_boundary,
    form_parts,
    packed,
)

FORMAT = "uws"
"""The importer that reads what `job_document` makes."""


def sent_parts(body: bytes, content_type: str) -> JobParts:
    """What a request tells of a job: the parts of a form, else the job alone.

    Raises
    ------
    RefusedDocumentError
        The form is not of the parts ``job``, ``description`` and ``url``.
    """
    try:
        boundary = declared_boundary(content_type)
        return JobParts(body) if boundary is None else form_parts(body, boundary)
    except BadPartsError as error:
        finding = Finding(Severity.ERROR, "uws/parts", "", "", str(error))
        raise RefusedDocumentError([finding]) from error


def job_document(parts: JobParts, url: str | None = None) -> bytes:
    """The bytes that are stored; the same job with the same description is the same bytes.

    Parameters
    ----------
    parts
        The job.
    url
        Where it was found; names the job and is never fetched.

    Raises
    ------
    BadParameterError
        The URL is none, or the parts name another.
    """
    if url is None:
        return packed(parts)
    if normal_url(url) is None:
        raise BadParameterError("url", url, "the http or https URL of the job")
    if parts.url not in {None, url}:
        raise BadParameterError("url", url, f"the part 'url' says {parts.url}")
    return packed(parts._replace(url=url))
