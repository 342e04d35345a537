"""The product of which metadata tell: under which name it is stored, and its attributes."""

import hashlib
from collections.abc import Iterator
from typing import Final

from provstore.importers.element_sections import ElementSection
from provstore.importers.metadata.keys import Keys
from provstore.importers.metadata.parameters import compact
from provstore.importers.metadata.reference import PRODUCT_ID, ReferenceMetadata
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Integer, Json, Real, plain_literal
from provstore.model.identifiers import CTA
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import PROV_LABEL, PROV_LOCATION, Kind

_FILE_NAME: Final = "CTA PRODUCT FILENAME"


class Product:
    """One product, as its own metadata or those of a product made of it tell it.

    Its IRI is that of its UUID; else the number that is its id, the name of its file, or a checksum
    of all that is told of it, each of them local to the source. A text that is no UUID identifies
    nothing: writers leave what they copied from elsewhere.
    """

    def __init__(self, keys: Keys, metadata: ReferenceMetadata) -> None:
        self.keys = keys
        self._metadata = metadata
        self.iri = metadata.product or self._local_name()

    def _local_name(self) -> str:
        number = self.keys.flat.get(PRODUCT_ID)
        if isinstance(number, Integer):
            return f"product/{number.lexical}"
        file = self.keys.text(_FILE_NAME) or self.keys.file
        if file:
            return file
        told = compact({key: self.keys.flat[key] for key in sorted(self.keys.flat)})
        return f"product/sha256-{hashlib.sha256(told.encode()).hexdigest()[:32]}"

    def attributes(self) -> Attributes:
        """What is told of the product itself."""
        return (*self._names(), *self._metadata.attributes)

    def _names(self) -> Iterator[tuple[str, Value]]:
        name = self.keys.text(_FILE_NAME)
        if name:
            yield PROV_LABEL, Literal(name)
        if self.keys.file:
            yield PROV_LOCATION, Literal(self.keys.file)


def add_product(product: Product, also: Attributes, statements: Statements) -> None:
    """Declare the entity; ``also`` are attributes that others tell of it."""
    attributes = (*product.attributes(), *also)
    section = ElementSection(Kind.ENTITY)
    statements.element(section, product.iri, attributes, place=product.keys.place)


def plain_attribute(key: str, told: Json) -> Attributes:
    """The attribute of a flat key, if it has a value."""
    if isinstance(told, str | bool | Integer | Real):
        return ((CTA + key, plain_literal(told)),)
    return NO_ATTRIBUTES
