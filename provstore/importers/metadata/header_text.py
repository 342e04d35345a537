"""Headers that are text: of an ECSV table, and metadata in YAML or JSON.

The metadata stand at the top, or under ``metadata`` or ``meta``, or under the name of each file, as
``ctapipe-fileinfo`` prints them; flat (``CTA PRODUCT ID``) or as a tree (``cta``, ``CTA``).

Of an ECSV table only the comment lines are read, as YAML and by the strict reader: astropy would
build objects of what its tags say, and nothing in the rows is needed.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Final

from provstore.importers.base import Findings, decode_text
from provstore.importers.metadata.headers import Header, Headers, names_dataset
from provstore.importers.strict_json import Json, JsonText, pointer, wrong_type
from provstore.importers.strict_yaml import read_yaml

_MAX_ECSV_HEADER: Final = 1 << 18
"""Characters of YAML before the rows of a table."""
_MAX_DEPTH: Final = 100
_HOLDERS: Final = frozenset({"metadata", "meta", "reference_meta"})
"""Keys under which writers put metadata; any other key is the name of a file."""
_MAX_WRAPPED: Final = 3
_ROOTS: Final = frozenset({"cta", "CTA"})
_CTA_KEY: Final = re.compile(
    r"CTA (?:REFERENCE|CONTACT|PRODUCT|PROCESS|ACTIVITY|INSTRUMENT|CONTEXT) "
)
_JSON_HINT: Final = re.compile(r'"(?:cta|CTA)[" ]')
# A text that is not closed is one token to the end: it is not sought again from each quote in it.
_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\[\s\S])*+)(?:"(\s*+:)?|\\?\Z)|[{}\[\]]')
_YAML_KEY: Final = re.compile(
    r"^ *(?:- *\{? *)?(?:(?:cta|CTA) *:[ \r]*$"
    r"|['\"]?CTA (?:REFERENCE|CONTACT|PRODUCT|PROCESS|ACTIVITY|INSTRUMENT) [A-Z ]+['\"]? *:)",
    re.MULTILINE,
)
_YAML_SCHEMA: Final = re.compile(r"^(?:\$schema|definitions) *:", re.MULTILINE)


def is_metadata_key(key: str) -> bool:
    """Whether a key may be one of reference metadata: flat, or the root of the tree."""
    return key in _ROOTS or _CTA_KEY.match(key) is not None


def has_metadata(keys: Mapping[str, Json]) -> bool:
    """Whether keys are, or hold, reference metadata."""
    return any(
        is_metadata_key(key) and (key not in _ROOTS or isinstance(told, dict))
        for key, told in keys.items()
    )


def is_json_metadata(text: str, other_keys: frozenset[str]) -> bool:
    """Whether a JSON text has metadata at its top, and none of the other keys there.

    The text may be cut off; what is deeper than the metadata of a file in a list is not looked at.
    """
    if _JSON_HINT.search(text) is None:
        return False  # of nearly all JSON, quickly
    found = False
    for depth, key in _shallow_keys(text):
        if depth == 1 and (key in other_keys or key.startswith(("@", "$"))):
            return False
        found = found or (depth <= _MAX_WRAPPED and is_metadata_key(key))
    return found


def _shallow_keys(text: str) -> Iterator[tuple[int, str]]:
    if not text.startswith("{"):
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in "{[":
            depth += 1
        elif mark in "}]":
            depth -= 1
        elif token[2]:
            yield depth, token[1]


def is_yaml_metadata(text: str) -> bool:
    """Whether a text has lines as YAML metadata have, and is no schema of them."""
    if text.startswith(("{", "[", "<")):
        return False
    return _YAML_KEY.search(text) is not None and _YAML_SCHEMA.search(text) is None


def is_ecsv(head: bytes) -> bool:
    """Whether a file begins as an ECSV table does."""
    return head.startswith(b"# %ECSV")


def read_json(data: bytes, findings: Findings) -> Headers:
    """The metadata in a JSON document."""
    text = decode_text(data, findings)
    return Headers([] if text is None else _found(JsonText(text, findings).only_value(), findings))


def read_yaml_headers(data: bytes, findings: Findings) -> Headers:
    """The metadata in a YAML document."""
    text = decode_text(data, findings)
    return Headers([] if text is None else _found(read_yaml(text, findings), findings))


def read_ecsv(data: bytes, findings: Findings) -> Headers:
    """The ``meta`` of an ECSV table, and the names of its columns."""
    text = decode_text(data, findings)
    if text is None:
        return Headers([])
    lines = takewhile(lambda line: line.startswith("#"), text.splitlines())
    header = "\n".join(line[2:] if line[:2] == "# " else "" for line in lines if line[2:3] != "%")
    if len(header) > _MAX_ECSV_HEADER:
        message = f"the header of the table is longer than {_MAX_ECSV_HEADER} characters"
        findings.error("ecsv/too-large", "", len(header), message)
        return Headers([])
    content = read_yaml(header, findings, passes_tags=True)
    if not isinstance(content, dict):
        if content is not None:
            wrong_type(findings, "", content, "a mapping that describes the table")
        return Headers([])
    meta = {"meta": _mapping(content.get("meta"))}
    return Headers(_found(meta, findings), _columns(content.get("datatype")))


def _mapping(told: Json) -> Json:
    """An ordered mapping (``!!omap``), which is a list of mappings of one key, as a mapping."""
    if not isinstance(told, list):
        return told
    return {key: value for item in told if isinstance(item, dict) for key, value in item.items()}


def _columns(described: Json) -> frozenset[str]:
    columns = described if isinstance(described, list) else []
    names = (column.get("name") for column in columns if isinstance(column, dict))
    return frozenset(name.lower() for name in names if isinstance(name, str))


def _found(content: Json, findings: Findings) -> list[Header]:
    if _is_deeper(content, _MAX_DEPTH):
        message = f"arrays and objects are nested more than {_MAX_DEPTH} deep"
        findings.error("json/too-deep", "", "", message)
        return []
    return list(_headers(content, "", None, _MAX_WRAPPED))


def _headers(content: Json, place: str, file: str | None, wrapped: int) -> Iterator[Header]:
    if not isinstance(content, dict):
        return
    if has_metadata(content) or names_dataset(content):
        yield Header(place, content, file)
    elif wrapped:
        for key, inner in content.items():
            name = file if key in _HOLDERS else key
            yield from _headers(inner, place + pointer(key), name, wrapped - 1)


def _is_deeper(content: Json, most: int) -> bool:
    level: list[Json] = [content]
    for _ in range(most):
        level = [
            inner
            for item in level
            if isinstance(item, dict | list)
            for inner in (item.values() if isinstance(item, dict) else item)
        ]
        if not level:
            return False
    return True
