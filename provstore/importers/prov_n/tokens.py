r"""The tokens of PROV-N (W3C Recommendation of 30 April 2013, section 3.7 and the grammar).

One regular expression takes the text apart, in one pass and in linear time: no stretch of text can
be matched in two ways, and what is not closed is taken to where it should have been closed.

Names are taken more widely than the grammar has them: real software writes characters without the
backslash or percent-encoding that they need. `is_plain_name` says which names are as they should
be.
"""

import re
from array import array
from bisect import bisect_right
from typing import Final

NAME: Final = 1
"""A name, a keyword, an integer without sign, or the language tag after a text."""
MARK: Final = 2
"""One of ``( ) [ ] { } , ; =``."""
TEXT: Final = 3
"""A text in double quotes, one or three."""
TIME: Final = 4
QUOTED_NAME: Final = 5
"""A name in single quotes, which is a value."""
HYPHEN: Final = 6
"""``-`` for what is missing, or a negative integer."""
IRI_REF: Final = 7
TYPED: Final = 8
"""``%%``, before the datatype of a text."""
_COMMENT: Final = 9
BAD: Final = 10
"""What begins no token, or begins one that does not end."""
END: Final = 11
"""After the last token, as often as asked for."""

_DAY: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:"
_TOKEN: Final = re.compile(
    rf"""[ \t\r\n]*+(?:
      ( (?! - | /[/*] | {_DAY} ) (?: [^\s\x00-\x20()\[\]{{}}<>"',;=%\\]++ | %(?!%) | \\\S )++ )
    | ( [(),;=\[\]{{}}] )
    | ( "(?!"") (?: [^"\\\r\n]++ | \\[^\r\n] )*+ "
      | "{{3}} (?: [^"\\]++ | \\(?s:.) | "{{1,2}}+(?!") )*+ "{{3}} )
    | ( {_DAY}[0-9]{{2}}:[0-9]{{2}} (?: \.[0-9]++ )? (?: Z | [+-][0-9]{{2}}:[0-9]{{2}} )? )
    | ( ' (?: [^'\\\r\n]++ | \\[^\r\n] )*+ ' )
    | ( -[0-9]*+ )
    | ( <[^<>\r\n]*+> )
    | ( %% )
    | ( //[^\r\n]*+ | /\*(?s:.*?)\*/ )
    | ( /\*(?s:.*) | "{{3}}(?s:.*) | "[^\r\n]*+ | '[^\r\n]*+ | (?s:.) )
    )""",
    re.VERBOSE,
)
_SPACE: Final = " \t\r\n"
_LINE_END: Final = re.compile(r"\r\n?|\n")

_BASE: Final = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_CHARS: Final = _BASE + "_0-9\u00b7\u0300-\u036f\u203f-\u2040-"
_OTHERS: Final = "/@~&+*?#$!"
_CODED: Final = r"%[0-9A-Fa-f]{2}|\\[=',\-:;\[\]().]"
_PLAIN_NAME: Final = re.compile(
    rf"(?:[{_BASE}](?:[{_CHARS}.]*[{_CHARS}])?:)?"
    rf"(?:(?:[{_BASE}_0-9{_OTHERS}]|{_CODED})(?:[{_CHARS}.{_OTHERS}]++|{_CODED})*+)?\Z"
)
_ESCAPE: Final = re.compile(r"\\(.)")


def is_plain_name(name: str) -> bool:
    """Whether a token is a name by the grammar (QUALIFIED_NAME, 3.7.1)."""
    if _PLAIN_NAME.match(name) is None or not name:
        return False
    return not name.endswith(".") or name.endswith("\\.")


def split_name(name: str) -> tuple[str | None, str]:
    r"""Prefix and local part of a name, without the ``\`` before characters.

    The prefix is None where the name has none.
    """
    prefix, colon, local = name.partition(":")
    if not colon or "\\" in prefix:  # `a\:b` is a local part alone
        return None, _ESCAPE.sub(r"\1", name)
    return prefix, _ESCAPE.sub(r"\1", local)


class Tokens:
    """A text taken apart, comments left out.

    Parameters
    ----------
    text
        The whole document.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self.kinds = bytearray()
        self.texts: list[str] = []
        """As they stand in the document; empty after the end."""
        self._starts = array("Q")
        self._lines: list[int] = []
        """Where each line starts, once it is asked for."""
        self._take()

    def _take(self) -> None:
        add_kind, add_text, add_start = self.kinds.append, self.texts.append, self._starts.append
        end = len(self._text.rstrip(_SPACE))
        for match in _TOKEN.finditer(self._text, 0, end):
            kind = match.lastindex or BAD
            if kind != _COMMENT:
                add_kind(kind)
                add_text(match[kind])
                add_start(match.start(kind))
        for _ in range(3):  # so that looking two tokens ahead needs no check
            add_kind(END)
            add_text("")
            add_start(end)

    def place(self, index: int) -> str:
        """Line and column of a token, each from 1 on."""
        if not self._lines:
            self._lines = [0, *(found.end() for found in _LINE_END.finditer(self._text))]
        start = self._starts[index]
        line = bisect_right(self._lines, start)
        return f"{line}:{start - self._lines[line - 1] + 1}"

    def between(self, first: int, last: int) -> str:
        """The text from one token to another, as it stands."""
        return self._text[self._starts[first] : self._starts[last] + len(self.texts[last])]
