"""Attributes as one JSON text: the form in which the catalogue keeps them and answers carry them.

The syntax is that of a PROV-JSON record's attributes (PROV-JSON section 3.2), with names compacted
under one set of prefixes for the whole catalogue, keys sorted. So a stored text can be passed
through into a PROV-JSON or lineage answer without being read.
"""

import json
from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final

from provstore.model.identifiers import Iri
from provstore.model.literals import (
    QUALIFIED_NAME,
    XSD_STRING,
    Literal,
    Value,
    text_literal,
)
from provstore.model.records import Attributes

EMPTY_BODY: Final = "{}"

_name: Final = itemgetter(0)
compact_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
"""JSON as stored texts have it: nothing between the marks, letters as they are."""


def value_as_json(value: Value, compact: Callable[[str], str]) -> str | dict[str, str]:
    """One value: plain text for ``xsd:string``, else an object that keeps form and datatype."""
    if isinstance(value, Iri):
        return {"$": compact(value), "type": "prov:QUALIFIED_NAME"}
    lexical, datatype, language = value
    if language is not None:
        return {"$": lexical, "lang": language}
    return lexical if datatype == XSD_STRING else {"$": lexical, "type": compact(datatype)}


def attributes_as_json(attributes: Attributes, compact: Callable[[str], str]) -> dict[str, Any]:
    """The attributes as a PROV-JSON object; several values of a name become a list.

    Keys are sorted and values of a name too, so that equal sets have equal texts.
    """
    body: dict[str, Any] = {}
    repeated = set()
    for name, value in sorted(attributes, key=_name):
        key, written = compact(name), value_as_json(value, compact)
        if key not in body:
            body[key] = written
        elif key in repeated:
            body[key].append(written)
        else:
            body[key] = [body[key], written]
            repeated.add(key)
    for key in repeated:
        body[key].sort(key=compact_json)
    return body


def encode_body(attributes: Attributes, compact: Callable[[str], str]) -> str:
    """The canonical JSON text of a set of attributes."""
    if not attributes:
        return EMPTY_BODY
    return compact_json(attributes_as_json(attributes, compact))


def decode_body(text: str, expand: Callable[[str], str]) -> Attributes:
    """The attributes that `encode_body` wrote."""
    if text == EMPTY_BODY:
        return ()
    return tuple(
        (name, _decode_value(value, expand))
        for key, values in json.loads(text).items()
        for name in (expand(key),)
        for value in (values if isinstance(values, list) else [values])
    )


def _decode_value(value: str | dict[str, str], expand: Callable[[str], str]) -> Value:
    if isinstance(value, str):
        return Literal(value)
    text = value["$"]
    if "lang" in value:
        return text_literal(text, value["lang"])
    datatype = expand(value["type"])
    return Iri(expand(text)) if datatype == QUALIFIED_NAME else Literal(text, datatype)
