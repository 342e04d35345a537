"""Pairs of dictionaries in PROV-JSON: ``prov:key-entity-set`` in its two forms.

The list of ``{"key": …, "$": …}`` has a typed value as each key; the object has the entities under
the keys' texts, and their one datatype under ``$key-datatype`` (the schema of PROV-JSON with
dictionaries that ProvToolbox has; without that key they are strings).
"""

from collections.abc import Iterator
from typing import Final

from provstore.importers.prov_json.scope import Record, Scope
from provstore.importers.strict_json import Json
from provstore.model.literals import Literal, Value

_DATATYPE: Final = "$key-datatype"
_PAIR: Final = frozenset({"key", "$"})


def pairs_of(told: Json, key: str, scope: Scope) -> Iterator[tuple[Value, str]]:
    """Each key with the IRI of the entity under it; ``key`` is where the set stands."""
    if isinstance(told, dict):
        yield from _of_object(told, key, scope)
    elif isinstance(told, list):
        for index, item in enumerate(told):
            yield from _of_item(item, key, index, scope)
    else:
        scope.wrong_type(told, "an object of entities, or a list of pairs", key)


def _of_object(told: Record, key: str, scope: Scope) -> Iterator[tuple[Value, str]]:
    datatype = told.get(_DATATYPE)
    for text, entity in told.items():
        if text == _DATATYPE:
            if not isinstance(entity, str):
                scope.wrong_type(entity, "the name of a datatype", key, text)
        elif not isinstance(entity, str):
            scope.wrong_type(entity, "the name of an entity", key, text)
        elif isinstance(datatype, str):
            value = scope.value({"$": text, "type": datatype}, key, text)
            if value is not None:
                yield value, scope.iri(entity, key, text)
        else:
            yield Literal(text), scope.iri(entity, key, text)


def _of_item(item: Json, key: str, index: int, scope: Scope) -> Iterator[tuple[Value, str]]:
    if not isinstance(item, dict) or item.keys() != _PAIR:
        scope.wrong_type(item, 'an object with "key" and "$", and nothing else', key, index)
        return
    entity = item["$"]
    if not isinstance(entity, str):
        scope.wrong_type(entity, "the name of an entity", key, index, "$")
        return
    value = scope.value(item["key"], key, index, "key")
    if value is not None:
        yield value, scope.iri(entity, key, index, "$")
