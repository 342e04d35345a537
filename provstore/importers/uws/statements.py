"""The statements of a UWS job.

The job is an activity. Its parameters are what it used, where they name data, and else IVOA
parameters that configure it: OPUS's own provenance documents say so under the same names, and
``…/parameters/<name>`` is the parameter's resource in UWS itself (1.1, section 2.1), so that a job
and its provenance document become one record. Its results are what it generated.
"""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from provstore.importers.base import Findings
from provstore.importers.job_description.model import JobDescription
from provstore.importers.job_description.statements import (
    PROV_NAME,
    DescriptionNames,
    roles_of,
    state_description,
)
from provstore.importers.uws.names import JobNames, data_iris, entity_iri
from provstore.importers.uws.xml import UwsJob, UwsParameter, UwsResult
from provstore.model.document import Document
from provstore.model.identifiers import PROVSTORE, VOPROV, Iri, is_absolute
from provstore.model.literals import XSD_DATETIME, Literal, Value, integer_literal
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation
from provstore.model.vocabulary import (
    ASSOCIATED,
    CONFIGURED,
    DESCRIBED,
    GENERATED,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    PROV_VALUE,
    USED,
    Kind,
    RelationType,
)

UWS: Final = "http://www.ivoa.net/xml/UWS/v1.1#"
"""Namespace of the prefix ``uws`` in OPUS's provenance documents."""
PHASES: Final = frozenset(
    {
        "PENDING",
        "QUEUED",
        "EXECUTING",
        "COMPLETED",
        "ERROR",
        "ABORTED",
        "UNKNOWN",
        "HELD",
        "SUSPENDED",
        "ARCHIVED",
    }
)
"""UWS 1.1, section 2.1.3."""
_ENDED: Final = frozenset({"COMPLETED", "ERROR", "ABORTED", "ARCHIVED"})
_TIMES: Final = {"startTime": PROV_START_TIME, "endTime": PROV_END_TIME}
_KEPT: Final = ("jobId", "runId", "creationTime", "destruction", "executionDuration", "quote")
_NO_DATA: Final = re.compile(
    r"(?:stdout|stderr|prov(?:[-_.]?(?:json|jsonld|xml|n|o|ttl|trig|votable|svg|png|pdf|dot)|enance)?)\Z",
    re.IGNORECASE,
)
"""Results that tell of the job and are none of its data."""
_OBSERVATIONS: Final = frozenset({"obs_id", "obs_ids", "obs_publisher_did", "obs_publisher_dids"})
"""Parameters that name data by an identifier of ObsCore (1.1, section 4.4 and 4.5)."""
_DATA_SCHEMES: Final = frozenset(
    {"ark", "doi", "file", "ftp", "gs", "hdl", "http", "https", "ivo", "s3", "sftp", "vos"}
)
_NOT_DATA: Final = "ivo://ivoa.net/"
"""Standards and vocabularies: an option of the job, not what it worked on."""
_ALGORITHMS: Final = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
"""By the number of hexadecimal digits."""
_HASH: Final = re.compile(r"[0-9a-fA-F]+\Z")


class JobStatements:
    """Builds the document of one job.

    Parameters
    ----------
    document
        Takes the statements.
    job, names
        What is told, and what it is called.
    findings
        Takes what is noticed.
    description
        What is known of the job before it ran, or None.
    """

    def __init__(
        self,
        document: Document,
        job: UwsJob,
        names: JobNames,
        findings: Findings,
        description: JobDescription | None = None,
    ) -> None:
        self._document = document
        self._job = job
        self._names = names
        self._findings = findings
        self._description = description
        self._parts = self._part_names(description)

    def _part_names(self, description: JobDescription | None) -> DescriptionNames | None:
        if description is None:
            return None
        return DescriptionNames(self._names.base or description.base, description.name)

    def state(self) -> None:
        """State all that the document tells of the job."""
        self._document.add_element(Kind.ACTIVITY, self._names.job, tuple(self._attributes()))
        if self._description is not None and self._parts is not None:
            state_description(self._document, self._description, self._names.base)
            self._relate(DESCRIBED, self._names.job, self._parts.description)
        self._state_owner()
        for number, parameter in enumerate(self._job.parameters):
            self._state_parameter(parameter, number)
        for result in self._job.results:
            if _NO_DATA.match(result.id) is None:
                self._state_result(result)

    def state_listed(self) -> None:
        """State what a list tells of a job: its status only where that does not change any more."""
        told = [pair for pair in self._attributes() if not self._is_passing(pair)]
        self._document.add_element(Kind.ACTIVITY, self._names.job, tuple(told))
        self._state_owner()

    @staticmethod
    def _is_passing(pair: tuple[str, Value]) -> bool:
        name, value = pair
        is_status = name == PROVSTORE + "status" and isinstance(value, Literal)
        return is_status and isinstance(value, Literal) and value.lexical not in _ENDED

    # -- the activity

    def _attributes(self) -> Iterator[tuple[str, Value]]:
        said = self._job.said
        name = self._description.name if self._description is not None else self._names.name
        label = name or said.get("runId") or said.get("jobId")
        if label:
            yield PROV_LABEL, Literal(label)
        for told, attribute in _TIMES.items():
            if told in said:
                yield attribute, self._time(said[told])
        yield from self._status()
        for told in _KEPT:
            if told in said:
                text = said[told]
                is_number = text.isascii() and text.isdigit() and told != "jobId"
                yield UWS + told, integer_literal(text) if is_number else Literal(text)

    def _time(self, text: str) -> Literal:
        self._findings.check_time(text, self._job.place)
        return Literal(text, XSD_DATETIME)

    def _status(self) -> Iterator[tuple[str, Value]]:
        phase = self._job.said.get("phase")
        if phase:
            if phase not in PHASES:
                message = "this is no phase of UWS; it is kept"
                self._findings.info("uws/unknown-phase", self._job.place, phase, message)
            yield PROVSTORE + "status", Literal(phase)
        if self._job.error:
            yield PROVSTORE + "error", Literal(self._job.error)
        if self._job.error_type:
            yield UWS + "errorType", Literal(self._job.error_type)

    def _state_owner(self) -> None:
        owner = self._job.said.get("ownerId")
        if owner:
            agent = self._names.owner(owner)
            self._document.add_element(Kind.AGENT, agent, ((PROV_LABEL, Literal(owner)),))
            self._relate(ASSOCIATED, self._names.job, agent, ((PROV_ROLE, Literal("owner")),))

    # -- what it used, and how it was configured

    def _state_parameter(self, parameter: UwsParameter, number: int) -> None:
        value = parameter.value.strip()
        if parameter.id == "runId" and value == self._job.said.get("runId"):
            return  # OPUS tells it twice
        if parameter.id.lower() in _OBSERVATIONS and value:
            for item in data_iris(value):
                self._state_observation(parameter.id, item)
        elif value and (parameter.by_reference or _names_data(value)):
            self._state_usage(parameter.id, value)
        else:
            self._state_configuration(parameter, number)

    def _state_observation(self, parameter: str, item: str) -> None:
        """An identifier of ObsCore; one that means something in its archive only stays local."""
        did = parameter.lower().startswith("obs_publisher_did")
        kind = "obs_publisher_did" if did else "obs_id"
        is_global = is_absolute(item)
        iri = item if is_global else f"{kind}/{item}"
        told = NO_ATTRIBUTES if is_global else ((PROVSTORE + kind, Literal(item)),)
        self._document.add_element(Kind.ENTITY, iri, told)
        self._use(iri, parameter)

    def _state_usage(self, role: str, link: str) -> None:
        iri = entity_iri(link, self._names, is_opus=self._job.is_opus)
        location = () if link.startswith("ivo://") else ((PROV_LOCATION, Literal(link)),)
        self._document.add_element(Kind.ENTITY, iri, location)
        self._use(iri, role)

    def _use(self, entity: str, role: str) -> None:
        described = self._descriptor(role, generated=False)
        self._relate(USED, self._names.job, entity, ((PROV_ROLE, Literal(role)), *described))

    def _state_configuration(self, parameter: UwsParameter, number: int) -> None:
        is_blank = self._names.job.startswith("_:")
        iri = f"_:parameter-{number + 1}" if is_blank else self._names.parameter(parameter.id)
        told: Attributes = (
            (PROV_TYPE, Iri(VOPROV + "Parameter")),
            (PROV_NAME, Literal(parameter.id)),
            (PROV_VALUE, Literal(parameter.value)),
            (PROV_LABEL, Literal(f"{parameter.id} = {parameter.value}")),
        )
        self._document.add_element(Kind.ENTITY, iri, told)
        artefact: Attributes = ((VOPROV + "artefactType", Literal("Parameter")),)
        self._relate(CONFIGURED, self._names.job, iri, artefact)
        described = self._description.parameters if self._description is not None else ()
        if self._parts is not None and any(known.name == parameter.id for known in described):
            self._relate(DESCRIBED, iri, self._parts.parameter(parameter.id))

    # -- what it generated

    def _state_result(self, result: UwsResult) -> None:
        if not result.href:
            message = "the result has no link; it is named by its id"
            self._findings.warning("uws/no-href", result.place, result.id, message)
        local = "" if self._names.job.startswith("_:") else f"{self._names.job}/results/{result.id}"
        link = result.href or local
        iri = entity_iri(link, self._names, is_opus=self._job.is_opus) if link else None
        role: Attributes = ((PROV_ROLE, Literal(result.id)),)
        role = (*role, *self._descriptor(result.id, generated=True))
        if iri is not None:
            self._document.add_element(Kind.ENTITY, iri, tuple(self._result_attributes(result)))
        self._relate(GENERATED, iri, self._names.job, role)

    def _result_attributes(self, result: UwsResult) -> Iterator[tuple[str, Value]]:
        if result.name:
            yield PROV_LABEL, Literal(_file_name(result))
        if result.href and not result.href.startswith("ivo://"):
            yield PROV_LOCATION, Literal(result.href)
        if result.mime_type:
            yield VOPROV + "content_type", Literal(result.mime_type)
        if self._job.is_opus:
            yield VOPROV + "result_name", Literal(result.id)
        if result.size:
            is_number = result.size.isascii() and result.size.isdigit()
            yield (
                PROVSTORE + "size",
                integer_literal(result.size) if is_number else Literal(result.size),
            )
        if result.hash:
            yield self._checksum(result)

    def _checksum(self, result: UwsResult) -> tuple[str, Value]:
        pair = checksum_of(result.hash)
        if pair is None:
            message = "the hash is of no known length; it is kept and identifies nothing"
            self._findings.info("uws/unknown-hash", result.place, result.hash, message)
            return PROVSTORE + "hash", Literal(result.hash)
        return PROVSTORE + "checksum", pair

    # -- common

    def _descriptor(self, role: str, *, generated: bool) -> Attributes:
        """The usage or generation description that a role has."""
        if self._description is None or self._parts is None:
            return NO_ATTRIBUTES
        if role not in roles_of(self._description)[generated]:
            return NO_ATTRIBUTES
        return ((VOPROV + "descriptor", Iri(self._parts.role(role))),)

    def _relate(
        self,
        kind: RelationType,
        first: str | None,
        second: str,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        self._document.add_relation(Relation(kind, (first, second), attributes=attributes))


def checksum_of(digits: str) -> Literal | None:
    """``sha1:…`` or another algorithm, by the number of hexadecimal digits; None of any other."""
    algorithm = _ALGORITHMS.get(len(digits)) if _HASH.match(digits) else None
    return None if algorithm is None else Literal(f"{algorithm}:{digits.lower()}")


def _names_data(value: str) -> bool:
    """Whether a value is, as a whole, the IRI of something that may be data."""
    if not is_absolute(value) or re.search(r"\s", value):
        return False
    scheme = value.partition(":")[0].lower()
    return scheme in _DATA_SCHEMES and not value.lower().startswith(_NOT_DATA)


def _file_name(result: UwsResult) -> str:
    """OPUS's ``name`` without the entity's id in front of it."""
    _, _, entity = result.href.partition("ID=")
    for known in filter(None, (entity, unquote(entity))):
        if result.name.startswith(f"{known}_"):
            return result.name.removeprefix(f"{known}_")
    return result.name
