"""Whether a document is valid by W3C PROV-CONSTRAINTS (REC 30 April 2013)."""

from collections.abc import Iterator

from provstore.errors import Finding
from provstore.model.constraints.clock import dated_out_of_order
from provstore.model.constraints.impossible import (
    overlapping_identifiers,
    reflexive_specializations,
    unspecified_derivations,
)
from provstore.model.constraints.kinds import disjoint_types, empty_collections
from provstore.model.constraints.merging import Named, key_objects, key_properties
from provstore.model.constraints.ordering import strict_cycles
from provstore.model.constraints.scope import Scope, scopes
from provstore.model.constraints.unique import unique_events, unique_times
from provstore.model.document import Document


def contradictions(document: Document) -> Iterator[Finding]:
    """Everything in which a document contradicts constraints 22 to 56, each scope on its own.

    Takes time in proportion to the length of the document.
    """
    for scope in scopes(document):
        yield from _in_scope(scope)


def _in_scope(scope: Scope) -> Iterator[Finding]:
    named: Named = {}
    yield from key_objects(scope)
    yield from key_properties(scope, named)  # the others see what it merged
    yield from unique_events(scope)
    yield from unique_times(scope)
    yield from strict_cycles(scope)
    yield from dated_out_of_order(scope, named)
    yield from disjoint_types(scope)
    yield from unspecified_derivations(scope)
    yield from reflexive_specializations(scope)
    yield from overlapping_identifiers(scope)
    yield from empty_collections(scope)
