"""Headers of a FITS file, or of a text dump of them; its data are stepped over, never read.

Source: FITS 4.0, sections 3.1 (blocks), 4.4.1 (mandatory keywords) and 6.1.1 (random groups).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings, decode_text
from provstore.importers.metadata.cards import read_cards
from provstore.importers.metadata.headers import Header, Headers
from provstore.importers.strict_json import Integer, Json

_BLOCK: Final = 2880
_CARD: Final = 80
_MAX_HDUS: Final = 1000
_MAX_CARDS: Final = 20_000
"""In all headers of a file: real ones have some hundreds in each."""
_MAX_AXES: Final = 999
_BITPIX: Final = frozenset({8, 16, 32, 64, -32, -64})
_MAGIC: Final = b"SIMPLE  ="
_COLUMN: Final = re.compile(r"TTYPE[1-9][0-9]{0,2}\Z")
_DUMP: Final = re.compile(
    r"(?:#[^\n]*\n|[ \t\r]*\n)*(?:SIMPLE  = +T\b|XTENSION= *'|HIERARCH +[^=\n]+=|CREATOR = *')"
)


def is_fits(head: bytes) -> bool:
    """Whether a file begins as FITS does: cards without line ends."""
    return head.startswith(_MAGIC) and b"\n" not in head[: _CARD + 2]


def is_fits_dump(text: str) -> bool:
    """Whether a text begins as a dump of FITS headers does: a card on each line."""
    return _DUMP.match(text) is not None


def read_fits(data: bytes, findings: Findings) -> Headers:
    """The headers of a FITS file; an error where they cannot be read."""
    return _headers(_units(data, findings))


def read_fits_dump(data: bytes, findings: Findings) -> Headers:
    """The headers that a text dump shows, one card to a line."""
    text = decode_text(data, findings)
    read = _headers(_dumped(text or "", findings))
    if text is not None and not read.headers:
        findings.error("fits/structure", "", "", "there is no card of FITS in the text")
    return read


def _headers(units: Iterator[Mapping[str, Json]]) -> Headers:
    headers = [Header(f"HDU {number}", keys) for number, keys in enumerate(units)]
    columns = frozenset(
        value.lower()
        for header in headers
        for key, value in header.keys.items()
        if isinstance(value, str) and _COLUMN.match(key)
    )
    return Headers(headers, columns)


# -- a file ----------------------------------------------------------------------------------------


def _units(data: bytes, findings: Findings) -> Iterator[Mapping[str, Json]]:
    """The keys of each header and data unit."""
    offset = number = cards = 0
    while offset < len(data) and _goes_on(data, offset, number, findings):
        place = f"HDU {number}"
        end = _end_of_header(data, offset, cards)
        if end is None:
            message = f"the header has no END within {_MAX_CARDS} cards, or the file ends before it"
            findings.error("fits/no-end", place, len(data), message)
            return
        cards += (end - offset) // _CARD
        texts = (data[at : at + _CARD].decode("latin-1") for at in range(offset, end, _CARD))
        keys = read_cards(texts, findings, place)
        yield keys
        size = _data_size(keys)
        if size is None:
            message = "BITPIX, NAXIS and their like do not tell where the data end"
            findings.error("fits/structure", place, "", message)
            return
        offset = _blocks(end + _CARD) + _blocks(size)
        number += 1
    if offset > len(data) and _is_short(data, offset):
        message = "the file ends before its data do by what the header says"
        findings.warning("fits/truncated", f"HDU {number - 1}", len(data), message)


def _goes_on(data: bytes, offset: int, number: int, findings: Findings) -> bool:
    """Whether another header begins here."""
    place = f"HDU {number}"
    if number >= _MAX_HDUS:
        message = f"the file has more than {_MAX_HDUS} headers"
        findings.error("fits/too-large", place, number, message)
        return False
    if data.startswith(b"XTENSION=" if number else _MAGIC, offset):
        return True
    shown = data[offset : offset + 20].hex(" ")
    if number:
        message = "what follows is no header of FITS; it is left out"
        findings.warning("fits/trailing", place, shown, message)
    else:
        findings.error("fits/structure", place, shown, "the file does not begin as FITS does")
    return False


def _end_of_header(data: bytes, start: int, cards: int) -> int | None:
    """Where the END card begins."""
    last = min(len(data), start + (_MAX_CARDS - cards) * _CARD)
    for at in range(start, last, _CARD):
        if data.startswith(b"END", at) and not data[at + 3 : at + _CARD].strip(b" "):
            return at
    return None


def _blocks(size: int) -> int:
    """A size, filled up to whole blocks."""
    return -(-size // _BLOCK) * _BLOCK


def _is_short(data: bytes, end: int) -> bool:
    return _blocks(len(data)) < end  # some writers leave out the filling of the last block


def _data_size(keys: Mapping[str, Json]) -> int | None:
    """Bytes of the data of a unit, without the filling (section 4.4.1.2, equation 2)."""
    bits, axes = _number(keys, "BITPIX"), _number(keys, "NAXIS")
    if bits not in _BITPIX or axes is None or not 0 <= axes <= _MAX_AXES:
        return None
    sizes = [_number(keys, f"NAXIS{axis}") for axis in range(1, axes + 1)]
    pcount, gcount = _number(keys, "PCOUNT", 0), _number(keys, "GCOUNT", 1)
    if pcount is None or gcount is None or min(pcount, gcount) < 0:
        return None
    if keys.get("GROUPS") is True and sizes[:1] == [0]:
        sizes = sizes[1:]
    elements = int(bool(sizes))
    for size in sizes:
        if size is None or size < 0:
            return None
        elements *= size
    return abs(bits) // 8 * gcount * (pcount + elements)


def _number(keys: Mapping[str, Json], key: str, default: int | None = None) -> int | None:
    value = keys.get(key)
    if value is None:
        return default
    return int(value.lexical) if isinstance(value, Integer) else None


# -- a dump ----------------------------------------------------------------------------------------


def _dumped(text: str, findings: Findings) -> Iterator[Mapping[str, Json]]:
    """The keys of each header; ``END``, or the first card of the next header, ends one."""
    cards: list[str] = []
    number = total = 0
    for line in text.splitlines():
        card = line.rstrip()
        total += bool(card)
        if total > _MAX_CARDS:
            message = f"the text has more than {_MAX_CARDS} cards"
            findings.error("fits/too-large", f"HDU {number}", total, message)
            return
        begins = card.startswith(("SIMPLE  =", "XTENSION="))
        if cards and (begins or card == "END"):
            yield read_cards(cards, findings, f"HDU {number}")
            cards = []
            number += 1
        if card and card != "END" and not card.startswith("#"):
            cards.append(card)
    if cards:
        yield read_cards(cards, findings, f"HDU {number}")
