"""Which checks a document goes through once it is read, and how much they weigh.

All are warnings where a document is taken: it is stored as it was told, and the findings tell
whoever asks for the quality of the record. ``validate --strict`` makes errors of them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import Final

from provstore.errors import Finding, Severity
from provstore.importers.base import Part
from provstore.importers.registry import collector_at_rest
from provstore.model.constraints.ends import UndeclaredEnd, declared_names, undeclared_ends
from provstore.model.constraints.ivoa import broken_rules
from provstore.model.constraints.rules import CYCLE, UNDECLARED_END, info, warning
from provstore.model.constraints.valid import contradictions
from provstore.model.document import Document
from provstore.model.vocabulary import TOWARDS_ORIGIN

MOST_OF_A_RULE: Final = 100
"""Findings kept of one rule; the rest is counted in one more."""
_ORIGINS: Final = frozenset(kind.number for kind in TOWARDS_ORIGIN)
_SHOWN_OF_CYCLE: Final = 5
_STANDARDS: Final = ("prov", "voprov", "ivoa")
"""What the rules of PROV (its formats and constraints) and of the IVOA begin with."""


def noticed(parts: Sequence[Part], *, every_end: bool = False) -> list[Finding]:
    """What there is to say about the content of a document that could be read.

    Parameters
    ----------
    parts
        As the importer made them.
    every_end
        Name every end that is not declared, and not only how many there are.
    """
    documents = [part.document for part in parts]
    with collector_at_rest():
        undeclared = _undeclared(documents)
        ends = map(_named, undeclared) if every_end else _counted(undeclared)
        of_each = chain.from_iterable(_of_part(part) for part in parts)
        return list(_bounded(chain(of_each, ends)))


def weighed(finding: Finding, *, strict: bool) -> Finding:
    """A finding as ``validate`` tells it: strictly, rules of PROV and the IVOA are errors.

    A cycle alone breaks none: PROV allows a file to be rewritten in place.
    """
    is_of_a_standard = finding.rule.startswith(_STANDARDS) and finding.rule != CYCLE
    if not (strict and is_of_a_standard and finding.severity is Severity.WARNING):
        return finding
    return Finding(Severity.ERROR, finding.rule, finding.place, finding.value, finding.message)


def cycle(document: Document) -> Iterator[Finding]:
    """A cycle in what a document tells, if it has one: real tools rewrite files in place.

    Constraint 42 says the same of derivations alone; walks also follow usages and generations,
    whose cycles are valid.
    """
    origins: dict[str, set[str]] = {}
    for relation in document.relations:
        dependent, origin = relation.end(0), relation.end(1)
        if relation.type.number in _ORIGINS and dependent is not None and origin is not None:
            origins.setdefault(dependent, set()).add(origin)
    try:
        TopologicalSorter(origins).prepare()
    except CycleError as error:
        # the sorter names it from origin to result
        around = list(reversed(error.args[1]))
        shown = " → ".join(around[:_SHOWN_OF_CYCLE]) + (" → …" if around[_SHOWN_OF_CYCLE:] else "")
        message = f"what is told here goes round ({shown}); it is kept, and every walk ends"
        yield warning(CYCLE, "", around[0], message)


def _of_part(part: Part) -> Iterator[Finding]:
    yield from cycle(part.document)
    yield from contradictions(part.document)
    if part.subject is None:  # else it is of a log, which is IVOA by our reading alone
        yield from broken_rules(part.document)


def _undeclared(documents: Sequence[Document]) -> Iterator[UndeclaredEnd]:
    """The names that relations refer to and that no part declares, each once."""
    declared = declared_names(documents)
    seen: set[str] = set()
    for document in documents:
        for end in undeclared_ends(document, declared):
            if end.iri not in seen:
                seen.add(end.iri)
                yield end


def _named(end: UndeclaredEnd) -> Finding:
    message = f"{end.iri} stands as {end.end} of {end.statement} and is declared nowhere"
    return info(UNDECLARED_END, end.place or end.statement, end.iri, message)


def _counted(ends: Iterator[UndeclaredEnd]) -> Iterator[Finding]:
    """One finding for all, at the place of the first."""
    first = next(ends, None)
    if first is not None:
        count = 1 + sum(1 for _ in ends)
        message = f"names that relations refer to and that are declared nowhere: {count}"
        yield info(UNDECLARED_END, first.place, first.iri, message)


def _bounded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """At most `MOST_OF_A_RULE` of each rule, then how many more there are."""
    count: Counter[str] = Counter()
    weight: dict[str, Severity] = {}
    for finding in findings:
        count[finding.rule] += 1
        weight[finding.rule] = finding.severity
        if count[finding.rule] <= MOST_OF_A_RULE:
            yield finding
    for rule, number in count.items():
        if number > MOST_OF_A_RULE:
            more = number - MOST_OF_A_RULE
            message = f"{more} more findings of this rule are not listed"
            yield Finding(weight[rule], rule, "", str(more), message)
