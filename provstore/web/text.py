"""Text of others as a page shows it: every character can be seen, none can rule the page."""

import re
from typing import Final

# Controls, surrogates, and the characters that turn the direction of what follows (Unicode
# Standard Annex 9, section 2): an identifier that holds one must not look like another.
_UNSEEN: Final = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ud800-\udfff\ufeff"
)
_IN_TEXT: Final = re.compile(f"[{_UNSEEN}]")
_IN_LINE: Final = re.compile(f"[{_UNSEEN}\t\n]")


def readable(text: str) -> str:
    """The text with every character that cannot be seen named, line breaks and tabs aside."""
    return _IN_TEXT.sub(_named, text)


def one_line(text: str) -> str:
    """The text on one line: line breaks and tabs are named too."""
    return _IN_LINE.sub(_named, text)


def shortened(text: str, most: int) -> str:
    """At most so many characters of the text, and how many more there are."""
    left = len(text) - most
    return text if left <= 0 else f"{text[:most]}… ({left:,} more characters)"


def _named(match: re.Match[str]) -> str:
    return f"⟨U+{ord(match.group()):04X}⟩"
