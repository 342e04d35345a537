"""What specializes what, directly and on (PROV-CONSTRAINTS inferences 19 and 21)."""

from collections.abc import Iterable

from provstore.model.constraints.scope import Scope
from provstore.model.vocabulary import SPECIALIZED


def specifics_of(scope: Scope, generals: Iterable[str]) -> set[str]:
    """These and all that specialize them: by inference 21 they have their attributes too."""
    known = set(generals)
    statements = scope.of(SPECIALIZED)
    if not statements:
        return known
    specifics: dict[str, list[str]] = {}
    for _, relation in statements:
        specific, general = relation.end(0), relation.end(1)
        if specific is not None and general is not None:
            specifics.setdefault(general, []).append(specific)
    waiting = [iri for iri in known if iri in specifics]
    while waiting:
        for specific in specifics.get(waiting.pop(), ()):
            if specific not in known:
                known.add(specific)
                waiting.append(specific)
    return known
