"""The reference metadata of the CTAO, version 1, in its flat form.

ctapipe writes these keys (``CTA PRODUCT ID``, …) into the attributes of HDF5 files, into FITS
headers and into the provenance log. What they say of a product is mapped here, for every reader
that meets them. Source: CTAO top-level data model, reference metadata 1, as ctapipe 0.32 writes it.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote

from provstore.importers.base import Findings
from provstore.importers.metadata.personal import without_personal
from provstore.importers.strict_json import (
    Integer,
    Json,
    Real,
    plain_literal,
    pointer,
    wrong_type,
)
from provstore.model.identifiers import CTA, PROVSTORE, VOPROV, Iri, product_id
from provstore.model.literals import XSD_DATETIME, Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.times import parse_time
from provstore.model.vocabulary import PROV_TYPE

PRODUCT_ID: Final = "CTA PRODUCT ID"
"""UUID of a file: the same in the log of its producer and of every consumer."""
CREATION_TIME: Final = "CTA PRODUCT CREATION TIME"
ACTIVITY_ID: Final = "CTA ACTIVITY ID"
"""UUID of the activity that made the product."""
CONTACT_NAME: Final = "CTA CONTACT NAME"
CONTACT_ORGANIZATION: Final = "CTA CONTACT ORGANIZATION"
_CONTACT_EMAIL: Final = "CTA CONTACT EMAIL"

FROM_REFERENCE_METADATA: Final = Iri(PROVSTORE + "from-reference-metadata")
"""``prov:type`` of a generation that only a product's own metadata tells."""

_DESCRIPTION: Final = PROVSTORE + "description:"
_OTHER_SUBJECTS: Final = ("CTA ACTIVITY ", "CTA CONTACT ")
"""Keys that say something of the activity or of a person, not of the product."""
_UNSET: Final = frozenset({"", "unknown", "unspecified"})
"""What ctapipe writes where nobody said anything."""


class Contact(NamedTuple):
    """Whom to ask about a product."""

    iri: str
    """Local to the source: a name is no identity elsewhere."""
    attributes: Attributes


class ReferenceMetadata(NamedTuple):
    """What the flat keys say of one product."""

    product: str | None = None
    """``urn:uuid:`` of the product."""
    producer: str | None = None
    """``urn:uuid:`` of the activity that made it."""
    contact: Contact | None = None
    attributes: Attributes = NO_ATTRIBUTES
    """Those of the product, named after the flat keys, and its ``voprov:generatedAtTime``."""


def read_reference_metadata(
    flat: Mapping[str, Json],
    findings: Findings,
    place: str,
    places: Mapping[str, str] | None = None,
) -> ReferenceMetadata:
    """What the flat keys say of a product.

    Values that are no scalars are errors, a product id that is no UUID is a warning. What is
    personal is passed over.

    Parameters
    ----------
    flat
        The keys.
    findings
        Takes what is noticed.
    place
        JSON pointer of the keys' object.
    places
        Places of keys that stand elsewhere, in a tree.
    """
    known = {} if places is None else places
    flat = impersonal(flat, findings, place)
    return ReferenceMetadata(
        _uuid_iri(flat, PRODUCT_ID, findings, known.get(PRODUCT_ID, place + pointer(PRODUCT_ID))),
        _uuid_iri(
            flat, ACTIVITY_ID, findings, known.get(ACTIVITY_ID, place + pointer(ACTIVITY_ID))
        ),
        _contact(flat),
        tuple(_attributes(flat, findings, place)),
    )


def impersonal(flat: Mapping[str, Json], findings: Findings, place: str) -> dict[str, Json]:
    """The keys without the contact's address, and without what else is personal, with a finding."""
    told = {key: value for key, value in flat.items() if key != _CONTACT_EMAIL}
    return dict(without_personal(told, place, findings))


def activity_description(software: str, name: str, version: str) -> tuple[str, Attributes]:
    """IRI and attributes of the description of all runs of one version of a tool.

    It is named after what it describes, so that a log and the header of a file mean the same one.
    """
    named = (quote(word, safe="") for word in (software, name, version))
    attributes: Attributes = (
        (PROV_TYPE, Iri(VOPROV + "ActivityDescription")),
        (VOPROV + "name", Literal(name)),
        (VOPROV + "version", Literal(version)),
    )
    return _DESCRIPTION + ":".join(named), attributes


def utc_time(text: str) -> Literal:
    """A time that its writer means in UTC without saying so, with the zone written.

    A text that is no time, or a day only, stays as it is.
    """
    instant = parse_time(text)
    if instant is not None and instant.zone_assumed and ":" in text:
        text = text.strip().replace(" ", "T") + "Z"
    return Literal(text, XSD_DATETIME)


def uuid_iri(text: str) -> str | None:
    """The ``urn:uuid:`` of a UUID, or None."""
    named = product_id(text)
    return None if named is None else "urn:uuid:" + named.value


def _uuid_iri(flat: Mapping[str, Json], key: str, findings: Findings, place: str) -> str | None:
    text = flat.get(key)
    if not isinstance(text, str) or text in _UNSET:
        return None
    iri = uuid_iri(text)
    if iri is None:
        message = f"{key} is no UUID and identifies nothing"
        findings.warning("cta/bad-id", place, text, message)
    return iri


def _contact(flat: Mapping[str, Json]) -> Contact | None:
    name, organization = flat.get(CONTACT_NAME), flat.get(CONTACT_ORGANIZATION)
    if not isinstance(name, str) or name in _UNSET:
        return None
    attributes: list[tuple[str, Value]] = [(VOPROV + "name", Literal(name))]
    if isinstance(organization, str) and organization not in _UNSET:
        attributes.append((VOPROV + "affiliation", Literal(organization)))
    return Contact(f"contact/{name}", tuple(attributes))


def _attributes(
    flat: Mapping[str, Json], findings: Findings, place: str
) -> Iterator[tuple[str, Value]]:
    for key, told in flat.items():
        if key.startswith(_OTHER_SUBJECTS) or told is None:
            continue
        if isinstance(told, str | bool | Integer | Real):
            yield CTA + key, plain_literal(told)
        else:
            wrong_type(findings, place + pointer(key), told, "a string, number or boolean")
    created = flat.get(CREATION_TIME)
    if isinstance(created, str) and created:
        yield VOPROV + "generatedAtTime", utc_time(created)
