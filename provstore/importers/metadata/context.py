"""The context of a product, in version 2: what it was made of, and with which configuration.

Source: schema 2.0.0 of the metadata of the CTAO. It says of ``associated_data`` that the product
has been derived using them.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.element_sections import ElementSection
from provstore.importers.metadata.checks import check_product
from provstore.importers.metadata.keys import block_of
from provstore.importers.metadata.parameters import compact, parameters
from provstore.importers.metadata.personal import without_personal
from provstore.importers.metadata.products import Product, add_product
from provstore.importers.metadata.reference import impersonal, read_reference_metadata, uuid_iri
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Integer, Json, pointer, shown, type_name
from provstore.model.identifiers import CTA
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import DERIVED, INFORMED, PROV_LABEL, USED, Kind

_CONTEXT: Final = CTA + "CTA CONTEXT "
_ASSOCIATED_DATA: Final = "associated_data"
_ASSOCIATED_ACTIVITIES: Final = "associated_activities"
_CONFIGURATION: Final = "application_configuration"
_ARGUMENTS: Final = "arguments"
_SOURCES: Final = "sources"


class Context:
    """The ``context`` block of a product; its keys are taken without case (version 1 has them)."""

    def __init__(self, told: Json, place: str, findings: Findings) -> None:
        self._findings = findings
        self._place = place
        self._odd: list[tuple[str, Json]] = []
        """What is of a wrong type, to be kept as text."""
        self._blocks: dict[str, tuple[Json, str]] = {}
        for key, value in self._mapping("", told, place).items():
            self._blocks[key.lower()] = (value, place + pointer(key))
        told, place = self._blocks.pop(_CONFIGURATION, (None, place))
        self._configuration = self._mapping(_CONFIGURATION, told, place)
        self._configuration_place = place

    def activity_attributes(self) -> Attributes:
        """The configuration: arguments as parameters, all else under its own name."""
        return tuple(self._configured())

    def _configured(self) -> Iterator[tuple[str, Value]]:
        named = _CONTEXT + "APPLICATION CONFIGURATION "
        others: dict[str, Json] = {}
        for key, told in self._configuration.items():
            place = self._configuration_place + pointer(key)
            if key.lower() == _SOURCES and isinstance(told, dict):
                # names of arguments only, by where each was set: `command_line` among them
                yield from parameters(told, lambda _: False, f"{named}SOURCES.")
                continue
            if key.lower() != _ARGUMENTS:
                others[_words(key)] = told
                continue
            name = f"{_CONFIGURATION} {_ARGUMENTS}"
            arguments = self._mapping(name, told, place)
            arguments = without_personal(arguments, place, self._findings)
            yield from parameters(arguments, lambda _: False)
        kept = without_personal(others, self._configuration_place, self._findings)
        yield from parameters(kept, lambda _: False, named)

    def add_to(self, product: str, activity: str | None, statements: Statements) -> None:
        """State what the product was made of, what came before, and what else is said of it."""
        for told, place in self._items(_ASSOCIATED_DATA):
            self._add_input(told, place, (product, activity), statements)
        for told, place in self._items(_ASSOCIATED_ACTIVITIES):
            self._add_earlier(told, place, activity, statements)
        others = (
            *self._others(),
            *(self.activity_attributes() if activity is None else ()),
            *self._wrongly_typed(),
        )
        if others:
            section = ElementSection(Kind.ENTITY)
            statements.element(section, product, others, place=self._place)

    def _add_input(
        self,
        told: Mapping[str, Json],
        place: str,
        made: tuple[str, str | None],
        statements: Statements,
    ) -> None:
        keys = block_of("CTA PRODUCT", told, place, self._findings)
        check_product(keys, self._findings)
        keys.flat = impersonal(keys.flat, self._findings, place)
        metadata = read_reference_metadata(keys.flat, self._findings, place, keys.places)
        source = Product(keys, metadata)
        add_product(source, NO_ATTRIBUTES, statements)
        product, activity = made
        if activity is not None:
            statements.relation(USED, (activity, source.iri), place=place)
        statements.relation(DERIVED, (product, source.iri, activity), place=place)

    def _add_earlier(
        self, told: Mapping[str, Json], place: str, activity: str | None, statements: Statements
    ) -> None:
        fields = {key.lower(): value for key, value in told.items()}
        name, number = fields.get("activity_name"), fields.get("activity_id")
        iri = self._activity_iri(name, number, place)
        if iri is None:
            message = "an associated activity has neither id nor name; nothing is said of it"
            self._findings.warning("cta/missing-field", place, "activity_id", message)
            return
        label = ((PROV_LABEL, Literal(shown(name))),) if name is not None else NO_ATTRIBUTES
        statements.element(ElementSection(Kind.ACTIVITY), iri, label, place=place)
        if activity is not None:
            statements.relation(INFORMED, (activity, iri), place=place)

    def _activity_iri(self, name: Json, told: Json, place: str) -> str | None:
        if isinstance(told, Integer):
            return f"activity/{told.lexical}"
        if isinstance(told, str) and told:
            iri = uuid_iri(told)
            if iri is None:
                message = "the id of the activity is no UUID; it is local to its source"
                self._findings.warning("cta/bad-id", place + pointer("activity_id"), told, message)
            return iri or f"activity/{told}"
        return f"activity/{name}" if isinstance(name, str) and name else None

    def _items(self, key: str) -> Iterator[tuple[Mapping[str, Json], str]]:
        """The objects of a list, each with its place."""
        told, place = self._blocks.get(key, (None, ""))
        if told is not None and not isinstance(told, list):
            self._wrong(key, place, told, "a list")
        for index, item in enumerate(told if isinstance(told, list) else ()):
            where = place + pointer(index)
            inner = self._mapping(key, item, where)
            if inner:
                yield inner, where

    def _mapping(self, key: str, told: Json, place: str) -> Mapping[str, Json]:
        if isinstance(told, dict):
            return told
        if told is not None:
            self._wrong(key, place, told, "an object")
        return {}

    def _wrong(self, key: str, place: str, told: Json, expected: str) -> None:
        message = f"expected {expected}, found {type_name(told)}; it is kept as text"
        self._findings.warning("cta/wrong-type", place, shown(told), message)
        self._odd.append((key, told))

    def _others(self) -> Iterator[tuple[str, Value]]:
        """Notes, documents and elements: one attribute for each, in JSON where it has fields."""
        for key, (told, place) in self._blocks.items():
            if key in {_ASSOCIATED_DATA, _ASSOCIATED_ACTIVITIES}:
                continue
            for item in told if isinstance(told, list) else [told]:
                for kept in self._impersonal(key, item, place):
                    text = kept if isinstance(kept, str) else compact(kept)
                    yield _CONTEXT + _words(key), Literal(text)

    def _wrongly_typed(self) -> Iterator[tuple[str, Value]]:
        for key, told in self._odd:
            for kept in self._impersonal(key, told, self._place):
                yield _CONTEXT + _words(key), Literal(compact(kept))

    def _impersonal(self, key: str, told: Json, place: str) -> Iterator[Json]:
        """What stands under a key, without what is personal in it; nothing where all of it is."""
        for kept in without_personal({key: told}, place, self._findings).values():
            if kept is not None:
                yield kept


def _words(key: str) -> str:
    return key.replace("_", " ").upper()
