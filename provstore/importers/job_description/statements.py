"""The statements of a job description, named as OPUS's provenance documents name them.

OPUS tells descriptions where it is asked for them (``DESCRIPTIONS=2``): the job's as
``BASE/jdl/<job>``, a role's as ``BASE/jdl/<job>#<role>``, an entity's as its media type, a
parameter under ``BASE/jdl/<job>/votable#``. Which relation goes which way is that of voprov 0.0.4:
what is part of a description is related to it.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from provstore.importers.job_description.model import Described, JobDescription
from provstore.importers.uws.names import description_iri
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.literals import Literal, Value
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import INFLUENCED, PROV_ROLE, PROV_TYPE, RELATED, Kind

MEDIA_TYPES: Final = "https://www.w3.org/ns/iana/media-types/"
PROV_NAME: Final = "http://www.w3.org/ns/prov#name"
"""No term of PROV, but what voprov and OPUS write."""


class DescriptionNames:
    """The identifiers of a description and its parts; ``base`` is that of the server, if known."""

    def __init__(self, base: str | None, name: str) -> None:
        self.description = description_iri(base, name)

    def role(self, name: str) -> str:
        """Of a usage or generation description."""
        return f"{self.description}#{name}"

    def parameter(self, name: str) -> str:
        """Of a parameter description: the PARAM of that ID in the VOTable."""
        return f"{self.description}/votable#{name}"


def state_description(document: Document, description: JobDescription, base: str | None) -> None:
    """State all that a description says."""
    names = DescriptionNames(description.base if base is None else base, description.name)
    _element(document, names.description, "ActivityDescription", _pairs(description))
    _state_contact(document, names.description, description.contact)
    for cls, roles in (
        ("UsageDescription", description.used),
        ("GenerationDescription", description.generated),
    ):
        for role in roles:
            _state_role(document, names, cls, role)
    for parameter in description.parameters:
        iri = names.parameter(parameter.name)
        told = ((PROV_NAME, Literal(parameter.name)), *_said(parameter.said))
        _element(document, iri, "ParameterDescription", told)
        document.add_relation(Relation(RELATED, (iri, names.description)))


def roles_of(description: JobDescription) -> tuple[Sequence[str], Sequence[str]]:
    """The names of the roles of what is used, and of what is generated."""
    used = [role.name for role in description.used]
    return used, [role.name for role in description.generated]


def _element(document: Document, iri: str, cls: str, attributes: Attributes) -> None:
    marker: tuple[str, Value] = (PROV_TYPE, Iri(VOPROV + cls))
    document.add_element(Kind.ENTITY, iri, (marker, *attributes))


def _pairs(description: JobDescription) -> Attributes:
    return ((PROV_NAME, Literal(description.name)), *_said(description.said))


def _said(said: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    return ((VOPROV + name, Literal(text)) for name, text in said.items())


def _state_role(document: Document, names: DescriptionNames, cls: str, role: Described) -> None:
    iri = names.role(role.name)
    _element(document, iri, cls, ((PROV_ROLE, Literal(role.name)), *_said(role.said)))
    document.add_relation(Relation(RELATED, (iri, names.description)))
    if role.content_type:
        entity = MEDIA_TYPES + role.content_type
        told: Attributes = (
            (PROV_NAME, Literal(role.content_type)),
            (VOPROV + "contentType", Literal(role.content_type)),
        )
        _element(document, entity, "EntityDescription", told)
        document.add_relation(Relation(RELATED, (entity, iri)))


def _state_contact(document: Document, iri: str, name: str) -> None:
    """The person or group to ask; an e-mail address is personal and stays in the raw bytes."""
    if not name:
        return
    agent = f"contact/{name}"
    document.add_element(Kind.AGENT, agent, ((VOPROV + "name", Literal(name)),))
    role: Attributes = ((PROV_ROLE, Literal("contact")),)
    document.add_relation(Relation(INFLUENCED, (iri, agent), attributes=role))
