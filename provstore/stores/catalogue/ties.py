"""Ties the elements that share a strong name."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from provstore.errors import Finding, Severity
from provstore.model.vocabulary import GENERATED
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.derive import AliasKind
from provstore.stores.catalogue.facts import elements_with_end
from provstore.stores.catalogue.names import among, insert_rows
from provstore.stores.catalogue.tables import alias, tie


def retie(tx: Transaction, names: set[tuple[int, str]]) -> list[Finding]:
    """Tie anew the elements that share each of these strong names: a star around the lowest.

    A checksum ties an entity without recorded origin to the one generated entity that shares it;
    where several are generated none is tied, and a finding says so.
    """
    if not names:
        return []
    findings: list[Finding] = []
    listed = {"values": sorted({value for _, value in names})}
    tx.execute(delete(tie).where(among(tie.c.value, "values")), listed)
    insert_rows(tx, tie, ties_of(tx, names, findings))
    return findings


def ties_of(
    tx: Transaction, names: set[tuple[int, str]], findings: list[Finding]
) -> list[tuple[int, int, int, str]]:
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
    ties: list[tuple[int, int, int, str]] = []
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


def _star(kind: int, value: str, numbers: Sequence[int]) -> Iterable[tuple[int, int, int, str]]:
    for other in numbers[1:]:
        yield numbers[0], other, kind, value
        yield other, numbers[0], kind, value
