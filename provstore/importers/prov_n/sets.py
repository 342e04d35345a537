"""Sets in braces: the pairs and keys of dictionaries (PROV-DICTIONARY, section 3), and members."""

from collections.abc import Callable
from typing import TypeVar

from provstore.importers.prov_n.values import Scope, UnexpectedTokenError
from provstore.model.literals import Value

Item = TypeVar("Item")
Pair = tuple[Value | None, str | None]
"""A key of a dictionary and the IRI of the entity under it."""


def pairs_of(scope: Scope, first: int) -> list[Pair]:
    """The pairs of the set that opens there, ``{("k1", e1), …}``; ``-`` is none."""
    return _items(scope, first, _pair)


def keys_of(scope: Scope, first: int) -> list[Value]:
    """The keys of the set that opens there, ``{"k1", …}``; ``-`` is none."""
    return _items(scope, first, Scope.value)


def names_of(scope: Scope, first: int) -> list[str]:
    """The IRIs of the set that opens there, ``{e1, …}``."""
    return _items(scope, first, lambda of, index: (of.iri(index), index + 1))


def key_of(scope: Scope, first: int) -> Value | None:
    """The key that stands there as an argument; ``-`` is none."""
    if scope.tokens.texts[first] == "-":
        return None
    key, index = scope.value(first)
    if scope.tokens.texts[index] not in {",", ")"}:
        raise UnexpectedTokenError(index, ", or )")
    return key


def _items(scope: Scope, first: int, item: Callable[[Scope, int], tuple[Item, int]]) -> list[Item]:
    texts = scope.tokens.texts
    if texts[first] == "-":
        return []
    if texts[first] != "{":
        raise UnexpectedTokenError(first, "a set in { }")
    found: list[Item] = []
    index = first + 1
    while texts[index] != "}" or found:
        told, index = item(scope, index)
        found.append(told)
        if texts[index] == "}":
            break
        if texts[index] != ",":
            raise UnexpectedTokenError(index, ", or }")
        index += 1
    return found


def _pair(scope: Scope, index: int) -> tuple[Pair, int]:
    texts = scope.tokens.texts
    if texts[index] != "(":
        raise UnexpectedTokenError(index, "( and a pair of key and entity")
    key, index = scope.value(index + 1)
    if texts[index] != ",":
        raise UnexpectedTokenError(index, ", and an entity")
    entity = None if texts[index + 1] == "-" else scope.iri(index + 1)
    if texts[index + 2] != ")":
        raise UnexpectedTokenError(index + 2, ")")
    return (key, entity), index + 3
