"""Attributes as one JSON text: the form in which the catalogue keeps them and answers carry them.

The syntax is that of a PROV-JSON record's attributes (PROV-JSON section 3.2), with names compacted
under one set of prefixes for the whole catalogue, keys sorted. So a stored text can be passed
through into a PROV-JSON or lineage answer without being read.
"""

import json
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Final

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
json_string: Final[Callable[[str], str]] = json.encoder.encode_basestring
"""A text as a JSON string, as `compact_json` writes it; made in C."""


def value_as_json(value: Value, quoted: Callable[[str], str]) -> str:
    """The JSON text of a value: a string for ``xsd:string``, else an object that keeps all of it.

    ``quoted`` gives the compact name of an IRI as a JSON string.
    """
    if isinstance(value, Iri):
        return f'{{"$":{quoted(value)},"type":"prov:QUALIFIED_NAME"}}'
    lexical, datatype, language = value
    if language is not None:
        return f'{{"$":{json_string(lexical)},"lang":{json_string(language)}}}'
    if datatype == XSD_STRING:
        return json_string(lexical)
    return f'{{"$":{json_string(lexical)},"type":{quoted(datatype)}}}'


def attribute_members(
    attributes: Iterable[tuple[str, Value]],
    quoted: Callable[[str], str],
    key_of: Callable[[str], str] | None = None,
) -> list[str]:
    """The members of a JSON object that tell the attributes; several values become a sorted list.

    ``quoted`` gives the compact name of an IRI as a JSON string; ``key_of`` that of an attribute,
    where it is another one. No two attributes may have the same.

    Texts and no objects are put together here, since every attribute of every record passes:
    that is three times as quick.
    """
    key_of = key_of or quoted
    told: dict[str, str] = {}
    several: dict[str, list[str]] = {}
    for name, value in attributes:
        key, text = key_of(name), value_as_json(value, quoted)
        if key in told:
            several.setdefault(key, [told[key]]).append(text)
        else:
            told[key] = text
    for key, texts in several.items():
        told[key] = f"[{','.join(sorted(texts))}]"
    return [f"{key}:{text}" for key, text in told.items()]


def encode_body(attributes: Attributes, compact: Callable[[str], str]) -> str:
    """The canonical JSON text of a set of attributes: equal sets have equal texts."""
    if not attributes:
        return EMPTY_BODY
    members = attribute_members(
        sorted(attributes, key=_name), lambda iri: json_string(compact(iri))
    )
    return f"{{{','.join(members)}}}"


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
