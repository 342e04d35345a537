"""The cards of a FITS header -> keys and values, with numbers in the form in which they stand.

Read here and not by astropy, whose values are Python's numbers: ``1.50`` must stay ``1.50``, and
text dumps of headers hold the same cards.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from provstore.importers.base import Findings
from provstore.importers.strict_json import Integer, Json, Real, pointer, shown

_COMMENTARY: Final = frozenset({"", "COMMENT", "HISTORY"})
_MAX_CARD: Final = 500
"""Characters of a line of a dump; a card has 80."""
_PRINTABLE: Final = re.compile(r"[\x20-\x7e]*\Z")
_KEYWORD: Final = re.compile(r"[A-Z0-9_-]{1,8}\Z")
# The convention of ESO for keywords of any length, registered with the FITS Support Office.
_HIERARCH: Final = re.compile(r"HIERARCH ++([^=]*[^= ]) *=(.*)")
# FITS 4.0, sections 4.2.1 to 4.2.6: text, logical, integer, real, complex, or nothing.
_VALUE: Final = re.compile(
    r" *(?:'(?P<text>(?:[^']|'')*)'|(?P<logical>[TF])|(?P<integer>[+-]?\d+)"
    r"|(?P<real>[+-]?(?:\d+\.\d*|\.\d+|\d+(?=[EDed]))(?:[EDed][+-]?\d+)?)"
    r"|(?P<complex>\([^()]*\)))? *(?:/.*)?\Z"
)


class _Card(NamedTuple):
    keyword: str
    value: Json


def read_cards(cards: Iterable[str], findings: Findings, place: str) -> dict[str, Json]:
    """The keys of one header, without the END.

    A keyword that stands there with several values has the list of them; so has ``HISTORY``. A text
    that is continued (FITS 4.0, section 4.2.1.2) is one. The exponent ``D`` is written ``E``.
    Cards that are none are left out with a warning.
    """
    keys: dict[str, Json] = {}
    for keyword, value in _united(_cards(cards, findings, place)):
        if keyword == "HISTORY":
            history = keys.setdefault(keyword, [])
            if isinstance(history, list):
                history.append(value)
        elif keyword not in _COMMENTARY:
            _put(keys, keyword, value, findings, place)
    return keys


def _put(keys: dict[str, Json], keyword: str, value: Json, findings: Findings, place: str) -> None:
    known = keys.setdefault(keyword, value)
    if known == value:
        return
    message = "the keyword stands there with several values; all are kept"
    findings.warning("fits/repeated-keyword", place + pointer(keyword), shown(value), message)
    if isinstance(known, list):
        known.append(value)
    else:
        keys[keyword] = [known, value]


def _cards(cards: Iterable[str], findings: Findings, place: str) -> Iterator[_Card]:
    for number, text in enumerate(cards, start=1):
        card = _card(text)
        if card is not None:
            yield card
        else:
            message = "this is no card of FITS; it is left out"
            findings.warning("fits/bad-card", f"{place}, card {number}", text.strip(), message)


def _card(text: str) -> _Card | None:
    if len(text) > _MAX_CARD or not _PRINTABLE.match(text):
        return None
    keyword = text[:8].rstrip(" ")
    if keyword in _COMMENTARY:
        return _Card(keyword, text[8:].rstrip(" "))
    if keyword == "CONTINUE":
        return _valued(keyword, text[8:])
    if keyword == "HIERARCH":
        long = _HIERARCH.match(text)
        return None if long is None else _valued(long[1], long[2])
    if not _KEYWORD.match(keyword):
        return None
    # a keyword without the value indicator is commentary (section 4.1.2.2)
    return _valued(keyword, text[9:]) if text[8:9] == "=" else _Card("COMMENT", text)


def _valued(keyword: str, field: str) -> _Card | None:
    value = _VALUE.match(field)
    return None if value is None else _Card(keyword, _value(value))


def _value(found: re.Match[str]) -> Json:
    match found.lastgroup:
        case "text":
            return found["text"].replace("''", "'").rstrip(" ")
        case "logical":
            return found["logical"] == "T"
        case "integer":
            return Integer(found["integer"])
        case "real":
            return Real(found["real"].upper().replace("D", "E"))
        case "complex":
            return found["complex"]
        case _:
            return None


def _united(cards: Iterable[_Card]) -> Iterator[_Card]:
    """The cards, with texts that end in ``&`` and what continues them as one."""
    waiting: _Card | None = None
    parts: list[str] = []
    for card in cards:
        if card.keyword == "CONTINUE":
            if parts and parts[-1].endswith("&") and isinstance(card.value, str):
                parts[-1] = parts[-1][:-1]
                parts.append(card.value)
            continue
        if waiting is not None:
            yield _Card(waiting.keyword, "".join(parts))
            waiting, parts = None, []
        if isinstance(card.value, str) and card.keyword not in _COMMENTARY:
            waiting, parts = card, [card.value]
        else:
            yield card
    if waiting is not None:
        yield _Card(waiting.keyword, "".join(parts))
