"""UWS jobs: documents of one job, lists of jobs, and what OPUS writes beside them.

Sources: UWS 1.1 (IVOA Recommendation 2016-10-24), UWS 1.0, and what OPUS answers. One job is one
part whose subject is the job, so that a job told again, in a later phase, stands in place of what
it was. Nothing that a job links to is fetched.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.job_description.importer import read_description
from provstore.importers.job_description.model import JobDescription
from provstore.importers.strict_xml import (
    local_name,
    namespace,
    place_of,
    read_xml,
    sniffed_root,
)
from provstore.importers.uws.names import JobNames, linked_url, names_of, normal_url
from provstore.importers.uws.push import BadPartsError, JobParts, is_packed, unpacked
from provstore.importers.uws.results import is_results_file, read_results_file
from provstore.importers.uws.statements import UWS, JobStatements
from provstore.importers.uws.xml import (
    UWS_NAMESPACE,
    UwsJob,
    read_fragment,
    read_job,
    read_list,
)
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, Prefixes

_ROOTS: Final = frozenset({"job", "jobs", "parameters", "results"})
_BLANK_JOB: Final = "_:job"


class Uws:
    """The importer of UWS jobs."""

    name = "uws"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether this is XML of UWS, a job with its description, or OPUS's list of results."""
        if is_packed(head):
            return True
        text = sniffed_text(head)
        if sniffed_root(text) in _ROOTS:
            return UWS_NAMESPACE in text
        return not text.startswith(("<", "{", "[")) and is_results_file(text)

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """The one part that a document is."""
        try:
            parts = unpacked(data)
        except BadPartsError as error:
            findings.error("uws/parts", "", "", str(error))
            return []
        document, subject = _Reader(parts, findings).document()
        return [] if document is None else [Part(document, 0, len(data), subject)]


class _Reader:
    """Reads what one push tells of a job."""

    def __init__(self, parts: JobParts, findings: Findings) -> None:
        self._parts = parts
        self._findings = findings

    def document(self) -> tuple[Document | None, str | None]:
        """The document, and the job whose state it tells."""
        if not _is_xml(self._parts) and is_results_file(self._parts.job.decode(errors="replace")):
            text = decode_text(self._parts.job, self._findings)
            return (None if text is None else read_results_file(text, self._findings)), None
        root = read_xml(self._parts.job, self._findings)
        url, description = self._given_url(), self._description()
        if root is None or not self._is_uws(root):
            return None, None
        match local_name(root):
            case "job":
                return self._job(read_job(root, self._findings), url, description)
            case "jobs":
                return self._list(root), None
            case _:
                job = read_fragment(root, self._findings)
                return self._fragment(job, url, description), None

    def _is_uws(self, root: etree._Element) -> bool:
        if local_name(root) not in _ROOTS:
            message = f"the root of a UWS document is one of {', '.join(sorted(_ROOTS))}"
            self._findings.error("uws/root", place_of(root), local_name(root), message)
            return False
        if not namespace(root).startswith(UWS_NAMESPACE):
            message = f"the namespace of UWS begins {UWS_NAMESPACE}"
            self._findings.error("uws/namespace", place_of(root), namespace(root), message)
            return False
        return True

    def _given_url(self) -> str | None:
        told = self._parts.url
        if told is None:
            return None
        url = normal_url(told)
        if url is None:
            self._findings.error("uws/bad-url", "url", told, "the URL of a job is an http URL")
        return url

    def _description(self) -> JobDescription | None:
        if self._parts.description is None:
            return None
        noticed = Findings()
        description = read_description(self._parts.description, noticed)
        for found in noticed.closed():
            place = f"description, {found.place}" if found.place else "description"
            self._findings.add(found.severity, found.rule, place, found.value, found.message)
        return description

    def _job(
        self, job: UwsJob, url: str | None, description: JobDescription | None
    ) -> tuple[Document | None, str | None]:
        self._note_dialect(job)
        names = names_of(job, url)
        if names is None:
            message = "the job has neither an id nor a URL: nothing names it"
            self._findings.error("uws/no-id", job.place, "", message)
            return None, None
        self._note_url(job, names, url)
        return self._stated(job, names, description), names.job

    def _fragment(
        self, job: UwsJob, url: str | None, description: JobDescription | None
    ) -> Document:
        self._note_dialect(job)
        names = names_of(job, url)
        if names is None:
            message = (
                "parameters or results alone name no job: what they tell is that of a job without "
                "a name, and meets nothing; push the job, or name its URL"
            )
            self._findings.warning("uws/no-job", job.place, "", message)
            names = JobNames(_BLANK_JOB, None, None, is_url=False)
        else:
            self._note_url(job, names, url)
        return self._stated(job, names, description)

    def _list(self, root: etree._Element) -> Document:
        document = Document(Prefixes({**OWN_PREFIXES, "uws": UWS}))
        for job in read_list(root, self._findings):
            self._note_dialect(job)
            names = names_of(job, None)
            if names is None:
                message = "the job has neither an id nor a link; it is passed over"
                self._findings.warning("uws/no-id", job.place, "", message)
                continue
            document.prefixes.declared.update(_prefixes(names))
            JobStatements(document, job, names, self._findings).state_listed()
        return document

    def _stated(self, job: UwsJob, names: JobNames, description: JobDescription | None) -> Document:
        document = Document(Prefixes({**OWN_PREFIXES, "uws": UWS, **_prefixes(names)}))
        JobStatements(document, job, names, self._findings, description).state()
        return document

    def _note_dialect(self, job: UwsJob) -> None:
        if job.is_opus:
            message = (
                "not as the schema of UWS has it but as OPUS writes jobs, and read so: values of "
                "parameters are decoded, identifiers are those of its provenance documents"
            )
            self._findings.warning_once("uws/opus", job.place, "", message)

    def _note_url(self, job: UwsJob, names: JobNames, url: str | None) -> None:
        if not names.is_url:
            message = "the URL of the job is not known; it is named by its id alone"
            self._findings.warning("uws/no-url", job.place, names.job, message)
        elif url is not None and linked_url(job) not in {None, url}:
            message = f"the links of the job name another URL; it is named {names.job}"
            self._findings.info("uws/other-url", job.place, url, message)


def _is_xml(parts: JobParts) -> bool:
    return parts.job.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _prefixes(names: JobNames) -> Mapping[str, str]:
    """Those of OPUS's provenance documents."""
    if names.base is None:
        return {}
    return {
        "opus_user": f"{names.base}/user/",
        "opus_store": f"{names.base}/store/?ID=",
        "opus_job": names.job.rsplit("/", 2)[0] + "/",
        "opus_jdl": f"{names.base}/jdl/",
    }
