"""Sets of keyword values as they are stored: each value and each set once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import Final

import orjson
from sqlalchemy import delete, select

from provstore.model.keywords import ByName
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.names import among, fetch, insert_rows, take_ids
from provstore.stores.catalogue.search_keywords import counts_of
from provstore.stores.catalogue.tables import (
    EMPTY_SET,
    element_keywords,
    keyword,
    kwset,
    kwset_member,
)
from provstore.stores.keywords.spread import Kept

Value = tuple[str, str]
"""Name of a keyword, and a value of it."""

_own: Final = kwset.alias("own")
_KEPT: Final = (
    select(
        element_keywords.c.element,
        element_keywords.c.own,
        _own.c.members,
        element_keywords.c.kwset,
        kwset.c.members,
    )
    .join(_own, _own.c.id == element_keywords.c.own)
    .join(kwset, kwset.c.id == element_keywords.c.kwset)
    .where(among(element_keywords.c.element, "list"))
)
_VALUES: Final = select(keyword.c.name, keyword.c.value, keyword.c.id).where(
    among(keyword.c.value, "values")
)
_BY_HASH: Final = select(kwset.c.hash, kwset.c.id).where(among(kwset.c.hash, "hashes"))


def marks_of(numbers: Iterable[int]) -> int:
    """Numbers of values as bits."""
    marks = 0
    for number in numbers:
        marks |= 1 << number
    return marks


def numbers_of(marks: int) -> list[int]:
    """The numbers of the values that the bits stand for, ascending."""
    numbers = []
    while marks:
        lowest = marks & -marks
        numbers.append(lowest.bit_length() - 1)
        marks ^= lowest
    return numbers


class Sets:
    """Reads and writes what is kept, in one transaction.

    Parameters
    ----------
    tx
        The transaction.
    keywords
        Those that there are.
    """

    def __init__(self, tx: Transaction, keywords: ByName) -> None:
        self._tx, self._keywords = tx, keywords
        self._number: dict[int, int] = {0: EMPTY_SET}
        """Of each set that was met, by its marks."""
        self._marks: dict[int, int] = {EMPTY_SET: 0}
        self._kept: dict[int, Kept | None] = {}

    def kept(self, elements: Collection[int]) -> dict[int, Kept]:
        """What is kept of those of the elements of which something is."""
        unknown = [number for number in elements if number not in self._kept]
        if unknown:
            self._kept.update(dict.fromkeys(unknown))
            for number, own, own_members, whole, members in fetch(self._tx, _KEPT, unknown):
                marks = self._meet(whole, members)
                self._kept[number] = Kept(self._meet(own, own_members), marks)
        return {number: kept for number in elements if (kept := self._kept[number]) is not None}

    def _meet(self, number: int, members: str) -> int:
        marks = self._marks.get(number)
        if marks is None:
            marks = self._marks[number] = marks_of(orjson.loads(members))
            self._number[marks] = number
        return marks

    def numbers(self, values: Collection[Value]) -> dict[Value, int]:
        """The numbers of values; new ones get one, unless their keyword is not kept any more.

        A keyword is no longer kept when it has more distinct values than its rule allows. The first
        value beyond that is stored: so that, for ever after, they are seen to be too many.
        """
        if not values:
            return {}
        texts = sorted({text for _, text in values})
        rows = self._tx.execute(_VALUES, {"values": texts}).cursor.fetchall()
        known = {(name, text): number for name, text, number in rows}
        found = {value: known[value] for value in values if value in known}
        new = sorted(value for value in values if value not in known)
        return found | self._add(new) if new else found

    def _add(self, new: Sequence[Value]) -> dict[Value, int]:
        counts = counts_of(self._tx, {name for name, _ in new})
        added = []
        for name, text in new:
            if self._keywords[name].is_kept_with(counts[name]):
                added.append((name, text))
                counts[name] += 1
        first = take_ids(self._tx, keyword, len(added))
        numbered = {value: number for number, value in enumerate(added, start=first)}
        insert_rows(self._tx, keyword, [(number, *value) for value, number in numbered.items()])
        return numbered

    def write(self, kept: Mapping[int, Kept]) -> None:
        """Keep this of elements, in the place of what is kept of them."""
        before = self.kept(kept.keys())
        differing = {number: one for number, one in kept.items() if before.get(number) != one}
        if not differing:
            return
        self._number_sets({marks for one in differing.values() for marks in one})
        self.forget([number for number in differing if number in before])
        number_of = self._number
        rows = [
            (number, number_of[own], number_of[marks]) for number, (own, marks) in differing.items()
        ]
        insert_rows(self._tx, element_keywords, rows)
        self._kept.update(differing)

    def forget(self, elements: Sequence[int]) -> None:
        """Keep nothing of elements any more."""
        if elements:
            listed = {"list": list(elements)}
            self._tx.execute(
                delete(element_keywords).where(among(element_keywords.c.element, "list")), listed
            )
            self._kept.update(dict.fromkeys(elements))

    def _number_sets(self, wanted: Iterable[int]) -> None:
        """Find the number of each of these sets, or give it one."""
        unknown = [marks for marks in wanted if marks not in self._number]
        if not unknown:
            return
        members = {marks: numbers_of(marks) for marks in unknown}
        texts = {marks: orjson.dumps(numbers).decode() for marks, numbers in members.items()}
        hashes = {marks: _hash(text) for marks, text in texts.items()}
        rows = self._tx.execute(_BY_HASH, {"hashes": list(hashes.values())}).cursor.fetchall()
        stored = dict(rows)
        new = [marks for marks in unknown if hashes[marks] not in stored]
        first = take_ids(self._tx, kwset, len(new)) if new else 0
        stored.update((hashes[marks], number) for number, marks in enumerate(new, start=first))
        for marks in unknown:
            number = stored[hashes[marks]]
            self._number[marks], self._marks[number] = number, marks
        insert_rows(self._tx, kwset, [(stored[hashes[m]], hashes[m], texts[m]) for m in new])
        insert_rows(
            self._tx,
            kwset_member,
            [(value, stored[hashes[m]]) for m in new for value in members[m]],
        )


def _hash(text: str) -> int:
    """Of the members of a set; 64 bits are wide enough for sets never to be taken for others."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)
