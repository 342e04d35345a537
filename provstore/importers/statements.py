"""What one scope of a PROV document tells, whatever the format: the rules that all readers share.

A reader finds names, ends and attributes in its syntax and hands them over; here markers become the
IVOA relations they mean, missing ends are noted, blank names of relations are resolved, and what is
told again is united.
"""

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.element_sections import ElementSection
from provstore.model.document import Document, Place, Telling, place_text
from provstore.model.identifiers import RELATION_KEY, Iri
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation
from provstore.model.vocabulary import (
    DERIVED,
    ENDED,
    GENERATED,
    INFLUENCED,
    PROV_TYPE,
    RELATION_BY_MARKER,
    STARTED,
    USED,
    RelationType,
)

_ORIGINS: Final[Mapping[int, RelationType]] = {3: GENERATED, 4: USED}
"""The ends of a derivation that name another statement, and of which kind it is."""


def is_blank(name: str) -> bool:
    """Whether the name of a relation means something in its own document only.

    `RELATION_KEY` is what we write for an anonymous relation where a format has no blank names.
    """
    return name.startswith(("_:", RELATION_KEY))


class Statements:
    """Adds the statements of a document, or of one of its bundles.

    Parameters
    ----------
    document
        Takes the statements.
    findings
        Takes what is noticed.
    bundle
        IRI of the bundle in which all of this stands; None for the document itself.
    """

    def __init__(self, document: Document, findings: Findings, bundle: str | None = None) -> None:
        self._document = document
        self._findings = findings
        self._bundle = bundle
        self._again: dict[Telling, list[Attributes]] = {}
        self._origins: dict[tuple[int, str], list[Relation]] = {}
        """Generations and usages with blank names, for derivations to refer to."""
        self._referring: list[int] = []
        """Index of each derivation that refers to one of them."""
        self._keys: dict[tuple[int, str], frozenset[str]] = {}
        """Keys of the relations with a blank name, found when it is first referred to."""

    def element(
        self,
        section: ElementSection,
        iri: str,
        attributes: Attributes = NO_ATTRIBUTES,
        *,
        place: Place,
    ) -> None:
        """Declare an element as what its record's name says; ``place`` is that of the record."""
        told = section.marked(attributes)
        telling = Telling(self._bundle, iri, section.kind)
        if telling in self._document.elements:
            # united at the end: an element told a thousand times is not copied as often
            self._again.setdefault(telling, []).append(told)
        else:
            self._document.elements[telling] = told
            self._document.places[telling] = place

    def relation(  # noqa: PLR0913  the parts of a relation
        self,
        kind: RelationType,
        ends: Sequence[str | None],
        *,
        place: Place,
        name: str | None = None,
        time: str | None = None,
        attributes: Attributes = NO_ATTRIBUTES,
    ) -> None:
        """State a relation.

        Parameters
        ----------
        kind
            Its type; a ``wasInfluencedBy`` with the marker of an IVOA relation becomes that one,
            which itself needs none.
        ends
            IRIs in formal order, None for each that is missing; those at the end may be left out.
            Ends that name another relation may be blank names.
        place
            Of the record, for findings.
        name
            Its IRI, or a blank name by which derivations of this scope refer to it.
        time
            As written.
        attributes
            All others.
        """
        if attributes and (kind is INFLUENCED or kind.ivoa_marker):
            kind, attributes = _unmarked(kind, attributes)
        told = trimmed(ends)
        if kind is DERIVED and any(end and is_blank(end) for end in told[3:]):
            self._referring.append(len(self._document.relations))
        self._check_ends(kind, told, place)
        blank = name is not None and is_blank(name)
        iri = None if blank else name
        relation = Relation(kind, told, time, iri, attributes, self._bundle)
        if blank and name is not None and (kind is GENERATED or kind is USED):
            self._origins.setdefault((kind.number, name), []).append(relation)
        self._document.places[len(self._document.relations)] = place
        self._document.relations.append(relation)

    def finish(self) -> None:
        """Unite what was told again and resolve blank names; call it when all is told."""
        for telling, tellings in self._again.items():
            known = self._document.elements[telling]
            united = tuple(dict.fromkeys(chain(known, *tellings)))
            self._document.elements[telling] = united
        for index in self._referring:
            place = self._document.places[index]
            relation = self._document.relations[index]
            ends = list(relation.ends)
            for slot, kind in _ORIGINS.items():
                if slot < len(ends) and (name := ends[slot]) and is_blank(name):
                    ends[slot] = self._key(kind, name, place)
            self._document.relations[index] = relation._replace(ends=trimmed(ends))

    def _check_ends(self, kind: RelationType, ends: Sequence[str | None], place: Place) -> None:
        """Note what is missing of the two ends that a relation must have."""
        if len(ends) > 1 and ends[0] is not None and ends[1] is not None:
            return
        padded = [*ends, *[None] * (len(kind.ends) - len(ends))]
        if padded[0] is not None and kind in {STARTED, ENDED} and padded[2] is not None:
            return  # PROV-DM 5.1.6: the activity that started it stands for the trigger
        missing = next(end.name for end, iri in zip(kind.ends, padded, strict=True) if iri is None)
        message = f"{kind.name} has no {missing}; it is kept and not followed"
        self._findings.warning("prov/missing-end", place_text(place), kind.name, message)

    def _key(self, kind: RelationType, name: str, place: Place) -> str | None:
        origin = (kind.number, name)
        found = self._keys.get(origin)
        if found is None:
            found = frozenset(relation.key for relation in self._origins.get(origin, ()))
            self._keys[origin] = found
        if len(found) == 1:
            return next(iter(found))
        if not found and name.startswith(RELATION_KEY):
            return name  # of a relation that another document tells
        message = f"{len(found)} relations {kind.name} have this name here; the end is left out"
        self._findings.warning("prov/blank-reference", place_text(place), name, message)
        return None


def trimmed(ends: Sequence[str | None]) -> tuple[str | None, ...]:
    """The ends up to the last that is told, so that equal relations are equal tuples."""
    last = len(ends)
    while last and ends[last - 1] is None:
        last -= 1
    return tuple(ends[:last])


def _unmarked(kind: RelationType, attributes: Attributes) -> tuple[RelationType, Attributes]:
    """The IVOA relation that voprov 0.1 marks in ``prov:type``; the marker is taken out.

    On the relation itself its marker says nothing more, and a writer of markers would tell it once.
    """
    for pair in attributes:
        name, value = pair
        marked = RELATION_BY_MARKER.get(value) if isinstance(value, Iri) else None
        if name == PROV_TYPE and marked is not None and (kind is INFLUENCED or kind is marked):
            return marked, tuple(other for other in attributes if other != pair)
    return kind, attributes
