"""From the text that a document tells to the values of a keyword that are kept."""

import json
from hashlib import blake2b
from typing import Final

MOST_CHARACTERS: Final = 500
"""Of a value that is kept: catalogues look values up in an index, whose entries are limited."""
_CHARACTERS_OF_A_CHECKSUM: Final = 40


def values_in(text: str) -> list[str]:
    """The values in a text, as they are kept; none of an empty one.

    A list of texts or numbers, which importers write as JSON, has a value in each member: two
    methods of reconstruction in one run are two.
    """
    return [as_kept(value) for value in _members(text.strip()) if value]


def as_kept(value: str, most: int = MOST_CHARACTERS) -> str:
    """A value, cut where it is too long for an index, with a checksum that tells it from others."""
    if len(value) <= most:
        return value
    digest = blake2b(value.encode(errors="surrogatepass"), digest_size=8).hexdigest()
    return f"{value[: most - _CHARACTERS_OF_A_CHECKSUM]}… ({digest})"


def _members(text: str) -> list[str]:
    if not (text.startswith("[") and text.endswith("]")):
        return [text]
    try:
        told = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError):  # text that looks like a list
        return [text]
    if isinstance(told, list) and all(isinstance(member, str) for member in told):
        return [member.strip() for member in told]
    return [text]
