"""Patterns in which ``*`` stands for any characters, matched in linear time.

No regular expression is made of what a user wrote: one with several stars would be tried in all
divisions of a text that nearly fits.
"""

from typing import Final

STAR: Final = "*"


class Pattern:
    """A pattern; ``*`` stands for any number of characters, everything else for itself.

    Case counts: who wants it otherwise folds pattern and text alike.
    """

    __slots__ = ("_end", "_exact", "_middle", "_shortest", "_start")

    def __init__(self, pattern: str) -> None:
        self._start, *rest = pattern.split(STAR)
        self._exact = not rest
        self._end = rest.pop() if rest else ""
        self._middle = [piece for piece in rest if piece]
        self._shortest = len(self._start) + len(self._end)

    def matches(self, text: str) -> bool:
        """Whether the pattern describes the whole text."""
        if self._exact:
            return text == self._start
        if len(text) < self._shortest:
            return False
        if not (text.startswith(self._start) and text.endswith(self._end)):
            return False
        # each piece at its first place: a later place would leave less to those that follow
        position, end = len(self._start), len(text) - len(self._end)
        for piece in self._middle:
            found = text.find(piece, position, end)
            if found < 0:
                return False
            position = found + len(piece)
        return True
