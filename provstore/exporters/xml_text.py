"""Text that any XML 1.0 processor takes, whatever is in the data."""

import re
from typing import Final

# XML 1.0 (5th edition), 2.2 and 2.11: these cannot stand in a document, not even escaped.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TO_ESCAPE: Final = re.compile(rf"{_FORBIDDEN.pattern}|_(?=x[0-9A-Fa-f]{{4}})")
_CONTROL_PICTURES: Final = 0x2400
_LAST_CONTROL: Final = 0x1F
_MARKUP: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    # written as they are, a processor would turn these into blanks or line feeds
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_SPECIAL: Final = re.compile('[&<>"\t\n\r]')
_SPECIAL_IN_TEXT: Final = re.compile("[&<>\r]")
_CARE_IN_TEXT: Final = re.compile(f"{_FORBIDDEN.pattern}|{_SPECIAL_IN_TEXT.pattern}")


def visible(text: str) -> str:
    """The text with each character that XML forbids replaced by one that shows it.

    A control character becomes its picture (U+2400 and on), anything else U+FFFD.
    """
    return _FORBIDDEN.sub(_shown, text)


def is_plain(text: str) -> bool:
    """Whether the text stands as it is in the content of an element."""
    return _CARE_IN_TEXT.search(text) is None


def is_sayable(text: str) -> bool:
    """Whether XML has all characters of the text."""
    return _FORBIDDEN.search(text) is None


def escaped_text(text: str) -> str:
    """The text with each character that XML forbids as ``_xHHHH_`` (ISO/IEC 9075-14, 9.1)."""
    return _TO_ESCAPE.sub(lambda match: f"_x{ord(match.group()):04X}_", text)


def xml_text(text: str) -> str:
    """The text as content of an element."""
    return _SPECIAL_IN_TEXT.sub(_escaped, visible(text))


def xml_attribute(text: str) -> str:
    """The text as value of an attribute, with its quotes."""
    return f'"{_SPECIAL.sub(_escaped, visible(text))}"'


def _shown(match: re.Match[str]) -> str:
    code = ord(match.group())
    return chr(_CONTROL_PICTURES + code) if code <= _LAST_CONTROL else "\ufffd"


def _escaped(match: re.Match[str]) -> str:
    return _MARKUP[match.group()]
