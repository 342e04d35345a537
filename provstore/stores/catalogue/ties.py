"""Ties the elements that share a strong name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select

from provstore.errors import Finding, Severity
from provstore.model.vocabulary import GENERATED
from provstore.stores.catalogue import outbox
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import AliasKind
from provstore.stores.catalogue.facts import elements_with_end
from provstore.stores.catalogue.names import among, insert_rows
from provstore.stores.catalogue.outbox import What
from provstore.stores.catalogue.tables import alias, tie


class Tie(NamedTuple):
    """Two elements that are one node, by a strong name; each tie stands there both ways."""

    a: int
    b: int
    kind: int
    value: str


def retie(tx: Transaction, names: set[tuple[int, str]]) -> list[Finding]:
    """Tie anew the elements that share each of these strong names: a star around the lowest.

    A checksum ties an entity without recorded origin to the one generated entity that shares it;
    where several are generated none is tied, and a finding says so.
    """
    if not names:
        return []
    findings: list[Finding] = []
    listed = {"values": sorted({value for _, value in names})}
    of_values = among(tie.c.value, "values")
    wanted = ties_of(tx, names, findings)
    before = {Tie(*row) for row in tx.execute(select(tie).where(of_values), listed)}
    with _noting_moves(tx, before ^ set(wanted)):
        tx.execute(delete(tie).where(of_values), listed)
        insert_rows(tx, tie, wanted)
    return findings


def rebuild_ties(tx: Transaction) -> None:
    """Make all ties anew."""
    wanted = all_ties(tx)
    with _noting_moves(tx, {Tie(*row) for row in tx.execute(select(tie))} ^ wanted):
        tx.execute(delete(tie))
        insert_rows(tx, tie, sorted(wanted))


def all_ties(tx: Transaction) -> set[Tie]:
    """The ties that should be."""
    names = tx.execute(
        select(alias.c.kind, alias.c.value)
        .where(alias.c.kind <= AliasKind.CHECKSUM)
        .group_by(alias.c.kind, alias.c.value)
        .having(func.count() > 1)
    )
    return set(ties_of(tx, {(kind, value) for kind, value in names}, []))


@contextmanager
def _noting_moves(tx: Transaction, differing: AbstractSet[Tie]) -> Iterator[None]:
    """Note which elements become part of another node, while these ties come or go.

    What the others of a node are decides what is shown of it, so all ends of these ties changed.
    But only relations of elements that move are written anew: the thousandth name of a file must
    not touch what hangs on the first.
    """
    if not differing:
        yield
        return
    touched = {one.a for one in differing}
    before = _nodes(tx, touched)
    yield
    after = _nodes(tx, touched)
    outbox.note(tx, What.ELEMENTS, touched)
    moved = [n for n in before.keys() | after.keys() if before.get(n, n) != after.get(n, n)]
    outbox.note(tx, What.NODES, moved)
    outbox.note(tx, What.LOSERS, touched.union(moved))


def _nodes(tx: Transaction, elements: Iterable[int]) -> dict[int, int]:
    """The lowest element of each of the nodes of some elements, for all that are in these nodes."""
    tied: dict[int, set[int]] = {}
    front = set(elements)
    while front:
        tied.update((number, set()) for number in front)
        reached = set()
        for one, other in tx.execute(_TIED, {"list": sorted(front)}):
            tied[one].add(other)
            reached.add(other)
        front = reached - tied.keys()
    return lowest_of(tied)


_TIED: Final = select(tie.c.a, tie.c.b).where(among(tie.c.a, "list"))


def lowest_of(tied: Mapping[int, Iterable[int]]) -> dict[int, int]:
    """Elements to the lowest of those that they are tied to, over any number of ties."""
    found: dict[int, int] = {}
    for start in sorted(tied):
        front = [] if start in found else [start]
        while front:
            number = front.pop()
            if number not in found:
                found[number] = start
                front.extend(tied[number])
    return found


def ties_of(tx: Transaction, names: set[tuple[int, str]], findings: list[Finding]) -> list[Tie]:
    """The ties that should be between the elements with these values, whatever their kind."""
    rows = tx.execute(
        select(alias.c.kind, alias.c.value, alias.c.element)
        .where(among(alias.c.value, "values"), alias.c.kind <= AliasKind.CHECKSUM)
        .order_by(alias.c.kind, alias.c.value, alias.c.element),
        {"values": sorted({value for _, value in names})},
    )
    groups: dict[tuple[int, str], list[int]] = {}
    for kind, value, number in rows:
        groups.setdefault((kind, value), []).append(number)
    ties: list[Tie] = []
    for (kind, value), numbers in groups.items():
        if len(numbers) == 1:
            continue
        if kind == AliasKind.CHECKSUM:
            ties.extend(_star(kind, value, _by_checksum(tx, value, numbers, findings)))
        else:
            ties.extend(_star(kind, value, numbers))
    return ties


def checksums_of(tx: Transaction, numbers: Iterable[int]) -> set[tuple[int, str]]:
    """The checksums by which elements may be tied."""
    rows = tx.execute(
        select(alias.c.kind, alias.c.value).where(
            among(alias.c.element, "elements"), alias.c.kind == AliasKind.CHECKSUM
        ),
        {"elements": sorted(numbers)},
    )
    return {(kind, value) for kind, value in rows}


def _by_checksum(
    tx: Transaction, value: str, numbers: Sequence[int], findings: list[Finding]
) -> Sequence[int]:
    generated = set(elements_with_end(tx, GENERATED.number, 0, numbers))
    if len(generated) > 1:
        message = (
            f"{len(generated)} generated files have this checksum, size and name: none is tied"
        )
        rule = "identity/checksum-ambiguous"
        findings.append(Finding(Severity.WARNING, rule, "", value, message))
    return numbers if len(generated) == 1 else ()


def _star(kind: int, value: str, numbers: Sequence[int]) -> Iterable[Tie]:
    for other in numbers[1:]:
        yield Tie(numbers[0], other, kind, value)
        yield Tie(other, numbers[0], kind, value)
