"""Sets of pairs that insertions put into dictionaries, put together again for the formats.

The model has an insertion and, for each pair of its set, a membership of the new dictionary that
says where it comes from; PROV-DICTIONARY (section 3.2) tells the set with the insertion.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from provstore.model.identifiers import Iri
from provstore.model.literals import Value
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    PROV_PAIR_KEY,
)


class Pair(NamedTuple):
    """A key of a dictionary and the entity under it."""

    key: Value
    entity: str


Dictionaries = tuple[str, str]
"""IRIs of the new dictionary and of the old one."""


def pair_of(relation: Relation) -> Pair | None:
    """The pair that a membership of a dictionary tells, where it is complete and tells just one."""
    keys = [value for name, value in relation.attributes if name == PROV_PAIR_KEY]
    entity = relation.end(1)
    return Pair(keys[0], entity) if len(keys) == 1 and entity is not None else None


def inserted_pair(relation: Relation) -> tuple[Dictionaries, Pair] | None:
    """What a membership says of an insertion, where it says that and nothing else."""
    told = dict(relation.attributes)
    pair, new = pair_of(relation), relation.end(0)
    old = told.get(INSERTED_FROM)
    exact = len(relation.attributes) == len(told) == 2  # noqa: PLR2004  the key and the dictionary
    if pair is None or new is None or not exact or not isinstance(old, Iri) or relation.iri:
        return None
    return (new, str(old)), pair


class Insertions:
    """The insertions of one scope, each with its set.

    Parameters
    ----------
    relations
        All of one scope. Where two insertions have the same dictionaries, the memberships stay
        memberships: which of the two brought them is not known.
    """

    def __init__(self, relations: Sequence[Relation]) -> None:
        told = Counter(_dictionaries(r) for r in relations if r.type is INSERTED)
        self._pairs: dict[Dictionaries, list[Pair]] = {
            found: [] for found, count in told.items() if found is not None and count == 1
        }
        if self._pairs:
            self._collect(r for r in relations if r.type is DICTIONARY_MEMBER)

    def _collect(self, members: Iterable[Relation]) -> None:
        for member in members:
            found = inserted_pair(member)
            if found is not None and found[0] in self._pairs:
                self._pairs[found[0]].append(found[1])

    def pairs(self, insertion: Relation) -> Sequence[Pair]:
        """The set of an insertion; empty for every other relation."""
        if insertion.type is not INSERTED:
            return ()
        dictionaries = _dictionaries(insertion)
        return () if dictionaries is None else self._pairs.get(dictionaries, ())

    def holds(self, relation: Relation) -> bool:
        """Whether the set of an insertion says already what this relation says."""
        if not self._pairs or relation.type is not DICTIONARY_MEMBER:
            return False
        found = inserted_pair(relation)
        return found is not None and found[0] in self._pairs


def _dictionaries(insertion: Relation) -> Dictionaries | None:
    new, old = insertion.end(0), insertion.end(1)
    return None if new is None or old is None else (new, old)
