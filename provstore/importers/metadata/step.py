"""One step of lineage from the metadata of one product: the product, and what made it.

The activity, its description and the product have the same IRIs as in the log of ctapipe, so that
header and log meet. What only the header tells of the generation is marked as such.
"""

from collections.abc import Iterator
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.element_sections import ElementSection
from provstore.importers.metadata.checks import END, START, check_header
from provstore.importers.metadata.context import Context
from provstore.importers.metadata.keys import Keys
from provstore.importers.metadata.parameters import parameters
from provstore.importers.metadata.personal import note_personal, without_personal
from provstore.importers.metadata.products import Product, add_product, plain_attribute
from provstore.importers.metadata.reference import (
    FROM_REFERENCE_METADATA,
    ReferenceMetadata,
    activity_description,
    impersonal,
    read_reference_metadata,
    utc_time,
)
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Integer
from provstore.model.identifiers import CTA
from provstore.model.literals import Literal, Value
from provstore.model.records import Attributes
from provstore.model.vocabulary import (
    ATTRIBUTED,
    DESCRIBED,
    GENERATED,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    Kind,
)

_ACTIVITY: Final = "CTA ACTIVITY "
_NAME: Final = "CTA ACTIVITY NAME"
_ENVIRONMENT: Final = "CTA ACTIVITY RUNTIME ENVIRONMENT"
_CONTEXT: Final = "CTA CONTEXT"
_OF_CONTACT: Final = frozenset({"CTA CONTACT NAME", "CTA CONTACT ORGANIZATION"})
"""Said of the agent as its name and affiliation."""


def add_step(keys: Keys, also: Attributes, statements: Statements, findings: Findings) -> None:
    """State what the metadata of one product tell; ``also`` are more attributes of the product."""
    check_header(keys, findings)
    keys.flat = impersonal(keys.flat, findings, keys.place)
    _leave_out_environment(keys, findings)
    metadata = read_reference_metadata(keys.flat, findings, keys.place, keys.places)
    product = Product(keys, metadata)
    add_product(product, (*also, *_unnamed_contact(keys, metadata)), statements)
    _add_contact(product, keys, metadata, statements)
    activity = _activity(keys, metadata, product.iri)
    context = Context(keys.trees.get(_CONTEXT), keys.place_of(_CONTEXT), findings)
    if activity is not None:
        _add_activity(activity, keys, context, statements, findings)
        marker = ((PROV_TYPE, FROM_REFERENCE_METADATA),)
        ends = (product.iri, activity)
        statements.relation(GENERATED, ends, place=keys.place, attributes=marker)
    context.add_to(product.iri, activity, statements)


def _leave_out_environment(keys: Keys, findings: Findings) -> None:
    """Take away an environment that is no tree: which words of a text are personal is not known."""
    if not isinstance(keys.trees.get(_ENVIRONMENT, {}), dict):
        del keys.trees[_ENVIRONMENT]
        note_personal(findings, keys.place_of(_ENVIRONMENT), _ENVIRONMENT)


def _activity(keys: Keys, metadata: ReferenceMetadata, product: str) -> str | None:
    """Its IRI: of its UUID, else local to the source; None where nothing is told of it."""
    if metadata.producer is not None:
        return metadata.producer
    told = {key for key, value in keys.flat.items() if value not in {None, ""}}
    if not any(key.startswith(_ACTIVITY) for key in told) and _ENVIRONMENT not in keys.trees:
        return None
    number = keys.flat.get("CTA ACTIVITY ID")
    if isinstance(number, Integer):
        return f"activity/{number.lexical}"
    name, start = keys.text(_NAME), keys.text(*START)
    if name and start:  # as the log of ctapipe names those that have no UUID
        return f"{name}/{utc_time(start).lexical}"
    return product.removeprefix("urn:uuid:") + "#activity"


def _add_activity(
    iri: str, keys: Keys, context: Context, statements: Statements, findings: Findings
) -> None:
    attributes = (
        *_activity_attributes(keys),
        *_environment(keys, findings),
        *context.activity_attributes(),
    )
    statements.element(ElementSection(Kind.ACTIVITY), iri, attributes, place=keys.place)
    name, version = keys.text(_NAME), keys.text("CTA ACTIVITY SOFTWARE VERSION")
    software = keys.text("CTA ACTIVITY SOFTWARE NAME")
    if name and version and software:
        description, told = activity_description(software, name, version)
        statements.element(ElementSection(Kind.ENTITY), description, told, place=keys.place)
        statements.relation(DESCRIBED, (iri, description), place=keys.place)


def _activity_attributes(keys: Keys) -> Iterator[tuple[str, Value]]:
    name = keys.text(_NAME)
    if name:
        yield PROV_LABEL, Literal(name)
    for attribute, spellings in ((PROV_START_TIME, START), (PROV_END_TIME, END)):
        time = keys.text(*spellings)
        if time:
            yield attribute, utc_time(time)
    for key, told in keys.flat.items():
        if key.startswith(_ACTIVITY) and key not in {_NAME, *START, *END}:
            yield from plain_attribute(key, told)


def _environment(keys: Keys, findings: Findings) -> Iterator[tuple[str, Value]]:
    tree = keys.trees.get(_ENVIRONMENT)
    if isinstance(tree, dict):
        kept = without_personal(tree, keys.place_of(_ENVIRONMENT), findings)
        yield from parameters(kept, lambda _: False, CTA + _ENVIRONMENT + " ")


def _add_contact(
    product: Product, keys: Keys, metadata: ReferenceMetadata, statements: Statements
) -> None:
    contact = metadata.contact
    if contact is None:
        return
    more = tuple(
        pair
        for key, told in keys.flat.items()
        if key.startswith("CTA CONTACT ") and key not in _OF_CONTACT
        for pair in plain_attribute(key, told)
    )
    attributes = (*contact.attributes, *more)
    statements.element(ElementSection(Kind.AGENT), contact.iri, attributes, place=keys.place)
    role = ((PROV_ROLE, Literal("contact")),)
    ends = (product.iri, contact.iri)
    statements.relation(ATTRIBUTED, ends, place=keys.place, attributes=role)


def _unnamed_contact(keys: Keys, metadata: ReferenceMetadata) -> Iterator[tuple[str, Value]]:
    """What is told of a contact without a name; there is no agent to say it of."""
    if metadata.contact is None:
        for key, told in keys.flat.items():
            if key.startswith("CTA CONTACT "):
                yield from plain_attribute(key, told)
